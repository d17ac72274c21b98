"""The one seam for wall-clock time in the process. What the database decides uses database time."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
