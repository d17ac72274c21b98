"""What audit owns: the entries, where each ticket stands, and which tickets were deleted by whom."""

from sqlalchemy import BigInteger, Column, DateTime, Index, SmallInteger, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

from common.database import schema_metadata
from common.dead_letters import DeadLetters, dead_letter_table
from common.known_keys import known_keys_table
from common.known_users import known_users_table, revoked_tokens_table

metadata = schema_metadata()

# The service's role may add rows here and read them, nothing else: only purge_ticket() removes any.
entries = Table(
    "entries",
    metadata,
    Column("ticket_id", Uuid, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("idx", SmallInteger, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_username", Text, nullable=False),
    Column("actor_display_name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

# `version` is the highest anybody spoke of. `unheard` holds the versions whose events have not come, the future
# included: what two sources have not heard is what neither has, so a head is kept current by intersecting, whatever
# comes, how often, and in which order. Everything below lower(unheard) is stored.
ticket_heads = Table(
    "ticket_heads",
    metadata,
    Column("ticket_id", Uuid, primary_key=True),
    Column("display_id", Text),
    Column("version", BigInteger, nullable=False),
    Column("unheard", INT8MULTIRANGE, nullable=False),
    Column("gap_since", DateTime(timezone=True)),
    Column("asked_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Index("ix_ticket_heads_display_id", "display_id"),
    Index("ix_ticket_heads_gap_since", "gap_since", postgresql_where=text("gap_since IS NOT NULL")),
)

# Outlives the ticket: which, who, when, and no word of it. Written by purge_ticket() only.
purged_tickets = Table(
    "purged_tickets",
    metadata,
    Column("ticket_id", Uuid, primary_key=True),
    Column("display_id", Text, nullable=False),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_username", Text, nullable=False),
    Column("actor_display_name", Text, nullable=False),
    Column("deleted_at", DateTime(timezone=True), nullable=False),
)

# Every ticket that changed before `until` was compared with what its owner says.
comparisons = Table(
    "comparisons",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
)

known_users = known_users_table(metadata)
revoked_tokens = revoked_tokens_table(metadata)
known_keys = known_keys_table(metadata)
letters = DeadLetters(dead_letter_table(metadata))
