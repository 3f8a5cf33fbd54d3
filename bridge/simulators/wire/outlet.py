"""Ways by which a session's packets leave the camera: inside the RTSP connection, or as datagrams.

Interleaved frames: RFC 2326 section 10.12. RTP over UDP with RTCP on the next port: RFC 3550 section 11.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKLOG_LIMIT_BYTES = 1024 * 1024
"""Unsent bytes beyond which a client counts as too slow: several seconds of any clip."""

_PORT_ATTEMPTS = 50
"""Tries to find two free neighbouring ports; on a usual machine the first succeeds."""


class Outlet(Protocol):
    """Takes the packets of one track. Never blocks, never fails: what cannot be sent is lost."""

    @property
    def is_congested(self) -> bool:
        """Whether the client does not keep up."""

    def send(self, packets: Sequence[bytes]) -> None:
        """Send RTP packets."""

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP packet."""

    def close(self) -> None:
        """Free what the outlet holds."""


@dataclass(frozen=True, slots=True)
class InterleavedOutlet:
    """Two channels of an RTSP connection, which belongs to someone else."""

    transport: asyncio.Transport
    rtp_channel: int
    rtcp_channel: int

    @property
    def is_congested(self) -> bool:
        """Whether too much waits in the connection's buffer."""
        return self.transport.get_write_buffer_size() > BACKLOG_LIMIT_BYTES

    def send(self, packets: Sequence[bytes]) -> None:
        """Send RTP packets in one write."""
        self._write(self.rtp_channel, packets)

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        self._write(self.rtcp_channel, [packet])

    def close(self) -> None:
        """Leave the connection as it is."""

    def _write(self, channel: int, packets: Sequence[bytes]) -> None:
        if self.transport.is_closing():
            return
        frames = bytearray()
        for packet in packets:
            frames += b"$" + bytes((channel,)) + len(packet).to_bytes(2) + packet
        self.transport.write(frames)


@dataclass(frozen=True, slots=True)
class UdpOutlet:
    """A pair of UDP ports, RTP on the even one, and the client's pair."""

    rtp: socket.socket
    rtcp: socket.socket
    client_host: str
    client_ports: tuple[int, int]

    @classmethod
    def open(cls, host: str, client_host: str, client_ports: tuple[int, int]) -> Self:
        """Bind two neighbouring ports of a local address.

        Raises:
            OSError: there are none.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for _ in range(_PORT_ATTEMPTS):
            rtp = socket.socket(family, socket.SOCK_DGRAM)
            rtcp = socket.socket(family, socket.SOCK_DGRAM)
            if _bind_pair(host, rtp, rtcp):
                return cls(rtp, rtcp, client_host, client_ports)
            rtp.close()
            rtcp.close()
        raise OSError(f"no two neighbouring UDP ports are free on {host}")

    @property
    def ports(self) -> tuple[int, int]:
        """The camera's ports."""
        return self.rtp.getsockname()[1], self.rtcp.getsockname()[1]

    @property
    def is_congested(self) -> bool:
        """Never: datagrams do not wait."""
        return False

    def send(self, packets: Sequence[bytes]) -> None:
        """Send RTP packets, one datagram each."""
        for packet in packets:
            self._send(self.rtp, packet, self.client_ports[0])

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        self._send(self.rtcp, packet, self.client_ports[1])

    def close(self) -> None:
        """Give the ports back."""
        self.rtp.close()
        self.rtcp.close()

    def _send(self, port: socket.socket, packet: bytes, client_port: int) -> None:
        # A full buffer or an unreachable client loses the datagram, as the network would.
        with suppress(OSError):
            port.sendto(packet, (self.client_host, client_port))


def _bind_pair(host: str, rtp: socket.socket, rtcp: socket.socket) -> bool:
    """Bind two sockets to an even port and the next one, without blocking; False if that failed."""
    try:
        rtp.bind((host, 0))
        port: int = rtp.getsockname()[1]
        rtcp.bind((host, port + 1))
    except (OSError, OverflowError):
        return False
    rtp.setblocking(False)
    rtcp.setblocking(False)
    return port % 2 == 0
