"""A viewer: PyAV over RTSP, as an NVR that records would use it."""

from __future__ import annotations

from dataclasses import dataclass

import av


def open_stream(uri: str, *, transport: str) -> av.container.InputContainer:
    """Open a stream as a player would that trusts its SDP; `transport` is `tcp` or `udp`.

    Without the limit FFmpeg watches a stream for seconds to guess what the SDP has told already.
    """
    options = {"rtsp_transport": transport, "analyzeduration": "300000"}
    return av.open(uri, options=options, timeout=(10.0, 20.0))


@dataclass(frozen=True)
class Seen:
    """What a viewer saw: pictures, their size, and how many audio frames came with them."""

    pictures: int
    size: tuple[int, int]
    codec: str
    audio_frames: int
    distinct: int


def watch(uri: str, *, transport: str, pictures: int) -> Seen:
    """Decode that many pictures of a stream; `transport` is `tcp` or `udp`."""
    seen, audio, size, digests = 0, 0, (0, 0), set()
    with open_stream(uri, transport=transport) as container:
        codec = container.streams.video[0].codec_context.name
        for packet in container.demux(video=0, audio=0):
            if packet.stream.type == "audio":
                audio += len(packet.decode())
                continue
            for frame in packet.decode():
                assert isinstance(frame, av.VideoFrame)
                seen += 1
                size = (frame.width, frame.height)
                digests.add(hash(bytes(frame.planes[0])))
            if seen >= pictures:
                break
    return Seen(seen, size, codec, audio, len(digests))
