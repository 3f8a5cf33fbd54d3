"""Request heads: what is plain is read, and what is odd is left to the web server."""

import pytest

from bridge.proto.http.head import may_become_head, parse_head, refusal, response


def test_a_head_is_method_and_fields():
    head = parse_head(b"GET /cam/main?x HTTP/1.1\r\nHost: bridge:80\r\nX-SessionCookie:\t abc \r\nEmpty:")
    assert head is not None
    assert head.method == "GET"
    assert head.fields == {"host": "bridge:80", "x-sessioncookie": "abc", "empty": ""}


def test_words_are_found_over_several_fields_and_in_any_case():
    head = parse_head(b"GET / HTTP/1.1\r\nConnection: keep-alive , Upgrade\r\nCONNECTION: ,More")
    assert head is not None
    assert head.words("connection") == {"keep-alive", "upgrade", "more"}
    assert head.words("upgrade") == frozenset()


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"GET /",
        b"GET / RTSP/1.0",
        b"GET / HTTP/2.0",
        b"get / HTTP/1.1",
        b"GET  / HTTP/1.1",
        b"GET / HTTP/1.1\r\nno field",
        b"GET / HTTP/1.1\r\nA: 1\r\n folded",
        b"GET / HTTP/1.1\r\nA : 1",
        b"GET / HTTP/1.1\r\nA: 1\nB: 2",
        b"\xff\xfe",
    ],
)
def test_what_is_odd_is_no_head(odd):
    assert parse_head(odd) is None


def test_every_beginning_of_a_head_may_become_one():
    head = b"GET /cam/main?x HTTP/1.0\r\nHost: bridge:80\r\nX: \xe9\r\n\r\n"
    assert all(may_become_head(head[:size]) for size in range(len(head)))


@pytest.mark.parametrize(
    "begun",
    [
        b"\x16\x03\x01",
        b"\0",
        b"\xff\xfe",
        b"get",
        b"GARBAGE\r\n",
        b"GET /\r\n",
        b"GET / RTSP",
        b"GET / HTTP/1.0\n\n",
        b"GET / HTTP/1.0\r\nA: 1\nB",
        b"GET / HTTP/1.0\r\nA: 1\rB",
        b"GET / HTTP/1.0\r\nA: \0",
    ],
)
def test_what_cannot_become_a_head_is_known_at_once(begun):
    assert not may_become_head(begun)


def test_a_head_shows_no_values():
    assert "secret" not in repr(parse_head(b"GET / HTTP/1.1\r\nAuthorization: secret"))


def test_responses_without_a_body():
    assert response("200 OK", ("A", "b")) == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
    assert refusal("404 Not Found") == b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
