"""What follows from `.env`, who gets to know it, and what is refused."""

import pytest

from deploy.installation import Installation, Refused
from deploy.topology import AUDIT, AUTH, CTI, SCHEDULER, SERVICES, TICKETS

GIVEN = {"JWT_SECRET": "b7d0f3a94c1e58762f0d9be4a5c81736", "POSTGRES_PASSWORD": "p w/with@signs"}


def test_the_same_file_gives_the_same_secrets() -> None:
    assert Installation.of(GIVEN).secrets(AUTH) == Installation.of(dict(GIVEN)).secrets(AUTH)


@pytest.mark.parametrize("name", GIVEN)
def test_another_secret_gives_other_passwords(name: str) -> None:
    before, after = Installation.of(GIVEN), Installation.of(GIVEN | {name: GIVEN[name] + "x"})
    assert before.secrets(CTI)["database_url"] != after.secrets(CTI)["database_url"]


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("value", [None, "", "short"])
def test_r80_what_is_missing_or_short_is_named_and_not_shown(name: str, value: str | None) -> None:
    given = {key: text for key, text in (GIVEN | {name: value}).items() if text is not None}
    with pytest.raises(Refused) as refused:
        Installation.of(given)
    assert str(refused.value).startswith(f"{name} ")
    assert not value or value not in str(refused.value)


def test_r80_a_database_url_without_a_password_is_refused() -> None:
    with pytest.raises(Refused, match="DATABASE_URL"):
        Installation.of(GIVEN | {"DATABASE_URL": "postgresql://operator@db/helpdesk"})


def test_a_service_knows_its_own_secrets_and_of_others_what_it_shows_them() -> None:
    installation = Installation.of(GIVEN)
    known = {service.name: set(installation.secrets(service)) for service in SERVICES}
    common = {"database_url", "nats_url"}
    assert known == {
        "auth": {*common, "redis_url", "jwt_secret", "auth_service_secret", "cti_service_secret"},
        "cti": {*common, "cti_service_secret", "auth_service_secret"},
        "tickets": {*common, "tickets_service_secret", "auth_service_secret", "cti_service_secret"},
        "audit": {*common, "audit_service_secret", "auth_service_secret", "tickets_service_secret"},
        "scheduler": {"redis_url", "scheduler_service_secret", "tickets_service_secret"},
    }


def test_no_service_knows_another_s_passwords_nor_the_operator_s() -> None:
    installation = Installation.of(GIVEN)
    passwords = installation.passwords
    for service in SERVICES:
        text = " ".join(installation.secrets(service).values())
        for other in SERVICES:
            for name in (f"postgres {other.name}_app", f"nats {other.name}"):
                assert (passwords[name] in text) == (other == service and service != SCHEDULER), (service.name, name)
        assert passwords[f"postgres {service.name}_owner"] not in text
        assert GIVEN["POSTGRES_PASSWORD"] not in text
        assert (GIVEN["JWT_SECRET"] in text) == (service == AUTH)


def test_who_migrates_is_the_owner_of_the_tables() -> None:
    told = Installation.of(GIVEN).secrets_to_migrate(TICKETS)
    assert told["migration_database_url"].startswith("postgresql://tickets_owner:")
    assert told["migration_database_url"].endswith("@postgres:5432/ticketing")


def test_the_superuser_s_password_may_hold_anything() -> None:
    assert Installation.of(GIVEN).database_url == "postgresql://postgres:p%20w%2Fwith%40signs@postgres:5432/ticketing"


def test_servers_of_the_operator_s_own_are_used() -> None:
    theirs = {
        "DATABASE_URL": "postgresql://operator:pw@db.example.org/helpdesk?sslmode=require",
        "NATS_URL": "tls://nats.example.org",
        "REDIS_URL": "rediss://:pw@redis.example.org/1",
    }
    installation = Installation.of({"JWT_SECRET": GIVEN["JWT_SECRET"], **theirs})
    told = installation.secrets(AUTH)
    assert not installation.brings_postgres
    assert told["database_url"].startswith("postgresql://auth_app:")
    assert told["database_url"].endswith("@db.example.org/helpdesk?sslmode=require")
    assert told["nats_url"].startswith("tls://auth:")
    assert told["redis_url"] == theirs["REDIS_URL"]


def test_a_user_of_the_operator_s_nats_is_taken_as_it_is() -> None:
    installation = Installation.of(GIVEN | {"NATS_URL": "nats://we:pw@nats.example.org"})
    assert installation.secrets(AUDIT)["nats_url"] == "nats://we:pw@nats.example.org"
