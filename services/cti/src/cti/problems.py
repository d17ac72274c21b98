"""What cti refuses, as sentences."""

from common.problems import Conflict, Invalid, NotFound
from cti.levels import Level


class NodeNotFound(NotFound):
    """There is no such category, type or item."""

    def __init__(self, level: Level) -> None:
        super().__init__(f"There is no such {level}.")


class NameTaken(Conflict):
    """A sibling has this name already; upper and lower case count as the same."""

    code = "name_taken"

    def __init__(self) -> None:
        super().__init__(errors=[("name", "is the name of a sibling already")])


class UnknownParent(Invalid):
    """The parent named in the request does not exist."""

    def __init__(self, level: Level) -> None:
        super().__init__((f"{level.parent_field}", f"is not the id of a {level.parent}"))
