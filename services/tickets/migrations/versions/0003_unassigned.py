"""Walk along unassigned tickets too (pre: before the release that uses it; writes wait while two indexes are built)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    order: list[str | sa.TextClause] = ["status", "severity", sa.text("created_at DESC"), sa.text("id DESC")]
    given, missing = sa.text("assignee_id IS NOT NULL"), sa.text("assignee_id IS NULL")
    op.drop_index("ix_tickets_assignee_status", "tickets")
    op.create_index("ix_tickets_assignee_status", "tickets", ["assignee_id", *order], postgresql_where=given)
    op.create_index("ix_tickets_unassigned_status", "tickets", order, postgresql_where=missing)
