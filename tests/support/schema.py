"""Whether an answer has the shape that the reference promises: no field missing, none too many, each of its kind."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

Json = Any

KINDS: dict[str, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
FORMATS: dict[str, Callable[[str], object]] = {"uuid": UUID, "date-time": datetime.fromisoformat}
SAYS_NOTHING_OF_SHAPE = {"title", "description", "examples", "default"}
UNDERSTOOD = SAYS_NOTHING_OF_SHAPE | {
    "additionalProperties",
    "$ref",
    "anyOf",
    "const",
    "enum",
    "format",
    "items",
    "maximum",
    "minimum",
    "pattern",
    "properties",
    "required",
    "type",
}


def misfits(document: dict[str, Json], schema: dict[str, Json], value: Json, at: str = "$") -> list[str]:
    """Where `value` is not what `schema` (of the OpenAPI `document`) says, in words; empty where it fits.

    Stricter than JSON Schema: an object has no other fields than the named ones, and a keyword that is not understood
    here is an error.
    """
    return list(_misfits(document, schema, value, at))


def _misfits(document: dict[str, Json], schema: dict[str, Json], value: Json, at: str) -> Iterator[str]:
    if unknown := schema.keys() - UNDERSTOOD:
        raise ValueError(f"{at}: {unknown} is not understood by this validator")
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        yield from _misfits(document, document["components"]["schemas"][name], value, at)
        return
    if "anyOf" in schema:
        tried = [misfits(document, each, value, at) for each in schema["anyOf"]]
        if all(tried):
            yield from min(tried, key=len)
        return
    if "type" in schema and not KINDS[schema["type"]](value):
        yield f"{at}: {type(value).__name__} instead of {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: not one of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']!r}"
    yield from _out_of_bounds(schema, value, at)
    for index, item in enumerate(value if "items" in schema else ()):
        yield from _misfits(document, schema["items"], item, f"{at}[{index}]")
    if "properties" in schema:
        yield from _wrong_fields(document, schema, value, at)


def _out_of_bounds(schema: dict[str, Json], value: Json, at: str) -> Iterator[str]:
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{at}: below {schema['minimum']}"
    if "maximum" in schema and value > schema["maximum"]:
        yield f"{at}: above {schema['maximum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: does not match {schema['pattern']}"
    if "format" in schema:
        try:
            FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{at}: no {schema['format']}"


def _wrong_fields(document: dict[str, Json], schema: dict[str, Json], value: Json, at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}.{name}: missing"
    for name, field in value.items():
        if name not in schema["properties"]:
            yield f"{at}.{name}: not in the reference"
        else:
            yield from _misfits(document, schema["properties"][name], field, f"{at}.{name}")
