"""RTP by UDP (RFC 3550 section 11), to a viewer and from one that talks: an even port for RTP, the next for RTCP.

Packets go to the address that the RTSP connection came from and to no other, whatever the client asks: the bridge
cannot be used to flood a third party. A packet that the machine's own buffers have no room for is lost, and with it
everything up to the next key frame.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from struct import Struct
from typing import TYPE_CHECKING, Any

from bridge.core.errors import WireError
from bridge.media.interleaved import from_keyframe
from bridge.proto.rtp import rtcp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bridge.media.batch import Batch

PORT_ATTEMPTS = 32
"""Pairs tried before giving up: every other free port has a busy neighbour on a very busy machine."""

SEND_BUFFER_BYTES = 1024 * 1024
"""Room for a key frame of a 4K stream, which leaves in one burst; the system may grant less."""

MOST_DATAGRAM_BYTES = 4096
"""What is read of one: receiver reports have about 100 bytes, sound a few hundred. A longer one is nothing of that."""

MOST_DATAGRAMS_AT_ONCE = 16
"""Datagrams read in one turn of the loop: a flood must not hold up the others."""

MOST_SEGMENTS = 64
MOST_SEGMENTED_BYTES = 65_000
"""What one call may hand to the kernel to cut into datagrams (udp(7), UDP_SEGMENT)."""

UDP_SEGMENT = 103
"""Linux's number of the option; the socket module has no name for it."""

NOT_SEGMENTED = frozenset({errno.EINVAL, errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP})
"""How a kernel says that it cannot."""

_SEGMENT_SIZE = Struct("=H")

Address = tuple[Any, ...]
"""A socket address as the socket module gives it, two parts for IPv4 and four for IPv6."""


class UdpPorts:
    """The pair of sockets that serves one track of one viewer.

    Args:
        local: address of the RTSP connection on our side.
        peer: address of the RTSP connection on the client's side; only its host is used.
        client_port: where the client wants RTP and RTCP.
        on_report: called for every RTCP packet of the client.
        on_packet: called with every datagram that comes from the client's host to the port for RTP, for a track on
            which the client sends; nothing can be sent from that port then.

    Raises:
        OSError: no pair of ports is to be had, or the client's host cannot be reached.
    """

    def __init__(
        self,
        local: Address,
        peer: Address,
        client_port: tuple[int, int],
        *,
        on_report: Callable[[], None],
        on_packet: Callable[[bytes], object] | None = None,
    ) -> None:
        self._peer_host = peer[0]
        self._rtcp_address = (peer[0], client_port[1], *peer[2:])
        self._on_report = on_report
        self._can_segment = True
        self._rtp, self._rtcp = bind_pair(local)
        try:
            self._loop = asyncio.get_running_loop()
            if on_packet is None:
                self._rtp.connect((peer[0], client_port[0], *peer[2:]))
            else:
                # Not connected: some clients send from another port than the one that they named.
                self._loop.add_reader(self._rtp, self._read_packets, on_packet)
            self._loop.add_reader(self._rtcp, self._read_reports)
        except OSError:
            self._rtp.close()
            self._rtcp.close()
            raise

    @property
    def server_port(self) -> tuple[int, int]:
        """Our ports for RTP and RTCP."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def send(self, packets: Sequence[memoryview], *, is_rtcp: bool) -> bool:
        """Send packets as a datagram each; return False if one had no room, and none after it is sent then.

        That nobody listens at the other end is no fault here.

        Args:
            packets: of one size, but for the last, which may be smaller: a train of `trains`.
            is_rtcp: which of the two ports they are for.
        """
        if len(packets) > 1 and self._can_segment and not is_rtcp:
            try:
                self._rtp.sendmsg(packets, ((socket.IPPROTO_UDP, UDP_SEGMENT, _SEGMENT_SIZE.pack(len(packets[0]))),))
            except BlockingIOError:
                return False
            except OSError as error:
                if error.errno not in NOT_SEGMENTED:
                    return True
                # This kernel, or the network interface, cuts nothing for us.
                self._can_segment = False
            else:
                return True
        return all(self._send_one(packet, is_rtcp=is_rtcp) for packet in packets)

    def _send_one(self, packet: memoryview, *, is_rtcp: bool) -> bool:
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
        for each in (self._rtp, self._rtcp):
            self._loop.remove_reader(each)
            each.close()

    def _read_reports(self) -> None:
        for data in self._received(self._rtcp):
            if _is_rtcp(data):
                self._on_report()

    def _read_packets(self, on_packet: Callable[[bytes], object]) -> None:
        for data in self._received(self._rtp):
            on_packet(data)

    def _received(self, port: socket.socket) -> Iterator[bytes]:
        """Yield some of the datagrams that have come from the client's host."""
        for _ in range(MOST_DATAGRAMS_AT_ONCE):
            try:
                data, address = port.recvfrom(MOST_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue
            if address[0] == self._peer_host:
                yield data


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
        wanted = from_keyframe(batch) if self._is_behind else batch
        self._is_behind = not all(self._send(channel, packets) for channel, packets in trains(wanted.frames()))
        if self._is_behind:
            self.dropped += 1

    def ended(self, reason: str) -> None:
        """Report the end to whoever owns the session."""
        self._on_ended(reason)

    def _send(self, channel: int, packets: Sequence[memoryview]) -> bool:
        ports = self._ports.get(channel >> 1)
        return ports is None or ports.send(packets, is_rtcp=bool(channel & 1))


def trains(frames: Iterable[tuple[int, memoryview]]) -> Iterator[tuple[int, list[memoryview]]]:
    """Group packets as one call can send them: of one channel, of one size but for a smaller last one, not too many."""
    train: list[memoryview] = []
    channel = size = room = 0
    for number, packet in frames:
        length = len(packet)
        if train and (number != channel or length > size or len(train[-1]) < size or length > room):
            yield channel, train
            train = []
        if not train:
            channel, size, room = number, length, min(MOST_SEGMENTED_BYTES, length * MOST_SEGMENTS)
        train.append(packet)
        room -= length
    if train:
        yield channel, train


def bind_pair(local: Address) -> tuple[socket.socket, socket.socket]:
    """Return two sockets on an even port and the next one.

    Raises:
        OSError: no pair is to be had.
    """
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
