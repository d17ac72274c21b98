"""What auth does beside answering: publish its signing key once the database answers."""

import asyncio
import logging

from psycopg import Error as PostgresError
from psycopg_pool import PoolTimeout

from auth.settings import AuthSettings
from auth.tokens import SigningKey
from auth.usecases.publish_key import publish_key
from common.service import Runtime

log = logging.getLogger(__name__)


async def keep_key_published(runtime: Runtime) -> None:
    """Try until it is done: nobody can verify a token before."""
    settings: AuthSettings = runtime.settings
    key = SigningKey.derive(settings.jwt_secret)
    while True:
        try:
            if await publish_key(runtime.database, key):
                log.info("key.published", extra={"kid": key.kid})
                runtime.said()
                await runtime.forget_keys()
            return
        except (PostgresError, PoolTimeout) as error:
            log.warning("key.not_published", extra={"reason": str(error)})
            await asyncio.sleep(0.5)
