"""Signing in and out over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from auth.api.dependencies import AnyoneAtAll, Auth, AuthDep, Person
from auth.schemas import Login, Me, PasswordChange, Session
from auth.tokens import LIFETIME_SECONDS
from auth.usecases.change_password import change_password
from auth.usecases.log_in import log_in
from auth.usecases.log_out import log_out
from common.authenticator import cookie_name
from common.database import Row
from common.identity import User
from common.routing import Router, answers, json_response

router = Router(tags=["Sessions"])


@router.post(
    "/api/auth/login",
    summary="Sign in",
    responses=answers(Session, 200, 401, 413, 422, 429, 503, description="The token, and who it is for"),
)
async def login(request: Request, parts: AuthDep, credentials: Login) -> Response:
    """Answers a token for API clients, and sets a cookie for browsers. SERVICE accounts have no password.

    After 3 failures a user name from one address has to wait, longer each time; `Retry-After` says how long.
    """
    user = await log_in(parts.database, parts.passwords, parts.limits, credentials, parts.address(request))
    token = parts.key.sign(user.id, user.token_epoch)
    response = json_response({"token": token, "user": _me(user)})
    _set_cookie(response, parts, token)
    return response


@router.get(
    "/api/auth/me", summary="Who am I", responses=answers(Me, 200, 401, 503, description="The caller of this request")
)
async def me(caller: AnyoneAtAll) -> Response:
    """The caller, whichever credential they use."""
    return json_response(_me(caller.user))


@router.post(
    "/api/auth/logout",
    status_code=204,
    summary="Sign out",
    responses=answers(None, 204, 401, 403, 503, description="Signed out"),
)
async def logout(caller: AnyoneAtAll, parts: AuthDep) -> Response:
    """The token of this request is refused from now on, and the cookie goes. An API key stays as it is."""
    if caller.token is not None:
        async with parts.database.transaction() as tx:
            await log_out(tx, caller, caller.token)
        await parts.said(caller.id)
    response = Response(status_code=204)
    secure = parts.settings.secure_cookies
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="strict")
    return response


@router.post(
    "/api/auth/password",
    status_code=204,
    summary="Change my password",
    responses=answers(None, 204, 401, 403, 413, 422, 429, 503, description="Changed"),
)
async def password(request: Request, caller: Person, parts: AuthDep, change: PasswordChange) -> Response:
    """Every other session of the caller ends. A browser stays signed in; an API client signs in again."""
    user = await change_password(parts.database, parts.passwords, parts.limits, caller, change, parts.address(request))
    await parts.said(caller.id)
    response = Response(status_code=204)
    if caller.credential == "cookie":
        _set_cookie(response, parts, parts.key.sign(user.id, user.token_epoch))
    return response


def _me(user: User | Row) -> dict[str, object]:
    return {
        "id": user.id,
        "username": user.username,
        "displayName": user.display_name,
        "email": user.email,
        "role": user.role,
        "mustChangePassword": user.must_change_password,
    }


def _set_cookie(response: Response, parts: Auth, token: str) -> None:
    secure = parts.settings.secure_cookies
    response.set_cookie(
        cookie_name(secure=secure),
        token,
        max_age=LIFETIME_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
