"""WebSockets: the RFC's own examples (sections 1.3 and 5.7), and every rule that a client can break."""

import pytest

from bridge.proto.http import websocket
from bridge.proto.http.head import parse_head
from bridge.proto.http.websocket import BrokenFrame, Close, CloseCode, FrameReader, HandshakeRefused, Opcode, Ping

SUBPROTOCOL = "rtsp.onvif.org"
MASK = bytes.fromhex("37fa213d")
FIELDS = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": SUBPROTOCOL,
    "Sec-WebSocket-Version": "13",
}


def head_with(method="GET", **changes):
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return parse_head("\r\n".join([f"{method} /webSocketServer HTTP/1.1", *lines]).encode())


def masked(payload, opcode=Opcode.BINARY, *, first=0x80):
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    body = bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))
    return bytes([first | opcode]) + length + MASK + body


def events(*frames):
    return list(FrameReader().receive(b"".join(frames)))


def test_the_handshake_of_the_rfc():
    head = head_with()
    assert websocket.is_wanted(head, SUBPROTOCOL)
    assert websocket.accept(head, SUBPROTOCOL) == (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        b"Sec-WebSocket-Protocol: rtsp.onvif.org\r\n\r\n"
    )


def test_other_requests_want_no_websocket():
    assert not websocket.is_wanted(head_with(Upgrade=None), SUBPROTOCOL)
    assert not websocket.is_wanted(head_with(Sec_WebSocket_Protocol="chat"), SUBPROTOCOL)
    assert websocket.is_wanted(head_with(Sec_WebSocket_Protocol="chat, RTSP.onvif.org"), SUBPROTOCOL)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (head_with(Sec_WebSocket_Version="8"), b"426"),
        (head_with(Sec_WebSocket_Version=None), b"426"),
        (head_with(Sec_WebSocket_Key=None), b"400"),
        (head_with(Sec_WebSocket_Key="c2hvcnQ="), b"400"),
        (head_with(Sec_WebSocket_Key="no base64 at all"), b"400"),
        (head_with(Connection="keep-alive"), b"400"),
        (head_with(method="POST"), b"400"),
    ],
)
def test_a_bad_handshake_is_refused(head, status):
    with pytest.raises(HandshakeRefused) as caught:
        websocket.accept(head, SUBPROTOCOL)
    assert caught.value.response.startswith(b"HTTP/1.1 " + status)


def test_the_frames_of_the_rfc():
    assert events(bytes.fromhex("818537fa213d7f9f4d5158")) == [b"Hello"]
    assert events(bytes.fromhex("898537fa213d7f9f4d5158")) == [Ping(b"Hello")]
    assert websocket.header(5, Opcode.PONG) + b"Hello" == bytes.fromhex("8a0548656c6c6f")


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, "8200"), (125, "827d"), (126, "827e007e"), (65535, "827effff"), (65536, "827f0000000000010000")],
)
def test_headers_have_the_shortest_length(size, header):
    assert websocket.header(size).hex() == header


def test_fragments_come_out_as_they_arrive_and_control_frames_stand_between():
    found = events(
        masked(b"one", Opcode.TEXT, first=0),
        masked(b"ping", Opcode.PING),
        masked(b"", Opcode.CONTINUATION, first=0),
        masked(b"pong", Opcode.PONG),
        masked(b"two", Opcode.CONTINUATION),
        masked(b"three"),
    )
    assert found == [b"one", Ping(b"ping"), b"two", b"three"]


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x03\xe8bye", b"\x0f\xa0"])
def test_a_close_frame_gives_its_payload(payload):
    assert events(masked(payload, Opcode.CLOSE)) == [Close(payload)]


def test_a_closing_frame_says_why():
    assert websocket.close_frame(CloseCode.TOO_BIG) == b"\x88\x02\x03\xf1"


@pytest.mark.parametrize(
    ("frames", "detail"),
    [
        (b"\x82\x01x", "not masked"),
        (masked(b"x", first=0xC0), "reserved"),
        (masked(b"x", 0x3), "no known kind"),
        (masked(b"x", 0xB), "no known kind"),
        (masked(b"x", Opcode.PING, first=0), "fragmented"),
        (masked(b"x" * 126, Opcode.PING), "too long"),
        (masked(b"x", Opcode.CONTINUATION), "wrong place"),
        (masked(b"x", first=0) + masked(b"y"), "wrong place"),
        (masked(b"\x03", Opcode.CLOSE), "no valid code"),
        (masked(b"\x03\xed", Opcode.CLOSE), "no valid code"),
    ],
)
def test_a_broken_rule_ends_it(frames, detail):
    with pytest.raises(BrokenFrame, match=detail) as caught:
        events(frames)
    assert caught.value.code is CloseCode.PROTOCOL_ERROR


@pytest.mark.parametrize("size", [websocket.MOST_PAYLOAD_BYTES + 1, 1 << 63])
def test_a_frame_that_is_too_long_is_not_waited_for(size):
    with pytest.raises(BrokenFrame) as caught:
        events(b"\x82\xff" + size.to_bytes(8, "big"))
    assert caught.value.code is CloseCode.TOO_BIG


def test_what_came_before_the_fault_is_not_lost():
    received = FrameReader().receive(masked(b"good") + b"\x82\x01x")
    assert next(received) == b"good"
    with pytest.raises(BrokenFrame):
        next(received)
