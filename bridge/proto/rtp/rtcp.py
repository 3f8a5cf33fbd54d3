"""RTCP (RFC 3550 section 6): compound packets read, sender reports written.

Read: sender and receiver reports, source descriptions (CNAME), goodbyes; report blocks and other packet types are
skipped. Written: a sender report without report blocks, or a receiver report with one, each followed by the CNAME,
which every compound packet needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from typing import TYPE_CHECKING

from bridge.core.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)

_SENDER_REPORT = 200
_RECEIVER_REPORT = 201
_SOURCE_DESCRIPTION = 202
_GOODBYE = 203
_CNAME_ITEM = 1

_REPORT_BLOCK = Struct(">IIIIII")
_MOST_LOST = (1 << 23) - 1

_HEADER = Struct(">BBH")
_SSRC = Struct(">I")
_SENDER_INFO = Struct(">IIIIII")
_SENDER_PACKET = Struct(">BBHIIIIII")
_UINT32 = 1 << 32


@dataclass(frozen=True, slots=True)
class SenderReport:
    """`rtp_time` was sampled at `ntp_s` (seconds since 1900); `packets` and `octets` were sent so far, modulo 2**32."""

    ssrc: int
    ntp_s: float
    rtp_time: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """`ssrc` is the receiver that is alive."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says about a source (section 6.4.1).

    Attributes:
        ssrc: of the source.
        fraction_lost: since the last report, in 1/256.
        lost: packets lost since the beginning; below zero when some came twice.
        highest_seq: extended by how often the numbers have wrapped.
        jitter: in ticks.
        last_report: the middle 32 bits of the NTP time of the source's last sender report, 0 without one.
        since_last_report: the time since it arrived, in 1/65536 s.
    """

    ssrc: int
    fraction_lost: int
    lost: int
    highest_seq: int
    jitter: int
    last_report: int
    since_last_report: int


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """The canonical name of a source."""

    ssrc: int
    cname: str


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The sources that leave."""

    ssrcs: tuple[int, ...]


Rtcp = SenderReport | ReceiverReport | SourceDescription | Goodbye


def parse(packet: bytes | memoryview) -> tuple[Rtcp, ...]:
    """Read a compound packet; one that begins with another type than a report is accepted (RFC 5506).

    Raises:
        WireError: not RTCP, or a length reaches beyond the packet.
    """
    data = bytes(packet)
    found: list[Rtcp] = []
    at = 0
    while at < len(data):
        if len(data) - at < _HEADER.size:
            raise WireError("RTCP packet is shorter than its header", offset=at)
        flags, kind, words = _HEADER.unpack_from(data, at)
        end = at + 4 * (words + 1)
        if flags >> 6 != 2:
            raise WireError("RTCP version is not 2", offset=at)
        if end > len(data):
            raise WireError("RTCP length reaches beyond the packet", offset=at)
        found.extend(_read(kind, flags & 0x1F, data[at + 4 : end]))
        at = end
    return tuple(found)


def _read(kind: int, count: int, body: bytes) -> Iterator[Rtcp]:
    if kind == _SENDER_REPORT:
        yield _read_sender_report(body)
    elif kind == _RECEIVER_REPORT:
        yield ReceiverReport(_read_ssrc(body, 0))
    elif kind == _SOURCE_DESCRIPTION:
        yield from _read_cnames(count, body)
    elif kind == _GOODBYE:
        yield Goodbye(tuple(_read_ssrc(body, 4 * i) for i in range(count)))


def _read_sender_report(body: bytes) -> SenderReport:
    if len(body) < _SENDER_INFO.size:
        raise WireError("RTCP sender report is too short")
    ssrc, seconds, fraction, rtp_time, packets, octets = _SENDER_INFO.unpack_from(body)
    return SenderReport(ssrc, seconds + fraction / _UINT32, rtp_time, packets, octets)


def _read_ssrc(body: bytes, at: int) -> int:
    if len(body) < at + _SSRC.size:
        raise WireError("RTCP packet ends before its SSRC")
    ssrc: int = _SSRC.unpack_from(body, at)[0]
    return ssrc


def _read_cnames(count: int, body: bytes) -> Iterator[SourceDescription]:
    """Read the chunks of a source description: SSRC, items (type, length, text), a zero, filled up to a word."""
    at = 0
    for _ in range(count):
        ssrc = _read_ssrc(body, at)
        at += _SSRC.size
        while at < len(body) and body[at] != 0:
            if at + 2 > len(body) or at + 2 + body[at + 1] > len(body):
                raise WireError("RTCP source description item reaches beyond the packet")
            after = at + 2 + body[at + 1]
            if body[at] == _CNAME_ITEM:
                yield SourceDescription(ssrc, body[at + 2 : after].decode("utf-8", "replace"))
            at = after
        at += 4 - at % 4


def build_sender_report(report: SenderReport, cname: str, *, block: ReportBlock | None = None) -> bytes:
    """Write a compound packet: the report, then the CNAME (at most 255 bytes of UTF-8) of the same SSRC.

    Args:
        report: on what was sent.
        cname: of the sender.
        block: on what was received of one source, if anything.
    """
    seconds = int(report.ntp_s)
    fraction = int((report.ntp_s - seconds) * _UINT32)
    received = _report_block(block)
    sender = _SENDER_PACKET.pack(
        0x80 | (block is not None),
        _SENDER_REPORT,
        (_SENDER_PACKET.size + len(received)) // 4 - 1,
        report.ssrc,
        seconds % _UINT32,
        fraction,
        report.rtp_time,
        report.packets % _UINT32,
        report.octets % _UINT32,
    )
    return sender + received + _source_description(report.ssrc, cname)


def build_receiver_report(ssrc: int, block: ReportBlock | None, cname: str) -> bytes:
    """Write a compound packet of the receiver `ssrc`: what it has got of one source, if anything, and its CNAME."""
    body = _SSRC.pack(ssrc) + _report_block(block)
    header = _HEADER.pack(0x80 | (block is not None), _RECEIVER_REPORT, len(body) // 4)
    return header + body + _source_description(ssrc, cname)


def _report_block(block: ReportBlock | None) -> bytes:
    if block is None:
        return b""
    lost = max(-_MOST_LOST, min(block.lost, _MOST_LOST)) & 0xFFFFFF
    return _REPORT_BLOCK.pack(
        block.ssrc,
        block.fraction_lost << 24 | lost,
        block.highest_seq % _UINT32,
        block.jitter % _UINT32,
        block.last_report % _UINT32,
        block.since_last_report % _UINT32,
    )


def _source_description(ssrc: int, cname: str) -> bytes:
    name = cname.encode()
    chunk = _SSRC.pack(ssrc) + bytes((_CNAME_ITEM, len(name))) + name
    chunk += bytes(4 - len(chunk) % 4)
    return _HEADER.pack(0x81, _SOURCE_DESCRIPTION, len(chunk) // 4) + chunk


def ntp_seconds(utc: datetime) -> float:
    """Return the seconds since 1900 of an aware time."""
    return (utc - NTP_EPOCH).total_seconds()
