"""Who is asking: the words for a caller and what they may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from common.event import Actor

ISSUER = "ticketing"
AUDIENCE = "ticketing-api"


class Role(StrEnum):
    ADMIN = "ADMIN"
    AGENT = "AGENT"
    USER = "USER"
    SERVICE = "SERVICE"


@dataclass(frozen=True, slots=True)
class User:
    """A user as every service keeps them."""

    id: UUID
    username: str
    display_name: str
    email: str
    role: Role
    deleted: bool
    token_epoch: int
    api_key_hash: str | None
    must_change_password: bool
    version: int
    revoked: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request."""

    user: User
    credential: Literal["token", "cookie", "key"]
    token: "Claims | None" = None

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def role(self) -> Role:
        return self.user.role

    @property
    def actor(self) -> Actor:
        return Actor(id=self.user.id, username=self.user.username, display_name=self.user.display_name)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    user_id: UUID
    jti: UUID
    epoch: int
    expires_at: int
