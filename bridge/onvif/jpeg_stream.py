"""The JPEG stream that the bridge makes of snapshots, for cameras that have none of their own.

ONVIF Media Service Specification: every device that speaks `ver10` owes a JPEG stream. This is what clients see of it:
one more stream, after the native ones, in the sizes in which the camera takes pictures and as fast as it can take
them. A picture is taken to be as large as the stream that it is of, until one was seen to be otherwise. How the stream
is set, and what was seen, is the device's own affair and kept in its memory; the camera knows nothing of it. The
packets are made by `media.sources.snapshots`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderOptions, EncoderSettings, NativeStream
from bridge.core.units import Range
from bridge.media.sources.snapshots import SnapshotChoice
from bridge.onvif.settings.section import Section, SectionKind
from bridge.proto.rtp.payload.jpeg import MOST_PLAIN_PX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.camera import Camera
    from bridge.core.memory import DeviceMemory
    from bridge.core.model import CameraDescription

NAME: Final = "jpeg"

FRAME_RATES = (5.0, 4.0, 3.0, 2.0, 1.0)
"""Pictures per second that a client can ask for; cameras need about a second for one in full size."""

_USUAL_FRAME_RATE = 1.0

_BITS_PER_PIXEL = 2
"""What a good JPEG needs at most."""

_EVERY_FRAME = Range(1, 1)


@dataclass(frozen=True, slots=True)
class KeptJpeg:
    """How clients have set the stream, and which pictures were seen not to be as large as their native stream.

    Without `resolution` no client has ever set it. `odd_sizes` are by name of the native stream.
    """

    resolution: Resolution | None = None
    frame_rate: float = _USUAL_FRAME_RATE
    odd_sizes: dict[str, Resolution] = field(default_factory=dict)


JPEG_STREAM = SectionKind("jpeg_stream", KeptJpeg())


class JpegStream:
    """The stream of one device.

    Args:
        camera: takes the pictures.
        memory: keeps how the stream is set, and what was seen of the pictures.
        is_served: whether pictures are served at all.
    """

    def __init__(self, camera: Camera, memory: DeviceMemory, *, is_served: bool) -> None:
        self._camera = camera
        self._kept = Section(memory, JPEG_STREAM)
        self._is_served = is_served
        self._derived_from: tuple[Mapping[str, Resolution], KeptJpeg] | None = None
        self._stream: NativeStream | None = None

    @property
    def stream(self) -> NativeStream | None:
        """The stream as clients see it, the same object until it changes; None if the camera needs or makes none."""
        origin = (self._sizes(), self._kept.read())
        if origin != self._derived_from:
            self._derived_from = origin
            self._stream = _derive(*origin) if origin[0] else None
        return self._stream

    def keep(self, settings: EncoderSettings) -> None:
        """Set the stream, to something that its options offer."""
        kept = self._kept.read()
        self._kept.write(replace(kept, resolution=settings.resolution, frame_rate=settings.frame_rate))

    def learn(self, native: str, size: Resolution) -> bool:
        """Take note of how large a picture of a native stream is; return whether that is news.

        If it is, and clients have chosen the pictures of that stream by their size, the choice is of the new size.
        """
        sizes = self._sizes()
        before = sizes.pop(native, size)
        if before == size:
            return False
        kept = self._kept.read()
        odd_sizes = {**kept.odd_sizes, native: size}
        if size == self._native_sizes()[native]:
            del odd_sizes[native]
        is_chosen = kept.resolution == before and before not in sizes.values()
        self._kept.write(replace(kept, resolution=size if is_chosen else kept.resolution, odd_sizes=odd_sizes))
        return True

    def choice(self) -> SnapshotChoice | None:
        """Return which pictures make the stream; None if there is none."""
        if self.stream is None:
            return None
        settings = self.stream.encoder
        taken_from = next(name for name, size in self._sizes().items() if size == settings.resolution)
        return SnapshotChoice(taken_from, settings.frame_rate)

    def _sizes(self) -> dict[str, Resolution]:
        """Return the sizes of pictures by native stream: as they were, or as they should be if none was taken yet."""
        odd_sizes = self._kept.read().odd_sizes
        return {name: odd_sizes.get(name, size) for name, size in self._native_sizes().items()}

    def _native_sizes(self) -> dict[str, Resolution]:
        """Return the sizes of the native streams that pictures can be taken of."""
        description = self._camera.description
        if not self._is_served or description is None or not takes_pictures(self._camera) or _has_jpeg(description):
            return {}
        return {stream.name: stream.encoder.resolution for stream in description.streams}


def takes_pictures(camera: Camera) -> bool:
    """Say whether still pictures can be had of a camera: it makes them, and there is a facet to ask for them."""
    description = camera.description
    return description is not None and description.snapshot and camera.facets.snapshots is not None


def _has_jpeg(description: CameraDescription) -> bool:
    """Whether the camera itself sends JPEG, or can be set to."""
    return any(
        stream.name == NAME or VideoCodec.JPEG in {stream.encoder.codec, *(each.codec for each in stream.options)}
        for stream in description.streams
    )


def _derive(sizes: Mapping[str, Resolution], kept: KeptJpeg) -> NativeStream:
    offered = sorted(set(sizes.values()), reverse=True)
    resolution = kept.resolution if kept.resolution in offered else _usual(offered)
    largest = max(size.width * size.height for size in offered)
    bitrate_kbps = round(largest * _BITS_PER_PIXEL * max(FRAME_RATES) / 1000)
    options = EncoderOptions(
        VideoCodec.JPEG,
        tuple(offered),
        FRAME_RATES,
        bitrate_kbps=Range(bitrate_kbps, bitrate_kbps),
        gov_length=_EVERY_FRAME,
    )
    settings = EncoderSettings(
        VideoCodec.JPEG,
        resolution or offered[-1],
        kept.frame_rate if kept.frame_rate in FRAME_RATES else _USUAL_FRAME_RATE,
        bitrate_kbps=bitrate_kbps,
        gov_length=1,
    )
    return NativeStream(NAME, settings, (options,))


def _usual(offered: list[Resolution]) -> Resolution | None:
    """Return the largest size that every RTP client can decode, not only those of ONVIF; None if there is none."""
    return next(
        (
            size
            for size in offered
            if max(size.width, size.height) <= MOST_PLAIN_PX and size.width % 8 == size.height % 8 == 0
        ),
        None,
    )
