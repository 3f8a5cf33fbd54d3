"""The answer to a search on the local network: four bytes by UDP ask, a packet of 388 bytes tells who is there.

No document describes it; the layout is what others saw of the vendor's own search program. What is not known is zero.
Its place for a credential (`access_key`) is left empty here.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, cast

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

PROBE = bytes.fromhex("aaaa0000")
SEARCH_PORT, REPLY_PORT = 2000, 3000
REPLY_BYTES = 388


def reply(*, kind: str, mac: str, ip: str, media_port: int, names: tuple[str, str, str]) -> bytes:
    """Return the packet.

    Args:
        kind: `IPC`, `NVR`.
        mac: with colons.
        ip: the camera's address as text.
        media_port: of the vendor's own protocol.
        names: the device's name, its model and its UID.
    """
    packet = bytearray(REPLY_BYTES)

    def put(offset: int, size: int, content: bytes) -> None:
        packet[offset : offset + min(size, len(content))] = content[:size]

    name, model, uid = names
    put(58, 18, kind.encode())
    put(80, 6, bytes.fromhex(mac.replace(":", "")))
    put(104, 4, PROBE)
    put(108, 20, ip.encode())
    put(128, 4, struct.pack("<I", media_port))
    put(132, 32, name.encode(errors="replace"))
    put(164, 32, mac.encode())
    put(196, 32, model.encode())
    put(228, 32, uid.encode())
    return bytes(packet)


class SearchPort(asyncio.DatagramProtocol):
    """Answers searches, to the port that the vendor's program listens on and to the port that asked.

    Args:
        packet: makes the reply for the camera's address; None while the camera is away.
        on_search: told the address of who asked.

    Attributes:
        port: the UDP port that is bound, once it is.
    """

    def __init__(self, packet: Callable[[str], bytes | None], on_search: Callable[[str], None]) -> None:
        self.port = 0
        self._packet = packet
        self._on_search = on_search
        self._host = ""
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, host: str) -> None:
        """Listen on the known port, or on any free one when someone else has it.

        Raises:
            OSError: no port is to be had.
        """
        bound = _bound(host)
        self._host, self.port = host, bound.getsockname()[1]
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=bound)

    def close(self) -> None:
        """Give up the port."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every event loop's transports inherit from asyncio's classes.
        self._transport = cast("asyncio.DatagramTransport", transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        packet = self._packet(self._host) if data == PROBE else None
        if packet is None or self._transport is None:
            return
        for port in {REPLY_PORT, addr[1]}:
            self._transport.sendto(packet, (addr[0], port, *addr[2:]))
        self._on_search(addr[0])


def _bound(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in (SEARCH_PORT, 0):
        bound = socket.socket(family, socket.SOCK_DGRAM)
        try:
            bound.bind((host, port))
        except OSError:
            bound.close()
            if port == 0:
                raise
        else:
            bound.setblocking(False)
            return bound
    raise OSError(f"no UDP port is to be had on {host}")
