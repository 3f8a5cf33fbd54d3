from itertools import count

import pytest

from bridge.core.errors import WireError
from bridge.core.model import Secret
from bridge.proto.http.digest import Authorizer
from bridge.proto.rtsp import client as module
from bridge.proto.rtsp.client import Answer, ClientConnection, Described, describe
from bridge.proto.rtsp.message import Headers, Request, Response, parse_head

URL = "rtsp://cam/Preview_01_main"
SDP = b"m=video 0 RTP/AVP 96\r\na=control:track1\r\nm=audio 0 RTP/AVP 0\r\na=control:track2\r\n"


def connection():
    numbers = count(1)
    return ClientConnection(Authorizer("admin", Secret("pw")), lambda: f"cnonce{next(numbers)}")


def sent(client):
    data = client.bytes_to_send()
    found = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        found.append(parse_head(head)[0])
    return found


def response(request, status=200, *lines, body=b""):
    return Response(status, Headers((("CSeq", request.headers.get("CSeq")), *lines)), body).render()


def answer(request, status=200, *lines, body=b""):
    return Answer(request, Response(status, Headers(lines), body))


@pytest.mark.parametrize(
    "challenges", [['Digest realm="r", nonce="n"'], ['Basic realm="r"', 'Digest realm="r", nonce="n", qop="auth"']]
)
def test_refused_request_is_repeated_once_with_credentials(challenges):
    client = connection()
    client.send(describe(URL))
    (first,) = sent(client)
    assert first.headers.get("Authorization") is None
    assert list(client.receive(response(first, 401, *(("WWW-Authenticate", line) for line in challenges)))) == []
    (second,) = sent(client)
    assert second.headers.get("Authorization").startswith("Digest ")
    assert second.headers.get("CSeq") == "2"
    (event,) = client.receive(response(second, 200))
    assert event.request == describe(URL)


def test_second_refusal_is_the_answer():
    client = connection()
    client.send(describe(URL))
    refusal = ("WWW-Authenticate", 'Digest realm="r", nonce="n"')
    (request,) = sent(client)
    assert list(client.receive(response(request, 401, refusal))) == []
    (request,) = sent(client)
    (event,) = client.receive(response(request, 401, refusal))
    assert event.response.status == 401


def test_challenge_that_cannot_be_answered_is_the_answer():
    client = connection()
    client.send(describe(URL))
    (request,) = sent(client)
    (event,) = client.receive(response(request, 401))
    assert event.response.status == 401


def test_frames_and_answers_come_in_order():
    client = connection()
    client.send(describe(URL))
    (request,) = sent(client)
    events = list(client.receive(b"$\x00\x00\x01x" + response(request) + b"$\x01\x00\x01y"))
    assert [type(event) for event in events] == [bytes, Answer, bytes]


def test_answer_without_number_belongs_to_the_oldest_request_and_foreign_ones_to_none():
    client = connection()
    client.send(describe(URL))
    assert list(client.receive(b"RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n")) == []
    (event,) = client.receive(b"RTSP/1.0 200\r\n\r\n")
    assert event.request == describe(URL)
    assert list(client.receive(b"RTSP/1.0 200\r\n\r\n")) == []


def test_requests_of_the_server_are_answered():
    client = connection()
    assert list(client.receive(b"OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\nREDIRECT * RTSP/1.0\r\n\r\n")) == []
    options, redirect = sent(client)
    assert (options.status, options.headers.get("CSeq")) == (200, "5")
    assert redirect.status == 501


def test_unanswered_requests_do_not_pile_up():
    client = connection()
    for _ in range(100):
        client.send(describe(URL))
    assert len(client._unanswered) == module.MOST_UNANSWERED


def described(*lines):
    return Described.of(answer(describe(URL), 200, *lines, body=SDP))


@pytest.mark.parametrize(
    ("lines", "base"),
    [
        ((), URL),
        ((("Content-Base", "rtsp://cam/Preview_01_main/"),), "rtsp://cam/Preview_01_main/"),
        ((("Content-Location", "/other/"),), "rtsp://cam/other/"),
    ],
)
def test_base_is_what_the_camera_says(lines, base):
    assert described(*lines).base == base


