"""Free ports, kept apart from those of other stacks on the same machine."""

import errno
import random
import socket
from collections.abc import Iterable
from enum import Enum

FIRST, LAST = 20000, 32700  # above the well-known ones, below those that the kernel hands to outgoing connections


class Ports:
    """Ports of one stack. `take` gives one that is free and that no other stack takes while this one lives."""

    def __init__(self) -> None:
        self._marks: list[socket.socket] = []

    def take(self, preferred: int | None = None) -> int:
        candidates = [preferred] if preferred else []
        candidates += random.sample(range(FIRST, LAST), 200)
        for port in candidates:
            if self._mark(port) and is_free(port, ["127.0.0.1", "::1"]):
                return port
        raise OSError(f"no free port between {FIRST} and {LAST}")

    def release(self) -> None:
        for mark in self._marks:
            mark.close()
        self._marks.clear()

    def _mark(self, port: int) -> bool:
        """Between choosing a port and listening on it a second passes; a name in the kernel bridges it."""
        mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            mark.bind(f"\0ticketing-port-{port}")
        except OSError:
            mark.close()
            return False
        self._marks.append(mark)
        return True


class Listening(Enum):
    """What would come of listening on a port."""

    POSSIBLE = "possible"
    TAKEN = "taken"
    FORBIDDEN = "forbidden"
    NO_SUCH_ADDRESS = "no such address"


def is_free(port: int, addresses: Iterable[str]) -> bool:
    """Whether we could listen on that port of each address this machine has."""
    return all(probe(address, port) in {Listening.POSSIBLE, Listening.NO_SUCH_ADDRESS} for address in addresses)


def probe(address: str, port: int) -> Listening:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address, port))
            listener.listen()
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                return Listening.TAKEN
            case errno.EACCES:
                return Listening.FORBIDDEN
            case _:
                return Listening.NO_SUCH_ADDRESS
    return Listening.POSSIBLE
