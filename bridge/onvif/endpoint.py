"""The HTTP side of one virtual device: SOAP posts on every service path, their WSDL documents, and snapshots.

Here are the limits of size and time, the content types, the status codes and the address as the client sees it
(ONVIF Core, section on the web services framework; SOAP 1.2 part 2, HTTP binding). What a message means is
`dispatch`'s affair.

The application must run under `handler_cancellation`: that is how it learns that a client has hung up while its
request still runs.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog
from aiohttp import hdrs, web

from bridge.core.errors import CameraError
from bridge.onvif.dispatch import Answer, Dispatcher, Incoming, Opened, refusal
from bridge.onvif.documents import schema, wsdl_of
from bridge.onvif.security import Denied, Gatekeeper
from bridge.onvif.services import SERVICES
from bridge.proto.soap.xmlsafe import LIMIT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.operation import Service
    from bridge.onvif.security import Verifiers

log = structlog.get_logger(__name__)

SOAP_TYPE = "application/soap+xml"
XML_TYPE = "text/xml"

_SOAP_HEADERS = {hdrs.CONTENT_TYPE: f"{SOAP_TYPE}; charset=utf-8"}

ACCEPTED_TYPES = frozenset({SOAP_TYPE, XML_TYPE, "application/xml"})
"""SOAP 1.2's type, and those that older clients put around the same envelope."""

BODY_TIMEOUT_S = 10.0
"""A request's body arrives within this time: it is small, and its client waits only a few seconds for the answer."""

FINISH_S = 5.0
"""How long an operation may go on after its client is gone: a Stop that is under way must reach the camera."""

RETRY_AFTER_S = 5
"""What a viewer is told when the camera gives no picture."""

_HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?P<port>:[0-9]{1,5})?")

_PORTS = range(1, 65536)

_EVERY_SERVICE_PATH = "/onvif/{rest:.*}"
_OLD_EVENT_PATH = "/Events"
"""ZoneMinder posts its event requests here."""


def make_app(
    device: VirtualDevice,
    *,
    verifiers: Verifiers,
    advertise: str | None = None,
    services: Iterable[Service] = SERVICES,
    body_timeout_s: float = BODY_TIMEOUT_S,
) -> web.Application:
    """Return the HTTP application of a device.

    Args:
        device: what it answers for.
        verifiers: judge credentials, shared by all devices with the same accounts.
        advertise: the host to put into addresses, instead of the one that the client used.
        services: what can be served at all; the device has its say in it.
        body_timeout_s: how long a request's body may take.
    """
    every = tuple(services)
    gatekeeper = Gatekeeper(verifiers, users=device.users, clock=device.clock, compatibility=device.compatibility)
    dispatcher = Dispatcher(device, gatekeeper=gatekeeper, services=every)
    endpoint = _Endpoint(device, gatekeeper, dispatcher, advertise=advertise, body_timeout_s=body_timeout_s)
    app = web.Application(client_max_size=LIMIT_BYTES)
    for path in {service.path for service in every}:  # found at once, without a look at any pattern
        app.router.add_post(path, endpoint.soap)
    app.router.add_post(_EVERY_SERVICE_PATH, endpoint.soap)
    app.router.add_get("/onvif/snapshot/{token}", endpoint.snapshot)
    app.router.add_get("/onvif/{document}", endpoint.document)
    app.router.add_post(_OLD_EVENT_PATH, endpoint.soap)
    app.on_shutdown.append(endpoint.shut_down)
    return app


