"""The system in containers, for tests that know it by its addresses alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from compose.site import Images, Site, site_of
from deploy.dotenv import read_dotenv
from deploy.installation import DATABASE, Installation
from deploy.passwords import as_user
from deploy.topology import ROUTED, service
from devstack.layout import plain_environment
from support.stack import System

SCHEDULERS = ("scheduler-worker", "scheduler-beat")


class InContainers:
    """A site as `support.stack.System`. Past the gateway, this machine reaches containers over Docker's bridges."""

    def __init__(self, site: Site, data: Path) -> None:
        self._site = site
        self.data = data

    @property
    def url(self) -> str:
        return self._site.url

    def internal_url(self, component: str) -> str:
        return f"http://{self._site.address(component)}:8000"

    def database_url(self, owner: str, role: str = "app") -> str:
        if owner == "postgres":
            return self._installation.database_url
        told = self._installation.secrets_to_migrate(service(owner))
        return told["database_url" if role == "app" else "migration_database_url"]

    def nats_url(self, user: str = "operator") -> str:
        installation = self._installation
        return as_user(installation.nats_url, user, installation.passwords[f"nats {user}"])

    def environment(self, name: str) -> dict[str, str]:
        """What the service is told, for a command of it that is run here."""
        known = service(name)
        installation = self._installation
        told = installation.secrets_to_migrate(known) if known.has_schema else installation.secrets(known)
        return {
            **plain_environment(),
            "PYTHONUNBUFFERED": "1",
            "APP_ENV": "production",
            "CLIENT_URL": self._dotenv["CLIENT_URL"],
            **{f"{other.upper()}_URL": self.internal_url(other) for other in ROUTED},
            **{variable.upper(): text for variable, text in told.items()},
        }

    def secret(self, name: str) -> str:
        return self._installation.passwords[f"service {name}"]

    def log(self, component: str) -> str:
        return self._site.log(*(SCHEDULERS if component == "scheduler" else (component,)))

    @cached_property
    def _dotenv(self) -> dict[str, str]:
        return read_dotenv(self._site.folder / ".env")

    @cached_property
    def _installation(self) -> Installation:
        """As in the containers, but for where the servers are."""
        inside = self._site.installation
        at = self._site.address
        return Installation.of(
            self._dotenv
            | {
                "DATABASE_URL": f"postgresql://postgres:{inside.postgres_password}@{at('postgres')}:5432/{DATABASE}",
                "NATS_URL": f"nats://{at('nats')}:4222",
                "REDIS_URL": f"redis://:{inside.passwords['valkey']}@{at('redis')}:6379/0",
            }
        )


@contextmanager
def running_in_containers(images: Images, folder: Path) -> Iterator[System]:
    """One replica of everything, seeded, and with the passwords that `make up` has: what tests find elsewhere too."""
    data = folder / "data"
    data.mkdir()
    (folder / "site").mkdir()
    with site_of(images, folder / "site", {"FORCE_PASSWORD_CHANGE": "false"}) as site:
        site.tell(CLIENT_URL=site.url.replace("127.0.0.1", "localhost"))
        site.up()
        (data / "goddard.key").write_text(site.seed())
        yield InContainers(site, data)
