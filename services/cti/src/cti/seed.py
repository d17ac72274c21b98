"""The sample hierarchy of an operations team, for a first run. Rename it, grow it, or delete it."""

from typing import Any
from uuid import UUID

from common.database import Database, Transaction, query
from common.ids import new_id
from cti.events import node_changed
from cti.levels import Level
from cti.tables import outbox

SAMPLE_TREE: dict[str, dict[str, tuple[str, ...]]] = {
    "Network": {
        "Connectivity": ("Site offline", "Packet loss", "High latency"),
        "DNS": ("Record change", "Resolution failure"),
        "Firewall": ("Blocked traffic", "Rule change"),
        "VPN": ("Cannot connect", "New access", "Slow tunnel"),
    },
    "Servers": {
        "Availability": ("Host down", "Reboot required", "High load"),
        "Storage": ("Disk full", "Disk failure", "Quota increase"),
        "Patching": ("Security update", "Failed update"),
    },
    "Applications": {
        "Website": ("Unreachable", "Error page", "Slow response"),
        "Email": ("Cannot send", "Cannot receive", "New mailbox", "Spam"),
        "Automation": ("Workflow failed", "New workflow", "Credential expired"),
    },
    "Databases": {
        "Performance": ("Slow query", "Connections exhausted", "Lock contention"),
        "Backup": ("Backup failed", "Restore request"),
        "Replication": ("Replica lag", "Replica down"),
    },
    "Security": {
        "Access": ("Grant permission", "Revoke permission", "Locked account"),
        "Certificates": ("Expiring soon", "Renewal", "New certificate"),
        "Incident": ("Suspicious login", "Malware", "Phishing report"),
    },
    "Workplace": {
        "Hardware": ("Laptop", "Monitor", "Printer", "Phone"),
        "Software": ("Installation", "License", "Crash"),
        "Onboarding": ("New employee", "Leaving employee"),
    },
}

_ONE_AT_A_TIME = query("SELECT pg_advisory_xact_lock(hashtext('seed ' || current_schema()))")
_HAS_NODES = query("SELECT EXISTS (SELECT FROM nodes)")

_INSERT = query(
    """INSERT INTO nodes (id, level, parent_id, name, version)
       SELECT id, level, parent_id, name, 1
       FROM unnest(%(id)s::uuid[], %(level)s::text[], %(parent_id)s::uuid[], %(name)s::text[])
            AS sample (id, level, parent_id, name)
       RETURNING id, level, parent_id, name, version, created_at AS at"""
)


async def seed(database: Database, _settings: Any) -> None:
    """Plant the sample tree and print what was done."""
    async with database.transaction() as tx:
        created = await plant_sample_tree(tx)
    if created:
        print(f"cti: created the sample tree of {len(SAMPLE_TREE)} categories, {created} nodes in all")
    else:
        print("cti: there are nodes already; nothing was changed")


async def plant_sample_tree(tx: Transaction) -> int:
    """How many nodes were created: none where a node is, or ever was."""
    await tx.execute(_ONE_AT_A_TIME)
    if await tx.scalar(_HAS_NODES):
        return 0
    nodes = _sample_nodes()
    rows = await tx.all(_INSERT, **{column: [node[column] for node in nodes] for column in nodes[0]})
    await outbox.record(tx, *(node_changed(row, None) for row in rows))
    return len(rows)


def _sample_nodes() -> list[dict[str, Any]]:
    """The sample tree as rows, parents before their children."""
    nodes: list[dict[str, Any]] = []

    def add(level: Level, parent_id: UUID | None, name: str) -> UUID:
        node_id = new_id()
        nodes.append({"id": node_id, "level": level, "parent_id": parent_id, "name": name})
        return node_id

    for category, types in SAMPLE_TREE.items():
        category_id = add(Level.CATEGORY, None, category)
        for type_, items in types.items():
            type_id = add(Level.TYPE, category_id, type_)
            for item in items:
                add(Level.ITEM, type_id, item)
    return nodes
