"""The components' logs."""

from pathlib import Path

from devstack.logs import rotate


def test_a_long_log_starts_anew_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "nats.log"
    with log.open("a") as writer:
        writer.write("old\n" * 100)
        writer.flush()
        rotate(log, limit=50)
        writer.write("new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "nats.log.1").read_text() == "old\n" * 100


def test_a_short_one_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "nats.log"
    log.write_text("few\n")
    rotate(log, limit=50)
    assert [path.name for path in tmp_path.iterdir()] == ["nats.log"]
