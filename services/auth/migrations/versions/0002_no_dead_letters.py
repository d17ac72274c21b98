"""auth hears nothing, so nothing it heard was ever set aside (post: no release reads it but to list nothing)."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_table("dead_letters")
