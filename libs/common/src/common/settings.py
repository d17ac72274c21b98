"""Settings that every service shares, read from the environment. A service subclasses `Settings` with its own.

Each may also be a file of the variable's name in lower case, in the folder that SECRETS_DIR names: what is secret need
not stand in the environment of a process, where whoever may look at it reads it.
"""

import os
import sys
from typing import Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """`.env.example` describes each variable. With `APP_ENV=production` unsafe values are refused at start."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    app_env: Literal["development", "production"] = "development"
    database_url: str = Field(description="PostgreSQL, as the service's own role without rights to change tables.")
    migration_database_url: str | None = Field(default=None, description="The same database as the schema's owner.")
    nats_url: str = "nats://127.0.0.1:4222"
    client_url: str = "http://localhost:3080"
    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=8000, ge=1, le=65535)
    auth_url: str = "http://auth:8000"
    auth_service_secret: str = ""
    trusted_proxies: str = Field(default="", description="Addresses or networks of proxies before the gateway.")
    force_password_change: bool | None = None
    repair_interval: float = Field(
        default=600, gt=0, description="Seconds between two comparisons of what was heard with its owner."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def enforces_password_change(self) -> bool:
        """Whether the seeded password opens nothing but changing it."""
        return self.app_env == "production" if self.force_password_change is None else self.force_password_change

    @property
    def client_origin(self) -> str:
        parts = urlsplit(self.client_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def secure_cookies(self) -> bool:
        return self.client_url.startswith("https://")

    @field_validator("client_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be the address people open in the browser, such as https://help.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _is_safe_for_production(self) -> Self:
        if self.app_env == "production":
            for name, reason in self.unsafe().items():
                raise ValueError(f"{name.upper()} {reason}")
        return self

    def unsafe(self) -> dict[str, str]:
        """What must not go to production: setting name -> why."""
        found = {}
        if "client_url" not in self.model_fields_set:
            found["client_url"] = "is not set: the address people open in the browser"
        if urlsplit(self.database_url).password in {None, "", "postgres", "password", "ticketing"}:
            found["database_url"] = "has no password, or one that everybody knows"
        return found


S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S]) -> S:
    """The settings, or exit with one sentence a variable."""
    try:
        return kind(_secrets_dir=os.environ.get("SECRETS_DIR"))
    except ValidationError as error:
        for item in error.errors():
            name = ".".join(str(part) for part in item["loc"]).upper()
            reason = "is not set" if item["type"] == "missing" else item["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{name} {reason}\n".lstrip())
        sys.exit(78)  # EX_CONFIG
