"""What operators put before the gateway: a proxy that speaks TLS with the world and plain HTTP with us."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.layout import plain_environment, venv_program
from devstack.ports import Ports
from devstack.process import Process, Program
from devstack.ready import listens

CADDYFILE = """
{{
	admin off
	auto_https disable_redirects
	skip_install_trust
	servers {{
		protocols h1 h2
	}}
}}

https://{host}:{port} {{
	bind 127.0.0.1
	tls internal
	reverse_proxy {upstream}
}}
"""


@contextmanager
def tls_proxy(folder: Path, host: str, upstream: str) -> Iterator[int]:
    """Its port on 127.0.0.1. It is `host`, by a certificate that nobody trusts."""
    ports = Ports()
    port = ports.take()
    config = folder / "Caddyfile"
    config.write_text(CADDYFILE.format(host=host, port=port, upstream=upstream.removeprefix("http://")))
    program = Program(
        name="tls-proxy",
        command=(venv_program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)),
        environment=plain_environment() | {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        port=port,
        is_ready=lambda pid: listens(pid, port),
    )
    process = Process(program, folder / "log", lambda: None)
    process.start()
    try:
        yield port
    finally:
        process.stop()
        ports.release()
