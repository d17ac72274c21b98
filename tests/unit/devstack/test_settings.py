"""What the operator sets, and what is refused."""

from pathlib import Path

import pytest

from devstack import settings
from devstack.problem import StackProblem

SAFE = {
    "APP_ENV": "production",
    "JWT_SECRET": "s" * 40,
    "DATABASE_URL": "postgresql://admin:pw@db/tickets",
    "CLIENT_URL": "https://tickets.example.org",
}


class TestProduction:
    @pytest.mark.parametrize("name", ["JWT_SECRET", "DATABASE_URL", "CLIENT_URL"])
    def test_names_the_variable_that_is_not_set(self, name: str) -> None:
        given = {key: value for key, value in SAFE.items() if key != name}
        with pytest.raises(StackProblem, match=name):
            settings.refuse_unsafe_production(given)

    def test_takes_what_is_complete(self) -> None:
        settings.refuse_unsafe_production(SAFE)

    def test_development_needs_nothing(self) -> None:
        settings.refuse_unsafe_production({})


class TestLoad:
    @pytest.fixture(autouse=True)
    def _no_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(settings, "ROOT", tmp_path)
        for name in (*settings.FOR_SERVICES, "PORT", "BIND", "DATABASE_URL", "PG_BIN", "DATA_DIR"):
            monkeypatch.delenv(name, raising=False)

    def test_listens_on_loopback_of_both_families_by_default(self) -> None:
        loaded = settings.load()
        assert (loaded.port, loaded.bind) == (3080, ("127.0.0.1", "::1"))

    @pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "3080.5"])
    def test_refuses_a_port_that_is_none(self, port: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORT", port)
        with pytest.raises(StackProblem, match="PORT"):
            settings.load()

    def test_the_environment_wins_over_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("PORT=4000\nBIND=0.0.0.0\n")
        monkeypatch.setenv("PORT", "5000")
        loaded = settings.load()
        assert (loaded.port, loaded.bind) == (5000, ("0.0.0.0",))

    def test_hands_on_what_the_services_know_and_nothing_else(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AUTO_CLOSE_DAYS", "7")
        assert settings.load().variables == {"AUTO_CLOSE_DAYS": "7"}
