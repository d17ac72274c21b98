"""What crosses a boundary: camelCase outside, snake_case inside, frozen, nothing unknown."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """Base of every request and response model. Unknown fields are refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Any text PostgreSQL can keep. Lone surrogates never get this far: the JSON parser refuses them."""

FilledText = Annotated[Text, AfterValidator(_not_blank)]
"""Text with at least one character that is not white space. Stored as it came, nothing trimmed."""
