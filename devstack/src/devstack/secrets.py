"""The secrets of one stack: made on the first run, kept in `.data/secrets.json` for its owner alone."""

import json
import secrets
import threading
from pathlib import Path

from devstack.files import write_private
from devstack.problem import StackProblem


class Secrets:
    """One secret a name, made when it is first asked for and the same from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> str:
        with self._lock:
            if name not in self._known:
                # Letters and digits only: it stands in URLs, configuration files and SQL without quoting.
                self._known[name] = secrets.token_hex(24)
                write_private(self._path, json.dumps(self._known, indent=1))
            return self._known[name]


def _read(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StackProblem(f"{path} cannot be read ({error}). Restore it, or start afresh with `make reset`.") from None
    if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
        raise StackProblem(f"{path} is damaged. Restore it, or start afresh with `make reset`.")
    return known
