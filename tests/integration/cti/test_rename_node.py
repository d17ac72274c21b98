"""Renaming categories, types and items."""

from uuid import uuid4

import pytest

from common.database import Database
from integration.cti.callers import Caller
from integration.cti.said import said

pytestmark = pytest.mark.anyio


async def test_the_new_name_is_answered_listed_and_said(admin: Caller, database: Database) -> None:
    category = await admin.make("categories", "Network")
    answer = await admin.put(f"/api/cti/categories/{category}", {"name": "Networks"})
    assert (answer.status_code, answer.json()) == (200, {"id": category, "name": "Networks"})
    assert await admin.names("/api/cti/categories") == ["Networks"]
    event = (await said(database))[-1]
    assert (event["aggregateversion"], event["data"]["name"]) == (2, "Networks")


async def test_the_same_name_says_nothing(admin: Caller, database: Database) -> None:
    category = await admin.make("categories", "Network")
    assert (await admin.put(f"/api/cti/categories/{category}", {"name": "Network"})).status_code == 200
    assert len(await said(database)) == 1


async def test_the_case_of_a_name_can_be_changed(admin: Caller) -> None:
    category = await admin.make("categories", "network")
    assert (await admin.put(f"/api/cti/categories/{category}", {"name": "Network"})).status_code == 200
    assert await admin.names("/api/cti/categories") == ["Network"]


async def test_a_siblings_name_is_refused(admin: Caller, database: Database) -> None:
    await admin.make("categories", "Network")
    servers = await admin.make("categories", "Servers")
    answer = await admin.put(f"/api/cti/categories/{servers}", {"name": "nEtWork"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "name")
    assert len(await said(database)) == 2


async def test_refusals_come_in_order(callers: dict[str, Caller], admin: Caller) -> None:
    category = await admin.make("categories", "Network")
    missing, bad = f"/api/cti/categories/{uuid4()}", {"name": " "}
    for role in ("AGENT", "USER", "SERVICE"):
        assert (await callers[role].put(missing, bad)).status_code == 403
    assert (await admin.put(missing, bad)).status_code == 404
    assert (await admin.put("/api/cti/categories/nonsense", bad)).status_code == 404
    assert (await admin.put(f"/api/cti/types/{category}", {"name": "Network"})).status_code == 404
    assert (await admin.put(f"/api/cti/categories/{category}", bad)).status_code == 422


async def test_a_deleted_node_cannot_be_renamed(admin: Caller) -> None:
    category = await admin.make("categories", "Network")
    await admin.delete(f"/api/cti/categories/{category}")
    assert (await admin.put(f"/api/cti/categories/{category}", {"name": "Networks"})).status_code == 404
