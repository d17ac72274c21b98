"""A small load generator: one connection a worker, kept open, and nothing parsed but the status and the length."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Call:
    """One request, ready to be sent."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True)
class Measured:
    """What a round of calls came to. `seconds` are the durations, sorted."""

    requests: int
    failures: int
    elapsed: float
    seconds: list[float]

    @property
    def rate(self) -> float:
        return self.requests / self.elapsed

    def percentile(self, share: float) -> float:
        """The duration below which `share` of the calls stayed, in milliseconds."""
        return 1000 * self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


async def run(url: str, headers: dict[str, str], calls: Sequence[Call], *, workers: int, seconds: float) -> Measured:
    """Send the calls round and round for so many seconds."""
    place = urlsplit(url)
    if place.hostname not in {"127.0.0.1", "localhost", "::1"} or place.port is None:
        raise ValueError("a benchmark sends only to this machine")
    deadline = time.perf_counter() + seconds
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    began = time.perf_counter()
    done = await asyncio.gather(
        *(_worker(place.hostname, place.port, lines, calls[n::workers] or calls, deadline) for n in range(workers))
    )
    elapsed = time.perf_counter() - began
    durations = sorted(duration for worker in done for duration, _ in worker)
    failures = sum(status >= 400 for worker in done for _, status in worker)
    return Measured(len(durations), failures, elapsed, durations)


async def _worker(
    host: str, port: int, headers: str, calls: Sequence[Call], deadline: float
) -> list[tuple[float, int]]:
    reader, writer = await asyncio.open_connection(host, port)
    done: list[tuple[float, int]] = []
    while True:
        for call in calls:
            began = time.perf_counter()
            if began > deadline:
                writer.close()
                return done
            head = f"{call.method} {call.path} HTTP/1.1\r\nHost: {host}\r\n{headers}"
            writer.write(f"{head}Content-Length: {len(call.body)}\r\n\r\n".encode() + call.body)
            status = await _answer(reader)
            done.append((time.perf_counter() - began, status))


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    elif (at := head.find(b"content-length: ")) >= 0:
        await reader.readexactly(int(head[at + 16 : head.index(b"\r", at)]))
    return status
