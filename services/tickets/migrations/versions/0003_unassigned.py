"""Walk along unassigned tickets too (pre: before the release that uses it; writes wait while two indexes are built)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ORDER = ["status", "severity", sa.text("created_at DESC"), sa.text("id DESC")]


def upgrade() -> None:
    op.drop_index("ix_tickets_assignee_status", "tickets")
    for name, columns, where in (
        ("ix_tickets_assignee_status", ["assignee_id", *ORDER], "assignee_id IS NOT NULL"),
        ("ix_tickets_unassigned_status", ORDER, "assignee_id IS NULL"),
    ):
        op.create_index(name, "tickets", columns, postgresql_where=sa.text(where))
