"""R47 to R50: categories, types and items."""

from typing import Any

import pytest

from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import Factory, Route, unique

LEVELS = ("categories", "types", "items")
UNKNOWN = "00000000-0000-7000-8000-000000000000"


def names(caller: Caller, path: str) -> list[str]:
    return [row["name"] for row in caller.get(path).json()]


def new_node(level: str, route: Route) -> dict[str, str]:
    """The body of a POST that succeeds."""
    parent = {"categories": {}, "types": {"categoryId": route.category["id"]}, "items": {"typeId": route.type["id"]}}
    return {"name": unique(level)} | parent[level]


def node(level: str, route: Route) -> dict[str, Any]:
    return {"categories": route.category, "types": route.type, "items": route.item}[level]


class TestLists:
    def test_r47_every_role_reads_them(self, make: Factory, callers: Callers) -> None:
        route = make.route()
        for caller in callers:
            assert route.category in caller.get("/cti/categories").json()
            assert caller.get(f"/cti/types?categoryId={route.category['id']}").json() == [route.type]
            assert caller.get(f"/cti/items?typeId={route.type['id']}").json() == [route.item]

    def test_r47_nobody_does_without_a_credential(self, nobody: Caller) -> None:
        assert [nobody.get(f"/cti/{level}").status_code for level in LEVELS] == [401, 401, 401]

    def test_r47_they_are_scoped_to_the_parent(self, make: Factory, user: Caller) -> None:
        one, other = make.route(), make.route()
        assert names(user, f"/cti/types?categoryId={one.category['id']}") == [one.type["name"]]
        assert names(user, f"/cti/items?typeId={other.type['id']}") == [other.item["name"]]

    @pytest.mark.parametrize("parent", [UNKNOWN, "nonsense"])
    def test_r47_an_unknown_parent_has_no_children(self, user: Caller, parent: str) -> None:
        for path in (f"/cti/types?categoryId={parent}", f"/cti/items?typeId={parent}"):
            assert (user.get(path).status_code, user.get(path).json()) == (200, [])

    def test_without_a_parent_they_hold_the_whole_level(self, make: Factory, user: Caller) -> None:
        one, other = make.route(), make.route()
        assert {one.type["id"], other.type["id"]} <= {row["id"] for row in user.get("/cti/types").json()}
        assert {one.item["id"], other.item["id"]} <= {row["id"] for row in user.get("/cti/items").json()}

    def test_they_are_sorted_by_name(self, make: Factory, user: Caller) -> None:
        category = make.node("categories")["id"]
        for name in ("beta", "Gamma", "alpha"):
            make.node("types", name=name, categoryId=category)
        assert names(user, f"/cti/types?categoryId={category}") == ["alpha", "beta", "Gamma"]

    def test_what_the_reader_has_is_not_sent_again(self, make: Factory, user: Caller) -> None:
        path = f"/cti/types?categoryId={make.route().category['id']}"
        tag = user.get(path).headers["etag"]
        assert user.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("level", LEVELS)
class TestCreating:
    def test_r48_by_the_admin(self, make: Factory, admin: Caller, level: str) -> None:
        body = new_node(level, make.route())
        created = admin.post(f"/cti/{level}", body)
        assert created.status_code == 201
        assert created.json() == {"id": created.json()["id"], **body}
        assert created.json() in admin.get(f"/cti/{level}").json()

    def test_r48_by_no_other_role(self, make: Factory, callers: Callers, level: str) -> None:
        body = new_node(level, make.a_route)
        for role in ("USER", "AGENT", "SERVICE"):
            assert callers[role].post(f"/cti/{level}", body).status_code == 403
            assert callers[role].post(f"/cti/{level}", {}).status_code == 403
        assert body["name"] not in names(callers["ADMIN"], f"/cti/{level}")

    @pytest.mark.parametrize("name", ["", " ", "\t\n", "x" * 201, "a\x00b", 5, None])
    def test_r48_a_name_that_is_none_is_refused(self, make: Factory, admin: Caller, level: str, name: object) -> None:
        refused = admin.post(f"/cti/{level}", new_node(level, make.a_route) | {"name": name})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "name")

    def test_r48_a_siblings_name_is_taken_in_any_case(self, make: Factory, admin: Caller, level: str) -> None:
        route = make.route()
        for name in (node(level, route)["name"], node(level, route)["name"].upper()):
            refused = admin.post(f"/cti/{level}", new_node(level, route) | {"name": name})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "name")

    def test_a26_the_longest_name_there_may_be(self, make: Factory, admin: Caller, level: str) -> None:
        longest = unique("ü").ljust(200, "ü")
        created = admin.post(f"/cti/{level}", new_node(level, make.route()) | {"name": longest})
        assert (created.status_code, created.json()["name"]) == (201, longest)

    def test_twice_with_one_key_it_is_created_once(self, make: Factory, admin: Caller, level: str) -> None:
        body, key = new_node(level, make.route()), {"Idempotency-Key": unique()}
        first, again = (admin.post(f"/cti/{level}", body, headers=key) for _ in range(2))
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotent-replayed"] == "true"


class TestParents:
    @pytest.mark.parametrize("parent", [UNKNOWN, "nonsense", "", None, 5])
    def test_r48_an_unknown_one_is_refused(self, admin: Caller, parent: object) -> None:
        for level, field in (("types", "categoryId"), ("items", "typeId")):
            refused = admin.post(f"/cti/{level}", {"name": unique(), field: parent})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)

    def test_r48_cousins_may_share_a_name(self, make: Factory) -> None:
        name = unique()
        for _ in range(2):
            make.node("types", name=name, categoryId=make.node("categories")["id"])


