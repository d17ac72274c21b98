"""Where a request comes from, as far as it can be believed."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Network = IPv4Network | IPv6Network

CUSTOMER_PREFIX = 64
"""What one customer of an IPv6 provider has at least: counting single addresses would count nobody."""


@lru_cache(maxsize=8)
def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks with commas or blanks between. `ValueError` where one is neither."""
    return tuple(ip_network(part, strict=False) for part in re.split(r"[,\s]+", text) if part)


def client_address(request: Request, trusted_proxies: str) -> str:
    """The peer's address, or what the trusted proxies in front of us say it is.

    Each proxy appends to X-Forwarded-For whom it saw; so it is read from the right, as long as the last one named is
    trusted. What a stranger wrote there himself is never reached.
    """
    address = request.client.host if request.client is not None else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while _is_among(address, networks(trusted_proxies)) and forwarded:
        seen = forwarded.pop().strip()
        if _parsed(seen) is None:
            break
        address = seen
    return _counted_as(address)


def _is_among(address: str, trusted: tuple[Network, ...]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _counted_as(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, CUSTOMER_PREFIX), strict=False))
    return address if parsed is None else str(parsed)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address, IPv4 where it is one in IPv6's clothes; None where the text is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
