"""The auth service: what it is made of."""

from pathlib import Path

from fastapi import FastAPI

from auth import tables
from auth.api import internal, sessions, users
from auth.api.dependencies import Auth
from auth.login_limits import LoginLimits
from auth.passwords import Passwords
from auth.seed import seed
from auth.settings import AuthSettings
from auth.tasks import keep_key_published
from auth.tokens import SigningKey
from auth.usecases.reset_password import reset_password
from common.service import Command, Runtime, Service
from contracts.streams import IDENTITY, REVOKED


async def _start(app: FastAPI, runtime: Runtime) -> None:
    settings: AuthSettings = runtime.settings
    passwords, limits = Passwords(), LoginLimits(settings.redis_url)
    runtime.ending.callback(passwords.close)
    runtime.ending.push_async_callback(limits.close)
    app.state.auth = Auth(
        runtime=runtime,
        settings=settings,
        database=runtime.database,
        passwords=passwords,
        limits=limits,
        key=SigningKey.derive(settings.jwt_secret),
    )


service = Service(
    name="auth",
    description="Users, sessions and API keys.",
    settings=AuthSettings,
    metadata=tables.metadata,
    versions=Path(__file__).parents[2] / "migrations" / "versions",
    routers=[sessions.router, users.router, internal.router],
    outbox=tables.outbox,
    owns=[IDENTITY, REVOKED],
    start=_start,
    tasks=[keep_key_published],
    seed=seed,
    commands=[
        Command("reset-password", "a new password, when nobody can sign in to set one", "username", reset_password)
    ],
)
