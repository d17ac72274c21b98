"""Caddy: what no service answers. The reference page, the OpenAPI document, the client, the gateway's problems."""

import importlib.util
from pathlib import Path

from devstack.client import BUILT
from devstack.files import make_private
from devstack.layout import Layout, plain_environment, venv_program
from devstack.problem import StackProblem
from devstack.process import Program
from devstack.ready import listens


def program(layout: Layout) -> Program:
    port, problems = layout.ports["caddy"], layout.ports["caddy-problems"]
    home = layout.data / "caddy"

    def prepare() -> None:
        make_private(home)

    return Program(
        name="caddy",
        command=(venv_program("caddy"), "run", "--adapter", "caddyfile", "--config", str(layout.gateway / "Caddyfile")),
        environment=plain_environment()
        | {
            # Whatever it wants to keep stays with the stack.
            "XDG_DATA_HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "GOMEMLIMIT": "48MiB",
            "GOMAXPROCS": "2",
            "LISTEN_ADDRESS": "127.0.0.1",
            "LISTEN": f":{port}",
            "LISTEN_PROBLEMS": f":{problems}",
            "GATEWAY_ROOT": str(layout.gateway),
            "SITE_ROOT": layout.overrides.get("SITE_ROOT", str(BUILT)),
            "REFERENCE_ROOT": str(find_reference_assets()),
            "API_DOCS": "on" if layout.settings.has_docs else "off",
        },
        port=port,
        prepare=prepare,
        is_ready=lambda pid: listens(pid, port) and listens(pid, problems),
    )


def find_reference_assets() -> Path:
    """The folder of the package that carries Swagger UI's script and style."""
    package = importlib.util.find_spec("fastapi_swagger")
    if package is None or package.origin is None:
        raise StackProblem("The package fastapi-swagger is not installed. Run `make install`.")
    return Path(package.origin).parent / "resources"
