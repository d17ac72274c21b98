"""What runs beside the requests of a service."""

import asyncio
from typing import Any

import pytest

from common import service


def test_a_task_that_fails_by_surprise_is_run_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "PAUSE_AFTER_FAILURE", 0)
    runs: list[Any] = []

    async def task(runtime: Any) -> None:
        runs.append(runtime)
        if len(runs) < 3:
            raise KeyError("a field of another release")

    asyncio.run(service._kept_going(task, "the runtime"))  # type: ignore[arg-type]  # whatever it is given
    assert runs == ["the runtime"] * 3
    assert [record.message for record in caplog.records] == ["task.failed"] * 2
