"""Users with their credentials, what auth says of them, and the view through which auth itself knows them."""

import sqlalchemy as sa
from alembic import op

from common import first_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_users()
    first_tables.create_said()
    first_tables.create_heard()
    first_tables.create_answered()
    first_tables.create_dead_letters()
    # auth knows its users at first hand: what the other services keep as a table is a view here.
    op.drop_table("known_users")
    op.execute(
        """
        CREATE VIEW known_users AS
        SELECT id, username, display_name, email, role, deleted, token_epoch, api_key_hash, must_change_password,
               version
        FROM users
        """
    )


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("api_key_hash", sa.Text()),
        sa.Column("token_epoch", sa.Integer(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("last_login_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.CheckConstraint("role IN ('ADMIN', 'AGENT', 'USER', 'SERVICE')", name="ck_users_role"),
        sa.CheckConstraint("role <> 'SERVICE' OR password_hash IS NULL", name="ck_users_service_has_no_password"),
    )
    for name in ("username", "email"):
        op.create_index(
            f"uq_users_live_{name}",
            "users",
            [sa.text(f"lower({name})")],
            unique=True,
            postgresql_where=sa.text("NOT deleted"),
        )
    op.create_index("ix_users_api_key_hash", "users", ["api_key_hash"])
