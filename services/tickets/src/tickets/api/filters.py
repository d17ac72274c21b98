"""The query parameters that narrow the list."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, Field

from common.ids import parse_id
from common.wire import Text
from tickets.queries.list_tickets import Filters
from tickets.queries.names import NO_ID
from tickets.schemas import Status
from tickets.search_text import terms

TERM_LIMIT = 20
NOBODY = "none"


def _few_terms(search: str) -> str:
    if len(terms(search)) > TERM_LIMIT:
        raise ValueError(f"must have at most {TERM_LIMIT} terms")
    return search


async def _filters(
    status: Annotated[
        list[Status] | None, Query(description="Only this status. Repeat the parameter for several.")
    ] = None,
    severity: Annotated[
        list[Annotated[int, Field(ge=1, le=5)]] | None,
        Query(description="Only this severity: 1 critical to 5 minimal. Repeat the parameter for several."),
    ] = None,
    category_id: Annotated[str, Query(alias="categoryId", description="Only this queue, by the category's id.")] = "",
    type_id: Annotated[str, Query(alias="typeId", description="Only this type, by its id.")] = "",
    item_id: Annotated[str, Query(alias="itemId", description="Only this item, by its id.")] = "",
    assignee_id: Annotated[
        str, Query(alias="assigneeId", description="Only tickets assigned to this user; `none`: only unassigned ones.")
    ] = "",
    search: Annotated[
        Text,
        AfterValidator(_few_terms),
        Query(
            max_length=1000,
            description="At most 20 terms. All of them must match, in title, overview or display id: as a word in any "
            "of its forms, as the beginning of one, or as a fragment. Case and accents do not matter; signs match as "
            "they stand.",
        ),
    ] = "",
) -> Filters:
    ids = {"category_id": category_id, "type_id": type_id, "item_id": item_id, "assignee_id": assignee_id}
    same: dict[str, UUID | None] = {name: parse_id(text) or NO_ID for name, text in ids.items() if text}
    if assignee_id == NOBODY:
        same["assignee_id"] = None
    severities = tuple(sorted(set(severity or ())))
    return Filters(tuple(sorted(set(status or ()))), severities if len(severities) < 5 else (), same, search)


FiltersDep = Annotated[Filters, Depends(_filters)]
