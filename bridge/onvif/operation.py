"""How an ONVIF operation is declared: the one place that ties a handler to its messages and its access class.

```python
@operation(access=Access.READ_MEDIA)
async def get_stream_uri(call: Call, request: GetStreamUri) -> GetStreamUriResponse: ...
```

The annotations are the declaration: the request class names the element that selects the handler. Nothing is
registered globally; a service module collects its own operations with `operations_of(__name__)`, and
`bridge.onvif.services` lists the services.
"""

from __future__ import annotations

import asyncio
import sys
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lxml import etree

from bridge.core.errors import ClientFault
from bridge.core.users import User
from bridge.proto.soap.codec import tag_of
from bridge.proto.soap.envelope import MessageHeaders

if TYPE_CHECKING:
    # A device's scopes depend on the services, and these on this module: only a type checker may follow the circle.
    from bridge.onvif.device import VirtualDevice  # noqa: TC004 (nobody evaluates the annotations of Call)

Request = TypeVar("Request")
Response = TypeVar("Response")


class Access(StrEnum):
    """Access classes of the ONVIF Core specification (section on the default access policy)."""

    PRE_AUTH = "PRE_AUTH"
    READ_SYSTEM = "READ_SYSTEM"
    READ_SYSTEM_SECRET = "READ_SYSTEM_SECRET"  # noqa: S105 (the name of a class, not a password)
    WRITE_SYSTEM = "WRITE_SYSTEM"
    UNRECOVERABLE = "UNRECOVERABLE"
    READ_MEDIA = "READ_MEDIA"
    ACTUATE = "ACTUATE"


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way through a handler.

    Args:
        device: the virtual device that was addressed.
        user: the authenticated account; None on operations that need none.
        base_url: `scheme://host:port` as the client addressed us, without trailing slash.
        host: the host part alone, IPv6 in brackets.
        path: the path of the request; a subscription is told apart by it.
        headers: the WS-Addressing headers.
        closed: set when the client's connection is gone; long polls give up then.
        local_address: IP address of our end of the connection, empty if unknown.
        services: those that the device serves, in the order of GetServices.
    """

    device: VirtualDevice
    user: User | None
    base_url: str
    host: str
    path: str
    headers: MessageHeaders
    closed: asyncio.Event
    local_address: str = ""
    services: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation(Generic[Request, Response]):
    """A handler with everything that dispatching needs; calling it calls the handler.

    Args:
        tag: qualified name of the request element, `{namespace}GetStreamUri`.
        request: class of the request message.
        response: class of the answer.
        access: who may call it.
        action: wsa:Action of the request, as the official WSDL has it.
        handler: the coroutine function.
        is_lasting: the answer follows from the request, the address as the client knows it, and the device's
            `knowledge` alone: it may be given again as long as that is the same.
        stranger_fault: tells what callers without credentials get instead of NotAuthorized; None stands for that.
    """

    tag: str
    request: type[Request]
    response: type[Response]
    access: Access
    action: str
    handler: Callable[[Call, Request], Awaitable[Response]]
    is_lasting: bool = False
    stranger_fault: Callable[[VirtualDevice], ClientFault | None] | None = None

    async def __call__(self, call: Call, request: Request) -> Response:
        """Run the handler."""
        return await self.handler(call, request)

    @property
    def name(self) -> str:
        """Name of the operation, `GetStreamUri`."""
        return etree.QName(self.tag).localname

    @property
    def namespace(self) -> str:
        """Namespace of the request element."""
        return etree.QName(self.tag).namespace or ""

    @property
    def response_action(self) -> str:
        """wsa:Action of the answer."""
        return f"{self.action.removesuffix('Request')}Response"


@dataclass(frozen=True, slots=True)
class Service:
    """One ONVIF service: what it is called, where it is, what it can do.

    Args:
        prefix: the usual prefix of its namespace, `trt`.
        namespace: as GetServices reports it.
        path: the path that we publish, `/onvif/media_service`; every service answers on every path.
        version: release of the service specification, (major, minor).
        operations: what is implemented.
        is_served: whether a given device has this service at all.
        capabilities: makes the object that GetServiceCapabilities returns and GetServices inlines.
    """

    prefix: str
    namespace: str
    path: str
    version: tuple[int, int]
    operations: tuple[Operation[Any, Any], ...]
    is_served: Callable[[VirtualDevice], bool]
    capabilities: Callable[[Call], object]


def operation(
    *,
    access: Access,
    action: str | None = None,
    is_lasting: bool = False,
    stranger_fault: Callable[[VirtualDevice], ClientFault | None] | None = None,
) -> Callable[[Callable[[Call, Request], Awaitable[Response]]], Operation[Request, Response]]:
    """Declare a handler.

    Args:
        access: who may call it.
        action: the wsa:Action of the official WSDL, where it is not namespace, slash, name.
        is_lasting: see `Operation`; not for what depends on the user, the time, or how the camera is at the moment.
        stranger_fault: see `Operation`.
    """

    def declare(handler: Callable[[Call, Request], Awaitable[Response]]) -> Operation[Request, Response]:
        hints = typing.get_type_hints(handler)
        response = hints.pop("return")
        request = next(hint for hint in hints.values() if hint is not Call)
        tag = tag_of(request)
        name = etree.QName(tag)
        official = action or f"{name.namespace}/{name.localname}"
        return Operation(tag, request, response, access, official, handler, is_lasting, stranger_fault)

    return declare


def operations_of(module: str) -> tuple[Operation[Any, Any], ...]:
    """Return every operation that a module declares, in the order of the text; call it at the module's end."""
    return tuple(value for value in vars(sys.modules[module]).values() if isinstance(value, Operation))
