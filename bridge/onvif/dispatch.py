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
from bridge.core.users import User
from bridge.onvif.answers import KnownAnswers
from bridge.onvif.operation import Call, Operation, Service
from bridge.onvif.security import CredentialsMissing, Denied, Gatekeeper
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


@dataclass(slots=True)
class Incoming:
    """A request as HTTP brought it.

    Args:
        data: the body.
        authorization: the Authorization header, None if absent.
        base_url: `scheme://host:port` as the client addressed us.
        host: the host part of it.
        path: the path of the request.
        local_address: IP address of our end of the connection.
        peer: IP address of the client, for the log and against guessing.
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


@dataclass(slots=True)
class Answer:
    """What HTTP shall send: a status, a SOAP message and, with 401, the challenges.

    `hold_s` are the seconds for which it is to be held back; the connection ends with it then.
    """

    status: int
    body: bytes
    challenges: tuple[str, ...] = ()
    hold_s: float = 0.0


@dataclass(slots=True)
class Opened:
    """A request whose caller is admitted and whose operation is to be run.

    Args:
        incoming: as HTTP brought it.
        envelope: taken apart.
        operation: what is asked.
        request: its message.
        user: the caller; None if anybody may ask.
    """

    incoming: Incoming
    envelope: Envelope
    operation: Operation[Any, Any]
    request: Any
    user: User | None

    @property
    def is_lasting(self) -> bool:
        """Whether the answer may be given again to others: it must not name this message."""
        return self.operation.is_lasting and self.envelope.headers.message_id is None

    @property
    def question(self) -> tuple[object, ...]:
        """What a lasting answer follows from, beside the device's knowledge."""
        return (self.operation.tag, self.request, self.incoming.base_url)


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
        self._answers = KnownAnswers()
        self._log = log.bind(device=device.camera.id)

    def served(self) -> tuple[Service, ...]:
        """Return the services that the device serves now."""
        return tuple(service for service in self._services if service.is_served(self._device))

    def open(self, incoming: Incoming) -> Answer | Opened:
        """Read a request and admit its caller: return the answer if that is all, or what is to be run. Never raises."""
        try:
            envelope = read_envelope(incoming.data)
        except WireError as error:
            return self._refuse(incoming, _fault_of_message(error))
        try:
            return self._open(incoming, envelope)
        except Exception as error:  # noqa: BLE001 (see `_fail`)
            return self._fail(error, incoming, envelope)

    async def run(self, opened: Opened) -> Answer:
        """Run an operation and return its answer. Never raises, except when cancelled."""
        try:
            return await self._run(opened)
        except Exception as error:  # noqa: BLE001 (see `_fail`)
            return self._fail(error, opened.incoming, opened.envelope)

    def _open(self, incoming: Incoming, envelope: Envelope) -> Answer | Opened:
        if envelope.not_understood:
            raise faults.must_understand(envelope.not_understood)
        operation = self._find(envelope.body)
        user = self._admit(operation, incoming, envelope)
        try:
            request = decode(operation.request, envelope.body)
        except WireError as error:
            raise ClientFault("Sender", ("InvalidArgs",), f"{operation.name}: {error.detail}") from error
        opened = Opened(incoming, envelope, operation, request, user)
        if opened.is_lasting:
            known = self._answers.find(opened.question, self._device.knowledge)
            if known is not None:
                return Answer(200, known)
        return opened

    def _admit(self, operation: Operation[Any, Any], incoming: Incoming, envelope: Envelope) -> User | None:
        try:
            return self._gatekeeper.admit(
                operation.access,
                authorization=incoming.authorization,
                security=envelope.security,
                address=incoming.peer,
            )
        except CredentialsMissing as missing:
            fault = None if operation.stranger_fault is None else operation.stranger_fault(self._device)
            raise (fault or missing) from None

    async def _run(self, opened: Opened) -> Answer:
        incoming, headers, operation = opened.incoming, opened.envelope.headers, opened.operation
        call = Call(
            device=self._device,
            user=opened.user,
            base_url=incoming.base_url,
            host=incoming.host,
            path=incoming.path,
            headers=headers,
            closed=incoming.closed,
            local_address=incoming.local_address,
            services=self.served(),
        )
        knowledge = self._device.knowledge if opened.is_lasting else None
        response = await operation(call, opened.request)
        is_addressed = operation.namespace in ADDRESSED or headers.message_id is not None
        message, body = new_envelope(
            action=operation.response_action if is_addressed else None, relates_to=headers.message_id
        )
        encode(response, parent=body)
        data = render(message)
        if opened.is_lasting:
            self._answers.keep(opened.question, knowledge, data)
        return Answer(200, data)

    def _fail(self, error: Exception, incoming: Incoming, envelope: Envelope) -> Answer:
        """Return the answer that tells of an error: whatever goes wrong in one operation, the device goes on."""
        if isinstance(error, ClientFault | CameraError | InvalidValue):
            return self._refuse(incoming, fault_of(error), envelope)
        self._log.error("soap.failed", operation=_name_of(envelope.body), exc_info=error)
        fault = ClientFault("Receiver", ("Action",), "The device has met an internal error")
        return Answer(faults.http_status(fault), _fault_message(fault, envelope))

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
        challenges, hold_s = (fault.challenges, fault.hold_s) if isinstance(fault, Denied) else ((), 0.0)
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
        return Answer(status, _fault_message(fault, envelope), challenges, hold_s)


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
