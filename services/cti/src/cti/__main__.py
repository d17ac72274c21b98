"""`python -m cti serve | migrate | seed | republish | dead-letters ...`"""

from common import cli
from cti.main import service

cli.run(service)
