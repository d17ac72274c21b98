"""Write the JSON Schema of every event; `--check` only compares. A difference is a change of the contract."""

import sys
from pathlib import Path

import orjson

from common.event import Event
from contracts import auth, cti, tickets

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "libs" / "contracts" / "schemas"


def events() -> list[type[Event]]:
    """Every event that any service says."""
    return [
        kind
        for module in (auth, cti, tickets)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    ]


def schemas() -> dict[Path, bytes]:
    return {
        FOLDER / f"{kind.type_name()}.json": orjson.dumps(
            kind.model_json_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        )
        + b"\n"
        for kind in events()
    }


def main(arguments: list[str]) -> int:
    FOLDER.mkdir(exist_ok=True)
    stale = [path for path, body in schemas().items() if not path.exists() or path.read_bytes() != body]
    for path in stale:
        name = path.relative_to(ROOT)
        if "--check" in arguments:
            print(f"{name} does not show the event as it is: make openapi")
        else:
            path.write_bytes(schemas()[path])
            print(f"{name} written")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
