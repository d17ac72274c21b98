"""Where a request comes from: what the gateway saw, or what a proxy that is trusted saw before it."""

from ipaddress import ip_address, ip_network

from starlette.requests import Request


def client_address(request: Request, trusted_proxies: str) -> str:
    """The rightmost address of X-Forwarded-For that is no trusted proxy's; the peer's where there is none."""
    trusted = [ip_network(part.strip(), strict=False) for part in trusted_proxies.split(",") if part.strip()]
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    for address in reversed(forwarded):
        try:
            parsed = ip_address(address)
        except ValueError:
            break
        if not any(parsed in network for network in trusted):
            return str(parsed)
    return request.client.host if request.client is not None else "unknown"
