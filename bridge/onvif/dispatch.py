"""From the bytes of a request to the bytes of its answer: which operation, who calls, what went wrong.

The qualified name of the first element in the Body alone decides the operation, never the URL or an action: clients
post to the wrong service's address and send wrong actions. This is also the one place where errors become SOAP
faults (ONVIF Core, section on generic fault codes). HTTP itself is the endpoint's affair.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from lxml import etree

from bridge.core.errors import CameraError, ClientFault, InvalidValue, Unsupported, WireError
from bridge.onvif.operation import Call, Operation, Service
from bridge.onvif.security import Denied, Gatekeeper
from bridge.proto.soap import faults
from bridge.proto.soap.codec import decode, encode
from bridge.proto.soap.envelope import Envelope, MessageHeaders, VersionMismatch, new_envelope, read_envelope, render
from bridge.proto.soap.namespaces import TEV, WSNT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.onvif.device import VirtualDevice

log = structlog.get_logger(__name__)

ADDRESSED = frozenset({TEV, WSNT})
"""Namespaces whose WSDL binds WS-Addressing: every answer carries an action, and every fault is HTTP 500."""

_QUOTED_NAME = 80
_LOGGED_REASON = 300
"""Characters of a stranger's element name that are repeated, and of a reason that go into the log."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as HTTP brought it.

    Args:
        data: the body.
        authorization: the Authorization header, None if absent.
        base_url: `scheme://host:port` as the client addressed us.
        host: the host part of it.
        path: the path of the request.
        local_address: IP address of our end of the connection.
        peer: IP address of the client, for the log.
        closed: set when the client is gone.
    """

    data: bytes
    authorization: str | None
    base_url: str
    host: str
    path: str
    local_address: str
    peer: str
    closed: asyncio.Event


@dataclass(frozen=True, slots=True)
class Answer:
    """What HTTP shall send: a status, a SOAP message and, with 401, the challenges."""

    status: int
    body: bytes
    challenges: tuple[str, ...] = ()


class Dispatcher:
    """Runs the operations of one virtual device.

    Args:
        device: the device.
        gatekeeper: admits callers.
        services: all services of the product; the device says which of them it serves.
    """

    def __init__(self, device: VirtualDevice, *, gatekeeper: Gatekeeper, services: Iterable[Service]) -> None:
        self._device = device
        self._gatekeeper = gatekeeper
        self._services = tuple(services)
        self._operations = {each.tag: (service, each) for service in self._services for each in service.operations}
        self._namespaces = {service.namespace for service in self._services} | {
            each.namespace for _, each in self._operations.values()
        }
        self._log = log.bind(device=device.camera.id)

    def served(self) -> tuple[Service, ...]:
        """Return the services that the device serves now."""
        return tuple(service for service in self._services if service.is_served(self._device))

    async def answer(self, incoming: Incoming) -> Answer:
        """Return the answer to a request, whatever it holds. Never raises, except when cancelled."""
        try:
            envelope = read_envelope(incoming.data)
        except WireError as error:
            return self._refuse(incoming, _fault_of_message(error))
        try:
            return await self._operate(envelope, incoming)
        except (ClientFault, CameraError, InvalidValue) as error:
            return self._refuse(incoming, fault_of(error), envelope)
        except Exception:  # noqa: BLE001 (whatever goes wrong inside one operation, the device must go on answering)
            self._log.exception("soap.failed", operation=_name_of(envelope.body))
            fault = ClientFault("Receiver", ("Action",), "The device has met an internal error")
            return Answer(faults.http_status(fault), _fault_message(fault, envelope))

    async def _operate(self, envelope: Envelope, incoming: Incoming) -> Answer:
        if envelope.not_understood:
            raise faults.must_understand(envelope.not_understood)
        operation = self._find(envelope.body)
        user = self._gatekeeper.admit(
            operation.access, authorization=incoming.authorization, security=envelope.security
        )
        try:
            request = decode(operation.request, envelope.body)
        except WireError as error:
            raise ClientFault("Sender", ("InvalidArgs",), f"{operation.name}: {error.detail}") from error
        call = Call(
            device=self._device,
            user=user,
            base_url=incoming.base_url,
            host=incoming.host,
            path=incoming.path,
            headers=envelope.headers,
            closed=incoming.closed,
            local_address=incoming.local_address,
            services=self.served(),
        )
        response = await operation(call, request)
        is_addressed = operation.namespace in ADDRESSED or envelope.headers.message_id is not None
        message, body = new_envelope(
            action=operation.response_action if is_addressed else None, relates_to=envelope.headers.message_id
        )
        encode(response, parent=body)
        return Answer(200, render(message))

    def _find(self, body: etree._Element) -> Operation[Any, Any]:
        service, operation = self._operations.get(str(body.tag), (None, None))
        if service is None or operation is None:
            name = _name_of(body)
            is_ours = etree.QName(body).namespace in self._namespaces
            raise faults.action_not_supported(name) if is_ours else faults.unknown_action(name)
        if not service.is_served(self._device):
            raise faults.action_not_supported(operation.name)
        return operation

    def _refuse(self, incoming: Incoming, fault: ClientFault, envelope: Envelope | None = None) -> Answer:
        challenges = fault.challenges if isinstance(fault, Denied) else ()
        # The first request of every Digest client is one without credentials: not worth a line.
        write = self._log.debug if challenges and incoming.authorization is None else self._log.info
        write(
            "soap.refused",
            peer=incoming.peer,
            operation=None if envelope is None else _name_of(envelope.body),
            code="/".join((fault.code, *fault.subcodes)),
            reason=fault.reason[:_LOGGED_REASON],
        )
        is_addressed = envelope is not None and etree.QName(envelope.body).namespace in ADDRESSED
        status = 401 if challenges else 500 if is_addressed else faults.http_status(fault)
        return Answer(status, _fault_message(fault, envelope), challenges)


def fault_of(error: ClientFault | CameraError | InvalidValue) -> ClientFault:
    """Return the fault that tells a client about an error.

    A camera's trouble is the receiver's; that it cannot do something at all has a code of its own. A value outside
    the camera's limits that a service did not translate itself is an invalid argument.
    """
    match error:
        case ClientFault():
            return error
        case Unsupported():
            return ClientFault("Receiver", ("ActionNotSupported",), error.detail)
        case CameraError():
            return ClientFault("Receiver", ("Action",), error.detail)
        case InvalidValue():
            return ClientFault("Sender", ("InvalidArgVal",), str(error))


def refusal(code: str, subcodes: tuple[str, ...], reason: str) -> bytes:
    """Return a fault message for a request that never became an envelope."""
    return _fault_message(ClientFault(code, subcodes, reason), None)


def _fault_of_message(error: WireError) -> ClientFault:
    if isinstance(error, VersionMismatch):
        return faults.version_mismatch()
    return ClientFault("Sender", ("WellFormed",), error.detail)


def _fault_message(fault: ClientFault, envelope: Envelope | None) -> bytes:
    headers = MessageHeaders() if envelope is None else envelope.headers
    is_addressed = envelope is not None and (
        etree.QName(envelope.body).namespace in ADDRESSED or headers.message_id is not None
    )
    message, body = new_envelope(action=faults.FAULT_ACTION if is_addressed else None, relates_to=headers.message_id)
    faults.write_fault(body, fault)
    return render(message)


def _name_of(body: etree._Element) -> str:
    return etree.QName(body).localname[:_QUOTED_NAME]
