"""A viewer that gets its packets by UDP (RFC 3550 section 11): an even port for RTP and the next for RTCP per track.

Packets go to the address that the RTSP connection came from and to no other, whatever the client asks: the bridge
cannot be used to flood a third party. A packet that the machine's own buffers have no room for is lost, and with it
everything up to the next key frame.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from bridge.core.errors import WireError
from bridge.media.interleaved import from_keyframe
from bridge.proto.rtp import rtcp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.media.batch import Batch

PORT_ATTEMPTS = 32
"""Pairs tried before giving up: every other free port has a busy neighbour on a very busy machine."""

SEND_BUFFER_BYTES = 1024 * 1024
"""Room for a key frame of a 4K stream, which leaves in one burst; the system may grant less."""

MOST_REPORT_BYTES = 2048
"""Receiver reports have about 100 bytes."""

MOST_REPORTS_AT_ONCE = 16
"""Datagrams read in one turn of the loop: a flood must not hold up the others."""

Address = tuple[Any, ...]
"""A socket address as the socket module gives it, two parts for IPv4 and four for IPv6."""


class UdpPorts:
    """The pair of sockets that serves one track of one viewer.

    Args:
        local: address of the RTSP connection on our side.
        peer: address of the RTSP connection on the client's side; only its host is used.
        client_port: where the client wants RTP and RTCP.
        on_report: called for every RTCP packet of the client.

    Raises:
        OSError: no pair of ports is to be had, or the client's host cannot be reached.
    """

    def __init__(
        self, local: Address, peer: Address, client_port: tuple[int, int], *, on_report: Callable[[], None]
    ) -> None:
        self._peer_host = peer[0]
        self._rtcp_address = (peer[0], client_port[1], *peer[2:])
        self._on_report = on_report
        self._rtp, self._rtcp = _bind_pair(local)
        try:
            self._rtp.connect((peer[0], client_port[0], *peer[2:]))
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._rtcp, self._read_reports)
        except OSError:
            self._rtp.close()
            self._rtcp.close()
            raise

    @property
    def server_port(self) -> tuple[int, int]:
        """Our ports for RTP and RTCP."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def send(self, packet: memoryview, *, is_rtcp: bool) -> bool:
        """Send one packet; return False if it had no room. That nobody listens at the other end is no fault here."""
        try:
            if is_rtcp:
                self._rtcp.sendto(packet, self._rtcp_address)
            else:
                self._rtp.send(packet)
        except BlockingIOError:
            return False
        except OSError:
            # What the network says about an earlier packet (port or host unreachable), or a packet too large for it.
            return True
        return True

    def close(self) -> None:
        """Give the ports back."""
        self._loop.remove_reader(self._rtcp)
        self._rtp.close()
        self._rtcp.close()

    def _read_reports(self) -> None:
        for _ in range(MOST_REPORTS_AT_ONCE):
            try:
                data, address = self._rtcp.recvfrom(MOST_REPORT_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue
            if address[0] == self._peer_host and _is_rtcp(data):
                self._on_report()


class UdpViewer:
    """Sends batches packet by packet; see `media.hub.Reader`.

    Args:
        ports: by track number.
        on_ended: called with the reason when the stream cannot go on for this viewer.

    Attributes:
        dropped: batches that were not, or not wholly, sent for want of room.
    """

    def __init__(self, ports: Mapping[int, UdpPorts], on_ended: Callable[[str], None]) -> None:
        self.dropped = 0
        self._ports = ports
        self._on_ended = on_ended
        self._is_behind = False

    def deliver(self, batch: Batch) -> None:
        """Send a batch, or drop it."""
        if self._is_behind and batch.keyframe is None:
            self.dropped += 1
            return
        frames = (from_keyframe(batch) if self._is_behind else batch).frames()
        self._is_behind = not all(self._send(channel, packet) for channel, packet in frames)
        if self._is_behind:
            self.dropped += 1

    def ended(self, reason: str) -> None:
        """Report the end to whoever owns the session."""
        self._on_ended(reason)

    def _send(self, channel: int, packet: memoryview) -> bool:
        ports = self._ports.get(channel >> 1)
        return ports is None or ports.send(packet, is_rtcp=bool(channel & 1))


def _bind_pair(local: Address) -> tuple[socket.socket, socket.socket]:
    """Return two sockets on an even port and the next one."""
    for _ in range(PORT_ATTEMPTS):
        found = _bind(local, 0)
        number = found.getsockname()[1]
        try:
            other = _bind(local, number ^ 1)
        except OSError:
            found.close()
            continue
        return (found, other) if number % 2 == 0 else (other, found)
    raise OSError(f"no pair of UDP ports in {PORT_ATTEMPTS} attempts")


def _bind(local: Address, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        bound.bind((local[0], port, *local[2:]))
    except OSError:
        bound.close()
        raise
    return bound


def _is_rtcp(data: bytes) -> bool:
    try:
        return bool(rtcp.parse(memoryview(data)))
    except WireError:
        return False
