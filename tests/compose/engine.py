"""Docker and Compose by their command lines: whichever Compose is there, 1.29 or 2."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]


class NoEngine(Exception):
    """There is no Docker to be had here: one sentence."""


def find_engine() -> tuple[str, ...]:
    """The command that is Compose. `NoEngine` where it, Docker or its engine is missing."""
    if shutil.which("docker") is None:
        raise NoEngine("There is no docker on the PATH. On Debian: apt-get install docker.io docker-compose")
    said = _tried("docker", "version", "-f", "{{.Server.Version}}")
    if said.returncode != 0:
        raise NoEngine(f"Docker's engine does not answer: {said.stderr.strip().splitlines()[-1]}")
    for compose in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(compose[0]) and _tried(*compose, "version").returncode == 0:
            return compose
    raise NoEngine("There is no Compose. On Debian: apt-get install docker-compose")


def run(command: Sequence[str], *, cwd: Path | None = None, stdin: IO[bytes] | None = None) -> str:
    """What it printed. `RuntimeError` with what it complained of."""
    done = _tried(*command, cwd=cwd, stdin=stdin)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:8])}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def docker(*arguments: str) -> str:
    return run(["docker", *arguments])


def logs(container: str) -> str:
    """What a container wrote, to either of its outputs."""
    command = ["docker", "logs", container]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout


def host_address() -> str:
    """This machine's address as every container reaches it, and nobody else."""
    (bridge,) = json.loads(docker("network", "inspect", "bridge"))[0]["IPAM"]["Config"]
    # Before its first container the engine does not say so, but takes the network's first address.
    return str(bridge.get("Gateway") or ip_network(bridge["Subnet"])[1])


def has_image(name: str) -> bool:
    return _tried("docker", "image", "inspect", name).returncode == 0


def _tried(
    *command: str, cwd: Path | None = None, stdin: IO[bytes] | None = None
) -> "subprocess.CompletedProcess[str]":
    # The builder that every engine has; compose 1.29 and the command line ask for the other one by default.
    builder = {"DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0"}
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **builder}, stdin=stdin, capture_output=True, text=True, check=False
    )
