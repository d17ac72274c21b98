"""What the other services may ask: a user they have not heard of, all users, signing keys and signed-out tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from auth.api.dependencies import AuthDep
from auth.queries.users import revoked_tokens, signing_keys, snapshot, state_by_id, state_by_key, state_json
from common.ids import parse_id
from common.problems import NotFound
from common.routing import Router, json_response, only_peers

router = Router(include_in_schema=False)

Peer = Annotated[str, only_peers()]
After = Annotated[UUID, Query()]
Limit = Annotated[int, Query(ge=1, le=5000)]
FIRST = UUID(int=0)


@router.get("/internal/users")
async def get_snapshot(peer: Peer, parts: AuthDep, after: After = FIRST, limit: Limit = 1000) -> Response:
    """Pages of all users, deleted ones too, in the order of their ids."""
    async with parts.database.read() as reader:
        users = await snapshot(reader, after=after, limit=limit)
    return json_response([state_json(user) for user in users])


@router.get("/internal/users/by-key/{hash}")
async def get_by_key(peer: Peer, parts: AuthDep, hash: str) -> Response:  # noqa: A002  the path's own word
    async with parts.database.read() as reader:
        user = await state_by_key(reader, hash)
    if user is None:
        raise NotFound
    return json_response(state_json(user))


@router.get("/internal/users/{id}")
async def get_by_id(peer: Peer, parts: AuthDep, id: str) -> Response:  # noqa: A002  the path's own word
    user_id = parse_id(id)
    async with parts.database.read() as reader:
        user = None if user_id is None else await state_by_id(reader, user_id)
    if user is None:
        raise NotFound
    return json_response(state_json(user))


@router.get("/internal/keys")
async def get_keys(peer: Peer, parts: AuthDep) -> Response:
    async with parts.database.read() as reader:
        keys = await signing_keys(reader)
    shown = [
        {"kid": key.kid, "publicKey": key.public_key, "retired": key.retired, "version": key.version} for key in keys
    ]
    return json_response(shown)


@router.get("/internal/revoked-tokens")
async def get_revoked_tokens(peer: Peer, parts: AuthDep, after: After = FIRST, limit: Limit = 1000) -> Response:
    """Pages of the tokens that were signed out and have not expired, in the order of their ids."""
    async with parts.database.read() as reader:
        tokens = await revoked_tokens(reader, after=after, limit=limit)
    shown = [
        {"jti": token.jti, "userId": token.user_id, "expiresAt": token.expires_at, "version": 1} for token in tokens
    ]
    return json_response(shown)
