"""Faults of the event service: SOAP faults whose Detail carries a WS-BaseFaults element.

WS-BaseNotification 1.3 and WS-ResourceFramework name a fault element per refusal; each holds a time stamp and a
description. The SOAP codes around them are ONVIF's generic ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from bridge.core.errors import ClientFault
from bridge.proto.soap.lexical import format_date_time, format_duration
from bridge.proto.soap.namespaces import TEV, WSNT, WSRF_BF, XML

if TYPE_CHECKING:
    from datetime import datetime, timedelta

WSRF_R = "http://docs.oasis-open.org/wsrf/r-2"


class EventFault(ClientFault):
    """A refusal of the event service.

    Args:
        reason: one English sentence.
        detail: the fault element that tells a program which refusal it is.
        code: `Sender` or `Receiver`.
    """

    def __init__(self, reason: str, *, detail: etree._Element, code: str = "Sender") -> None:
        super().__init__(code, ("InvalidArgVal",) if code == "Sender" else ("Action",), reason)
        self.detail = detail

    @property
    def name(self) -> str:
        """Local name of the fault element, `InvalidFilterFault` and so on."""
        return etree.QName(self.detail).localname


def base_fault(name: str, reason: str, *, utc: datetime, code: str = "Sender", namespace: str = WSNT) -> EventFault:
    """Return a fault of the WS-BaseFaults kind.

    Args:
        name: the fault element.
        reason: one English sentence, also its Description.
        utc: its Timestamp.
        code: `Sender` or `Receiver`.
        namespace: where the fault element is defined.
    """
    detail = etree.Element(f"{{{namespace}}}{name}", nsmap={"wsnt": WSNT, "wsrf-r": WSRF_R, "wsrf-bf": WSRF_BF})
    etree.SubElement(detail, f"{{{WSRF_BF}}}Timestamp").text = format_date_time(utc)
    description = etree.SubElement(detail, f"{{{WSRF_BF}}}Description")
    description.set(f"{{{XML}}}lang", "en")
    description.text = reason
    return EventFault(reason, detail=detail, code=code)


def resource_unknown(*, utc: datetime) -> EventFault:
    """The subscription addressed does not exist (any more)."""
    reason = "There is no such subscription, or it has expired"
    return base_fault("ResourceUnknownFault", reason, utc=utc, namespace=WSRF_R)


def unable_to_get_messages(reason: str, *, utc: datetime) -> EventFault:
    """A pull ends without messages before its time."""
    return base_fault("UnableToGetMessagesFault", reason, utc=utc, code="Receiver")


def unacceptable_time(name: str, *, utc: datetime, minimum: datetime, maximum: datetime) -> EventFault:
    """A life that is too short, too long or not a time.

    Args:
        name: `UnacceptableInitialTerminationTimeFault` on creation, `UnacceptableTerminationTimeFault` on Renew.
        utc: now.
        minimum: the earliest end that would be accepted.
        maximum: the latest.
    """
    fault = base_fault(name, "The termination time is no time, too early or too late", utc=utc)
    etree.SubElement(fault.detail, f"{{{WSNT}}}MinimumTime").text = format_date_time(minimum)
    etree.SubElement(fault.detail, f"{{{WSNT}}}MaximumTime").text = format_date_time(maximum)
    return fault


def unknown_filter(tag: str, *, utc: datetime) -> EventFault:
    """A filter of a kind that is not known here; `tag` is its element name in Clark notation."""
    fault = base_fault("InvalidFilterFault", "A filter of this kind, or so many filters, cannot be had", utc=utc)
    _add_name(fault, "UnknownFilter", tag)
    return fault


def unrecognized_policy(tag: str, *, utc: datetime) -> EventFault:
    """A subscription policy that is not offered; `tag` is its element name in Clark notation."""
    fault = base_fault("UnrecognizedPolicyRequestFault", "Subscription policies are not offered", utc=utc)
    _add_name(fault, "UnrecognizedPolicy", tag)
    return fault


def pull_too_long(*, max_timeout: timedelta, max_message_limit: int) -> EventFault:
    """A PullMessages wants to wait longer than `max_timeout`."""
    detail = etree.Element(f"{{{TEV}}}PullMessagesFaultResponse", nsmap={"tev": TEV})
    etree.SubElement(detail, f"{{{TEV}}}MaxTimeout").text = format_duration(max_timeout)
    etree.SubElement(detail, f"{{{TEV}}}MaxMessageLimit").text = str(max_message_limit)
    return EventFault(f"A pull waits at most {format_duration(max_timeout)}", detail=detail)


def _add_name(fault: EventFault, child: str, tag: str) -> None:
    """Add a child that holds a name. Without prefix: a strange namespace would not survive in text alone."""
    etree.SubElement(fault.detail, f"{{{WSNT}}}{child}").text = etree.QName(tag).localname
