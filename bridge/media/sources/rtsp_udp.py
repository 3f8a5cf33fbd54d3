"""The packets of a camera by UDP: a pair of ports per track, beside the RTSP connection.

Packets are put in order, wrapped as if they had come interleaved, and reports go back: cameras end sessions of whom
they hear nothing. Only what comes from the camera's own address is taken.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import Unreachable, WireError
from bridge.media.udp import bind_pair
from bridge.proto.rtp import rtcp
from bridge.proto.rtp.packet import FRAME_HEADER, FRAME_MAGIC, RTP_HEADER, RTP_HEADER_BYTES
from bridge.proto.rtp.reception import Reception
from bridge.proto.rtp.reorder import MOST_WAIT_S, ReorderWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.core.timing import Clock
    from bridge.media.source import Track
    from bridge.media.udp import Address
    from bridge.proto.rtsp.headers import Transport

RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
"""Room for a key frame of a 4K stream that comes in one burst while the loop is busy; the system may grant less."""

REPORT_INTERVAL_S = 5.0
"""How often the camera hears of us (RFC 3550 section 6.2)."""

_MOST_PACKET_BYTES = 65536
_MOST_AT_ONCE = 128
"""Datagrams read in one turn of the loop: a camera must not hold up the others."""

_CNAME = "onvif-bridge"

_log = structlog.get_logger(__name__)


class UdpTracks:
    """The ports of one session.

    Args:
        tracks: in order.
        local: address of the RTSP connection on our side.
        peer: address of the RTSP connection on the camera's side.
        take: takes whole interleaved frames of one read with its time.
        clock: for the times of reads.

    Raises:
        CameraError: no ports are to be had.
    """

    def __init__(
        self,
        tracks: Sequence[Track],
        *,
        local: Address,
        peer: Address,
        take: Callable[[bytes, float], None],
        clock: Clock,
    ) -> None:
        self._peer = peer
        self._clock = clock
        self._lost_before = 0
        self._ports: list[_TrackPorts] = []
        try:
            for number, track in enumerate(tracks):
                self._ports.append(_TrackPorts(number, track, local=local, peer=peer, take=take, clock=clock))
        except OSError as error:
            self.close()
            raise Unreachable(f"no UDP ports for the camera's stream: {error.strerror or error}") from error

    @property
    def client_ports(self) -> tuple[tuple[int, int], ...]:
        """Our ports of each track, for RTP and RTCP."""
        return tuple(ports.client_port for ports in self._ports)

    def begin(self, transports: Sequence[Transport]) -> None:
        """Learn where the camera's ports are; a first packet to each lets its packets through firewalls."""
        for ports, transport in zip(self._ports, transports, strict=True):
            ports.begin(transport.server_port)
        self.report()

    def report(self) -> None:
        """Tell the camera what has come, and the log what has not."""
        now = self._clock.now()
        for ports in self._ports:
            ports.report(now)
        lost = sum(ports.lost for ports in self._ports)
        if lost > self._lost_before:
            self._lost_before = lost
            _log.warning("stream.packets_lost", camera=self._peer[0], lost=lost)

    def close(self) -> None:
        """Give the ports back."""
        for ports in self._ports:
            ports.close()
        self._ports.clear()


class _TrackPorts:
    """The pair of sockets of one track; see `UdpTracks`."""

    def __init__(
        self,
        number: int,
        track: Track,
        *,
        local: Address,
        peer: Address,
        take: Callable[[bytes, float], None],
        clock: Clock,
    ) -> None:
        self._channel = 2 * number
        self._peer = peer
        self._take = take
        self._clock = clock
        self._window = ReorderWindow()
        self._reception = Reception(track.clock_rate)
        self._ssrc = secrets.randbits(32)
        self._server_port: tuple[int, int] | None = None
        self._rtp, self._rtcp = bind_pair(local)
        self._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._loop.add_reader(self._rtp, self._read_media)
        self._loop.add_reader(self._rtcp, self._read_reports)

    @property
    def client_port(self) -> tuple[int, int]:
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    @property
    def lost(self) -> int:
        return self._window.lost

    def begin(self, server_port: tuple[int, int] | None) -> None:
        self._server_port = server_port
        if server_port is not None:
            # An empty RTP packet: nobody can take it for anything else.
            self._send(self._rtp, RTP_HEADER.pack(0x80, 0, 0, 0, self._ssrc), server_port[0])

    def report(self, now: float) -> None:
        if self._server_port is not None:
            report = rtcp.build_receiver_report(self._ssrc, self._reception.block(now), _CNAME)
            self._send(self._rtcp, report, self._server_port[1])

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for each in (self._rtp, self._rtcp):
            self._loop.remove_reader(each)
            each.close()

    def _send(self, from_: socket.socket, packet: bytes, port: int) -> None:
        # A packet that has no room or no way is lost like any other; the next one follows in a few seconds.
        with suppress(OSError):
            from_.sendto(packet, (self._peer[0], port, *self._peer[2:]))

    def _read_media(self) -> None:
        now = self._clock.now()
        ready: list[bytes] = []
        for packet in self._datagrams(self._rtp):
            if len(packet) >= RTP_HEADER_BYTES:
                self._reception.arrived(packet, now)
                ready += self._window.take(packet, now)
        self._deliver(ready, now)

    def _expire(self) -> None:
        self._timer = None
        now = self._clock.now()
        self._deliver(self._window.expire(now), now)

    def _deliver(self, packets: Sequence[bytes], now: float) -> None:
        if packets:
            self._take(b"".join(_frame(self._channel, packet) for packet in packets), now)
        if self._window.is_waiting and self._timer is None:
            # Nothing may come for long after the last packet of a picture.
            self._timer = self._loop.call_later(MOST_WAIT_S, self._expire)

    def _read_reports(self) -> None:
        now = self._clock.now()
        for packet in self._datagrams(self._rtcp):
            with suppress(WireError):
                for part in rtcp.parse(packet):
                    if isinstance(part, rtcp.SenderReport):
                        self._reception.reported(part, now)
                self._take(_frame(self._channel + 1, packet), now)

    def _datagrams(self, from_: socket.socket) -> Iterator[bytes]:
        """Yield what has arrived from the camera."""
        for _ in range(_MOST_AT_ONCE):
            try:
                packet, address = from_.recvfrom(_MOST_PACKET_BYTES)
            except OSError:
                return  # there is no more, or the network says something about a packet of ours
            if address[0] == self._peer[0]:
                yield packet


def _frame(channel: int, packet: bytes) -> bytes:
    return FRAME_HEADER.pack(FRAME_MAGIC, channel, len(packet)) + packet
