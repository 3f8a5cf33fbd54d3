"""Tunnels over all inputs: any split of the bytes gives the same, and nothing raises what it does not announce."""

import base64
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.http.head import parse_head
from bridge.proto.http.websocket import BrokenFrame, Close, FrameReader, Opcode, Ping
from bridge.proto.rtsp.tunnel import Base64Stream

cuts = st.lists(st.integers(0, 2000), max_size=20)


def pieces(data, cuts):
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return [data[start:end] for start, end in pairwise(places)]


@given(st.lists(st.binary(max_size=100)), cuts, st.sampled_from([b"", b"\n", b"\r\n\t "]))
def test_posted_messages_come_out_whatever_the_cuts_and_line_breaks(messages, cuts, line_break):
    stream = Base64Stream()
    text = b"".join(map(base64.b64encode, messages))
    received = [stream.receive(line_break + piece) for piece in pieces(text, cuts)]
    assert b"".join(received) == b"".join(messages)


@given(st.lists(st.binary(max_size=50)))
def test_anything_posted_is_decoded_or_refused(chunks):
    stream = Base64Stream()
    try:
        for chunk in chunks:
            stream.receive(chunk)
    except WireError:
        return


@st.composite
def frames(draw):
    opcode = draw(st.sampled_from([Opcode.BINARY, Opcode.TEXT, Opcode.PING, Opcode.PONG]))
    payload = draw(st.binary(max_size=300 if not opcode.is_control else 125))
    mask = draw(st.binary(min_size=4, max_size=4))
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return opcode, payload, bytes([0x80 | opcode]) + length + mask + body


@given(st.lists(frames(), max_size=8), cuts)
def test_frames_come_out_whatever_the_cuts(sent, cuts):
    reader = FrameReader()
    stream = b"".join(frame for _, _, frame in sent)
    found = [event for piece in pieces(stream, cuts) for event in reader.receive(piece)]
    wanted = [
        Ping(payload) if opcode is Opcode.PING else payload
        for opcode, payload, _ in sent
        if opcode is Opcode.PING or (payload and opcode is not Opcode.PONG)
    ]
    assert found == wanted


@given(st.lists(st.binary(max_size=50)))
def test_anything_is_frames_or_broken(chunks):
    reader = FrameReader()
    try:
        events = [event for chunk in chunks for event in reader.receive(chunk)]
    except BrokenFrame:
        return
    assert all(isinstance(event, bytes | Ping | Close) for event in events)


@given(st.binary(max_size=200))
def test_anything_is_a_head_or_none(data):
    parse_head(b"GET / HTTP/1.1\r\n" + data)
    parse_head(data)
