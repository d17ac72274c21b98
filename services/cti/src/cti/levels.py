"""The three levels of the hierarchy: an item lies in a type, a type in a category."""

from enum import StrEnum


class Level(StrEnum):
    CATEGORY = "category"
    TYPE = "type"
    ITEM = "item"

    @property
    def parent(self) -> "Level | None":
        """The level above, or None at the top."""
        match self:
            case Level.CATEGORY:
                return None
            case Level.TYPE:
                return Level.CATEGORY
            case Level.ITEM:
                return Level.TYPE

    @property
    def parent_field(self) -> str | None:
        """What the parent's id is called on the wire: `categoryId` for types, `typeId` for items."""
        return None if self.parent is None else f"{self.parent}Id"
