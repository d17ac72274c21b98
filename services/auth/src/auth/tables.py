"""What auth owns: users with their credentials, signing keys, signed-out tokens, and what it says of them."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, DateTime, Index, Integer, Table, Text, Uuid, text

from common.database import schema_metadata
from common.idempotency import idempotency_table
from common.known_keys import known_keys_table
from common.known_users import revoked_tokens_table
from common.outbox import Outbox, event_table

metadata = schema_metadata()

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("username", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("api_key_hash", Text),
    Column("token_epoch", Integer, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("last_login_at", DateTime(timezone=True)),
    CheckConstraint("role IN ('ADMIN', 'AGENT', 'USER', 'SERVICE')", name="role"),
    CheckConstraint("role <> 'SERVICE' OR password_hash IS NULL", name="service_has_no_password"),
    # The name of a deleted user may be used again.
    Index("uq_users_live_username", text("lower(username)"), unique=True, postgresql_where=text("NOT deleted")),
    Index("uq_users_live_email", text("lower(email)"), unique=True, postgresql_where=text("NOT deleted")),
    Index("ix_users_api_key_hash", "api_key_hash"),
)

revoked_tokens = revoked_tokens_table(metadata)
known_keys = known_keys_table(metadata)
idempotency_keys = idempotency_table(metadata)
outbox = Outbox(event_table(metadata))
