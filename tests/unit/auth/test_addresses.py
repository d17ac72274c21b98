"""The client's address: whom X-Forwarded-For is believed."""

import pytest
from starlette.requests import Request

from auth.addresses import client_address

PROXIES = "127.0.0.1/32, 10.0.0.0/8"


def address(peer: str, *forwarded: str, trusted: str = PROXIES) -> str:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    request = Request({"type": "http", "headers": headers, "client": (peer, 4711)})
    return client_address(request, trusted)


def test_a_peer_that_is_no_proxy_is_the_client_whatever_it_claims() -> None:
    assert address("192.0.2.7", "198.51.100.1") == "192.0.2.7"
    assert address("127.0.0.1", "198.51.100.1", trusted="") == "127.0.0.1"


def test_a_trusted_proxy_says_who_the_client_is() -> None:
    assert address("127.0.0.1", "198.51.100.1") == "198.51.100.1"


def test_what_the_client_wrote_itself_is_not_believed() -> None:
    assert address("127.0.0.1", "203.0.113.9, 198.51.100.1") == "198.51.100.1"
    assert address("127.0.0.1", "203.0.113.9", "198.51.100.1, 10.1.2.3") == "198.51.100.1"


@pytest.mark.parametrize("header", ["", "unknown", "198.51.100.1, _hidden", "198.51.100.1,"])
def test_what_is_no_address_ends_the_chain(header: str) -> None:
    assert address("127.0.0.1", header) == "127.0.0.1"


def test_where_all_are_proxies_the_first_of_them_asks() -> None:
    assert address("127.0.0.1", "10.9.9.9, 10.1.2.3") == "10.9.9.9"
    assert address("127.0.0.1") == "127.0.0.1"


def test_an_ipv6_customer_counts_as_one() -> None:
    assert address("2001:db8:1:2::77") == address("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert address("2001:db8:1:3::77") != address("2001:db8:1:2::77")


def test_ipv4_stays_itself_in_ipv6_clothes() -> None:
    assert address("::ffff:127.0.0.1", "::ffff:198.51.100.1") == "198.51.100.1"
