from ipaddress import IPv4Address

import pytest

from bridge.discovery.interfaces import addresses_to_serve


@pytest.mark.parametrize("bind", ["127.0.0.1", "192.0.2.9"])
def test_one_address_serves_itself(bind: str) -> None:
    assert addresses_to_serve(bind) == (bind,)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])
def test_all_addresses_are_those_of_the_host_and_loopback_only_if_alone(bind: str) -> None:
    addresses = addresses_to_serve(bind)

    assert addresses
    assert len(addresses) == 1 or not any(IPv4Address(address).is_loopback for address in addresses)


def test_ipv6_address_serves_nothing() -> None:
    assert addresses_to_serve("::1") == ()
