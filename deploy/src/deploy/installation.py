"""One installation in containers: what its operator says in `.env`, and all that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from deploy.passwords import Derived, as_user, service_secrets
from deploy.topology import Service

SHORTEST_SECRET = 32
SHORTEST_PASSWORD = 12
DATABASE = "ticketing"


class Refused(Exception):
    """`.env` lacks something, or says something unsafe: one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Installation:
    """`database_url` is as who may make roles: the superuser of our PostgreSQL, or the operator's own."""

    postgres_password: str
    database_url: str
    jwt_secret: str
    nats_url: str
    redis_url: str
    brings_postgres: bool
    passwords: Derived

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Installation":
        """From the variables of `.env`. `Refused` where they will not do."""
        jwt_secret, password, url = (
            given.get(name, "") for name in ("JWT_SECRET", "POSTGRES_PASSWORD", "DATABASE_URL")
        )
        if len(jwt_secret.encode()) < SHORTEST_SECRET:
            raise Refused(f"JWT_SECRET is not set to {SHORTEST_SECRET} bytes or more: openssl rand -base64 48")
        if not url and len(password) < SHORTEST_PASSWORD:
            raise Refused(
                f"POSTGRES_PASSWORD is not set to {SHORTEST_PASSWORD} characters or more: openssl rand -hex 24"
            )
        if url and not urlsplit(url).password:
            raise Refused("DATABASE_URL has no password: postgresql://<user>:<password>@<host>:5432/<database>")
        ours = f"postgresql://postgres:{quote(password, safe='')}@postgres:5432/{DATABASE}"
        passwords = Derived(jwt_secret, password)
        return cls(
            postgres_password=password or passwords["postgres postgres"],
            database_url=url or ours,
            jwt_secret=jwt_secret,
            nats_url=given.get("NATS_URL") or "nats://nats:4222",
            redis_url=given.get("REDIS_URL") or f"redis://:{passwords['valkey']}@redis:6379/0",
            brings_postgres=not url or urlsplit(url).hostname == "postgres",
            passwords=passwords,
        )

    def secrets(self, service: Service) -> dict[str, str]:
        """What a service may know, and no other service's: file name -> text (`common.settings`, SECRETS_DIR)."""
        told = dict(service_secrets(service.name, service.asks, self.passwords))
        if service.has_schema:
            told["DATABASE_URL"] = self._database_url(f"{service.name}_app")
        if "nats" in service.needs:
            told["NATS_URL"] = self._nats_url(service.name)
        if "valkey" in service.needs:
            told["REDIS_URL"] = self.redis_url
        if service.name == "auth":
            told["JWT_SECRET"] = self.jwt_secret
        return {name.lower(): text for name, text in told.items()}

    def secrets_to_migrate(self, service: Service) -> dict[str, str]:
        """The same and the owner of its tables, who serves no request."""
        return self.secrets(service) | {"migration_database_url": self._database_url(f"{service.name}_owner")}

    def _database_url(self, role: str) -> str:
        return as_user(self.database_url, role, self.passwords[f"postgres {role}"])

    def _nats_url(self, user: str) -> str:
        """With the service's own user, unless the operator's address names one for all."""
        if urlsplit(self.nats_url).username:
            return self.nats_url
        return as_user(self.nats_url, user, self.passwords[f"nats {user}"])
