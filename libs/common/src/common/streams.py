"""JetStream streams as data, the one idempotent way to declare them, and who may do what with them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import BadRequestError, NotFoundError

DUPLICATE_WINDOW = 120.0


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream on file storage that drops its oldest messages when it is full.

    `last_per_subject` keeps one message a subject: the stream then holds states, not happenings.
    `max_age` is in seconds, `max_bytes` in bytes; None is no limit.
    """

    name: str
    subjects: tuple[str, ...]
    last_per_subject: bool = False
    max_age: float | None = None
    max_bytes: int | None = None

    def takes(self, subject: str) -> bool:
        """Whether a message on `subject` lands in this stream."""
        return re.fullmatch(self.subject_regex(), subject) is not None

    def subject_regex(self) -> str:
        """The stream's subjects as one regular expression that Python and PostgreSQL both read."""
        return _any_of(self.subjects)


@dataclass(frozen=True, slots=True)
class Permissions:
    """The subjects one NATS user may publish to and subscribe to; everything else is denied. `|` joins two."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()

    def __or__(self, other: "Permissions") -> "Permissions":
        return Permissions(
            publish=tuple(sorted({*self.publish, *other.publish})),
            subscribe=tuple(sorted({*self.subscribe, *other.subscribe})),
        )


async def declare(js: JetStreamContext, *streams: Stream) -> list[StreamInfo]:
    """Make each stream what its description says: create it, update it, or leave it as it is.

    Safe to call again, and from several replicas at once. Needs `owner_permissions`.
    """
    return [await _declare(js, stream) for stream in streams]


def owner_permissions(service: str, streams: Iterable[Stream]) -> Permissions:
    """What the NATS user `service` needs to say things on the streams it owns.

        owner_permissions("tickets", [EVENTS]) | reader_permissions("tickets", [IDENTITY, NODES])

    Its events, INFO, CREATE, UPDATE and PURGE of its own streams (never DELETE), and what `member_permissions` gives.
    """
    streams = tuple(streams)
    own = tuple(subject for stream in streams for subject in stream.subjects)
    api = tuple(
        f"$JS.API.STREAM.{verb}.{stream.name}" for stream in streams for verb in ("INFO", "CREATE", "UPDATE", "PURGE")
    )
    return Permissions(publish=own + api) | member_permissions(service)


def reader_permissions(service: str, streams: Iterable[Stream], *, hears: Iterable[str] = ()) -> Permissions:
    """What the NATS user `service` needs to read others' streams with the durable that carries its name.

    `hears` names the services whose `wake.<service>` ping it listens to. Nothing here lets it write to a stream,
    delete a durable, or see another's inbox.
    """
    streams = tuple(streams)
    publish = tuple(
        subject
        for stream in streams
        for subject in (
            f"$JS.API.CONSUMER.CREATE.{stream.name}.{service}",
            f"$JS.API.CONSUMER.INFO.{stream.name}.{service}",
            f"$JS.API.CONSUMER.MSG.NEXT.{stream.name}.{service}",
            f"$JS.ACK.{stream.name}.{service}.>",
        )
    )
    wakes = tuple(f"wake.{name}" for name in hears)
    return Permissions(publish=publish, subscribe=wakes) | member_permissions(service)


def member_permissions(service: str) -> Permissions:
    """What every service needs: its own inbox, its wake ping, and `changed.<service>.>` among its replicas."""
    between_replicas = (f"wake.{service}", f"changed.{service}.>")
    return Permissions(publish=between_replicas, subscribe=(*between_replicas, f"_INBOX_{service}.>"))


async def _declare(js: JetStreamContext, stream: Stream) -> StreamInfo:
    wanted = _config(stream)
    try:
        info = await js.stream_info(stream.name)
    except NotFoundError:
        try:
            return await js.add_stream(wanted)
        except BadRequestError:
            # Another replica, perhaps of another release, created it since we looked.
            info = await js.stream_info(stream.name)
    if all(getattr(info.config, field) == value for field, value in _given(wanted).items()):
        return info
    return await js.update_stream(wanted)


def _config(stream: Stream) -> StreamConfig:
    return StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects),
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=stream.max_age or 0,
        max_bytes=stream.max_bytes or -1,
        max_msgs_per_subject=1 if stream.last_per_subject else -1,
        duplicate_window=DUPLICATE_WINDOW,
        deny_delete=True,
        allow_direct=True,
    )


def _given(config: StreamConfig) -> dict[str, object]:
    fields = (
        "subjects",
        "max_age",
        "max_bytes",
        "max_msgs_per_subject",
        "duplicate_window",
        "discard",
        "deny_delete",
        "allow_direct",
    )
    return {field: getattr(config, field) for field in fields}


@cache  # the relay asks for each event
def _any_of(subjects: tuple[str, ...]) -> str:
    return f"^({'|'.join(map(_regex, subjects))})$"


def _regex(subject: str) -> str:
    tokens = {"*": "[^.]+", ">": ".+"}
    return r"\.".join(tokens.get(token, re.escape(token)) for token in subject.split("."))
