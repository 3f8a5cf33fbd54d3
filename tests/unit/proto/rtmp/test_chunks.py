"""Chunks put together to messages."""

from __future__ import annotations

import pytest

from bridge.core.errors import WireError
from bridge.proto.rtmp.chunks import MOST_CHUNK_STREAMS, MOST_MESSAGE_BYTES, ChunkReader, Message, render
from tests.unit.proto.rtmp.wire import basic, chunks, continued


def read(*parts):
    reader = ChunkReader()
    return [message for part in parts for message in reader.receive(part)]


def test_long_message_comes_in_chunks():
    body = bytes(range(256)) * 2
    assert read(chunks(4, 9, body, time_ms=7, stream_id=1)) == [Message(9, 1, 7, body)]


def test_messages_of_different_chunk_streams_may_be_mixed():
    video, sound = chunks(6, 9, b"v" * 200), chunks(4, 8, b"s" * 100)
    assert read(video[:140], sound, video[140:]) == [Message(8, 0, 0, b"s" * 100), Message(9, 0, 0, b"v" * 200)]


@pytest.mark.parametrize("csid", [3, 63, 64, 319, 320, 65599])
def test_chunk_streams_have_numbers_of_one_two_or_three_bytes(csid):
    assert read(chunks(csid, 9, b"v" * 200)) == [Message(9, 0, 0, b"v" * 200)]


def test_short_headers_add_to_the_time_and_keep_the_rest():
    data = chunks(4, 8, b"one", time_ms=100, stream_id=1)
    data += basic(1, 4) + b"\x00\x00\x14\x00\x00\x04\x09" + b"four"
    data += basic(2, 4) + b"\x00\x00\x05" + b"five"
    data += basic(3, 4) + b"next"
    assert read(data) == [
        Message(8, 1, 100, b"one"),
        Message(9, 1, 120, b"four"),
        Message(9, 1, 125, b"five"),
        Message(9, 1, 130, b"next"),
    ]


def test_time_of_32_bits_stands_behind_every_header():
    late = 0xFFFFFFF0
    data = chunks(4, 9, b"v" * 300, time_ms=late, stream_id=1)
    data += basic(1, 4) + b"\x00\x00\x20\x00\x00\x01\x09" + b"x"
    assert read(data) == [Message(9, 1, late, b"v" * 300), Message(9, 1, 0x10, b"x")]


def test_server_may_change_the_size_of_chunks():
    size = chunks(2, 1, (4096).to_bytes(4, "big"))
    assert read(size + chunks(4, 9, b"v" * 5000, size=4096)) == [Message(9, 0, 0, b"v" * 5000)]


def test_aborted_message_is_forgotten():
    begun = chunks(4, 9, b"v" * 200)[:140]
    abort = chunks(2, 2, (4).to_bytes(4, "big"))
    assert read(begun + abort + chunks(4, 9, b"new")) == [Message(9, 0, 0, b"new")]


def test_empty_message_is_one():
    assert read(chunks(4, 8, b"")) == [Message(8, 0, 0, b"")]


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (basic(3, 4), "does not continue"),
        (basic(2, 4) + bytes(3), "does not continue"),
        (chunks(4, 9, b"v" * 200)[:140] + chunks(4, 9, b"x"), "inside another"),
        (basic(0, 4) + bytes(3) + (MOST_MESSAGE_BYTES + 1).to_bytes(3, "big") + bytes(5), "larger"),
        (chunks(2, 1, bytes(4)), "that size"),
        (chunks(2, 1, b"\xff" * 4), "that size"),
        (chunks(2, 1, b"\x01"), "too short"),
        (b"".join(chunks(csid, 9, b"") for csid in range(3, MOST_CHUNK_STREAMS + 4)), "more than 64"),
    ],
)
def test_what_are_no_chunks_is_refused(data, detail):
    with pytest.raises(WireError, match=detail):
        read(data)


@pytest.mark.parametrize("length", [0, 1, 128, 129, 1000])
def test_what_is_written_is_what_a_server_would_write(length):
    message = Message(20, 1, 0, b"m" * length)
    expected = chunks(3, 20, message.body, stream_id=1)
    assert render(message, chunk_stream=3) == (expected if length else expected[: 12 + length])
    assert continued(3, b"") == b""
