"""What viewers are told of a stream: its session description (RFC 8866; ONVIF Streaming Specification for directions).

Tracks are told as the camera described them, under our own control URLs. How a description is written is the business
of `proto.rtsp.sdp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.media.source import MediaKind
from bridge.proto.rtsp import sdp
from bridge.proto.rtsp.server import BACK_CHANNEL, control_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from bridge.media.source import StreamDescription, Track


def session_description(stream: StreamDescription, back_channel: Collection[Track] = ()) -> sdp.SessionDescription:
    """Return the description of a stream.

    Args:
        stream: what the server sends, a medium per track.
        back_channel: what the client may send, all in one medium and the best first; empty for no back channel.
    """
    media = [_medium(number, track) for number, track in enumerate(stream.tracks)]
    if back_channel:
        media.append(_back_medium(back_channel))
    return sdp.SessionDescription(tuple(media), control="*")


def _medium(number: int, track: Track) -> sdp.Media:
    return sdp.Media(
        kind=track.kind.value,
        payload_types=(track.payload_type,),
        control=control_of(number),
        rtpmaps={track.payload_type: sdp.RtpMap(track.encoding, track.clock_rate, track.channels)},
        fmtps={track.payload_type: track.fmtp} if track.fmtp else {},
        frame_rate=track.frame_rate,
        direction=sdp.Direction.RECVONLY,
    )


def _back_medium(tracks: Collection[Track]) -> sdp.Media:
    return sdp.Media(
        kind=MediaKind.AUDIO.value,
        payload_types=tuple(track.payload_type for track in tracks),
        control=control_of(BACK_CHANNEL),
        rtpmaps={track.payload_type: sdp.RtpMap(track.encoding, track.clock_rate) for track in tracks},
        fmtps={track.payload_type: track.fmtp for track in tracks if track.fmtp},
        direction=sdp.Direction.SENDONLY,
    )
