"""The envelope of everything one service tells another: CloudEvents 1.0, structured JSON.

    class TicketDeleted(Event):
        SUBJECT: ClassVar = "evt.ticket.{id}"
        type: Literal["ticket.deleted.v1"] = "ticket.deleted.v1"
        data: DeletedTicket

A class knows its type and its NATS subject; an event knows the aggregate it belongs to and that aggregate's version.
Producers add fields and never rename them; consumers ignore what they do not know.
"""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from common.ids import new_id


class Fact(BaseModel):
    """Part of an event: camelCase in JSON, frozen, tolerant of members it does not know."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class Actor(Fact):
    """Who did it, as they were called at that moment."""

    id: UUID
    username: str
    display_name: str


class Event(BaseModel):
    """One thing that happened to one aggregate. `version` counts the aggregate's events from 1 without a gap."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    SUBJECT: ClassVar[str]

    specversion: Literal["1.0"] = "1.0"
    id: UUID = Field(default_factory=new_id)
    source: str
    type: str
    subject: str = Field(description="The aggregate's id.")
    time: datetime
    version: int = Field(alias="aggregateversion", ge=1)
    traceparent: str | None = None
    actor: Actor | None = None

    @property
    def nats_subject(self) -> str:
        return self.SUBJECT.format(id=self.subject)

    def to_json(self) -> bytes:
        return self.model_dump_json(by_alias=True, exclude_none=False).encode()

    @classmethod
    def type_name(cls) -> str:
        return str(cls.model_fields["type"].default)
