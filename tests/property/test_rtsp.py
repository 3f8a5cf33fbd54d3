from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.proto.http.digest import Authorizer, DigestServer, parse_challenges
from bridge.proto.http.guessing import GuessingBrake
from bridge.proto.rtsp import sdp
from bridge.proto.rtsp.client import ClientConnection, Described, describe
from bridge.proto.rtsp.deframe import Deframer
from bridge.proto.rtsp.headers import Lower, RtspUrl, SessionHeader, Transport, parse_transports
from bridge.proto.rtsp.message import Headers, Request, Response, parse_head
from bridge.proto.rtsp.server import DescribeWanted, Entrance, PlayWanted, ServerConnection, SetupWanted, TrackStart
from bridge.proto.rtsp.session import SessionTable

frames = st.builds(
    lambda channel, payload: b"$" + bytes([channel]) + len(payload).to_bytes(2, "big") + payload,
    st.integers(0, 255),
    st.binary(max_size=40),
)
values = st.text(
    st.characters(min_codepoint=0x20, exclude_characters="\x7f", exclude_categories=["Cs", "Cc"]), max_size=30
).map(str.strip)
header_lines = st.lists(st.tuples(st.sampled_from(["CSeq", "Session", "X-a", "Transport"]), values), max_size=4).map(
    lambda lines: Headers(tuple(lines))
)
requests = st.builds(
    Request,
    st.sampled_from(["OPTIONS", "PLAY", "GET_PARAMETER"]),
    st.sampled_from(["*", "rtsp://h/a/b", "x"]),
    header_lines,
    st.binary(max_size=30),
)
responses = st.builds(Response, st.integers(100, 999), header_lines, st.binary(max_size=30))
messages = st.one_of(requests, responses)
items = st.lists(st.one_of(frames, messages, st.just(b"\r\n")), max_size=8)
cuts = st.lists(st.integers(1, 60), max_size=40)


def split(data, sizes):
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


def collect(reads):
    """Return all events, runs of frames joined where nothing came between, and the error's place."""
    deframer = Deframer()
    found: list[Any] = []
    try:
        for read in reads:
            for event in deframer.receive(read):
                if isinstance(event, bytes) and found and isinstance(found[-1], bytes):
                    found[-1] += event
                else:
                    found.append(event)
    except WireError as error:
        return found, (error.detail, error.offset)
    return found, None


def wire(item):
    return item if isinstance(item, bytes) else item.render()


@given(items, cuts, st.binary(max_size=20))
def test_any_split_gives_the_same_events(things, sizes, tail):
    data = b"".join(map(wire, things)) + tail
    assert collect(split(data, sizes)) == collect([data])


@given(st.binary(max_size=300), cuts)
def test_any_bytes_give_events_or_a_wire_error(data, sizes):
    assert collect(split(data, sizes)) == collect([data])


@given(items)
def test_what_was_sent_is_what_arrives(things):
    expected: list[Any] = []
    for thing in things:
        if thing == b"\r\n":
            continue
        if isinstance(thing, bytes) and expected and isinstance(expected[-1], bytes):
            expected[-1] += thing
        else:
            expected.append(thing)
    found, error = collect([b"".join(map(wire, things))])
    assert error is None
    assert list(map(wire, found)) == list(map(wire, expected))


@given(messages)
def test_rendered_message_is_canonical(message):
    rendered = message.render()
    head, _, body = rendered.partition(b"\r\n\r\n")
    parsed, length = parse_head(head)
    assert length == len(body) == len(message.body)
    assert rendered.startswith(parsed.render().removesuffix(b"\r\n\r\n").partition(b"\r\nContent-Length")[0])


@given(st.text(max_size=80))
def test_header_values_are_read_or_wire_errors(text):
    for parse in (parse_transports, SessionHeader.parse, RtspUrl.parse):
        with suppress(WireError):
            parse(text)


pairs = st.none() | st.integers(0, 254).map(lambda low: (low, low + 1))


@given(
    st.builds(
        Transport,
        st.sampled_from(Lower),
        is_multicast=st.booleans(),
        interleaved=pairs,
        client_port=pairs,
        server_port=pairs,
        ssrc=st.none() | st.integers(0, 2**32 - 1),
        mode=st.sampled_from(["PLAY", "RECORD"]),
    )
)
def test_transport_is_read_as_it_was_rendered(transport):
    assert parse_transports(transport.render()) == (transport,)


