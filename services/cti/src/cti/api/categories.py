"""The categories, under /api/cti/categories."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from common.idempotency import Idempotent
from common.identity import Identity, Role
from common.routing import Router, allow, answers, finds
from cti.api import operations
from cti.levels import Level
from cti.schemas import CategoryOut, NewCategory, NodeId, Rename

router = Router(tags=["Categories"])


@router.get("/api/cti/categories", responses=answers(list[CategoryOut], 200, 401))
async def list_categories(request: Request, _: Annotated[Identity, allow()]) -> Response:
    """All categories, by name."""
    return await operations.list_nodes(request, Level.CATEGORY)


@router.post("/api/cti/categories", status_code=201, responses=answers(CategoryOut, 201, 401, 403, 409, 422))
async def create_category(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], once: Idempotent, body: NewCategory
) -> Response:
    """Create a category."""
    return await operations.create(request, caller, once, Level.CATEGORY, body.name)


@router.put(
    "/api/cti/categories/{id}",
    responses=answers(CategoryOut, 200, 401, 403, 404, 409, 422),
    dependencies=[finds(operations.must_exist(Level.CATEGORY))],
)
async def rename_category(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], node_id: NodeId, body: Rename
) -> Response:
    """Rename a category. Lists and tickets show the new name; what the audit log says stays as it was written."""
    return await operations.rename(request, caller, Level.CATEGORY, node_id, body.name)


@router.delete("/api/cti/categories/{id}", status_code=204, responses=answers(None, 204, 401, 403, 404))
async def delete_category(
    request: Request, caller: Annotated[Identity, allow(Role.ADMIN)], node_id: NodeId
) -> Response:
    """Delete a category with its types and items. Tickets keep showing their names."""
    return await operations.delete(request, caller, Level.CATEGORY, node_id)
