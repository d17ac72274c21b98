"""What tickets refuses, each as the sentence to tell."""

from common.problems import Forbidden, Invalid, NotFound, Stale


class TicketNotFound(NotFound):
    """There is no ticket with this id."""

    code = "ticket_not_found"


class CommentNotFound(NotFound):
    """There is no comment with this id on this ticket."""

    code = "comment_not_found"


class OnlyAdminsClose(Forbidden):
    """Only an ADMIN may set a ticket to CLOSED. Set RESOLVED instead: a resolved ticket closes by itself."""

    code = "only_admins_close"


class NotYourComment(Forbidden):
    """A comment may be deleted by its author or by an ADMIN."""

    code = "not_your_comment"


class TicketChanged(Stale):
    """The ticket was changed since the version that If-Match names. Read it again and decide which to keep."""

    code = "ticket_changed"


class UnknownAssignee(Invalid):
    def __init__(self) -> None:
        super().__init__(("assigneeId", "is not the id of a user; GET /api/users lists them"))


class BrokenPath(Invalid):
    """Category, type and item that do not belong together."""