sdp_lines = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "m=video 0 RTP/AVP 96",
                "a=control:*",
                "a=rtpmap:96 H264/90000",
                "a=fmtp:96 x=y",
                "b=AS:5",
                "a=framerate:1e9",
            ]
        ),
        st.text(max_size=20),
        st.tuples(
            st.sampled_from(["a=rtpmap:", "a=fmtp:", "m=", "b=TIAS:", "a=framerate:", "a=control:"]),
            st.text(max_size=12),
        ).map("".join),
    ),
    max_size=12,
)


@given(sdp_lines)
def test_session_description_is_read_and_survives_rendering(lines):
    try:
        description = sdp.parse("\r\n".join(lines).encode("utf-8", "surrogatepass"))
    except WireError:
        return
    assume(all(medium.protocol and medium.payload_types for medium in description.media))
    again = sdp.parse(sdp.build(description, name="n", address="::1"))
    assert sdp.build(again, name="n", address="::1") == sdp.build(description, name="n", address="::1")


@given(st.binary(max_size=200))
def test_bytes_as_session_description_give_a_wire_error_at_most(data):
    with suppress(WireError):
        sdp.parse(data)


@given(st.text(max_size=40), st.text(max_size=40))
def test_control_urls_resolve_or_are_wire_errors(base, control):
    with suppress(WireError):
        sdp.resolve(base, control)


class Everybody:
    def find(self, username):
        return User(username, Secret("p"), UserLevel.USER)


def serve(reads):
    """Return all that a server sends in answer to the reads, with a shell that grants everything."""
    numbers = count(1)
    connection = ServerConnection(
        SessionTable(lambda: str(next(numbers))),
        digest=DigestServer("r", key=b"k"),
        entrance_of=lambda _path: Entrance(Everybody()),
        brake=GuessingBrake(),
        address="192.0.2.7",
    )
    output = b""
    for read in reads:
        for event in connection.receive(read, 0.0):
            match event:
                case DescribeWanted():
                    connection.described(b"v=0\r\n")
                case SetupWanted():
                    connection.set_up(event, event.transport, 0.0)
                case PlayWanted():
                    connection.play(event, [TrackStart(0, 1, 2)], datetime(2024, 1, 1, tzinfo=UTC))
            output += connection.bytes_to_send()
        output += connection.bytes_to_send()
        if connection.is_closing:
            break
    return output


AUTHORIZER = Authorizer("alice", Secret("p"))
AUTHORIZER.answer(parse_challenges(DigestServer("r", key=b"k").challenges(0.0, algorithms=("MD5",), qop=False)))
signed = st.builds(
    lambda method, url, lines: Request(
        method, url, Headers((("CSeq", "1"), *lines, ("Authorization", AUTHORIZER.header(method, url, "") or "")))
    ).render(),
    st.sampled_from(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "GET_PARAMETER", "TEARDOWN", "FLY"]),
    st.sampled_from(["rtsp://h/a", "rtsp://h/a/track1", "rtsp://h/a/track2", "rtsp://h/b", "*", "rtsp://[", "\x85"]),
    st.lists(
        st.sampled_from(
            [
                ("Session", "1"),
                ("Session", "2"),
                ("Session", ""),
                ("Transport", "RTP/AVP/TCP;interleaved=0-1"),
                ("Transport", "RTP/AVP;client_port=1-2"),
                ("Transport", "RTP/AVP;client_port=x"),
                ("Require", "x"),
                ("Range", "npt=0-"),
            ]
        ),
        max_size=3,
    ),
)


@given(st.lists(st.one_of(signed, frames), max_size=10), cuts, st.binary(max_size=10))
def test_server_answers_the_same_however_the_bytes_are_split(things, sizes, tail):
    data = b"".join(things) + tail
    assert serve(split(data, sizes)) == serve([data])


@given(st.lists(st.one_of(responses.map(wire), requests.map(wire), frames), max_size=6), st.binary(max_size=50))
def test_client_takes_any_bytes_or_raises_a_wire_error(things, tail):
    client = ClientConnection(Authorizer("u", Secret("p")), lambda: "c")
    client.send(describe("rtsp://h/a"))
    with suppress(WireError):
        for event in client.receive(b"".join(things) + tail):
            if not isinstance(event, bytes):
                stage = Described.of(event)
                stage.ready(event).with_track(event)
