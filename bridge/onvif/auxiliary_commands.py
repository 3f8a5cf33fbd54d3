"""Auxiliary commands: a camera's switches as the words that clients send, and back.

ONVIF Core Specification, "SendAuxiliaryCommand"; PTZ Service Specification, "Auxiliary operations". A command is a
word like `tt:IRLamp|On`. The prefix belongs to the words of the standard: wiper, washer and IR lamp. Others are
spelled without it. The device service and the PTZ node offer the same commands; who executes them is the camera's
`Auxiliary` facet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.auxiliary import AuxiliaryFunction
from bridge.core.errors import ClientFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.auxiliary import SwitchState
    from bridge.core.camera import Camera
    from bridge.core.model import CameraDescription

_OF_THE_STANDARD = frozenset(
    {
        AuxiliaryFunction.WIPER,
        AuxiliaryFunction.WASHER,
        AuxiliaryFunction.WASHING_PROCEDURE,
        AuxiliaryFunction.IR_LAMP,
    }
)


def command_words(description: CameraDescription) -> tuple[str, ...]:
    """Return every command that a camera knows, switch by switch."""
    return tuple(_word(*position) for position in _positions(description))


def parse_command(description: CameraDescription, text: str) -> tuple[AuxiliaryFunction, SwitchState] | None:
    """Return what a command asks for, None if it is none of the camera's."""
    return next((position for position in _positions(description) if _word(*position) == text), None)


def offered_commands(camera: Camera) -> tuple[str, ...]:
    """Return the commands that can be sent: none if the camera's switches cannot be operated."""
    if camera.description is None or camera.facets.auxiliary is None:
        return ()
    return command_words(camera.description)


async def send_command(camera: Camera, text: str) -> None:
    """Have the camera execute a command.

    Raises:
        ClientFault: AuxiliaryDataNotSupported, if it is none of those offered.
        CameraError: from the camera.
    """
    description, facet = camera.description, camera.facets.auxiliary
    command = None if description is None else parse_command(description, text.strip())
    if command is None or facet is None:
        reason = f"'{text}' is none of the camera's auxiliary commands"
        raise ClientFault("Sender", ("InvalidArgVal", "AuxiliaryDataNotSupported"), reason)
    await facet.switch(*command)


def _positions(description: CameraDescription) -> Iterator[tuple[AuxiliaryFunction, SwitchState]]:
    return ((switch.function, state) for switch in description.auxiliary for state in switch.states)


def _word(function: AuxiliaryFunction, state: SwitchState) -> str:
    prefix = "tt:" if function in _OF_THE_STANDARD else ""
    return f"{prefix}{function}|{state}"
