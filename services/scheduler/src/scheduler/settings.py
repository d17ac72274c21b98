"""What the environment decides for the scheduler."""

import tempfile
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SchedulerSettings(BaseSettings):
    """`.env.example` describes each variable."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    app_env: Literal["development", "production"] = "development"
    redis_url: str = Field(description="The queue, with its password: redis://:<password>@<host>:6379/0")
    tickets_url: str = "http://tickets:8000"
    tickets_service_secret: str = Field(description="What tickets knows its callers by.")
    auto_close_interval: float = Field(default=3600, ge=1, description="Seconds between two looks for due tickets.")
    scheduler_state: Path = Field(
        default=Path(tempfile.gettempdir()), description="The folder that remembers when it last looked."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _is_safe_for_production(self) -> Self:
        if self.app_env == "production" and not urlsplit(self.redis_url).password:
            raise ValueError("REDIS_URL has no password")
        return self
