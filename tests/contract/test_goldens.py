"""What is written down is what the code says: API reference, event schemas, recorded events, and real answers."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import pytest
from pydantic import ValidationError

import event_schemas
import openapi
from common.event import Event, Fact
from contracts.tickets import TicketUpdated
from devstack.settings import ROOT
from support.clients import Caller
from support.factories import Factory, unique
from support.schema import misfits

REFERENCE: dict[str, Any] = orjson.loads((ROOT / "gateway" / "openapi.json").read_bytes())
SAMPLES = ROOT / "libs" / "contracts" / "samples"
NOT_YOURS = {401, 403}
OF_A_BODY = {413, 422}


class Operation(NamedTuple):
    method: str
    path: str
    spec: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def statuses(self) -> set[int]:
        return {int(status) for status in self.spec["responses"]}

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of what is sent."""
        if "requestBody" not in self.spec:
            return None
        return resolved(self.spec["requestBody"]["content"]["application/json"]["schema"])


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = REFERENCE["components"]["schemas"][name] if name else schema
    return found


OPERATIONS = [
    Operation(method.upper(), path, spec) for path, item in REFERENCE["paths"].items() for method, spec in item.items()
]
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "body"),
        list(chain(openapi.documents().items(), event_schemas.schemas().items())),
        ids=lambda value: value.name if isinstance(value, Path) else "",
    )
    def test_a_generated_file_shows_the_code_as_it_is(self, path: Path, body: bytes) -> None:
        assert path.read_bytes() == body, "make openapi"

    def test_no_schema_is_of_an_event_that_is_gone(self) -> None:
        assert set(event_schemas.FOLDER.iterdir()) == set(event_schemas.schemas())


class TestRecordedEvents:
    """Additive only: whatever was ever said can still be heard, and its words keep their meaning."""

    @staticmethod
    def kind(path: Path) -> type[Event]:
        name = orjson.loads(path.read_bytes())["type"]
        return next(kind for kind in event_schemas.events() if kind.type_name() == name)

    def test_every_type_has_a_sample(self) -> None:
        sampled = {orjson.loads(path.read_bytes())["type"] for path in SAMPLES.iterdir()}
        assert sampled == {kind.type_name() for kind in event_schemas.events()}

    @pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
    def test_it_still_parses_and_no_word_of_it_is_lost(self, path: Path) -> None:
        said = orjson.loads(path.read_bytes())
        event = self.kind(path).model_validate_json(path.read_bytes())
        assert lost(said, orjson.loads(event.to_json())) == []

    @pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.stem)
    def test_what_a_later_release_adds_does_no_harm(self, path: Path) -> None:
        said = orjson.loads(path.read_bytes())
        said["added"] = said["data"]["added"] = {"later": [1, None]}
        self.kind(path).model_validate_json(orjson.dumps(said))

    def test_a_renamed_field_would_be_noticed(self) -> None:
        class Renamed(Fact):
            id: str
            number: str

        class Updated(TicketUpdated):
            data: Renamed  # type: ignore[assignment]  # the mistake that is to be noticed

        with pytest.raises(ValidationError):
            Updated.model_validate_json((SAMPLES / "ticket.updated.v1.json").read_bytes())


def lost(before: Any, after: Any, at: str = "$") -> Iterator[str] | list[str]:
    """The places of `before` that `after` does not have."""
    match before, after:
        case dict(), dict():
            return list(
                chain.from_iterable(lost(value, after.get(name), f"{at}.{name}") for name, value in before.items())
            )
        case list(), list() if len(before) == len(after):
            return list(chain.from_iterable(lost(*pair, f"{at}[]") for pair in zip(before, after, strict=True)))
        case _:
            return [] if before == after else [f"{at}: {before!r} became {after!r}"]


