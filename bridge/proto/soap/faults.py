"""SOAP 1.2 faults (part 1, section 5.4) in the layout that ONVIF prescribes.

A fault has a code of SOAP's own, subcodes of ONVIF's (`ter:`), a reason in English and sometimes a detail. Its HTTP
status follows from the code (SOAP 1.2 part 2, table 20). Which error becomes which fault is decided elsewhere.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from bridge.core.errors import ClientFault
from bridge.proto.soap.namespaces import ENV, XML

FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"
"""wsa:Action of a fault message (WS-Addressing SOAP binding, section 6)."""

_ELEMENT = type(etree.Element("any"))
_LANGUAGE = f"{{{XML}}}lang"


def http_status(fault: ClientFault) -> int:
    """Return the HTTP status of a fault: 400 if the sender is to blame, else 500."""
    return 400 if fault.code == "Sender" else 500


def write_fault(body: etree._Element, fault: ClientFault) -> etree._Element:
    """Append an env:Fault to a Body.

    A `detail` attribute of the fault, if it is an element, becomes the content of env:Detail: the event service's
    faults have one.

    Args:
        body: of an envelope whose root declares `env` and `ter`.
        fault: its subcodes are written without a namespace check: they are names of ours.
    """
    made = etree.SubElement(body, f"{{{ENV}}}Fault")
    code = etree.SubElement(made, f"{{{ENV}}}Code")
    etree.SubElement(code, f"{{{ENV}}}Value").text = f"env:{fault.code}"
    for subcode in fault.subcodes:
        code = etree.SubElement(code, f"{{{ENV}}}Subcode")
        etree.SubElement(code, f"{{{ENV}}}Value").text = f"ter:{subcode}"
    text = etree.SubElement(etree.SubElement(made, f"{{{ENV}}}Reason"), f"{{{ENV}}}Text")
    text.set(_LANGUAGE, "en")
    text.text = fault.reason
    detail = getattr(fault, "detail", None)
    if isinstance(detail, _ELEMENT):
        etree.SubElement(made, f"{{{ENV}}}Detail").append(deepcopy(detail))
    return made


def version_mismatch() -> ClientFault:
    """Return the fault for an envelope of another SOAP version."""
    return ClientFault("VersionMismatch", (), f"Only SOAP 1.2 ({ENV}) is spoken here")


def must_understand(names: tuple[str, ...]) -> ClientFault:
    """Return the fault for header blocks that demand to be understood; `names` are theirs, `{namespace}Local`."""
    return ClientFault("MustUnderstand", (), f"Header blocks not understood: {', '.join(names)}")


def action_not_supported(name: str) -> ClientFault:
    """Return the fault for an operation of the standard that this device does not have."""
    return ClientFault("Receiver", ("ActionNotSupported",), f"{name} is not supported by this device")


def unknown_action(name: str) -> ClientFault:
    """Return the fault for a request that is no operation of any service."""
    return ClientFault("Sender", ("UnknownAction",), f"{name} is no operation of this device")
