import pytest

from bridge.core.errors import WireError
from bridge.proto.rtsp.deframe import MOST_HEAD_BYTES, Deframer
from bridge.proto.rtsp.message import Request, Response


def frame(channel, payload):
    return b"$" + bytes([channel]) + len(payload).to_bytes(2, "big") + payload


def receive(*reads):
    deframer = Deframer()
    return [event for data in reads for event in deframer.receive(data)]


def test_frames_of_one_read_come_as_one_run_without_a_copy():
    data = frame(0, b"a" * 1400) * 10
    (run,) = receive(data)
    assert run is data


def test_frames_and_messages_are_told_apart():
    events = receive(frame(0, b"x") + b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n" + frame(1, b"") + b"PLAY u RTSP/1.0\n\n")
    assert [type(event) for event in events] == [bytes, Response, bytes, Request]


def test_unfinished_frame_waits_for_its_rest():
    data = frame(0, b"abc") + frame(2, b"defgh")
    deframer = Deframer()
    assert list(deframer.receive(data[:9])) == [data[:7]]
    assert list(deframer.receive(data[9:12])) == []
    assert list(deframer.receive(data[12:])) == [data[7:]]


def test_frame_that_lies_about_its_length_only_waits():
    assert receive(b"$\x00\xff\xff" + b"x" * 1000) == []


def test_body_follows_its_message():
    (first, second) = receive(b"RTSP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n$\r\n", b"$OPTIONS * RTSP/1.0\r\n\r\n")
    assert first.body == b"$\r\n$"
    assert second.method == "OPTIONS"


def test_line_ends_between_messages_are_skipped():
    (event,) = receive(b"\r\n\r\n\n", b"\r\nOPTIONS * RTSP/1.0\r\n\r\n\r\n")
    assert event.method == "OPTIONS"


@pytest.mark.parametrize("garbage", [b"\x80\x60", b"\x00", b" OPTIONS", b"\xc3\xa9"])
def test_garbage_is_a_wire_error_that_tells_where(garbage):
    deframer = Deframer()
    assert list(deframer.receive(frame(0, b"12345678"))) == [frame(0, b"12345678")]
    with pytest.raises(WireError) as caught:
        list(deframer.receive(garbage))
    assert caught.value.offset == 12


def test_broken_message_tells_where_it_began():
    deframer = Deframer()
    events = deframer.receive(b"OPTIONS * RTSP/1.0\r\n\r\nnonsense\r\n\r\n")
    assert isinstance(next(events), Request)
    with pytest.raises(WireError) as caught:
        next(events)
    assert caught.value.offset == 22


@pytest.mark.parametrize("chunk", [1, 100, 10**6])
def test_head_without_end_is_refused_before_it_grows(chunk):
    data = b"OPTIONS * RTSP/1.0\r\nX: " + b"y" * 2 * MOST_HEAD_BYTES
    deframer = Deframer()

    def feed():
        for at in range(0, len(data), chunk):
            list(deframer.receive(data[at : at + chunk]))

    with pytest.raises(WireError):
        feed()
    assert len(deframer._buffer) <= MOST_HEAD_BYTES + 4 + chunk
