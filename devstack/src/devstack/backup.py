"""`make backup` and `make restore`: the whole database as it is at one moment, and nothing else.

NATS is not in it: the services say everything again to an empty one. Nor are the secrets of `.data/secrets.json`: roles
get the passwords of the place they are restored in.
"""

import shutil
import subprocess
import time
from pathlib import Path

from devstack import postgres, running, state
from devstack.files import make_private
from devstack.layout import DATABASE, Layout
from devstack.postgres import find_binaries
from devstack.problem import StackProblem
from devstack.settings import Settings, short
from devstack.stack import Stack

RESTORING = f"{DATABASE}_restoring"


def write(settings: Settings, file: Path | None) -> str:
    """Dump what runs into `file`; without one into `.data/backups`, by the time of day. What was written."""
    layout = running.layout(settings)
    if file is None:
        file = make_private(settings.data / "backups") / f"{time.strftime('%Y%m%d-%H%M%S')}.dump"
    began = time.monotonic()
    if file.is_dir():
        raise StackProblem(f"{file} is a folder. Name a file in it: make backup FILE={file / 'tickets.dump'}")
    draft = file.with_name(f"{file.name}.new")
    try:
        draft.touch(mode=0o600)
    except OSError as error:
        raise StackProblem(f"Cannot write {file}: {error.strerror}.") from None
    try:
        _run(layout, "pg_dump", "--format=custom", f"--file={draft}")
    except StackProblem:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(file)
    size = file.stat().st_size / 1024 / 1024
    return f"Wrote {file}: {size:.1f} MiB in {time.monotonic() - began:.1f} s. make restore FILE={file} brings it back."


def checked(settings: Settings, file: Path | None) -> Path:
    """The file, if it can be restored here. `StackProblem` before anything is touched, if not."""
    if file is None:
        raise StackProblem("Which backup? make restore FILE=.data/backups/<name>.dump")
    if settings.database_url is not None:
        raise StackProblem("DATABASE_URL is a PostgreSQL of yours: restore it with pg_restore, then delete .data/nats.")
    pg_restore = find_binaries(settings.pg_bin) / "pg_restore"
    listed = subprocess.run([pg_restore, "--list", file], capture_output=True, text=True, check=False)
    if listed.returncode != 0 or "SCHEMA - tickets" not in listed.stdout:
        raise StackProblem(f"{file} is no backup of this system: {listed.stderr.strip() or 'it has no schema tickets'}")
    return file.absolute()


def restore(settings: Settings, file: Path) -> str:
    """Put the backup in place of the database, which may be a new one, and forget NATS's messages. What was done.

    The database of before is there until the backup has been read to its end.
    """
    began = time.monotonic()
    hold = state.Hold(settings.data)
    if not hold.take():
        raise StackProblem("Something runs on this data. Stop it first: make down")
    stack = Stack(settings, components=("postgres",))
    try:
        stack.start()
        _replace_database(stack.layout, file)
    finally:
        stack.stop()
        hold.release()
    shutil.rmtree(settings.data / "nats", ignore_errors=True)
    return f"""\
Restored {file} in {time.monotonic() - began:.1f} s: users, keys, categories, tickets and their audit log are those of
the backup. NATS was emptied; the services fill it again from the database. Passwords and API keys are the backup's too:
{short(settings.data)}/goddard.key may be another's."""


def _replace_database(layout: Layout, file: Path) -> None:
    postgres.query(layout, f"drop database if exists {RESTORING};\ncreate database {RESTORING};", database="postgres")
    try:
        _run(layout, "pg_restore", "--exit-on-error", str(file), database=RESTORING)
    except StackProblem as problem:
        postgres.query(layout, f"drop database {RESTORING}", database="postgres")
        raise StackProblem(f"{problem} Nothing was changed.") from None
    swap = f"drop database {DATABASE} with (force);\nalter database {RESTORING} rename to {DATABASE};"
    postgres.query(layout, swap, database="postgres")


def _run(layout: Layout, program: str, *arguments: str, database: str = DATABASE) -> None:
    done = postgres.run(layout, layout.admin_url(database), program, *arguments)
    if done.returncode != 0:
        raise StackProblem(f"{program} failed: {done.stderr.strip() or done.returncode}")
