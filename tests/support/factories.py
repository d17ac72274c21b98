"""What tests need to exist, made through the API. Names are unique, so that tests do not meet."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from support.clients import Callers


def unique(word: str = "thing") -> str:
    return f"{word}{uuid4().hex[:10]}"


@dataclass(frozen=True)
class Route:
    """A category, a type and an item that belong together."""

    category: dict[str, Any]
    type: dict[str, Any]
    item: dict[str, Any]

    @property
    def ids(self) -> dict[str, str]:
        return {"categoryId": self.category["id"], "typeId": self.type["id"], "itemId": self.item["id"]}

    @property
    def path(self) -> str:
        return " › ".join(node["name"] for node in (self.category, self.type, self.item))


class Factory:
    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    @cached_property
    def a_route(self) -> Route:
        """One that tests may share: nobody changes it."""
        return self.route()

    def node(self, level: str, **body: Any) -> dict[str, Any]:
        response = self._callers["ADMIN"].post(f"/cti/{level}", {"name": unique(level), **body})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    def route(self, category: dict[str, Any] | None = None) -> Route:
        category = category or self.node("categories")
        type_ = self.node("types", categoryId=category["id"])
        return Route(category, type_, self.node("items", typeId=type_["id"]))

    def new_ticket(self, **fields: Any) -> dict[str, Any]:
        """The body of a POST that succeeds."""
        body = {"title": unique("Ticket "), "overview": "Something **broke**.", "severity": 3}
        return body | self.a_route.ids | fields

    def ticket(self, **fields: Any) -> dict[str, Any]:
        response = self._callers["AGENT"].post("/tickets", self.new_ticket(**fields))
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    def comment(self, ticket: dict[str, Any], body: str = "Looked at it.") -> dict[str, Any]:
        response = self._callers["AGENT"].post(f"/tickets/{ticket['id']}/comments", {"body": body})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created
