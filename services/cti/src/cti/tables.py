"""What cti owns: the nodes of the hierarchy, and what it has said of them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Index, Table, Text, Uuid, func, text

from common.database import schema_metadata
from common.dead_letters import DeadLetters, dead_letter_table
from common.idempotency import idempotency_table
from common.known_keys import known_keys_table
from common.known_users import known_users_table, revoked_tokens_table
from common.outbox import Outbox, event_table

metadata = schema_metadata()

# Categories, types and items are one thing on three levels. A deleted node keeps its row and its name.
nodes = Table(
    "nodes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("level", Text, nullable=False),
    Column("parent_id", Uuid, ForeignKey("nodes.id")),
    Column("name", Text, nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    CheckConstraint("level IN ('category', 'type', 'item')", name="level"),
    CheckConstraint("(parent_id IS NULL) = (level = 'category')", name="parent"),
    # Two categories have no parent in common that an index could compare: NULL differs from NULL.
    Index(
        "uq_nodes_live_sibling_name",
        text("coalesce(parent_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
        text("lower(name)"),
        unique=True,
        postgresql_where=text("deleted_at IS NULL"),
    ),
    Index("ix_nodes_parent_id", "parent_id"),
)

known_users = known_users_table(metadata)
revoked_tokens = revoked_tokens_table(metadata)
known_keys = known_keys_table(metadata)
idempotency_keys = idempotency_table(metadata)
letters = DeadLetters(dead_letter_table(metadata))
events = event_table(metadata)
outbox = Outbox(events)
