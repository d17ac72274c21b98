"""Deleting categories, types and items."""

import asyncio
from uuid import UUID, uuid4

import pytest

from common.database import Database, query
from common.event import Actor
from common.ids import new_id
from cti.levels import Level
from cti.usecases.create_node import create_node
from cti.usecases.delete_node import delete_node
from integration.cti.callers import Caller
from integration.cti.said import said
from support.eventually import eventually

pytestmark = pytest.mark.anyio

SOMEBODY = Actor(id=new_id(), username="somebody", display_name="Somebody")
_WAITS = query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


async def test_a_category_goes_with_everything_in_it(admin: Caller, database: Database) -> None:
    network, servers = await admin.make("categories", "Network"), await admin.make("categories", "Servers")
    dns = await admin.make("types", "DNS", categoryId=network)
    record = await admin.make("items", "Record", typeId=dns)
    await admin.make("items", "Disk", typeId=await admin.make("types", "Storage", categoryId=servers))

    answer = await admin.delete(f"/api/cti/categories/{network}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert await admin.names("/api/cti/categories") == ["Servers"]
    assert await admin.names(f"/api/cti/types?categoryId={network}") == []
    assert await admin.names(f"/api/cti/items?typeId={dns}") == []
    assert await admin.names("/api/cti/items") == ["Disk"]
    gone = [event for event in await said(database) if event["type"] == "node.deleted.v1"]
    assert {(event["subject"], event["aggregateversion"]) for event in gone} == {(network, 2), (dns, 2), (record, 2)}
    assert {event["data"]["name"] for event in gone} == {"Network", "DNS", "Record"}
    assert {event["actor"]["id"] for event in gone} == {str(admin.id)}


async def test_an_item_goes_alone(admin: Caller) -> None:
    dns = await admin.make("types", "DNS", categoryId=await admin.make("categories", "Network"))
    record = await admin.make("items", "Record", typeId=dns)
    assert (await admin.delete(f"/api/cti/items/{record}")).status_code == 204
    assert await admin.names("/api/cti/types") == ["DNS"]


async def test_what_was_deleted_before_is_not_said_again(admin: Caller, database: Database) -> None:
    network = await admin.make("categories", "Network")
    dns = await admin.make("types", "DNS", categoryId=network)
    await admin.delete(f"/api/cti/types/{dns}")
    await admin.delete(f"/api/cti/categories/{network}")
    assert [event["subject"] for event in await said(database)].count(dns) == 2


async def test_hundreds_of_nodes_go_at_once(admin: Caller, database: Database) -> None:
    network = await admin.make("categories", "Network")
    async with database.transaction() as tx:
        dns = await create_node(tx, SOMEBODY, level=Level.TYPE, parent_id=network, name="DNS")
        for number in range(500):
            await create_node(tx, SOMEBODY, level=Level.ITEM, parent_id=str(dns.id), name=f"Item {number}")
    assert (await admin.delete(f"/api/cti/categories/{network}")).status_code == 204
    gone = [event["subject"] for event in await said(database) if event["type"] == "node.deleted.v1"]
    assert len(gone) == len(set(gone)) == 502


async def test_refusals_come_in_order(callers: dict[str, Caller], admin: Caller) -> None:
    category = await admin.make("categories", "Network")
    for role in ("AGENT", "USER", "SERVICE"):
        assert (await callers[role].delete(f"/api/cti/categories/{category}")).status_code == 403
        assert (await callers[role].delete(f"/api/cti/categories/{uuid4()}")).status_code == 403
    assert (await admin.delete(f"/api/cti/categories/{uuid4()}")).status_code == 404
    assert (await admin.delete("/api/cti/categories/nonsense")).status_code == 404
    assert (await admin.delete(f"/api/cti/types/{category}")).status_code == 404
    assert (await admin.delete(f"/api/cti/categories/{category}")).status_code == 204
    assert (await admin.delete(f"/api/cti/categories/{category}")).status_code == 404


class TestRaces:
    async def test_a_type_is_not_created_in_a_category_that_is_being_deleted(
        self, admin: Caller, database: Database
    ) -> None:
        network = await admin.make("categories", "Network")
        async with database.transaction() as tx:
            await delete_node(tx, SOMEBODY, level=Level.CATEGORY, node_id=UUID(network))
            creating = asyncio.create_task(admin.post("/api/cti/types", {"name": "DNS", "categoryId": network}))
            await waits(database)
        assert (await creating).status_code == 422
        assert await admin.names("/api/cti/types") == []

    async def test_a_deletion_takes_what_is_being_created(self, admin: Caller, database: Database) -> None:
        network = await admin.make("categories", "Network")
        dns = await admin.make("types", "DNS", categoryId=network)
        async with database.transaction() as tx:
            item = await create_node(tx, SOMEBODY, level=Level.ITEM, parent_id=dns, name="Record")
            deleting = asyncio.create_task(admin.delete(f"/api/cti/categories/{network}"))
            await waits(database)
        assert (await deleting).status_code == 204
        assert await admin.names("/api/cti/items") == []
        last = [event["type"] for event in await said(database) if event["subject"] == str(item.id)]
        assert last == ["node.changed.v1", "node.deleted.v1"]


async def waits(database: Database) -> None:
    """Until somebody waits for a lock."""

    async def somebody_waits() -> bool:
        async with database.read() as reader:
            return bool(await reader.scalar(_WAITS))

    await eventually(somebody_waits)
