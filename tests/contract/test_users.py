"""R51-R57, A10, A11, A17: the people and automations of the system."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest

from support.clients import PASSWORD, Caller, Callers
from support.eventually import soon
from support.factories import Factory, unique
from support.stack import System

UNKNOWN = "00000000-0000-7000-8000-00000000ffff"
SYSTEM = "00000000-0000-7000-8000-000000000001"
SHOWN = {"id", "username", "displayName", "email", "role", "lastLoginAt"}
NOT_ADMIN = ("AGENT", "USER", "SERVICE")


def new_user(**fields: Any) -> dict[str, Any]:
    """The body of a POST that succeeds."""
    name = unique("u")
    person = {"username": name, "email": f"{name}@example.org", "displayName": "Jane Doe"}
    return person | {"role": "AGENT", "password": PASSWORD} | fields


def new_service(**fields: Any) -> dict[str, Any]:
    body = new_user(role="SERVICE", **fields)
    del body["password"]
    return body


def field_of(refused: httpx.Response) -> str:
    assert refused.status_code == 422, refused.text
    return str(refused.json()["errors"][0]["field"])


def listed(caller: Caller, user_id: str) -> dict[str, Any] | None:
    return next((user for user in caller.get("/users").json() if user["id"] == user_id), None)


def log_in(nobody: Caller, username: str, password: str) -> int:
    return nobody.post("/auth/login", {"username": username, "password": password}).status_code


class TestListing:
    def test_r51_for_every_role(self, callers: Callers) -> None:
        for caller in callers:
            answer = caller.get("/users")
            assert answer.status_code == 200
            assert all(user.keys() == SHOWN for user in answer.json())
            assert {other.id for other in callers} <= {user["id"] for user in answer.json()}

    def test_r51_by_what_they_are_called(self, callers: Callers, user: Caller) -> None:
        made = [callers.create_user(displayName=name)["id"] for name in ("zoë Z", "Ána A", "anna B")]
        names = [user["displayName"] for user in user.get("/users").json()]
        assert names == sorted(names, key=str.lower)
        assert set(made) <= {user["id"] for user in user.get("/users").json()}

    def test_a7_without_the_system(self, user: Caller, admin: Caller) -> None:
        assert listed(user, SYSTEM) is None
        assert admin.patch(f"/users/{SYSTEM}", {"displayName": "x"}).status_code == 404
        assert admin.delete(f"/users/{SYSTEM}").status_code == 404


class TestCreating:
    @pytest.mark.parametrize("role", ["ADMIN", "AGENT", "USER"])
    def test_r52_by_admins(self, admin: Caller, user: Caller, nobody: Caller, role: str) -> None:
        body = new_user(role=role)
        created = admin.post("/users", body)
        assert created.status_code == 201
        shown = {name: body[name] for name in ("username", "email", "displayName", "role")}
        assert created.json() == shown | {"id": created.json()["id"], "lastLoginAt": None}
        assert listed(user, created.json()["id"]) == created.json()
        assert log_in(nobody, body["username"], PASSWORD) == 200

    def test_r52_by_nobody_else(self, callers: Callers, admin: Caller) -> None:
        for role in NOT_ADMIN:
            body = new_user()
            assert callers[role].post("/users", body).status_code == 403
            assert body["username"] not in {user["username"] for user in admin.get("/users").json()}

    @pytest.mark.parametrize("field", ["username", "email"])
    def test_r52_names_and_addresses_are_taken_once(self, admin: Caller, field: str) -> None:
        first = new_user()
        assert admin.post("/users", first).status_code == 201
        for value in (first[field], first[field].upper()):
            refused = admin.post("/users", new_user(**{field: value}))
            assert refused.status_code == 409
            assert refused.json()["code"] == "taken"
            assert field in refused.json()["detail"]

    @pytest.mark.parametrize("reserved", ["system", "System", "admin", "goddard"])
    def test_a7_and_those_of_the_seeded_are(self, admin: Caller, reserved: str) -> None:
        assert admin.post("/users", new_user(username=reserved)).status_code == 409

    def test_r52_many_at_once_are_one(self, admin: Caller) -> None:
        body = new_service()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: admin.post("/users", body).status_code, range(8)))
        assert sorted(answers) == [201] + [409] * 7

    @pytest.mark.parametrize("role", ["", "admin", "ROOT", None, 1, ["ADMIN"]])
    def test_r52_a_bad_role_is_422(self, admin: Caller, role: object) -> None:
        assert field_of(admin.post("/users", new_user(role=role))) == "role"

    @pytest.mark.parametrize("field", ["username", "email", "displayName", "role"])
    def test_r52_required_fields(self, admin: Caller, field: str) -> None:
        body = new_user()
        del body[field]
        assert field_of(admin.post("/users", body)) == field

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", ""),
            ("username", " jane"),
            ("username", "ja\nne"),
            ("username", "x" * 101),
            ("email", ""),
            ("email", "jane"),
            ("email", "@example.org"),
            ("email", "jane@"),
            ("email", "jane doe@example.org"),
            ("email", "x" * 251 + "@y.z"),
            ("displayName", " "),
            ("displayName", "x" * 201),
            ("id", UNKNOWN),
            ("apiKey", "sk_mine"),
            ("passwordHash", "x"),
            ("mustChangePassword", False),
        ],
    )
    def test_a26_what_a_field_may_be(self, admin: Caller, field: str, value: object) -> None:
        assert field_of(admin.post("/users", new_user(**{field: value}))) == field

    def test_a26_the_longest(self, admin: Caller) -> None:
        longest = {"username": unique() + "ü" * 85, "email": unique() + "x" * 225 + "@example.org"}
        assert admin.post("/users", new_user(**longest, displayName="漢" * 200)).status_code == 201

    @pytest.mark.parametrize("role", ["ADMIN", "AGENT", "USER"])
    def test_r53_people_need_a_password(self, admin: Caller, role: str) -> None:
        body = new_user(role=role)
        del body["password"]
        assert field_of(admin.post("/users", body)) == "password"

    @pytest.mark.parametrize("weak", ["", "elevenchars", "password1234", "qwertyqwerty", None])
    def test_r53_and_a_good_one(self, admin: Caller, weak: str | None) -> None:
        assert field_of(admin.post("/users", new_user(password=weak))) == "password"

    def test_r54_a_service_gets_a_key(self, admin: Caller, callers: Callers) -> None:
        created = admin.post("/users", new_service())
        assert created.status_code == 201
        key = created.json()["apiKey"]
        assert key.startswith("sk_")
        assert len(key) == 52
        service = callers.with_key(key)
        paths = ("/users", "/cti/categories", "/tickets?limit=1", "/tickets/V000000000/audit")
        assert [service.get(path).status_code for path in paths] == [200, 200, 200, 404]
        assert key not in admin.get("/users").text
        assert "apiKey" not in admin.get("/users").text

    def test_r54_only_once(self, admin: Caller, callers: Callers) -> None:
        once, body = {"Idempotency-Key": unique()}, new_service()
        first, again = (admin.post("/users", body, headers=once) for _ in range(2))
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == {name: first.json()[name] for name in SHOWN}
        assert callers.with_key(first.json()["apiKey"]).id == first.json()["id"]

    def test_r54_people_get_none(self, admin: Caller) -> None:
        assert "apiKey" not in admin.post("/users", new_user()).json()

    def test_r54_a_service_has_no_password(self, admin: Caller, nobody: Caller) -> None:
        body = new_service() | {"password": PASSWORD}
        admin.post("/users", body)
        assert log_in(nobody, body["username"], PASSWORD) == 401


class TestChanging:
    @pytest.mark.parametrize(
        ("field", "value"), [("displayName", "New Name"), ("email", "@new.example.org"), ("role", "USER")]
    )
    def test_r55_each_field_alone(self, admin: Caller, callers: Callers, field: str, value: str) -> None:
        user = callers.create_user()
        value = user["username"] + value if field == "email" else value
        changed = admin.patch(f"/users/{user['id']}", {field: value})
        assert changed.status_code == 200
        assert changed.json() == user | {field: value}
        assert listed(admin, user["id"]) == changed.json()

    def test_r55_the_username_stays(self, admin: Caller, callers: Callers) -> None:
        user = callers.create_user()
        assert field_of(admin.patch(f"/users/{user['id']}", {"username": "other"})) == "username"

    def test_r55_nothing_is_no_change(self, admin: Caller, callers: Callers, stack: System) -> None:
        user = callers.create_user()
        same = {name: user[name] for name in ("displayName", "email", "role")}
        for patch in ({}, same):
            unchanged = admin.patch(f"/users/{user['id']}", patch)
            assert (unchanged.status_code, unchanged.json()) == (200, user)
        with psycopg.connect(stack.database_url("auth")) as connection:
            events = connection.execute("SELECT count(*) FROM events WHERE aggregate_id = %s", [user["id"]])
            assert events.fetchone() == (1,)

    def test_r55_a_password(self, admin: Caller, callers: Callers, nobody: Caller) -> None:
        caller = callers.new()
        name = caller.user["username"]
        assert admin.patch(f"/users/{caller.id}", {"password": "a-brand-new-one-5"}).status_code == 200
        assert caller.get("/auth/me").status_code == 401
        assert log_in(nobody, name, PASSWORD) == 401
        assert log_in(nobody, name, "a-brand-new-one-5") == 200

    @pytest.mark.parametrize("weak", ["", "short", None])
    def test_r55_a_good_one(self, admin: Caller, callers: Callers, weak: str | None) -> None:
        assert field_of(admin.patch(f"/users/{callers.create_user()['id']}", {"password": weak})) == "password"

    def test_r55_a_demotion_bites_at_once(self, admin: Caller, callers: Callers, make: Factory) -> None:
        caller, ticket = callers.new("ADMIN"), make.ticket()
        assert admin.patch(f"/users/{caller.id}", {"role": "USER"}).status_code == 200
        assert caller.post("/users", {}).status_code == 403
        for method, path in (
            ("PUT", f"/cti/items/{ticket['itemId']}"),
            ("PATCH", f"/tickets/{ticket['id']}"),
            ("DELETE", f"/tickets/{ticket['id']}"),
        ):
            soon(lambda m=method, p=path: caller.request(m, p).status_code == 403, within=1)  # type: ignore[misc]
        assert caller.get("/auth/me").json()["role"] == "USER"

    def test_r55_by_nobody_else(self, callers: Callers, admin: Caller) -> None:
        for role in NOT_ADMIN:
            caller = callers[role]
            for user_id in (caller.id, admin.id):
                assert caller.patch(f"/users/{user_id}", {"role": "ADMIN"}).status_code == 403

    @pytest.mark.parametrize("reference", [UNKNOWN, "nonsense", "admin"])
    def test_r55_somebody_unknown(self, admin: Caller, reference: str) -> None:
        refused = admin.patch(f"/users/{reference}", {"displayName": "x"})
        assert refused.status_code == 404
        assert refused.json()["code"] == "user_not_found"

    def test_r55_an_address_that_is_taken(self, admin: Caller, callers: Callers) -> None:
        user, other = callers.create_user(), callers.create_user()
        refused = admin.patch(f"/users/{user['id']}", {"displayName": "New", "email": other["email"].upper()})
        assert refused.status_code == 409
        assert listed(admin, user["id"]) == user

    def test_r55_a_new_name_shows_in_tickets(self, admin: Caller, callers: Callers, make: Factory) -> None:
        user = callers.create_user()
        ticket = make.ticket(assigneeId=user["id"])
        admin.patch(f"/users/{user['id']}", {"displayName": "Renamed"})

        def shown() -> bool:
            name = admin.get(f"/tickets/{ticket['id']}").json()["assignee"]["displayName"]
            return bool(name == "Renamed")

        soon(shown)


class TestKeys:
    def test_r56_a_new_one_and_the_old_is_dead(self, admin: Caller, callers: Callers) -> None:
        service = callers.new("SERVICE")
        changed = admin.patch(f"/users/{service.id}", {"regenerateApiKey": True})
        assert changed.json().keys() == SHOWN | {"apiKey"}
        assert service.get("/auth/me").status_code == 401
        renewed = callers.with_key(changed.json()["apiKey"])
        for path in ("/users", "/cti/categories", "/tickets?limit=1"):
            assert renewed.get(path).status_code == 200
            soon(lambda path=path: service.get(path).status_code == 401, within=1)  # type: ignore[misc]

    @pytest.mark.parametrize("role", ["ADMIN", "AGENT", "USER"])
    def test_r56_only_for_services(self, admin: Caller, callers: Callers, role: str) -> None:
        user = callers.create_user(role=role)
        refused = admin.patch(f"/users/{user['id']}", {"displayName": "New", "regenerateApiKey": True})
        assert field_of(refused) == "regenerateApiKey"
        assert listed(admin, user["id"]) == user

    def test_r56_false_is_no_effect(self, admin: Caller, callers: Callers) -> None:
        service, user = callers.new("SERVICE"), callers.create_user()
        for user_id in (service.id, user["id"]):
            answer = admin.patch(f"/users/{user_id}", {"regenerateApiKey": False})
            assert answer.status_code == 200
            assert "apiKey" not in answer.json()
        assert service.get("/auth/me").status_code == 200

    def test_a17_to_service(self, admin: Caller, callers: Callers, nobody: Caller) -> None:
        caller = callers.new()
        changed = admin.patch(f"/users/{caller.id}", {"role": "SERVICE"})
        assert changed.status_code == 200
        assert callers.with_key(changed.json()["apiKey"]).id == caller.id
        assert caller.get("/auth/me").status_code == 401
        assert log_in(nobody, caller.user["username"], PASSWORD) == 401
        again = admin.patch(f"/users/{caller.id}", {"role": "SERVICE"})
        assert "apiKey" not in again.json()

    def test_a17_to_service_brings_no_password(self, admin: Caller, callers: Callers) -> None:
        user = callers.create_user()
        refused = admin.patch(f"/users/{user['id']}", {"role": "SERVICE", "password": PASSWORD})
        assert field_of(refused) == "password"
        assert listed(admin, user["id"]) == user

    def test_a17_from_service(self, admin: Caller, callers: Callers, nobody: Caller) -> None:
        service = callers.new("SERVICE")
        name = service.user["username"]
        assert field_of(admin.patch(f"/users/{service.id}", {"role": "AGENT"})) == "password"
        assert service.get("/auth/me").status_code == 200
        changed = admin.patch(f"/users/{service.id}", {"role": "AGENT", "password": PASSWORD})
        assert changed.json()["role"] == "AGENT"
        assert "apiKey" not in changed.json()
        assert service.get("/auth/me").status_code == 401
        assert log_in(nobody, name, PASSWORD) == 200

    def test_a17_and_back_again_the_old_key_stays_dead(self, admin: Caller, callers: Callers) -> None:
        service = callers.new("SERVICE")
        admin.patch(f"/users/{service.id}", {"role": "USER", "password": PASSWORD})
        back = admin.patch(f"/users/{service.id}", {"role": "SERVICE"})
        assert callers.with_key(back.json()["apiKey"]).id == service.id
        assert service.get("/auth/me").status_code == 401

    def test_a17_a_service_takes_no_password(self, admin: Caller, callers: Callers) -> None:
        service = callers.create_user(role="SERVICE")
        assert field_of(admin.patch(f"/users/{service['id']}", {"password": PASSWORD})) == "password"


class TestDeleting:
    def test_r57_by_admins(self, admin: Caller, callers: Callers) -> None:
        user = callers.create_user()
        gone = admin.delete(f"/users/{user['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
        assert listed(admin, user["id"]) is None
        for again in (admin.delete(f"/users/{user['id']}"), admin.patch(f"/users/{user['id']}", {})):
            assert again.status_code == 404

    def test_r57_by_nobody_else(self, callers: Callers) -> None:
        user = callers.create_user()
        for role in NOT_ADMIN:
            assert callers[role].delete(f"/users/{user['id']}").status_code == 403
        assert listed(callers["USER"], user["id"]) == user

    def test_r57_not_oneself(self, admin: Caller) -> None:
        refused = admin.delete(f"/users/{admin.id}")
        assert refused.status_code == 409
        assert refused.json()["code"] == "own_account"
        assert "another ADMIN" in refused.json()["detail"]

    @pytest.mark.parametrize("reference", [UNKNOWN, "nonsense"])
    def test_r57_somebody_unknown(self, admin: Caller, reference: str) -> None:
        assert admin.delete(f"/users/{reference}").status_code == 404

    def test_a10_every_credential_dies(self, admin: Caller, callers: Callers, nobody: Caller) -> None:
        caller, service = callers.new(), callers.new("SERVICE")
        for one in (caller, service):
            for path in ("/users", "/cti/categories", "/tickets?limit=1"):
                assert one.get(path).status_code == 200
            admin.delete(f"/users/{one.id}")
            assert one.get("/auth/me").status_code == 401
            for path in ("/users", "/cti/categories", "/tickets?limit=1", "/tickets/V000000000/audit"):
                soon(lambda one=one, path=path: one.get(path).status_code == 401, within=1)  # type: ignore[misc]
        assert log_in(nobody, caller.user["username"], PASSWORD) == 401

    def test_a10_the_name_is_free_and_means_somebody_else(
        self, admin: Caller, callers: Callers, nobody: Caller
    ) -> None:
        user = callers.create_user()
        admin.delete(f"/users/{user['id']}")
        body = new_user(username=user["username"].upper(), email=user["email"], password="a-different-one-3")
        created = admin.post("/users", body)
        assert created.status_code == 201
        assert created.json()["id"] != user["id"]
        assert log_in(nobody, user["username"], PASSWORD) == 401
        assert log_in(nobody, user["username"], "a-different-one-3") == 200

    def test_a10_open_tickets_become_nobodys(self, admin: Caller, callers: Callers, make: Factory) -> None:
        """The one who deleted is the actor; closed tickets keep the name."""
        user = callers.create_user(displayName="Soon Gone")
        held = {
            status: make.ticket(assigneeId=user["id"])["id"] for status in ("OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED")
        }
        for status, ticket in held.items():
            assert admin.patch(f"/tickets/{ticket}", {"status": status}).status_code == 200
        deleter = callers.new("ADMIN")
        assert deleter.delete(f"/users/{user['id']}").status_code == 204

        def unassigned() -> bool:
            return all(
                admin.get(f"/tickets/{held[status]}").json()["assignee"] is None
                for status in ("OPEN", "IN_PROGRESS", "RESOLVED")
            )

        soon(unassigned)
        closed = admin.get(f"/tickets/{held['CLOSED']}").json()
        assert closed["assignee"] == {
            "id": user["id"],
            "username": user["username"],
            "displayName": "Soon Gone",
            "deleted": True,
        }
        for status in ("OPEN", "IN_PROGRESS", "RESOLVED"):
            entry = soon(partial(self._unassigned_entry, admin, held[status]))
            assert entry["detail"] == "Soon Gone → Unassigned"
            assert entry["user"]["id"] == deleter.id
            assert admin.get(f"/tickets/{held[status]}").json()["status"] == status
        assert admin.get(f"/tickets/{held['CLOSED']}/audit").json()[0]["action"] == "STATUS_CHANGED"

    @staticmethod
    def _unassigned_entry(admin: Caller, ticket: str) -> Any:
        entry = admin.get(f"/tickets/{ticket}/audit").json()[0]
        return entry if entry["action"] == "ASSIGNEE_CHANGED" else None

    def test_a10_what_they_wrote_keeps_their_name(self, admin: Caller, callers: Callers, make: Factory) -> None:
        author = callers.new(displayName="The Author")
        ticket = author.post("/tickets", make.new_ticket()).json()
        author.post(f"/tickets/{ticket['id']}/comments", {"body": "mine"})
        admin.delete(f"/users/{author.id}")

        def marked() -> Any:
            shown = admin.get(f"/tickets/{ticket['id']}").json()
            return shown if shown["createdBy"].get("deleted") else None

        shown = soon(marked)
        tombstone = {
            "id": author.id,
            "username": author.user["username"],
            "displayName": "The Author",
            "deleted": True,
        }
        assert shown["createdBy"] == tombstone
        assert tombstone.items() <= shown["comments"][0]["author"].items()
        for entry in admin.get(f"/tickets/{ticket['id']}/audit").json():
            assert entry["user"]["displayName"] == "The Author"
            assert entry["user"]["deleted"] is True

    def test_a10_nobody_can_be_assigned_to_them(self, admin: Caller, callers: Callers, make: Factory) -> None:
        user, ticket = callers.create_user(), make.ticket()
        admin.delete(f"/users/{user['id']}")

        def refused() -> bool:
            answer = admin.patch(f"/tickets/{ticket['id']}", {"assigneeId": user["id"]})
            admin.patch(f"/tickets/{ticket['id']}", {"assigneeId": None})
            return answer.status_code == 422

        soon(refused, within=1)


class TestLastAdmin:
    """A11. The seeded admin of this stack is one of the last two, and gets the role back in any case."""

    @pytest.fixture
    def other(self, admin: Caller, callers: Callers, stack: System) -> Iterator[Caller]:
        """The only ADMIN beside the seeded one."""
        other = callers.new("ADMIN")
        for user in admin.get("/users").json():
            if user["role"] == "ADMIN" and user["id"] not in {admin.id, other.id}:
                assert admin.patch(f"/users/{user['id']}", {"role": "AGENT"}).status_code == 200
        yield other
        for survivor, lost in ((admin, other), (other, admin)):
            survivor.patch(f"/users/{lost.id}", {"role": "ADMIN"})
        assert admin.get("/auth/me").json()["role"] == "ADMIN"

    @pytest.mark.parametrize("role", ["AGENT", "USER"])
    def test_a11_is_not_demoted(self, admin: Caller, other: Caller, role: str) -> None:
        assert other.patch(f"/users/{other.id}", {"role": role}).status_code == 200
        refused = admin.patch(f"/users/{admin.id}", {"role": role, "displayName": "x"})
        assert refused.status_code == 409
        assert refused.json()["code"] == "last_admin"
        assert admin.get("/auth/me").json()["displayName"] == admin.user["displayName"]

    def test_a11_is_not_made_a_service(self, admin: Caller, other: Caller) -> None:
        other.patch(f"/users/{other.id}", {"role": "USER"})
        refused = admin.patch(f"/users/{admin.id}", {"role": "SERVICE"})
        assert refused.status_code == 409
        assert admin.get("/auth/me").json()["role"] == "ADMIN"

    def test_a11_two_who_demote_each_other(self, admin: Caller, other: Caller) -> None:
        def demote(turn: tuple[Caller, Caller]) -> int:
            by, whom = turn
            return by.patch(f"/users/{whom.id}", {"role": "USER"}).status_code

        self._one_is_left(demote, admin, other)

    def test_a11_two_who_demote_themselves(self, admin: Caller, other: Caller) -> None:
        def step_down(turn: tuple[Caller, Caller]) -> int:
            by, _ = turn
            return by.patch(f"/users/{by.id}", {"role": "USER"}).status_code

        self._one_is_left(step_down, admin, other)

    @staticmethod
    def _one_is_left(act: Callable[[tuple[Caller, Caller]], int], admin: Caller, other: Caller) -> None:
        for _ in range(3):
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(act, [(admin, other), (other, admin)]))
            assert sorted(answers) in ([200, 409], [200, 403])
            roles = [caller.get("/auth/me").json()["role"] for caller in (admin, other)]
            assert sorted(roles) == ["ADMIN", "USER"]
            survivor, lost = (admin, other) if roles[0] == "ADMIN" else (other, admin)
            assert survivor.patch(f"/users/{lost.id}", {"role": "ADMIN"}).status_code == 200
