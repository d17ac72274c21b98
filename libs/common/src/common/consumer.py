"""Hear what another service says: a durable pull consumer, driven by our own small loop.

    users = DurablePull(
        database, bus, IDENTITY, handlers={UserChanged: keep_user, UserDeleted: keep_user, KeyPublished: ignore},
        dead_letters=letters,
    )
    task = asyncio.create_task(users.run())
    await users.caught_up.wait()

A batch is one transaction: handle, commit, then acknowledge. Messages come again, and in any order; handlers are
idempotent by key. What fails for a moment is tried again. What fails for good is set aside with the reason, in the
same transaction, so that its neighbours never wait.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import psycopg
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy
from nats.js.errors import NotFoundError
from prometheus_client import Gauge
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from common import logs
from common.bus import API_TIMEOUT, Bus, Disconnected, header
from common.database import Database, Transaction
from common.dead_letters import DETERMINISTIC, DeadLetters, Handlers, read
from common.event import Event
from common.streams import Stream
from common.tasks import together

logger = logging.getLogger(__name__)

PENDING = Gauge("consumer_num_pending", "Messages of the stream not yet delivered.", ["stream"])
ACK_PENDING = Gauge("consumer_ack_pending", "Messages delivered and not yet acknowledged.", ["stream"])
REDELIVERED = Gauge("consumer_redelivered", "Messages delivered more than once and not yet acknowledged.", ["stream"])
STALENESS = Gauge(
    "projection_staleness_s", "Seconds since this service was last known to have heard everything.", ["stream"]
)

BATCH = 128
BATCH_BYTES = 4 * 1024 * 1024
WAIT = 30.0
"""Seconds one request waits for a message. A reconnect ends the wait early, and so does missing the heartbeat."""

HEARTBEAT = 2.0
LINGER = 0.0015
"""Seconds to wait behind the first message for what was said together with it: the relay paces what it says."""

ACK_WAIT = 8.0
"""Seconds after which NATS gives a message to another replica, or again to this one after a lost connection."""

MEASURE = 5.0
ATTEMPTS = 5
"""How often a handler may raise what nobody expected before the message is set aside."""

# The world's fault, not the message's: the batch waits until it is over.
TRANSIENT = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    PoolClosed,
    TooManyRequests,
    TimeoutError,
    OSError,
)

Together = Callable[[Database, Sequence[Any]], Awaitable[None]]
_STILL_THERE = "100"

AfterCommit = Callable[[Sequence[Event]], Awaitable[None]]


async def ignore(_tx: Transaction, _event: Event) -> None:
    """The handler of an event that belongs to the stream and means nothing to this service."""


class DurablePull:
    """The durable `bus.name` (or `durable`) on `stream`. Replicas share it: each message goes to one of them.

    `handlers` names every event type the stream may carry; any other is a dead letter. `together`, if given, handles a
    whole batch as its handlers would one by one, in fewer statements and all or nothing; should it raise, they do it
    one by one.
    `after_commit` gets the events of each committed batch, in order.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        stream: Stream,
        *,
        handlers: Handlers,
        dead_letters: DeadLetters,
        durable: str | None = None,
        together: Together | None = None,
        after_commit: AfterCommit | None = None,
    ) -> None:
        self.stream = stream
        self.handlers = handlers
        self.caught_up = asyncio.Event()
        """Set once everything that was in the stream has been handled."""
        self._database = database
        self._bus = bus
        self._durable = durable or bus.name
        self._dead_letters = dead_letters
        self._together = together or self._one_by_one
        self._after_commit = after_commit
        self._failures: dict[int, int] = {}
        self._heard_all_at = time.monotonic()

    async def run(self) -> None:
        """Hear until cancelled."""
        await together(self._measure_for_ever(), self._hear_for_ever())

    async def _hear_for_ever(self) -> None:
        while True:
            await self._bus.connected()
            try:
                await self._hear(self._bus.epoch)
            except NotFoundError:
                # The stream is its owner's to declare, and the owner's relay is about to.
                await asyncio.sleep(0.25)
            except Exception as error:  # noqa: BLE001 - a consumer that ended would be noticed by nobody
                logger.warning("consumer.interrupted", extra=self._fields(reason=repr(error)))
                await asyncio.sleep(0.25)

    async def _hear(self, epoch: int) -> None:
        """Pull under one connection. Ends when there is another, because it loses what was asked for."""
        info = await self._ensure_durable()
        self._observe(info)
        pull = await _Pull.open(self._bus, self.stream.name, self._durable)
        try:
            while self._bus.epoch == epoch:
                messages = await pull.batch(self._bus)
                if not messages:
                    self._observe(await self._info())
                    continue
                await self._handle(messages, epoch)
                if not self.caught_up.is_set() and messages[-1].metadata.num_pending == 0:
                    self._observe(await self._info())
        finally:
            # Under another connection our numbers may mean other messages.
            await pull.close(give_back=self._bus.epoch == epoch)

    async def _ensure_durable(self) -> ConsumerInfo:
        """The durable as it should be: created if there is none, as after NATS forgot, and brought up to date."""
        self._failures.clear()
        return await self._bus.js.add_consumer(
            self.stream.name,
            ConsumerConfig(
                name=self._durable,
                durable_name=self._durable,
                # In a list, the subjects need no place in the API subject, which permissions would have to spell out.
                filter_subjects=list(self.stream.subjects),
                deliver_policy=(DeliverPolicy.LAST_PER_SUBJECT if self.stream.last_per_subject else DeliverPolicy.ALL),
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_deliver=-1,
                max_ack_pending=4 * BATCH,
            ),
        )

    async def _info(self) -> ConsumerInfo:
        info: ConsumerInfo = await self._bus.js.consumer_info(self.stream.name, self._durable)
        return info

    async def _handle(self, messages: Sequence[Msg], epoch: int) -> None:
        """One batch, as often as it takes."""
        delay = 0.05
        while True:
            try:
                handled, events = await self._commit(messages)
                break
            except TRANSIENT as error:
                logger.warning("consumer.retries", extra=self._fields(reason=repr(error), count=len(messages)))
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
                if self._bus.epoch != epoch:
                    return
                for message in messages:
                    await message.in_progress()
        # Under another connection the stream may be another one, in which our numbers mean other messages.
        if self._bus.epoch == epoch:
            await self._acknowledge(handled)
        for message in handled:
            self._failures.pop(message.metadata.sequence.stream, None)
        self._log_heard(events)
        if self._after_commit is not None and events:
            await self._after_commit(events)

    async def _acknowledge(self, messages: Sequence[Msg]) -> None:
        for message in messages[:-1]:
            await message.ack()
        for message in messages[-1:]:
            if self.caught_up.is_set():
                await message.ack()
            else:
                # Waits until NATS has counted it, so that the question whether anything is left gets a true answer.
                await message.ack_sync(timeout=API_TIMEOUT)

    async def _commit(self, messages: Sequence[Msg]) -> tuple[Sequence[Msg], list[Event]]:
        """Handle the batch, all or nothing. Returns what to acknowledge, and the events that took effect."""
        try:
            events = [read(message.data, self.handlers)[0] for message in messages]
            with _working_on(events):
                await self._together(self._database, events)
            return messages, events
        except TRANSIENT:
            raise
        except Exception:  # noqa: BLE001 - which message it was, and what to do about it, the careful way finds out
            return await self._commit_carefully(messages)

    async def _one_by_one(self, database: Database, events: Sequence[Event]) -> None:
        async with database.transaction() as tx:
            for event in events:
                with _working_on([event]):
                    await self.handlers[type(event)](tx, event)

    async def _commit_carefully(self, messages: Sequence[Msg]) -> tuple[Sequence[Msg], list[Event]]:
        """The same with a savepoint around each message, so that one failure undoes only itself."""
        handled: list[Msg] = []
        events: list[Event] = []
        later: list[Msg] = []
        async with self._database.transaction() as tx:
            for message in messages:
                with ExitStack() as context:
                    try:
                        event, handle = read(message.data, self.handlers)
                        context.enter_context(_working_on([event]))
                        async with tx.savepoint():
                            await handle(tx, event)
                    except TRANSIENT:
                        raise
                    except DETERMINISTIC as error:
                        await self._set_aside(tx, message, error)
                        handled.append(message)
                    except Exception as error:
                        if self._fail(message) >= ATTEMPTS:
                            await self._set_aside(tx, message, error)
                            handled.append(message)
                        else:
                            logger.warning(
                                "consumer.failed",
                                extra=self._fields(subject=message.subject, reason=type(error).__name__),
                                exc_info=error,
                            )
                            later.append(message)
                    else:
                        handled.append(message)
                        events.append(event)
        for message in later:
            await message.nak(delay=0.1 * 2 ** self._failures[message.metadata.sequence.stream])
        return handled, events

    async def _set_aside(self, tx: Transaction, message: Msg, error: Exception) -> None:
        await self._dead_letters.add(
            tx, stream=self.stream.name, subject=message.subject, body=message.data, error=error
        )
        await self._dead_letters.measure(tx)
        logger.error("consumer.dead_letter", extra=self._fields(subject=message.subject, reason=type(error).__name__))

    def _fail(self, message: Msg) -> int:
        sequence = message.metadata.sequence.stream
        self._failures[sequence] = self._failures.get(sequence, 0) + 1
        return self._failures[sequence]

    async def _measure_for_ever(self) -> None:
        while True:
            try:
                async with self._database.read() as reader:
                    await self._dead_letters.measure(reader)
                self._observe(await self._info())
            except (*TRANSIENT, psycopg.Error, Disconnected, NatsError):
                # Not to know is a state too: the staleness below goes on growing.
                pass
            STALENESS.labels(self.stream.name).set(time.monotonic() - self._heard_all_at)
            await asyncio.sleep(MEASURE)

    def _observe(self, info: ConsumerInfo) -> None:
        PENDING.labels(self.stream.name).set(info.num_pending or 0)
        ACK_PENDING.labels(self.stream.name).set(info.num_ack_pending or 0)
        REDELIVERED.labels(self.stream.name).set(info.num_redelivered or 0)
        if not info.num_pending and not info.num_ack_pending:
            self._heard_all_at = time.monotonic()
            self.caught_up.set()

    def _log_heard(self, events: Sequence[Event]) -> None:
        """One line a batch, by which an event and its trace are found here."""
        more: dict[str, Any] = {}
        if len(events) > 1:
            more = {
                "eventIds": [event.id for event in events],
                "traceIds": sorted({logs.trace_id(event.traceparent) for event in events if event.traceparent}),
            }
        if events:
            with _working_on(events):
                logger.info("consumer.heard", extra=self._fields(count=len(events), **more))

    def _fields(self, **fields: Any) -> dict[str, Any]:
        return {"stream": self.stream.name, "durable": self._durable, **fields}


