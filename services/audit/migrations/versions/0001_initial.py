"""The first tables, and what the service may not do to them (pre: before the release that uses them)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

from common import first_tables

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_entries()
    _create_heads()
    _create_purged()
    first_tables.create_heard()
    first_tables.create_dead_letters()
    schema = op.get_bind().scalar(sa.text("SELECT current_schema()"))
    op.execute(PURGE_TICKET.replace("{schema}", f'"{schema}"'))
    op.execute("REVOKE ALL ON FUNCTION purge_ticket FROM PUBLIC")
    _restrict(f"{schema}_app")


def _create_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("idx", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_username", sa.Text(), nullable=False),
        sa.Column("actor_display_name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "version", "idx", name="pk_entries"),
    )


def _create_heads() -> None:
    op.create_table(
        "ticket_heads",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("display_id", sa.Text()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("unheard", INT8MULTIRANGE(), nullable=False),
        sa.Column("gap_since", INSTANT),
        sa.Column("asked_at", INSTANT),
        sa.Column("deleted_at", INSTANT),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_ticket_heads"),
        # Each event of a ticket updates its row: room for the next version beside the last.
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("ix_ticket_heads_display_id", "ticket_heads", ["display_id"])
    op.create_index(
        "ix_ticket_heads_gap_since", "ticket_heads", ["gap_since"], postgresql_where=sa.text("gap_since IS NOT NULL")
    )
    op.create_table(
        "comparisons",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_comparisons"),
    )


def _create_purged() -> None:
    op.create_table(
        "purged_tickets",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("display_id", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_username", sa.Text(), nullable=False),
        sa.Column("actor_display_name", sa.Text(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_purged_tickets"),
    )


# With the owner's rights: the one way to remove entries, and it leaves a record of who did.
PURGE_TICKET = """
CREATE FUNCTION purge_ticket(
    ticket uuid, display text, last bigint, by_id uuid, by_username text, by_display_name text, at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    -- First the head: whoever records an entry of this ticket holds it, and whoever comes later sees the deletion.
    INSERT INTO ticket_heads AS head (ticket_id, display_id, version, unheard, deleted_at)
    VALUES (ticket, display, last, int8multirange(int8range(last + 1, NULL)), at)
    ON CONFLICT (ticket_id) DO UPDATE
    SET display_id = excluded.display_id, version = greatest(head.version, excluded.version),
        unheard = head.unheard * excluded.unheard, gap_since = NULL, asked_at = NULL,
        deleted_at = coalesce(head.deleted_at, excluded.deleted_at);

    INSERT INTO purged_tickets (ticket_id, display_id, actor_id, actor_username, actor_display_name, deleted_at)
    VALUES (ticket, display, by_id, by_username, by_display_name, at)
    ON CONFLICT (ticket_id) DO NOTHING;

    DELETE FROM entries WHERE ticket_id = ticket;
END
$$
"""


def _restrict(app: str) -> None:
    """Take from the service's role what default privileges gave it. A database with a single role stays as it is."""
    exists = sa.text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :app)")
    if not op.get_bind().scalar(exists, {"app": app}):
        return
    op.execute(f'REVOKE ALL ON entries, purged_tickets FROM "{app}"')
    op.execute(f'GRANT SELECT, INSERT ON entries TO "{app}"')
    op.execute(f'GRANT SELECT ON purged_tickets TO "{app}"')
    op.execute(f'REVOKE DELETE, TRUNCATE ON ticket_heads, comparisons FROM "{app}"')
    op.execute(f'GRANT EXECUTE ON FUNCTION purge_ticket TO "{app}"')
