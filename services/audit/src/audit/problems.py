"""What audit refuses, as the sentence to tell."""

from common.problems import NotFound


class TicketNotFound(NotFound):
    """There is no ticket with this id."""

    code = "ticket_not_found"
