"""The client's side of RTMP against scripted bytes."""

from __future__ import annotations

import pytest

from bridge.core.errors import WireError
from bridge.proto.flv import amf0
from bridge.proto.flv.tags import Tag, TagKind
from bridge.proto.rtmp.chunks import ChunkReader
from bridge.proto.rtmp.client import NONCE_BYTES, Ended, PlayConnection, Refused, RtmpUrl
from tests.unit.media.flv_file import tag
from tests.unit.proto.rtmp.wire import CONNECTED, CREATED, GREETING, NULL, STARTED, chunks, info, number, status, text

URL = RtmpUrl.parse("rtmp://cam:1936/live/main/1?channel=0")
NONCE = b"n" * NONCE_BYTES
ECHO = GREETING[1:]


class Client:
    """The connection with what it sent taken apart."""

    def __init__(self, *received):
        self.connection = PlayConnection(URL, NONCE)
        self.greeting = self.connection.bytes_to_send()
        self.reader = ChunkReader()
        self.events = []
        self.messages = []
        self.take(GREETING)
        self.echo = self.connection.bytes_to_send()
        for data in (ECHO, *received):
            self.take(data)
            self.look()

    def take(self, data):
        self.events += self.connection.receive(data)

    def look(self):
        self.messages += self.reader.receive(self.connection.bytes_to_send())

    def commands(self):
        return [amf0.decode(message.body) for message in self.messages if message.kind == 20]

    def controls(self):
        return [(message.kind, message.body) for message in self.messages if message.kind != 20]


def test_handshake_and_commands_up_to_the_stream():
    client = Client(CONNECTED, CREATED, STARTED)
    assert client.greeting == b"\x03" + bytes(8) + NONCE
    assert client.echo == ECHO
    connect, create, play = client.commands()
    assert connect[:2] == ("connect", 1.0)
    assert connect[2]["app"] == "live"
    assert connect[2]["tcUrl"] == "rtmp://cam:1936/live"
    assert create == ("createStream", 2.0, None)
    assert play == ("play", 3.0, None, "main/1?channel=0", -2000.0)
    assert client.messages[-2].stream_id == 5
    assert client.controls() == [(4, b"\x00\x03\x00\x00\x00\x05\x00\x00\x03\xe8")]
    assert client.events == []


def test_media_and_data_come_out_as_tags():
    client = Client(CONNECTED + CREATED + STARTED)
    client.take(chunks(4, 9, b"video", time_ms=5, stream_id=5) + chunks(4, 8, b"sound", time_ms=6, stream_id=5))
    client.take(chunks(4, 18, b"data", time_ms=7, stream_id=5) + chunks(4, 15, b"AMF3 data"))
    assert client.events == [
        Tag(TagKind.VIDEO, 5, b"video"),
        Tag(TagKind.AUDIO, 6, b"sound"),
        Tag(TagKind.SCRIPT, 7, b"data"),
    ]


def test_aggregate_holds_tags_whose_times_follow_the_message():
    client = Client(CONNECTED + CREATED)
    client.take(chunks(4, 22, tag(9, 1000, b"video") + tag(8, 1020, b"sound"), time_ms=50))
    assert client.events == [Tag(TagKind.VIDEO, 50, b"video"), Tag(TagKind.AUDIO, 70, b"sound")]


def test_pings_are_answered_and_other_events_are_not():
    client = Client(CONNECTED, chunks(2, 4, b"\x00\x06time"), chunks(2, 4, b"\x00\x00\x00\x00\x00\x05"))
    assert client.controls() == [(4, b"\x00\x07time")]


def test_bandwidth_is_answered_and_what_is_received_is_acknowledged():
    window = chunks(2, 5, (4000).to_bytes(4, "big"))
    client = Client(window, chunks(2, 6, (9999).to_bytes(4, "big") + b"\x02"), chunks(4, 9, b"v" * 3000))
    (bandwidth, window_bytes), (acknowledgement, received) = client.controls()
    assert (bandwidth, int.from_bytes(window_bytes, "big")) == (5, 2_500_000)
    assert acknowledgement == 3
    assert int.from_bytes(received, "big") > 4000


@pytest.mark.parametrize(
    ("received", "event"),
    [
        (
            chunks(3, 20, text("_error") + number(1) + NULL + info(code="C.Rejected", description="no")),
            Refused("C.Rejected", "no"),
        ),
        (chunks(3, 20, text("_error") + number(2)), Refused("", "")),
        (status("NetStream.Play.StreamNotFound", "error"), Refused("NetStream.Play.StreamNotFound", "words")),
        (status("NetStream.Play.Failed", "error", kind=17), Refused("NetStream.Play.Failed", "words")),
        (status("NetStream.Play.Stop"), Ended("NetStream.Play.Stop")),
        (status("NetStream.Play.UnpublishNotify"), Ended("NetStream.Play.UnpublishNotify")),
        (chunks(3, 20, text("close") + number(0) + NULL), Ended("close")),
    ],
)
def test_server_that_will_not_go_on_says_so(received, event):
    assert Client(CONNECTED, CREATED, received).events == [event]


@pytest.mark.parametrize(
    "received",
    [
        status("NetStream.Play.Reset"),
        chunks(3, 20, text("onBWDone") + number(0) + NULL),
        chunks(3, 20, text("_error") + number(9) + NULL),
        chunks(3, 20, b""),
        chunks(3, 20, text("lonely")),
    ],
)
def test_other_commands_are_not_noticed(received):
    assert Client(CONNECTED, CREATED, received).events == []


def test_leaving_ends_the_stream_once():
    client = Client(CONNECTED, CREATED)
    client.connection.leave()
    client.connection.leave()
    client.look()
    assert client.commands()[3:] == [("deleteStream", 0.0, None, 5.0)]
    Client().connection.leave()


@pytest.mark.parametrize(("data", "detail"), [(b"HTTP/1.1 400", "version"), (GREETING + ECHO + b"\xc4", "continue")])
def test_what_is_no_rtmp_is_refused(data, detail):
    with pytest.raises(WireError, match=detail):
        list(PlayConnection(URL, NONCE).receive(data))


@pytest.mark.parametrize("answer", [text("five"), number(-1), b""])
def test_stream_without_a_number_is_refused(answer):
    with pytest.raises(WireError, match="no number"):
        Client(CONNECTED, chunks(3, 20, text("_result") + number(2) + NULL + answer))


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("rtmp://cam/live/main", ("cam", 1935, "live", "main", "rtmp://cam/live")),
        ("rtmp://[::1]:99/a/b/c?d=/e", ("::1", 99, "a", "b/c?d=/e", "rtmp://[::1]:99/a")),
        ("rtmp://[fe80::1]/a/b", ("fe80::1", 1935, "a", "b", "rtmp://[fe80::1]/a")),
    ],
)
def test_url_is_taken_apart(url, parts):
    found = RtmpUrl.parse(url)
    assert (found.host, found.port, found.app, found.stream, found.tc_url) == parts


@pytest.mark.parametrize(
    "url",
    ["http://cam/a/b", "rtmp://cam/a", "rtmp:///a/b", "rtmp://u:p@cam/a/b", "rtmp://cam:0/a/b", "rtmp://c:99999/a/b"],
)
def test_url_of_another_form_is_refused(url):
    with pytest.raises(ValueError, match="rtmp://host"):
        RtmpUrl.parse(url)
