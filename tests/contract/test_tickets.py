"""R17-R34: one ticket, created, read, changed and deleted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support.clients import Caller, Callers
from support.factories import Factory, unique

UNKNOWN = "00000000-0000-7000-8000-00000000ffff"
SYSTEM = "00000000-0000-7000-8000-000000000001"
"""Who closes by the clock: no user of the API."""
NO_TICKETS = [UNKNOWN, "V000000000", "nonsense"]


def field_of(refused: Any) -> str:
    assert refused.status_code == 422, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"
    return str(refused.json()["errors"][0]["field"])


class TestReading:
    def test_r17_by_either_id(self, make: Factory, user: Caller) -> None:
        ticket = make.ticket()
        by_id, by_display_id = user.get(f"/tickets/{ticket['id']}"), user.get(f"/tickets/{ticket['displayId']}")
        assert by_id.status_code == 200
        assert by_id.json() == by_display_id.json() == ticket

    @pytest.mark.parametrize("reference", NO_TICKETS)
    def test_r17_what_is_not_there(self, user: Caller, reference: str) -> None:
        missing = user.get(f"/tickets/{reference}")
        assert missing.status_code == 404
        assert missing.json()["code"] == "ticket_not_found"

    def test_r18_display_ids_are_unique_and_look_alike(self, make: Factory, goddard: Caller) -> None:
        body = make.new_ticket()
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _: goddard.post("/tickets", body).json()["displayId"], range(200)))
        assert len(set(made)) == 200
        assert all(len(number) == 10 and number[0] == "V" and number[1:].isdigit() for number in made)

    def test_r19_comments_oldest_first_with_their_authors(self, make: Factory, agent: Caller, user: Caller) -> None:
        ticket = make.ticket()
        made = [
            caller.post(f"/tickets/{ticket['id']}/comments", {"body": body}).json()
            for caller, body in ((agent, "first"), (user, "second"), (agent, "third"))
        ]
        comments = user.get(f"/tickets/{ticket['id']}").json()["comments"]
        assert comments == made
        assert [comment["body"] for comment in comments] == ["first", "second", "third"]
        assert {"id", "username", "displayName"} <= comments[1]["author"].keys()
        assert comments[1]["author"]["id"] == user.id
        assert comments[1]["createdAt"]

    def test_what_did_not_change_is_not_sent_again(self, make: Factory, user: Caller) -> None:
        ticket = make.ticket()
        tag = user.get(f"/tickets/{ticket['id']}").headers["ETag"]
        assert user.get(f"/tickets/{ticket['id']}", headers={"If-None-Match": tag}).status_code == 304
        make.comment(ticket)
        assert user.get(f"/tickets/{ticket['id']}", headers={"If-None-Match": tag}).status_code == 200


class TestCreating:
    def test_r20_by_staff_and_automation(self, make: Factory, callers: Callers) -> None:
        for role in ("ADMIN", "AGENT", "SERVICE"):
            assert callers[role].post("/tickets", make.new_ticket()).status_code == 201

    def test_r20_not_by_users(self, make: Factory, user: Caller, admin: Caller) -> None:
        title = unique("refused")
        refused = user.post("/tickets", make.new_ticket(title=title))
        assert refused.status_code == 403
        assert admin.get("/tickets", params={"search": title}).json() == []

    @pytest.mark.parametrize("field", ["title", "overview", "severity", "categoryId", "typeId", "itemId"])
    def test_r21_required_fields(self, make: Factory, agent: Caller, field: str) -> None:
        body = make.new_ticket()
        del body[field]
        assert field_of(agent.post("/tickets", body)) == field

    @pytest.mark.parametrize("field", ["title", "overview", "severity", "categoryId"])
    def test_r21_null_is_no_value(self, make: Factory, agent: Caller, field: str) -> None:
        assert field_of(agent.post("/tickets", make.new_ticket(**{field: None}))) == field

    @pytest.mark.parametrize("title", ["", "   ", "\n\t"])
    def test_r21_a_blank_title(self, make: Factory, agent: Caller, title: str) -> None:
        assert field_of(agent.post("/tickets", make.new_ticket(title=title))) == "title"

    @pytest.mark.parametrize("severity", [0, 6, 2.5, "high", "3", True])
    def test_r22_severity_is_an_integer_from_1_to_5(self, make: Factory, agent: Caller, severity: object) -> None:
        assert field_of(agent.post("/tickets", make.new_ticket(severity=severity))) == "severity"

    def test_r23_a_path_must_nest(self, make: Factory, agent: Caller) -> None:
        title, one, other = unique("refused"), make.route(), make.route()
        for broken, field in (
            ({"itemId": other.item["id"]}, "itemId"),
            ({"typeId": other.type["id"]}, "typeId"),
            ({"categoryId": UNKNOWN}, "categoryId"),
            ({"itemId": "nonsense"}, "itemId"),
            ({"itemId": one.type["id"]}, "itemId"),
        ):
            refused = agent.post("/tickets", make.new_ticket(title=title, **(one.ids | broken)))
            assert field in {error["field"] for error in refused.json()["errors"]}
            assert refused.status_code == 422
        assert agent.get("/tickets", params={"search": title}).json() == []

    def test_i11_sent_again_it_is_answered_the_same(self, make: Factory, agent: Caller) -> None:
        body, key = make.new_ticket(), {"Idempotency-Key": unique()}
        first = agent.post("/tickets", body, headers=key)
        made = first.json()
        assert agent.patch(f"/tickets/{made['id']}", {"severity": 1}).status_code == 200
        again = agent.post("/tickets", body, headers=key)
        assert (again.status_code, again.json()) == (201, made)
        assert again.headers["Idempotent-Replayed"] == "true"
        for name in ("ETag", "Cache-Control", "Content-Type"):
            assert again.headers[name] == first.headers[name]
        late = agent.patch(f"/tickets/{made['id']}", {"severity": 2}, headers={"If-Match": again.headers["ETag"]})
        assert late.status_code == 412

    @pytest.mark.parametrize("nobody", [{}, {"assigneeId": None}, {"assigneeId": ""}])
    def test_r24_an_assignee_is_optional(self, make: Factory, nobody: dict[str, Any]) -> None:
        assert make.ticket(**nobody)["assignee"] is None

    @pytest.mark.parametrize("stranger", [UNKNOWN, "nonsense", SYSTEM])
    def test_r24_an_unknown_assignee(self, make: Factory, agent: Caller, stranger: str) -> None:
        assert field_of(agent.post("/tickets", make.new_ticket(assigneeId=stranger))) == "assigneeId"
        ticket = make.ticket(assigneeId=agent.id)
        assert field_of(agent.patch(f"/tickets/{ticket['id']}", {"assigneeId": stranger})) == "assigneeId"
        assert agent.get(f"/tickets/{ticket['id']}").json() == ticket

    def test_a4_anybody_may_be_assigned(self, make: Factory, callers: Callers) -> None:
        for caller in callers:
            assert make.ticket(assigneeId=caller.id)["assignee"]["id"] == caller.id

    def test_r25_the_answer_is_the_ticket(self, make: Factory, agent: Caller) -> None:
        created = agent.post("/tickets", make.new_ticket(assigneeId=agent.id))
        ticket = created.json()
        assert ticket["status"] == "OPEN"
        assert ticket["createdBy"]["id"] == agent.id
        assert ticket["comments"] == []
        assert ticket["resolvedAt"] is ticket["closedAt"] is ticket["autoCloseAt"] is None
        read = agent.get(f"/tickets/{ticket['id']}")
        assert read.json() == ticket
        assert read.headers["ETag"] == created.headers["ETag"]

    def test_r26_markdown_is_stored_verbatim(self, make: Factory, agent: Caller) -> None:
        overview = "  # Heading\r\n\n* <b>x</b> ünï 漢字 🙂\n```\ncode\n```  \n"
        ticket = make.ticket(overview=overview, title="  padded  ")
        read = agent.get(f"/tickets/{ticket['id']}").json()
        assert (read["overview"], read["title"]) == (overview, "  padded  ")

    def test_r27_as_n8n_does_it(self, make: Factory, goddard: Caller) -> None:
        created = goddard.post(
            "/tickets",
            {
                "title": "[Plex] Backup - 2026-03-30T02:00:00",
                "overview": "Automated nightly Plex backup completed.",
                "severity": 5,
                **make.a_route.ids,
                "assigneeId": "",
            },
        )
        assert created.status_code == 201
        assert created.json()["createdBy"]["username"] == "goddard"

    def test_a_node_may_be_used_at_once(self, make: Factory, agent: Caller) -> None:
        for _ in range(5):
            assert agent.post("/tickets", make.new_ticket(**make.route().ids)).status_code == 201

    @pytest.mark.parametrize(("field", "limit"), [("title", 500), ("overview", 262_144)])
    def test_a26_limits_are_said(self, make: Factory, agent: Caller, field: str, limit: int) -> None:
        assert make.ticket(**{field: "é" * limit})[field] == "é" * limit
        refused = agent.post("/tickets", make.new_ticket(**{field: "x" * (limit + 1)}))
        assert field_of(refused) == field
        assert str(limit) in refused.json()["errors"][0]["message"]

    @pytest.mark.parametrize("extra", ["id", "version", "createdBy", "displayId", "status", "role"])
    def test_fields_that_are_not_the_callers_are_refused(self, make: Factory, agent: Caller, extra: str) -> None:
        assert field_of(agent.post("/tickets", make.new_ticket(**{extra: "1"}))) == extra


class TestChanging:
    def test_r28_by_staff_and_automation(self, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        for role in ("ADMIN", "AGENT", "SERVICE"):
            assert callers[role].patch(f"/tickets/{ticket['id']}", {"title": f"by {role}"}).status_code == 200

    def test_r28_not_by_users(self, make: Factory, user: Caller) -> None:
        ticket = make.ticket()
        assert user.patch(f"/tickets/{ticket['id']}", {"title": "by a user"}).status_code == 403
        assert user.get(f"/tickets/{ticket['id']}").json() == ticket

    def test_r29_each_field_alone(self, make: Factory, agent: Caller) -> None:
        ticket, other = make.ticket(), make.route()
        where = f"/tickets/{ticket['displayId']}"
        for change, shown in (
            ({"title": "New"}, {"title": "New"}),
            ({"overview": ""}, {"overview": ""}),
            ({"severity": 1}, {"severity": 1}),
            ({"status": "IN_PROGRESS"}, {"status": "IN_PROGRESS"}),
            ({"assigneeId": agent.id}, {"assigneeId": agent.id}),
            (other.ids, {"itemId": other.item["id"]}),
        ):
            changed = agent.patch(where, change)
            assert changed.status_code == 200, changed.text
            assert shown.items() <= changed.json().items()

    def test_r29_all_fields_at_once(self, make: Factory, agent: Caller) -> None:
        ticket, other = make.ticket(), make.route()
        everything = {
            "title": "New",
            "overview": "Newer",
            "severity": 1,
            "status": "RESOLVED",
            "assigneeId": agent.id,
            **other.ids,
        }
        changed = agent.patch(f"/tickets/{ticket['id']}", everything)
        assert everything.items() <= changed.json().items()
        assert len(agent.get(f"/tickets/{ticket['id']}/audit").json()) == 7

    def test_r29_nothing_is_no_change(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        unchanged = agent.patch(f"/tickets/{ticket['id']}", {})
        assert (unchanged.status_code, unchanged.json()) == (200, ticket)
        assert len(agent.get(f"/tickets/{ticket['id']}/audit").json()) == 1

    @pytest.mark.parametrize("field", ["title", "overview", "severity", "status", "categoryId"])
    def test_only_an_assignee_can_be_null(self, make: Factory, agent: Caller, field: str) -> None:
        assert field_of(agent.patch(f"/tickets/{make.ticket()['id']}", {field: None})) == field

    @pytest.mark.parametrize("nobody", [None, ""])
    def test_r30_null_unassigns(self, make: Factory, agent: Caller, nobody: str | None) -> None:
        ticket = make.ticket(assigneeId=agent.id)
        assert agent.patch(f"/tickets/{ticket['id']}", {"assigneeId": nobody}).json()["assignee"] is None

    def test_r31_reroutes_in_every_status(self, make: Factory, admin: Caller) -> None:
        ticket = make.ticket()
        for status in ("OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"):
            admin.patch(f"/tickets/{ticket['id']}", {"status": status})
            route = make.route()
            rerouted = admin.patch(f"/tickets/{ticket['id']}", route.ids).json()
            assert (rerouted["item"]["id"], rerouted["status"]) == (route.item["id"], status)

    def test_a12_a_reroute_in_part_must_leave_a_path(self, make: Factory, agent: Caller) -> None:
        route = make.route()
        ticket = make.ticket(**route.ids)
        other, sibling = make.route(), make.route(route.category)
        broken = agent.patch(f"/tickets/{ticket['id']}", {"categoryId": other.category["id"]})
        assert field_of(broken) == "typeId"
        moved = agent.patch(f"/tickets/{ticket['id']}", {"typeId": sibling.type["id"], "itemId": sibling.item["id"]})
        assert moved.json()["type"]["id"] == sibling.type["id"]

    def test_r32_only_admins_close(self, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        where = f"/tickets/{ticket['id']}"
        for role in ("AGENT", "SERVICE"):
            refused = callers[role].patch(where, {"title": "changed", "status": "CLOSED"})
            assert refused.status_code == 403
            assert refused.json()["code"] == "only_admins_close"
        assert callers["ADMIN"].get(where).json() == ticket
        assert callers["ADMIN"].patch(where, {"status": "CLOSED"}).json()["status"] == "CLOSED"
        assert callers["SERVICE"].patch(where, {"status": "CLOSED"}).status_code == 403

    def test_r33_the_answer_is_the_ticket(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        make.comment(ticket)
        changed = agent.patch(
            f"/tickets/{ticket['id']}", {"title": "New", "assigneeId": agent.id, "status": "RESOLVED"}
        )
        read = agent.get(f"/tickets/{ticket['id']}")
        assert read.json() == changed.json()
        assert read.headers["ETag"] == changed.headers["ETag"]

    @pytest.mark.parametrize("reference", NO_TICKETS)
    def test_404_comes_before_422(self, agent: Caller, reference: str) -> None:
        assert agent.patch(f"/tickets/{reference}", {"severity": 99}).status_code == 404
        assert agent.patch(f"/tickets/{reference}", content=b"{").status_code == 404

    def test_r58_the_lifecycle(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        for status in ("IN_PROGRESS", "RESOLVED", "OPEN", "RESOLVED", "IN_PROGRESS"):
            assert agent.patch(f"/tickets/{ticket['id']}", {"status": status}).json()["status"] == status

    def test_a5_agents_reopen_closed_tickets(self, make: Factory, admin: Caller, agent: Caller) -> None:
        ticket = make.ticket()
        closed = admin.patch(f"/tickets/{ticket['id']}", {"status": "CLOSED"}).json()
        assert closed["closedAt"] is not None
        reopened = agent.patch(f"/tickets/{ticket['id']}", {"status": "OPEN"}).json()
        assert (reopened["status"], reopened["closedAt"], reopened["resolvedAt"]) == ("OPEN", None, None)


class TestTwoWriters:
    """A24."""

    def test_without_if_match_the_last_writer_of_a_field_wins(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        agent.patch(f"/tickets/{ticket['id']}", {"title": "first"})
        agent.patch(f"/tickets/{ticket['id']}", {"severity": 1})
        read = agent.get(f"/tickets/{ticket['id']}").json()
        assert (read["title"], read["severity"]) == ("first", 1)

    def test_with_if_match_a_stale_edit_is_refused(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        where = f"/tickets/{ticket['id']}"
        tag = agent.get(where).headers["ETag"]
        assert agent.patch(where, {"title": "first"}, headers={"If-Match": tag}).status_code == 200
        stale = agent.patch(where, {"title": "second"}, headers={"If-Match": tag})
        assert stale.status_code == 412
        assert stale.json()["code"] == "ticket_changed"
        assert agent.get(where).json()["title"] == "first"

    def test_a_comment_does_not_spoil_an_edit(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        where = f"/tickets/{ticket['id']}"
        tag = agent.get(where).headers["ETag"]
        make.comment(ticket)
        assert agent.patch(where, {"title": "after a comment"}, headers={"If-Match": tag}).status_code == 200

    def test_many_at_once_lose_nothing(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda n: agent.patch(f"/tickets/{ticket['id']}", {"title": f"title {n}"}), range(24))
            )
        assert {answer.status_code for answer in answers} == {200}
        audit = agent.get(f"/tickets/{ticket['id']}/audit").json()
        assert sorted(entry["detail"] for entry in audit[:-1]) == sorted(f"title {n}" for n in range(24))
        assert agent.get(f"/tickets/{ticket['id']}").json()["title"] == audit[0]["detail"]
        times = [entry["createdAt"] for entry in audit]
        assert times == sorted(times, reverse=True)


class TestDeleting:
    def test_r34_admins_only(self, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        for role in ("USER", "AGENT", "SERVICE"):
            assert callers[role].delete(f"/tickets/{ticket['id']}").status_code == 403
        gone = callers["ADMIN"].delete(f"/tickets/{ticket['displayId']}")
        assert (gone.status_code, gone.content) == (204, b"")

    def test_r34_then_it_is_gone(self, make: Factory, admin: Caller, agent: Caller) -> None:
        ticket = make.ticket()
        comment = make.comment(ticket)
        assert len(agent.get(f"/tickets/{ticket['id']}/audit").json()) == 2
        admin.delete(f"/tickets/{ticket['id']}")
        for reference in (ticket["id"], ticket["displayId"]):
            for gone in (
                agent.get(f"/tickets/{reference}"),
                agent.get(f"/tickets/{reference}/audit"),
                agent.patch(f"/tickets/{reference}", {"title": "x"}),
                agent.post(f"/tickets/{reference}/comments", {"body": "x"}),
                admin.delete(f"/tickets/{reference}/comments/{comment['id']}"),
                admin.delete(f"/tickets/{reference}"),
            ):
                assert gone.status_code == 404, gone.request.url
