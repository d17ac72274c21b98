"""Ready means: it answers, and it is ours. Another program may have been listening on that port before."""

import http.client
import os
import socket
from pathlib import Path

_LISTENING, _ESTABLISHED = "0A", "01"


def listens(pid: int, port: int) -> bool:
    """Whether process `pid` itself listens on TCP port `port`."""
    # Somebody does? Asked first, since it costs nothing, and the kernel's table of a busy machine is long.
    return _is_open(port) and _has_socket(pid, _LISTENING, local=port)


def is_connected(pid: int, port: int) -> bool:
    """Whether process `pid` has a connection to port `port`: how one that answers nobody shows that it works."""
    return _has_socket(pid, _ESTABLISHED, remote=port)


def answers(port: int, path: str, *, seconds: float = 1.0) -> bytes | None:
    """The body of a 200 answer on loopback, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return body if response.status == 200 else None


def serves(pid: int, port: int, path: str) -> bool:
    """Whether `pid` answers that path on that port with 200."""
    return answers(port, path) is not None and listens(pid, port)


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _has_socket(pid: int, state: str, *, local: int | None = None, remote: int | None = None) -> bool:
    wanted = {f"socket:[{inode}]" for inode in _inodes(pid, state, local, remote)}
    if not wanted:
        return False
    try:
        descriptors = list(os.scandir(f"/proc/{pid}/fd"))
    except OSError:
        return False
    return any(_target(descriptor.path) in wanted for descriptor in descriptors)


def _inodes(pid: int, state: str, local: int | None, remote: int | None) -> list[str]:
    """The sockets of that state and port in the kernel's table (columns: 1 local, 2 remote, 3 state, 9 inode)."""
    column, suffix = (1, f":{local:04X}") if remote is None else (2, f":{remote:04X}")
    found = []
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        rows = (line.split() for line in lines)
        found += [row[9] for row in rows if row[3] == state and row[column].endswith(suffix)]
    return found


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
