"""A26: the longest texts that are allowed get from the request through the stream into the audit log."""

import asyncio

import pytest

from contracts.streams import EVENTS
from devstack.stack import Stack
from support.bus import Message, outsider
from support.clients import Caller
from support.eventually import soon
from support.factories import Factory

LIMIT = 262_144
TITLE_LIMIT = 500
MAX_PAYLOAD = 8 * 1024 * 1024

# In UTF-8 four bytes a character, in JSON six: the largest that a character gets.
CHARACTERS = {"letters": "x", "four bytes": "🎫", "escapes": "\x01", "quotes": '"', "words": "wörter "}


def long(character: str, length: int = LIMIT, *, end: str = "") -> str:
    return (character * length)[: length - len(end)] + end


def messages_of(stack: Stack, ticket_id: str) -> list[Message]:
    async def look() -> list[Message]:
        async with outsider(stack.nats_url()) as operator:
            return [each for each in await operator.messages(EVENTS) if each.subject.endswith(ticket_id)]

    return asyncio.run(look())


@pytest.mark.parametrize("character", CHARACTERS.values(), ids=CHARACTERS.keys())
def test_two_of_them_in_one_event(stack: Stack, make: Factory, agent: Caller, character: str) -> None:
    title, overview = long(character, TITLE_LIMIT, end="a"), long(character, end="a")
    ticket = make.ticket(title=title, overview=overview)
    assert (ticket["title"], ticket["overview"]) == (title, overview)
    path = f"/tickets/{ticket['id']}"
    changed = agent.patch(
        path, {"title": long(character, TITLE_LIMIT, end="b"), "overview": long(character, end="b"), "severity": 1}
    )
    assert changed.status_code == 200, changed.text[:500]
    assert changed.json()["overview"] == long(character, end="b")
    comment = make.comment(ticket, long(character, end="c"))
    assert agent.delete(f"{path}/comments/{comment['id']}").status_code == 204

    log = soon(lambda: whole_log(agent, path))
    assert [(entry["action"], entry["detail"]) for entry in log] == [
        ("COMMENT_DELETED", long(character, end="c")),
        ("COMMENT_ADDED", long(character, end="c")),
        ("TITLE_CHANGED", long(character, TITLE_LIMIT, end="b")),
        ("OVERVIEW_CHANGED", None),
        ("SEVERITY_CHANGED", "SEV 3 → SEV 1"),
        ("CREATED", None),
    ]
    sizes = [len(message.body) for message in soon(lambda: messages_of(stack, ticket["id"]))]
    assert len(sizes) == 4
    assert 2 * LIMIT < max(sizes) < MAX_PAYLOAD / 2


def whole_log(caller: Caller, path: str) -> list[dict[str, str]] | None:
    log: list[dict[str, str]] = caller.get(f"{path}/audit").json()
    return log if len(log) == 6 else None


@pytest.mark.parametrize("character", CHARACTERS.values(), ids=CHARACTERS.keys())
def test_one_character_more_is_refused(make: Factory, agent: Caller, character: str) -> None:
    ticket = make.ticket()
    for field, limit in (("title", TITLE_LIMIT), ("overview", LIMIT)):
        refused = agent.patch(f"/tickets/{ticket['id']}", {field: long(character, limit + 1)})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == field
    assert agent.post(f"/tickets/{ticket['id']}/comments", {"body": long(character, LIMIT + 1)}).status_code == 422
