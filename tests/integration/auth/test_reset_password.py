"""A password for whoever has none to sign in with any more. What it opens and ends: tests/e2e/test_devstack.py."""

import pytest

from auth.settings import AuthSettings
from auth.usecases.reset_password import reset_password
from common.database import Database
from common.service import Refused
from integration.auth.conftest import SETTINGS
from integration.auth.said import everything

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("username", "why"), [("nobody", "there is no account nobody"), ("goddard", "goddard has an API key")]
)
async def test_who_has_no_password_gets_none(database: Database, username: str, why: str) -> None:
    settings, before = AuthSettings(**SETTINGS, database_url=database.url), await everything(database)
    with pytest.raises(Refused, match=why):
        await reset_password(database, settings, username)
    assert await everything(database) == before
