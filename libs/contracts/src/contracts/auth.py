"""What auth says: the state of its users and signing keys, and which tokens were signed out."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from common.event import Actor, Event, Fact

SYSTEM_USER_ID = UUID("00000000-0000-7000-8000-000000000001")

SYSTEM = Actor(id=SYSTEM_USER_ID, username="system", display_name="System")
"""Who closes resolved tickets. Nobody can sign in as this user."""


class UserState(Fact):
    """A user as the other services need them. A deleted user keeps id and names: old tickets go on showing them."""

    id: UUID
    username: str
    display_name: str
    email: str
    role: Literal["ADMIN", "AGENT", "USER", "SERVICE"]
    deleted: bool = False
    token_epoch: int
    api_key_hash: str | None = None
    must_change_password: bool = False


class UserChanged(Event):
    """A user was created or changed; `data` is their whole state."""

    SUBJECT: ClassVar = "state.user.{id}"
    type: Literal["user.changed.v1"] = "user.changed.v1"
    data: UserState


class UserDeleted(Event):
    """A user was deleted. `actor` is who did it, and who unassigns the tickets they still held."""

    SUBJECT: ClassVar = "state.user.{id}"
    type: Literal["user.deleted.v1"] = "user.deleted.v1"
    data: UserState


class KeyState(Fact):
    """The public half of a signing key. A retired key verifies nothing any more."""

    kid: str
    public_key: str
    retired: bool = False


class KeyPublished(Event):
    """A signing key came into use or was retired."""

    SUBJECT: ClassVar = "state.key.{id}"
    type: Literal["key.published.v1"] = "key.published.v1"
    data: KeyState


class RevokedToken(Fact):
    """A token that is refused although it has not expired yet."""

    jti: UUID
    user_id: UUID
    expires_at: datetime


class TokenRevoked(Event):
    """A token was signed out."""

    SUBJECT: ClassVar = "state.revoked.{id}"
    type: Literal["token.revoked.v1"] = "token.revoked.v1"
    data: RevokedToken
