"""An installation in containers: brought up, scaled, asked, torn down."""

import json
import os
import platform
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from compose.engine import ROOT, docker, logs, run
from compose.standins import provide
from deploy.dotenv import read_dotenv
from deploy.installation import Installation
from devstack.ports import Ports
from support.clients import PASSWORD, Callers
from support.eventually import soon
from support.factories import Factory

ADMIN_PASSWORD = "a-password-of-my-own-7"
TAG = "compose-test"


@dataclass(frozen=True)
class Images:
    """All images, made from this repository. `compose` is the command that runs them; `note` keeps a figure."""

    compose: tuple[str, ...]
    note: Callable[[str], None]

    @classmethod
    def built(cls, compose: Sequence[str], note: Callable[[str], None]) -> "Images":
        standins = provide()
        note(f"STAND-INS in place of official images that could not be pulled: {', '.join(standins) or 'none'}")
        note(f"{' '.join(compose)} on {platform.platform()}")
        began = time.monotonic()
        files = ["-f", "docker-compose.yml", "-f", "docker-compose.build.yml"]
        environment = {**os.environ, "TAG": TAG, "REGISTRY": "ticketing", "DOCKER_BUILDKIT": "0"}
        environment["COMPOSE_DOCKER_CLI_BUILD"] = "0"
        subprocess.run(
            ["nice", *compose, *files, "build"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True
        )
        note(f"images built in {time.monotonic() - began:.0f} s")
        ours = ("--filter", f"reference=ticketing/*:{TAG}")
        listed = docker("image", "ls", *ours, "--format", "{{.Repository}} {{.Size}}").splitlines()
        note("image sizes: " + ", ".join(sorted(line.removeprefix("ticketing/ticketing-") for line in listed)))
        return cls(tuple(compose), note)


class Site:
    """Two files in a folder, and what Compose makes of them. `variables` are written into `.env`."""

    def __init__(self, images: Images, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.note = images.note
        self.project = f"site{secrets.token_hex(3)}"
        self._ports = Ports()
        self.port = self._ports.take()
        self.url = f"http://127.0.0.1:{self.port}"
        self.callers = Callers(self.url)
        self.make = Factory(self.callers)
        self._compose = images.compose
        self._write(variables or {})

    # ── From two files to running ─────────────────────────────────────────────────────────────────────────────────

    def up(self, *scale: str) -> None:
        """Start, or change to what the files say now."""
        began = time.monotonic()
        self.compose("up", "-d", *(flag for each in scale for flag in ("--scale", each)))
        returned = time.monotonic()
        self.wait_healthy()
        took, healthy = returned - began, time.monotonic() - began
        self.note(f"up -d {' '.join(scale)}: returned after {took:.0f} s, all healthy after {healthy:.0f} s")

    def seed(self) -> str:
        """goddard's key, which is told once."""
        said = self.compose("exec", "-T", "auth", "python", "-m", "auth", "seed")
        key = re.search(r"sk_\S+", said)
        assert key is not None, said
        return key.group()

    def first_day(self) -> None:
        """Seed, and what the admin does first."""
        self.key = self.seed()
        self.callers._by_role["SERVICE"] = self.callers.with_key(self.key)
        seeded = soon(lambda: self.callers.log_in("admin", "admin123"), within=30)
        changed = seeded.post("/auth/password", {"currentPassword": "admin123", "newPassword": ADMIN_PASSWORD})
        assert changed.is_success, changed.text
        self.callers._by_role["ADMIN"] = self.callers.log_in("admin", ADMIN_PASSWORD)
        agent = self.callers.create_user(role="AGENT", displayName="The agent")
        self.callers._by_role["AGENT"] = self.callers.log_in(agent["username"], PASSWORD)

    def down(self) -> None:
        self.compose("down", "-v", "--remove-orphans")
        self.callers.close()
        self._ports.release()

    # ── What runs ─────────────────────────────────────────────────────────────────────────────────────────────────

    def compose(self, *arguments: str) -> str:
        return run([*self._compose, *arguments], cwd=self.folder)

    def script(self, name: str, *arguments: str, **environment: str) -> str:
        """Run a command that docs/operations.md gives, in this folder."""
        path = self.folder.parent / f"{self.project}-{name}"
        path.write_text(documented(name).replace("docker compose", " ".join(self._compose)))
        said = subprocess.run(
            ["sh", str(path), *arguments],
            cwd=self.folder,
            env={**os.environ, "COMPOSE_PROJECT_NAME": self.project, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert said.returncode == 0, f"{name}: {said.stdout[-3000:]}"
        return said.stdout

    def containers(self, service: str) -> list[str]:
        return self.all_containers(
            f"label=com.docker.compose.service={service}", "label=com.docker.compose.oneoff=False"
        )

    def all_containers(self, *filters: str) -> list[str]:
        """Asked of the engine: compose takes half a second for its own start."""
        filters = (f"label=com.docker.compose.project={self.project}", *filters)
        return docker("ps", "-aq", *(f"--filter={each}" for each in filters)).split()

    def inspect(self, *containers: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(docker("inspect", *containers))
        return found

    def wait_healthy(self, within: float = 180.0) -> None:
        """Until every container with a health check is healthy, and every other that should run runs."""

        def is_healthy() -> bool:
            states = [each["State"] for each in self.inspect(*self.all_containers())]
            waiting = [s for s in states if s["Status"] != "exited" and s.get("Health", {}).get("Status") != "healthy"]
            assert not [s for s in states if s["Status"] == "exited" and s["ExitCode"] != 0]
            return not waiting

        soon(is_healthy, within=within)

    def inside(self, container: str, *command: str) -> str:
        return docker("exec", container, *command)

    def metric(self, container: str, name: str) -> float:
        """The sum of a metric over its labels, asked of one replica itself."""
        ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/metrics').read().decode())"
        lines = self.inside(container, "python", "-c", ask).splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(rf"{name}(\{{|\s)", line))

    def memory(self) -> dict[str, str]:
        lines = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *self.running()).splitlines()
        return {line.split()[0].removeprefix(self.project).strip("-_"): line.split()[1] for line in lines}

    def running(self) -> list[str]:
        return docker("ps", "-q", "--filter", f"label=com.docker.compose.project={self.project}").split()

    @property
    def installation(self) -> Installation:
        return Installation.of(read_dotenv(self.folder / ".env"))

    def address(self, service: str) -> str:
        """Where a container of the service is reached from this machine, past the gateway."""
        networks = self.inspect(self.containers(service)[0])[0]["NetworkSettings"]["Networks"]
        found = networks.get(f"{self.project}_data") or next(iter(networks.values()))
        return str(found["IPAddress"])

    def log(self, *services: str) -> str:
        """What all containers of these services wrote so far."""
        return "".join(logs(container) for service in services for container in self.containers(service))

    def nobody(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=10)

    def _write(self, variables: Mapping[str, str]) -> None:
        """The two files: the first as it is, `.env.example` as an operator fills it in."""
        shutil.copy(ROOT / "docker-compose.yml", self.folder)
        filled = {
            "CLIENT_URL": self.url,
            "JWT_SECRET": secrets.token_urlsafe(48),
            "POSTGRES_PASSWORD": secrets.token_hex(24),
            "PORT": str(self.port),
            "TAG": TAG,
            "COMPOSE_PROJECT_NAME": self.project,
            "APP_SUBNET": f"10.{self.port % 200 + 20}.80.0/24",
        }
        (self.folder / ".env").touch(0o600)
        (self.folder / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"))
        self.tell(**(filled | dict(variables)))

    def tell(self, **variables: str) -> None:
        """Set variables of `.env`; those that `.env.example` does not know are added."""
        text = (self.folder / ".env").read_text(encoding="utf-8")
        for name, value in variables.items():
            line = f"{name}={value}"
            described = re.search(rf"^#? ?{name}=.*$", text, re.MULTILINE)
            text = text.replace(described.group(), line) if described else f"{text}{line}\n"
        (self.folder / ".env").write_text(text, encoding="utf-8")

    def override(self, name: str) -> None:
        """Put beside the two files what docs/operations.md gives under this name."""
        (self.folder / "docker-compose.override.yml").write_text(documented(name), encoding="utf-8")


@contextmanager
def site_of(images: Images, folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[Site]:
    """A site whose containers are gone afterwards."""
    site = Site(images, folder, variables)
    try:
        yield site
    finally:
        site.down()


def documented(name: str) -> str:
    """The box of docs/operations.md that begins with this name."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(rf"^```(?:sh|yaml)\n(# {re.escape(name)}.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/operations.md has no {name}"
    return found.group(1)
