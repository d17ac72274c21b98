"""With `tls://` the bus speaks to whom it can trust, and says nothing to anybody else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.bus import Bus
from integration.common import things
from support.certificates import Authority
from support.eventually import eventually
from support.servers import Nats

pytestmark = pytest.mark.anyio

INFO = b'INFO {"server_id":"x","version":"2.15.1","max_payload":1048576,"auth_required":true%s}\r\n'


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Nats]:
    """NATS that speaks nothing but TLS."""
    folder = tmp_path_factory.mktemp("secured")
    server = Nats(folder, things.USERS)
    certificate, key = authority.certify(folder, "127.0.0.1")
    with (folder / "nats.conf").open("a") as file:
        file.write(f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}\n')
    server.start()
    yield server
    server.stop()


async def test_an_authority_of_ones_own_is_believed(
    secured: Nats, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    async with things.on_bus(secured.url("writer").replace("nats://", "tls://"), "writer") as bus:
        async with asyncio.timeout(10):
            await bus.connected()


async def test_another_s_certificate_is_not(
    secured: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).file))
    caplog.set_level("DEBUG", "common.bus")
    async with things.on_bus(secured.url("writer").replace("nats://", "tls://"), "writer") as bus:

        async def complains() -> bool:
            return any("certificate verify failed" in str(vars(record)) for record in caplog.records)

        await eventually(complains)
        assert not bus.is_connected


@pytest.mark.parametrize("offer", [b"", b',"tls_required":false', b',"tls_available":true'])
async def test_who_asks_for_no_tls_learns_no_password(offer: bytes) -> None:
    """As somebody between us and NATS would, who takes the wish for TLS out of its greeting."""
    heard, gone = bytearray(), asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(INFO % offer)
        while got := await reader.read(1024):
            heard.extend(got)
        gone.set()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server, asyncio.timeout(10):
        host, port = server.sockets[0].getsockname()
        bus = Bus(f"tls://writer:a-secret@{host}:{port}", name="writer")
        await bus.start()
        await gone.wait()
        await bus.close()
    assert heard == b""
