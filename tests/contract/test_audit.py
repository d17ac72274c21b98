"""R34, R37-R46: the audit log of a ticket, as the client that changed it reads it."""

from typing import Any

import pytest

from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import Factory

UNKNOWN = "00000000-0000-7000-8000-00000000ffff"


def log_of(caller: Caller, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    answer = caller.get(f"/tickets/{ticket['id']}/audit")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def last(caller: Caller, ticket: dict[str, Any]) -> tuple[str, str | None]:
    entry = log_of(caller, ticket)[0]
    return entry["action"], entry["detail"]


def change(caller: Caller, ticket: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = caller.patch(f"/tickets/{ticket['id']}", fields)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


class TestReading:
    def test_r37_newest_first_with_who_did_it(self, make: Factory, agent: Caller, admin: Caller) -> None:
        ticket = make.ticket()
        change(admin, ticket, severity=1)
        change(agent, ticket, status="IN_PROGRESS")
        newest, middle, oldest = log_of(agent, ticket)
        assert [newest["action"], middle["action"], oldest["action"]] == [
            "STATUS_CHANGED",
            "SEVERITY_CHANGED",
            "CREATED",
        ]
        assert newest.keys() == {"id", "action", "detail", "createdAt", "user"}
        assert oldest["createdAt"] <= middle["createdAt"] <= newest["createdAt"]
        assert middle["user"] == {key: admin.user[key] for key in ("id", "username", "displayName")}
        assert newest["user"]["id"] == agent.id

    def test_r37_by_either_id_with_the_same_answer(self, make: Factory, user: Caller) -> None:
        ticket = make.ticket()
        by_display_id = user.get(f"/tickets/{ticket['displayId']}/audit")
        assert by_display_id.status_code == 200
        assert by_display_id.json() == log_of(user, ticket)

    def test_a16_every_role_may_read(self, make: Factory, callers: Callers, nobody: Caller) -> None:
        ticket = make.ticket()
        for caller in callers:
            assert len(log_of(caller, ticket)) == 1
        assert nobody.get(f"/tickets/{ticket['id']}/audit").status_code == 401

    @pytest.mark.parametrize("reference", [UNKNOWN, "V000000000", "nonsense"])
    def test_what_is_not_there(self, user: Caller, reference: str) -> None:
        missing = user.get(f"/tickets/{reference}/audit")
        assert missing.status_code == 404
        assert missing.json()["code"] == "ticket_not_found"

    def test_it_comes_in_pages_where_a_limit_is_given(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        change(agent, ticket, title="Two", severity=2, status="RESOLVED")
        make.comment(ticket)
        whole, pages = log_of(agent, ticket), []
        path: str | None = f"/tickets/{ticket['id']}/audit?limit=2"
        while path is not None:
            answer = agent.get(path)
            assert answer.headers["X-Total-Count"] == "5"
            pages.append(answer.json())
            link = answer.headers.get("Link")
            path = None if link is None else link.partition(">")[0].removeprefix("</api")
        assert [len(page) for page in pages] == [2, 2, 1]
        assert [entry for page in pages for entry in page] == whole

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=201", "limit=many", "cursor=nonsense", "cursor=WzFd", "cursor=W3RydWUsMF0"]
    )
    def test_a_page_that_cannot_be(self, make: Factory, agent: Caller, query: str) -> None:
        refused = agent.get(f"/tickets/{make.ticket()['id']}/audit?{query}")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == query.partition("=")[0]

    def test_what_did_not_change_is_not_sent_again(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        path = f"/tickets/{ticket['id']}/audit"
        seen = {"If-None-Match": agent.get(path).headers["ETag"]}
        assert agent.get(path, headers=seen).status_code == 304
        make.comment(ticket)
        assert agent.get(path, headers=seen).status_code == 200


class TestEntries:
    def test_r38_created(self, make: Factory, agent: Caller) -> None:
        entries = log_of(agent, make.ticket())
        assert [(entry["action"], entry["detail"]) for entry in entries] == [("CREATED", None)]

    def test_r39_status(self, make: Factory, agent: Caller, admin: Caller) -> None:
        ticket = make.ticket()
        for status, detail in (
            ("IN_PROGRESS", "Open → In Progress"),
            ("RESOLVED", "In Progress → Resolved"),
            ("OPEN", "Resolved → Open"),
        ):
            change(agent, ticket, status=status)
            assert last(agent, ticket) == ("STATUS_CHANGED", detail)
        change(admin, ticket, status="CLOSED")
        assert last(agent, ticket) == ("STATUS_CHANGED", "Open → Closed")

    def test_r40_severity(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket(severity=3)
        change(agent, ticket, severity=1)
        assert last(agent, ticket) == ("SEVERITY_CHANGED", "SEV 3 → SEV 1")

    def test_r41_assignee(self, make: Factory, agent: Caller, callers: Callers) -> None:
        ticket, josh = make.ticket(), callers.create_user(displayName="Josh")
        change(agent, ticket, assigneeId=josh["id"])
        assert last(agent, ticket) == ("ASSIGNEE_CHANGED", "Unassigned → Josh")
        change(agent, ticket, assigneeId=None)
        assert last(agent, ticket) == ("ASSIGNEE_CHANGED", "Josh → Unassigned")

    def test_r42_route(self, make: Factory, agent: Caller) -> None:
        before, after = make.route(), make.route()
        ticket = make.ticket(**before.ids)
        change(agent, ticket, **after.ids)
        assert last(agent, ticket) == ("REROUTED", f"{before.path} → {after.path}")
        assert len(log_of(agent, ticket)) == 2

    def test_r43_title(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        change(agent, ticket, title="  As it came ")
        assert last(agent, ticket) == ("TITLE_CHANGED", "  As it came ")

    def test_r44_overview(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        change(agent, ticket, overview="Something else.")
        assert last(agent, ticket) == ("OVERVIEW_CHANGED", None)

    def test_r45_comments(self, make: Factory, agent: Caller, admin: Caller) -> None:
        ticket = make.ticket()
        comment = make.comment(ticket, "Disk **replaced**.")
        assert last(agent, ticket) == ("COMMENT_ADDED", "Disk **replaced**.")
        assert admin.delete(f"/tickets/{ticket['id']}/comments/{comment['id']}").status_code == 204
        deleted, added, _ = log_of(agent, ticket)
        assert (deleted["action"], deleted["detail"]) == ("COMMENT_DELETED", "Disk **replaced**.")
        assert (added["user"]["id"], deleted["user"]["id"]) == (agent.id, admin.id)

    def test_r46_every_changed_field_is_an_entry(self, make: Factory, goddard: Caller, agent: Caller) -> None:
        ticket, route = make.ticket(), make.route()
        change(
            goddard,
            ticket,
            title="New",
            overview="New",
            severity=5,
            status="RESOLVED",
            assigneeId=agent.id,
            **route.ids,
        )
        entries = log_of(agent, ticket)[:-1]
        assert [entry["action"] for entry in entries] == [
            "TITLE_CHANGED",
            "OVERVIEW_CHANGED",
            "SEVERITY_CHANGED",
            "STATUS_CHANGED",
            "ASSIGNEE_CHANGED",
            "REROUTED",
        ]
        assert {entry["user"]["id"] for entry in entries} == {goddard.id}
        assert len({entry["createdAt"] for entry in entries}) == 1

    def test_r46_the_same_value_is_no_change(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket(severity=3)
        change(agent, ticket, severity=3, title=ticket["title"], status="OPEN")
        assert len(log_of(agent, ticket)) == 1

    def test_r46_a_refused_change_leaves_no_entry(self, make: Factory, agent: Caller, user: Caller) -> None:
        ticket = make.ticket()
        assert user.patch(f"/tickets/{ticket['id']}", {"severity": 1}).status_code == 403
        assert agent.patch(f"/tickets/{ticket['id']}", {"severity": 9}).status_code == 422
        assert len(log_of(agent, ticket)) == 1

    def test_the_longest_texts_arrive_whole(self, make: Factory, agent: Caller) -> None:
        body = "ä" * 262_144
        ticket = make.ticket(overview=body)
        change(agent, ticket, overview="€" * 262_144)
        make.comment(ticket, body)
        # A log waits half a second for what was just written. On a busy machine so much may take longer.
        soon(lambda: last(agent, ticket) == ("COMMENT_ADDED", body))


class TestNames:
    def test_a22_entries_keep_the_names_of_their_time(self, make: Factory, admin: Caller, callers: Callers) -> None:
        before, after, mia = make.route(), make.route(), callers.new("AGENT", displayName="Mia")
        ticket = make.ticket(**before.ids)
        change(mia, ticket, **after.ids)
        was = log_of(admin, ticket)
        assert admin.put(f"/cti/items/{after.item['id']}", {"name": f"{after.item['name']} II"}).status_code == 200
        assert admin.patch(f"/users/{mia.id}", {"displayName": "Mia Stone"}).status_code == 200
        make.comment(ticket)
        assert log_of(admin, ticket)[1:] == was
        assert was[0]["user"]["displayName"] == "Mia"

    def test_a10_a_deleted_user_is_marked_and_named(self, make: Factory, admin: Caller, callers: Callers) -> None:
        mia, ticket = callers.new("AGENT", displayName="Mia"), make.ticket()
        change(mia, ticket, severity=1)
        assert admin.delete(f"/users/{mia.id}").status_code == 204
        soon(lambda: mia.get(f"/tickets/{ticket['id']}/audit").status_code == 401, within=1)
        person = log_of(admin, ticket)[0]["user"]
        assert person == {"id": mia.id, "username": mia.user["username"], "displayName": "Mia", "deleted": True}


class TestDeletion:
    def test_r34_a_deleted_ticket_has_no_log(self, make: Factory, admin: Caller) -> None:
        ticket = make.ticket()
        assert len(log_of(admin, ticket)) == 1
        assert admin.delete(f"/tickets/{ticket['id']}").status_code == 204
        for reference in (ticket["id"], ticket["displayId"]):
            assert admin.get(f"/tickets/{reference}/audit").status_code == 404

    def test_r34_also_before_its_log_was_ever_read(self, make: Factory, admin: Caller) -> None:
        ticket = make.ticket()
        assert admin.delete(f"/tickets/{ticket['id']}").status_code == 204
        assert admin.get(f"/tickets/{ticket['displayId']}/audit").status_code == 404
