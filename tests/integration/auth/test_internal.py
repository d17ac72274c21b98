"""What the other services may ask auth."""

import httpx
import pytest

from common.api_keys import hash_api_key
from common.known_users import user_params_from_wire
from integration.auth.callers import Caller, Callers, peer
from integration.auth.conftest import SERVICE_SECRET

pytestmark = pytest.mark.anyio

UNKNOWN = "00000000-0000-7000-8000-00000000dead"
PATHS = ("/internal/users", f"/internal/users/{UNKNOWN}", "/internal/users/by-key/abc", "/internal/keys")


@pytest.fixture
def tickets(client: httpx.AsyncClient) -> Caller:
    return peer(client, SERVICE_SECRET)


async def test_nobody_but_a_service_is_answered(callers: Callers) -> None:
    stranger = peer(callers.client, "another secret, as long as it has to be")
    for caller in (callers.admin, callers.goddard, stranger, Caller(callers.client, {}, {})):
        assert [(await caller.get(path)).status_code for path in PATHS] == [401] * len(PATHS)


async def test_a_user_is_told_as_the_others_keep_them(callers: Callers, tickets: Caller) -> None:
    made = await callers.admin.create(role="SERVICE")
    by_id = await tickets.get(f"/internal/users/{made['id']}")
    by_key = await tickets.get(f"/internal/users/by-key/{hash_api_key(made['apiKey'])}")
    assert by_id.json() == by_key.json()
    kept = user_params_from_wire(by_id.json())
    assert (str(kept["id"]), kept["username"], kept["version"]) == (made["id"], made["username"], 1)
    assert "argon2" not in by_id.text


async def test_a_deleted_user_is_still_told(callers: Callers, tickets: Caller) -> None:
    made = await callers.admin.create()
    await callers.admin.delete(made["id"])
    told = (await tickets.get(f"/internal/users/{made['id']}")).json()
    assert (told["deleted"], told["displayName"], told["version"]) == (True, made["displayName"], 2)


async def test_who_is_unknown_is_not_found(callers: Callers, tickets: Caller) -> None:
    for path in (UNKNOWN, "nonsense", f"by-key/{'0' * 64}"):
        assert (await tickets.get(f"/internal/users/{path}")).status_code == 404


async def test_pages_hold_everybody_once(callers: Callers, tickets: Caller) -> None:
    for _ in range(7):
        await callers.admin.create(role="SERVICE")
    after, seen = "", list[str]()
    while page := (await tickets.get(f"/internal/users?limit=3{after}")).json():
        seen += [row["id"] for row in page]
        after = f"&after={seen[-1]}"
    assert len(seen) == len(set(seen)) == 10
    assert seen == [row["id"] for row in (await tickets.get("/internal/users")).json()]


async def test_the_keys_that_verify_are_told(callers: Callers, tickets: Caller) -> None:
    (key,) = (await tickets.get("/internal/keys")).json()
    assert (key["retired"], key["version"], len(bytes.fromhex(key["publicKey"]))) == (False, 1, 32)
