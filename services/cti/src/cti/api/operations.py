"""What can be done with a node of any level, as the three public resources do it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from common.database import Row
from common.idempotency import Once
from common.identity import Identity
from common.ids import parse_id
from common.routing import dump, tagged_response
from common.service import Runtime
from cti.levels import Level
from cti.problems import NodeNotFound
from cti.queries.nodes import is_live, live_children, live_nodes
from cti.usecases.create_node import create_node
from cti.usecases.delete_node import delete_node
from cti.usecases.rename_node import rename_node


async def list_nodes(request: Request, level: Level, parent_id: str | None = None) -> Response:
    """All of the level, or those in one parent. A parent that is not there has no children: that is no error."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.read() as reader:
        if parent_id is None:
            rows = await live_nodes(reader, level)
        else:
            parent = parse_id(parent_id)
            rows = [] if parent is None else await live_children(reader, level, parent)
    return tagged_response(request, dump([_shape(level, row) for row in rows]))


async def create(
    request: Request, caller: Identity, once: Once, level: Level, name: str, parent_id: str | None = None
) -> Response:
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as tx:
        if (replayed := await once.replay(tx)) is not None:
            return replayed
        row = await create_node(tx, caller.actor, level=level, parent_id=parent_id, name=name)
        body = dump(_shape(level, row))
        await once.keep(tx, body, about=row.id)
    runtime.said()
    return Response(body, 201, media_type="application/json")


async def rename(request: Request, caller: Identity, level: Level, node_id: str, name: str) -> Response:
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as tx:
        row = await rename_node(tx, caller.actor, level=level, node_id=_id(level, node_id), name=name)
        body = dump(_shape(level, row))
    runtime.said()
    return Response(body, media_type="application/json")


async def delete(request: Request, caller: Identity, level: Level, node_id: str) -> Response:
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as tx:
        await delete_node(tx, caller.actor, level=level, node_id=_id(level, node_id))
    runtime.said()
    return Response(status_code=204)


def must_exist(level: Level) -> Callable[[Request], Awaitable[None]]:
    """For `finds`: 404 where the path names no live node of the level."""

    async def look(request: Request) -> None:
        runtime: Runtime = request.app.state.runtime
        node_id = _id(level, request.path_params["id"])
        async with runtime.database.read() as reader:
            if not await is_live(reader, level, node_id):
                raise NodeNotFound(level)

    return look


def _id(level: Level, text: str) -> UUID:
    node_id = parse_id(text)
    if node_id is None:
        raise NodeNotFound(level)
    return node_id


def _shape(level: Level, row: Row) -> dict[str, Any]:
    shape = {"id": row.id, "name": row.name}
    if level.parent_field is not None:
        shape[level.parent_field] = row.parent_id
    return shape
