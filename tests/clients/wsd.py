"""A minimal WS-Discovery client, written from the April 2005 text, that shares nothing with the bridge."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from lxml import etree
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

GROUP = "239.255.255.250"
DISCOVERY = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": DISCOVERY,
}


@dataclass(frozen=True)
class Answer:
    """A message, looked at by XPath (prefixes s, a, w)."""

    root: etree._Element
    peer: tuple[str, int]

    def texts(self, path: str) -> list[str]:
        found = self.root.xpath(path, namespaces=NAMESPACES)
        assert isinstance(found, list)
        return [(one.text or "") if isinstance(one, etree._Element) else str(one) for one in found]

    def text(self, path: str) -> str:
        (only,) = self.texts(path)
        return only

    @property
    def action(self) -> str:
        return self.text("//a:Action").rpartition("/")[2]

    @property
    def endpoint(self) -> str:
        return self.text("//a:EndpointReference/a:Address")


class DiscoveryClient(asyncio.DatagramProtocol):
    """Sends requests and collects whatever comes back."""

    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._answers.put_nowait(Answer(etree.fromstring(data), addr))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set_result(None)

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        self.transport.sendto(data, to)

    async def answer(self, wanted: Callable[[Answer], bool], *, timeout_s: float = 5.0) -> Answer:
        """Return the next message that is wanted; others are dropped."""
        async with asyncio.timeout(timeout_s):
            while not wanted(answer := await self._answers.get()):
                pass
        return answer

    async def answers(self, count: int, action: str, *, timeout_s: float = 5.0) -> list[Answer]:
        return [await self.answer(lambda one: one.action == action, timeout_s=timeout_s) for _ in range(count)]


@asynccontextmanager
async def open_client(interface: str, *, join_port: int | None = None) -> AsyncIterator[DiscoveryClient]:
    """Open a client on an interface; with `join_port` it listens to the group there instead of asking."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setblocking(False)
    if join_port is None:
        one.bind((interface, 0))
    else:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind((GROUP, join_port))
        membership = socket.inet_aton(GROUP) + socket.inet_aton(interface)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(DiscoveryClient, sock=one)
    client.transport = transport
    try:
        yield client
    finally:
        client.transport.close()
        await client.closed


def probe(
    *, types: str = "", scopes: str = "", match_by: str | None = None, message_id: str = "", declarations: str = ""
) -> bytes:
    """Write a Probe; `types` is as in the message, with the prefixes tds and dn declared."""
    rule = "" if match_by is None else f' MatchBy="{match_by}"'
    body = f"<w:Probe><w:Types {declarations}>{types}</w:Types><w:Scopes{rule}>{scopes}</w:Scopes></w:Probe>"
    return request("Probe", body, message_id)


def resolve(endpoint: str, *, message_id: str = "") -> bytes:
    """Write a Resolve."""
    reference = f"<a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
    return request("Resolve", f"<w:Resolve>{reference}</w:Resolve>", message_id)


def request(action: str, body: str, message_id: str = "") -> bytes:
    """Write an envelope around a body."""
    declarations = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
    return f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope {declarations} xmlns:tds="http://www.onvif.org/ver10/device/wsdl"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>
<a:MessageID>{message_id or f"uuid:{uuid4()}"}</a:MessageID>
<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>
<a:Action>{DISCOVERY}/{action}</a:Action></s:Header><s:Body>{body}</s:Body></s:Envelope>""".encode()
