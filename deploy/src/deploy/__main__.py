"""`python -m deploy secrets | database`: what is done once before the containers start, and again at each `up`.

secrets     write each container's secrets and the servers' configuration into its volume
database    make the database's roles and schemas
"""

import sys
from pathlib import Path

from deploy import database, volumes
from deploy.dotenv import read_dotenv
from deploy.installation import Installation, Refused

DOTENV = Path("/run/secrets/env")
VOLUMES = Path("/volumes")


def main(arguments: list[str]) -> int:
    try:
        installation = Installation.of(read_dotenv(DOTENV))
        match arguments:
            case ["secrets"]:
                volumes.fill(VOLUMES, installation)
            case ["database"]:
                database.provision(installation)
            case _:
                print(__doc__, file=sys.stderr)
                return 64
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 78  # EX_CONFIG
    return 0


sys.exit(main(sys.argv[1:]))
