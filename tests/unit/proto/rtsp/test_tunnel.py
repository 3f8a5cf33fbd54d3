"""What is posted into a tunnel: base64 as clients really write it."""

import base64

import pytest

from bridge.core.errors import WireError
from bridge.proto.rtsp.tunnel import Base64Stream, DownAnswer, DownReader, TunnelEnd

REQUEST = b"OPTIONS rtsp://bridge/cam/main RTSP/1.0\r\nCSeq: 1\r\n\r\n"


def test_messages_are_padded_one_by_one():
    messages = [REQUEST[:size] for size in (20, 21, 22)]
    text = b"".join(map(base64.b64encode, messages))
    assert Base64Stream().receive(text) == b"".join(messages)


def test_lines_are_broken_anywhere():
    text = base64.b64encode(REQUEST)
    assert Base64Stream().receive(b"\r\n".join([text[:1], text[1:7], b"", b" \t", text[7:]])) == REQUEST


def test_a_quad_may_arrive_in_pieces():
    stream = Base64Stream()
    assert [stream.receive(bytes([byte])) for byte in b"QUJD\nREU="] == [*[b""] * 3, b"ABC", *[b""] * 4, b"DE"]


@pytest.mark.parametrize("text", [b"A===", b"====", b"AA=A", b"=AAA", b"A-_A", b"OPTIONS *", b"\xff" * 4])
def test_what_is_no_base64_is_an_error(text):
    with pytest.raises(WireError, match="no base64"):
        Base64Stream().receive(text)


END = TunnelEnd("cam:80", "/live?a=b", "c00kie")


def test_client_asks_for_both_ways_with_one_cookie():
    down, up = (request.split(b"\r\n") for request in (END.down_request(None), END.up_request("Basic eA==")))
    assert (down[0], up[0]) == (b"GET /live?a=b HTTP/1.0", b"POST /live?a=b HTTP/1.0")
    assert {b"Host: cam:80", b"x-sessioncookie: c00kie"} <= set(down) & set(up)
    assert b"Accept: application/x-rtsp-tunnelled" in down
    assert {b"Content-Type: application/x-rtsp-tunnelled", b"Content-Length: 32767"} <= set(up)
    assert b"Authorization: Basic eA==" in up
    assert not any(line.startswith(b"Authorization") for line in down)
    assert down[-2:] == up[-2:] == [b"", b""]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_answer_is_read_in_pieces(end):
    lines = [
        b"HTTP/1.1 401 Unauthorized",
        b"WWW-Authenticate: Basic realm=x",
        b"www-authenticate:Digest y",
        b"",
        b"rest",
    ]
    answer = end.join(lines)
    whole = DownReader().receive(answer)
    assert whole == DownAnswer(401, ("Basic realm=x", "Digest y"), b"rest")
    reader = DownReader()
    head = len(answer) - len(b"rest")
    assert [reader.receive(answer[at : at + 1]) for at in range(head - 1)] == [None] * (head - 1)
    assert reader.receive(answer[head - 1 :]) == whole


@pytest.mark.parametrize("data", [b"RTSP/1.0 200 OK\r\n\r\n", b"\r\n\r\n", b"x" * 20000])
def test_answer_that_is_no_http_is_refused(data):
    with pytest.raises(WireError, match="answer"):
        DownReader().receive(data)
