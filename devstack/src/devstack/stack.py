"""One running system.

    stack = Stack(Settings(data=folder, port=0), replicas={"tickets": 2})
    stack.start()                       # postgres, nats, valkey, gateway, services; migrated and seeded
    httpx.get(f"{stack.url}/api/auth/me")
    stack.kill("tickets")               # comes back by itself, like after any crash
    stack.stop()

Several can run side by side. They die with the process that started them.
"""

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.topology import SCHEMAS, SERVICES, service
from devstack import caddy, nats, postgres, services, traefik, valkey
from devstack.client import Client
from devstack.files import make_private
from devstack.layout import Layout
from devstack.logs import Rotation
from devstack.ports import Ports
from devstack.problem import StackProblem
from devstack.process import Process, Program, State
from devstack.schemas import Schemas
from devstack.secrets import Secrets
from devstack.settings import Settings
from devstack.steps import Steps
from devstack.topology import COMPONENTS, EXTRA_PORTS, STOPS_IN_THIS_ORDER
from devstack.waiting import until

PATIENCE_WITH_GATEWAY = 10.0

SERVERS: Mapping[str, Callable[[Layout], Program]] = {
    "postgres": postgres.program,
    "nats": nats.program,
    "valkey": valkey.program,
    "caddy": caddy.program,
    "traefik": traefik.program,
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something of the start is done: a component is ready, schemas are migrated. `seconds` is how long it took."""

    name: str
    outcome: str
    seconds: float


class Stack:
    """`components` leaves the others out; `replicas` runs more than one of a service; `env` is given to every service.

    `Settings.port` 0 takes a free port for the gateway.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        components: Sequence[str] = COMPONENTS,
        replicas: Mapping[str, int] | None = None,
        env: Mapping[str, str] | None = None,
        preferred_ports: Mapping[str, int] | None = None,
        on_step: Callable[[Step], None] = lambda _: None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        # With a PostgreSQL of the operator's there is none of ours.
        self._components = tuple(name for name in components if name != "postgres" or settings.database_url is None)
        self._counts = dict(replicas or {})
        self._on_step = on_step
        self._on_change = on_change
        self._ports = Ports()
        self._rotation: Rotation | None = None
        make_private(settings.data)
        make_private(settings.data / "logs")
        self.layout = self._lay_out(settings, dict(env or {}), dict(preferred_ports or {}))
        self.processes: dict[str, Process] = {}
        self._client = Client(self.layout.log("client"))

    def start(self) -> None:
        """Start everything and wait until it is ready. After a `StackProblem` nothing of it is left."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, the gateway first, so that nobody is cut off in the middle of an answer.

        The services then end at once: there is no gateway any more that would have to learn that they leave.
        """
        for group in STOPS_IN_THIS_ORDER:
            members = [name for name in self.processes if _kind(name) in group]
            threads = [
                threading.Thread(target=self.processes[name].stop, args=(_last_signal(name),)) for name in members
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if self._rotation is not None:
            self._rotation.stop()
        self._ports.release()

    def abandon(self) -> None:
        """Give up a start that is under way in another thread."""
        self._client.abandon()
        for process in self.processes.values():
            process.abandon()

    def kill(self, component: str, *, comes_back: bool = True) -> None:
        """`kill -9`, after which it is started again, unless `comes_back` is false."""
        self.processes[component].kill(comes_back=comes_back)

    def start_component(self, component: str) -> None:
        """Start one that was stopped, or killed for good, and wait until it is ready."""
        self.processes[component].start()

    def stop_component(self, component: str) -> None:
        self.processes[component].stop()

    def restart(self, component: str) -> None:
        """Stop it properly and start it again."""
        self.processes[component].stop()
        self.processes[component].start()

    def roll(self, name: str) -> None:
        """Restart a service replica by replica. Meanwhile one more serves, so that no request is without one."""
        replicas = self.layout.replicas[name]
        if not service(name).is_routed:
            for replica in replicas:
                self.restart(replica)
            return
        usual, spare = self.layout, f"{name}-spare"
        ports = {**usual.ports, spare: self._ports.take()}
        self.layout = replace(usual, ports=ports, replicas={**usual.replicas, name: (*replicas, spare)})
        self.processes[spare] = self._process(services.program(self.layout, service(name), spare))
        try:
            self.start_component(spare)
            self._tell_gateway(spare)
            for replica in replicas:
                self.restart(replica)
                self._wait_until_up(replica)
        finally:
            self.layout = usual
            self._tell_gateway(replicas[0])
            self.processes.pop(spare).stop()

    def migrate(self) -> str:
        """Bring the schemas to what the code now says."""
        return Schemas(self.layout, [name for name in SCHEMAS if name in self._components]).migrate()

    def _tell_gateway(self, replica: str) -> None:
        """Have it know the replicas of the layout, and wait until it has looked at this one."""
        if "traefik" in self._components:
            traefik.write_routes(self.layout)
            self._wait_until_up(replica)

    def _wait_until_up(self, replica: str) -> None:
        if "traefik" in self._components:
            until(lambda: traefik.has_up(self.layout, replica), PATIENCE_WITH_GATEWAY, every=0.05)

    def pause(self, component: str) -> None:
        self.processes[component].pause()

    def resume(self, component: str) -> None:
        self.processes[component].resume()

    def wait_ready(self, component: str, seconds: float = 30.0) -> None:
        """Wait until it answers again after a kill."""
        self.processes[component].wait_ready(seconds)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://127.0.0.1:{self.layout.settings.port}"

    @property
    def data(self) -> Path:
        return self.layout.data

    def internal_url(self, component: str) -> str:
        """A component's own address, past the gateway."""
        return self.layout.url(component)

    def database_url(self, owner: str, role: str = "app") -> str:
        """PostgreSQL as a service's `app` or `owner` role; `database_url("postgres")` as the superuser."""
        return self.layout.admin_url() if owner == "postgres" else self.layout.database_url(f"{owner}_{role}")

    def nats_url(self, user: str = "operator") -> str:
        """NATS as one of the services, or as the operator who may do everything."""
        return self.layout.nats_url(user)

    def redis_url(self) -> str:
        return self.layout.redis_url()

    def environment(self, name: str) -> dict[str, str]:
        """What the service's process is told: run one of its commands with it."""
        return services.migration_environment(self.layout, service(name))

    def secret(self, name: str) -> str:
        """The secret by which others prove to service `name` who they are."""
        return self.layout.secrets[f"service {name}"]

    def pid(self, component: str) -> int | None:
        return self.processes[component].pid

    def log(self, component: str) -> str:
        """What the component wrote so far."""
        return self.layout.log(component).read_text(encoding="utf-8", errors="replace")

    def _start(self) -> None:
        if "traefik" in self._components:
            traefik.addresses(self.layout.settings)  # refused before anything is started
        self._rotation = Rotation(self.layout.data / "logs")
        self._rotation.start()
        self.processes = {program.name: self._process(program) for program in self._programs()}
        steps = Steps(on_failure=self.abandon)
        schemas = Schemas(self.layout, [name for name in SCHEMAS if name in self._components])
        for name, process in self.processes.items():
            steps.add(name, self._started(process), after=self._waits_for(name))
        if "caddy" in self._components and self.layout.settings.builds_client:
            steps.add("client", self._timed("client", self._build_client))
        if self._has_database():
            before = [name for name in ("postgres",) if name in self._components]
            steps.add("schemas", self._timed("schemas", schemas.migrate), after=before)
            steps.add("seeds", self._timed("seeds", schemas.seed), after=("schemas", *self._seeding_needs()))
        steps.run()
        # A replica that is ready is asked by the gateway once more before it gets requests.
        for name, replicas in self.layout.replicas.items():
            if service(name).is_routed and f"{name.upper()}_URL" not in self.layout.overrides:
                for replica in replicas:
                    self._wait_until_up(replica)

    def _build_client(self) -> str:
        try:
            return self._client.build()
        except StackProblem as problem:
            raise StackProblem(f"{problem} To serve what was built before: make up CLIENT_BUILD=off") from None

    def _waits_for(self, name: str) -> tuple[str, ...]:
        kind = _kind(name)
        if kind in SERVERS:
            return ()
        needs = [need for need in service(kind).needs if need in self._components]
        return (*needs, "schemas") if service(kind).has_schema and self._has_database() else tuple(needs)

    def _has_database(self) -> bool:
        return "postgres" in self._components or self.layout.settings.database_url is not None

    def _seeding_needs(self) -> tuple[str, ...]:
        return tuple(name for name in ("nats", "valkey") if name in self._components)

    def _programs(self) -> list[Program]:
        programs = [SERVERS[name](self.layout) for name in SERVERS if name in self._components]
        for known in SERVICES:
            replicas = self.layout.replicas.get(known.name, ())
            programs += [services.program(self.layout, known, replica) for replica in replicas]
        return programs

    def _process(self, program: Program) -> Process:
        return Process(program, self.layout.log(program.name), self._on_change)

    def _started(self, process: Process) -> Callable[[], None]:
        def run() -> None:
            began = time.monotonic()
            process.start()
            self._on_step(Step(process.name, "ready", time.monotonic() - began))

        return run

    def _timed(self, name: str, work: Callable[[], str]) -> Callable[[], None]:
        def run() -> None:
            began = time.monotonic()
            self._on_step(Step(name, work(), time.monotonic() - began))

        return run

    def _lay_out(self, settings: Settings, env: dict[str, str], preferred: dict[str, int]) -> Layout:
        replicas = {
            known.name: tuple(
                known.name if number == 0 else f"{known.name}-{number + 1}"
                for number in range(self._counts.get(known.name, 1))
            )
            for known in SERVICES
            if known.name in self._components
        }
        names = [name for name in SERVERS if name != "traefik"]
        names += [extra for extras in EXTRA_PORTS.values() for extra in extras]
        names += [replica for known in replicas if service(known).is_routed for replica in replicas[known]]
        ports = {name: self._ports.take(preferred.get(name)) for name in names}
        if settings.port == 0:
            settings = replace(settings, port=self._ports.take(preferred.get("traefik")))
        return Layout(settings, Secrets(settings.data / "secrets.json"), ports, replicas, env)


def _last_signal(name: str) -> signal.Signals | None:
    """What ends a service without the wait for a gateway (ADR 0021); all others know their own."""
    kind = _kind(name)
    return signal.SIGINT if kind not in SERVERS and service(kind).is_routed else None


def _kind(name: str) -> str:
    """The component of a replica: `tickets` of `tickets-2`."""
    return name.partition("-")[0]


__all__ = ["Settings", "Stack", "StackProblem", "State", "Step"]