def test_stages_ask_what_the_standard_wants():
    stage = described(("Content-Base", f"{URL}/"))
    video, audio = stage.description.media
    setup = stage.first_setup(video)
    assert (setup.method, setup.url) == ("SETUP", f"{URL}/track1")
    assert setup.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=0-1"
    ready = stage.ready(
        answer(setup, 200, ("Session", "A;timeout=65"), ("Transport", "RTP/AVP/TCP;unicast;interleaved=4-5"))
    )
    setup = ready.next_setup(audio)
    assert setup.url == f"{URL}/track2"
    assert setup.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=2-3"
    assert setup.headers.get("Session") == "A"
    ready = ready.with_track(answer(setup, 200, ("Transport", "RTP/AVP/TCP")))
    assert ready.channels == ((4, 5), (2, 3))
    play = ready.play()
    assert (play.method, play.url, play.headers.get("Session")) == ("PLAY", f"{URL}/", "A")
    playing = ready.playing()
    assert playing.keep_alive_interval_s == 25.0
    assert playing.keep_alive().method == "GET_PARAMETER"
    assert playing.teardown().method == "TEARDOWN"


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (("Session", "A"),),
        (("Session", ""), ("Transport", "RTP/AVP/TCP")),
        (("Session", "A"), ("Transport", "RTP/AVP;server_port=1-2")),
    ],
)
def test_setup_that_settles_nothing_is_a_wire_error(lines):
    stage = described()
    with pytest.raises(WireError):
        stage.ready(answer(stage.first_setup(stage.description.media[0]), 200, *lines))


@pytest.mark.parametrize(
    ("status", "lines", "method", "is_alive"),
    [
        (200, (), "GET_PARAMETER", True),
        (200, (("Public", "OPTIONS, GET_PARAMETER"),), "GET_PARAMETER", True),
        (200, (("Public", "OPTIONS, PLAY"),), "OPTIONS", True),
        (501, (), "OPTIONS", True),
        (451, (), "OPTIONS", True),
        (454, (), "GET_PARAMETER", False),
    ],
)
def test_keep_alive_suits_the_camera(status, lines, method, is_alive):
    stage = described()
    playing = stage.ready(
        answer(
            stage.first_setup(stage.description.media[0]),
            200,
            ("Session", "A;timeout=10"),
            ("Transport", "RTP/AVP/TCP"),
        )
    ).playing()
    assert playing.keep_alive_interval_s == 4.0
    assert playing.kept_alive(answer(playing.keep_alive(), status, *lines)) is is_alive
    assert playing.keep_alive().method == method


def test_describe_asks_for_sdp():
    assert describe(URL) == Request("DESCRIBE", URL, Headers((("Accept", "application/sdp"),)))


def test_what_describe_requires_setup_and_play_require_after_it():
    asked = describe(URL, require="www.onvif.org/ver20/backchannel")
    stage = Described.of(answer(asked, body=SDP))
    setup = stage.first_setup(stage.description.media[1])
    ready = stage.ready(answer(setup, 200, ("Session", "A"), ("Transport", "RTP/AVP/TCP")))
    for request in (asked, setup, ready.play()):
        assert request.headers.get("Require") == "www.onvif.org/ver20/backchannel"
    assert described().first_setup(stage.description.media[0]).headers.get("Require") is None
    assert ready.playing().keep_alive().headers.get("Require") is None


def test_tracks_over_udp_are_set_up_with_our_ports():
    stage = described(("Content-Base", f"{URL}/"))
    video, audio = stage.description.media
    setup = stage.first_setup(video, client_port=(5000, 5001))
    assert setup.headers.get("Transport") == "RTP/AVP;unicast;client_port=5000-5001"
    ready = stage.ready(answer(setup, 200, ("Session", "A"), ("Transport", "RTP/AVP;unicast;server_port=6000-6001")))
    setup = ready.next_setup(audio, client_port=(5002, 5003))
    ready = ready.with_track(answer(setup, 200, ("Transport", "RTP/AVP/UDP;unicast")))
    assert [transport.server_port for transport in ready.transports] == [(6000, 6001), None]
    assert ready.channels == ()


@pytest.mark.parametrize("transport", ["RTP/AVP/TCP;interleaved=0-1", "RTP/AVP;multicast;port=1-2"])
def test_camera_that_insists_on_another_transport_is_not_understood(transport):
    stage = described()
    setup = stage.first_setup(stage.description.media[0], client_port=(5000, 5001))
    with pytest.raises(WireError, match="not about UDP"):
        stage.ready(answer(setup, 200, ("Session", "A"), ("Transport", transport)))
