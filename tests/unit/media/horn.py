"""A camera that is little more than a loudspeaker, which writes down what is done to it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.core.camera import Facets
from bridge.core.formats import AudioCodec, Resolution, VideoCodec
from bridge.core.model import (
    CameraDescription,
    CameraInfo,
    ConnectionPhase,
    ConnectionState,
    EncoderSettings,
    NativeStream,
)
from bridge.core.talk import TalkDescription

if TYPE_CHECKING:
    from bridge.core.errors import CameraError
    from bridge.core.events import CameraEvent

_MAIN = NativeStream("main", EncoderSettings(VideoCodec.H264, Resolution(640, 360), 25.0, 512, 50), ())


class Horn:
    """`core.talk.Talk`; a test may let it refuse, or keep it from opening or closing for as long as it likes.

    Attributes:
        done: what was started and stopped, in order.
        heard: payloads with their RTP times.
        refusal: what `start` fails with.
        patience: `start` waits for it.
    """

    def __init__(self) -> None:
        self.done: list[str] = []
        self.heard: list[tuple[bytes, int]] = []
        self.refusal: CameraError | None = None
        self.stop_refusal: CameraError | None = None
        self.patience = asyncio.Event()
        self.patience.set()
        self._changed = asyncio.Condition()

    async def start(self, codec: AudioCodec) -> None:
        await self._note(f"asked for {codec}")
        await self.patience.wait()
        if self.refusal is not None:
            raise self.refusal
        await self._note(f"open for {codec}")

    def send(self, payload: bytes, rtp_time: int) -> None:
        self.heard.append((payload, rtp_time))

    async def stop(self) -> None:
        await self._note("closed")
        if self.stop_refusal is not None:
            raise self.stop_refusal

    async def set_volume(self, percent: float) -> None:
        await self._note(f"volume {percent}")

    async def has_done(self, number: int) -> list[str]:
        """Wait until that many things were done to it, and return all."""
        async with asyncio.timeout(5.0), self._changed:
            await self._changed.wait_for(lambda: len(self.done) >= number)
        return self.done

    async def _note(self, what: str) -> None:
        async with self._changed:
            self.done.append(what)
            self._changed.notify_all()


class HornCamera:
    """`core.camera.Camera`."""

    id = "cam"
    name = "Camera"
    state = ConnectionState(ConnectionPhase.ONLINE, datetime(2026, 1, 1, tzinfo=UTC))
    levels: tuple[CameraEvent, ...] = ()

    def __init__(self, *codecs: AudioCodec, sample_rate_hz: int = 8000) -> None:
        self.horn = Horn()
        self.facets = Facets(talk=self.horn)
        talk = TalkDescription(codecs, sample_rate_hz) if codecs else None
        info = CameraInfo("Maker", "Horn", "1", "1", "1", "Horn")
        self.description: CameraDescription | None = CameraDescription(info, (_MAIN,), talk=talk)
