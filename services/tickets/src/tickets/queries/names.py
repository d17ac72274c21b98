"""What a write needs to know of the nodes and the person it points to: one statement, or the owners' word."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from common.database import Database, Reader, Row, rows_query
from common.event import Actor
from common.known_users import KnownUsers
from common.peers import Peer
from contracts.auth import SYSTEM_USER_ID
from tickets.problems import UnknownAssignee
from tickets.projections import ask_for_nodes
from tickets.rules import Node

_LOOK = rows_query(
    """
    SELECT clock_timestamp() AS now, CASE WHEN %(numbered)s THEN nextval('ticket_numbers') ELSE 0 END AS number,
           category.id AS category_id, category.level AS category_level, category.parent_id AS category_parent_id,
           category.name AS category_name, category.deleted AS category_deleted,
           type.id AS type_id, type.level AS type_level, type.parent_id AS type_parent_id,
           type.name AS type_name, type.deleted AS type_deleted,
           item.id AS item_id, item.level AS item_level, item.parent_id AS item_parent_id,
           item.name AS item_name, item.deleted AS item_deleted,
           assignee.id AS assignee_id, assignee.username, assignee.display_name, assignee.deleted AS assignee_deleted
    FROM {rows}
    LEFT JOIN known_nodes category ON category.id = rows.category_id
    LEFT JOIN known_nodes type ON type.id = rows.type_id
    LEFT JOIN known_nodes item ON item.id = rows.item_id
    LEFT JOIN known_users assignee ON assignee.id = rows.assignee_id
    ORDER BY rows.place
    """,
    category_id="uuid",
    type_id="uuid",
    item_id="uuid",
    assignee_id="uuid",
    place="int",
)
NODES = ("category_id", "type_id", "item_id")
POINTERS = (*NODES, "assignee_id")
NO_ID = UUID(int=0)

T = TypeVar("T")


@dataclass(frozen=True)
class Names:
    """What was found; None for what nobody knows or what was not asked for.

    `now` is the database's time, `number` the new ticket's, or 0.
    """

    now: datetime
    number: int
    category: Node | None
    type: Node | None
    item: Node | None
    assignee: Actor | None


class Owners(Protocol):
    """Whom to ask about what this service has not heard of."""

    @property
    def database(self) -> Database: ...

    @property
    def cti(self) -> Peer: ...

    @property
    def users(self) -> KnownUsers: ...


class Unheard(Exception):
    """A write points to nodes or a user that this service has not heard of yet."""

    def __init__(self, nodes: Sequence[UUID], user: UUID | None) -> None:
        super().__init__(nodes, user)
        self.nodes = nodes
        self.user = user


async def with_owners(owners: Owners, write: Callable[[bool], Awaitable[T]]) -> T:
    """What `write(False)` returns. If something is unheard of, its owner is asked, then it is `write(True)`.

    Nobody is asked while the write holds a connection: as many such writes as there are connections would wait for one
    another. `Unavailable` where an owner is down.
    """
    try:
        return await write(False)
    except Unheard as unheard:
        await ask_for_nodes(owners.database, owners.cti, unheard.nodes)
        if unheard.user is not None:
            await owners.users.by_id(unheard.user)
    return await write(True)


Wanted = Mapping[str, UUID | None]
"""`category_id`, `type_id`, `item_id` and `assignee_id`, as far as they are given."""


async def look_up(reader: Reader, wanted: Wanted, *, asked: bool) -> Names:
    """What `understood` makes of one of them."""
    (row,) = await rows_of(reader, [wanted])
    return understood(row, wanted, asked=asked)


async def rows_of(reader: Reader, wanted: Sequence[Wanted], *, numbered: bool = False) -> list[Row]:
    """What is known, a row for each. `numbered` draws the numbers of new tickets as well."""
    rows = [{name: each.get(name) for name in POINTERS} | {"place": place} for place, each in enumerate(wanted)]
    return await reader.over(_LOOK, rows, numbered=numbered)


def understood(row: Row, wanted: Wanted, *, asked: bool) -> Names:
    """The names in a row of `rows_of`. `asked` says that the owners were asked already.

    `UnknownAssignee` where the assignee is nobody, deleted or the clock; `Unheard` where an owner may know more.
    """
    unknown = [
        node
        for name in NODES
        if (node := wanted.get(name)) is not None and node != NO_ID and getattr(row, name) is None
    ]
    wanted_assignee = wanted.get("assignee_id")
    stranger = wanted_assignee not in {None, NO_ID} and row.assignee_id is None
    if (unknown or stranger) and not asked:
        raise Unheard(unknown, wanted_assignee if stranger else None)
    assignee = person(row.assignee_id, row.username, row.display_name, deleted=row.assignee_deleted)
    if wanted_assignee is not None and assignee is None:
        raise UnknownAssignee
    return Names(
        now=row.now,
        number=row.number,
        category=_node(row, "category"),
        type=_node(row, "type"),
        item=_node(row, "item"),
        assignee=assignee,
    )


def person(user_id: UUID | None, username: str, display_name: str, *, deleted: bool) -> Actor | None:
    """Somebody whom a ticket may be assigned to; None for nobody, who is deleted, and the clock."""
    if user_id in {None, SYSTEM_USER_ID} or deleted:
        return None
    return Actor(id=user_id, username=username, display_name=display_name)


def _node(row: Row, kind: str) -> Node | None:
    fields: dict[str, Any] = {
        name: getattr(row, f"{kind}_{name}") for name in ("id", "level", "parent_id", "name", "deleted")
    }
    return None if fields["id"] is None else Node(**fields)
