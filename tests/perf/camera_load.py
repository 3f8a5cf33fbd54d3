"""Helper process: any number of cameras that send H.264-shaped packets over RTSP and TCP, at their real pace.

Every path `/camera<N>/main` is a camera of its own: its pictures come at its own moments, its groups of pictures
begin at others' middles. Nothing can be decoded, but headers, fragment bits, parameter sets and sizes are as in real
streams. The first fragment of every picture carries the time at which it was sent, for whoever measures delays.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from itertools import count
from struct import Struct

from tests.perf.conversing import converse, parser, run

FRAME = Struct(">BBHBBHII")
"""Interleaved framing and RTP header in one."""

CHANGING = Struct(">HII")
"""Sequence number, time and SSRC: what differs between two rounds of the same group of pictures."""

CHANGING_AT = 6

STAMP = Struct(">Q")
"""Nanoseconds of the machine's monotonic clock."""

STAMP_AT = 18
"""Behind the framing (4), RTP header (12) and the two bytes that head a fragment."""

PACKET_BYTES = 1440
FRAMES_PER_S = 25
KEY_WEIGHT = 8
"""How many times larger a key picture is than another."""

WIRE_MBIT_S = 100
"""A camera's network port: how far apart the bursts of one picture are."""

SEND_BUFFER_BYTES = 4 * 1024 * 1024

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=load\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\n"
    "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


@dataclass(frozen=True)
class Burst:
    """Packets that leave in one write."""

    data: bytes
    packets: tuple[int, ...]
    stamp_at: int | None


def group_of_pictures(rate_mbit_s: float, gop_s: float, burst_packets: int) -> list[list[Burst]]:
    """Return the pictures of one group, key picture first, that together make exactly the rate.

    Args:
        rate_mbit_s: rate of the stream.
        gop_s: from one key picture to the next.
        burst_packets: packets that leave in one write, 0 for a whole picture.
    """
    pictures = round(gop_s * FRAMES_PER_S)
    packets = rate_mbit_s * 1e6 / 8 * gop_s / PACKET_BYTES
    ordinary = max(1, round(packets / (pictures - 1 + KEY_WEIGHT)))
    key = max(3, round(packets) - ordinary * (pictures - 1))
    sizes = [key] + [ordinary] * (pictures - 1)
    return [_bursts(size, is_key=number == 0, most=burst_packets or size) for number, size in enumerate(sizes)]


def _bursts(packets: int, *, is_key: bool, most: int) -> list[Burst]:
    payloads = [b"\x67\x4d\x00\x1f", b"\x68\xee"] if is_key else []
    first_fragment = len(payloads)
    kind = 5 if is_key else 1
    for number in range(first_fragment, packets):
        start, end = number == first_fragment, number == packets - 1
        head = bytes((0x7C, start << 7 | end << 6 | kind))
        payloads.append(head.ljust(PACKET_BYTES - FRAME.size + 4, b"\xa5"))
    bursts = []
    for begin in range(0, packets, most):
        data, offsets, stamp_at = b"", [], None
        for number in range(begin, min(begin + most, packets)):
            if number == first_fragment:
                stamp_at = len(data) + STAMP_AT
            offsets.append(len(data) + CHANGING_AT)
            marker = 0x80 if number == packets - 1 else 0
            payload = payloads[number]
            data += FRAME.pack(0x24, 0, len(payload) + 12, 0x80, marker | 96, 0, 0, 0) + payload
        bursts.append(Burst(data, tuple(offsets), stamp_at))
    return bursts


class Cameras:
    """The listener; `skipped` counts pictures that were not sent because nobody took the ones before."""

    def __init__(self, pictures: list[list[Burst]]) -> None:
        self.skipped = 0
        self._pictures = pictures

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.TaskGroup() as group:
            playing = []
            try:
                while True:
                    request = (await reader.readuntil(b"\r\n\r\n")).decode()
                    method, url, *_ = request.split(" ", 2)
                    self._answer(writer, request, method, url)
                    if method == "PLAY":
                        playing.append(group.create_task(self._play(writer.transport, _number(url))))
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
            finally:
                for task in playing:
                    task.cancel()

    def _answer(self, writer: asyncio.StreamWriter, request: str, method: str, url: str) -> None:
        cseq = re.search(r"(?i)^cseq: *(\d+)", request, re.MULTILINE)
        lines = ["RTSP/1.0 200 OK", f"CSeq: {cseq[1] if cseq else 0}", "Session: 1"]
        body = ""
        if method == "DESCRIBE":
            body = SDP
            lines += [f"Content-Base: {url}/", "Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        elif method == "SETUP":
            lines.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        writer.write(("\r\n".join([*lines, "", ""]) + body).encode())

    async def _play(self, transport: asyncio.WriteTransport, number: int) -> None:
        begins_at = time.monotonic() + (number * 0.618 % 1) / FRAMES_PER_S
        seq = 0
        for turn in count():
            await asyncio.sleep(begins_at + turn / FRAMES_PER_S - time.monotonic())
            if transport.get_write_buffer_size() > SEND_BUFFER_BYTES:
                self.skipped += 1
                continue
            picture = self._pictures[(number * 37 + turn) % len(self._pictures)]
            for burst in picture:
                if transport.is_closing():
                    return
                transport.write(_numbered(burst, seq, turn * 90_000 // FRAMES_PER_S, number + 1))
                seq += len(burst.packets)
                if len(picture) > 1:
                    await asyncio.sleep(len(burst.data) * 8 / (WIRE_MBIT_S * 1e6))


def _numbered(burst: Burst, seq: int, rtp_time: int, ssrc: int) -> bytearray:
    data = bytearray(burst.data)
    for number, at in enumerate(burst.packets, seq):
        CHANGING.pack_into(data, at, number & 0xFFFF, rtp_time & 0xFFFFFFFF, ssrc)
    if burst.stamp_at is not None:
        STAMP.pack_into(data, burst.stamp_at, time.monotonic_ns())
    return data


def _number(url: str) -> int:
    found = re.search(r"camera(\d+)", url)
    assert found is not None, url
    return int(found[1])


async def main(rate_mbit_s: float, gop_s: float, burst_packets: int) -> None:
    cameras = Cameras(group_of_pictures(rate_mbit_s, gop_s, burst_packets))
    server = await asyncio.start_server(cameras.serve, "127.0.0.1", 0, backlog=1024)

    async def answer(_: dict[str, object]) -> dict[str, object]:
        return {"skipped": cameras.skipped}

    await converse({"port": server.sockets[0].getsockname()[1]}, answer)


if __name__ == "__main__":
    options = parser()
    options.add_argument("--rate", type=float, default=8.0)
    options.add_argument("--gop", type=float, default=4.0)
    options.add_argument("--burst", type=int, default=0)
    chosen = options.parse_args()
    run(main(chosen.rate, chosen.gop, chosen.burst), chosen.loop)
