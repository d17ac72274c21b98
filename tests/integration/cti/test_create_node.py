"""Creating categories, types and items."""

import pytest

from common.database import Database
from integration.cti.callers import Caller
from integration.cti.said import said

pytestmark = pytest.mark.anyio

UNKNOWN = "00000000-0000-7000-8000-000000000000"


async def test_each_level_says_what_was_created_and_by_whom(admin: Caller, database: Database) -> None:
    category = await admin.make("categories", "Network")
    type_ = await admin.make("types", "DNS", categoryId=category)
    item = await admin.make("items", "Record", typeId=type_)
    events = await said(database)
    assert [event["data"] for event in events] == [
        {"id": category, "level": "category", "parentId": None, "name": "Network", "deleted": False},
        {"id": type_, "level": "type", "parentId": category, "name": "DNS", "deleted": False},
        {"id": item, "level": "item", "parentId": type_, "name": "Record", "deleted": False},
    ]
    assert {event["type"] for event in events} == {"node.changed.v1"}
    assert {event["aggregateversion"] for event in events} == {1}
    assert {event["actor"]["id"] for event in events} == {str(admin.id)}


async def test_only_administrators_create(callers: dict[str, Caller], database: Database) -> None:
    for role in ("AGENT", "USER", "SERVICE"):
        assert (await callers[role].post("/api/cti/categories", {"name": "Network"})).status_code == 403
        assert (await callers[role].post("/api/cti/categories", {})).status_code == 403
    assert await said(database) == []


@pytest.mark.parametrize("name", ["", " \t\n", "a" * 201, "a\x00b", 7, None])
async def test_a_name_that_cannot_be_is_refused(admin: Caller, name: object) -> None:
    answer = await admin.post("/api/cti/categories", {"name": name})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["name"]


@pytest.mark.parametrize("name", ["a" * 200, "  padded  ", "emoji 🚒", "Ꮳ"])
async def test_a_name_is_stored_as_it_came(admin: Caller, name: str) -> None:
    await admin.make("categories", name)
    assert await admin.names("/api/cti/categories") == [name]


async def test_an_unknown_field_is_refused(admin: Caller) -> None:
    answer = await admin.post("/api/cti/categories", {"name": "Network", "version": 7})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "version")


async def test_a_siblings_name_is_taken_in_any_case(admin: Caller, database: Database) -> None:
    category = await admin.make("categories", "Network")
    await admin.make("types", "DNS", categoryId=category)
    for plural, body in (("categories", {"name": "NETWORK"}), ("types", {"name": "dns", "categoryId": category})):
        answer = await admin.post(f"/api/cti/{plural}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
        assert answer.json()["errors"][0]["field"] == "name"
    assert len(await said(database)) == 2


async def test_cousins_may_share_a_name(admin: Caller) -> None:
    for category in ("Network", "Servers"):
        await admin.make("types", "Other", categoryId=await admin.make("categories", category))
    assert await admin.names("/api/cti/types") == ["Other", "Other"]


async def test_the_name_of_a_deleted_node_is_free(admin: Caller) -> None:
    await admin.delete(f"/api/cti/categories/{await admin.make('categories', 'Network')}")
    await admin.make("categories", "Network")
    assert await admin.names("/api/cti/categories") == ["Network"]


class TestParent:
    async def refused(self, admin: Caller, plural: str, field: str, parent: str) -> None:
        answer = await admin.post(f"/api/cti/{plural}", {"name": "x", field: parent})
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])

    @pytest.mark.parametrize("parent", [UNKNOWN, "nonsense", ""])
    async def test_it_must_exist(self, admin: Caller, parent: str) -> None:
        await self.refused(admin, "types", "categoryId", parent)
        await self.refused(admin, "items", "typeId", parent)

    async def test_it_must_be_of_the_level_above(self, admin: Caller) -> None:
        category = await admin.make("categories", "Network")
        await self.refused(admin, "items", "typeId", category)

    async def test_it_must_not_be_deleted(self, admin: Caller) -> None:
        category = await admin.make("categories", "Network")
        await admin.delete(f"/api/cti/categories/{category}")
        await self.refused(admin, "types", "categoryId", category)

    async def test_it_is_required(self, admin: Caller) -> None:
        answer = await admin.post("/api/cti/types", {"name": "x"})
        assert [error["field"] for error in answer.json()["errors"]] == ["categoryId"]


class TestIdempotencyKey:
    async def test_the_same_request_creates_once(self, admin: Caller, database: Database) -> None:
        key = {"Idempotency-Key": "once"}
        first = await admin.post("/api/cti/categories", {"name": "Network"}, **key)
        again = await admin.post("/api/cti/categories", {"name": "Network"}, **key)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotent-replayed"] == "true"
        assert len(await said(database)) == 1

    async def test_another_body_is_refused(self, admin: Caller) -> None:
        key = {"Idempotency-Key": "once"}
        await admin.post("/api/cti/categories", {"name": "Network"}, **key)
        assert (await admin.post("/api/cti/categories", {"name": "Servers"}, **key)).status_code == 422
        assert await admin.names("/api/cti/categories") == ["Network"]
