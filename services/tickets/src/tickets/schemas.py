"""The shapes of tickets and comments on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from common.identity import Role
from common.wire import FilledText, Text, Wire

TEXT_LIMIT = 262_144


class Status(StrEnum):
    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


Title = Annotated[
    FilledText,
    StringConstraints(max_length=500),
    Field(description="One line. Not blank, at most 500 characters.", examples=["[Plex] Backup - 2026-03-30T02:00:00"]),
]
Overview = Annotated[
    Text,
    StringConstraints(max_length=TEXT_LIMIT),
    Field(
        description="What it is about, in markdown. Stored as it comes, at most 262,144 characters.",
        examples=["Automated nightly Plex backup **completed**."],
    ),
]
Severity = Annotated[
    int, Field(ge=1, le=5, description="1 critical, 2 high, 3 medium, 4 low, 5 minimal.", examples=[3], strict=True)
]


def _id(value: object) -> object:
    """An id that cannot be one is as unknown as one that nobody has: the use case says so of both."""
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise ValueError("must be an id, as a string")
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)


def _id_or_none(value: object) -> object:
    return None if value is None or value == "" else _id(value)


Id = Annotated[UUID, BeforeValidator(_id, json_schema_input_type=str)]


class NewTicket(Wire):
    """A ticket to be created. Category, type and item must belong together."""

    title: Title
    overview: Overview
    severity: Severity
    category_id: Annotated[Id, Field(description="From GET /api/cti/categories.")]
    type_id: Annotated[Id, Field(description="From GET /api/cti/types?categoryId=.")]
    item_id: Annotated[Id, Field(description="From GET /api/cti/items?typeId=.")]
    assignee_id: Annotated[
        UUID | None,
        BeforeValidator(_id_or_none, json_schema_input_type=str | None),
        Field(description="From GET /api/users. Left out, null or empty: nobody."),
    ] = None


def _absent() -> Any:
    """A field that may be left out but not be null; which fields were sent is in `model_fields_set`."""
    return Field(default_factory=lambda: None)


NewRoute = Annotated[Id, Field(description="The resulting category, type and item must belong together.")]


class TicketPatch(Wire):
    """Fields to change. What is left out stays as it is."""

    title: Title = _absent()
    overview: Overview = _absent()
    severity: Severity = _absent()
    status: Annotated[
        Status,
        Field(strict=False, description="Free moves between OPEN, IN_PROGRESS and RESOLVED; CLOSED needs ADMIN."),
    ] = _absent()
    assignee_id: Annotated[
        UUID | None,
        BeforeValidator(_id_or_none, json_schema_input_type=str | None),
        Field(description="null or empty: nobody."),
    ] = _absent()
    category_id: NewRoute = _absent()
    type_id: NewRoute = _absent()
    item_id: NewRoute = _absent()


class NewComment(Wire):
    """A comment to be added."""

    body: Annotated[
        FilledText,
        StringConstraints(max_length=TEXT_LIMIT),
        Field(
            description="Markdown. Not blank, at most 262,144 characters.", examples=["Disk replaced, **rebuilding**."]
        ),
    ]


class Out(BaseModel):
    """Base of what is answered: the shape for the API reference."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class NodeRef(Out):
    """A category, type or item."""

    id: UUID
    name: str
    deleted: Annotated[bool | None, Field(description="Present, and true, where it was deleted since.")] = None


class PersonRef(Out):
    """A user."""

    id: UUID
    username: str
    display_name: str
    deleted: Annotated[bool | None, Field(description="Present, and true, where the user was deleted since.")] = None


class AuthorRef(PersonRef):
    """The author of a comment."""

    role: Role


class Count(Out):
    comments: Annotated[int, Field(description="How many comments the ticket has.")]


class CommentOut(Out):
    """A comment."""

    id: UUID
    body: str
    created_at: datetime
    author: AuthorRef


class TicketOut(Out):
    """A ticket with its names."""

    id: UUID
    display_id: Annotated[str, Field(pattern=r"^V\d{9}$", examples=["V325813929"])]
    title: str
    overview: str
    severity: Annotated[int, Field(ge=1, le=5)]
    status: Status
    category_id: UUID
    type_id: UUID
    item_id: UUID
    assignee_id: UUID | None
    created_by_id: UUID
    category: NodeRef
    type: NodeRef
    item: NodeRef
    assignee: PersonRef | None
    created_by: PersonRef
    created_at: datetime
    updated_at: Annotated[datetime, Field(description="The last change of a field; comments do not count.")]
    resolved_at: datetime | None
    closed_at: datetime | None
    auto_close_at: Annotated[datetime | None, Field(description="When this resolved ticket closes by itself.")]
    count: Annotated[Count, Field(alias="_count")]


class TicketListed(TicketOut):
    """A ticket in a list."""

    commented_since_resolved: Annotated[
        bool,
        Field(
            description="It is resolved, and the last word since then is the comment of a USER, who cannot re-open it: "
            "somebody should look before it closes by itself."
        ),
    ]


class TicketDetail(TicketOut):
    """A ticket with its comments, oldest first."""

    comments: list[CommentOut]
