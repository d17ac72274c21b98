"""What auth refuses to start with, and how it says so."""

import pytest

from auth.settings import AuthSettings
from common.settings import load

SAFE = {
    "JWT_SECRET": "b7d0f3a94c1e58762f0d9be4a5c81736",
    "DATABASE_URL": "postgresql://auth_app:kQ7vW2pL9@db/ticketing",
    "CLIENT_URL": "https://tickets.example.org",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SAFE, "APP_ENV", "TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)


def refusal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **changed: str | None
) -> tuple[object, str]:
    """The exit code and what was said; (None, "") where it starts."""
    for name, value in {**SAFE, **changed}.items():
        if value is not None:
            monkeypatch.setenv(name, value)
    try:
        load(AuthSettings)
    except SystemExit as exit_:
        return exit_.code, capsys.readouterr().err
    return None, ""


@pytest.mark.parametrize("environment", ["development", "production"])
def test_r80_it_starts_with_what_is_safe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: str
) -> None:
    assert refusal(monkeypatch, capsys, APP_ENV=environment) == (None, "")


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "tiny",
        "x" * 31,
        "a" * 64,
        "abababababababababababababababababab",
        "changeme-changeme-changeme-changeme-1",
        "your-secret-key-goes-in-here-please-1",
        "openssl rand -hex 64 # put it in here",
    ],
)
def test_r80_without_a_real_secret_it_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: str, secret: str | None
) -> None:
    code, said = refusal(monkeypatch, capsys, APP_ENV=environment, JWT_SECRET=secret)
    assert code == 78
    assert said.startswith("JWT_SECRET ")
    assert not secret or secret not in said, "a refused secret is not shown"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", None),
        ("DATABASE_URL", "postgresql://auth_app@db/ticketing"),
        ("DATABASE_URL", "postgresql://postgres:postgres@db/ticketing"),
        ("CLIENT_URL", None),
        ("CLIENT_URL", "tickets.example.org"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, the proxy"),
    ],
)
def test_r80_in_production_each_unsafe_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str | None
) -> None:
    code, said = refusal(monkeypatch, capsys, APP_ENV="production", **{variable: value})
    assert (code, said.split()[0]) == (78, variable)
