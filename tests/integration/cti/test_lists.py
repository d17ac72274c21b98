"""The lists that people pick from."""

import pytest

from integration.cti.callers import Caller

pytestmark = pytest.mark.anyio

UNKNOWN = "00000000-0000-7000-8000-000000000000"


async def test_every_role_may_read(callers: dict[str, Caller]) -> None:
    for caller in callers.values():
        for plural in ("categories", "types", "items"):
            assert (await caller.get(f"/api/cti/{plural}")).json() == []


async def test_without_a_credential_nothing_is_shown(peer: Caller) -> None:
    assert (await peer.client.get("/api/cti/categories")).status_code == 401


async def test_names_are_sorted_without_regard_to_case(admin: Caller) -> None:
    for name in ("beta", "Gamma", "Alpha", "alpha 2"):
        await admin.make("categories", name)
    assert await admin.names("/api/cti/categories") == ["Alpha", "alpha 2", "beta", "Gamma"]


async def test_a_list_is_scoped_to_the_parent(admin: Caller) -> None:
    network, servers = await admin.make("categories", "Network"), await admin.make("categories", "Servers")
    dns = await admin.make("types", "DNS", categoryId=network)
    await admin.make("types", "Disks", categoryId=servers)
    await admin.make("items", "Record", typeId=dns)
    assert (await admin.get(f"/api/cti/types?categoryId={network}")).json() == [
        {"id": dns, "name": "DNS", "categoryId": network}
    ]
    assert await admin.names(f"/api/cti/items?typeId={dns}") == ["Record"]


async def test_without_a_parent_the_whole_level_is_listed(admin: Caller) -> None:
    for category in ("Network", "Servers"):
        await admin.make("types", f"{category} type", categoryId=await admin.make("categories", category))
    assert await admin.names("/api/cti/types") == ["Network type", "Servers type"]


@pytest.mark.parametrize("parent", [UNKNOWN, "nonsense", ""])
async def test_an_unknown_parent_has_no_children(admin: Caller, parent: str) -> None:
    await admin.make("types", "DNS", categoryId=await admin.make("categories", "Network"))
    answer = await admin.get(f"/api/cti/types?categoryId={parent}")
    assert (answer.status_code, answer.json()) == (200, [])


async def test_a_list_that_did_not_change_is_not_sent_again(admin: Caller) -> None:
    await admin.make("categories", "Network")
    tag = (await admin.get("/api/cti/categories")).headers["etag"]
    assert (await admin.get("/api/cti/categories", **{"If-None-Match": tag})).status_code == 304
    await admin.make("categories", "Servers")
    assert (await admin.get("/api/cti/categories", **{"If-None-Match": tag})).status_code == 200
