"""The shapes of sessions and users on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from common.identity import Role
from common.wire import FilledText, Text, Wire


def _is_a_name(value: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise ValueError("must be printable, without blanks at its ends")
    return value


def _is_an_address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not at or not local or not domain or any(sign.isspace() or not sign.isprintable() for sign in value):
        raise ValueError("must be an e-mail address, such as jane@example.org")
    return value


Username = Annotated[
    FilledText,
    StringConstraints(max_length=100),
    AfterValidator(_is_a_name),
    Field(description="What one signs in with. At most 100 characters; case does not matter.", examples=["jane"]),
]
Email = Annotated[
    Text,
    StringConstraints(max_length=254),
    AfterValidator(_is_an_address),
    Field(description="At most 254 characters.", examples=["jane@example.org"]),
]
DisplayName = Annotated[
    FilledText,
    StringConstraints(max_length=200),
    Field(description="What others see. Not blank, at most 200 characters.", examples=["Jane Doe"]),
]
NewPassword = Annotated[
    Text,
    Field(description="At least 12 characters, and not one that everybody would guess.", examples=["correct horse 9"]),
]
GivenPassword = Annotated[
    Text, StringConstraints(max_length=1024), Field(description="The password as it is now.", examples=["admin123"])
]
RoleField = Annotated[Role, Field(strict=False, description="What the user may do.")]


def _absent() -> Any:
    """A field that may be left out but not be null; which fields were sent is in `model_fields_set`."""
    return Field(default_factory=lambda: None)


class Login(Wire):
    """A user name with its password."""

    username: Annotated[
        Text, StringConstraints(max_length=1000), Field(description="Case does not matter.", examples=["admin"])
    ]
    password: GivenPassword


class PasswordChange(Wire):
    """The caller's password, and the one to be."""

    current_password: GivenPassword
    new_password: NewPassword


class NewUser(Wire):
    """A user to be created. A SERVICE account has a key instead of a password; one that is sent is not kept."""

    username: Username
    email: Email
    display_name: DisplayName
    role: RoleField
    password: NewPassword = _absent()


class UserPatch(Wire):
    """Fields to change. What is left out stays as it is."""

    display_name: DisplayName = _absent()
    email: Email = _absent()
    password: NewPassword = _absent()
    role: RoleField = _absent()
    regenerate_api_key: Annotated[
        bool, Field(description="true: a new key for a SERVICE account; the old one dies.")
    ] = False


class Out(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Me(Out):
    """The caller."""

    id: UUID
    username: str
    display_name: str
    email: str
    role: Role
    must_change_password: Annotated[bool, Field(description="The password is still the one that was seeded.")]


class Session(Out):
    """Who signed in, and the token that says so for 12 hours."""

    token: Annotated[str, Field(description="Send it as `Authorization: Bearer <token>`.", examples=["eyJ..."])]
    user: Me


class UserOut(Out):
    """A user."""

    id: UUID
    username: str
    display_name: str
    email: str
    role: Role
    last_login_at: datetime | None


class UserWithKey(UserOut):
    """A user, with the API key if this request made one: copy it now, it is not shown again."""

    api_key: Annotated[str | None, Field(examples=["sk_..."])] = None
