"""The first tables (pre: before the release that uses them)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from common import first_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    # pg_trgm belongs to the database; where its owner made it already, this asks for nothing.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public")
    op.execute("CREATE SEQUENCE ticket_numbers")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "tickets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("display_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("overview", sa.Text, nullable=False),
        sa.Column("severity", sa.SmallInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("category_id", sa.Uuid, nullable=False),
        sa.Column("type_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("assignee_id", sa.Uuid),
        sa.Column("created_by_id", sa.Uuid, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.Column("resolved_at", instant),
        sa.Column("closed_at", instant),
        sa.Column("auto_close_at", instant),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("fields_version", sa.BigInteger, nullable=False),
        sa.Column("comment_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("display_id", name="uq_tickets_display_id"),
        sa.CheckConstraint("severity BETWEEN 1 AND 5", name="ck_tickets_severity"),
        sa.CheckConstraint("status IN ('OPEN', 'IN_PROGRESS', 'RESOLVED', 'CLOSED')", name="ck_tickets_status"),
    )
    order: list[str | sa.TextClause] = ["severity", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_tickets_order", "tickets", order)
    op.create_index("ix_tickets_status", "tickets", ["status", *order])
    op.create_index("ix_tickets_category_status", "tickets", ["category_id", "status", *order])
    op.create_index("ix_tickets_assignee_status", "tickets", ["assignee_id", "status", *order])
    op.create_index("ix_tickets_type_id", "tickets", ["type_id"])
    op.create_index("ix_tickets_item_id", "tickets", ["item_id"])
    op.create_index(
        "ix_tickets_auto_close_at",
        "tickets",
        ["auto_close_at"],
        postgresql_where=sa.text("auto_close_at IS NOT NULL"),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("ticket_id", sa.Uuid, nullable=False),
        sa.Column("author_id", sa.Uuid, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_comments_ticket_id", ondelete="CASCADE"),
    )
    op.create_index("ix_comments_ticket_id_created_at", "comments", ["ticket_id", "created_at"])
    op.create_table(
        "search",
        sa.Column("ticket_id", sa.Uuid, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column(
            "vector",
            TSVECTOR,
            sa.Computed("to_tsvector('english'::regconfig, left(words, 100000))", persisted=True),
        ),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_search"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_search_ticket_id", ondelete="CASCADE"),
    )
    op.create_index(
        "ix_search_words", "search", ["words"], postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}
    )
    op.create_index("ix_search_vector", "search", ["vector"], postgresql_using="gin")
    op.create_table(
        "known_nodes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_known_nodes"),
    )
    first_tables.create_said()
    op.create_index("ix_events_created_at", "events", ["created_at"], postgresql_using="brin")
    first_tables.create_heard()
    first_tables.create_answered()
    first_tables.create_dead_letters()
