"""The commands behind the Makefile: `python -m devstack up | down | status | logs | reset | ...`."""

import argparse
import contextlib
import importlib
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from devstack import settings, state
from devstack.problem import StackProblem
from devstack.waiting import until


def main(argv: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if argv is None else argv
    try:
        if arguments[:1] and arguments[0] in PROGRAMS:
            module = importlib.import_module(PROGRAMS[arguments[0]])
            return int(module.main(arguments[1:]))
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except PermissionError as error:
        print(f"{error.filename} may not be used by you. DATA_DIR names another folder for all data.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read what we say has read enough, as in `make logs | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


PROGRAMS = {"demo": "devstack.demo", "import": "devstack.import_incidents"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devstack", description="The whole system on one machine.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (run, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        if name == "logs":
            command.add_argument("component", nargs="?", help="one component; left out: all of them")
        if name == "service":
            command.add_argument("name", nargs="?", default="", help="auth, cti, tickets or audit")
            command.add_argument("arguments", nargs=argparse.REMAINDER, help="its command; --help lists them")
        if name in {"backup", "restore"}:
            command.add_argument("--file", type=Path, default=None, help="the backup")
        if name == "supervise":
            command.add_argument("report", type=int)
    return parser


def up(_options: argparse.Namespace) -> int:
    from devstack.startup import start

    return start(settings.load())


def down(_options: argparse.Namespace) -> int:
    data = settings.load().data
    if not state.is_held(data):
        print("Nothing is running.")
        return 0
    _stop(data)
    print("Stopped. The data stays in", settings.short(data))
    return 0


def _stop(data: Path) -> None:
    last = state.read(data)
    if last is None:
        raise StackProblem(f"A stack is running, but {data / 'run' / 'state.json'} does not say which process it is.")
    with contextlib.suppress(ProcessLookupError):
        os.kill(last.supervisor, signal.SIGTERM)
    if not until(lambda: not state.is_held(data), 60, every=0.05):
        raise StackProblem(
            f"The supervisor (process {last.supervisor}) does not end. End it: kill -9 {last.supervisor}"
        )


def status(_options: argparse.Namespace) -> int:
    from devstack.status import show

    return show(settings.load().data)


def logs(options: argparse.Namespace) -> int:
    from devstack.logs import show

    folder = settings.load().data / "logs"
    known = sorted(folder.glob("*.log"))
    chosen = [log for log in known if options.component in {None, log.stem}]
    if not chosen:
        names = ", ".join(log.stem for log in known) or "none yet"
        raise StackProblem(f"There is no log of {options.component or 'anything'}. Logs: {names}.")
    show(chosen, follow=sys.stdout.isatty(), lines=200 if len(chosen) == 1 else 20)
    return 0


def reset(_options: argparse.Namespace) -> int:
    data = settings.load().data
    backups = data / "backups"
    doomed = [part for part in data.iterdir() if part != backups] if data.exists() else []
    if not doomed:
        print("There is nothing to delete.")
        return 0
    if not any((data / part).exists() for part in ("secrets.json", "postgres/PG_VERSION", "shots")):
        raise StackProblem(f"{data} holds no data of this system, so it is not deleted. DATA_DIR names the folder.")
    if os.environ.get("YES") != "1" and not _agrees(data):
        print("Nothing was deleted.")
        return 1
    if state.is_held(data):
        _stop(data)
    if backups.exists():
        for part in data.iterdir():
            if part != backups:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
        print(f"Deleted all in {settings.short(data)} but the backups.")
    else:
        shutil.rmtree(data)
        print("Deleted", settings.short(data))
    return 0


def backup(options: argparse.Namespace) -> int:
    from devstack.backup import write

    print(write(settings.load(), options.file))
    return 0


def restore(options: argparse.Namespace) -> int:
    from devstack import backup
    from devstack.startup import start

    given = settings.load()
    archive = backup.checked(given, options.file)
    if os.environ.get("YES") != "1" and not _agrees(given.data, "Replace", "restore"):
        print("Nothing was changed.")
        return 1
    was_running = state.is_held(given.data)
    if was_running:
        _stop(given.data)
    print(backup.restore(given, archive))
    if was_running:
        return start(given)
    print("Start it: make up")
    return 0


def rolling_restart(_options: argparse.Namespace) -> int:
    from devstack.rolling import restart

    print(restart(settings.load()))
    return 0


def auto_close(_options: argparse.Namespace) -> int:
    from devstack.auto_close import ask

    print(ask(settings.load()))
    return 0


def web_check(_options: argparse.Namespace) -> int:
    from concurrent.futures import ThreadPoolExecutor

    from devstack.client import Client

    client = Client()
    client.packages()
    with ThreadPoolExecutor() as beside:
        # Half of the time is eslint's, and nothing waits for what it says.
        lint = beside.submit(client.npm, "run", "--silent", "lint")
        for script in ("schema", "types", "test"):
            if code := client.npm("run", "--silent", script):
                return code
        client.build()
        return client.npm("run", "--silent", "size") or lint.result()


def web_dev(_options: argparse.Namespace) -> int:
    from devstack.client import Client

    return Client().npm("run", "dev", API_URL=settings.load().address)


def service(options: argparse.Namespace) -> int:
    from devstack.running import run_service

    return run_service(settings.load(), options.name, options.arguments or ["--help"])


def supervise(options: argparse.Namespace) -> int:
    from devstack.supervisor import main as run

    return run(options.report)


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "up": (up, "start everything, return when it answers"),
    "down": (down, "stop everything; the data stays"),
    "status": (status, "each component: state, process, port, memory"),
    "logs": (logs, "what the components write"),
    "reset": (reset, "stop everything and delete all data"),
    "backup": (backup, "write the whole database into a file"),
    "restore": (restore, "put a backup in place of all data"),
    "rolling-restart": (rolling_restart, "restart the services one after the other, while they are used"),
    "service": (service, "run one of a service's own commands beside the running stack"),
    "auto-close": (auto_close, "close now what has been resolved for long enough"),
    "web-check": (web_check, "lint, types against the API, unit tests and size of the browser client"),
    "web-dev": (web_dev, "the browser client with hot reload, before the running stack"),
    "supervise": (supervise, "(the process that `up` leaves behind)"),
}


def _agrees(data: Path, verb: str = "Delete", command: str = "reset") -> bool:
    if not sys.stdin.isatty():
        what = f"This {verb.lower()}s all data in {data}."
        raise StackProblem(f"{what} Where nobody can be asked, say so: make {command} YES=1")
    return input(f"{verb} all tickets, users and keys in {data}? [y/N] ").strip().lower() in {"y", "yes"}
