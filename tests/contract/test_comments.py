"""R35, R36: comments."""

import pytest

from support.clients import Caller, Callers
from support.factories import Factory


class TestAdding:
    def test_r35_by_every_role(self, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        for caller in callers:
            added = caller.post(f"/tickets/{ticket['displayId']}/comments", {"body": "**hello**"})
            assert added.status_code == 201
            assert added.json()["body"] == "**hello**"
            assert added.json()["author"]["id"] == caller.id
            assert added.json()["createdAt"]
            assert added.json()["id"]

    @pytest.mark.parametrize("body", ["", "  ", "\n", None, 5])
    def test_r35_blank_ones_are_refused(self, make: Factory, user: Caller, body: object) -> None:
        refused = user.post(f"/tickets/{make.ticket()['id']}/comments", {"body": body})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "body"

    def test_r35_on_an_unknown_ticket(self, user: Caller) -> None:
        assert user.post("/tickets/V000000000/comments", {"body": "x"}).status_code == 404
        assert user.post("/tickets/V000000000/comments", {"body": ""}).status_code == 404

    def test_a26_the_longest_text_there_may_be(self, make: Factory, user: Caller) -> None:
        ticket = make.ticket()
        longest = "ü" * 262_144
        assert user.post(f"/tickets/{ticket['id']}/comments", {"body": longest}).status_code == 201
        assert user.get(f"/tickets/{ticket['id']}/audit").json()[0]["detail"] == longest
        refused = user.post(f"/tickets/{ticket['id']}/comments", {"body": longest + "x"})
        assert (refused.status_code, "262144" in refused.json()["errors"][0]["message"]) == (422, True)


class TestDeleting:
    def test_r36_authors_delete_their_own(self, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        for caller in callers:
            comment = caller.post(f"/tickets/{ticket['id']}/comments", {"body": "mine"}).json()
            assert caller.delete(f"/tickets/{ticket['id']}/comments/{comment['id']}").status_code == 204
        read = callers["USER"].get(f"/tickets/{ticket['id']}").json()
        assert (read["comments"], read["_count"]) == ([], {"comments": 0})

    def test_r36_others_do_not(self, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        comment = callers["USER"].post(f"/tickets/{ticket['id']}/comments", {"body": "mine"}).json()
        where = f"/tickets/{ticket['id']}/comments/{comment['id']}"
        for other in (callers["AGENT"], callers["SERVICE"], callers.new("USER")):
            assert other.delete(where).status_code == 403
        assert callers["ADMIN"].delete(where).status_code == 204
        assert callers["ADMIN"].delete(where).status_code == 404

    def test_r36_only_on_its_own_ticket(self, make: Factory, admin: Caller) -> None:
        ticket, other = make.ticket(), make.ticket()
        comment = make.comment(ticket)
        assert admin.delete(f"/tickets/{other['id']}/comments/{comment['id']}").status_code == 404
        assert admin.delete(f"/tickets/{ticket['id']}/comments/nonsense").status_code == 404
