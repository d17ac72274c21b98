"""`python -m tickets serve | migrate | republish | dead-letters ...`"""

from common import cli
from tickets.main import service

cli.run(service)
