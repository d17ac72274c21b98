"""What the routes need of the running service, and the callers they let in."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.requests import Request

from auth.addresses import client_address
from auth.login_limits import LoginLimits
from auth.passwords import Passwords
from auth.queries.users import find_user
from auth.settings import AuthSettings
from auth.tokens import SigningKey
from common.database import Database
from common.identity import Identity, Role
from common.routing import allow, part
from common.service import Runtime


@dataclass(frozen=True)
class Auth:
    """The parts of the service that a request may use."""

    runtime: Runtime
    settings: AuthSettings
    database: Database
    passwords: Passwords
    limits: LoginLimits
    key: SigningKey

    def address(self, request: Request) -> str:
        return client_address(request, self.settings.trusted_proxies)

    async def said(self, user_id: UUID) -> None:
        """A change of a user was committed: publish it, and forget what replicas hold of them."""
        self.runtime.said()
        await self.runtime.forget_user(user_id)


async def user_exists(request: Request) -> None:
    """`UserNotFound` where the path names nobody."""
    parts: Auth = request.app.state.auth
    async with parts.database.read() as reader:
        await find_user(reader, request.path_params["id"])


AuthDep = Annotated[Auth, part("auth")]
Anyone = Annotated[Identity, allow()]
AnyoneAtAll = Annotated[Identity, allow(may_owe_password_change=True)]
Person = Annotated[Identity, allow(Role.ADMIN, Role.AGENT, Role.USER, may_owe_password_change=True)]
Admin = Annotated[Identity, allow(Role.ADMIN)]
UserId = Annotated[str, Path(alias="id", description="The user's id.")]
