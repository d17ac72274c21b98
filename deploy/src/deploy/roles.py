"""PostgreSQL's part: a schema and two roles for each service.

`<service>_owner` owns the schema and runs migrations; `<service>_app` reads and writes rows in it. Neither sees
anything of another service. Plain SQL, which may run again: it makes things what it says.
"""

from collections.abc import Iterable

from deploy.passwords import Passwords

ROLE_SETTINGS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


def statements(services: Iterable[str], passwords: Passwords) -> str:
    """For who owns the database and may create roles; a superuser need not run them."""
    services = tuple(services)
    roles = [f"{service}_{kind}" for service in services for kind in ("owner", "app")]
    lines = [
        "create extension if not exists pg_trgm schema public;",
        "revoke all on schema public from public;",
        f"grant usage on schema public to {', '.join(roles)};",
        _of_this_database("revoke all on database %I from public"),
        _of_this_database(f"grant connect on database %I to {', '.join(roles)}"),
    ]
    created = [_role(role, passwords[f"postgres {role}"]) for role in roles]
    # Who is no superuser may make things for a role only as its member, and need not stay one.
    joined = [f"grant {role} to current_user;" for role in roles]
    left = [f"revoke {role} from current_user;" for role in roles]
    return "\n".join([*created, *joined, *lines, *(_schema(service) for service in services), *left])


def _of_this_database(statement: str) -> str:
    return f"do $$ begin execute format('{statement}', current_database()); end $$;"


def _role(role: str, password: str) -> str:
    """It may log in, and nothing else: what a new role may not do is PostgreSQL's own default."""
    return f"""
do $$ begin create role {role}; exception when duplicate_object then null; end $$;
alter role {role} login noinherit connection limit 60 password '{password}';"""


def _schema(service: str) -> str:
    owner, app = f"{service}_owner", f"{service}_app"
    timeouts = "\n".join(f"alter role {app} set {name} = '{value}';" for name, value in ROLE_SETTINGS.items())
    paths = "\n".join(f"alter role {role} set search_path = {service}, public;" for role in (owner, app))
    return f"""
create schema if not exists {service} authorization {owner};
revoke all on schema {service} from public;
grant usage on schema {service} to {app};
alter default privileges for role {owner} in schema {service} grant select, insert, update, delete on tables to {app};
alter default privileges for role {owner} in schema {service} grant usage on sequences to {app};
alter default privileges for role {owner} revoke execute on functions from public;
alter default privileges for role {owner} in schema {service} grant execute on functions to {app};
{paths}
{timeouts}"""
