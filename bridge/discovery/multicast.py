"""The sockets of one interface: multicast in, unicast in, everything out.

Two sockets instead of one with packet information: the one that joined the group receives only what was sent to the
group on this interface, the other only what was sent to this address. So each datagram's interface and kind are
known by where it arrives, and whatever leaves has the right source address. Both share their port with other
WS-Discovery programs of the host.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bridge.proto.wsd.message import GROUP, MAX_DATAGRAM_BYTES
from bridge.proto.wsd.target import Outgoing, Received

if TYPE_CHECKING:
    from collections.abc import Callable

_IP_MULTICAST_ALL = 49
"""Linux: 0 keeps a socket from receiving what other sockets have joined. The socket module has no name for it."""

_HOPS = 1
"""Discovery stays on the link."""

_DATAGRAMS_PER_TURN = 32
"""Most datagrams read before the event loop may do something else."""


class InterfaceSockets:
    """Open from creation until `close`.

    Args:
        address: local IPv4 address of the interface.
        port: 3702, or another one for tests.
        receive: called in the running loop for each datagram; one byte more than the longest tells of a longer one.

    Raises:
        OSError: the port or the group cannot be had on this interface.
    """

    def __init__(self, address: str, port: int, *, receive: Callable[[Received], None]) -> None:
        self._address = address
        self._group = (GROUP, port)
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        interface = socket.inet_aton(address)
        with ExitStack() as opened:
            self._unicast = opened.enter_context(_open((address, port)))
            self._unicast.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            self._unicast.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS)
            self._multicast = opened.enter_context(_open(self._group))
            self._multicast.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            membership = socket.inet_aton(GROUP) + interface
            self._multicast.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
            opened.pop_all()
        self._loop.add_reader(self._unicast, self._read, self._unicast, False)
        self._loop.add_reader(self._multicast, self._read, self._multicast, True)

    def send(self, datagram: Outgoing) -> None:
        """Send one datagram.

        Raises:
            OSError: the network or the destination is not reachable, or the socket's buffer is full.
        """
        self._unicast.sendto(datagram.data, datagram.destination or self._group)

    def close(self) -> None:
        """Leave the group and give the port back."""
        for one in (self._unicast, self._multicast):
            self._loop.remove_reader(one)
            one.close()

    def _read(self, one: socket.socket, is_multicast: bool) -> None:
        for _ in range(_DATAGRAMS_PER_TURN):
            try:
                data, peer = one.recvfrom(MAX_DATAGRAM_BYTES + 1)
            except OSError:  # nothing more to read, or an interface that has just gone: found out by looking again
                return
            self._receive(Received(data, peer, self._address, is_multicast))


def _open(address: tuple[str, int]) -> socket.socket:
    with ExitStack() as opened:
        one = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(address)
        opened.pop_all()
    return one
