import pytest

from bridge.core.errors import WireError
from bridge.proto.rtsp.message import Headers, Request, Response, cseq_of, parse_head


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        (b"OPTIONS * RTSP/1.0\r\nCSeq: 1", b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
        (b"  PLAY   rtsp://h/a b   RTSP/1.0  \ncseq:2\n", b"PLAY rtsp://h/a b RTSP/1.0\r\ncseq: 2\r\n\r\n"),
        (b"PLAY u RTSP/1.0\r\nRange: npt=\r\n\t0-", b"PLAY u RTSP/1.0\r\nRange: npt= 0-\r\n\r\n"),
        (b"RTSP/1.0 200", b"RTSP/1.0 200 OK\r\n\r\n"),
        (b"RTSP/1.0  404  Stream Not Found\r\nCSeq : 7", b"RTSP/1.0 404 Stream Not Found\r\nCSeq: 7\r\n\r\n"),
        (b"RTSP/1.0 299 ", b"RTSP/1.0 299 Unknown\r\n\r\n"),
        (b"OPTIONS * RTSP/1.0\r\nUser-Agent: caf\xe9", b"OPTIONS * RTSP/1.0\r\nUser-Agent: caf\xe9\r\n\r\n"),
    ],
)
def test_untidy_messages_are_read_and_rendered_tidily(head, canonical):
    message, length = parse_head(head.removesuffix(b"\n"))
    assert message.render() == canonical
    assert length == 0


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1",
        b"OPTIONS RTSP/1.0",
        b"RTSP/1.0 20 OK",
        b"R\xc3\x89AD * RTSP/1.0",
        b"OPTIONS a\rb RTSP/1.0",
        b"OPTIONS * RTSP/1.0\r\nno colon",
        b"OPTIONS * RTSP/1.0\r\n: no name",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\rX: 2",
        b"OPTIONS * RTSP/1.0\r\nA: \x00",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: -1",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 5\r\nContent-Length: 6",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 65537",
        b"OPTIONS * RTSP/1.0" + b"\r\nA: b" * 101,
    ],
)
def test_broken_messages_are_wire_errors(head):
    with pytest.raises(WireError):
        parse_head(head)


def test_header_names_match_in_any_case_and_may_repeat():
    headers = Headers((("WWW-Authenticate", "a"), ("www-authenticate", "b")))
    assert headers.get("Www-Authenticate") == "a"
    assert headers.all("WWW-AUTHENTICATE") == ("a", "b")
    assert headers.get("Session") is None


def test_values_of_headers_are_not_shown():
    assert "secret" not in repr(Request("PLAY", "u", Headers((("Authorization", "secret"),))))


@pytest.mark.parametrize("line", [("A b", "c"), ("A", "b\r\nC: d"), ("", "x")])
def test_header_that_would_break_out_of_its_line_cannot_be_made(line):
    with pytest.raises(ValueError, match="header"):
        Headers((line,))


def test_first_line_with_a_line_break_is_not_sent():
    with pytest.raises(ValueError, match="control"):
        Request("PLAY", "u\r\nX: y").render()


def test_body_gets_its_length():
    assert Response(200, Headers((("Content-Length", "99"),)), b"body").render() == (
        b"RTSP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    )


@pytest.mark.parametrize(("value", "number"), [("12", 12), (" 3 ", 3), ("x", None), ("-1", None), ("", None)])
def test_sequence_number_is_read_or_none(value, number):
    assert cseq_of(Request("OPTIONS", "*", Headers((("CSeq", value),)))) == number
