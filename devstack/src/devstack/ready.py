"""Ready means: it answers, and it is ours. Another program may have been listening on that port before."""

import http.client
import os
from pathlib import Path

_LISTENING = "0A"


def listens(pid: int, port: int) -> bool:
    """Whether process `pid` itself listens on TCP port `port`."""
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(pid, port)}
    if not wanted:
        return False
    try:
        descriptors = list(os.scandir(f"/proc/{pid}/fd"))
    except OSError:
        return False
    return any(_target(descriptor.path) in wanted for descriptor in descriptors)


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
    return listens(pid, port) and answers(port, path) is not None


def _listening_inodes(pid: int, port: int) -> list[str]:
    suffix = f":{port:04X}"
    found = []
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        columns = (line.split() for line in lines)
        found += [column[9] for column in columns if column[3] == _LISTENING and column[1].endswith(suffix)]
    return found


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
