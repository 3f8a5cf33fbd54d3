"""Cameras and a workbench for the media services: every answer and fault goes through the official schemas."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from bridge.core.camera import Facets
from bridge.core.errors import ClientFault
from bridge.core.formats import AudioCodec, AudioFormat, Resolution, VideoCodec
from bridge.core.model import CameraDescription, EncoderSettings, NativeStream
from bridge.media.snapshot import SnapshotService
from bridge.onvif.eventing.filter import EventFilter
from bridge.onvif.services import SERVICES
from bridge.proto.soap.codec import decode, encode, tag_of
from bridge.proto.soap.envelope import read_envelope
from bridge.proto.soap.faults import write_fault
from tests.unit.onvif.bench_camera import BenchCamera, BenchEncoders, described
from tests.unit.onvif.service_bench import Bench

if TYPE_CHECKING:
    from bridge.onvif.operation import Operation

AAC = AudioFormat(AudioCodec.AAC, 16000, channels=1, bitrate_kbps=64)
PCMU = AudioFormat(AudioCodec.PCMU, 8000, channels=2, bitrate_kbps=64)
MAIN = EncoderSettings(VideoCodec.H264, Resolution(2560, 1440), 25.0, 6144, gov_length=50, codec_profile="High")
MAIN_H265 = EncoderSettings(VideoCodec.H265, Resolution(3840, 2160), 25.0, 8192, gov_length=100)
SUB = EncoderSettings(VideoCodec.H264, Resolution(640, 360), 12.5, 256, gov_length=25, codec_profile="Base?")
MOTION_JPEG = EncoderSettings(VideoCodec.JPEG, Resolution(640, 480), 0.4, 900, gov_length=1)

_OPERATIONS: dict[str, Operation[Any, Any]] = {
    operation.tag: operation for service in SERVICES for operation in service.operations
}


def camera_of(*encoders: EncoderSettings, audio: tuple[AudioFormat | None, ...] = (), **more: Any) -> CameraDescription:
    """Describe a camera with a stream per encoder (`main`, `sub`, `third`) and audio for the first of them."""
    names = ("main", "sub", "third")[: len(encoders)]
    sound = (*audio, None, None, None)
    streams = tuple(
        NativeStream(name, encoder, (), audio=heard)
        for name, encoder, heard in zip(names, encoders, sound, strict=False)
    )
    whole = described(**{"snapshot": True, **more})
    return CameraDescription(
        whole.info, streams, snapshot=whole.snapshot, ptz=whole.ptz, imaging=whole.imaging, events=whole.events
    )


class BenchShutter:
    """Takes pictures of the size that the test sets, whatever the stream."""

    def __init__(self, size: Resolution) -> None:
        self.size = size

    async def take(self, _stream: str) -> bytes:
        file = BytesIO()
        Image.new("RGB", (self.size.width, self.size.height)).save(file, "JPEG")
        return file.getvalue()


class MediaBench(Bench):
    """A virtual device that can be asked anything, and whose changes are heard.

    Args:
        description: of its camera.
        has_jpeg: the bridge makes a JPEG stream, as it does outside of tests.
    """

    def __init__(self, description: CameraDescription | None, *, has_jpeg: bool = False) -> None:
        camera = BenchCamera(description)
        self.shutter = BenchShutter(SUB.resolution)
        camera.given = Facets(snapshots=self.shutter)
        super().__init__(camera, serves_snapshots=has_jpeg)
        if not has_jpeg:
            self.device.snapshots = SnapshotService(camera, clock=self.clock)
        self._point = self.device.broker.pull_points.create(EventFilter(), span_s=60)

    def make_settable(self) -> None:
        """Let the camera's encoders be set."""
        self.camera.given = replace(self.camera.given, encoders=BenchEncoders(self.camera))

    async def changes(self) -> list[tuple[str, ...]]:
        """Return what has happened to profiles and configurations since the last time: name and items."""
        heard = await self._point.pull(timeout_s=0, limit=100, closed=asyncio.Event())
        return [
            (each.topic.path[-1], *(item.value for item in each.items)) for each in heard if not each.topic.is_property
        ]

    async def answer(self, request: object) -> Any:
        """Send a request through XML and return the answer, read back from XML that the schemas accept."""
        operation = _OPERATIONS[tag_of(type(request))]
        response = await operation(self.call("/onvif/x"), decode(operation.request, encode(request)))
        data = self.checked(lambda body: encode(response, parent=body))
        return decode(operation.response, read_envelope(data).body)

    async def fault(self, request: object) -> tuple[str, ...]:
        """Send a request that must be refused, and return code and subcodes."""
        operation = _OPERATIONS[tag_of(type(request))]
        with pytest.raises(ClientFault) as caught:
            await operation(self.call("/onvif/x"), decode(operation.request, encode(request)))
        self.checked(lambda body: write_fault(body, caught.value))
        return (caught.value.code, *caught.value.subcodes)
