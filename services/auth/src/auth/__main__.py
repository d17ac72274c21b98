"""`python -m auth serve | migrate | seed | republish | reset-password`"""

from auth.main import service
from common import cli

cli.run(service)
