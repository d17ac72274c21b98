"""Traefik's static part in a container: gateway/traefik.yml and what the installation adds to it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"


def started(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {"GATEWAY": str(GATEWAY), "CONFIG": str(folder / "traefik.yml"), "PATH": "/usr/bin:/bin", **variables}
    command = ["sh", str(GATEWAY / "entrypoint.sh"), "echo", "started"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def static(folder: Path, **variables: str) -> dict[str, Any]:
    assert started(folder, STACK="help-desk", **variables).stdout == "started\n"
    read: dict[str, Any] = yaml.safe_load((folder / "traefik.yml").read_text())
    return read


def test_it_is_the_file_of_the_repository_with_docker_beside_it(tmp_path: Path) -> None:
    found = static(tmp_path)
    docker = found["providers"].pop("docker")
    assert found == yaml.safe_load((GATEWAY / "traefik.yml").read_text())
    assert docker["constraints"] == "Label(`ticketing.stack`, `help-desk`)"
    assert docker["network"] == "help-desk_app"


def test_no_container_makes_a_route_of_its_own(tmp_path: Path) -> None:
    docker = static(tmp_path)["providers"]["docker"]
    assert docker["exposedByDefault"] is False
    assert docker["defaultRule"] == "PathPrefix(`/`) && !PathPrefix(`/`)"


@pytest.mark.parametrize(
    ("given", "believed"),
    [
        ("", []),
        ("10.0.0.1", ["10.0.0.1"]),
        ("10.0.0.0/8,192.168.1.7, fd00::/8", ["10.0.0.0/8", "192.168.1.7", "fd00::/8"]),
    ],
)
def test_proxies_to_believe_are_those_of_the_operator(tmp_path: Path, given: str, believed: list[str]) -> None:
    web = static(tmp_path, TRUSTED_PROXIES=given)["entryPoints"]["web"]
    assert web["forwardedHeaders"]["trustedIPs"] == believed


@pytest.mark.parametrize("given", ['10.0.0.1"]', "a b # c", "$(id)"])
def test_what_is_no_address_is_refused(tmp_path: Path, given: str) -> None:
    refused = started(tmp_path, STACK="help-desk", TRUSTED_PROXIES=given)
    assert (refused.returncode, refused.stdout) == (78, "")
    assert refused.stderr.startswith("TRUSTED_PROXIES ")
