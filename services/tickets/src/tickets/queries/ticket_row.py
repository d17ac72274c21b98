"""The one SELECT that knows a ticket's shape, and the JSON made of its rows."""

from typing import Any

import orjson

from common.database import Row

COLUMNS = """
    t.id, t.display_id, t.title, t.overview, t.severity, t.status, t.category_id, t.type_id, t.item_id,
    t.assignee_id, t.created_by_id, t.created_at, t.updated_at, t.resolved_at, t.closed_at, t.auto_close_at,
    t.version, t.fields_version, t.comment_count,
    coalesce(category.name, '') AS category_name, category.deleted AS category_deleted,
    coalesce(type.name, '') AS type_name, type.deleted AS type_deleted,
    coalesce(item.name, '') AS item_name, item.deleted AS item_deleted,
    coalesce(assignee.username, '') AS assignee_username,
    coalesce(assignee.display_name, '') AS assignee_display_name, assignee.deleted AS assignee_deleted,
    coalesce(creator.username, '') AS creator_username, coalesce(creator.display_name, '') AS creator_display_name,
    creator.deleted AS creator_deleted
"""

# An index probe for each resolved ticket, and for no other.
LISTED_COLUMNS = f"""{COLUMNS},
    CASE WHEN t.status = 'RESOLVED' THEN coalesce((
        SELECT u.role = 'USER' FROM comments c LEFT JOIN known_users u ON u.id = c.author_id
        WHERE c.ticket_id = t.id AND c.created_at > t.resolved_at ORDER BY c.created_at DESC, c.id DESC LIMIT 1
    ), false) ELSE false END AS commented_since_resolved
"""

# Outer joins: a ticket stays visible whatever this service has or has not heard of the rest.
NAMES = """
    LEFT JOIN known_nodes category ON category.id = t.category_id
    LEFT JOIN known_nodes type ON type.id = t.type_id
    LEFT JOIN known_nodes item ON item.id = t.item_id
    LEFT JOIN known_users assignee ON assignee.id = t.assignee_id
    LEFT JOIN known_users creator ON creator.id = t.created_by_id
"""

ORDER = "t.severity, t.created_at DESC, t.id DESC"


def ticket_json(row: Row, comments: str | None = None) -> dict[str, Any]:
    """A row of `ticket_rows` as it goes out; with `comments`, a JSON array, as the detail of one ticket."""
    found = {
        "id": row.id,
        "displayId": row.display_id,
        "title": row.title,
        "overview": row.overview,
        "severity": row.severity,
        "status": row.status,
        "categoryId": row.category_id,
        "typeId": row.type_id,
        "itemId": row.item_id,
        "assigneeId": row.assignee_id,
        "createdById": row.created_by_id,
        "category": node_json(row.category_id, row.category_name, row.category_deleted),
        "type": node_json(row.type_id, row.type_name, row.type_deleted),
        "item": node_json(row.item_id, row.item_name, row.item_deleted),
        "assignee": None
        if row.assignee_id is None
        else person_json(row.assignee_id, row.assignee_username, row.assignee_display_name, row.assignee_deleted),
        "createdBy": person_json(
            row.created_by_id, row.creator_username, row.creator_display_name, row.creator_deleted
        ),
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "resolvedAt": row.resolved_at,
        "closedAt": row.closed_at,
        "autoCloseAt": row.auto_close_at,
        "_count": {"comments": row.comment_count},
    }
    if comments is not None:
        found["comments"] = orjson.Fragment(comments)
    return found


def listed_json(row: Row) -> dict[str, Any]:
    """A row with `LISTED_COLUMNS` as the list has it."""
    found = ticket_json(row)
    found["commentedSinceResolved"] = row.commented_since_resolved
    return found


def node_json(node_id: Any, name: str, deleted: bool) -> dict[str, Any]:
    if deleted:
        return {"id": node_id, "name": name, "deleted": True}
    return {"id": node_id, "name": name}


def person_json(user_id: Any, username: str, display_name: str, deleted: bool) -> dict[str, Any]:
    if deleted:
        return {"id": user_id, "username": username, "displayName": display_name, "deleted": True}
    return {"id": user_id, "username": username, "displayName": display_name}
