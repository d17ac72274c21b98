"""Seed several services in one process: what takes the time is importing them.

    echo '{"auth": {"DATABASE_URL": "...", ...}, "cti": {...}}' | python -m devstack.seed

Each is told its own environment; it is what `python -m auth seed` does.
"""

import importlib
import json
import os
import sys

from common import cli


def main() -> int:
    for name, environment in json.load(sys.stdin).items():
        os.environ.clear()
        os.environ.update(environment)
        if failed := cli.main(importlib.import_module(f"{name}.main").service, ["seed"]):
            return failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
