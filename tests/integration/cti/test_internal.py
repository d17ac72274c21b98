"""What the other services ask cti."""

from uuid import uuid4

import pytest

from common.database import Database
from cti.seed import SAMPLE_TREE, plant_sample_tree
from integration.cti.callers import Caller
from integration.cti.said import said

pytestmark = pytest.mark.anyio


async def test_only_services_are_answered(callers: dict[str, Caller], peer: Caller) -> None:
    for path in ("/internal/nodes", f"/internal/nodes/{uuid4()}"):
        for caller in callers.values():
            assert (await caller.get(path)).status_code == 401
        assert (await peer.get(path)).status_code in {200, 404}
    assert (await callers["ADMIN"].post("/internal/seed")).status_code == 401


async def test_a_node_is_answered_with_its_version_deleted_or_not(admin: Caller, peer: Caller) -> None:
    category = await admin.make("categories", "Network")
    await admin.put(f"/api/cti/categories/{category}", {"name": "Networks"})
    expected = {"id": category, "level": "category", "parentId": None, "name": "Networks", "deleted": False}
    assert (await peer.get(f"/internal/nodes/{category}")).json() == expected | {"version": 2}
    await admin.delete(f"/api/cti/categories/{category}")
    assert (await peer.get(f"/internal/nodes/{category}")).json() == expected | {"deleted": True, "version": 3}


async def test_there_never_was_such_a_node(peer: Caller) -> None:
    assert (await peer.get(f"/internal/nodes/{uuid4()}")).status_code == 404
    assert (await peer.get("/internal/nodes/nonsense")).status_code == 404


async def test_the_pages_hold_every_node_once(peer: Caller) -> None:
    planted = (await peer.post("/internal/seed")).json()["created"]
    seen: list[str] = []
    while page := (await peer.get("/internal/nodes?limit=10" + (f"&after={seen[-1]}" if seen else ""))).json():
        seen += [node["id"] for node in page]
    assert len(seen) == len(set(seen)) == planted


class TestSeed:
    async def test_it_plants_the_sample_tree_once(self, admin: Caller, peer: Caller, database: Database) -> None:
        created = (await peer.post("/internal/seed")).json()["created"]
        assert sorted(await admin.names("/api/cti/categories")) == sorted(SAMPLE_TREE)
        assert len(await said(database)) == created
        assert (await peer.post("/internal/seed")).json() == {"created": 0}
        assert len(await said(database)) == created

    async def test_it_plants_nothing_where_all_nodes_were_deleted(self, admin: Caller, peer: Caller) -> None:
        await admin.delete(f"/api/cti/categories/{await admin.make('categories', 'Network')}")
        assert (await peer.post("/internal/seed")).json() == {"created": 0}

    async def test_a_transaction_that_fails_plants_nothing(self, admin: Caller, database: Database) -> None:
        async def plant_and_fail() -> None:
            async with database.transaction() as tx:
                await plant_sample_tree(tx)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await plant_and_fail()
        assert await admin.names("/api/cti/categories") == []