class _Endpoint:
    """The handlers of one device."""

    def __init__(
        self,
        device: VirtualDevice,
        gatekeeper: Gatekeeper,
        dispatcher: Dispatcher,
        *,
        advertise: str | None,
        body_timeout_s: float,
    ) -> None:
        self._device = device
        self._advertise = advertise
        self._body_timeout_s = body_timeout_s
        self._gatekeeper = gatekeeper
        self._dispatcher = dispatcher
        self._running: set[asyncio.Event] = set()
        self._log = log.bind(device=device.camera.id)

    async def soap(self, request: web.Request) -> web.Response:
        """Answer a SOAP request."""
        if hdrs.CONTENT_TYPE in request.headers and request.content_type not in ACCEPTED_TYPES:
            return self._refuse(request, 415, f"Content-Type must be {SOAP_TYPE}")
        try:
            data = await self._body(request)
        except web.HTTPRequestEntityTooLarge:
            return self._refuse(request, 413, f"The request is longer than {LIMIT_BYTES} bytes")
        except web.RequestPayloadError:
            return self._refuse(request, 400, "The body is not packed or cut as its headers say")
        except TimeoutError:
            return self._refuse(request, 408, "The request did not arrive in time")
        host, base_url = address_of(request, self._advertise)
        incoming = Incoming(
            data=data,
            authorization=request.headers.get(hdrs.AUTHORIZATION),
            base_url=base_url,
            host=host,
            path=request.path,
            local_address=_local_socket(request)[0],
            peer=request.remote or "",
            closed=asyncio.Event(),
        )
        opened = self._dispatcher.open(incoming)
        answer = opened if isinstance(opened, Answer) else await self._run(opened)
        return await self._held_back(_response(answer), answer.hold_s)

    async def _body(self, request: web.Request) -> bytes:
        if request.content.is_eof():  # it came with the head, as nearly all do: no timer is needed
            return await request.read()
        async with asyncio.timeout(self._body_timeout_s):
            return await request.read()

    async def _run(self, opened: Opened) -> Answer:
        """Run the operation; if the client hangs up meanwhile, tell it so and let it come to its end."""
        closed = opened.incoming.closed
        self._running.add(closed)
        try:
            async with asyncio.TaskGroup() as group:
                operation = group.create_task(self._dispatcher.run(opened))
                try:
                    return await asyncio.shield(operation)
                except asyncio.CancelledError:
                    closed.set()
                    await asyncio.wait({operation}, timeout=FINISH_S)
                    raise
        finally:
            self._running.discard(closed)

    async def _held_back(self, response: web.Response, hold_s: float) -> web.Response:
        """Return the answer to a wrong password when its time has come, or when the listener closes."""
        if hold_s:
            closing = asyncio.Event()
            self._running.add(closing)
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(hold_s):
                        await closing.wait()
            finally:
                self._running.discard(closing)
            # The next guess is to cost a connection of its own.
            response.force_close()
        return response

    async def snapshot(self, request: web.Request) -> web.Response:
        """Answer a request for a still picture."""
        try:
            self._gatekeeper.admit_http(
                request.headers.get(hdrs.AUTHORIZATION), method=request.method, address=request.remote or ""
            )
        except Denied as denied:
            self._log.debug("snapshot.refused", peer=request.remote, reason=denied.reason)
            response = web.Response(status=401, text=denied.reason)
            _challenge(response, denied.challenges)
            return await self._held_back(response, denied.hold_s)
        profile = self._device.media.profile(request.match_info["token"])
        stream = None if profile is None else self._device.pictured_stream(profile)
        if stream is None or self._device.snapshots is None:
            return web.Response(status=404, text="There is no such snapshot")
        try:
            picture = await self._device.snapshots.take(stream)
        except CameraError as error:
            self._log.info("snapshot.failed", peer=request.remote, reason=error.detail)
            return web.Response(status=503, text=error.detail, headers={hdrs.RETRY_AFTER: str(RETRY_AFTER_S)})
        return web.Response(body=picture, content_type="image/jpeg", headers={hdrs.CACHE_CONTROL: "no-store"})

    async def document(self, request: web.Request) -> web.Response:
        """Answer a request for the WSDL of a service, or for a schema that a WSDL imports."""
        if "wsdl" in map(str.lower, request.query):
            _, base_url = address_of(request, self._advertise)
            service = next((each for each in self._dispatcher.served() if each.path == request.path), None)
            text = None if service is None else wsdl_of(service, base_url)
        elif (name := request.match_info["document"]).endswith(".xsd"):
            text = schema(name)
        else:
            raise web.HTTPMethodNotAllowed(request.method, (hdrs.METH_POST,))
        if text is None:
            return web.Response(status=404, text="There is no such document")
        return web.Response(text=text, content_type=XML_TYPE, charset="utf-8")

    async def shut_down(self, _app: web.Application) -> None:
        """Let long polls give up: the listener is closing."""
        for closed in self._running:
            closed.set()

    def _refuse(self, request: web.Request, status: int, reason: str) -> web.Response:
        self._log.info("http.refused", peer=request.remote, status=status, reason=reason)
        response = _response(Answer(status, refusal("Sender", (), reason)))
        # What is left of the body is not waited for.
        response.force_close()
        return response


def address_of(request: web.Request, advertise: str | None = None) -> tuple[str, str]:
    """Return the host, IPv6 in brackets, and `scheme://host:port`, as the client addresses us.

    They come from the Host header; if that is missing or no host, from our end of the connection.

    Args:
        request: of the client.
        advertise: the host to return in any case; the port is still the one that the client used.
    """
    named = _host_and_port(request.headers.get(hdrs.HOST, ""))
    if named is None:
        address, number = _local_socket(request)
        named = _in_uri(address), f":{number}"
    host, port = named
    if advertise is not None:
        host = _in_uri(advertise)
    return host, f"{request.scheme}://{host}{port}"


@lru_cache(maxsize=64)
def _host_and_port(header: str) -> tuple[str, str] | None:
    """Return host and `:port` (or nothing) of a Host header; None if it is none."""
    match = _HOST.fullmatch(header)
    if match is None or int((match["port"] or ":80")[1:]) not in _PORTS:
        return None
    return match["host"], match["port"] or ""


def _in_uri(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _local_socket(request: web.Request) -> tuple[str, int]:
    """Return address and port of our end; a connection that is already gone has none left."""
    name = None if request.transport is None else request.transport.get_extra_info("sockname")
    return (name[0].partition("%")[0], name[1]) if name else ("localhost", 80)


def _response(answer: Answer) -> web.Response:
    response = web.Response(status=answer.status, body=answer.body, headers=_SOAP_HEADERS)
    _challenge(response, answer.challenges)
    return response


def _challenge(response: web.Response, challenges: tuple[str, ...]) -> None:
    for challenge in challenges:
        response.headers.add(hdrs.WWW_AUTHENTICATE, challenge)
