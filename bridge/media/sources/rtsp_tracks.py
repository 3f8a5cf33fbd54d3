"""Which media of a camera's session description become the tracks of its stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import Unsupported
from bridge.media.source import MediaKind, Track
from bridge.proto.rtsp.sdp import Direction

if TYPE_CHECKING:
    from bridge.proto.rtsp.sdp import Media, SessionDescription


def choose_tracks(description: SessionDescription) -> list[tuple[Media, Track]]:
    """Return the first video and the first audio medium, in the order of the description.

    A medium marked as talk-back is only taken for want of another: some cameras use the mark for what they send.

    Raises:
        Unsupported: there is neither.
    """
    chosen: dict[MediaKind, tuple[Media, Track]] = {}
    for medium in sorted(description.media, key=lambda medium: medium.direction is Direction.SENDONLY):
        track = _to_track(medium)
        if track is not None:
            chosen.setdefault(track.kind, (medium, track))
    if not chosen:
        raise Unsupported("the camera's stream has neither video nor audio that RTP can carry", facet="stream")
    return sorted(chosen.values(), key=lambda pair: description.media.index(pair[0]))


def _to_track(medium: Media) -> Track | None:
    if medium.kind not in {MediaKind.VIDEO, MediaKind.AUDIO} or not medium.protocol.startswith("RTP/AVP"):
        return None
    payload_type = next((number for number in medium.payload_types if number in medium.rtpmaps), None)
    if payload_type is None:
        return None
    rtpmap = medium.rtpmaps[payload_type]
    return Track(
        kind=MediaKind(medium.kind),
        encoding=rtpmap.encoding.upper(),
        payload_type=payload_type,
        clock_rate=rtpmap.clock_rate,
        channels=rtpmap.channels,
        fmtp=medium.fmtps.get(payload_type, ""),
        frame_rate=medium.frame_rate,
    )
