"""What an operator can set for tickets."""

from pydantic import Field

from common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    cti_url: str = "http://cti:8000"
    cti_service_secret: str = ""
    tickets_service_secret: str = ""
    auto_close_days: int = Field(default=14, ge=1, le=3650, description="Days after which a resolved ticket closes.")
    users_may_create_tickets: bool = Field(default=False, description="Whether the role USER may create tickets.")
