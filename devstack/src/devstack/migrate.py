"""Migrate several schemas in one process: what takes the time is importing the tools.

echo '{"cti": "postgresql://cti_owner:...@127.0.0.1:5432/ticketing"}' | python -m devstack.migrate
"""

import json
import sys
from pathlib import Path

from common.migrations import upgrade
from devstack.settings import ROOT


def main() -> None:
    for service, url in json.load(sys.stdin).items():
        upgrade(url, schema=service, versions=versions(service))


def versions(service: str) -> Path:
    """Where a service keeps its revisions."""
    return ROOT / "services" / service / "migrations" / "versions"


if __name__ == "__main__":
    main()
