"""R8-R16: the list of tickets."""

import base64
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from support.clients import Caller, Callers
from support.factories import Factory, Route, unique

TRUE_AS_SEVERITY = base64.urlsafe_b64encode(
    b'[true,"2026-01-01T00:00:00+00:00","019b0000-0000-7000-8000-000000000000"]'
).decode()


def titles(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [ticket["title"] for ticket in response.json()]


@pytest.fixture(scope="module")
def queue(make: Factory) -> Route:
    """A queue that only this module's tickets are in."""
    return make.route()


@pytest.fixture(scope="module")
def five(make: Factory, queue: Route) -> list[dict[str, Any]]:
    """Five tickets made one after the other: severities 2, 1, 2, 1, 2."""
    return [make.ticket(severity=severity, **queue.ids) for severity in (2, 1, 2, 1, 2)]


class TestTheList:
    def test_r8_is_a_bare_array_for_every_role(self, callers: Callers, five: list[dict[str, Any]]) -> None:
        for caller in callers:
            answer = caller.get("/tickets")
            assert answer.status_code == 200
            assert isinstance(answer.json(), list)
            assert {ticket["id"] for ticket in five} <= {ticket["id"] for ticket in answer.json()}

    def test_r9_is_sorted_by_severity_then_newest_first(
        self, user: Caller, queue: Route, five: list[dict[str, Any]]
    ) -> None:
        first, second, third, fourth, fifth = (ticket["title"] for ticket in five)
        answer = user.get("/tickets", params={"categoryId": queue.category["id"]})
        assert titles(answer) == [fourth, second, fifth, third, first]

    def test_r16_nests_what_a_ticket_points_to(self, make: Factory, agent: Caller, callers: Callers) -> None:
        route, assignee = make.route(), callers.new("AGENT")
        assigned = make.ticket(assigneeId=assignee.id, **route.ids)
        make.ticket(**route.ids)
        make.comment(assigned)
        make.comment(assigned)
        unassigned, shown = agent.get("/tickets", params={"categoryId": route.category["id"]}).json()
        assert shown["category"] == {"id": route.category["id"], "name": route.category["name"]}
        assert shown["type"] == {"id": route.type["id"], "name": route.type["name"]}
        assert shown["item"] == {"id": route.item["id"], "name": route.item["name"]}
        assert shown["assignee"]["displayName"] == assignee.user["displayName"]
        assert shown["createdBy"]["id"] == agent.id
        assert shown["_count"] == {"comments": 2}
        assert unassigned["assignee"] is None
        assert unassigned["_count"] == {"comments": 0}


class TestCommentedSinceResolved:
    @pytest.fixture
    def is_marked(self, make: Factory, callers: Callers) -> Callable[..., bool]:
        route = make.route()
        ticket = make.ticket(**route.ids)

        def does(*deeds: tuple[str, str]) -> bool:
            """Whether the list marks the ticket after each role has done its: set a status, or else said something."""
            for role, deed in deeds:
                if deed in {"OPEN", "RESOLVED", "CLOSED"}:
                    answer = callers[role].patch(f"/tickets/{ticket['id']}", {"status": deed})
                else:
                    answer = callers[role].post(f"/tickets/{ticket['id']}/comments", {"body": deed})
                assert answer.status_code < 300, answer.text
            answers = [
                callers["AGENT"].get("/tickets", params={"itemId": route.item["id"]} | page)
                for page in ({}, {"limit": 5}, {"search": ticket["displayId"]})
            ]
            marks = {answer.json()[0]["commentedSinceResolved"] for answer in answers}
            assert len(marks) == 1
            return bool(marks.pop())

        return does

    def test_a6_a_user_who_comments_on_a_resolved_ticket_is_not_overheard(self, is_marked: Callable[..., bool]) -> None:
        assert not is_marked(("USER", "It is broken."))
        assert not is_marked(("AGENT", "RESOLVED"))
        assert is_marked(("USER", "It is broken again."))
        assert not is_marked(("AGENT", "Let me see."))
        assert is_marked(("USER", "Please."))
        assert not is_marked(("AGENT", "OPEN"))
        assert not is_marked(("AGENT", "RESOLVED"))

    def test_a6_what_is_closed_waits_for_nothing(self, is_marked: Callable[..., bool]) -> None:
        assert is_marked(("AGENT", "RESOLVED"), ("USER", "Still."))
        assert not is_marked(("ADMIN", "CLOSED"))


class TestFilters:
    def test_r10_by_status(self, make: Factory, admin: Caller, agent: Caller) -> None:
        route = make.route()
        made = {}
        for status in ("OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"):
            ticket = make.ticket(**route.ids)
            admin.patch(f"/tickets/{ticket['id']}", {"status": status})
            made[status] = ticket["title"]
        for status, title in made.items():
            answer = agent.get("/tickets", params={"status": status, "categoryId": route.category["id"]})
            assert titles(answer) == [title]
        several = agent.get("/tickets", params={"status": ["OPEN", "RESOLVED"], "categoryId": route.category["id"]})
        assert titles(several) == [made["RESOLVED"], made["OPEN"]]

    def test_r10_a_status_that_there_is_not(self, agent: Caller) -> None:
        refused = agent.get("/tickets", params={"status": "FOO"})
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert error["field"] == "status"
        assert "IN_PROGRESS" in error["message"]

    def test_r11_by_severity(self, agent: Caller, queue: Route, five: list[dict[str, Any]]) -> None:
        answer = agent.get("/tickets", params={"severity": 1, "categoryId": queue.category["id"]})
        assert titles(answer) == [five[3]["title"], five[1]["title"]]

    def test_r11_several_severities_page_by_page(self, make: Factory, agent: Caller) -> None:
        route = make.route()
        made = {severity: make.ticket(severity=severity, **route.ids)["title"] for severity in (1, 3, 4, 5)}
        both = {"severity": [5, 1, 1, 3], "categoryId": route.category["id"]}
        assert titles(agent.get("/tickets", params=both)) == [made[1], made[3], made[5]]
        first = agent.get("/tickets", params=both | {"limit": 2})
        rest = agent.get(first.links["next"]["url"].removeprefix("/api"))
        assert titles(first) + titles(rest) == [made[1], made[3], made[5]]
        assert first.headers["X-Total-Count"] == "3"

    @pytest.mark.parametrize("severity", ["0", "6", "x"])
    def test_r11_a_severity_that_there_is_not(self, agent: Caller, severity: str) -> None:
        refused = agent.get("/tickets", params={"severity": [1, severity]})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "severity"

    def test_r12_by_queue(self, agent: Caller, queue: Route, five: list[dict[str, Any]]) -> None:
        for parameter, node in (("categoryId", queue.category), ("typeId", queue.type), ("itemId", queue.item)):
            assert len(agent.get("/tickets", params={parameter: node["id"]}).json()) == 5

    @pytest.mark.parametrize("unknown", ["00000000-0000-7000-8000-00000000ffff", "nonsense"])
    def test_r12_an_unknown_queue_is_empty(self, agent: Caller, unknown: str) -> None:
        answer = agent.get("/tickets", params={"categoryId": unknown})
        assert (answer.status_code, answer.json()) == (200, [])

    def test_r13_by_assignee(self, make: Factory, agent: Caller, callers: Callers) -> None:
        assignee = callers.new("AGENT")
        mine = make.ticket(assigneeId=assignee.id)
        make.ticket()
        assert titles(agent.get("/tickets", params={"assigneeId": assignee.id})) == [mine["title"]]

    def test_r13_unassigned(self, make: Factory, agent: Caller, callers: Callers) -> None:
        route = make.route()
        nobodys = [make.ticket(**route.ids) for _ in range(3)]
        make.ticket(assigneeId=callers.new("AGENT").id, **route.ids)
        agent.patch(f"/tickets/{nobodys[2]['id']}", {"status": "RESOLVED"})
        every = {"assigneeId": "none", "categoryId": route.category["id"]}
        first = agent.get("/tickets", params=every | {"limit": 2})
        rest = agent.get(first.links["next"]["url"].removeprefix("/api"))
        assert titles(first) + titles(rest) == [ticket["title"] for ticket in reversed(nobodys)]
        assert first.headers["X-Total-Count"] == "3"
        one = agent.get("/tickets", params=every | {"status": "RESOLVED", "search": nobodys[2]["title"]})
        assert titles(one) == [nobodys[2]["title"]]

    def test_r15_filters_combine(self, make: Factory, agent: Caller, callers: Callers) -> None:
        assignee, word = callers.new("AGENT"), unique("word")
        route, other = make.route(), make.route()
        wanted = make.ticket(title=f"wanted {word}", severity=2, assigneeId=assignee.id, **route.ids)
        make.ticket(title=f"other severity {word}", severity=3, assigneeId=assignee.id, **route.ids)
        make.ticket(title=f"other queue {word}", severity=2, assigneeId=assignee.id, **other.ids)
        make.ticket(title=f"nobody's {word}", severity=2, **route.ids)
        make.ticket(title="other word", severity=2, assigneeId=assignee.id, **route.ids)
        moved = make.ticket(title=f"other status {word}", severity=2, assigneeId=assignee.id, **route.ids)
        agent.patch(f"/tickets/{moved['id']}", {"status": "RESOLVED"})
        answer = agent.get(
            "/tickets",
            params={
                "status": "OPEN",
                "severity": 2,
                "categoryId": route.category["id"],
                "assigneeId": assignee.id,
                "search": word,
            },
        )
        assert titles(answer) == [wanted["title"]]


@pytest.fixture(scope="module")
def found(make: Factory) -> dict[str, dict[str, Any]]:
    mark = unique("mark")
    texts = {
        "backup": ("Nightly backups failed", "The Plex server was unreachable."),
        "percent": ("Disk at 95% on node_7", "It's full: C:\\temp"),
        "umlaut": ("Müller's Zugang gesperrt", "naïve café façade"),
        "strokes": ("Øresund ærlig", "Łódź"),
        "kanji": ("プリンターが動かない", "印刷できません"),
    }
    return {
        name: make.ticket(title=f"{title} {mark}", overview=overview) | {"mark": mark}
        for name, (title, overview) in texts.items()
    }


class TestSearch:
    """R14, A14."""

    def search(self, caller: Caller, text: str) -> list[str]:
        answer = caller.get("/tickets", params={"search": text})
        assert answer.status_code == 200, answer.text
        return [ticket["id"] for ticket in answer.json()]

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("backup", "backup"),
            ("backup", "BACKUPS"),
            ("backup", "backup fail"),
            ("backup", "failing server"),
            ("backup", "unreach"),
            ("backup", "lex"),
            ("percent", "95%"),
            ("percent", "node_7"),
            ("percent", "it's"),
            ("percent", "c:\\temp"),
            ("umlaut", "muller"),
            ("umlaut", "MÜLLER"),
            ("umlaut", "cafe"),
            ("umlaut", "naïve"),
            ("strokes", "oresund"),
            ("strokes", "ØRESUND aerlig"),
            ("strokes", "lodz"),
            ("kanji", "プリンター"),
            ("kanji", "印刷"),
        ],
    )
    def test_r14_finds(self, agent: Caller, found: dict[str, dict[str, Any]], name: str, text: str) -> None:
        assert found[name]["id"] in self.search(agent, f"{text} {found[name]['mark']}")

    @pytest.mark.parametrize("text", ["9_%", "node%7", "nodeX7", "backup zebra", "'"])
    def test_r14_does_not_find(self, agent: Caller, found: dict[str, dict[str, Any]], text: str) -> None:
        hits = self.search(agent, f"{text} {found['kanji']['mark']}")
        expected = [found["percent"]["id"], found["umlaut"]["id"]] if text == "'" else []
        assert sorted(hits) == sorted(expected)

    def test_r14_by_display_id_whole_and_in_part(self, agent: Caller, found: dict[str, dict[str, Any]]) -> None:
        ticket = found["backup"]
        for part in (
            ticket["displayId"],
            ticket["displayId"].lower(),
            ticket["displayId"][:7],
            ticket["displayId"][3:],
        ):
            assert ticket["id"] in self.search(agent, part)

    def test_a14_sentences_with_their_smallest_words(self, make: Factory, agent: Caller) -> None:
        mark = unique()
        ticket = make.ticket(title=f"The VPN is down at HQ, {mark}", overview="If I do so: no.")
        for text in ("VPN is down", "is", "at hq", "if i do so", "the vpn", "no"):
            assert self.search(agent, f"{text} {mark}") == [ticket["id"]]
        assert self.search(agent, f"of {mark}") == []

    @pytest.mark.parametrize("blank", ["", "   "])
    def test_a14_a_blank_search_is_no_filter(self, agent: Caller, found: dict[str, dict[str, Any]], blank: str) -> None:
        assert {ticket["id"] for ticket in found.values()} <= set(self.search(agent, blank))

    def test_a14_signs_alone_are_a_search(self, agent: Caller, found: dict[str, dict[str, Any]]) -> None:
        assert self.search(agent, "!?§$") == []

    def test_a_word_that_many_tickets_have_is_paged_like_one_that_few_have(self, make: Factory, agent: Caller) -> None:
        common, route = unique("common"), make.route()
        made = [make.ticket(title=f"{common} {n}", severity=1 + n % 5, **route.ids) for n in range(25)]
        expected = sorted(made, key=lambda ticket: (ticket["severity"], -made.index(ticket)))
        first = agent.get("/tickets", params={"search": common, "limit": 10})
        assert first.headers["X-Total-Count"] == "25"
        assert titles(first) == [ticket["title"] for ticket in expected[:10]]

    def test_nul_is_refused(self, agent: Caller) -> None:
        refused = agent.get("/tickets?search=%00")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "search"

    def test_as_many_terms_as_are_looked_at(self, make: Factory, agent: Caller) -> None:
        words = [unique(f"w{n}") for n in range(21)]
        ticket = make.ticket(overview=" ".join(words[:20]))
        assert self.search(agent, " ".join(words[:20])) == [ticket["id"]]
        for limit in ({}, {"limit": 5}):
            refused = agent.get("/tickets", params={"search": " ".join(words), **limit})
            assert refused.status_code == 422
            (error,) = refused.json()["errors"]
            assert error == {"field": "search", "message": "must have at most 20 terms"}


