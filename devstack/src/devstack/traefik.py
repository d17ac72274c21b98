"""Traefik: the gateway. `gateway/traefik.yml` and `gateway/routes.yml` as they are, with this stack's addresses."""

import json
import re
from typing import Any

import yaml

from deploy.topology import ROUTED
from devstack.files import write_private
from devstack.layout import Layout, plain_environment, venv_program
from devstack.ports import Listening, probe
from devstack.problem import StackProblem
from devstack.process import Program
from devstack.ready import answers, serves
from devstack.settings import Settings


def program(layout: Layout) -> Program:
    # Traefik reads its static part from one place only and knows no variables there, so it gets a copy with ours.
    config = layout.run / "traefik.yml"
    ping = layout.ports["traefik-ping"]

    def prepare() -> None:
        write_private(config, json.dumps(configuration(layout), indent=1))
        write_routes(layout)

    return Program(
        name="traefik",
        command=(venv_program("traefik"), f"--configFile={config}"),
        environment=plain_environment() | _environment(layout),
        port=layout.settings.port,
        prepare=prepare,
        is_ready=lambda pid: serves(pid, ping, "/loaded"),
        stop_seconds=15,
    )


def configuration(layout: Layout) -> dict[str, Any]:
    """The static part: the file of `gateway/`, listening on this stack's port of each address to bind."""
    static: dict[str, Any] = yaml.safe_load((layout.gateway / "traefik.yml").read_text(encoding="utf-8"))
    points = static["entryPoints"]
    web = points.pop("web")
    trusted = [part for part in layout.settings.variables.get("TRUSTED_PROXIES", "").replace(",", " ").split() if part]
    if trusted:
        web["forwardedHeaders"] = {"trustedIPs": trusted}
    for number, address in enumerate(addresses(layout.settings), start=1):
        points["web" if number == 1 else f"web{number}"] = {**web, "address": f"{address}:{layout.settings.port}"}
    points["ping"]["address"] = f"127.0.0.1:{layout.ports['traefik-ping']}"
    static["providers"]["file"] = {"filename": str(layout.run / "routes.yml"), "watch": True}
    return static


def write_routes(layout: Layout) -> None:
    """The routes with the addresses of the replicas as they are now. A running Traefik takes them at once."""
    addresses = " ".join(f'"{service}" "{_upstreams(layout, service)}"' for service in ROUTED)
    given = (layout.gateway / "routes.yml").read_text(encoding="utf-8")
    routes, found = _REPLICAS.subn(f"{{{{- $replicas := dict {addresses} }}}}", given)
    if found != 1:
        raise StackProblem("gateway/routes.yml has no line that begins {{- $replicas := dict")
    write_private(layout.run / "routes.yml", routes)


def has_up(layout: Layout, replica: str) -> bool:
    """Whether Traefik has asked this replica whether it is ready, and sends it requests now."""
    service = replica.partition("-")[0]
    told = answers(layout.ports["traefik-ping"], f"/api/http/services/{service}-replicas@file")
    return told is not None and json.loads(told).get("serverStatus", {}).get(layout.url(replica)) == "UP"


_REPLICAS = re.compile(r"^{{- \$replicas := dict .*$", re.MULTILINE)


def addresses(settings: Settings) -> list[str]:
    """The addresses to bind that this machine has, as Traefik writes them.

    `StackProblem` where the port is not to be had.
    """
    port, found = settings.port, []
    for address in settings.bind:
        match probe(address, port):
            case Listening.POSSIBLE:
                found.append(f"[{address}]" if ":" in address else address)
            case Listening.TAKEN:
                raise StackProblem(
                    f"Port {port} is in use by another program. End it, or choose another: make up PORT={port + 1}"
                )
            case Listening.FORBIDDEN:
                raise StackProblem(f"Only root may listen on port {port}. Choose one above 1023: make up PORT=3080")
            case Listening.NO_SUCH_ADDRESS:
                pass  # a machine without IPv6, say
    if not found:
        raise StackProblem(f"BIND={','.join(settings.bind)} names no address of this machine.")
    return found


def _environment(layout: Layout) -> dict[str, str]:
    return {
        "SITE_URL": layout.url("caddy"),
        "PROBLEMS_URL": layout.url("caddy-problems"),
        "GOMEMLIMIT": "96MiB",
        "GOGC": "60",
    }


def _upstreams(layout: Layout, service: str) -> str:
    """The service's replicas. One that this stack does not run says of itself that it is not ready."""
    given = layout.overrides.get(f"{service.upper()}_URL")
    return given or layout.urls(service) or layout.url("caddy-problems")
