"""Settings from files: a secret need not stand in the environment."""

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from common.settings import Settings, load
from scheduler.settings import SchedulerSettings

SECRET_FILES = {"database_url": "postgresql://cti_app:kQ7vW2pL9@db/ticketing\n", "nats_url": "nats://cti:pw@nats:4222"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRETS_DIR", "DATABASE_URL", "NATS_URL", "REDIS_URL", "TICKETS_SERVICE_SECRET", "APP_ENV"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in SECRET_FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_file_is_a_setting_without_its_last_line_break() -> None:
    loaded = load(Settings)
    assert loaded.database_url == "postgresql://cti_app:kQ7vW2pL9@db/ticketing"
    assert loaded.nats_url == "nats://cti:pw@nats:4222"


@pytest.mark.usefixtures("folder")
def test_the_environment_wins_over_a_file_and_an_empty_variable_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NATS_URL", "nats://elsewhere")
    monkeypatch.setenv("DATABASE_URL", "")
    loaded = load(Settings)
    assert (loaded.nats_url, loaded.database_url) == ("nats://elsewhere", SECRET_FILES["database_url"].strip())


@pytest.mark.parametrize(("kind", "name"), [(Settings, "DATABASE_URL"), (SchedulerSettings, "REDIS_URL")])
def test_what_is_in_neither_is_named(
    kind: type[BaseSettings], name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name.lower()).unlink(missing_ok=True)
    with pytest.raises(SystemExit):
        load(kind)
    assert f"{name} is not set" in capsys.readouterr().err


def test_the_scheduler_reads_them_too(folder: Path) -> None:
    (folder / "redis_url").write_text("redis://:pw@redis:6379/0")
    (folder / "tickets_service_secret").write_text("s3")
    loaded = load(SchedulerSettings)
    assert (loaded.redis_url, loaded.tickets_service_secret) == ("redis://:pw@redis:6379/0", "s3")
