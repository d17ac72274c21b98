"""`make auto-close`: what the scheduler asks every hour, asked now."""

import http.client

from common.peers import service_token
from devstack import state
from devstack.problem import StackProblem
from devstack.secrets import Secrets
from devstack.settings import Settings


def ask(settings: Settings) -> str:
    """Tickets' answer."""
    running = state.read(settings.data) if state.is_held(settings.data) else None
    if running is None:
        raise StackProblem("Nothing is running. Start it first: make up")
    secret = Secrets(settings.data / "secrets.json")["service tickets"]
    token = service_token(secret, caller="scheduler", callee="tickets")
    connection = http.client.HTTPConnection("127.0.0.1", running.ports["tickets"], timeout=60)
    try:
        connection.request("POST", "/internal/auto-close", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        said = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise StackProblem(f"tickets does not answer ({error}); see `make status`.") from None
    if answer.status != 200:
        raise StackProblem(f"tickets answered {answer.status}: {said}")
    return said
