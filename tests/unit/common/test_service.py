"""What runs beside the requests of a service."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData

from common import service
from common.settings import Settings


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


def test_a_service_ends_although_a_task_did_not_hear_that_it_was_cancelled() -> None:
    async def task(_: Any) -> None:
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                # The first is forgotten, as asyncio.wait_for does when its answer arrives in the same moment.
                continue

    deaf = service.Service("auth", "", Settings, MetaData(), Path(), [], tasks=[task])
    app = deaf.app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none", nats_url="nats://127.0.0.1:1"))

    async def live() -> None:
        async with asyncio.timeout(8), app.router.lifespan_context(app):
            await asyncio.sleep(0)

    asyncio.run(live())
