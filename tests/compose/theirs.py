"""PostgreSQL, NATS and Redis of the operator's own, which speak nothing but TLS, certified by an authority of theirs.

PostgreSQL and Redis are Debian's, built with TLS. They know nothing of us beyond what docs/operations.md asks for.
"""

import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from compose.engine import docker, has_image, host_address
from compose.site import TAG
from deploy import nats
from deploy.passwords import Passwords
from devstack.ports import Ports
from support.certificates import Authority
from support.eventually import soon

IMAGE = "ticketing-test/servers-with-tls:bookworm"
DOCKERFILE = """
FROM python:3.11-slim-bookworm
RUN apt-get update -qq \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 redis-server
COPY postgres.sh /
"""
POSTGRES = """#!/bin/bash
# A database, and the role that owns it: no superuser, as managed PostgreSQL gives it.
set -euo pipefail
bin=/usr/lib/postgresql/15/bin data=/var/lib/postgresql/data
install -d -o postgres -m 700 $data
install -o postgres -m 600 /certificates/server.crt /certificates/server.key /var/lib/postgresql/
as() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
as $bin/initdb -D $data -E UTF8 --locale=C.UTF-8 --auth-local=peer > /dev/null
echo "hostssl all all all scram-sha-256" > $data/pg_hba.conf
echo "create role operator login createrole password '$PASSWORD'; create database helpdesk owner operator" |
  tr ';' '\\n' | as $bin/postgres --single -D $data postgres > /dev/null
echo "local all all trust" >> $data/pg_hba.conf
exec setpriv --reuid postgres --regid postgres --clear-groups $bin/postgres -D $data -c listen_addresses='*' \\
  -c ssl=on -c ssl_cert_file=/var/lib/postgresql/server.crt -c ssl_key_file=/var/lib/postgresql/server.key \\
  -c max_connections=250
"""


@dataclass
class Theirs:
    """`variables` are for `.env`. The servers are started by `start`, once the passwords in it are known."""

    folder: Path
    authority: Authority
    containers: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    password: str = field(default_factory=partial(secrets.token_hex, 16))

    @property
    def variables(self) -> dict[str, str]:
        at = {name: f"{host_address()}:{port}" for name, port in self.ports.items()}
        tls = "sslmode=verify-full&sslrootcert=system"
        return {
            "DATABASE_URL": f"postgresql://operator:{self.password}@{at['postgres']}/helpdesk?{tls}",
            "NATS_URL": f"tls://{at['nats']}",
            "REDIS_URL": f"rediss://:{self.password}@{at['redis']}/0",
        }

    def start(self, passwords: Passwords) -> None:
        """`passwords`: those of the users that this NATS is to know."""
        cert, key = (f"/certificates/server.{kind}" for kind in ("crt", "key"))
        config = json.loads(
            nats.configuration(passwords, name="theirs", listen="0.0.0.0:4222", monitor="0.0.0.0:8222", store="/tmp/js")
        )
        (self.folder / "nats.conf").write_text(json.dumps(config | {"tls": {"cert_file": cert, "key_file": key}}))
        self._run("postgres", IMAGE, "bash", "/postgres.sh", port=5432, options=("-e", f"PASSWORD={self.password}"))
        self._run("nats", f"ticketing/ticketing-nats:{TAG}", "nats-server", "-c", "/certificates/nats.conf", port=4222)
        tls = ("--tls-port", "6379", "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no")
        redis = ("--port", "0", *tls, "--tls-ca-cert-file", "/certificates/ca.pem", "--protected-mode", "no")
        self._run("redis", IMAGE, "redis-server", *redis, "--requirepass", self.password, port=6379)
        soon(lambda: "helpdesk" in self.sql("select datname from pg_database", database="postgres"), within=60)

    def stop(self) -> None:
        for container in self.containers.values():
            docker("rm", "-f", "-v", container)

    def sql(self, statement: str, *, database: str = "helpdesk") -> str:
        """As the server's own superuser, by a socket inside."""
        command = ("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups")
        try:
            return docker("exec", self.containers["postgres"], *command, "psql", "-At", "-d", database, "-c", statement)
        except RuntimeError as error:
            raise OSError(str(error)) from error

    def redis(self, *command: str) -> str:
        options = ("--tls", "--insecure", "-a", self.password, "--no-auth-warning")
        return docker("exec", self.containers["redis"], "redis-cli", *options, *command)

    def _run(self, name: str, image: str, *command: str, port: int, options: tuple[str, ...] = ()) -> None:
        options += ("-p", f"{host_address()}:{self.ports[name]}:{port}", "-v", f"{self.folder}:/certificates:ro")
        self.containers[name] = docker("run", "-d", "--user", "0:0", *options, image, *command).strip()


@contextmanager
def servers_of_theirs(folder: Path) -> Iterator[Theirs]:
    """Their addresses are known from the beginning."""
    if not has_image(IMAGE):
        _build()
    ports, theirs = Ports(), Theirs(folder, Authority(folder))
    theirs.authority.certify(folder, host_address())
    theirs.ports = {name: ports.take() for name in ("postgres", "nats", "redis")}
    try:
        yield theirs
    finally:
        theirs.stop()
        ports.release()


def _build() -> None:
    folder = Path(tempfile.mkdtemp(prefix="servers-"))
    try:
        (folder / "Dockerfile").write_text(DOCKERFILE)
        (folder / "postgres.sh").write_text(POSTGRES)
        docker("build", "-q", "-t", IMAGE, str(folder))
    finally:
        shutil.rmtree(folder)
