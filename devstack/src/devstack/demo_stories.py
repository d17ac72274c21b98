"""The demo's tickets from creation to their end: the same ones each time, so that a second run finds them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from string import Template

from devstack.catalog import CtiPath, Person
from devstack.demo_scenarios import AGENTS, LEAD, REPORTERS, SCENARIOS, VARIABLES, Scenario

ENDINGS = {"OPEN": 22, "IN_PROGRESS": 28, "RESOLVED": 20, "CLOSED": 30}
REOPENED = 0.15
HANDED_OVER = 0.15
REASSESSED = 0.2


@dataclass(frozen=True)
class Comment:
    author: Person
    body: str


@dataclass(frozen=True)
class Change:
    """One PATCH: the fields that are not None, each of them new to the ticket."""

    author: Person
    status: str | None = None
    severity: int | None = None
    assignee: Person | None = None
    path: CtiPath | None = None


@dataclass(frozen=True)
class Story:
    """A ticket as it is created (`creator` None: by the service account) and what happens to it, in order."""

    creator: Person | None
    title: str
    overview: str
    severity: int
    path: CtiPath
    assignee: Person | None
    steps: tuple[Comment | Change, ...]


def stories(count: int, *, seed: int = 2026) -> list[Story]:
    """So many stories, no two with the same title."""
    chance = Random(seed)
    told: dict[str, Story] = {}
    while len(told) < count:
        story = _story(chance)
        told.setdefault(story.title, story)
    return list(told.values())


def _story(chance: Random) -> Story:
    scenario = chance.choices(SCENARIOS, [scenario.weight for scenario in SCENARIOS])[0]
    words = {name: chance.choice(values) for name, values in VARIABLES.items()}
    ending = chance.choices(list(ENDINGS), list(ENDINGS.values()))[0]
    agent = chance.choice(AGENTS)
    assigned = chance.random() < (0.4 if ending == "OPEN" else 0.5)
    mistaken = scenario.mistaken_for if ending != "OPEN" and chance.random() < 0.6 else None
    severity = chance.choice(scenario.severities)
    telling = _Telling(chance, scenario, words, agent, chance.choice(REPORTERS))
    return Story(
        creator=None if scenario.automated else chance.choice(AGENTS),
        title=telling.said(scenario.title),
        overview=telling.said(scenario.overview),
        severity=severity,
        path=mistaken or scenario.path,
        assignee=agent if assigned else None,
        steps=tuple(telling.steps(ending, severity, assigned=assigned, mistaken=mistaken is not None)),
    )


@dataclass
class _Telling:
    chance: Random
    scenario: Scenario
    words: dict[str, str]
    agent: Person
    reporter: Person

    def said(self, text: str) -> str:
        return Template(text).substitute(self.words)

    def steps(self, ending: str, severity: int, *, assigned: bool, mistaken: bool) -> Iterator[Comment | Change]:
        if ending == "OPEN":
            if self.chance.random() < 0.3:
                yield Comment(self.reporter, self.chance.choice(NUDGES))
            return
        if mistaken:
            yield Comment(self.agent, "This is filed in the wrong place; I move it.")
            yield Change(self.agent, path=self.scenario.path)
        yield Change(self.agent, status="IN_PROGRESS", assignee=None if assigned else self.agent)
        if self.chance.random() < REASSESSED:
            yield Change(self.agent, severity=severity - 1 if severity > 1 else 2)
        yield from self._work(finished=ending != "IN_PROGRESS")
        if ending == "IN_PROGRESS":
            return
        yield Comment(self.agent, self.said(self.scenario.resolution))
        yield Change(self.agent, status="RESOLVED")
        if self.chance.random() < REOPENED:
            yield from self._relapse()
        if ending == "CLOSED":
            yield Change(LEAD, status="CLOSED")

    def _work(self, *, finished: bool) -> Iterator[Comment | Change]:
        thread = self.scenario.thread
        for text in thread if finished else thread[: self.chance.randint(0, len(thread))]:
            author = self.reporter if text.startswith("> ") else self.agent
            yield Comment(author, self.said(text.removeprefix("> ")))
        if self.chance.random() < HANDED_OVER:
            colleague = self.chance.choice([agent for agent in AGENTS if agent != self.agent])
            yield Comment(self.agent, f"My shift ends here; **{colleague.display_name}** takes over.")
            yield Change(self.agent, assignee=colleague)
            self.agent = colleague

    def _relapse(self) -> Iterator[Comment | Change]:
        yield Comment(self.reporter, self.chance.choice(RELAPSES))
        yield Change(self.agent, status="IN_PROGRESS")
        yield Comment(self.agent, self.chance.choice(REPAIRS))
        yield Change(self.agent, status="RESOLVED")


NUDGES = (
    "Any news on this?",
    "Adding **Customer care** as affected; they have had three calls about it today.",
    "It can wait until *Thursday*, but not longer.",
    "Happened again this morning, same picture.",
)
RELAPSES = (
    "Sorry, it is back since this morning.",
    "It held for two days, now I see exactly the same again. Could you have another look?",
    "Half of us are fine, the other half is not:\n\n- Hamburg works\n- Aarhus **does not**",
)
REPAIRS = (
    "The change had been lost in last night's deployment. It is in the playbook now.",
    "One node had been missed. All of them are checked this time:\n\n```text\nok: 12   changed: 1   failed: 0\n```",
    "You are right, the cause was deeper. Fixed where it begins, and watched for an hour.",
)
