"""What comes in and goes out over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from common.wire import FilledText, Wire

Name = Annotated[
    FilledText,
    Field(
        max_length=200,
        description="What people call it: 1 to 200 characters, not blank, stored as sent. Siblings differ in more than "
        "upper and lower case.",
        examples=["Network"],
    ),
]
CategoryId = Annotated[str, Field(description="The category it lies in.")]
TypeId = Annotated[str, Field(description="The type it lies in.")]
NodeId = Annotated[str, Path(alias="id", description="Its id.")]


class NewCategory(Wire):
    """A category to create."""

    name: Name


class NewType(Wire):
    """A type to create in a category."""

    name: Name
    category_id: CategoryId


class NewItem(Wire):
    """An item to create in a type."""

    name: Name
    type_id: TypeId


class Rename(Wire):
    """The new name of a category, type or item."""

    name: Name


class CategoryOut(Wire):
    """A category: the queue that tickets are routed to."""

    id: Annotated[UUID, Field(description="Its id, for ever.")]
    name: Annotated[str, Field(description="What people call it now.")]


class TypeOut(CategoryOut):
    """A type: what kind of thing within its category."""

    category_id: Annotated[UUID, Field(description="The category it lies in.")]


class ItemOut(CategoryOut):
    """An item: the thing itself, within its type."""

    type_id: Annotated[UUID, Field(description="The type it lies in.")]
