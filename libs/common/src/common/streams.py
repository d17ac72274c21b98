"""JetStream streams as data, and the one idempotent way to declare them."""

from dataclasses import dataclass


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
