"""What an operator can set for auth."""

from pathlib import Path

from pydantic import Field, field_validator

from common.settings import Settings

SHORTEST_SECRET = 32
SAMPLES = ("changeme", "change-me", "secret", "your-secret", "example", "openssl rand")


class AuthSettings(Settings):
    jwt_secret: str = Field(description="Signs the tokens. At least 32 characters: `openssl rand -hex 64`.")
    redis_url: str = Field(default="", description="Where the limits on failed logins are shared; empty: in memory.")
    goddard_key_file: Path | None = Field(default=None, description="Where the first seed keeps goddard's key too.")

    @field_validator("jwt_secret")
    @classmethod
    def _is_secret(cls, value: str) -> str:
        if len(value) < SHORTEST_SECRET:
            raise ValueError(
                f"is too short: at least {SHORTEST_SECRET} characters, such as `openssl rand -hex 64` gives"
            )
        if len(set(value)) < 8 or any(sample in value.lower() for sample in SAMPLES):
            raise ValueError("is a sample, or easy to guess: use what `openssl rand -hex 64` gives")
        return value
