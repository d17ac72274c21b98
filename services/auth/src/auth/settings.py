"""What an operator can set for auth."""

from pathlib import Path

from pydantic import Field, field_validator

from auth.addresses import networks
from common.settings import Settings

SHORTEST_SECRET = 32
SAMPLES = ("changeme", "change-me", "secret", "your-secret", "example", "openssl rand")


class AuthSettings(Settings):
    jwt_secret: str = Field(description="Signs the tokens. At least 32 bytes: `openssl rand -hex 64`.")
    redis_url: str = Field(default="", description="Where the limits on failed logins are shared; empty: in memory.")
    cti_url: str = "http://cti:8000"
    cti_service_secret: str = ""
    goddard_key_file: Path | None = Field(default=None, description="Where the first seed keeps goddard's key too.")

    @field_validator("jwt_secret")
    @classmethod
    def _is_secret(cls, value: str) -> str:
        if len(value.encode()) < SHORTEST_SECRET:
            raise ValueError(f"is too short: at least {SHORTEST_SECRET} bytes, such as `openssl rand -hex 64` gives")
        if len(set(value)) < 8 or any(sample in value.lower() for sample in SAMPLES):
            raise ValueError("is a sample, or easy to guess: use what `openssl rand -hex 64` gives")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            networks(value)
        except ValueError as error:
            raise ValueError(f"must be addresses or networks with commas between: {error}") from None
        return value
