"""What the environment decides for cti: by what it knows who asks it."""

from common.settings import Settings


class CtiSettings(Settings):
    cti_service_secret: str = ""
