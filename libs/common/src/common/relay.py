"""The relay: one leader among a service's replicas carries the outbox to JetStream.

    relay = Relay(database, bus, outbox, streams=[EVENTS], purge_after={TicketDeleted.type_name()})
    task = asyncio.create_task(relay.run())
    ...
    relay.wake()        # after each commit; without it the poll finds the row within 250 ms

Postgres is the truth. The relay looks for rows that say they are unpublished, never for rows after a place it
remembers: transactions do not commit in the order of their ids. If a stream is not the one it last wrote to, or is
shorter than it was, the relay declares it again and says again what should be in it. Readers absorb duplicates.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from nats.errors import Error as NatsError
from nats.js.api import Header, PubAck
from nats.js.errors import NotFoundError
from prometheus_client import Counter, Gauge

from common.bus import API_TIMEOUT, Bus, Disconnected
from common.database import Database, Row, Transaction, query
from common.outbox import Outbox
from common.streams import Stream, declare
from common.tasks import together

logger = logging.getLogger(__name__)

UNPUBLISHED = Gauge("outbox_unpublished", "Events that are true but not yet said.")
OLDEST_AGE = Gauge("outbox_oldest_age_s", "Age of the oldest of them, in seconds.")
IS_LEADER = Gauge("relay_is_leader", "1 on the replica whose relay publishes. The sum over a service's replicas is 1.")
STREAM_FILL = Gauge(
    "stream_fill_ratio", "How full a stream with a limit is: 1 is full, and then its oldest go.", ["stream"]
)
EPOCH_CHANGES = Counter("nats_epoch_changes", "Times a stream was found to have forgotten what it had acknowledged.")

IDLE_SESSION = "4s"
"""A leader that does not run for so long loses its session, and with it the lock."""

POLL = 0.25
PACE = 0.008
SLOWEST_PACE = 0.032
"""Seconds from one batch to the next, for each event it carried and at most. At 100 events a second hardly any waits;
beyond that a batch carries several, for NATS and its readers too."""

CANDIDATE_POLL = 0.5
EPOCH_CHECK = 3.0
MEASURE = 5.0
PRUNE = 3600.0
BATCH = 256
BATCH_BYTES = 4 * 1024 * 1024
ACK_TIMEOUT = 2.5
UNPUBLISH_SPAN = 20_000
"""Ids that one statement looks at: however long the log, each stays far below what a statement may take."""

PURGE_SPAN = 20_000
"""How many of the last events may be younger than what NATS has last written to disk: ten seconds of them."""

HEADER_BYTES = 512


class Relay:
    """Publishes the events of one service. Run one in each replica; one of them leads.

    `purge_after`: event types after which nothing older on the same subject may stay in the stream.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        outbox: Outbox,
        *,
        streams: Sequence[Stream],
        purge_after: Collection[str] = (),
    ) -> None:
        self._database = database
        self._bus = bus
        self._outbox = outbox
        self._streams = tuple(streams)
        self._purge_after = frozenset(purge_after)
        self._subject = f"wake.{bus.name}"
        self._awake = asyncio.Event()
        self._untold = False
        self._pinging: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Say that something was committed, here and to the other replicas."""
        self._awake.set()
        self._untold = True
        if self._pinging is None or self._pinging.done():
            self._pinging = asyncio.create_task(self._ping_others())

    async def run(self) -> None:
        """Lead, or wait to lead, until cancelled."""
        await self._bus.subscribe(self._subject, self._on_ping)
        await together(self._lead_for_ever())

    async def _ping_others(self) -> None:
        while self._untold:
            self._untold = False
            await self._bus.publish(self._subject)
            await asyncio.sleep(PACE)

    async def _lead_for_ever(self) -> None:
        while True:
            try:
                async with self._session() as session:
                    await self._wait_for_lead(session)
                    await self._lead(session)
            except Exception as error:  # noqa: BLE001 - a relay that ended would be noticed by nobody
                # Mostly: Postgres is away, or it ended our session because we did not run for a while.
                logger.warning("relay.lost_session", extra={"service": self._bus.name, "reason": str(error)})
                await asyncio.sleep(CANDIDATE_POLL)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Transaction]:
        connection = await self._database.connect(idle_session=IDLE_SESSION)
        try:
            yield Transaction(connection)
        finally:
            IS_LEADER.set(0)
            STREAM_FILL.clear()
            await connection.close()

    async def _wait_for_lead(self, session: Transaction) -> None:
        measured = _Never()
        while not await session.scalar(_TRY_LOCK):
            if measured.is_older_than(MEASURE):
                await self._measure(session)
                measured.touch()
            await asyncio.sleep(CANDIDATE_POLL)
        IS_LEADER.set(1)
        logger.info("relay.leads", extra={"service": self._bus.name})

    async def _lead(self, session: Transaction) -> None:
        checked_under: int | None = None
        purged_under: int | None = None
        checked, measured, pruned = _Never(), _Never(), _Never()
        while True:
            self._awake.clear()
            began = time.monotonic()
            carried, more = 0, False
            if measured.is_older_than(MEASURE):
                await self._measure(session)
                measured.touch()
            try:
                epoch = self._bus.epoch
                if checked_under != epoch or checked.is_older_than(EPOCH_CHECK):
                    for stream in self._streams:
                        await self._check(session, stream)
                    checked_under = epoch
                    checked.touch()
                if purged_under != epoch:
                    await self._purge_again(session)
                    purged_under = epoch
                carried, more = await self._publish(session, epoch)
                if pruned.is_older_than(PRUNE):
                    await self._prune(session)
                    pruned.touch()
            except Disconnected:
                # A sign of life, so that the session and the lock outlast the wait.
                await session.scalar(_ALIVE)
            except (Unacknowledged, NatsError, TimeoutError, OSError) as error:
                checked_under = None
                logger.warning("relay.stalled", extra={"service": self._bus.name, "reason": repr(error)})
                await session.scalar(_ALIVE)
                await asyncio.sleep(POLL)
            if not more:
                await self._rest(began + min(PACE * carried, SLOWEST_PACE))

    async def _rest(self, until: float) -> None:
        """Until something was committed, or the poll is due, but not before `until`."""
        try:
            async with asyncio.timeout(POLL):
                await self._awake.wait()
        except TimeoutError:
            pass
        await asyncio.sleep(max(0.0, until - time.monotonic()))

    async def _publish(self, session: Transaction, epoch: int) -> tuple[int, bool]:
        """Publish one batch. How many events it carried, and whether there were more than one batch may hold.

        `epoch` is the connection under which the streams were compared; under another one nothing is sent.
        `Unacknowledged` if NATS did not take all of it; what it took is marked.
        """
        largest = self._bus.connection.max_payload - HEADER_BYTES
        rows = await session.all(_UNPUBLISHED, limit=BATCH, bytes=BATCH_BYTES, largest=largest)
        if not rows:
            return 0, False
        superseded = _superseded([row for row in rows if self._is_state(row)])
        sent = await self._send([row for row in rows if row.id not in superseded], epoch)
        published = [(row, ack) for row, ack in sent if ack is not None]
        for row, ack in published:
            if row.type in self._purge_after:
                await self._bus.js.purge_stream(ack.stream, subject=row.subject, keep=1)
        if published:
            await self._mark(session, published)
        if states := [row.id for row, _ in published if self._is_state(row)]:
            await session.execute(_DROP_SUPERSEDED, ids=states)
        if len(published) < len(sent):
            raise Unacknowledged(f"{len(sent) - len(published)} of {len(sent)} events were not taken")
        oldest_ms = int((time.time() - rows[0].created_at.timestamp()) * 1000)
        logger.debug("outbox.published", extra={"count": len(published), "oldest_ms": oldest_ms})
        return len(rows), len(rows) == BATCH or rows[-1].bytes >= BATCH_BYTES

    async def _send(self, rows: Sequence[Row], epoch: int) -> list[tuple[Row, PubAck | None]]:
        """Publish in order without waiting for each answer. None where no acknowledgement came.

        The server keeps the order of what one client sends.
        """
        js = self._bus.js
        sent: list[tuple[Row, asyncio.Future[PubAck] | None]] = []
        for row in rows:
            stream = self._stream_of(row)
            if stream is None:
                logger.error("relay.no_stream", extra={"event": row.id, "subject": row.subject})
                sent.append((row, None))
                continue
            if self._bus.epoch != epoch:
                # Behind another connection the stream may have forgotten something. Were it to get more before it is
                # compared, what it forgot would hide behind that.
                sent += [(rest, None) for rest in rows[len(sent) :]]
                break
            try:
                future = await js.publish_async(
                    row.subject,
                    row.body.encode(),
                    wait_stall=API_TIMEOUT,
                    stream=stream.name,
                    headers={Header.MSG_ID.value: f"{row.aggregate_id}:{row.version}"},
                )
            except NatsError:
                # The connection broke. What comes after this row must not overtake it, so none of it is sent.
                sent += [(rest, None) for rest in rows[len(sent) :]]
                break
            sent.append((row, future))
        waiting = [future for _, future in sent if future is not None]
        if waiting:
            await asyncio.wait(waiting, timeout=ACK_TIMEOUT)
        return [(row, _ack(future)) for row, future in sent]

    async def _mark(self, session: Transaction, published: Sequence[tuple[Row, PubAck]]) -> None:
        last: dict[str, int] = {}
        for _, ack in published:
            last[ack.stream] = max(ack.seq, last.get(ack.stream, 0))
        await session.execute(
            _MARK,
            ids=[row.id for row, _ in published],
            seqs=[ack.seq for _, ack in published],
            streams=list(last),
            lasts=list(last.values()),
        )

    async def _check(self, session: Transaction, stream: Stream) -> None:
        """Compare the stream with the one last written to; say again what it lacks."""
        try:
            info = await self._bus.js.stream_info(stream.name)
        except NotFoundError:
            (info,) = await declare(self._bus.js, stream)
        if stream.max_bytes is not None:
            STREAM_FILL.labels(stream.name).set(info.state.bytes / stream.max_bytes)
        created = str(info.created)
        known = await session.first(_EPOCH, stream=stream.name)
        if known is not None and known.created == created and known.last_seq <= info.state.last_seq:
            return
        after = info.state.last_seq if known is not None and known.created == created else 0
        count = await _unpublish(session, stream, after=after)
        await session.execute(_SET_EPOCH, stream=stream.name, created=created, last_seq=info.state.last_seq)
        if known is not None:
            EPOCH_CHANGES.inc()
            logger.error("relay.stream_forgot", extra={"stream": stream.name, "again": count})

    async def _purge_again(self, session: Transaction) -> None:
        """What a power cut may have undone: NATS writes to disk now and then, and a purge leaves its last sequence."""
        if not self._purge_after:
            return
        for row in await session.all(_LATE, types=list(self._purge_after), span=PURGE_SPAN):
            stream = self._stream_of(row)
            if stream is not None:
                await self._bus.js.purge_stream(stream.name, subject=row.subject, keep=1)

    async def _prune(self, session: Transaction) -> None:
        """States that their stream has let go by age are kept no longer here."""
        for stream in self._streams:
            if stream.last_per_subject and stream.max_age is not None:
                await session.execute(_DROP_AGED, subjects=stream.subject_regex(), max_age=stream.max_age)

    async def _measure(self, session: Transaction) -> None:
        row = await session.one(_BACKLOG)
        UNPUBLISHED.set(row.count)
        OLDEST_AGE.set(row.age)

    async def _on_ping(self, announced: bytes) -> None:
        # A ping that carries something announces what is about to be committed: there is nothing to publish yet.
        if not announced:
            self._awake.set()

    def _stream_of(self, row: Row) -> Stream | None:
        return next((stream for stream in self._streams if stream.takes(row.subject)), None)

    def _is_state(self, row: Row) -> bool:
        stream = self._stream_of(row)
        return stream is not None and stream.last_per_subject


class Unacknowledged(Exception):
    """NATS did not acknowledge some of what was sent: it is sent again, under the same id."""


async def republish(database: Database, streams: Sequence[Stream]) -> int:
    """Flag all that the streams should hold as not yet said; the relay says it again. Returns the number of events.

    JetStream drops what it has seen under the same id within two minutes.
    """
    connection = await database.connect()
    try:
        return sum([await _unpublish(Transaction(connection), stream) for stream in streams])
    finally:
        await connection.close()


async def _unpublish(session: Transaction, stream: Stream, *, after: int = 0) -> int:
    """Flag what the stream should hold beyond sequence `after` as not yet said, oldest first, in short statements."""
    ids = await session.one(_IDS)
    total = 0
    for first in range(ids.first, ids.last + 1, UNPUBLISH_SPAN):
        total += await session.execute(
            _UNPUBLISH,
            subjects=stream.subject_regex(),
            after=after,
            max_age=stream.max_age,
            first=first,
            next=first + UNPUBLISH_SPAN,
        )
    return total


class _Never:
    """A moment that has not been yet, until it is touched."""

    def __init__(self) -> None:
        self._at: float | None = None

    def touch(self) -> None:
        self._at = time.monotonic()

    def is_older_than(self, seconds: float) -> bool:
        return self._at is None or time.monotonic() - self._at > seconds


def _superseded(rows: Sequence[Row]) -> set[int]:
    """The ids of states that a later row of the same aggregate makes pointless to say.

    A state stream keeps the last message it got, so an old state must not be retried after a new one.
    """
    latest: dict[str, int] = {row.aggregate_id: row.id for row in rows}
    return {row.id for row in rows if latest[row.aggregate_id] != row.id}


def _ack(future: asyncio.Future[PubAck] | None) -> PubAck | None:
    if future is None:
        return None
    if not future.done():
        future.cancel()
        return None
    if future.cancelled() or future.exception() is not None:
        return None
    return future.result()


_TRY_LOCK = query("SELECT pg_try_advisory_lock(hashtextextended('relay of ' || current_schema(), 0))")
_ALIVE = query("SELECT 1")

# Long texts are large: the batch ends where their sum gets too large. What is larger than NATS takes stays unsaid, for
# the metrics to tell, and holds up nothing else. octet_length reads no TOASTed value.
_UNPUBLISHED = query(
    """
    SELECT id, aggregate_id, version, type, subject, body, created_at, bytes
    FROM (
        SELECT events.*, sum(octet_length(body)) OVER (ORDER BY id) AS bytes
        FROM (SELECT * FROM events WHERE stream_seq IS NULL AND octet_length(body) <= %(largest)s
              ORDER BY id LIMIT %(limit)s) AS events
    ) AS waiting
    WHERE bytes - octet_length(body) < %(bytes)s
    ORDER BY id
    """
)

_MARK = query(
    """
    WITH published AS (
        UPDATE events SET stream_seq = acked.seq
        FROM unnest(%(ids)s::bigint[], %(seqs)s::bigint[]) AS acked (id, seq)
        WHERE events.id = acked.id
    )
    UPDATE stream_epochs SET last_seq = greatest(stream_epochs.last_seq, latest.seq)
    FROM unnest(%(streams)s::text[], %(lasts)s::bigint[]) AS latest (stream, seq)
    WHERE stream_epochs.stream = latest.stream
    """
)

_DROP_SUPERSEDED = query(
    """
    DELETE FROM events AS older USING events AS latest
    WHERE latest.id = ANY(%(ids)s::bigint[])
      AND older.aggregate_id = latest.aggregate_id AND older.version < latest.version
    """
)

_DROP_AGED = query(
    """
    DELETE FROM events
    WHERE subject ~ %(subjects)s AND stream_seq IS NOT NULL
      AND created_at < now() - make_interval(secs => %(max_age)s)
    """
)

_EPOCH = query("SELECT created, last_seq FROM stream_epochs WHERE stream = %(stream)s")

_SET_EPOCH = query(
    """
    INSERT INTO stream_epochs (stream, created, last_seq) VALUES (%(stream)s, %(created)s, %(last_seq)s)
    ON CONFLICT (stream) DO UPDATE SET created = excluded.created, last_seq = excluded.last_seq
    """
)

_IDS = query("SELECT coalesce(min(id), 1) AS first, coalesce(max(id), 0) AS last FROM events")

_LATE = query(
    """
    SELECT DISTINCT subject FROM events
    WHERE id > (SELECT max(id) FROM events) - %(span)s AND type = ANY(%(types)s) AND stream_seq IS NOT NULL
    """
)
_UNPUBLISH = query(
    """
    UPDATE events SET stream_seq = NULL
    WHERE id >= %(first)s AND id < %(next)s AND stream_seq > %(after)s AND subject ~ %(subjects)s
      AND (%(max_age)s::float8 IS NULL OR created_at > now() - make_interval(secs => %(max_age)s::float8))
    """
)

_BACKLOG = query(
    """
    SELECT count(*) AS count, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS age
    FROM events WHERE stream_seq IS NULL
    """
)
