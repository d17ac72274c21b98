"""What a first run needs: the admin, the service account goddard, and the system user who closes tickets."""

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from auth import api_keys
from auth.passwords import Passwords
from auth.settings import AuthSettings
from auth.usecases.write_user import insert_user
from common.database import Database, Transaction, query
from common.ids import new_id
from common.peers import Peer
from common.problems import Unavailable
from contracts.auth import SYSTEM

_TAKE_TURNS = query("SELECT pg_advisory_xact_lock(hashtext('auth: seed'))")
_EVER_SEEDED = query("SELECT EXISTS (SELECT FROM users WHERE id = %(id)s)")


async def seed(database: Database, settings: AuthSettings) -> None:
    """Create the accounts, print goddard's key once, have cti plant its sample tree. A second run changes nothing."""
    passwords = Passwords()
    password_hash = await passwords.hash("admin123")
    passwords.close()
    key, key_hash = api_keys.mint()
    async with database.transaction() as tx:
        await tx.one(_TAKE_TURNS)
        first = not await tx.scalar(_EVER_SEEDED, id=SYSTEM.id)
        if first:
            await _create_accounts(tx, password_hash, key_hash)
    if first:
        print("auth: created admin (password admin123: change it now) and the service account goddard")
        print(f"auth: goddard's API key, shown only now: {key}")
        if settings.goddard_key_file is not None:
            _keep_private(settings.goddard_key_file, key)
    else:
        print("auth: the accounts are there already; nothing was changed")
    if "cti_url" in settings.model_fields_set:
        await _plant_sample_tree(settings)


async def _create_accounts(tx: Transaction, password_hash: str, key_hash: str) -> None:
    await _insert(tx, SYSTEM.id, username=SYSTEM.username, display_name=SYSTEM.display_name, role="SERVICE")
    await _insert(
        tx,
        new_id(),
        username="admin",
        display_name="Admin",
        role="ADMIN",
        password_hash=password_hash,
        must_change_password=True,
    )
    await _insert(tx, new_id(), username="goddard", display_name="Goddard", role="SERVICE", api_key_hash=key_hash)


async def _insert(tx: Transaction, user_id: UUID, **values: Any) -> None:
    await insert_user(tx, user_id, {"email": f"{values['username']}@ticketing.invalid"} | values, None)


async def _plant_sample_tree(settings: AuthSettings) -> None:
    cti = Peer("cti", settings.cti_url, settings.cti_service_secret, caller="auth")
    try:
        answer = await cti.post("/internal/seed", patience=5)
        planted = answer["created"]
        print(f"auth: cti planted its sample tree, {planted} nodes" if planted else "auth: cti has categories already")
    except (Unavailable, httpx.HTTPError):
        print("auth: cti does not answer, so there is no sample tree yet. When it runs: python -m cti seed")
    finally:
        await cti.close()


def _keep_private(path: Path, key: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)  # where it was there before, with another mode
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{key}\n")
