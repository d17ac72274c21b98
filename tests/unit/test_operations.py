"""The override files that docs/operations.md gives name containers that there are, and forget none."""

from typing import Any

import pytest
import yaml

from compose.engine import ROOT
from compose.site import documented
from deploy.topology import ROUTED, SCHEMAS

CONTAINERS: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SERVERS = {"postgres", "nats", "redis"}


def override(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(documented(f"docker-compose.override.yml {name}"))["services"]
    return found


@pytest.mark.parametrize("name", ["with servers of your own", "of the first server", "of the second server"])
def test_it_names_containers_that_there_are(name: str) -> None:
    assert override(name).keys() <= CONTAINERS.keys()


def test_an_authority_is_known_to_everyone_who_speaks_to_a_server() -> None:
    told = override("with servers of your own")
    assert {name for name in told if "profiles" in told[name]} == SERVERS
    on_data = {name for name, each in CONTAINERS.items() if "data" in each.get("networks", [])} - SERVERS
    assert {name for name in told if "SSL_CERT_FILE" in told[name].get("environment", {})} == on_data
    assert on_data >= {*ROUTED, *(f"{schema}-migrate" for schema in SCHEMAS), "database", "scheduler-beat"}


def test_what_the_second_server_asks_the_first_publishes() -> None:
    published = [port for each in override("of the first server").values() for port in each.get("ports", [])]
    asked = override("of the second server")["audit"]["environment"]
    for address in asked.values():
        place = address.removeprefix("http://")
        assert [port for port in published if port.startswith(f"{place}:")], address
