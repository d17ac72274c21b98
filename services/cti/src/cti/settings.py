"""What the environment decides for cti: nothing beyond what every service reads."""

from common.settings import Settings


class CtiSettings(Settings):
    """The shared settings as they are."""
