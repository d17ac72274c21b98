"""How to begin: the address, who may sign in, and a first ticket."""

import http.client
import json
from pathlib import Path
from typing import Any

from devstack import running
from devstack.problem import StackProblem
from devstack.settings import Settings, short
from devstack.waiting import until

NOBODY = "00000000-0000-0000-0000-000000000000"
PROBES = ("/api/auth/me", "/api/cti/categories", "/api/tickets?limit=1", f"/api/tickets/{NOBODY}/audit")


def wait_for_gateway(settings: Settings, *, seconds: float = 20.0) -> None:
    """Until every service answers through the gateway: with 401, since nobody says who they are."""
    silent = list(PROBES)

    def all_answer() -> bool:
        while silent and _get(settings, silent[0])[0] == 401:
            silent.pop(0)
        return not silent

    if not until(all_answer, seconds, every=0.05):
        raise StackProblem(f"{settings.address}{silent[0]} does not answer through the gateway; see `make status`.")


def text(settings: Settings, *, first_run: bool) -> str:
    key_file = settings.data / "goddard.key"
    seeded = running.has_seeded_password(running.layout(settings))
    lines = [
        f"Address   {settings.address}   (API reference: {settings.address}/api/docs)",
        "Login     admin" + (" / admin123   (change it before others can reach this machine)" if seeded else ""),
    ]
    key = _read(key_file)
    if key and first_run:
        lines.append(f"API key   {key}   (goddard, for integrations; shown this once, kept in {short(key_file)})")
    if key and (route := _some_route(settings, key)):
        ticket = {"title": "Printer on fire", "overview": "Third floor.", "severity": 2, **route}
        caller = f"""-H "X-Api-Key: $(cat '{short(key_file)}')" """
        body = f"-H 'Content-Type: application/json' -d '{json.dumps(ticket)}'"
        lines += ["", "A first ticket:", f"curl -s {settings.address}/api/tickets {caller}{body}"]
    return "\n".join(lines)


def _some_route(settings: Settings, key: str) -> dict[str, str] | None:
    """Any category, type and item that nest; None where there are none."""
    for category in _children(settings, key, "categories"):
        for kind in _children(settings, key, f"types?categoryId={category['id']}"):
            for item in _children(settings, key, f"items?typeId={kind['id']}"):
                return {"categoryId": category["id"], "typeId": kind["id"], "itemId": item["id"]}
    return None


def _children(settings: Settings, key: str, path: str) -> list[dict[str, Any]]:
    status, body = _get(settings, f"/api/cti/{path}", {"X-Api-Key": key})
    found: list[dict[str, Any]] = json.loads(body) if status == 200 else []
    return found


def _get(settings: Settings, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body; status 0 where nobody answers."""
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=5)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
