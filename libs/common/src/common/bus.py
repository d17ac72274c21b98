"""The connection to NATS: it comes up when NATS does, comes back when NATS does, and never stops the service.

    bus = Bus("nats://tickets:...@127.0.0.1:4222", name="tickets")
    await bus.start()                               # returns at once, connects in the background for ever
    await bus.subscribe("wake.tickets", on_wake)    # on_wake(payload), again on every new connection
    await bus.publish("wake.tickets", b"")          # told to whom else is there; dropped while disconnected

FastStream's broker makes the connection and ends it. What must arrive goes through the outbox, never through `publish`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from faststream.nats import NatsBroker
from nats.aio.client import Client, ErrorCallback
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from prometheus_client import Counter, Gauge

from common.tasks import end

logger = logging.getLogger(__name__)

CONNECTED = Gauge("nats_connected", "1 while the connection to NATS stands.")
VIOLATIONS = Counter("nats_permission_violations", "Publishes and subscriptions that NATS refused to this service.")

API_TIMEOUT = 2.0
"""Seconds a JetStream request may take. Shorter than the relay's lock lives without a sign of life."""

Callback = Callable[[bytes], Awaitable[None]]


class Disconnected(Exception):
    """There is no connection to NATS at the moment."""


class Bus:
    """One service's connection to NATS."""

    def __init__(self, url: str, *, name: str) -> None:
        self.name = name
        self._url = url
        self._broker: NatsBroker | None = None
        self._connection: Client | None = None
        self._js: JetStreamContext | None = None
        self._subscriptions: list[tuple[str, Callback]] = []
        self._up = asyncio.Event()
        self._lost = asyncio.Event()
        self._epoch = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to connect. Returns at once."""
        self._task = asyncio.create_task(self._keep_connected(), name="bus")

    async def close(self) -> None:
        """Send what waits to be sent, then hang up. Takes 3 seconds at most."""
        if self._task is not None:
            await end([self._task])
        await self._hang_up()

    @property
    def is_connected(self) -> bool:
        return self._connection is not None and self._connection.is_connected

    @property
    def epoch(self) -> int:
        """Another number for each connection. What was fetched under another is no longer ours to acknowledge."""
        return self._epoch

    @property
    def connection(self) -> Client:
        """The nats-py client. `Disconnected` while there is none."""
        if self._connection is None or not self._connection.is_connected:
            raise Disconnected(f"{self.name} has no connection to NATS")
        return self._connection

    @property
    def js(self) -> JetStreamContext:
        """JetStream on this connection. `Disconnected` while there is none."""
        if self._js is None or not self.is_connected:
            raise Disconnected(f"{self.name} has no connection to NATS")
        return self._js

    async def connected(self) -> None:
        """Wait until there is a connection."""
        while not self.is_connected:
            self._up.clear()
            await self._up.wait()

    async def publish(self, subject: str, payload: bytes = b"") -> None:
        """Tell whoever else listens now. Never raises for want of a connection: the message is dropped then."""
        try:
            await self.connection.publish(subject, payload)
        except (Disconnected, NatsError, OSError) as error:
            logger.debug("bus.dropped", extra={"subject": subject, "reason": str(error)})

    async def tell_replicas(self, subject: str, payload: bytes = b"") -> None:
        """Tell every replica of this service, this one first and whether or not there is a connection."""
        for heard, callback in self._subscriptions:
            if heard == subject:
                await callback(payload)
        await self.publish(subject, payload)

    async def subscribe(self, subject: str, callback: Callback) -> None:
        """Call `callback` with what others say on `subject`, on this connection and on every later one."""
        self._subscriptions.append((subject, callback))
        if self._connection is not None and self.is_connected:
            await _hear(self._connection, subject, callback)

    async def _keep_connected(self) -> None:
        while True:
            self._lost.clear()
            try:
                await self._connect()
                await self._lost.wait()
                logger.warning("bus.lost", extra={"service": self.name})
            except (NatsError, OSError) as error:
                logger.warning("bus.refused", extra={"service": self.name, "reason": str(error)})
                await asyncio.sleep(1)
            await self._hang_up()

    async def _connect(self) -> None:
        self._broker = _PatientBroker(
            self._url,
            name=self.name,
            # Without a trailing dot: nats-py adds one of its own.
            inbox_prefix=f"_INBOX_{self.name}",
            max_reconnect_attempts=-1,
            ping_interval=5,
            max_outstanding_pings=2,
            connect_timeout=2,
            reconnect_time_wait=0.25,  # type: ignore[arg-type]  # nats-py sleeps for it, any number of seconds will do
            drain_timeout=2,
            # Nothing is kept for after a reconnect, see _on_disconnected.
            pending_size=0,
            no_echo=True,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_connected,
            closed_cb=self._on_closed,
            logger=None,
        )
        # Returns when NATS answers, however long that takes; only this task waits for it.
        connection = await self._broker.connect()
        try:
            await self._broker.start()
            # Before anybody else sees the connection: who subscribes meanwhile is heard of here, and only once.
            for subject, callback in self._subscriptions:
                await _hear(connection, subject, callback)
        except BaseException:
            await hang_up(connection)
            raise
        self._epoch += 1
        self._connection = connection
        self._js = connection.jetstream(timeout=API_TIMEOUT)
        await self._on_connected()

    async def _hang_up(self) -> None:
        broker, self._broker, connection, self._connection = self._broker, None, self._connection, None
        self._js = None
        CONNECTED.set(0)
        if broker is None or connection is None:
            return
        try:
            async with asyncio.timeout(3):
                if connection.is_connected:
                    await broker.stop()
                else:
                    await hang_up(connection)
        except (NatsError, OSError, TimeoutError) as error:
            logger.info("bus.hung_up", extra={"service": self.name, "reason": str(error)})

    async def _on_connected(self) -> None:
        self._up.set()
        CONNECTED.set(1)
        logger.info("bus.connected", extra={"service": self.name, "epoch": self._epoch})

    async def _on_disconnected(self) -> None:
        # Counted here and not once connected: nats-py says that it is connected before it says so to us.
        self._epoch += 1
        CONNECTED.set(0)
        if self._connection is not None:
            # nats-py would send what it had not yet written first thing after the reconnect: the end of a batch whose
            # beginning was lost, and acknowledgements to a stream that may be another one.
            self._connection._pending = []  # noqa: SLF001 - there is no public way
            self._connection._pending_data_size = 0  # noqa: SLF001

    async def _on_closed(self) -> None:
        self._lost.set()

    async def _on_error(self, error: Exception) -> None:
        reason = str(error)
        if "permissions violation" in reason.lower():
            VIOLATIONS.inc()
            logger.error("bus.denied", extra={"service": self.name, "reason": reason})
            return
        logger.debug("bus.error", extra={"service": self.name, "reason": reason})
        connection = self._connection
        if connection is not None and isinstance(error, NatsError) and not connection.is_connected:
            # Refused while reconnecting. nats-py would leave the socket of each such attempt open; while connecting
            # for the first time it closes them, so that is what we do.
            self._lost.set()


class _PatientBroker(NatsBroker):
    """FastStream's broker, without its giving up, and without its leaving an attempt to connect half made.

    Its own callback raises on "authorization violation" and the like. nats-py awaits that callback in its reconnect
    task, which then ends for good, and the service with it: a password that is wrong for a moment must not do that.
    """

    def _log_connection_broken(self, error_cb: ErrorCallback | None = None) -> ErrorCallback:
        return error_cb or super()._log_connection_broken()

    async def _connect(self) -> Client:
        connection = _Connection()
        try:
            await connection.connect(**self._connection_kwargs)
        except BaseException:
            # Nobody waits for it any longer. nats-py would leave its socket open.
            await hang_up(connection)
            raise
        self.config.connect(connection)
        return connection


class _Connection(Client):
    """nats-py's client, which takes `tls://` for a wish: who asks for no TLS is shown the password in clear."""

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        server = self._current_server
        if initial_connection and server and server.uri.scheme == "tls" and not info.get("tls_required"):
            raise NatsError("the address says tls://, and who answers there asks for no TLS")
        await super()._process_info(info, initial_connection)


async def _hear(connection: Client, subject: str, callback: Callback) -> None:
    async def heard(message: Msg) -> None:
        await callback(message.data)

    await connection.subscribe(subject, cb=heard)


async def hang_up(connection: Client) -> None:
    """End a connection for good, also one that is about to be made again.

    nats-py cancels its reconnecting once. Where that is forgotten, it connects once more after it was closed.
    """
    reconnecting = connection._reconnection_task  # noqa: SLF001 - there is no public way
    if reconnecting is not None:
        await end([reconnecting])
    await connection.close()


def header(message: Msg, name: str) -> str | None:
    """A header of a message, or None."""
    headers: dict[str, Any] | None = message.headers
    return None if headers is None else headers.get(name)