class TestReference:
    """What somebody needs who knows the API from its reference alone."""

    @every_operation
    def test_an_operation_says_what_it_does(self, operation: Operation) -> None:
        assert operation.spec["summary"]
        assert operation.spec["description"].partition("**Roles**")[0].strip()
        (tag,) = operation.spec["tags"]
        assert tag[0].isupper()

    @every_operation
    def test_it_says_how_it_fails(self, operation: Operation) -> None:
        expected = {503}
        if "security" in operation.spec:
            expected |= NOT_YOURS if operation.path != "/api/auth/me" else {401}
        if operation.body is not None:
            expected |= OF_A_BODY
        if "{" in operation.path:
            expected |= {404}
        if any(may_be_refused(parameter) for parameter in operation.spec.get("parameters", ())):
            expected |= {422}
        assert expected - operation.statuses == set()

    @every_operation
    def test_every_error_is_a_problem_document(self, operation: Operation) -> None:
        for status, answer in operation.spec["responses"].items():
            assert answer["description"]
            if int(status) >= 400:
                (media,) = answer["content"].items()
                assert media == (
                    "application/problem+json",
                    {"schema": {"$ref": "#/components/schemas/ProblemDocument"}},
                )

    @every_operation
    def test_success_has_a_shape_or_is_empty(self, operation: Operation) -> None:
        (status,) = [status for status in operation.statuses if status < 300]
        answer = operation.spec["responses"][str(status)]
        assert status == 204 if "content" not in answer else answer["content"]["application/json"]["schema"]

    @every_operation
    def test_everything_one_sends_is_explained(self, operation: Operation) -> None:
        for parameter in operation.spec.get("parameters", ()):
            assert parameter.get("description"), parameter["name"]
        if operation.body is not None:
            assert operation.body["description"]
            for name, field in operation.body["properties"].items():
                assert resolved(field).get("description") or field.get("description") or field.get("examples"), name

    def test_names_are_unique(self) -> None:
        names = [operation.spec["operationId"] for operation in OPERATIONS]
        assert len(set(names)) == len(names)


def may_be_refused(parameter: dict[str, Any]) -> bool:
    """Whether some text in the query is no value of this parameter."""
    kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
    return parameter["in"] == "query" and any(
        kind.keys() - {"type", "title", "default"} or kind["type"] not in {"string", "null"} for kind in kinds
    )


