"""What tickets owns: tickets, their comments, their searchable text, and the log of what happened to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from common.database import schema_metadata
from common.dead_letters import DeadLetters, dead_letter_table
from common.idempotency import idempotency_table
from common.known_keys import known_keys_table
from common.known_users import known_users_table, revoked_tokens_table
from common.outbox import Outbox, event_table

metadata = schema_metadata()

_ORDER = ("severity", text("created_at DESC"), text("id DESC"))

ticket_numbers = Sequence("ticket_numbers", metadata=metadata)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("display_id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("overview", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("category_id", Uuid, nullable=False),
    Column("type_id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("assignee_id", Uuid),
    Column("created_by_id", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("resolved_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("auto_close_at", DateTime(timezone=True)),
    # All events of the ticket count; fields_version is the last one that changed a field, for If-Match.
    Column("version", BigInteger, nullable=False),
    Column("fields_version", BigInteger, nullable=False),
    Column("comment_count", Integer, nullable=False),
    CheckConstraint("severity BETWEEN 1 AND 5", name="severity"),
    CheckConstraint("status IN ('OPEN', 'IN_PROGRESS', 'RESOLVED', 'CLOSED')", name="status"),
    # A page is a walk along one of these: whatever it is filtered by, then the order of the list.
    Index("ix_tickets_order", *_ORDER),
    Index("ix_tickets_status", "status", *_ORDER),
    Index("ix_tickets_category_status", "category_id", "status", *_ORDER),
    # Two, for NULL is no value that an order could begin behind.
    Index(
        "ix_tickets_assignee_status",
        *("assignee_id", "status", *_ORDER),
        postgresql_where=text("assignee_id IS NOT NULL"),
    ),
    Index("ix_tickets_unassigned_status", "status", *_ORDER, postgresql_where=text("assignee_id IS NULL")),
    Index("ix_tickets_type_id", "type_id"),
    Index("ix_tickets_item_id", "item_id"),
    Index("ix_tickets_auto_close_at", "auto_close_at", postgresql_where=text("auto_close_at IS NOT NULL")),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_comments_ticket_id_created_at", "ticket_id", "created_at"),
)

# Beside the tickets and not in them, so that a change of status does not rewrite two text indexes.
search = Table(
    "search",
    metadata,
    Column("ticket_id", Uuid, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("words", Text, nullable=False),
    # PostgreSQL refuses a vector over 1 MiB.
    Column("vector", TSVECTOR, Computed("to_tsvector('english'::regconfig, left(words, 100000))", persisted=True)),
    Index("ix_search_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
    Index("ix_search_vector", "vector", postgresql_using="gin"),
)

known_nodes = Table(
    "known_nodes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("level", Text, nullable=False),
    Column("parent_id", Uuid),
    Column("name", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# Deleted users whose tickets are still to be unassigned, and who deleted them in which trace.
departures = Table(
    "departures",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("deleted_by", Text),
    Column("traceparent", Text),
)

known_users = known_users_table(metadata)
revoked_tokens = revoked_tokens_table(metadata)
known_keys = known_keys_table(metadata)
idempotency_keys = idempotency_table(metadata)
letters = DeadLetters(dead_letter_table(metadata))
events = event_table(metadata)
Index("ix_events_created_at", events.c.created_at, postgresql_using="brin")
outbox = Outbox(events)
