"""The device under test as a test tool sees it: a bridge with real ports, asked over HTTP, judged by the schemas.

Request bodies are text with the usual prefixes (`tds`, `trt`, `tr2`, `tptz`, `timg`, `tmd`, `tan`, `tev`, `wsnt`,
`tt`, ...), all of them declared around the body. Every answer and every fault goes through the official schemas.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lxml import etree
from typing_extensions import override

from bridge.config.models import BridgeSection, CameraEntry, Configuration, UserEntry
from bridge.core.model import Secret
from bridge.core.users import UserLevel
from bridge.runtime.bridge import Bridge
from bridge.runtime.factory import Factory
from bridge.web.app import make_app
from tests.clients.soap import Reply, SoapClient, username_token
from tests.conformance.equipped import CameraShop, EquippedCamera
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from random import Random

USERNAME, PASSWORD = "admin", "open sesame 7"

NAMESPACES = {
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "timg": "http://www.onvif.org/ver20/imaging/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "tmd": "http://www.onvif.org/ver10/deviceIO/wsdl",
    "tan": "http://www.onvif.org/ver20/analytics/wsdl",
    "axt": "http://www.onvif.org/ver20/analytics",
    "tt": "http://www.onvif.org/ver10/schema",
    "tns1": "http://www.onvif.org/ver10/topics",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items() if prefix != "s")


class Element:
    """A part of an answer, asked by paths with the usual prefixes."""

    def __init__(self, element: etree._Element) -> None:
        self.raw = element

    def all(self, path: str) -> list[Element]:
        """Return every element at a path."""
        return [Element(each) for each in self.raw.iterfind(path, NAMESPACES)]

    def one(self, path: str) -> Element:
        """Return the one element at a path; there must be exactly one."""
        found = self.all(path)
        assert len(found) == 1, f"{len(found)} x {path} in {self}"
        return found[0]

    def has(self, path: str) -> bool:
        """Whether there is an element at a path."""
        return self.raw.find(path, NAMESPACES) is not None

    def text(self, path: str = ".") -> str:
        """Return the text of the one element at a path."""
        return (self.one(path).raw if path != "." else self.raw).text or ""

    def texts(self, path: str) -> list[str]:
        """Return the text of every element at a path."""
        return [each.raw.text or "" for each in self.all(path)]

    def __getitem__(self, attribute: str) -> str:
        return str(self.raw.attrib[attribute])

    def get(self, attribute: str, default: str = "") -> str:
        """Return an attribute, or the default."""
        return str(self.raw.get(attribute, default))

    @property
    def xml(self) -> str:
        """The element as text, with every namespace declared: to be sent back changed."""
        return etree.tostring(self.raw, encoding="unicode", with_tail=False)

    @override
    def __str__(self) -> str:
        return etree.tostring(self.raw, pretty_print=True, encoding="unicode")


@dataclass
class Dut:
    """One virtual device, with an account of an administrator unless another is named."""

    bridge: Bridge
    camera: EquippedCamera
    device: dict[str, Any]
    clients: dict[str, SoapClient] = field(default_factory=dict)

    @property
    def xaddr(self) -> str:
        """The address of the device service."""
        return str(self.device["xaddr"])

    def stream(self, name: str) -> str:
        """The RTSP address of a native stream, from the ready line."""
        return str(self.device["streams"][name])

    async def send(
        self, body: str, *, header: str | None = None, to: str = "", user: tuple[str, str] | None = (USERNAME, PASSWORD)
    ) -> Reply:
        """Post a body to an address, the device service's if empty; return the reply, judged by the schemas."""
        security = "" if user is None else username_token(*user)
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{NAMESPACES["s"]}" {_DECLARED}>'
            f"<s:Header>{security}{header or ''}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        return await self.post(text, to=to)

    async def post(self, text: str, *, to: str = "") -> Reply:
        """Post a whole envelope, as it is, to an address; return the reply, judged by the schemas."""
        parts = urlsplit(to or self.xaddr)
        base = f"{parts.scheme}://{parts.netloc}"
        client = self.clients.setdefault(base, SoapClient(base))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        reply = await client.post(text, path=path)
        the_oracle().check(reply.body)
        return reply

    async def ask(self, body: str, **more: Any) -> Element:
        """Post a body that must be answered; return the answer's element."""
        reply = await self.send(body, **more)
        assert reply.status == 200, reply.text
        content = etree.fromstring(reply.body).find("s:Body", NAMESPACES)
        assert content is not None
        answer = content[0]
        name = re.match(r"\s*<(?:\w+:)?(\w+)", body)
        assert name is not None
        assert etree.QName(answer).localname == f"{name[1]}Response", reply.text
        return Element(answer)

    async def refused(self, body: str, **more: Any) -> tuple[str, ...]:
        """Post a body that must be refused; return the fault's code and subcodes, without prefixes."""
        reply = await self.send(body, **more)
        assert reply.fault, f"no fault but {reply.text}"
        assert reply.status in {400, 401, 403, 500}, reply.status
        return reply.fault


@asynccontextmanager
async def bridge_of(
    cameras: dict[str, EquippedCamera], folder: Path, *, random: Random | None = None, **section: Any
) -> AsyncIterator[Bridge]:
    """Run a bridge with these cameras, by id, on free ports of the loopback.

    Args:
        cameras: by id.
        folder: for its state.
        random: decides on delays and ids.
        section: what else is to stand in `bridge:` of the configuration; discovery is off unless named here.
    """
    shop = CameraShop(cameras)
    quiet = {"bind": "127.0.0.1", "rtsp_port": 0, "http_port": 0, "discovery": False, "state": folder / "state.db"}
    configuration = Configuration(
        bridge=BridgeSection(**{**quiet, **section}),
        users=(UserEntry(username=USERNAME, password=Secret(PASSWORD), level=UserLevel.ADMINISTRATOR),),
        cameras=tuple(
            CameraEntry(id=name, name=name.title(), family="equipped", host="127.0.0.1", password=Secret("native"))
            for name in cameras
        ),
    )
    factory = Factory(configuration, families={"equipped": shop.family}, random=random, clock=shop.watch)
    bridge = Bridge(configuration, factory, management=make_app)
    async with running(bridge):
        yield bridge


@asynccontextmanager
async def running(bridge: Bridge) -> AsyncIterator[None]:
    """Run a bridge for as long as the context lasts; its cameras have been tried once when it begins."""
    up = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(bridge.run(ready=up.set))
        waiting = tasks.create_task(up.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        try:
            await bridge.settled()
            yield
        finally:
            waiting.cancel()
            task.cancel()
