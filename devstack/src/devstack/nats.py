"""NATS with JetStream."""

from deploy import nats
from devstack.files import make_private, write_private
from devstack.layout import Layout, plain_environment, venv_program
from devstack.process import Program
from devstack.ready import answers, listens


def program(layout: Layout) -> Program:
    config = layout.run / "nats.conf"
    port, monitor = layout.ports["nats"], layout.ports["nats-monitor"]

    def prepare() -> None:
        store = make_private(layout.data / "nats")
        listen, watched = f"127.0.0.1:{port}", f"127.0.0.1:{monitor}"
        text = nats.configuration(layout.secrets, name="devstack", listen=listen, monitor=watched, store=str(store))
        write_private(config, text)

    def is_ready(pid: int) -> bool:
        if not (listens(pid, port) and listens(pid, monitor)):
            return False
        return answers(monitor, "/healthz?js-enabled-only=true") is not None

    return Program(
        name="nats",
        command=(venv_program("nats-server"), "-c", str(config)),
        environment=plain_environment() | {"GOMEMLIMIT": "128MiB"},
        port=port,
        prepare=prepare,
        is_ready=is_ready,
    )
