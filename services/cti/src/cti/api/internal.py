"""What the other services ask: nodes with their versions, deleted ones too, and the sample tree on a first run."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from common.ids import parse_id
from common.problems import Invalid, NotFound
from common.routing import Router, json_response, only_peers
from common.service import Runtime
from cti.queries.nodes import node_state, node_states
from cti.schemas import NodeId
from cti.seed import plant_sample_tree

router = Router(include_in_schema=False)


@router.get("/internal/nodes/{id}")
async def one_node(request: Request, _: Annotated[str, only_peers()], node_id: NodeId) -> Response:
    runtime: Runtime = request.app.state.runtime
    found = parse_id(node_id)
    async with runtime.database.read() as reader:
        state = None if found is None else await node_state(reader, found)
    if state is None:
        raise NotFound
    return json_response(state)


@router.get("/internal/nodes")
async def all_nodes(
    request: Request,
    _: Annotated[str, only_peers()],
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Response:
    """A page by id. Ask again `after` its last id until a page is empty."""
    runtime: Runtime = request.app.state.runtime
    last = None if after is None else parse_id(after)
    if after is not None and last is None:
        raise Invalid(("after", "must be the last id of the page before"))
    async with runtime.database.read() as reader:
        return json_response(await node_states(reader, after=last, limit=limit))


@router.post("/internal/seed")
async def seed(request: Request, _: Annotated[str, only_peers()]) -> Response:
    """Plant the sample tree where no node ever was. Answers how many nodes were created."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as tx:
        created = await plant_sample_tree(tx)
    runtime.said()
    return json_response({"created": created})
