"""Messages of the PTZ service that move the camera, and its status (ONVIF PTZ Service Specification)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bridge.onvif.types.ptz import PTZSpeed, PTZVector
from bridge.proto.soap.codec import element, xml_message, xml_type
from bridge.proto.soap.namespaces import TPTZ, TT


class MoveStatus(StrEnum):
    """What an axis does."""

    IDLE = "IDLE"
    MOVING = "MOVING"


@xml_type(TT)
class PTZMoveStatus:
    """What the axes do."""

    pan_tilt: MoveStatus | None = None
    zoom: MoveStatus | None = None


@xml_type(TT)
class PTZStatus:
    """Where a node looks and whether it moves."""

    position: PTZVector | None = None
    move_status: PTZMoveStatus | None = None
    utc_time: datetime


@xml_message(TPTZ)
class GetStatus:
    """Ask where the camera looks."""

    profile_token: str


@xml_message(TPTZ)
class GetStatusResponse:
    """Where the camera looks."""

    ptz_status: PTZStatus = element(name="PTZStatus")


@xml_message(TPTZ)
class AbsoluteMove:
    """Drive to a position."""

    profile_token: str
    position: PTZVector
    speed: PTZSpeed | None = None


@xml_message(TPTZ)
class AbsoluteMoveResponse:
    """It is on its way."""


@xml_message(TPTZ)
class RelativeMove:
    """Go a way from where the camera looks."""

    profile_token: str
    translation: PTZVector
    speed: PTZSpeed | None = None


@xml_message(TPTZ)
class RelativeMoveResponse:
    """It is on its way."""


@xml_message(TPTZ)
class ContinuousMove:
    """Start to move."""

    profile_token: str
    velocity: PTZSpeed
    timeout: timedelta | None = None


@xml_message(TPTZ)
class ContinuousMoveResponse:
    """It moves."""


@xml_message(TPTZ)
class Stop:
    """Stop to move; what is not named stops too."""

    profile_token: str
    pan_tilt: bool | None = None
    zoom: bool | None = None


@xml_message(TPTZ)
class StopResponse:
    """It rests."""
