"""The JetStream streams: names, subjects, limits, owners. Data only; `common.streams` declares them."""

from common.streams import Stream

DAY = 24 * 60 * 60.0

EVENTS = Stream(name="EVENTS", subjects=("evt.ticket.*",), max_age=30 * DAY, max_bytes=2 * 1024**3)
"""What happened to tickets. What is dropped from it, audit pulls from tickets over HTTP."""

IDENTITY = Stream(name="IDENTITY", subjects=("state.user.*", "state.key.*"), last_per_subject=True)
"""The latest state of every user and of every public signing key."""

REVOKED = Stream(name="REVOKED", subjects=("state.revoked.*",), last_per_subject=True, max_age=DAY)
"""Tokens that were signed out. Kept longer than any token lives."""

NODES = Stream(name="NODES", subjects=("state.node.*",), last_per_subject=True)
"""The latest state of every category, type and item."""
