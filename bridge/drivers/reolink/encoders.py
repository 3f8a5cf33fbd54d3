"""The encoder facet: `SetEnc`, the settings of both streams in one object (vendor document, 3.5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from bridge.core.errors import Unsupported
from bridge.drivers.reolink.encoding import MAIN, SUB, changed_encoders, is_choice
from bridge.drivers.reolink.native import rows, section

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.model import CameraDescription, EncoderSettings, NativeStream
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Command, Readings
    from bridge.drivers.reolink.settings import SettingsDesk

NATIVE_STREAMS: Final = {"main": MAIN, "sub": SUB}
"""Native names of the streams that every camera of the family has, best first."""


class ReolinkEncoders:
    """`core.camera.Encoders` for one channel.

    Args:
        desk: changes the settings.
        description: returns what is known of the camera.
    """

    def __init__(self, desk: SettingsDesk, description: Callable[[], CameraDescription | None]) -> None:
        self._desk = desk
        self._description = description

    async def set(self, stream: str, settings: EncoderSettings) -> EncoderSettings:
        """Set the encoder of a stream; see `core.camera.Encoders`.

        Bit rate and frame rate become the largest listed ones that are not above the wish. A new size restarts the
        stream, of some models the camera; then what was sent counts until it can be read again.
        """
        has_gop = any(options.gov_length.span for options in self._stream(stream).options)
        await self._desk.change(("GetEnc",), partial(self._plan, stream, settings, has_gop))
        return self._stream(stream).encoder

    def _plan(
        self, stream: str, settings: EncoderSettings, has_gop: bool, client: ReolinkClient, now: Readings
    ) -> tuple[Command, ...]:
        answer = now["GetEnc"]
        enc, ranges = section(answer.value, "Enc"), rows(answer.range.get("Enc"))
        changed = changed_encoders(enc, ranges, NATIVE_STREAMS[stream], settings, has_gop=has_gop)
        return () if changed == enc else (client.write("SetEnc", "Enc", changed),)

    def _stream(self, name: str) -> NativeStream:
        description = self._description()
        found = description.stream(name) if description is not None else None
        if found is None:
            raise Unsupported(f"there is no stream {name!r}", facet="encoders", operation="SetEnc")
        return found


def can_be_set(description: CameraDescription) -> bool:
    """Whether any encoder has anything to choose."""
    return any(is_choice(options) for stream in description.streams for options in stream.options)
