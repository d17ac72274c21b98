"""The hierarchy, what cti says of it, and what it hears."""

import sqlalchemy as sa
from alembic import op

from common import first_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_nodes()
    first_tables.create_said()
    first_tables.create_heard()
    first_tables.create_answered()
    first_tables.create_dead_letters()


def _create_nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nodes"),
        sa.ForeignKeyConstraint(["parent_id"], ["nodes.id"], name="fk_nodes_parent_id"),
        sa.CheckConstraint("level IN ('category', 'type', 'item')", name="ck_nodes_level"),
        sa.CheckConstraint("(parent_id IS NULL) = (level = 'category')", name="ck_nodes_parent"),
    )
    op.create_index(
        "uq_nodes_live_sibling_name",
        "nodes",
        [sa.text("coalesce(parent_id, '00000000-0000-0000-0000-000000000000'::uuid)"), sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_nodes_parent_id", "nodes", ["parent_id"])
