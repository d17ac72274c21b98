"""What the operator may set, from the environment or from `.env` beside the Makefile."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.dotenv import read_dotenv
from devstack.problem import StackProblem

ROOT = Path(__file__).resolve().parents[3]

FOR_SERVICES = (
    "APP_ENV",
    "CLIENT_URL",
    "JWT_SECRET",
    "AUTO_CLOSE_DAYS",
    "AUTO_CLOSE_INTERVAL",
    "USERS_MAY_CREATE_TICKETS",
    "FORCE_PASSWORD_CHANGE",
    "API_DOCS",
    "LOG_LEVEL",
    "REPAIR_INTERVAL",
    "TRUSTED_PROXIES",
)
NEEDED_IN_PRODUCTION = {
    "JWT_SECRET": "a random text of at least 32 characters",
    "DATABASE_URL": "a database of your PostgreSQL, as its owner with CREATEROLE",
    "CLIENT_URL": "the address people open in the browser",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`port` is the gateway's, on each address of `bind`. `variables` are handed on to the services.

    With `builds_client` a start brings `web/dist` up to date; without it, what was built before is served.
    """

    data: Path = ROOT / ".data"
    port: int = 3080
    bind: tuple[str, ...] = ("127.0.0.1", "::1")
    pg_bin: Path | None = None
    database_url: str | None = None
    builds_client: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """How this machine itself reaches the gateway."""
        at_home = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::"}
        return "localhost" if at_home.intersection(self.bind) else self.bind[0]

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def has_docs(self) -> bool:
        return _is_on(self.variables.get("API_DOCS", "on"))


def load() -> Settings:
    """The settings; the environment wins over `.env`. `StackProblem` names a variable that cannot be used."""
    given = {**read_dotenv(ROOT / ".env"), **os.environ}
    given = {name: value for name, value in given.items() if value}
    refuse_unsafe_production(given)
    return Settings(
        data=Path(given.get("DATA_DIR", ROOT / ".data")).absolute(),
        port=_port(given.get("PORT", "3080")),
        bind=tuple(part.strip() for part in given.get("BIND", "127.0.0.1,::1").split(",")),
        pg_bin=Path(given["PG_BIN"]) if "PG_BIN" in given else None,
        database_url=given.get("DATABASE_URL"),
        builds_client=_is_on(given.get("CLIENT_BUILD", "on")),
        variables={name: given[name] for name in FOR_SERVICES if name in given},
    )


def refuse_unsafe_production(given: Mapping[str, str]) -> None:
    """With APP_ENV=production nothing is made up for the operator."""
    if given.get("APP_ENV") != "production":
        return
    missing = [f"{name} ({what})" for name, what in NEEDED_IN_PRODUCTION.items() if name not in given]
    if missing:
        raise StackProblem(f"APP_ENV=production, but not set: {', '.join(missing)}. Set it in the environment or .env.")


def short(path: Path) -> str:
    """As seen from the folder of the repository, where it is in there."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _is_on(text: str) -> bool:
    return text.lower() not in {"off", "false", "0", "no"}


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise StackProblem(f"PORT must be a number from 1 to 65535, not {text!r}.")
