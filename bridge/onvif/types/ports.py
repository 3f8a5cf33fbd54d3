"""Types of the `tt:` schema for relays and digital inputs, which the Device and DeviceIO services share."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from bridge.core.ports import RelayMode
from bridge.proto.soap.codec import attribute, xml_type
from bridge.proto.soap.namespaces import TT


class RelayIdleState(StrEnum):
    """Where a relay's contact is while the relay is inactive."""

    OPEN = "open"
    CLOSED = "closed"


class RelayLogicalState(StrEnum):
    """What a relay is told to be."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class DigitalIdleState(StrEnum):
    """Where an input's circuit is while the input is inactive."""

    OPEN = "open"
    CLOSED = "closed"


@xml_type(TT)
class RelayOutputSettings:
    """How a relay behaves; `delay_time` counts in monostable mode only."""

    mode: RelayMode
    delay_time: timedelta
    idle_state: RelayIdleState


@xml_type(TT)
class RelayOutput:
    """A relay."""

    token: str = attribute()
    properties: RelayOutputSettings


@xml_type(TT)
class DigitalInput:
    """A digital input."""

    token: str = attribute()
    idle_state: DigitalIdleState | None = attribute(default=None)
