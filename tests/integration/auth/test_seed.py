"""The seed: what a first run creates, and that a second one does not."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest

from auth.seed import seed
from auth.settings import AuthSettings
from common.api_keys import hash_api_key, is_api_key
from common.database import Database, query
from integration.auth.callers import Caller, log_in
from integration.auth.conftest import SETTINGS
from integration.auth.said import everything, said

pytestmark = pytest.mark.anyio

SYSTEM = "00000000-0000-7000-8000-000000000001"
CTI_SECRET = "the secret that cti knows its callers by"
_ACCOUNTS = query("SELECT username, role, must_change_password FROM users ORDER BY username")
_GODDARD = query("SELECT api_key_hash FROM users WHERE username = 'goddard'")


@pytest.fixture
async def empty(empty_url: str) -> Database:
    database = Database(empty_url, schema="auth")
    await database.open()
    return database


def settings(database: Database, **more: object) -> AuthSettings:
    return AuthSettings(**{**SETTINGS, "database_url": database.url, **more})


@contextmanager
def cti(answer: bytes = b'{"created": 31}') -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Stands in for cti's /internal/seed: its address, and what it was asked."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.headers["authorization"].removeprefix("Bearer ")))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


async def test_r82_a_first_run_creates_the_accounts(empty: Database) -> None:
    await seed(empty, settings(empty))
    async with empty.read() as reader:
        accounts = [tuple(row) for row in await reader.all(_ACCOUNTS)]
    assert accounts == [("admin", "ADMIN", True), ("goddard", "SERVICE", False), ("system", "SERVICE", False)]
    await empty.close()


async def test_r82_the_key_is_printed_once_and_works(
    empty: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "goddard.key"
    await seed(empty, settings(empty, goddard_key_file=file))
    key = file.read_text().strip()
    assert capsys.readouterr().out.count(key) == 1
    assert is_api_key(key)
    assert file.stat().st_mode & 0o777 == 0o600
    async with empty.read() as reader:
        assert await reader.scalar(_GODDARD) == hash_api_key(key)
    await empty.close()


async def test_r82_a_second_run_changes_nothing_and_prints_no_key(
    empty: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "goddard.key"
    await seed(empty, settings(empty))
    before = await everything(empty)
    capsys.readouterr()
    await seed(empty, settings(empty, goddard_key_file=file))
    assert await everything(empty) == before
    assert "sk_" not in capsys.readouterr().out
    assert not file.exists()
    await empty.close()


async def test_r82_two_at_once_create_them_once(empty: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await asyncio.gather(*(seed(empty, settings(empty)) for _ in range(3)))
    assert capsys.readouterr().out.count("sk_") == 1
    async with empty.read() as reader:
        assert len(await reader.all(_ACCOUNTS)) == 3
    await empty.close()


async def test_r82_cti_is_asked_for_its_tree_as_one_service_asks_another(
    empty: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with cti() as (url, asked):
        await seed(empty, settings(empty, cti_url=url, cti_service_secret=CTI_SECRET))
    ((path, token),) = asked
    assert path == "/internal/seed"
    assert jwt.decode(token, CTI_SECRET, algorithms=["HS256"], audience="cti")["iss"] == "auth"
    assert "31" in capsys.readouterr().out
    await empty.close()


async def test_r82_where_cti_is_down_the_accounts_stand_and_the_next_step_is_told(
    empty: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await seed(empty, settings(empty, cti_url="http://127.0.0.1:1", cti_service_secret=CTI_SECRET))
    said_ = capsys.readouterr().out
    assert "python -m cti seed" in said_
    async with empty.read() as reader:
        assert len(await reader.all(_ACCOUNTS)) == 3
    await empty.close()


async def test_a7_everybody_hears_of_the_system_user(database: Database) -> None:
    (event,) = await said(database, SYSTEM)
    assert event["data"]["username"] == "system"
    assert event["data"]["apiKeyHash"] is None


async def test_a7_nobody_is_or_sees_the_system_user(admin: Caller) -> None:
    assert (await log_in(admin.client, "system", "")).status_code == 401
    assert SYSTEM not in {row["id"] for row in (await admin.get("/api/users")).json()}
    assert (await admin.patch(SYSTEM, displayName="Me")).status_code == 404
    assert (await admin.delete(SYSTEM)).status_code == 404
