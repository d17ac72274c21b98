"""What runs on one machine: the servers beside the services, and in which order all of it stops."""

from deploy.topology import SERVICES

SERVERS = ("postgres", "nats", "valkey", "caddy", "traefik")
COMPONENTS = (*SERVERS, *(service.name for service in SERVICES))

STOPS_IN_THIS_ORDER = (
    ("traefik",),
    tuple(service.name for service in SERVICES),
    ("caddy", "valkey", "nats", "postgres"),
)
EXTRA_PORTS = {"nats": ("nats-monitor",), "caddy": ("caddy-problems",), "traefik": ("traefik-ping",)}
