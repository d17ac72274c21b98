"""What the environment decides for audit: whom it asks, and by what it knows who asks it."""

from common.settings import Settings


class AuditSettings(Settings):
    tickets_url: str = "http://tickets:8000"
    tickets_service_secret: str = ""
    audit_service_secret: str = ""
