"""The session description that a camera answers to DESCRIBE (RFC 4566; RFC 6184, 7798 and 3640 for the formats)."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.simulators.clips.library import VideoClip

VIDEO_PAYLOAD_TYPE = 96
AUDIO_PAYLOAD_TYPE = 97
TALK_PAYLOAD_TYPE = 0
"""G.711 mu-law, as RFC 3551 numbers it."""
VIDEO_CLOCK_RATE = 90000
TRACK_PREFIX = "track"


def describe(clip: VideoClip, *, host: str, audio: tuple[int, bytes] | None, has_talk: bool = False) -> str:
    """Return the SDP of a stream.

    Args:
        clip: the video, `track1`.
        host: the camera's address as the client reached it.
        audio: clock rate and AudioSpecificConfig of `track2`, or None.
        has_talk: offer `track3`, the sound that the client sends (ONVIF Streaming Specification, 5.3).
    """
    family = "IP6" if ":" in host else "IP4"
    encoding, parameters = _video_format(clip)
    lines = [
        "v=0",
        f"o=- 1 1 IN {family} {host}",
        "s=Simulated camera",
        f"c=IN {family} {'::' if family == 'IP6' else '0.0.0.0'}",  # noqa: S104  "no address": RTSP settles it
        "t=0 0",
        "a=control:*",
        "a=range:npt=0-",
        f"m=video 0 RTP/AVP {VIDEO_PAYLOAD_TYPE}",
        f"a=rtpmap:{VIDEO_PAYLOAD_TYPE} {encoding}/{VIDEO_CLOCK_RATE}",
        f"a=fmtp:{VIDEO_PAYLOAD_TYPE} {parameters}",
        f"a=control:{TRACK_PREFIX}1",
    ]
    if audio is not None:
        clock_rate, config = audio
        lines += [
            f"m=audio 0 RTP/AVP {AUDIO_PAYLOAD_TYPE}",
            f"a=rtpmap:{AUDIO_PAYLOAD_TYPE} MPEG4-GENERIC/{clock_rate}",
            f"a=fmtp:{AUDIO_PAYLOAD_TYPE} streamtype=5;profile-level-id=1;mode=AAC-hbr;"
            f"sizelength=13;indexlength=3;indexdeltalength=3;config={config.hex().upper()}",
            f"a=control:{TRACK_PREFIX}2",
        ]
    if has_talk:
        lines += [
            f"m=audio 0 RTP/AVP {TALK_PAYLOAD_TYPE}",
            f"a=rtpmap:{TALK_PAYLOAD_TYPE} PCMU/8000",
            "a=sendonly",
            f"a=control:{TRACK_PREFIX}3",
        ]
    return "\r\n".join([*lines, ""])


def _video_format(clip: VideoClip) -> tuple[str, str]:
    """Return rtpmap name and fmtp parameters."""
    encoded = [b64encode(nal).decode() for nal in clip.parameter_sets]
    if clip.codec == "h264":
        # Profile, constraints and level are the three bytes after the SPS's NAL header.
        profile = clip.parameter_sets[0][1:4].hex().upper()
        sprop = ",".join(encoded)
        return "H264", f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sprop}"
    vps, sps, pps = encoded
    return "H265", f"sprop-vps={vps};sprop-sps={sps};sprop-pps={pps}"
