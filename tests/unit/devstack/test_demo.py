"""The demo's stories: the same each time, and each step a real change by somebody who may make it."""

from collections import Counter

from devstack.demo_scenarios import AGENTS, LEAD, PASSWORD, REPORTERS, SCENARIOS
from devstack.demo_stories import Change, Comment, Story, stories

TOLD = stories(300)


def changes(story: Story) -> list[Change]:
    return [step for step in story.steps if isinstance(step, Change)]


def statuses(story: Story) -> list[str]:
    return ["OPEN", *(change.status for change in changes(story) if change.status)]


def test_the_stories_are_the_same_each_time() -> None:
    assert stories(300) == TOLD


def test_no_two_stories_have_the_same_title() -> None:
    assert len({story.title for story in TOLD}) == 300


def test_every_situation_occurs_and_is_filed_where_the_tree_has_a_place() -> None:
    places = {scenario.path for scenario in SCENARIOS}
    assert {story.path for story in TOLD} == places
    assert {scenario.mistaken_for for scenario in SCENARIOS if scenario.mistaken_for} <= places


def test_statuses_and_severities_are_spread() -> None:
    endings = Counter(statuses(story)[-1] for story in TOLD)
    assert all(endings[status] >= 30 for status in ("OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"))
    assert set(Counter(story.severity for story in TOLD)) == {1, 2, 3, 4, 5}


def test_some_tickets_are_opened_again() -> None:
    assert sum(statuses(story).count("RESOLVED") > 1 for story in TOLD) >= 10


def test_tickets_have_assignees_and_some_have_none() -> None:
    ever_assigned = [story.assignee or any(change.assignee for change in changes(story)) for story in TOLD]
    assert 200 < sum(map(bool, ever_assigned)) < 300


def test_several_people_comment_on_one_ticket() -> None:
    authors = [{step.author for step in story.steps if isinstance(step, Comment)} for story in TOLD]
    assert sum(len(people) >= 2 for people in authors) >= 30


def test_every_change_is_a_change() -> None:
    """Going on after an interruption counts on it: each step adds one to the ticket's version."""
    for story in TOLD:
        now = {
            "status": "OPEN",
            "severity": story.severity,
            "assignee": story.assignee,
            "path": story.path,
        }
        for change in changes(story):
            said = {name: value for name in now if (value := getattr(change, name)) is not None}
            assert any(now[name] != value for name, value in said.items()), story.title
            now |= said


def test_only_the_lead_closes_and_only_the_team_changes() -> None:
    for story in TOLD:
        for change in changes(story):
            assert change.author == LEAD if change.status == "CLOSED" else change.author in AGENTS
        assert story.creator is None or story.creator in AGENTS


def test_everything_fits_the_limits_of_the_api() -> None:
    for story in TOLD:
        assert 0 < len(story.title) <= 500
        assert story.overview.strip()
        assert all(step.body.strip() for step in story.steps if isinstance(step, Comment))
    people = (LEAD, *AGENTS, *REPORTERS)
    assert all(person.username.isascii() and " " not in person.username for person in people)
    assert len({person.username for person in people}) == len({person.email for person in people}) == len(people)
    assert len(PASSWORD) >= 12
