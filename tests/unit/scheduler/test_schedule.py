"""When tickets is asked to close what is due (R61)."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from celery import Celery
from pydantic import ValidationError

from scheduler.celery_app import scheduler_app
from scheduler.settings import SchedulerSettings
from scheduler.tasks import ask_to_close_due

REQUIRED = {"REDIS_URL": "redis://:secret@127.0.0.1:6379/0", "TICKETS_SERVICE_SECRET": "s" * 32}


@pytest.fixture(autouse=True)
def _only_what_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SchedulerSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)


def app() -> Celery:
    return scheduler_app(SchedulerSettings())


def only_entry(app: Celery) -> dict[str, Any]:
    (entry,) = app.conf.beat_schedule.values()
    return dict(entry)


def test_tickets_is_asked_every_hour() -> None:
    assert only_entry(app())["schedule"] == 3600


def test_the_interval_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTO_CLOSE_INTERVAL", "60")
    assert only_entry(app())["schedule"] == 60


def test_a_question_expires_when_the_next_is_due() -> None:
    assert only_entry(app())["options"]["expires"] == 3600


def test_what_is_due_is_a_task_the_worker_knows() -> None:
    found = app()
    assert only_entry(found)["task"] in found.tasks


def test_a_question_is_kept_until_it_is_answered() -> None:
    found = app()
    task = found.tasks[only_entry(found)["task"]]
    assert (task.max_retries, found.conf.task_acks_late, found.conf.broker_connection_max_retries) == (None, True, None)


@pytest.mark.parametrize(("failures", "level"), [(0, "INFO"), (4, "INFO"), (5, "WARNING"), (100, "WARNING")])
def test_only_a_silence_that_lasts_is_worth_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failures: int, level: str
) -> None:
    """tickets may take longer to start than the scheduler."""
    monkeypatch.setenv("TICKETS_URL", "http://127.0.0.1:1")
    with caplog.at_level("INFO"), pytest.raises(httpx.HTTPError):
        ask_to_close_due(SchedulerSettings(), failures=failures)
    (said,) = [record for record in caplog.records if record.message == "auto_close.unacknowledged"]
    assert said.levelname == level


def test_beat_remembers_in_the_folder_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCHEDULER_STATE", str(tmp_path))
    assert Path(app().conf.beat_schedule_filename).parent == tmp_path


def test_production_refuses_a_queue_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")
    with pytest.raises(ValidationError, match="REDIS_URL has no password"):
        SchedulerSettings()
