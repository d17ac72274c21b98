"""What operators, Prometheus and the gateway ask of every service alike, on its own port."""

import httpx
import orjson
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.topology import ROUTED, service
from devstack.settings import ROOT
from support.clients import Caller
from support.eventually import soon
from support.factories import Factory
from support.stack import System

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

ALL = {"http_requests", "http_request_duration_seconds", "http_refused", "nats_connected", "nats_permission_violations"}
SAYING = {"outbox_unpublished", "outbox_oldest_age_s", "relay_is_leader", "nats_epoch_changes", "stream_fill_ratio"}
HEARING = {
    "consumer_num_pending",
    "consumer_ack_pending",
    "consumer_redelivered",
    "projection_staleness_s",
    "dead_letters_open",
}
OWN = {"auth": {"argon2_queue"}, "tickets": {"auto_close_oldest_due_s"}, "audit": {"audit_gap_versions"}}

every_service = pytest.mark.parametrize("name", ROUTED)


def expected(name: str) -> set[str]:
    known = service(name)
    return ALL | OWN.get(name, set()) | (SAYING if known.owns else set()) | (HEARING if known.reads else set())


def families(stack: System, name: str) -> set[str]:
    text = httpx.get(f"{stack.internal_url(name)}/metrics").text
    return {family.name for family in text_string_to_metric_families(text)}


def samples(stack: System, name: str) -> Samples:
    text = httpx.get(f"{stack.internal_url(name)}/metrics").text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(stack: System, service_name: str, metric: str, **labels: str) -> float:
    return samples(stack, service_name)[(metric, frozenset(labels.items()))]


@every_service
def test_it_is_alive_and_ready(stack: System, name: str) -> None:
    alive = httpx.get(f"{stack.internal_url(name)}/healthz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    ready = httpx.get(f"{stack.internal_url(name)}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "missing": []})


@every_service
def test_it_shows_its_api(stack: System, name: str) -> None:
    shown = httpx.get(f"{stack.internal_url(name)}/openapi.json")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "application/json")
    assert shown.json() == orjson.loads((ROOT / "services" / name / "openapi.json").read_bytes())


@every_service
def test_what_is_not_there_is_a_problem(stack: System, name: str) -> None:
    answer = httpx.get(f"{stack.internal_url(name)}/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


@every_service
def test_its_internal_paths_answer_only_services(stack: System, name: str, admin: Caller) -> None:
    for path in ("/internal/users", "/internal/nodes", "/internal/heads"):
        for headers in ({}, admin.headers, {"Authorization": "Basic YTpi"}):
            assert httpx.get(f"{stack.internal_url(name)}{path}", headers=headers).status_code in {401, 404}


class TestMetrics:
    @every_service
    def test_they_are_for_prometheus(self, stack: System, name: str) -> None:
        answer = httpx.get(f"{stack.internal_url(name)}/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")

    @every_service
    def test_all_that_must_exist_do(self, stack: System, name: str) -> None:
        assert expected(name) - families(stack, name) == set()

    @every_service
    def test_each_stream_it_hears_is_measured(self, stack: System, name: str) -> None:
        found = samples(stack, name)
        for stream in service(name).reads:
            for metric in HEARING - {"dead_letters_open"}:
                assert (metric, frozenset({("stream", stream.name)})) in found

    @every_service
    def test_one_relay_leads(self, stack: System, name: str) -> None:
        leads = 1 if service(name).owns else 0
        soon(lambda: value(stack, name, "relay_is_leader") == leads)

    @every_service
    def test_nothing_was_refused_by_nats(self, stack: System, name: str) -> None:
        assert value(stack, name, "nats_permission_violations_total") == 0

    def test_how_full_the_limited_stream_is(self, stack: System, make: Factory) -> None:
        make.ticket()
        soon(lambda: 0 < value(stack, "tickets", "stream_fill_ratio", stream="EVENTS") < 0.8)

    def test_what_should_have_been_closed(self, stack: System, make: Factory, agent: Caller) -> None:
        # After the scheduler's first look the next is in an hour.
        soon(lambda: "auto_close.acknowledged" in stack.log("scheduler"), within=30)
        ticket = make.ticket()
        assert agent.patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"}).status_code == 200
        soon(lambda: value(stack, "tickets", "auto_close_oldest_due_s") == 0)
        due = "UPDATE tickets.tickets SET auto_close_at = clock_timestamp() - interval '100 s' WHERE id = %s"
        with psycopg.connect(stack.database_url("tickets")) as connection:
            connection.execute(due, [ticket["id"]])
        soon(lambda: value(stack, "tickets", "auto_close_oldest_due_s") >= 100)
        assert agent.patch(f"/tickets/{ticket['id']}", {"status": "OPEN"}).status_code == 200
        soon(lambda: value(stack, "tickets", "auto_close_oldest_due_s") == 0)

    def test_refusals_are_counted(self, stack: System, user: Caller, nobody: Caller) -> None:
        def refused(status: str) -> float:
            return value(stack, "cti", "http_refused_total", service="cti", status=status)

        unknown, forbidden = refused("401"), refused("403")
        assert nobody.get("/cti/categories").status_code == 401
        assert user.post("/cti/categories", {"name": "No"}).status_code == 403
        assert (refused("401"), refused("403")) == (unknown + 1, forbidden + 1)

    def test_refused_sign_ins_are_counted_from_the_start(self, stack: System) -> None:
        for status in ("401", "403", "429"):
            assert value(stack, "auth", "http_refused_total", service="auth", status=status) >= 0
        assert value(stack, "auth", "argon2_queue") >= 0
