"""docker-compose.yml and the Dockerfiles: what can be seen without an engine. `make compose-test` runs them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.topology import ROUTED, SCHEMAS, SERVICES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
BUILD: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.build.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {name for name, container in CONTAINERS.items() if container["restart"] == "no"}
OURS = "${REGISTRY:-ticketing}/ticketing-"
DOCKERFILES = sorted({ROOT / each["build"]["dockerfile"] for each in BUILD["services"].values()})
OPERATORS = ("JWT_SECRET", "POSTGRES_PASSWORD", "DATABASE_URL", "NATS_URL", "REDIS_URL")
"""Secrets, or holding one: they reach containers as files."""


def dockerfile(container: dict[str, Any]) -> str | None:
    """What its image is built from; None for an image of somebody else's."""
    images = {CONTAINERS[name]["image"]: each["build"]["dockerfile"] for name, each in BUILD["services"].items()}
    found = images.get(container["image"])
    return (ROOT / found).read_text() if found else None


def volumes(container: dict[str, Any]) -> dict[str, str]:
    return {volume.split(":")[0]: volume.split(":", 1)[1] for volume in container.get("volumes", [])}


class TestTheFile:
    def test_r79_two_files_are_all_a_server_needs(self) -> None:
        assert all("build" not in container and "env_file" not in container for container in CONTAINERS.values())
        from_here = [source for each in CONTAINERS.values() for source in volumes(each) if source.startswith(".")]
        assert from_here == []
        assert COMPOSE["secrets"] == {"env": {"file": ".env"}}
        assert "configs" not in COMPOSE

    def test_r79_only_the_gateway_publishes_and_what_it_publishes_is_port(self) -> None:
        published = {name: container["ports"] for name, container in CONTAINERS.items() if "ports" in container}
        assert published.pop("grafana") == ["127.0.0.1:${GRAFANA_PORT:-3090}:3000"], "no way in from another machine"
        assert "observability" in CONTAINERS["grafana"]["profiles"]
        assert published == {"gateway": ["${PORT:-3080}:3080"]}

    def test_r80_every_variable_is_described_in_env_example(self) -> None:
        text = "".join((ROOT / name).read_text() for name in ("docker-compose.yml", "docker-compose.build.yml"))
        used = {*re.findall(r"\$\{(\w+)", text), *OPERATORS}
        described = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
        assert used - described == set()

    def test_every_volume_and_network_is_declared_and_used(self) -> None:
        used = {source for each in CONTAINERS.values() for source in volumes(each) if not source.startswith("/")}
        assert used == set(COMPOSE["volumes"])
        networks = {network for container in CONTAINERS.values() for network in container.get("networks", [])}
        assert networks == set(COMPOSE["networks"])

    def test_it_keeps_to_what_compose_1_29_understands(self) -> None:
        assert not {"name", "include", "configs"} & COMPOSE.keys()
        for container in CONTAINERS.values():
            assert not {"develop", "annotations", "env_file"} & container.keys()
            for dependency in container.get("depends_on", {}):
                after = container["depends_on"]
                assert isinstance(after, list) or set(after[dependency]) == {"condition"}
            assert "start_interval" not in container.get("healthcheck", {})

    def test_all_services_of_the_topology_run(self) -> None:
        images = {container["image"] for container in CONTAINERS.values()}
        assert {f"{OURS}{service.name}:${{TAG:-latest}}" for service in SERVICES} <= images
        assert {f"{schema}-migrate" for schema in SCHEMAS} <= CONTAINERS.keys()


