"""A service that no standard knows: its operations answer, wait, fail and crash on demand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bridge.core.errors import ClientFault, InvalidValue, Rejected, Unreachable, Unsupported
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.proto.soap.codec import xml_message

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice

TRIAL = "urn:trial"

ERRORS: dict[str, Exception] = {
    "fault": ClientFault("Sender", ("InvalidArgVal", "NoProfile"), "No such profile"),
    "unreachable": Unreachable("No route", camera="cam"),
    "rejected": Rejected("Parameter error", native_code=-4, camera="cam"),
    "unsupported": Unsupported("No such motor", facet="ptz"),
    "invalid": InvalidValue("no_preset", "There is no preset 9"),
    "bug": ZeroDivisionError("secret-in-a-bug"),
}


@dataclass
class Waiting:
    """Of one device: a `Wait` has begun, and has come to its end."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)


_waiting: WeakKeyDictionary[VirtualDevice, Waiting] = WeakKeyDictionary()


def waiting_at(device: VirtualDevice) -> Waiting:
    """Return where a device's `Wait` stands."""
    return _waiting.setdefault(device, Waiting())


@xml_message(TRIAL)
class Echo:
    """Ask for a word back."""

    word: str
    times: int = 1


@xml_message(TRIAL)
class EchoResponse:
    """The word."""

    words: tuple[str, ...]


@xml_message(TRIAL)
class Who:
    """Ask what the device knows of the caller."""


@xml_message(TRIAL)
class WhoResponse:
    """Who called, and how."""

    user: str
    base_url: str
    host: str
    path: str
    local_address: str


@xml_message(TRIAL)
class Fail:
    """Ask for an error."""

    how: str


@xml_message(TRIAL)
class FailResponse:
    """Never sent."""


@xml_message(TRIAL)
class Wait:
    """Ask and wait until the connection is gone."""


@xml_message(TRIAL)
class WaitResponse:
    """Sent when the listener closes."""


@operation(access=Access.PRE_AUTH, action="urn:trial/Odd/EchoRequest")
async def echo(_call: Call, request: Echo) -> EchoResponse:
    """Say the word."""
    return EchoResponse(words=(request.word,) * request.times)


@operation(access=Access.READ_MEDIA)
async def who(call: Call, _request: Who) -> WhoResponse:
    """Say who is calling."""
    user = "" if call.user is None else call.user.username
    return WhoResponse(
        user=user, base_url=call.base_url, host=call.host, path=call.path, local_address=call.local_address
    )


@operation(access=Access.PRE_AUTH)
async def fail(_call: Call, request: Fail) -> FailResponse:
    """Raise the error asked for."""
    raise ERRORS[request.how]


@operation(access=Access.PRE_AUTH)
async def wait(call: Call, _request: Wait) -> WaitResponse:
    """Wait for the end of the connection."""
    waiting = waiting_at(call.device)
    waiting.started.set()
    await call.closed.wait()
    waiting.finished.set()
    return WaitResponse()


def _is_served(device: VirtualDevice) -> bool:
    return device.camera.description is not None


def _capabilities(_call: Call) -> object:
    return EchoResponse(words=())


SERVICE = Service(
    prefix="trial",
    namespace=TRIAL,
    path="/onvif/trial_service",
    version=(1, 0),
    operations=operations_of(__name__),
    is_served=_is_served,
    capabilities=_capabilities,
)
