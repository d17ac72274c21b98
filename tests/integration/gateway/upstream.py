"""A stand-in for a service behind the gateway: it tells what reached it, and misbehaves when asked."""

import json
import socket
import threading
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OWN_PROBLEM = {
    "type": "about:blank",
    "title": "Busy",
    "status": 503,
    "detail": "In the service's words.",
    "code": "own",
}


class Upstream:
    """`calls` counts what was asked, `/readyz` aside. Paths that end in /die, /busy or /slow do that."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_ready = True
        self.calls: Counter[str] = Counter()
        self.released = threading.Event()
        self.connections: list[socket.socket] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Be gone, and wait until whoever is connected has noticed.

        What is written to a connection that is just going may have reached a service: nobody can know, nobody may
        send it again.
        """
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        for connection in self.connections:
            with suppress(OSError):
                connection.settimeout(5)
                while connection.recv(65536):
                    pass


def _handler(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            upstream.connections.append(self.connection)

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/readyz":
                self.send(200 if upstream.is_ready else 503, {})
                return
            upstream.calls[f"{self.command} {self.path}"] += 1
            match self.path.rpartition("/")[2]:
                case "die":
                    self.close_connection = True
                    self.connection.close()
                    return
                case "busy":
                    self.send(503, OWN_PROBLEM, {"Retry-After": "7", "Content-Type": "application/problem+json"})
                    return
                case "slow":
                    upstream.released.wait(30)
            self.send(200, {"service": upstream.name, "path": self.path, "headers": dict(self.headers.items())})

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815  the names http.server looks for

        def send(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
