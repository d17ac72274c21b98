"""`make auto-close`: what the scheduler asks every hour, asked now."""

import http.client

from common.peers import service_token
from devstack import running
from devstack.problem import StackProblem
from devstack.settings import Settings


def ask(settings: Settings) -> str:
    """Tickets' answer."""
    found = running.layout(settings)
    token = service_token(found.secrets["service tickets"], caller="scheduler", callee="tickets")
    connection = http.client.HTTPConnection("127.0.0.1", found.ports["tickets"], timeout=60)
    try:
        connection.request("POST", "/internal/auto-close", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        said = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise StackProblem(f"tickets does not answer ({error}); see `make status`.") from None
    if answer.status != 200:
        raise StackProblem(f"tickets answered {answer.status}: {said}")
    return said
