"""A stream made of FLV tags, whether they came in a file that never ends or as RTMP messages.

Tags announce what they carry as they go, so the tracks are known only after a while; what comes before is held and
not lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bridge.core.errors import Unsupported, WireError
from bridge.media.source import StreamDescription
from bridge.media.sources.tag_tracks import AacTrack, G711Track, TagTrack, VideoTrack
from bridge.proto.flv import amf0
from bridge.proto.flv.media import G711Samples, UnknownCodec, VideoConfig, read_audio, read_video
from bridge.proto.flv.tags import TagKind
from bridge.proto.rtp.payload.aac import AacConfig

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.media.source import StreamSink
    from bridge.proto.flv.media import Audio
    from bridge.proto.flv.tags import Tag

SOUND_WAIT_MS = 1000
"""Sound that was promised and is not there after this much of the pictures counts as missing."""

PICTURE_WAIT_MS = 5000
"""The same for pictures: longer, because a stream without any is hardly ever meant."""

MOST_HELD_TAGS = 2000
MOST_HELD_BYTES = 8 * 1024 * 1024
"""What may come before the tracks are known."""


class TagStream:
    """Turns the tags of one upstream into tracks and packets.

    A track that turns up after the stream was opened is left out.

    Args:
        sink: takes them.
    """

    def __init__(self, sink: StreamSink) -> None:
        self._sink = sink
        self._expected = {TagKind.VIDEO, TagKind.AUDIO}
        self._video: VideoConfig | None = None
        self._audio: AacConfig | G711Samples | None = None
        self._held: list[Tag] = []
        self._held_bytes = 0
        self._tracks: dict[TagKind, TagTrack] = {}

    def expect(self, kinds: Iterable[TagKind]) -> None:
        """Note what the stream says it holds; it is not believed when it says that it holds nothing."""
        self._expected = self._expected.intersection(kinds) or self._expected

    def take(self, tags: Iterable[Tag], now: float) -> bool:
        """Take the tags of one read; return whether there was sound or picture among them.

        Raises:
            WireError: a tag is broken.
            CameraError: RTP cannot carry what the stream holds, or it is no longer the stream that was opened.
        """
        frames = []
        has_media = False
        for tag in tags:
            if tag.kind is TagKind.SCRIPT:
                self._read_metadata(tag.body)
                continue
            has_media = True
            ready = (tag,) if self._tracks else self._hold(tag, now)
            frames += [self._tracks[tag.kind].frames(tag) for tag in ready if tag.kind in self._tracks]
        data = b"".join(frames)
        if data:
            self._sink.received(data, now)
        return has_media

    def _read_metadata(self, body: bytes) -> None:
        """Learn from `onMetaData` which kinds there will be."""
        try:
            values = amf0.decode(body)
        except WireError:
            return  # it is only a hint
        if values and isinstance(values[-1], Mapping):
            names = {"videocodecid": TagKind.VIDEO, "audiocodecid": TagKind.AUDIO}
            # Number 0 would be a codec that nobody has used for long: here it means that there is none.
            self.expect(kind for name, kind in names.items() if values[-1].get(name))

    def _hold(self, tag: Tag, now: float) -> list[Tag]:
        """Keep a tag; return all that were kept once the tracks are known and the stream is open."""
        self._held.append(tag)
        self._held_bytes += len(tag.body)
        if tag.kind is TagKind.VIDEO:
            self._find_video(tag.body)
        else:
            self._find_audio(read_audio(tag.body))
        if not self._is_decided(tag.time_ms - self._held[0].time_ms):
            return []
        self._open(now)
        held, self._held = self._held, []
        return held

    def _find_video(self, body: bytes) -> None:
        part = read_video(body)
        if isinstance(part, UnknownCodec):
            raise Unsupported(f"RTP cannot carry the video codec of the camera's stream: {part.name}", facet="stream")
        if isinstance(part, VideoConfig) and self._video is None:
            self._video = part

    def _find_audio(self, part: Audio | None) -> None:
        if isinstance(part, UnknownCodec):
            self._expected.discard(TagKind.AUDIO)
        elif isinstance(part, AacConfig | G711Samples) and self._audio is None:
            self._audio = part

    def _is_decided(self, waited_ms: int) -> bool:
        lacks_video = TagKind.VIDEO in self._expected and self._video is None
        lacks_audio = TagKind.AUDIO in self._expected and self._audio is None
        if not (lacks_video or lacks_audio) and (self._video or self._audio):
            return True
        if len(self._held) >= MOST_HELD_TAGS or self._held_bytes >= MOST_HELD_BYTES:
            return True
        return waited_ms >= (PICTURE_WAIT_MS if self._video is None else SOUND_WAIT_MS)

    def _open(self, now: float) -> None:
        if self._video is not None:
            self._tracks[TagKind.VIDEO] = VideoTrack(self._video, 0)
        match self._audio:
            case AacConfig():
                self._tracks[TagKind.AUDIO] = AacTrack(self._audio, len(self._tracks))
            case G711Samples():
                self._tracks[TagKind.AUDIO] = G711Track(self._audio.encoding, len(self._tracks))
        if not self._tracks:
            raise Unsupported("the camera's stream has neither video nor audio that RTP can carry", facet="stream")
        self._sink.opened(StreamDescription(tuple(track.description for track in self._tracks.values())), now)