def _working_on(events: Sequence[Event]) -> AbstractContextManager[None]:
    """Log lines name the event, where it is one alone."""
    return logs.working_on(events[0].id, events[0].traceparent) if len(events) == 1 else nullcontext()


class _Pull:
    """One request at a time for up to a batch of messages, on an inbox of our own.

    What arrives while a batch is handled is the next one. nats-py's `fetch(n)` would wait for n messages even when
    another replica got some of them.
    """

    def __init__(self, subscription: Subscription, arrived: asyncio.Queue[Msg], inbox: str, subject: str) -> None:
        self._subscription = subscription
        self._arrived = arrived
        self._inbox = inbox
        self._subject = subject
        self._requests = 0
        self._owed = 0
        """How many messages the last request may still bring."""

    @classmethod
    async def open(cls, bus: Bus, stream: str, durable: str) -> "_Pull":
        inbox = bus.connection.new_inbox()
        # A queue of our own: nats-py's `next_msg` swallows a cancellation that comes when the connection just closed.
        arrived: asyncio.Queue[Msg] = asyncio.Queue()
        subscription = await bus.connection.subscribe(f"{inbox}.*", cb=arrived.put)
        return cls(subscription, arrived, inbox, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}")

    async def close(self, *, give_back: bool) -> None:
        """`give_back`: what has arrived goes to another replica at once, and not only when it is missed."""
        try:
            await self._subscription.unsubscribe()
            for message in self._here() if give_back else ():
                await message.nak()
        except NatsError:
            # The connection is gone, and the subscription with it.
            pass

    async def batch(self, bus: Bus) -> list[Msg]:
        """At least one message, unless none came for a while, or the durable or the connection is no more."""
        epoch = bus.epoch
        if not self._owed:
            await self._ask(bus)
        asked_at = time.monotonic()
        messages: list[Msg] = []
        while not messages and self._owed and bus.epoch == epoch:
            if time.monotonic() - asked_at > 2 * HEARTBEAT + 1:
                # The request is lost: NATS would have said that it is still there.
                self._owed = 0
                break
            message = await self._next()
            if message is not None:
                asked_at = time.monotonic()
                messages = self._sorted(message)
        if messages:
            await asyncio.sleep(LINGER)
            messages += self._here()
        return messages

    async def _ask(self, bus: Bus) -> None:
        self._requests += 1
        wait = {
            "batch": BATCH,
            "max_bytes": BATCH_BYTES,
            "expires": int(WAIT * 1e9),
            "idle_heartbeat": int(HEARTBEAT * 1e9),
        }
        await bus.connection.publish(self._subject, json.dumps(wait).encode(), reply=self._reply)
        self._owed = BATCH

    @property
    def _reply(self) -> str:
        return f"{self._inbox}.{self._requests}"

    def _here(self) -> list[Msg]:
        """What has arrived already."""
        messages: list[Msg] = []
        while not self._arrived.empty():
            messages += self._sorted(self._arrived.get_nowait())
        return messages

    def _sorted(self, message: Msg) -> list[Msg]:
        """The message, unless it speaks of the request."""
        status = header(message, "Status")
        if status is None:
            self._owed = max(0, self._owed - 1)
            return [message]
        if status != _STILL_THERE and message.subject == self._reply:
            # Expired, full, or no such durable: this request gets nothing further.
            self._owed = 0
        return []

    async def _next(self) -> Msg | None:
        """The next message, or None after half a second: then it is time to see whether the connection is another."""
        try:
            async with asyncio.timeout(0.5):
                return await self._arrived.get()
        except TimeoutError:
            return None
