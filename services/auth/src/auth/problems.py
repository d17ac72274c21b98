"""What auth refuses, each as the sentence to tell."""

from common.problems import Conflict, Invalid, NotFound, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The user name or the password is wrong."""

    code = "wrong_credentials"


class UserNotFound(NotFound):
    """There is no user with this id."""

    code = "user_not_found"


class LastAdmin(Conflict):
    """This is the last ADMIN: make somebody else one first."""

    code = "last_admin"


class YourOwnAccount(Conflict):
    """You cannot delete your own account; another ADMIN can."""

    code = "own_account"


class Taken(Conflict):
    """Somebody has this user name or e-mail address."""

    code = "taken"

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}: is taken by another user", errors=[(field, "is taken by another user")])


class WeakPassword(Invalid):
    """A new password that is easy to guess."""