class TestRealAnswers:
    """Hot reads are built as bytes, by PostgreSQL or by hand: no model checks them on their way out."""

    @staticmethod
    def fits(answer: httpx.Response, operation: str) -> Any:
        """The answer's JSON, once it has the shape that the reference promises of this operation."""
        method, _, path = operation.partition(" ")
        responses = REFERENCE["paths"][f"/api{path}"][method.lower()]["responses"]
        assert str(answer.status_code) in responses, f"{answer.status_code} is not in the reference: {answer.text}"
        (media,) = responses[str(answer.status_code)]["content"]
        assert answer.headers["content-type"] == media
        schema = responses[str(answer.status_code)]["content"][media]["schema"]
        assert misfits(REFERENCE, schema, answer.json()) == []
        return answer.json()

    def test_tickets(self, make: Factory, agent: Caller, admin: Caller) -> None:
        bare = self.fits(agent.post("/tickets", make.new_ticket()), "POST /tickets")
        full = self.fits(agent.post("/tickets", make.new_ticket(assigneeId=agent.id)), "POST /tickets")
        for body in ({"assigneeId": None, "severity": 1}, {"status": "RESOLVED"}, {"title": full["title"]}):
            self.fits(agent.patch(f"/tickets/{full['id']}", body), "PATCH /tickets/{id}")
        closed = self.fits(admin.patch(f"/tickets/{full['id']}", {"status": "CLOSED"}), "PATCH /tickets/{id}")
        assert (closed["closedAt"], closed["autoCloseAt"]) != (None, None)
        self.fits(agent.post(f"/tickets/{full['id']}/comments", {"body": "Done."}), "POST /tickets/{id}/comments")
        for ticket in (bare, full):
            self.fits(agent.get(f"/tickets/{ticket['displayId']}"), "GET /tickets/{id}")

    def test_lists_of_tickets(self, make: Factory, agent: Caller) -> None:
        make.ticket(assigneeId=agent.id)
        for query in ("", "?limit=2", "?search=ticket", "?status=CLOSED&limit=1", "?search=nothingatallhasthis"):
            self.fits(agent.get(f"/tickets{query}"), "GET /tickets")

    def test_with_what_was_deleted_since(self, make: Factory, admin: Caller, agent: Caller) -> None:
        route = make.route()
        ticket = make.ticket(**route.ids)
        make.comment(ticket)
        assert admin.delete(f"/cti/categories/{route.category['id']}").status_code == 204
        agent.patch(f"/tickets/{ticket['id']}", {"severity": 5})
        self.fits(agent.get(f"/tickets/{ticket['id']}"), "GET /tickets/{id}")
        self.fits(agent.get(f"/tickets?categoryId={route.category['id']}"), "GET /tickets")

    def test_audit(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        agent.patch(f"/tickets/{ticket['id']}", {"severity": 1, "overview": "Else.", "assigneeId": agent.id})
        make.comment(ticket)
        for query in ("", "?limit=2"):
            entries = self.fits(agent.get(f"/tickets/{ticket['id']}/audit{query}"), "GET /tickets/{id}/audit")
        assert len(entries) == 2

    def test_users_and_sessions(self, admin: Caller, agent: Caller, nobody: Caller) -> None:
        name = unique("u")
        new = {"username": name, "email": f"{name}@example.org", "displayName": "Mia"}
        person = self.fits(admin.post("/users", new | {"role": "USER", "password": "correct horse 99"}), "POST /users")
        other = {"username": f"{name}s", "email": f"{name}s@example.org"}
        service = self.fits(admin.post("/users", new | other | {"role": "SERVICE"}), "POST /users")
        assert "apiKey" in service
        assert "apiKey" not in person
        self.fits(admin.patch(f"/users/{person['id']}", {"displayName": "Mia Stone"}), "PATCH /users/{id}")
        self.fits(admin.get("/users"), "GET /users")
        self.fits(agent.get("/auth/me"), "GET /auth/me")
        self.fits(nobody.post("/auth/login", {"username": name, "password": "correct horse 99"}), "POST /auth/login")

    def test_categories(self, make: Factory, admin: Caller, agent: Caller) -> None:
        route = make.route()
        for level, parent in (
            ("categories", {}),
            ("types", {"categoryId": route.category["id"]}),
            ("items", {"typeId": route.type["id"]}),
        ):
            made = self.fits(admin.post(f"/cti/{level}", {"name": unique(), **parent}), f"POST /cti/{level}")
            self.fits(admin.put(f"/cti/{level}/{made['id']}", {"name": unique()}), f"PUT /cti/{level}/{{id}}")
            self.fits(agent.get(f"/cti/{level}", params=parent), f"GET /cti/{level}")

    def test_problems(self, make: Factory, agent: Caller, nobody: Caller, user: Caller) -> None:
        ticket = make.ticket()
        self.fits(nobody.get("/tickets"), "GET /tickets")
        self.fits(user.patch(f"/tickets/{ticket['id']}", {"severity": 1}), "PATCH /tickets/{id}")
        self.fits(agent.patch(f"/tickets/{ticket['id']}", {"severity": 9, "no": 1}), "PATCH /tickets/{id}")
        self.fits(agent.get("/tickets/V000000000"), "GET /tickets/{id}")
        self.fits(agent.get("/tickets?limit=0"), "GET /tickets")
        self.fits(nobody.post("/auth/login", {"username": "nobody", "password": "x"}), "POST /auth/login")

    def test_a_field_too_many_or_too_few_would_be_noticed(self) -> None:
        schema = {"$ref": "#/components/schemas/CategoryOut"}
        right = {"id": "019d3f2b-0001-7000-8000-000000000c01", "name": "Media"}
        assert misfits(REFERENCE, schema, right) == []
        assert misfits(REFERENCE, schema, right | {"secret": 1}) == ["$.secret: not in the reference"]
        assert misfits(REFERENCE, schema, {"id": "1", "name": None}) == [
            "$.id: no uuid",
            "$.name: NoneType instead of string",
        ]
        assert misfits(REFERENCE, schema, {"name": "Media"}) == ["$.id: missing"]