@pytest.mark.parametrize("name", CONTAINERS)
class TestEachContainer:
    def test_it_is_watched(self, name: str) -> None:
        if name in ONCE:
            return
        built = dockerfile(CONTAINERS[name])
        assert built is None or re.search(r"^HEALTHCHECK .*CMD", built, re.MULTILINE)
        assert built is not None or CONTAINERS[name]["healthcheck"]["test"]

    def test_it_is_locked_in(self, name: str) -> None:
        container = CONTAINERS[name]
        assert container["read_only"] is True
        assert container["cap_drop"] == ["ALL"]
        assert container["security_opt"] == ["no-new-privileges:true"]
        assert container["pids_limit"] <= 200
        assert "privileged" not in container
        assert set(container.get("cap_add", [])) <= ({"CHOWN", "DAC_OVERRIDE", "FOWNER"} if name in ONCE else set())

    def test_it_has_bounds(self, name: str) -> None:
        container = CONTAINERS[name]
        assert re.fullmatch(r"\d+m", container["mem_limit"])
        assert container["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
        if name not in ONCE:
            assert container["restart"] == "unless-stopped"
            assert re.fullmatch(r"\d+s", container["stop_grace_period"])

    def test_it_runs_as_nobody_in_particular(self, name: str) -> None:
        user = (
            CONTAINERS[name].get("user")
            or re.findall(r"^USER (\S+)", dockerfile(CONTAINERS[name]) or "", re.MULTILINE)[-1]
        )
        may_be_root = {"secrets", "database", "socket-proxy"}
        assert user in {"10001:10001", "999:999", *(["0:0"] if name in may_be_root else [])}

    def test_its_environment_holds_no_secret(self, name: str) -> None:
        environment = CONTAINERS[name].get("environment", {})
        assert not [variable for variable in environment if variable in OPERATORS or "SECRET" in variable]
        assert not [variable for variable in OPERATORS if f"${{{variable}" in str(CONTAINERS[name])]

    def test_it_sees_its_own_secrets_and_no_other_s(self, name: str) -> None:
        seen = {source for source in volumes(CONTAINERS[name]) if source.startswith("secrets-")}
        own = "scheduler" if name.startswith("scheduler") else name
        if name != "secrets":
            assert seen <= {f"secrets-{own}"}
            assert all(volumes(CONTAINERS[name])[source].endswith(":ro") for source in seen)

    def test_its_image_has_a_version(self, name: str) -> None:
        image: str = CONTAINERS[name]["image"]
        if image.startswith(OURS):
            assert image.endswith(":${TAG:-latest}")
        else:
            assert re.search(r":v?\d+\.\d+", image)


class TestTheGateway:
    def test_no_path_leads_from_outside_past_it(self) -> None:
        on = {name: set(container.get("networks", [])) for name, container in CONTAINERS.items()}
        assert {name for name in on if "edge" in on[name]} == {"gateway", "grafana"}
        assert "data" not in on["gateway"]
        assert {name for name in on if "control" in on[name]} == {"gateway", "socket-proxy"}

    def test_docker_s_socket_is_the_proxy_s_alone_which_reads(self) -> None:
        holders = {name for name, container in CONTAINERS.items() if "/var/run/docker.sock" in str(container)}
        assert holders == {"socket-proxy"}
        rules = (ROOT / "deploy/socket-proxy/Caddyfile").read_text()
        assert "method GET HEAD" in rules
        allowed = re.search(r"path_regexp (\S+)", rules)
        assert allowed is not None
        for path in ("/v1.41/containers/json", "/_ping", "/events", "/v1.41/containers/4f3a/json", "/version"):
            assert re.search(allowed.group(1), path), path
        for path in (
            "/containers/4f3a/archive",
            "/containers/4f3a/logs",
            "/images/json",
            "/x/containers/json",
            "/info",
        ):
            assert not re.search(allowed.group(1), path), path

    def test_containers_say_where_they_are_and_nothing_of_routes(self) -> None:
        """The rules are those of routes.yml, which the embedded stack takes too; so are these figures."""
        balanced = re.search(
            r'define "balanced" }}(.*?){{- end }}\n', (ROOT / "gateway/routes.yml").read_text(), re.DOTALL
        )
        assert balanced is not None
        check = dict(re.findall(r"^          (\w+): (\S+)$", balanced.group(1), re.MULTILINE))
        for name, container in CONTAINERS.items():
            labels = container.get("labels", {})
            if name not in ROUTED:
                assert not any(label.startswith("traefik") for label in labels)
                continue
            prefix = f"traefik.http.services.{name}-replicas.loadbalancer."
            assert labels == {
                "ticketing.stack": "${COMPOSE_PROJECT_NAME:-ticketing}",
                "traefik.enable": "true",
                f"{prefix}server.port": "8000",
                f"{prefix}serverstransport": "impatient@file",
                **{f"{prefix}healthcheck.{key.lower()}": value for key, value in check.items()},
            }


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
class TestEachDockerfile:
    def test_it_builds_from_pinned_images(self, path: Path) -> None:
        text = path.read_text()
        images = re.findall(r"^ARG (?:PYTHON|NODE|CADDY|TRAEFIK|NATS|PROMETHEUS|GRAFANA)=(\S+)$", text, re.MULTILINE)
        assert images
        assert all(re.search(r":v?\d+\.\d+", image) for image in images)
        assert all(source.startswith("${") for source in re.findall(r"^FROM (\S+)", text, re.MULTILINE))

    def test_it_says_what_it_is(self, path: Path) -> None:
        for label in ("title", "description", "version", "revision"):
            assert f"org.opencontainers.image.{label}=" in path.read_text()

    def test_it_installs_only_what_a_lock_names(self, path: Path) -> None:
        for command in re.findall(r"pip install[^&]*", path.read_text()):
            assert "--require-hashes" in command
            assert "--no-deps" in command
        assert not re.search(r"apt-get|apk add|curl |npm install", path.read_text())

    def test_it_keeps_to_what_every_builder_understands(self, path: Path) -> None:
        assert not re.search(r"^ADD |RUN --mount|COPY --chmod|COPY --chown|<<EOF", path.read_text(), re.MULTILINE)


def test_a_service_s_image_takes_that_service_and_the_libraries() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "services/Dockerfile").read_text(), re.MULTILINE)
    sources = {source for line in copied for source in line.split()[:-1]}
    of_service = {"services/${SERVICE}/requirements.lock", "services/${SERVICE}/", "services/healthy.sh"}
    assert sources == {*of_service, "libs/common/src", "libs/contracts/src"}
