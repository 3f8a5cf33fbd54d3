"""A camera whose streams play: pictures and sound of the simulators' clips, encoded as its encoders are set.

The simulated cameras know neither G.711 nor key frames on demand, and their streams stay away for seconds when an
encoder is set; here the encoder itself is the source of the stream.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, NoReturn

from typing_extensions import override

from bridge.core.errors import Unreachable
from bridge.core.formats import AudioCodec, AudioFormat, Resolution, VideoCodec
from bridge.core.units import Range
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.simulators.clips.cadence import FRAMES_PER_GROUP
from bridge.simulators.clips.library import (
    AUDIO_CONFIG,
    AUDIO_FRAME_SAMPLES,
    AUDIO_RATE_HZ,
    VideoClip,
    audio_frames,
    video_clip,
)
from bridge.simulators.wire.rtp import RtpStream, aac_payload, h264_payloads, h265_payloads
from tests.conformance.descriptions import EVERYTHING, G711
from tests.conformance.equipped import EquippedCamera

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.core.model import CameraDescription, NativeStream
    from bridge.media.source import StreamSink

SIZES = {
    VideoCodec.H264: (Resolution(2560, 1440), Resolution(2304, 1296), Resolution(640, 360)),
    VideoCodec.H265: (Resolution(3840, 2160),),
}
"""The sizes in which there are clips."""

RESTART_S = 2.0
"""How long a stream stays away when its encoder is set. Nobody waits for it: the watch is put forward."""

_VIDEO_CLOCK_RATE = 90000
_SILENCE = b"\xff" * 160
_CHANNEL_OF_SOUND = 2


def _playable(stream: NativeStream, codecs: Sequence[VideoCodec], size: Resolution, audio: AudioFormat) -> NativeStream:
    """Return a stream with the sizes, groups of pictures and sound that are really played."""
    groups = Range(FRAMES_PER_GROUP, FRAMES_PER_GROUP)
    options = tuple(
        replace(each, resolutions=SIZES[each.codec], gov_length=groups)
        for each in stream.options
        if each.codec in codecs
    )
    encoder = replace(stream.encoder, resolution=size, gov_length=FRAMES_PER_GROUP)
    return replace(stream, encoder=encoder, options=options, audio=audio)


def _streaming() -> CameraDescription:
    main, sub = EVERYTHING.streams
    large, small = Resolution(2560, 1440), Resolution(640, 360)
    aac = AudioFormat(AudioCodec.AAC, AUDIO_RATE_HZ, bitrate_kbps=32)
    return replace(
        EVERYTHING,
        streams=(
            _playable(main, (VideoCodec.H264, VideoCodec.H265), large, aac),
            _playable(sub, (VideoCodec.H264,), small, G711),
        ),
    )


STREAMING = _streaming()
"""The camera that has everything, with AAC beside its large pictures and G.711 beside its small ones."""


class StreamingCamera(EquippedCamera):
    """The camera."""

    def __init__(self) -> None:
        super().__init__(STREAMING)
        self._encoders = {stream.name: ClipEncoder(self, stream.name) for stream in STREAMING.streams}

    @override
    def open_stream(self, name: str) -> ClipEncoder:
        return self._encoders[name]

    @override
    def become(self, **changes: Any) -> None:
        before = {stream.name: stream.encoder for stream in self.description.streams}
        super().become(**changes)
        for stream in self.description.streams:
            if stream.encoder != before.get(stream.name, stream.encoder):
                self.watch.put_forward(RESTART_S)
                self._encoders[stream.name].start_anew()

    @override
    async def request(self, stream: str) -> None:
        await super().request(stream)
        self._encoders[stream].begin_group()


class ClipEncoder:
    """The encoder of one stream; see `media.source.StreamSource`. The clips must have been loaded."""

    def __init__(self, camera: StreamingCamera, name: str) -> None:
        self._camera = camera
        self._name = name
        self._asked = asyncio.Event()
        self._is_old = False

    def begin_group(self) -> None:
        """Let the next picture be a key picture."""
        self._asked.set()

    def start_anew(self) -> None:
        """Break off what is played: the encoder is set otherwise now."""
        self._is_old = True
        self._asked.set()

    async def run(self, sink: StreamSink) -> NoReturn:
        """Play until cancelled, or until the encoder is set; see `StreamSource.run`."""
        stream = self._camera.description.stream(self._name)
        assert stream is not None
        assert stream.audio is not None
        settings, clock = stream.encoder, self._camera.watch
        self._is_old = False
        self._asked.clear()
        clip = video_clip(f"{settings.codec.lower()}-{settings.resolution.width}x{settings.resolution.height}")
        picture_track = _video_track(clip, settings.frame_rate)
        video, sound = RtpStream(picture_track.payload_type, _VIDEO_CLOCK_RATE), Sound(stream.audio.codec)
        sink.opened(StreamDescription((picture_track, sound.track)), clock.now())
        began, at_s = clock.now(), 0.0
        payloads = h264_payloads if settings.codec is VideoCodec.H264 else h265_payloads
        for group in cycle(clip.groups):
            for picture in group:
                frames = _interleaved(0, video.packetize(payloads(picture), at_s)) + sound.until(at_s)
                sink.received(frames, clock.now())
                at_s += 1 / settings.frame_rate
                if await self._is_asked_before(began + at_s):
                    break
        raise AssertionError("a clip has pictures")

    async def _is_asked_before(self, moment: float) -> bool:
        """Wait until then; return whether a key picture is wanted.

        Raises:
            Unreachable: the encoder was set.
        """
        try:
            async with asyncio.timeout(max(0.0, moment - self._camera.watch.now())):
                await self._asked.wait()
        except TimeoutError:
            return False
        self._asked.clear()
        if self._is_old:
            raise Unreachable("the encoder starts anew")
        return True


@dataclass(frozen=True)
class _SoundFormat:
    """How sound travels: what SDP says, and the samples and bytes of one packet after the other, without end."""

    track: Track
    samples: int
    payloads: tuple[bytes, ...]


def _sound_format(codec: AudioCodec) -> _SoundFormat:
    if codec is AudioCodec.PCMU:
        return _SoundFormat(Track(MediaKind.AUDIO, "PCMU", 0, 8000), len(_SILENCE), (_SILENCE,))
    fmtp = "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"
    track = Track(
        MediaKind.AUDIO, "MPEG4-GENERIC", 97, AUDIO_RATE_HZ, fmtp=f"{fmtp};config={AUDIO_CONFIG.hex().upper()}"
    )
    return _SoundFormat(track, AUDIO_FRAME_SAMPLES, tuple(aac_payload(frame) for frame in audio_frames()))


class Sound:
    """The sound of one upstream, from its beginning on."""

    def __init__(self, codec: AudioCodec) -> None:
        self._format = _sound_format(codec)
        self.track = self._format.track
        self._rtp = RtpStream(self.track.payload_type, self.track.clock_rate)
        self._payloads: Iterator[bytes] = cycle(self._format.payloads)
        self._packets = 0

    def until(self, at_s: float) -> bytes:
        """Return the frames that are due at a time of the stream and were not sent before."""
        packet_s = self._format.samples / self.track.clock_rate
        due = int(at_s / packet_s) + 1
        frames = b""
        for payload in islice(self._payloads, due - self._packets):
            frames += _interleaved(_CHANNEL_OF_SOUND, self._rtp.packetize([payload], self._packets * packet_s))
            self._packets += 1
        return frames


def _video_track(clip: VideoClip, frame_rate: float) -> Track:
    sets = [b64encode(nal).decode() for nal in clip.parameter_sets]
    if clip.codec == "h264":
        profile = clip.parameter_sets[0][1:4].hex().upper()
        fmtp = f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={','.join(sets)}"
    else:
        fmtp = "sprop-vps={};sprop-sps={};sprop-pps={}".format(*sets)
    return Track(MediaKind.VIDEO, clip.codec.upper(), 96, _VIDEO_CLOCK_RATE, fmtp=fmtp, frame_rate=frame_rate)


def _interleaved(channel: int, packets: Sequence[bytes]) -> bytes:
    return b"".join(b"$" + bytes((channel,)) + len(packet).to_bytes(2) + packet for packet in packets)
