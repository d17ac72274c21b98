"""Alerts and dashboard ask for what the services really tell, by the labels that it really has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.topology import ROUTED, SERVICES
from support.eventually import soon
from support.factories import Factory
from support.stack import System

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "observability"
ALERTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS: list[dict[str, Any]] = json.loads((FOLDER / "grafana" / "ticketing.json").read_text())["panels"]

OF_PROMETHEUS = {"up"}
OF_A_TARGET = {"job", "instance"}
WORDS = {"by", "or", "and", "on", "without", "unless"}

ASKED = {rule["alert"]: rule["expr"] for rule in ALERTS}
ASKED |= {panel["title"]: panel["targets"][0]["expr"] for panel in PANELS}

Told = dict[str, set[str]]


def metrics_of(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each metric that a PromQL expression names, with the labels of its selector."""
    plain = re.sub(r"\b(?:by|without|on) \([^)]*\)|\[[^]]*\]", " ", expression)
    for found in re.finditer(r"\b([a-z_][a-z0-9_]*)\b(\{[^}]*\})?(?!\s*\()", plain):
        name, selector = found.group(1), found.group(2) or ""
        inside = plain[: found.start()].count("{") > plain[: found.start()].count("}")
        if not inside and name not in WORDS:
            yield name, set(re.findall(r"(\w+)\s*(?:=~|!=|=)", selector))


def grouped_by(expression: str) -> set[str]:
    return {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in re.split(r",\s*", group)}


@pytest.fixture(scope="module")
def told(stack: System, make: Factory) -> Told:
    """Every metric of the running services, with its labels."""
    make.ticket()

    def all_of_it() -> Told | None:
        found: Told = {}
        for service in ROUTED:
            for line in httpx.get(f"{stack.internal_url(service)}/metrics").text.splitlines():
                sample = re.match(r"([a-z_0-9]+)(?:\{(.*)\})? ", line)
                if sample is not None:
                    found.setdefault(sample.group(1), set()).update(re.findall(r'(\w+)="', sample.group(2) or ""))
        return found if "stream_fill_ratio" in found else None  # measured now and then by who leads

    return soon(all_of_it, within=30)


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_for_is_told(told: Told, name: str) -> None:
    asked = list(metrics_of(ASKED[name]))
    assert asked
    for metric, labels in asked:
        if metric not in OF_PROMETHEUS:
            assert metric in told
            assert labels | grouped_by(ASKED[name]) <= told[metric] | OF_A_TARGET


def test_an_unknown_metric_or_label_would_be_noticed() -> None:
    expression = 'sum by (job, le) (rate(no_such_thing{status=~"5..", of="x"}[5m])) / sum(other_thing) > 0.01'
    assert list(metrics_of(expression)) == [("no_such_thing", {"status", "of"}), ("other_thing", set())]
    assert grouped_by(expression) == {"job", "le"}


def test_every_metric_of_the_house_is_watched(told: Told) -> None:
    """Those that must exist because somebody must look at them."""
    watched = {metric for expression in ASKED.values() for metric, _ in metrics_of(expression)}
    known = {
        *(
            "outbox_unpublished",
            "outbox_oldest_age_s",
            "relay_is_leader",
            "consumer_num_pending",
            "consumer_redelivered",
        ),
        *("projection_staleness_s", "audit_gap_versions", "dead_letters_open", "nats_epoch_changes_total"),
        *("auto_close_oldest_due_s", "argon2_queue", "http_refused_total", "nats_permission_violations_total"),
    }
    assert known - watched == set()
    assert "consumer_ack_pending" in told


def test_a_leader_is_missed_only_where_there_is_something_to_say() -> None:
    """audit tells the metric too, and is 0 for ever: it says nothing to anybody."""
    speakers = "|".join(service.name for service in SERVICES if service.owns)
    for alert in ("NoRelayLeader", "TwoRelayLeaders"):
        assert f'relay_is_leader{{job=~"{speakers}"}}' in ASKED[alert]


def test_prometheus_asks_every_service() -> None:
    jobs = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    assert {job["job_name"]: job["dns_sd_configs"][0]["names"] for job in jobs} == {name: [name] for name in ROUTED}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_is_wrong_and_operations_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "look"}
    assert rule["annotations"]["summary"].endswith(".")
    row = f"| `{rule['alert']}` | {rule['labels']['severity']} |"
    assert row in (ROOT / "docs" / "operations.md").read_text()
