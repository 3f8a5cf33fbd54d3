"""The search on the local network."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from bridge.core.errors import WireError
from bridge.drivers.base import FoundCamera
from bridge.drivers.reolink.lan_search import ANSWER_BYTES, PROBE, read_answer, search

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = b"topsecretkey"  # made up


def answer(**changes: tuple[int, bytes]) -> bytes:
    """An answer as cameras send it, with some places overwritten."""
    packet = bytearray(ANSWER_BYTES)
    places = {
        "kind": (58, b"IPC"),
        "mac": (80, bytes.fromhex("ec71db0f9391")),
        "echo": (104, PROBE),
        "host": (108, b"192.168.1.20"),
        "port": (128, (9000).to_bytes(4, "little")),
        "name": (132, b"Yard"),
        "mac_text": (164, b"ec:71:db:0f:93:91"),
        "model": (196, b"RLC-823A"),
        "uid": (228, b"95270000ABCDEFGH"),
        "key": (260, KEY),
        **changes,
    }
    for at, content in places.values():
        packet[at : at + len(content)] = content
    return bytes(packet)


def test_an_answer_tells_who_and_where_a_camera_is() -> None:
    assert read_answer(answer()) == FoundCamera("192.168.1.20", "ec:71:db:0f:93:91", "Yard", "RLC-823A")


def test_the_key_in_an_answer_goes_nowhere() -> None:
    assert KEY.decode() not in repr(read_answer(answer()))
    with pytest.raises(WireError) as caught:
        read_answer(answer(echo=(104, b"\0\0\0\0")))
    assert KEY.decode() not in str(caught.value)


@pytest.mark.parametrize(
    "datagram", [b"", PROBE, answer()[:-1], answer() + b"\0", answer(host=(108, b"nowhere\0\0\0\0\0"))]
)
def test_what_is_no_answer_is_refused(datagram: bytes) -> None:
    with pytest.raises(WireError):
        read_answer(datagram)


@given(st.binary(min_size=ANSWER_BYTES, max_size=ANSWER_BYTES))
def test_any_bytes_behind_the_echo_are_an_answer_or_a_wire_error(noise: bytes) -> None:
    datagram = noise[:104] + PROBE + noise[108:]
    try:
        found = read_answer(datagram)
    except WireError:
        return
    assert found.name.isprintable()


class Neighbour(asyncio.DatagramProtocol):
    """Something on the network that answers each probe with datagrams of its own."""

    def __init__(self, *datagrams: bytes) -> None:
        self.datagrams = datagrams
        self.heard: list[bytes] = []
        self.transport: asyncio.DatagramTransport | None = None

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        assert self.transport is not None
        self.heard.append(data)
        for datagram in self.datagrams:
            self.transport.sendto(datagram, addr)


@asynccontextmanager
async def network(*neighbours: Neighbour) -> AsyncIterator[list[tuple[str, int]]]:
    """Put them on the loopback interface and return their addresses."""
    loop = asyncio.get_running_loop()
    addresses = []
    for neighbour in neighbours:
        endpoint = await loop.create_datagram_endpoint(partial(_itself, neighbour), local_addr=("127.0.0.1", 0))
        neighbour.transport = endpoint[0]
        addresses.append(endpoint[0].get_extra_info("sockname"))
    yield addresses
    for neighbour in neighbours:
        assert neighbour.transport is not None
        neighbour.transport.close()


def _itself(neighbour: Neighbour) -> Neighbour:
    return neighbour


async def test_a_search_finds_each_camera_once_and_minds_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    second = answer(host=(108, b"192.168.1.3\0"), mac=(80, bytes.fromhex("ec71db0f9392")))
    twice, other = Neighbour(answer(), b"noise" + KEY, answer()), Neighbour(second)
    async with network(twice, other) as targets:
        found = await search(targets, timeout_s=0.2, answer_port=0)
    assert [camera.host for camera in found] == ["192.168.1.3", "192.168.1.20"]
    assert twice.heard == other.heard == [PROBE]
    assert KEY.decode() not in caplog.text + repr(found)


async def test_a_search_works_while_another_program_has_the_usual_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", 0))
        async with network(Neighbour(answer())) as targets:
            found = await search(targets, timeout_s=0.2, answer_port=taken.getsockname()[1])
    assert len(found) == 1


async def test_a_search_that_can_ask_nobody_fails_and_one_that_can_ask_somebody_does_not() -> None:
    nowhere = ("127.0.0.1", 0)
    with pytest.raises(OSError, match=r"Invalid argument|assign"):
        await search([nowhere], timeout_s=0.0, answer_port=0)
    async with network(Neighbour(answer())) as targets:
        assert await search([nowhere, *targets], timeout_s=0.2, answer_port=0)
