"""Ready means: it answers, and it is ours."""

import os
import socket
from collections.abc import Iterator

import pytest

from devstack import ready
from devstack.ports import Listening, Ports, is_free, probe


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_a_port_is_of_the_process_that_listens_on_it(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert ready.listens(os.getpid(), port)
    assert not ready.listens(os.getppid(), port)


def test_a_connection_is_of_the_process_that_made_it(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert not ready.is_connected(os.getpid(), port)
    with socket.create_connection(("127.0.0.1", port)):
        assert ready.is_connected(os.getpid(), port)
        assert not ready.is_connected(os.getppid(), port)


def test_who_answers_nothing_is_not_ready(listener: socket.socket) -> None:
    assert ready.answers(listener.getsockname()[1], "/readyz", seconds=0.1) is None


class TestPorts:
    def test_two_stacks_never_get_the_same(self) -> None:
        ours, theirs = Ports(), Ports()
        port = ours.take()
        assert theirs.take(port) != port
        ours.release()
        assert theirs.take(port) == port
        theirs.release()

    def test_one_in_use_is_passed_over(self) -> None:
        ports = Ports()
        taken = ports.take()
        ports.release()
        with socket.create_server(("127.0.0.1", taken)):
            assert not is_free(taken, ["127.0.0.1"])
            assert ports.take(taken) != taken
        ports.release()

    def test_an_address_this_machine_does_not_have_is_neither_free_nor_taken(self) -> None:
        assert probe("203.0.113.7", 0) is Listening.NO_SUCH_ADDRESS
