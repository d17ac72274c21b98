"""The shape of the audit log on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from audit.entries import Action


class Out(BaseModel):
    """Base of what is answered: the shape for the API reference."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class EntryActor(Out):
    """Who made the change, as they were called then."""

    id: UUID
    username: str
    display_name: str
    deleted: Annotated[bool | None, Field(description="Present, and true, where the user was deleted since.")] = None


class AuditEntry(Out):
    """One change of a ticket."""

    id: UUID
    action: Action
    detail: Annotated[
        str | None,
        Field(
            description=(
                "What changed, with the names of that moment: `Open → In Progress`, `SEV 3 → SEV 1`, "
                "`Unassigned → Josh`, `Media › Plex › Backup → Media › Plex › Update`, the new title, or the "
                "comment's text. null for CREATED and OVERVIEW_CHANGED."
            ),
            examples=["Open → In Progress"],
        ),
    ]
    created_at: Annotated[datetime, Field(description="When the change was made; one request's changes share it.")]
    user: EntryActor
