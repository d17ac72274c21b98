"""`.env` as it is written by people."""

from pathlib import Path

from deploy.dotenv import read_dotenv


def test_reads_names_and_values(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a comment\nPORT=3090\nexport BIND = 0.0.0.0 # open\nA='x # y'\nB=\"\"\n\nnonsense\n")
    assert read_dotenv(file) == {"PORT": "3090", "BIND": "0.0.0.0", "A": "x # y", "B": ""}


def test_a_missing_file_says_nothing(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}
