"""WS-Discovery for all virtual devices, on all interfaces: the asyncio shell around `proto.wsd.target`.

IPv4 only. Without the port (another program holds it for itself) the bridge goes on: clients can still be given the
devices' addresses by hand.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import WireError
from bridge.discovery.interfaces import addresses_to_serve
from bridge.discovery.multicast import InterfaceSockets
from bridge.proto.wsd.message import PORT
from bridge.proto.wsd.target import DiscoveredDevice, DiscoveryTarget, Outgoing, Received

if TYPE_CHECKING:
    from random import Random
    from uuid import UUID

    from bridge.core.timing import Clock

__all__ = ["DiscoveredDevice", "DiscoveryService"]

INTERFACES_CHECK_S = 10.0
"""How often the host's addresses are looked at: a cable or a lease may come later than the bridge."""

DATAGRAM_LOG_INTERVAL_S = 60.0
"""Broken datagrams, and failures to send, are logged at most this often: anybody on the network can cause them."""

_log = structlog.get_logger(__name__)


class DiscoveryService:
    """Announces devices and answers those who look for them.

    Args:
        bind: the configuration's address; see `addresses_to_serve`.
        clock: monotonic time.
        random: message ids and delays.
        instance_id: greater at each start, e.g. the seconds of the epoch (fits 32 bits).
        port: the well-known one, except in tests.
    """

    def __init__(self, bind: str, *, clock: Clock, random: Random, instance_id: int, port: int = PORT) -> None:
        self._bind = bind
        self._port = port
        self._clock = clock
        self._target = DiscoveryTarget(instance_id=instance_id, random=random)
        self._sockets: dict[str, InterfaceSockets] = {}
        self._refused: set[str] = set()
        self._wake = asyncio.Event()
        self._quiet_until: dict[str, float] = {}

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The local addresses that are served now."""
        return tuple(self._sockets)

    def add(self, device: DiscoveredDevice) -> None:
        """Announce a device and answer for it from now on."""
        self._target.add(device, self._clock.now())
        self._wake.set()

    def changed(self, uuid: UUID) -> None:
        """Announce a device again, because its scopes or addresses are others now."""
        self._target.changed(uuid, self._clock.now())
        self._wake.set()

    def remove(self, uuid: UUID) -> None:
        """Say that a device goes, and answer for it no longer; an unknown one is no error."""
        self._target.remove(uuid, self._clock.now())
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled; all devices say Bye on the way out."""
        try:
            while True:
                self._follow_interfaces()
                look_again_at = self._clock.now() + INTERFACES_CHECK_S
                while self._clock.now() < look_again_at:
                    self._send_due()
                    await self._wait_until(self._target.next_deadline(), look_again_at)
        finally:
            for uuid in self._target.uuids:
                self.remove(uuid)
            self._send_due()
            self._serve(())

    async def _wait_until(self, deadline: float | None, at_latest: float) -> None:
        """Return at the deadline, or when something has come in or changed."""
        until = at_latest if deadline is None else min(deadline, at_latest)
        try:
            async with asyncio.timeout(max(0.0, until - self._clock.now())):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    def _follow_interfaces(self) -> None:
        try:
            addresses = addresses_to_serve(self._bind)
        except OSError as error:
            # Out of file descriptors, for instance: what is served now goes on, and the next look may succeed.
            self._warn("discovery.interfaces_unknown", reason=str(error))
            return
        if not addresses:
            self._refuse(self._bind, "no IPv4 address to announce")
        self._serve(addresses)
        self._target.set_interfaces(self.interfaces, self._clock.now())

    def _serve(self, addresses: tuple[str, ...]) -> None:
        for gone in self._sockets.keys() - set(addresses):
            self._sockets.pop(gone).close()
        for address in addresses:
            if address not in self._sockets:
                self._open(address)

    def _open(self, address: str) -> None:
        try:
            self._sockets[address] = InterfaceSockets(address, self._port, receive=self._received)
        except OSError as error:
            self._refuse(address, str(error))
        else:
            self._refused.discard(address)
            _log.info("discovery.listening", interface=address)

    def _refuse(self, address: str, reason: str) -> None:
        """Warn once for each address: clients will not find the devices by themselves there."""
        if address not in self._refused:
            self._refused.add(address)
            _log.warning("discovery.unavailable", interface=address, reason=reason, port=self._port)

    def _received(self, datagram: Received) -> None:
        try:
            self._target.receive(datagram, self._clock.now())
        except WireError as error:
            self._warn("discovery.bad_message", peer=datagram.peer[0], detail=str(error))
        self._wake.set()

    def _send_due(self) -> None:
        for datagram in self._target.datagrams_to_send(self._clock.now()):
            self._send(datagram)

    def _send(self, datagram: Outgoing) -> None:
        try:
            self._sockets[datagram.interface].send(datagram)
        except OSError as error:
            self._warn("discovery.send_failed", interface=datagram.interface, reason=str(error))

    def _warn(self, event: str, **details: str) -> None:
        """Log now and then what may happen for each datagram."""
        now = self._clock.now()
        if now >= self._quiet_until.get(event, now):
            self._quiet_until[event] = now + DATAGRAM_LOG_INTERVAL_S
            _log.warning(event, **details)
