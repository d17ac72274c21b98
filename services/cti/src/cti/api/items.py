"""The items, under /api/cti/items."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from common.idempotency import Idempotent
from common.identity import Identity, Role
from common.routing import Router, allow, answers, finds
from cti.api import operations
from cti.levels import Level
from cti.schemas import ItemOut, NewItem, NodeId, Rename

router = Router(tags=["Categories"])


@router.get("/api/cti/items", responses=answers(list[ItemOut], 200, 401))
async def list_items(
    request: Request,
    _: Annotated[Identity, allow()],
    type_id: Annotated[
        str | None, Query(alias="typeId", description="Only the items in this type. An unknown one has none.")
    ] = None,
) -> Response:
    """The items in a type, or all of them, by name."""
    return await operations.list_nodes(request, Level.ITEM, type_id)


@router.post("/api/cti/items", status_code=201, responses=answers(ItemOut, 201, 401, 403, 409, 422))
async def create_item(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], once: Idempotent, body: NewItem
) -> Response:
    """Create an item in a type."""
    return await operations.create(request, caller, once, Level.ITEM, body.name, body.type_id)


@router.put(
    "/api/cti/items/{id}",
    responses=answers(ItemOut, 200, 401, 403, 404, 409, 422),
    dependencies=[finds(operations.must_exist(Level.ITEM))],
)
async def rename_item(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], node_id: NodeId, body: Rename
) -> Response:
    """Rename an item. Lists and tickets show the new name; what the audit log says stays as it was written."""
    return await operations.rename(request, caller, Level.ITEM, node_id, body.name)


@router.delete("/api/cti/items/{id}", status_code=204, responses=answers(None, 204, 401, 403, 404))
async def delete_item(request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], node_id: NodeId) -> Response:
    """Delete an item. Tickets keep showing its name."""
    return await operations.delete(request, caller, Level.ITEM, node_id)
