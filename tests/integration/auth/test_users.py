"""Creating, changing and deleting users: what is kept, what is said, and who must remain."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from common.api_keys import hash_api_key
from common.database import Database, query
from integration.auth.callers import PASSWORD, Caller, Callers, log_in, new_user, signed_in, with_key
from integration.auth.said import everything, said

pytestmark = pytest.mark.anyio

NEW = "another-battery-staple-7"
SYSTEM = "00000000-0000-7000-8000-000000000001"
_ADMINS = query("SELECT count(*) FROM users WHERE role = 'ADMIN' AND NOT deleted")
_CREDENTIALS = query("SELECT password_hash, api_key_hash, deleted, version FROM users WHERE id = %(id)s::uuid")


async def refuses_key(callers: Callers, key: str) -> bool:
    answer = await callers.client.get("/api/auth/me", headers={"X-Api-Key": key})
    return answer.status_code == 401


class TestCreating:
    async def test_the_whole_state_is_said_with_who_did_it(self, admin: Caller, database: Database) -> None:
        created = await admin.create(displayName="Jörg 🚒 O'Neil")
        (event,) = await said(database, created["id"])
        assert (event["type"], event["aggregateversion"]) == ("user.changed.v1", 1)
        assert event["actor"] == {"id": admin.id, "username": "admin", "displayName": "Admin"}
        assert event["data"] == {
            "id": created["id"],
            "username": created["username"],
            "displayName": "Jörg 🚒 O'Neil",
            "email": created["email"],
            "role": "AGENT",
            "deleted": False,
            "tokenEpoch": 0,
            "apiKeyHash": None,
            "mustChangePassword": False,
        }

    async def test_no_password_and_no_key_is_kept_or_said(self, admin: Caller, database: Database) -> None:
        body = new_user(password="a-very-distinctive-password")
        key = {"Idempotency-Key": "once"}
        assert (await admin.post("/api/users", body, **key)).status_code == 201
        automation = await admin.post("/api/users", new_user(role="SERVICE"), **{"Idempotency-Key": "once more"})
        kept = await everything(database)
        assert "a-very-distinctive-password" not in kept
        assert automation.json()["apiKey"] not in kept
        assert hash_api_key(automation.json()["apiKey"]) in kept

    async def test_passwords_and_hashes_are_in_no_event(self, admin: Caller, database: Database) -> None:
        created = await admin.create()
        async with database.read() as reader:
            kept = await reader.one(_CREDENTIALS, id=created["id"])
        assert kept.password_hash.startswith("$argon2id$")
        assert "argon2" not in str(await said(database, created["id"]))

    async def test_with_one_key_one_user_is_created(self, admin: Caller, database: Database) -> None:
        body, once = new_user(role="SERVICE"), {"Idempotency-Key": "the same"}
        first, again = [await admin.post("/api/users", body, **once) for _ in range(2)]
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.headers["idempotent-replayed"] == "true"
        assert first.json()["apiKey"].startswith("sk_")
        assert again.json() == {name: value for name, value in first.json().items() if name != "apiKey"}
        assert len(await said(database, first.json()["id"])) == 1

    async def test_the_same_key_for_another_user_is_refused(self, admin: Caller) -> None:
        once = {"Idempotency-Key": "the same"}
        await admin.post("/api/users", new_user(), **once)
        refused = await admin.post("/api/users", new_user(), **once)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "Idempotency-Key")

    async def test_of_many_at_once_with_one_name_one_is_created(self, admin: Caller) -> None:
        body = new_user(role="SERVICE")
        answers = await asyncio.gather(
            *(admin.post("/api/users", body | {"email": f"{n}@example.org"}) for n in range(6))
        )
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5

    async def test_a_refused_one_leaves_nothing_behind(self, admin: Caller, database: Database) -> None:
        before = await everything(database)
        for wrong in ({"username": "ADMIN"}, {"email": "Admin@Ticketing.invalid"}, {"role": "BOSS"}, {"password": "x"}):
            answer = await admin.post("/api/users", new_user(**wrong), **{"Idempotency-Key": str(wrong)})
            assert answer.status_code in {409, 422}
        assert await everything(database) == before

    async def test_the_name_of_the_system_user_is_taken(self, admin: Caller) -> None:
        for name in ("system", "System"):
            refused = await admin.post("/api/users", new_user(username=name))
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "username")

    async def test_the_name_and_address_of_a_deleted_user_are_free(self, admin: Caller) -> None:
        gone = await admin.create()
        await admin.delete(gone["id"])
        again = await admin.create(username=gone["username"], email=gone["email"])
        assert again["id"] != gone["id"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", ""),
            ("username", " jane"),
            ("username", "jane\n"),
            ("username", "ja\x00ne"),
            ("username", "ja\u200bne"),
            ("username", "j" * 101),
            ("username", None),
            ("email", "jane"),
            ("email", "@example.org"),
            ("email", "jane@"),
            ("email", "ja ne@example.org"),
            ("email", "j" * 243 + "@example.org"),
            ("displayName", " "),
            ("displayName", "x" * 201),
            ("displayName", "a\x00b"),
            ("role", "BOSS"),
            ("role", "agent"),
            ("role", None),
            ("password", "short"),
            ("password", None),
            ("password", 123456789012),
            ("version", 7),
            ("apiKey", "sk_mine"),
            ("mustChangePassword", False),
        ],
    )
    async def test_what_cannot_be_is_refused_by_name(self, admin: Caller, field: str, value: object) -> None:
        answer = await admin.post("/api/users", new_user(**{field: value}))
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", "j" * 100),
            ("username", "jane doe"),
            ("username", "Zoë"),
            ("email", "j" * 242 + "@example.org"),
            ("displayName", "x" * 200),
            ("displayName", "  Jane  "),
        ],
    )
    async def test_what_can_be_is_kept_as_it_came(self, admin: Caller, field: str, value: str) -> None:
        assert (await admin.create(**{field: value}))[field] == value


class TestChanging:
    async def test_one_version_and_one_event_for_each_change(self, admin: Caller, database: Database) -> None:
        user = await admin.create()
        await admin.patch(user["id"], displayName="Somebody Else", email="else@example.org")
        await admin.patch(user["id"], role="USER")
        events = await said(database, user["id"])
        assert [event["aggregateversion"] for event in events] == [1, 2, 3]
        assert events[2]["data"] == events[0]["data"] | {
            "displayName": "Somebody Else",
            "email": "else@example.org",
            "role": "USER",
        }

    async def test_what_changes_nothing_says_nothing(self, admin: Caller, database: Database) -> None:
        user = await admin.create()
        for same in ({}, {"displayName": user["displayName"]}, {"role": "AGENT", "regenerateApiKey": False}):
            answer = await admin.patch(user["id"], **same)
            assert (answer.status_code, answer.json()["displayName"]) == (200, user["displayName"])
        assert len(await said(database, user["id"])) == 1

    async def test_a_demoted_session_loses_its_rights_with_the_next_request(self, callers: Callers) -> None:
        other = await callers.new("ADMIN")
        assert (await other.get("/api/users")).status_code == 200
        await callers.admin.patch(other.id, role="USER")
        assert (await other.post("/api/users", new_user())).status_code == 403
        assert (await other.get("/api/auth/me")).json()["role"] == "USER"

    async def test_a_new_password_ends_the_sessions(self, callers: Callers) -> None:
        agent = await callers.new()
        assert (await callers.admin.patch(agent.id, password=NEW)).status_code == 200
        assert (await agent.get("/api/auth/me")).status_code == 401
        assert (await log_in(callers.client, agent.user["username"], PASSWORD)).status_code == 401
        assert (await log_in(callers.client, agent.user["username"], NEW)).status_code == 200

    async def test_a_key_is_replaced_at_once(self, callers: Callers, database: Database) -> None:
        made = await callers.admin.create(role="SERVICE")
        automation = await with_key(callers.client, made["apiKey"])
        answer = await callers.admin.patch(automation.id, regenerateApiKey=True)
        assert answer.json()["apiKey"] != made["apiKey"]
        assert await refuses_key(callers, made["apiKey"])
        assert (await with_key(callers.client, answer.json()["apiKey"])).id == automation.id
        events = await said(database, automation.id)
        assert events[1]["data"]["apiKeyHash"] == hash_api_key(answer.json()["apiKey"])

    async def test_only_automation_has_a_key(self, admin: Caller) -> None:
        user = await admin.create()
        refused = await admin.patch(user["id"], regenerateApiKey=True, displayName="x")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "regenerateApiKey")
        users = (await admin.get("/api/users")).json()
        assert next(row for row in users if row["id"] == user["id"])["displayName"] == user["displayName"]

    async def test_a_person_becomes_automation(self, callers: Callers) -> None:
        agent = await callers.new()
        answer = await callers.admin.patch(agent.id, role="SERVICE")
        assert (answer.status_code, answer.json()["role"]) == (200, "SERVICE")
        assert (await with_key(callers.client, answer.json()["apiKey"])).id == agent.id
        assert (await agent.get("/api/auth/me")).status_code == 401
        assert (await log_in(callers.client, agent.user["username"])).status_code == 401

    async def test_automation_becomes_a_person_with_a_password(self, callers: Callers, database: Database) -> None:
        made = await callers.admin.create(role="SERVICE")
        refused = await callers.admin.patch(made["id"], role="AGENT")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")
        assert (await with_key(callers.client, made["apiKey"])).user["role"] == "SERVICE", "nothing has changed"
        answer = await callers.admin.patch(made["id"], role="AGENT", password=PASSWORD)
        assert (answer.status_code, "apiKey" in answer.json()) == (200, False)
        assert await refuses_key(callers, made["apiKey"])
        assert (await said(database, made["id"]))[-1]["data"]["apiKeyHash"] is None
        assert (await signed_in(callers.client, made["username"])).user["role"] == "AGENT"

    async def test_automation_gets_no_password(self, callers: Callers) -> None:
        made = await callers.admin.create(role="SERVICE", password=PASSWORD)
        assert (await log_in(callers.client, made["username"])).status_code == 401
        refused = await callers.admin.patch(made["id"], password=PASSWORD)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")

    async def test_an_address_that_is_taken_is_refused(self, admin: Caller) -> None:
        one, other = await admin.create(), await admin.create()
        refused = await admin.patch(one["id"], email=other["email"].upper())
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "email")
        assert (await admin.patch(one["id"], email=one["email"].upper())).status_code == 200, "its own in capitals"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("displayName", ""),
            ("displayName", None),
            ("email", None),
            ("email", "x"),
            ("password", "short"),
            ("password", None),
            ("role", "BOSS"),
            ("role", None),
            ("regenerateApiKey", "yes"),
            ("username", "somebody"),
            ("deleted", True),
        ],
    )
    async def test_what_cannot_be_is_refused_by_name(self, admin: Caller, field: str, value: object) -> None:
        user = await admin.create()
        answer = await admin.patch(user["id"], **{field: value})
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])

    @pytest.mark.parametrize("unknown", [SYSTEM, "00000000-0000-7000-8000-00000000dead", "admin", "%20", "x" * 300])
    async def test_who_is_not_there_is_not_found_whatever_the_body(self, admin: Caller, unknown: str) -> None:
        bodies: list[Any] = [{"displayName": "x"}, {"displayName": ""}, {"password": "short"}, [], {}]
        for body in bodies:
            assert (await admin.request("PATCH", f"/api/users/{unknown}", body)).status_code == 404
        assert (await admin.delete(unknown)).status_code == 404


class TestDeleting:
    async def test_a_tombstone_remains_and_every_credential_dies(self, callers: Callers, database: Database) -> None:
        agent = await callers.new()
        answer = await callers.admin.delete(agent.id)
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await agent.get("/api/auth/me")).status_code == 401
        assert (await log_in(callers.client, agent.user["username"])).status_code == 401
        assert agent.id not in {row["id"] for row in (await callers.admin.get("/api/users")).json()}
        created, deleted = await said(database, agent.id)
        assert (deleted["type"], deleted["aggregateversion"]) == ("user.deleted.v1", 2)
        assert deleted["actor"]["username"] == "admin"
        assert deleted["data"]["deleted"] is True
        assert deleted["data"]["displayName"] == created["data"]["displayName"]
        async with database.read() as reader:
            kept = await reader.one(_CREDENTIALS, id=agent.id)
        assert (kept.password_hash, kept.api_key_hash, kept.deleted, kept.version) == (None, None, True, 2)

    async def test_its_key_dies_too(self, callers: Callers) -> None:
        made = await callers.admin.create(role="SERVICE")
        await with_key(callers.client, made["apiKey"])
        await callers.admin.delete(made["id"])
        assert await refuses_key(callers, made["apiKey"])

    async def test_twice_is_once(self, admin: Caller, database: Database) -> None:
        user = await admin.create()
        answers = await asyncio.gather(*(admin.delete(user["id"]) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]
        assert len(await said(database, user["id"])) == 2

    async def test_not_oneself(self, callers: Callers) -> None:
        other = await callers.new("ADMIN")
        refused = await other.delete(other.id)
        assert (refused.status_code, refused.json()["code"]) == (409, "own_account")
        assert (await other.get("/api/auth/me")).status_code == 200

    async def test_the_answer_kept_for_its_creation_goes(self, admin: Caller, database: Database) -> None:
        created = await admin.post("/api/users", new_user(), **{"Idempotency-Key": "kept"})
        await admin.delete(created.json()["id"])
        async with database.read() as reader:
            assert await reader.scalar(query("SELECT count(*) FROM idempotency_keys")) == 0


class TestLastAdmin:
    async def test_a11_the_last_one_can_be_nothing_else(self, admin: Caller, database: Database) -> None:
        for role in ("AGENT", "USER", "SERVICE"):
            refused = await admin.patch(admin.id, role=role)
            assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
        assert (await admin.get("/api/auth/me")).json()["role"] == "ADMIN"
        assert len(await said(database, admin.id)) == 1

    async def test_a11_with_another_one_may_step_down(self, callers: Callers) -> None:
        other = await callers.new("ADMIN")
        assert (await other.patch(other.id, role="AGENT")).status_code == 200
        assert (await other.post("/api/users", new_user())).status_code == 403

    @pytest.mark.parametrize("verb", ["demote", "delete"])
    async def test_a11_two_who_remove_each_other_at_once_leave_one(
        self, callers: Callers, database: Database, verb: str
    ) -> None:
        async def removal(by: Caller, whom: Caller) -> Any:
            return await (by.delete(whom.id) if verb == "delete" else by.patch(whom.id, role="USER"))

        survivor = callers.admin
        for _ in range(6):
            one, other = survivor, await replace(callers, admin=survivor).new("ADMIN")
            answers = await asyncio.gather(removal(one, other), removal(other, one))
            assert sorted(answer.status_code for answer in answers)[1] in {401, 403, 409}
            async with database.read() as reader:
                assert await reader.scalar(_ADMINS) == 1
            survivor = one if answers[0].is_success else other