class TestPages:
    """A13."""

    def test_pages_join_to_the_whole_list(self, agent: Caller, queue: Route, five: list[dict[str, Any]]) -> None:
        whole = titles(agent.get("/tickets", params={"categoryId": queue.category["id"]}))
        joined: list[str] = []
        path: str | None = f"/tickets?categoryId={queue.category['id']}&limit=2"
        for _ in itertools.count():
            page = agent.get(str(path))
            joined += titles(page)
            assert page.headers["X-Total-Count"] == "5"
            link = page.headers.get("Link")
            if link is None:
                break
            assert link.endswith('; rel="next"')
            path = link[1 : link.index(">")].removeprefix("/api")
        assert joined == whole

    @pytest.mark.parametrize("limit", ["0", "201", "x", "-1"])
    def test_a_limit_that_is_out_of_bounds(self, agent: Caller, limit: str) -> None:
        refused = agent.get("/tickets", params={"limit": limit})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "limit"

    @pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "bnVsbA", "é", TRUE_AS_SEVERITY])
    def test_a_cursor_that_no_page_named(self, agent: Caller, cursor: str) -> None:
        refused = agent.get("/tickets", params={"limit": 5, "cursor": cursor})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "cursor"

    def test_what_did_not_change_is_not_sent_again(
        self, agent: Caller, queue: Route, five: list[dict[str, Any]]
    ) -> None:
        where = {"categoryId": queue.category["id"], "limit": "5"}
        tag = agent.get("/tickets", params=where).headers["ETag"]
        again = agent.get("/tickets", params=where, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
