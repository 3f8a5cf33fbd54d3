from __future__ import annotations

import asyncio
from ipaddress import ip_address

import pytest
from yarl import URL

from bridge.onvif.eventing.guard import (
    MAX_URL_CHARS,
    ConsumerGuard,
    ConsumerRefused,
    Destination,
    ask_name_service,
    is_loopback,
    own_addresses,
    read_address,
)

OURS = ("192.168.1.5", "fd00::5")


class Names:
    """A name service that answers as it is told."""

    def __init__(self, *addresses):
        self.addresses = list(addresses)
        self.asked = []

    async def __call__(self, host):
        self.asked.append(host)
        if isinstance(self.addresses[0], Exception):
            raise self.addresses[0]
        return self.addresses


def guard(*addresses, own_ports=()):
    return ConsumerGuard(resolve=Names(*addresses), own_ports=own_ports, own_addresses=lambda: OURS)


def destination(text, *, from_loopback=False, our_ports=()):
    return Destination(read_address(text), from_loopback=from_loopback, our_ports=frozenset(our_ports))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://192.168.1.9/hook", "http://192.168.1.9/hook"),
        ("  http://nvr.local:8123/api/webhook/abc?x=1 ", "http://nvr.local:8123/api/webhook/abc?x=1"),
        ("https://nvr.example.org", "https://nvr.example.org/"),
        ("http://[fd00::9]:80/a#part", "http://[fd00::9]:80/a"),
        ("HTTP://NVR/", "http://nvr/"),
        ("http://h\N{LATIN SMALL LETTER A WITH DIAERESIS}user/", "http://xn--huser-gra/"),
    ],
)
def test_http_addresses_are_taken(text, url):
    assert read_address(text) == URL(url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hook",
        "//192.168.1.9/hook",
        "ftp://192.168.1.9/",
        "file:///etc/passwd",
        "gopher://192.168.1.9:70/",
        "urn:uuid:1",
        "http://nvr:99999/",
        "http://",
        "http://:8080/",
        "http://nvr:0/",
        "http://nvr:port/",
        "http://user@nvr/",
        "http://:secret@nvr/",
        "http://user:secret@nvr/",
        "http://nvr/a b",
        "http://nvr/\r\nHost: x",
        "http://nvr\\@192.168.1.9/",
        "http://[fe80::1%25eth0]/",
        "http://n/" + "x" * MAX_URL_CHARS,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ConsumerRefused):
        read_address(text)


def test_the_reason_of_a_refusal_does_not_repeat_the_address():
    with pytest.raises(ConsumerRefused) as caught:
        read_address("http://user:secret@nvr/")
    assert "secret" not in str(caught.value)


def test_the_path_may_be_a_secret_and_is_not_shown():
    hook = destination("https://nvr:8443/api/webhook/secret?key=secret")
    assert "secret" not in repr(hook)
    assert hook.origin == "https://nvr:8443"


@pytest.mark.parametrize("address", ["192.168.1.9", "10.0.0.1", "100.64.0.1", "8.8.8.8", "fd00::9", "2600::1"])
async def test_hosts_of_a_network_are_allowed(address):
    assert await guard(address).address_of(destination("http://nvr/")) == ip_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "224.0.0.251",
        "239.255.255.250",
        "ff02::c",
        "255.255.255.255",
        "240.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
    ],
)
async def test_addresses_that_are_nobody_s_host_are_refused(address):
    with pytest.raises(ConsumerRefused):
        await guard(address).address_of(destination("http://nvr/"))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_a_client_on_this_machine_may_name_this_machine(address):
    local = destination("http://nvr:9000/", from_loopback=True)
    assert (await guard(address).address_of(local)).is_loopback


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0"])
async def test_it_may_name_nothing_else_that_others_may_not(address):
    with pytest.raises(ConsumerRefused):
        await guard(address).address_of(destination("http://nvr:9000/", from_loopback=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0"])
async def test_an_address_in_the_url_is_judged_without_the_name_service(host):
    names = Names("192.168.1.9")
    with pytest.raises(ConsumerRefused):
        await ConsumerGuard(resolve=names).address_of(destination(f"http://{host}:9000/"))
    assert names.asked == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1"])
async def test_an_address_in_disguise_is_seen_through(host):
    with pytest.raises(ConsumerRefused):
        await ConsumerGuard().address_of(destination(f"http://{host}:9000/"))


async def test_the_first_usable_address_of_a_name_is_taken():
    several = guard("fe80::1", "127.0.1.1", "192.168.1.9", "192.168.1.10")
    assert await several.address_of(destination("http://nvr/")) == ip_address("192.168.1.9")


@pytest.mark.parametrize("error", [OSError("no such host"), TimeoutError(), UnicodeError("label too long")])
async def test_a_name_that_is_not_known_is_refused(error):
    with pytest.raises(ConsumerRefused, match="cannot be resolved"):
        await guard(error).address_of(destination("http://nvr/"))


async def test_a_name_service_that_is_silent_is_not_waited_for():
    async def silence(_host):
        await asyncio.Event().wait()
        return ()

    async with asyncio.timeout(5):
        with pytest.raises(ConsumerRefused, match="cannot be resolved"):
            await ConsumerGuard(resolve=silence, resolve_s=0.01).address_of(destination("http://nvr/"))


@pytest.mark.parametrize("address", OURS)
async def test_ports_of_the_bridge_are_refused_at_every_address_of_this_machine(address):
    careful = guard(address, own_ports={8001, 8002})
    assert await careful.address_of(destination("http://nvr:8123/")) == ip_address(address)
    for text, our_ports in [("http://nvr:8002/", ()), ("http://nvr:554/", {554}), ("http://nvr/", {80})]:
        with pytest.raises(ConsumerRefused):
            await careful.address_of(destination(text, our_ports=our_ports))


async def test_they_are_refused_to_clients_on_this_machine_too():
    with pytest.raises(ConsumerRefused):
        await guard("127.0.0.1", own_ports={8001}).address_of(destination("http://nvr:8001/", from_loopback=True))


async def test_another_machine_may_use_the_same_port():
    careful = guard("192.168.1.9", own_ports={8001})
    assert await careful.address_of(destination("http://nvr:8001/")) == ip_address("192.168.1.9")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False), ("", False), ("nvr", False)],
)
def test_loopback_addresses_are_known(text, is_one):
    assert is_loopback(text) is is_one


async def test_the_name_service_of_the_system_is_asked():
    assert set(await ask_name_service("localhost")) & {"127.0.0.1", "::1"}


def test_this_machine_knows_its_addresses():
    assert "127.0.0.1" in own_addresses()
