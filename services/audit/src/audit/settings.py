"""What the environment decides for audit: nothing beyond what every service reads."""

from common.settings import Settings


class AuditSettings(Settings):
    """The shared settings as they are."""
