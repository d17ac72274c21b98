"""Users over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from auth.api.dependencies import Admin, Anyone, AuthDep, UserId, user_exists
from auth.queries.users import list_users, user_json
from auth.schemas import NewUser, UserOut, UserPatch, UserWithKey
from auth.usecases import create_user, update_user
from auth.usecases.delete_user import delete_user
from common.idempotency import Idempotent
from common.routing import Router, answers, dump, finds, json_response, tagged_response

router = Router(tags=["Users"])


@router.get(
    "/api/users",
    summary="List users",
    responses=answers(list[UserOut], 200, 401, 503, description="All users, by what they are called"),
)
async def get_users(request: Request, caller: Anyone, parts: AuthDep) -> Response:
    """Everybody a ticket can be assigned to. Deleted users are not among them."""
    async with parts.database.read() as reader:
        users = await list_users(reader)
    return tagged_response(request, dump([user_json(user) for user in users]))


@router.post(
    "/api/users",
    status_code=201,
    summary="Create a user",
    responses=answers(UserWithKey, 201, 401, 403, 409, 413, 422, 429, 503, description="The created user"),
)
async def post_user(caller: Admin, parts: AuthDep, new: NewUser, once: Idempotent) -> Response:
    """A SERVICE account gets its API key in the answer: copy it now, it is not shown again.

    Sent again with the same Idempotency-Key, the answer shows the user without the key.
    """
    password_hash = await create_user.checked_hash(new, parts.passwords)
    async with parts.database.transaction() as tx:
        if (replayed := await once.replay(tx)) is not None:
            return replayed
        user, key = await create_user.create_user(tx, caller, new, password_hash)
        await once.keep(tx, dump(user_json(user)), about=user.id)
    await parts.said(user.id)
    return json_response(_with_key(user, key), 201)


@router.patch(
    "/api/users/{id}",
    summary="Change a user",
    responses=answers(UserWithKey, 200, 401, 403, 404, 409, 413, 422, 429, 503, description="The changed user"),
    dependencies=[finds(user_exists)],
)
async def patch_user(caller: Admin, parts: AuthDep, reference: UserId, patch: UserPatch) -> Response:
    """A new password, and a role changed to or from SERVICE, ends the user's sessions at once.

    To SERVICE: the password goes and the answer shows a key. From SERVICE: `password` is required and the key dies.
    """
    password_hash = await update_user.checked_hash(parts.database, reference, patch, parts.passwords)
    async with parts.database.transaction() as tx:
        user, key = await update_user.update_user(tx, caller, reference, patch, password_hash)
    await parts.said(user.id)
    return json_response(_with_key(user, key))


@router.delete(
    "/api/users/{id}",
    status_code=204,
    summary="Delete a user",
    responses=answers(None, 204, 401, 403, 404, 409, 503, description="Gone"),
)
async def remove_user(caller: Admin, parts: AuthDep, reference: UserId) -> Response:
    """The user's credentials die at once and open tickets are unassigned; what they wrote keeps their name."""
    async with parts.database.transaction() as tx:
        user = await delete_user(tx, caller, reference)
    await parts.said(user.id)
    return Response(status_code=204)


def _with_key(user: object, key: str | None) -> dict[str, object]:
    shown = user_json(user)
    return shown if key is None else shown | {"apiKey": key}
