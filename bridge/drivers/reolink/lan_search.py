"""Finding cameras on the local network: one datagram to everybody, 388 bytes back.

The vendor's document does not describe it; the layout is what independent clients have found out. An answer holds a
credential somewhere behind the names: an answer is read field by field and never kept or logged as a whole. Containers
on a network of their own hear no broadcasts: naming the host in the configuration is the way there.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING, Final

import structlog
from typing_extensions import override

from bridge.core.errors import WireError
from bridge.drivers.base import FoundCamera

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger(__name__)

PROBE: Final = bytes.fromhex("aaaa0000")
PROBE_PORT: Final = 2000
"""Where cameras listen."""

ANSWER_PORT: Final = 3000
"""Where cameras answer to; some answer to the port that has asked."""

ANSWER_BYTES: Final = 388

_MAC: Final = slice(80, 86)
_ECHO: Final = slice(104, 108)
_ADDRESS: Final = slice(108, 124)
_NAME: Final = slice(132, 164)
_MODEL: Final = slice(196, 228)


def read_answer(datagram: bytes) -> FoundCamera:
    """Read an answer to the probe.

    Raises:
        WireError: it is none.
    """
    if len(datagram) != ANSWER_BYTES:
        raise WireError(f"an answer of {len(datagram)} bytes, not {ANSWER_BYTES}")
    if datagram[_ECHO] != PROBE:
        raise WireError("the answer does not repeat the probe", offset=_ECHO.start)
    try:
        host = str(IPv4Address(_text(datagram[_ADDRESS])))
    except AddressValueError:
        raise WireError("the answer tells no address", offset=_ADDRESS.start) from None
    return FoundCamera(
        host=host, mac=datagram[_MAC].hex(":"), name=_text(datagram[_NAME]), model=_text(datagram[_MODEL])
    )


def _text(field: bytes) -> str:
    """Return a text that ends at the first zero; what is not printable is left out."""
    decoded = field.partition(b"\0")[0].decode("utf-8", "replace")
    return "".join(char for char in decoded if char.isprintable()).strip()


async def find(hosts: Sequence[str], timeout_s: float) -> tuple[FoundCamera, ...]:
    """Look for cameras; see `drivers.base.CameraFamily.search`."""
    return await search([(host, PROBE_PORT) for host in hosts], timeout_s=timeout_s)


async def search(
    targets: Sequence[tuple[str, int]], *, timeout_s: float, answer_port: int = ANSWER_PORT
) -> tuple[FoundCamera, ...]:
    """Ask for cameras and return those that have answered, each once, in the order of their addresses.

    Args:
        targets: where to ask: IPv4 addresses, broadcast addresses among them, with their ports.
        timeout_s: how long answers are waited for.
        answer_port: where answers are expected; if another program has it, any port that is free.

    Raises:
        OSError: nobody could be asked.
    """
    listener = _Listener()
    endpoint = _socket(answer_port)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: listener, sock=endpoint)
    try:
        _ask(endpoint, targets)
        await asyncio.sleep(timeout_s)
    finally:
        transport.close()
    return tuple(sorted(listener.found, key=lambda camera: IPv4Address(camera.host)))


def _ask(endpoint: socket.socket, targets: Sequence[tuple[str, int]]) -> None:
    """Send the probe to all targets; one that cannot be reached does not matter as long as another can."""
    failures = []
    for target in targets:
        try:
            endpoint.sendto(PROBE, target)
        except OSError as error:
            failures.append(error)
    if len(failures) == len(targets):
        raise failures[0]


def _socket(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    try:
        made.bind(("", port))
    except OSError:
        made.bind(("", 0))
    return made


class _Listener(asyncio.DatagramProtocol):
    """Takes answers; others may send what they like."""

    def __init__(self) -> None:
        self.found: set[FoundCamera] = set()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        try:
            self.found.add(read_answer(data))
        except WireError as error:
            log.debug("reolink.search_noise", peer=addr[0], detail=error.detail)
