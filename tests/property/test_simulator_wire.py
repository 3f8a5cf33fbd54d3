"""The simulators' wire formats, whatever bytes come."""

from __future__ import annotations

import struct
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.simulators.wire.digest import DigestGuard, parse_parameters
from bridge.simulators.wire.message import BadRequest, Request, RequestReader, parse_head
from bridge.simulators.wire.rtp import PAYLOAD_LIMIT_BYTES, RtpStream, aac_payload, h264_payloads, h265_payloads
from bridge.simulators.wire.transport import choose_transport

TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:.-_=", min_size=1, max_size=40)
METHODS = st.sampled_from(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER"])
HEADER_NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).filter(lambda n: n != "content-length")
REQUESTS = st.builds(
    Request, METHODS, TOKENS, st.dictionaries(HEADER_NAMES, TOKENS, max_size=5), st.binary(max_size=100)
)
FRAMES = st.binary(max_size=50).map(lambda packet: b"$" + struct.pack("!BH", 1, len(packet)) + packet)


def rendered(request: Request) -> bytes:
    headers = {**request.headers, **({"Content-Length": str(len(request.body))} if request.body else {})}
    lines = [f"{request.method} {request.url} RTSP/1.0", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


def read_all(pieces: list[bytes]) -> list[tuple[str, str, bytes]]:
    reader = RequestReader()
    found = []
    for piece in pieces:
        reader.feed(piece)
        while (request := reader.next_request()) is not None:
            found.append((request.method, request.url, request.body))
    return found


@given(st.lists(st.one_of(REQUESTS, FRAMES), max_size=6), st.lists(st.integers(1, 60), max_size=20))
def test_requests_are_found_between_packets_however_the_bytes_are_cut(items, sizes):
    stream = b"".join(item if isinstance(item, bytes) else rendered(item) for item in items)
    cuts = [0, *(cut for cut in accumulate(sizes) if cut < len(stream)), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(cuts)]
    expected = [(item.method, item.url, item.body) for item in items if isinstance(item, Request)]
    assert read_all(pieces) == expected
    assert read_all([stream]) == expected


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=100).map(lambda tail: b"PLAY * RTSP/1.0\r\n" + tail)))
def test_any_other_bytes_are_incomplete_or_a_bad_request(data):
    reader = RequestReader()
    reader.feed(data + b"\r\n\r\n")
    try:
        while reader.next_request() is not None:
            pass
    except BadRequest:
        pass


@pytest.mark.parametrize("length", ["-1", "x", "", "65537", "9" * 30, "\u0663"])
def test_unacceptable_content_length_is_a_bad_request(length):
    reader = RequestReader()
    reader.feed(f"PLAY * RTSP/1.0\r\nContent-Length: {length}\r\n\r\n".encode())
    with pytest.raises(BadRequest):
        reader.next_request()


@pytest.mark.parametrize("head", [b"PLAY *", b"play * RTSP/1.0", b"PLAY  RTSP/1.0", b"PLAY * RTSP/1.0\r\nno colon"])
def test_head_that_is_not_rtsp_is_a_bad_request(head):
    with pytest.raises(BadRequest):
        parse_head(head)


@given(st.text(max_size=100))
def test_digest_never_fails_on_strange_values(value):
    guard = DigestGuard("r", {"admin": "p"}.get)
    guard.challenge()
    assert not guard.accepts(f"Digest {value}", "DESCRIBE")
    assert isinstance(parse_parameters(value), dict)


@given(st.text(max_size=80))
def test_transport_header_is_understood_or_declined(value):
    offer = choose_transport(value, free_channel=0)
    assert offer is None or all(0 <= number <= 0xFFFF for number in offer.pair)


@given(st.integers(0, 0xFF), st.integers(0, 0xFFFF))
def test_transport_offers_are_taken_as_they_are(channel, port):
    interleaved = choose_transport(f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel}", free_channel=0)
    assert interleaved is not None
    assert interleaved.pair == (channel, channel)
    udp = choose_transport(f"RTP/AVP;unicast;client_port={port}-{port}", free_channel=0)
    assert (udp is None) == (port == 0)


NAL_SIZES = st.one_of(st.integers(3, 50), st.integers(PAYLOAD_LIMIT_BYTES - 2, 3 * PAYLOAD_LIMIT_BYTES))


@given(st.sampled_from([0x65, 0x41, 0x67]), NAL_SIZES, st.binary(min_size=1, max_size=7))
def test_h264_fragments_join_to_the_same_nal(first, size, pattern):
    nal = bytes((first,)) + (pattern * size)[: size - 1]
    payloads = h264_payloads([nal])
    assert all(len(payload) <= PAYLOAD_LIMIT_BYTES for payload in payloads)
    if len(payloads) == 1:
        assert payloads == [nal]
        return
    assert {payload[0] for payload in payloads} == {first & 0xE0 | 28}
    flags = [payload[1] & 0xE0 for payload in payloads]
    assert flags == [0x80, *[0] * (len(payloads) - 2), 0x40]
    assert bytes((first & 0xE0 | payloads[0][1] & 0x1F,)) + b"".join(payload[2:] for payload in payloads) == nal


@given(st.integers(0, 40), NAL_SIZES, st.binary(min_size=1, max_size=7))
def test_h265_fragments_join_to_the_same_nal(nal_type, size, pattern):
    header = bytes((nal_type << 1, 1))
    nal = header + (pattern * size)[: size - 2]
    payloads = h265_payloads([nal])
    assert all(len(payload) <= PAYLOAD_LIMIT_BYTES for payload in payloads)
    if len(payloads) == 1:
        assert payloads == [nal]
        return
    assert {(payload[0] >> 1, payload[1]) for payload in payloads} == {(49, 1)}
    assert [payload[2] & 0xC0 for payload in payloads] == [0x80, *[0] * (len(payloads) - 2), 0x40]
    assert {payload[2] & 0x3F for payload in payloads} == {nal_type}
    assert header + b"".join(payload[3:] for payload in payloads) == nal


@given(st.binary(min_size=1, max_size=1000))
def test_aac_payload_tells_the_size_of_its_frame(frame):
    payload = aac_payload(frame)
    assert payload[:2] == b"\x00\x10"
    assert int.from_bytes(payload[2:4]) >> 3 == len(frame)
    assert payload[4:] == frame


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 0xFFFF), st.floats(0, 1e7))
def test_packets_count_on_across_access_units_and_the_wrap(units, seq, elapsed_s):
    stream = RtpStream(96, 90000, seq=seq)
    packets = [packet for size in units for packet in stream.packetize([b"payload"] * size, elapsed_s)]
    numbers = [struct.unpack_from("!H", packet, 2)[0] for packet in packets]
    assert numbers == [(seq + index) & 0xFFFF for index in range(len(packets))]
    assert (stream.packets, stream.octets) == (len(packets), 7 * len(packets))
    assert sum(packet[1] >> 7 for packet in packets) == len(units)
