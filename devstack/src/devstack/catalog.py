"""What tickets refer to, found or created by the admin: the CTI tree and the people. Nothing is made twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from devstack.api_client import Caller
from devstack.concurrency import mapped

CtiPath = tuple[str, str, str]

AT_ONCE = 4


class Route(NamedTuple):
    """The ids of a category, a type in it and an item in that, as a ticket's fields."""

    category_id: str
    type_id: str
    item_id: str

    def fields(self) -> dict[str, str]:
        return {"categoryId": self.category_id, "typeId": self.type_id, "itemId": self.item_id}


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    email: str
    role: str
    password: str


async def ensure_routes(admin: Caller, paths: Iterable[CtiPath]) -> dict[CtiPath, Route]:
    """The route of each path of names; nodes that do not exist yet are created."""
    wanted = list(dict.fromkeys(paths))
    categories = await _ensure_children(admin, "/api/cti/categories", {}, [path[0] for path in wanted])

    async def types_of(category: str) -> dict[str, str]:
        names = [path[1] for path in wanted if path[0] == category]
        return await _ensure_children(admin, "/api/cti/types", {"categoryId": categories[category]}, names)

    branches = list(dict.fromkeys(path[0] for path in wanted))
    types = dict(zip(branches, await mapped(types_of, branches, at_once=AT_ONCE), strict=True))

    async def items_of(twig: tuple[str, str]) -> dict[str, str]:
        names = [path[2] for path in wanted if path[:2] == twig]
        return await _ensure_children(admin, "/api/cti/items", {"typeId": types[twig[0]][twig[1]]}, names)

    twigs = list(dict.fromkeys(path[:2] for path in wanted))
    items = dict(zip(twigs, await mapped(items_of, twigs, at_once=AT_ONCE), strict=True))
    return {path: Route(categories[path[0]], types[path[0]][path[1]], items[path[:2]][path[2]]) for path in wanted}


async def _ensure_children(admin: Caller, address: str, parent: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """The ids by name of these nodes below one parent."""
    ids = {node["name"]: str(node["id"]) for node in await admin.get(address, **parent)}
    for name in dict.fromkeys(names):
        if name not in ids:
            created = await admin.post(address, {"name": name, **parent})
            ids[name] = str(created.json()["id"])
    return ids


async def ensure_people(admin: Caller, people: Iterable[Person]) -> dict[str, dict[str, Any]]:
    """The users of these names, by user name; who does not exist yet is created."""
    known = {user["username"]: user for user in await admin.get("/api/users")}

    async def ensure(person: Person) -> dict[str, Any]:
        if person.username in known:
            return dict(known[person.username])
        created = await admin.post(
            "/api/users",
            {
                "username": person.username,
                "displayName": person.display_name,
                "email": person.email,
                "password": person.password,
                "role": person.role,
            },
        )
        return dict(created.json())

    people = list(people)
    users = await mapped(ensure, people, at_once=AT_ONCE)
    return {person.username: user for person, user in zip(people, users, strict=True)}
