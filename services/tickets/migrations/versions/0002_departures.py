"""Deleted users whose tickets are still to be unassigned (pre: before the release that uses it)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("deleted_by", sa.Text),
        sa.Column("traceparent", sa.Text),
        sa.PrimaryKeyConstraint("user_id", name="pk_departures"),
    )
