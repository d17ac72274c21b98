"""`python -m audit serve | migrate | dead-letters ...`"""

from audit.main import service
from common import cli

cli.run(service)
