"""The focus in the imaging service: forms of movement, moving, stopping, and where it is.

ONVIF Imaging Service Specification, "Focus operations". A movement is held against the move options that the client
can ask for. It ends automatic focus first, as the specification demands, for every camera in the same way. A
continuous movement ends at the end of the range at the latest and needs no time-out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.core.imaging import AutoMode
from bridge.onvif.imaging_model import imaging_of
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import imaging as messages
from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.ptz_moves import MoveStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.core.imaging import Focus, ImagingDescription
    from bridge.onvif.device import VirtualDevice

_T = TypeVar("_T")

_POSITION = FloatRange(min=0.0, max=1.0)
_DISTANCE = FloatRange(min=-1.0, max=1.0)
_SPEED = FloatRange(min=0.0, max=1.0)
_VELOCITY = FloatRange(min=-1.0, max=1.0)


@operation(access=Access.READ_MEDIA)
async def get_move_options(call: Call, request: messages.GetMoveOptions) -> messages.GetMoveOptionsResponse:
    """Tell how the focus can be moved; nothing, if it cannot."""
    imaging = imaging_of(call.device, request.video_source_token)
    return messages.GetMoveOptionsResponse(move_options=_move_options(call.device, imaging))


@operation(access=Access.ACTUATE)
async def move(call: Call, request: messages.Move) -> messages.MoveResponse:
    """Move the focus in the one form that is asked for."""
    imaging = imaging_of(call.device, request.video_source_token)
    drive = _drive(request.focus, _move_options(call.device, imaging))
    facet = _facet(call.device)
    await _end_auto_focus(call.device, imaging)
    await drive(facet)
    return messages.MoveResponse()


@operation(access=Access.ACTUATE, action="http://www.onvif.org/ver20/imaging/wsdl/FocusStop")
async def stop(call: Call, request: messages.Stop) -> messages.StopResponse:
    """Stop the focus."""
    imaging_of(call.device, request.video_source_token)
    await _facet(call.device).stop()
    return messages.StopResponse()


@operation(access=Access.READ_MEDIA)
async def get_status(call: Call, request: messages.GetStatus) -> messages.GetStatusResponse:
    """Tell where the focus is, from memory; nothing, if that is not known: the schema has no status without place."""
    imaging_of(call.device, request.video_source_token)
    facet = call.device.camera.facets.focus
    status = None if facet is None else facet.status
    if status is None or status.position is None:
        return messages.GetStatusResponse(status=messages.ImagingStatus20())
    move_status = MoveStatus.MOVING if status.moving else MoveStatus.IDLE
    focus_status = messages.FocusStatus20(position=status.position, move_status=move_status)
    return messages.GetStatusResponse(status=messages.ImagingStatus20(focus_status20=focus_status))


def _facet(device: VirtualDevice) -> Focus:
    facet = device.camera.facets.focus
    if facet is None:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The focus cannot be moved")
    return facet


def _move_options(device: VirtualDevice, imaging: ImagingDescription) -> messages.MoveOptions20:
    focus = imaging.focus
    if focus is None or device.camera.facets.focus is None:
        return messages.MoveOptions20()
    speed = _SPEED if focus.speed_control else None
    return messages.MoveOptions20(
        absolute=messages.AbsoluteFocusOptions(position=_POSITION, speed=speed) if focus.absolute else None,
        relative=messages.RelativeFocusOptions20(distance=_DISTANCE, speed=speed) if focus.relative else None,
        continuous=messages.ContinuousFocusOptions(speed=_VELOCITY) if focus.continuous else None,
    )


async def _end_auto_focus(device: VirtualDevice, imaging: ImagingDescription) -> None:
    facet = device.camera.facets.imaging
    if facet is not None and "auto_focus" in imaging.settable and imaging.settings.auto_focus is AutoMode.AUTO:
        await facet.set(replace(imaging.settings, auto_focus=AutoMode.MANUAL))


def _drive(wished: messages.FocusMove, offered: messages.MoveOptions20) -> Callable[[Focus], Awaitable[None]]:
    """Return what makes the focus move as wished.

    Raises:
        ClientFault: ActionNotSupported for a form that is not offered, InvalidArgVal for values that are not.
    """
    match wished:
        case messages.FocusMove(absolute=messages.AbsoluteFocus() as way, relative=None, continuous=None):
            places = _offered(offered.absolute)
            position, speed = _within(way.position, places.position), _speed(way.speed, places.speed)
            return lambda focus: focus.move_to(position, speed=speed)
        case messages.FocusMove(absolute=None, relative=messages.RelativeFocus() as way, continuous=None):
            ways = _offered(offered.relative)
            distance, speed = _within(way.distance, ways.distance), _speed(way.speed, ways.speed)
            return lambda focus: focus.move_by(distance, speed=speed)
        case messages.FocusMove(absolute=None, relative=None, continuous=messages.ContinuousFocus() as way):
            velocity = _within(way.speed, _offered(offered.continuous).speed)
            return lambda focus: focus.move(velocity) if velocity else focus.stop()
    raise _invalid("A movement of the focus has exactly one form")


def _offered(options: _T | None) -> _T:
    if options is None:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The focus cannot be moved in this form")
    return options


def _speed(wished: float | None, offered: FloatRange | None) -> float | None:
    """Return the speed of a drive; where it is no choice, a wish for one changes nothing."""
    return None if wished is None or offered is None else _within(wished, offered)


def _within(value: float, limits: FloatRange) -> float:
    if not limits.min <= value <= limits.max:
        raise _invalid(f"The value lies between {limits.min:g} and {limits.max:g}")
    return value


def _invalid(reason: str) -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal",), reason)
