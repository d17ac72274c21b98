"""What a service does last."""

import socket

from common.cli import undelivered
from support.eventually import soon


def test_what_was_sent_is_undelivered_until_the_other_side_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as reader:
        port = server.getsockname()[1]
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", port))
        writer, _ = server.accept()
        assert undelivered(port) == 0
        writer.setblocking(False)
        sent = writer.send(b"x" * 200_000)
        writer.close()
        assert undelivered(port) > 0
        while sent:
            sent -= len(reader.recv(65536))
        soon(lambda: undelivered(port) == 0)
