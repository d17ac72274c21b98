"""One real stack a session, and a caller for each role."""

from collections.abc import Iterator

import pytest

from devstack.stack import Stack
from support.clients import Caller, Callers
from support.factories import Factory
from support.first_day import CHOSEN, FirstDay, first_day
from support.stack import running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """PostgreSQL, NATS, Valkey, Traefik, Caddy and the services, on free ports, empty but for the seed."""
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="session")
def callers(stack: Stack) -> Iterator[Callers]:
    with Callers.of(stack) as callers:
        yield callers


@pytest.fixture(scope="session")
def admin(callers: Callers) -> Caller:
    return callers["ADMIN"]


@pytest.fixture(scope="session")
def agent(callers: Callers) -> Caller:
    return callers["AGENT"]


@pytest.fixture(scope="session")
def user(callers: Callers) -> Caller:
    return callers["USER"]


@pytest.fixture(scope="session")
def goddard(callers: Callers) -> Caller:
    return callers["SERVICE"]


@pytest.fixture(scope="session")
def nobody(callers: Callers) -> Caller:
    return callers.anonymous()


@pytest.fixture(scope="session")
def make(callers: Callers) -> Factory:
    """Makes users, CTI nodes and tickets through the API, each with a name of its own."""
    return Factory(callers)


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstDay]:
    """A second stack, for what differs in production. Started by the first test that asks for it."""
    with first_day(tmp_path_factory.mktemp("production")) as day:
        yield day


@pytest.fixture(scope="session")
def production_callers(production: FirstDay) -> Iterator[Callers]:
    with Callers.of(production.stack, admin_password=CHOSEN) as callers:
        yield callers