@pytest.mark.parametrize("level", LEVELS)
class TestRenaming:
    def test_r49_by_the_admin(self, make: Factory, admin: Caller, level: str) -> None:
        before, name = node(level, make.route()), unique()
        renamed = admin.put(f"/cti/{level}/{before['id']}", {"name": name})
        assert (renamed.status_code, renamed.json()) == (200, before | {"name": name})
        assert renamed.json() in admin.get(f"/cti/{level}").json()

    def test_r49_tickets_show_the_new_name(self, make: Factory, admin: Caller, level: str) -> None:
        route, name = make.route(), unique()
        ticket = make.ticket(**route.ids)
        admin.put(f"/cti/{level}/{node(level, route)['id']}", {"name": name})
        key = {"categories": "category", "types": "type", "items": "item"}[level]
        soon(lambda: admin.get(f"/tickets/{ticket['id']}").json()[key]["name"] == name)

    def test_r49_by_no_other_role(self, make: Factory, callers: Callers, level: str) -> None:
        found = node(level, make.a_route)
        for role in ("USER", "AGENT", "SERVICE"):
            assert callers[role].put(f"/cti/{level}/{found['id']}", {"name": unique()}).status_code == 403
        assert found in callers["ADMIN"].get(f"/cti/{level}").json()

    def test_r49_what_is_not_there(self, make: Factory, admin: Caller, level: str) -> None:
        elsewhere = make.a_route.item["id"] if level == "categories" else make.a_route.category["id"]
        for unknown in (UNKNOWN, "nonsense", elsewhere):
            for body in ({"name": unique()}, {"name": ""}, {}):
                assert admin.put(f"/cti/{level}/{unknown}", body).status_code == 404

    def test_r49_a_name_that_is_none_is_refused(self, make: Factory, admin: Caller, level: str) -> None:
        refused = admin.put(f"/cti/{level}/{node(level, make.a_route)['id']}", {"name": " "})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "name")

    def test_r49_a_siblings_name_is_refused(self, make: Factory, admin: Caller, level: str) -> None:
        route = make.route()
        sibling = admin.post(f"/cti/{level}", new_node(level, route)).json()
        refused = admin.put(f"/cti/{level}/{sibling['id']}", {"name": node(level, route)["name"].upper()})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "name")


class TestDeleting:
    @pytest.mark.parametrize("level", LEVELS)
    def test_r50_by_the_admin_once(self, make: Factory, admin: Caller, level: str) -> None:
        found = node(level, make.route())
        deleted = admin.delete(f"/cti/{level}/{found['id']}")
        assert (deleted.status_code, deleted.content) == (204, b"")
        assert found not in admin.get(f"/cti/{level}").json()
        assert admin.delete(f"/cti/{level}/{found['id']}").status_code == 404
        assert admin.put(f"/cti/{level}/{found['id']}", {"name": unique()}).status_code == 404

    @pytest.mark.parametrize("level", LEVELS)
    def test_r50_by_no_other_role(self, make: Factory, callers: Callers, level: str) -> None:
        found = node(level, make.a_route)
        for role in ("USER", "AGENT", "SERVICE"):
            assert callers[role].delete(f"/cti/{level}/{found['id']}").status_code == 403
            assert callers[role].delete(f"/cti/{level}/{UNKNOWN}").status_code == 403
        assert found in callers["ADMIN"].get(f"/cti/{level}").json()

    def test_r50_a_category_takes_what_is_in_it(self, make: Factory, admin: Caller) -> None:
        route = make.route()
        admin.delete(f"/cti/categories/{route.category['id']}")
        assert admin.get(f"/cti/types?categoryId={route.category['id']}").json() == []
        assert admin.get(f"/cti/items?typeId={route.type['id']}").json() == []
        assert route.type["id"] not in {row["id"] for row in admin.get("/cti/types").json()}
        assert route.item["id"] not in {row["id"] for row in admin.get("/cti/items").json()}

    def test_r50_a_type_takes_its_items(self, make: Factory, admin: Caller) -> None:
        route = make.route()
        assert admin.delete(f"/cti/types/{route.type['id']}").status_code == 204
        assert admin.get(f"/cti/items?typeId={route.type['id']}").json() == []
        assert route.category["id"] in {row["id"] for row in admin.get("/cti/categories").json()}

    def test_a9_old_tickets_keep_the_names_and_are_editable(self, make: Factory, admin: Caller, agent: Caller) -> None:
        route = make.route()
        ticket = make.ticket(**route.ids)
        admin.delete(f"/cti/categories/{route.category['id']}")
        shown = soon(lambda: all_deleted(agent.get(f"/tickets/{ticket['id']}").json()))
        assert [shown[key]["name"] for key in ("category", "type", "item")] == route.path.split(" › ")
        assert agent.patch(f"/tickets/{ticket['id']}", {"title": "Still editable"}).status_code == 200
        assert agent.get(f"/tickets?categoryId={route.category['id']}").json()[0]["id"] == ticket["id"]

    def test_a9_new_tickets_are_refused(self, make: Factory, admin: Caller, agent: Caller) -> None:
        route = make.route()
        admin.delete(f"/cti/items/{route.item['id']}")
        soon(lambda: agent.post("/tickets", make.new_ticket(**route.ids)).status_code == 422)


def all_deleted(ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket, if its three nodes are shown as deleted."""
    assert all(ticket[key].get("deleted") for key in ("category", "type", "item"))
    return ticket
