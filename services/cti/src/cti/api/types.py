"""The types, under /api/cti/types."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from common.idempotency import Idempotent
from common.identity import Identity, Role
from common.routing import Router, allow, answers, finds
from cti.api import operations
from cti.levels import Level
from cti.schemas import NewType, NodeId, Rename, TypeOut

router = Router(tags=["Categories"])


@router.get("/api/cti/types", responses=answers(list[TypeOut], 200, 401))
async def list_types(
    request: Request,
    _: Annotated[Identity, allow()],
    category_id: Annotated[
        str | None, Query(alias="categoryId", description="Only the types in this category. An unknown one has none.")
    ] = None,
) -> Response:
    """The types in a category, or all of them, by name."""
    return await operations.list_nodes(request, Level.TYPE, category_id)


@router.post("/api/cti/types", status_code=201, responses=answers(TypeOut, 201, 401, 403, 409, 422))
async def create_type(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], once: Idempotent, body: NewType
) -> Response:
    """Create a type in a category."""
    return await operations.create(request, caller, once, Level.TYPE, body.name, body.category_id)


@router.put(
    "/api/cti/types/{id}",
    responses=answers(TypeOut, 200, 401, 403, 404, 409, 422),
    dependencies=[finds(operations.must_exist(Level.TYPE))],
)
async def rename_type(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], node_id: NodeId, body: Rename
) -> Response:
    """Rename a type. Lists and tickets show the new name; what the audit log says stays as it was written."""
    return await operations.rename(request, caller, Level.TYPE, node_id, body.name)


@router.delete("/api/cti/types/{id}", status_code=204, responses=answers(None, 204, 401, 403, 404))
async def delete_type(request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], node_id: NodeId) -> Response:
    """Delete a type with its items. Tickets keep showing their names."""
    return await operations.delete(request, caller, Level.TYPE, node_id)
