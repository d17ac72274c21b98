"""The command line of every service: `python -m tickets serve | migrate | seed | republish | dead-letters ...`.

A command that means nothing for a service is absent from it.
"""

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from types import FrameType

import uvicorn

from common import logs
from common.database import Database
from common.dead_letters import DeadLetters, Handlers
from common.relay import republish
from common.service import Refused, Runtime, Service, opened, seeded
from common.settings import Settings, load

DRAIN_SECONDS = 2.5
"""How long a replica that was told to stop goes on serving, so that the gateway notices before it is gone."""

DELIVERY_SECONDS = 5.0
LISTENS = "0A"


def main(service: Service, argv: list[str] | None = None) -> int:
    parser = _parser(service)
    arguments = parser.parse_args(argv)
    settings = load(service.settings)
    match arguments.command:
        case "serve":
            return serve(service, settings)
        case "migrate":
            return migrate(service, settings)
        case "seed":
            asyncio.run(seeded(service, settings))
            return 0
        case "republish":
            return asyncio.run(_republish(service, settings))
        case "dead-letters":
            return asyncio.run(_dead_letters(service, settings, arguments))
        case name:
            return asyncio.run(_own(service, settings, name, arguments.argument))


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}", description=service.description)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer requests until told to stop")
    commands.add_parser("migrate", help="bring the schema to the newest revision")
    if service.seed is not None:
        commands.add_parser("seed", help="create what a first run needs; a second run changes nothing")
    if service.outbox is not None:
        commands.add_parser("republish", help="say everything again; who heard it already is not disturbed")
    if service.dead_letters is not None:
        letters = commands.add_parser("dead-letters", help="messages that could not be understood")
        letters.set_defaults(letters=service.dead_letters)
        actions = letters.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="show them, oldest first")
        for action, help_text in (("replay", "handle again"), ("discard", "forget")):
            chosen = actions.add_parser(action, help=help_text)
            chosen.add_argument("id", nargs="?", type=int, help="one of them, by its id; left out: all")
    for own in service.commands:
        commands.add_parser(own.name, help=own.help).add_argument("argument", metavar=own.argument)
    return parser


async def _own(service: Service, settings: Settings, name: str, argument: str) -> int:
    command = next(each for each in service.commands if each.name == name)
    async with opened(service, settings) as database:
        try:
            print(f"{service.name}: {await command.run(database, settings, argument)}")
        except Refused as refused:
            print(f"{service.name}: {refused}", file=sys.stderr)
            return 1
    return 0


def serve(service: Service, settings: Settings) -> int:
    logs.configure(service.name, settings.log_level)
    app = service.app(settings)
    server = Draining(
        uvicorn.Config(
            app,
            host=settings.listen_host,
            port=settings.listen_port,
            loop="uvloop",
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=10,
        )
    )
    server.run()
    return 0


class Draining(uvicorn.Server):
    """On SIGTERM it first says "not ready" for a while, still serving, and only then stops."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        runtime: Runtime | None = getattr(self.config.app.state, "runtime", None)  # type: ignore[union-attr]  # FastAPI
        if sig == signal.SIGTERM and runtime is not None and not runtime.draining:
            runtime.draining = True
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._stop)
        else:
            super().handle_exit(sig, frame)

    def _stop(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """With a container goes its network, and with that what the kernel has taken from us and not yet delivered."""
        await super().shutdown(sockets)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DELIVERY_SECONDS):
                while undelivered(self.config.port):  # noqa: ASYNC110 - the kernel tells nobody
                    await asyncio.sleep(0.02)


def undelivered(port: int) -> int:
    """Bytes that were sent from this TCP port, and that the other side's kernel has not confirmed (proc_net_tcp)."""
    total = 0
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        with contextlib.suppress(OSError), open(table, encoding="ascii") as rows:
            next(rows, None)  # the columns' names: sl, local address, remote address, state, sent:received, ...
            for row in rows:
                _, local, _, state, queues = row.split()[:5]
                if state != LISTENS and local.endswith(f":{port:04X}"):
                    total += int(queues.partition(":")[0], 16)
    return total


def migrate(service: Service, settings: Settings) -> int:
    from common import migrations  # a serving process does without Alembic: 10 MiB and 0.1 s

    url = settings.migration_database_url or settings.database_url
    applied = migrations.upgrade(url, schema=service.name, versions=service.versions)
    print(f"{service.name}: " + (f"applied {', '.join(applied)}" if applied else "the schema is up to date"))
    return 0


async def _republish(service: Service, settings: Settings) -> int:
    count = await republish(Database(settings.database_url, schema=service.name), service.owns)
    print(f"{service.name}: {count} events will be published again by the running service")
    return 0


async def _dead_letters(service: Service, settings: Settings, arguments: argparse.Namespace) -> int:
    letters: DeadLetters = arguments.letters
    async with opened(service, settings) as database:
        async with database.read() as reader:
            kept = await letters.list_(reader)
        wanted = getattr(arguments, "id", None)
        if wanted is not None and all(letter.id != wanted for letter in kept):
            print(f"{service.name}: there is no dead letter {wanted}; `dead-letters list` shows those there are")
            return 1
        match arguments.action:
            case "list":
                for letter in kept:
                    print(f"{letter.id}  {letter.created_at:%Y-%m-%d %H:%M:%S}  {letter.subject}  {letter.error}")
                print(f"{service.name}: {len(kept)} dead letters")
                return 0
            case "replay":
                failed = await letters.replay(database, _handlers(service, settings), wanted)
                for letter in failed:
                    print(f"{letter.id}  {letter.subject}  {letter.error}")
                print(f"{service.name}: {len(failed)} failed again and stay; the others were handled")
                return 1 if failed else 0
            case _:
                async with database.transaction() as tx:
                    gone = await letters.discard(tx, wanted)
                print(f"{service.name}: {gone} discarded")
                return 0


def _handlers(service: Service, settings: Settings) -> Handlers:
    """Every handler of the service, whichever stream it belongs to."""
    return {kind: handle for pull in service.runtime(settings).pulls for kind, handle in pull.handlers.items()}


def run(service: Service) -> None:
    sys.exit(main(service))
