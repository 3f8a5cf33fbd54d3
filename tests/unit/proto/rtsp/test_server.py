from datetime import UTC, datetime
from itertools import count

import pytest

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.proto.http.digest import Authorizer, DigestServer, parse_challenges
from bridge.proto.http.guessing import FREE_GUESSES, GuessingBrake
from bridge.proto.rtsp.headers import BACK_CHANNEL_FEATURE, Lower
from bridge.proto.rtsp.message import Response, parse_head
from bridge.proto.rtsp.server import (
    BACK_CHANNEL,
    MOST_SESSIONS_HERE,
    MOST_WRONG_LOGINS,
    BrokenInput,
    DescribeWanted,
    Entrance,
    PacketsReceived,
    PauseWanted,
    PlayWanted,
    ServerConnection,
    SessionEnded,
    SetupWanted,
    TrackStart,
)
from bridge.proto.rtsp.session import GRACE_S, SessionPhase, SessionTable

URL = "rtsp://bridge:8554/cam/main/"
PASSWORD = Secret("pass")
UTC_NOW = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


class Users:
    def __init__(self, *names):
        self.names = names

    def find(self, username):
        return User(username, PASSWORD, UserLevel.USER) if username in self.names else None


EVERYBODY = Users("alice", "bob")
NOBODY = Users()


class Peer:
    """A client and a shell in one: signs requests, answers events as a shell would, reads the replies."""

    def __init__(
        self,
        table,
        username="alice",
        password=PASSWORD,
        digest=None,
        *,
        users_of=lambda _path: EVERYBODY,
        brake=None,
        talk_path=None,
        address="192.0.2.7",
    ):
        self.digest = digest or DigestServer("bridge", key=b"k")
        self.connection = ServerConnection(
            table,
            digest=self.digest,
            entrance_of=lambda path: Entrance(users_of(path)),
            brake=brake or GuessingBrake(),
            address=address,
            features_of=lambda path: frozenset({BACK_CHANNEL_FEATURE} if path == talk_path else ()),
        )
        self.authorizer = Authorizer(username, password)
        self.authorizer.answer(parse_challenges(self.digest.challenges(0.0, algorithms=("MD5",), qop=False)))
        self.cseq = count(1)
        self.events = []

    def raw(self, method, url=URL, *lines, body="", signed=True):
        head = [f"{method} {url} RTSP/1.0", f"CSeq: {next(self.cseq)}", *lines]
        if signed:
            head.append(f"Authorization: {self.authorizer.header(method, url, '')}")
        if body:
            head.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(head) + "\r\n\r\n" + body).encode()

    def feed(self, data, now=0.0):
        for event in self.connection.receive(data, now):
            self.events.append(event)
            match event:
                case DescribeWanted(path) if path == "cam/main":
                    self.connection.described(b"v=0\r\n")
                case DescribeWanted():
                    self.connection.refuse(404, "Not\r\nHere")
                case SetupWanted():
                    self.connection.set_up(event, event.transport, now)
                case PlayWanted(session):
                    starts = [TrackStart(track, 7, 9) for track in sorted(session.tracks) if track != BACK_CHANNEL]
                    self.connection.play(event, starts, UTC_NOW)
        return replies(self.connection.bytes_to_send())

    def ask(self, method, url=URL, *lines, now=0.0, **options):
        (reply,) = self.feed(self.raw(method, url, *lines, **options), now)
        return reply

    def set_up(self, *lines, track=1, transport="RTP/AVP/TCP;unicast;interleaved=0-1", now=0.0):
        return self.ask("SETUP", f"{URL}track{track}", f"Transport: {transport}", *lines, now=now)


def replies(data):
    found = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        message, length = parse_head(head)
        assert isinstance(message, Response)
        found.append(message)
        data = data[length:]
    return found


def session_line(reply):
    return f"Session: {reply.headers.get('Session').partition(';')[0]}"


@pytest.fixture
def table():
    numbers = count(1)
    return SessionTable(lambda: f"session{next(numbers)}", timeout_s=60)


@pytest.fixture
def peer(table):
    return Peer(table)


def test_options_needs_no_credentials_and_lists_the_methods(peer):
    reply = peer.ask("OPTIONS", "*", signed=False)
    assert reply.status == 200
    assert reply.headers.get("Public") == (
        "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
    )


@pytest.mark.parametrize("method", ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN", "GET_PARAMETER"])
def test_everything_else_is_challenged_first(peer, method):
    reply = peer.ask(method, signed=False)
    assert reply.status == 401
    assert reply.headers.get("WWW-Authenticate").startswith('Digest realm="bridge", nonce="')
    assert peer.events == []


def test_stale_nonce_is_challenged_as_stale(table):
    peer = Peer(table, digest=DigestServer("bridge", key=b"k", nonce_life_s=1.0))
    reply = peer.ask("DESCRIBE", now=2.0)
    assert reply.status == 401
    assert "stale=true" in reply.headers.get("WWW-Authenticate")


def test_guessing_passwords_ends_the_connection(table):
    peer = Peer(table, password=Secret("guess"))
    for _ in range(MOST_WRONG_LOGINS):
        assert not peer.connection.is_closing
        assert peer.ask("DESCRIBE").status == 401
    assert peer.connection.is_closing
    assert peer.connection.hold_s == 0
    assert peer.connection.wrong_logins == MOST_WRONG_LOGINS


def test_guessing_over_many_connections_gets_slower_and_costs_one_for_each(table):
    brake = GuessingBrake()
    for _ in range(FREE_GUESSES):
        assert Peer(table, password=Secret("guess"), brake=brake).ask("DESCRIBE").status == 401
    held = []
    for _ in range(3):
        guesser = Peer(table, password=Secret("guess"), brake=brake)
        assert guesser.ask("DESCRIBE").status == 401
        assert guesser.connection.is_closing
        held.append(guesser.connection.hold_s)
    assert 0 < held[0] < held[1] < held[2]
    good = Peer(table, brake=brake)
    assert good.ask("DESCRIBE").status == 200
    assert good.connection.hold_s == 0


def test_an_open_stream_asks_nobody_and_takes_no_notice_of_passwords(table):
    for peer in (Peer(table, users_of=lambda _path: None), Peer(table, password=Secret("x"), users_of=lambda _: None)):
        assert peer.ask("DESCRIBE").status == 200
        line = session_line(peer.set_up())
        assert peer.ask("PLAY", URL, line, signed=False).status == 200
        assert peer.ask("TEARDOWN", URL, line).status == 200


def test_describe_answers_with_base_and_type(peer):
    reply = peer.ask("DESCRIBE", "rtsp://user:pass@bridge:8554/cam/main?x=y")
    assert reply.status == 200
    assert reply.headers.get("Content-Base") == URL
    assert reply.headers.get("Content-Type") == "application/sdp"
    assert peer.events == [DescribeWanted("cam/main")]


def test_refusal_keeps_its_reason_in_one_line(peer):
    reply = peer.ask("DESCRIBE", "rtsp://bridge/nothing")
    assert (reply.status, reply.reason) == (404, "NotHere")


def test_stream_is_set_up_played_paused_and_torn_down(peer, table):
    first = peer.set_up()
    assert first.headers.get("Session") == "session1;timeout=60"
    assert first.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=0-1"
    line = session_line(first)
    second = peer.set_up(line, track=2, transport="RTP/AVP/TCP;interleaved=6-7")
    assert second.headers.get("Session") == "session1;timeout=60"
    session = table.find("session1")
    assert {track: transport.interleaved for track, transport in session.tracks.items()} == {0: (0, 1), 1: (6, 7)}

    reply = peer.ask("PLAY", URL, line, "Range: npt=0-")
    assert reply.headers.get("RTP-Info") == f"url={URL}track1;seq=7;rtptime=9,url={URL}track2;seq=7;rtptime=9"
    assert reply.headers.get("Range") == "npt=0.000-"
    assert session.phase is SessionPhase.PLAYING
    assert peer.ask("PLAY", URL, line).status == 200
    assert sum(isinstance(event, PlayWanted) for event in peer.events) == 1

    assert peer.ask("PAUSE", URL, line).status == 200
    assert peer.events[-1] == PauseWanted(session)
    assert peer.ask("PLAY", f"{URL}track1", line).headers.get("Range") == "clock=20240102T030405.000Z-"

    assert peer.ask("TEARDOWN", URL, line).status == 200
    assert peer.events[-1] == SessionEnded(session)
    assert len(table) == 0
    assert peer.ask("PLAY", URL, line).status == 454


def test_udp_is_offered_what_the_client_asked_for(peer):
    reply = peer.set_up(transport="RTP/SAVP;unicast;client_port=1-2, RTP/AVP;unicast;client_port=5000-5001")
    assert reply.headers.get("Transport") == "RTP/AVP;unicast;client_port=5000-5001"
    assert peer.events[0].session.lower is Lower.UDP


@pytest.mark.parametrize(
    "transport",
    [
        "RTP/AVP;multicast;client_port=1-2",
        "RTP/AVP;unicast",
        "RTP/AVP;client_port=0-1",
        "RAW",
        "RTP/AVP/TCP;mode=record",
    ],
)
def test_transport_that_cannot_be_served_is_461(peer, transport):
    assert peer.set_up(transport=transport).status == 461


def test_url_without_a_track_means_the_first(peer):
    assert peer.ask("SETUP", URL, "Transport: RTP/AVP/TCP").status == 200
    assert peer.events[0].track == 0
    assert peer.events[0].session.base == URL


def test_two_sessions_of_one_connection_get_channels_of_their_own(peer):
    peer.set_up()
    other = peer.set_up()
    assert other.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=2-3"
    assert other.headers.get("Session") == "session2;timeout=60"


def test_channels_can_run_out(peer, table):
    line = session_line(peer.set_up())
    session = table.find("session1")
    session.tracks |= {
        number: session.tracks[0].__class__(Lower.TCP, interleaved=(2 * number, 2 * number + 1))
        for number in range(128)
    }
    assert peer.set_up().status == 453
    assert peer.set_up(line, track=1).status == 200


def test_sessions_are_limited():
    peer = Peer(SessionTable(lambda: "only", most=1))
    assert peer.set_up().status == 200
    assert peer.set_up().status == 453


def test_sessions_of_one_connection_are_limited_and_others_find_room(peer, table):
    lines = [session_line(peer.set_up()) for _ in range(MOST_SESSIONS_HERE)]
    assert peer.set_up().status == 453
    assert peer.set_up(lines[0], track=2).status == 200
    assert Peer(table).set_up().status == 200
    assert peer.ask("TEARDOWN", URL, lines[0]).status == 200
    assert peer.set_up().status == 200


def test_udp_sessions_that_were_ended_elsewhere_leave_room(peer, table):
    udp = "RTP/AVP;unicast;client_port=5000-5001"
    lines = [session_line(peer.set_up(transport=udp)) for _ in range(MOST_SESSIONS_HERE)]
    assert Peer(table).ask("TEARDOWN", URL, lines[0]).status == 200
    assert peer.set_up(transport=udp).status == 200


def test_sessions_of_one_address_are_limited_and_others_find_room():
    numbers = count(1)
    table = SessionTable(lambda: f"session{next(numbers)}", most_of_one=2)
    first = Peer(table)
    line = session_line(first.set_up())
    assert Peer(table).set_up().status == 200
    assert Peer(table).set_up().status == 453
    assert Peer(table, address="192.0.2.8").set_up().status == 200
    first.ask("TEARDOWN", URL, line)
    assert Peer(table).set_up().status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (("SETUP", f"{URL}track2", "Transport: RTP/AVP;unicast;client_port=1-2"), 461),
        (("SETUP", "rtsp://bridge/cam/sub/track1", "Transport: RTP/AVP/TCP"), 459),
        (("SETUP", "nowhere", "Transport: RTP/AVP/TCP"), 400),
        (("SETUP", f"{URL}track2", "Transport: RTP/AVP/TCP;interleaved=999"), 400),
        (("PLAY", "rtsp://bridge/cam/sub/"), 404),
        (("PLAY", "*"), 400),
        (("DESCRIBE", URL, "Require: a, onvif-replay"), 551),
        (("OPTIONS", "*", "Proxy-Require: x"), 551),
    ],
)
def test_request_that_does_not_fit_the_session_is_refused(peer, request_, status):
    line = session_line(peer.set_up())
    assert peer.ask(*request_, line).status == status


def test_unsupported_options_are_named(peer):
    assert peer.ask("OPTIONS", "*", "Require: b, a").headers.get("Unsupported") == "a, b"


def test_setup_while_playing_is_refused(peer):
    line = session_line(peer.set_up())
    peer.ask("PLAY", URL, line)
    assert peer.set_up(line, track=2).status == 455


@pytest.mark.parametrize("method", ["PLAY", "PAUSE", "TEARDOWN"])
def test_request_without_its_session_is_454(peer, method):
    assert peer.ask(method).status == 454
    assert peer.ask(method, URL, "Session: unknown").status == 454


def test_session_without_id_is_400(peer):
    assert peer.ask("PLAY", URL, "Session: ;timeout=3").status == 400


def test_interleaved_session_belongs_to_its_connection_and_udp_session_to_its_user(table):
    alice, bob, again = Peer(table), Peer(table, "bob"), Peer(table)
    tcp = session_line(alice.set_up())
    udp = session_line(alice.set_up(transport="RTP/AVP;unicast;client_port=5000-5001"))
    assert again.ask("PLAY", URL, tcp).status == 454
    assert bob.ask("PLAY", URL, udp).status == 454
    assert again.ask("PLAY", URL, udp).status == 200


@pytest.mark.parametrize(("method", "status"), [("FLY", 501), ("options", 501), ("RECORD", 405), ("ANNOUNCE", 405)])
def test_unknown_and_foreign_methods_are_refused_with_the_list(peer, method, status):
    reply = peer.ask(method)
    assert reply.status == status
    assert "DESCRIBE" in reply.headers.get("Allow")


@pytest.mark.parametrize("method", ["GET_PARAMETER", "SET_PARAMETER"])
def test_empty_parameters_are_a_sign_of_life_and_others_are_unknown(peer, method):
    line = session_line(peer.set_up())
    assert peer.ask(method, URL, line).status == 200
    assert peer.ask(method, URL).status == 200
    assert peer.ask(method, URL, line, body="position\r\n").status == 451


def test_request_without_number_and_of_another_version_are_refused(peer):
    (no_number, version) = peer.feed(b"OPTIONS * RTSP/1.0\r\n\r\nOPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n")
    assert (no_number.status, version.status) == (400, 505)


def test_pipelined_requests_are_answered_in_order(peer):
    answers = peer.feed(peer.raw("OPTIONS", "*") + peer.raw("DESCRIBE") + peer.raw("FLY") + peer.raw("DESCRIBE", "x"))
    assert [(reply.status, reply.headers.get("CSeq")) for reply in answers] == [
        (200, "1"),
        (200, "2"),
        (501, "3"),
        (400, "4"),
    ]


def test_garbage_is_400_and_the_end(peer):
    (good, bad) = peer.feed(peer.raw("OPTIONS", "*") + b"\x80garbage" + peer.raw("OPTIONS", "*"))
    assert (good.status, bad.status) == (200, 400)
    assert peer.connection.is_closing
    assert isinstance(peer.events[0], BrokenInput)


def test_responses_from_a_client_are_ignored(peer):
    assert peer.feed(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n") == []


@pytest.mark.parametrize("sign", ["request", "options", "report"])
def test_any_sign_of_life_refreshes_the_session(peer, table, sign):
    line = session_line(peer.set_up(now=0.0))
    assert table.next_deadline() == 60 + GRACE_S
    match sign:
        case "request":
            peer.ask("GET_PARAMETER", URL, line, now=50.0)
        case "options":
            peer.ask("OPTIONS", "*", line, now=50.0, signed=False)
        case "report":
            peer.feed(b"$\x01\x00\x08" + bytes.fromhex("80c9000100000000"), now=50.0)
    assert table.expire(109.0 + GRACE_S) == ()
    assert [session.id for session in table.expire(110.0 + GRACE_S)] == ["session1"]
    assert table.next_deadline() is None


def test_connection_knows_when_its_session_was_ended_on_another(table):
    first, second = Peer(table), Peer(table)
    line = session_line(first.set_up(transport="RTP/AVP;unicast;client_port=5000-5001"))
    assert first.connection.has_sessions
    second.ask("TEARDOWN", URL, line)
    assert not first.connection.has_sessions


def test_session_without_a_sign_of_life_runs_out(peer, table):
    line = session_line(peer.set_up(now=0.0))
    (session,) = table.expire(60 + GRACE_S)
    peer.connection.drop(session)
    assert peer.connection.sessions == []
    assert peer.ask("PLAY", URL, line, now=66.0).status == 454


def only_for(watched):
    return lambda path: EVERYBODY if path == watched else NOBODY


@pytest.mark.parametrize("method", ["DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER"])
def test_each_stream_has_accounts_of_its_own(table, method):
    peer = Peer(table, users_of=only_for("cam/main"))
    transport = "Transport: RTP/AVP/TCP;unicast"
    assert peer.ask(method, URL, transport).status in {200, 454}
    assert peer.ask(method, f"{URL}track2", transport).status in {200, 404, 454}
    for other in ("rtsp://bridge:8554/yard/main", "rtsp://bridge:8554/", "*"):
        assert Peer(table, users_of=only_for("cam/main")).ask(method, other, transport).status == 401


@pytest.mark.parametrize("method", ["PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"])
def test_a_session_needs_an_account_of_its_stream_whatever_the_url_says(table, method):
    line = session_line(Peer(table).set_up(transport="RTP/AVP;unicast;client_port=5000-5001"))
    intruder = Peer(table, users_of=only_for("yard/main"))
    assert intruder.ask(method, "rtsp://bridge:8554/yard/main", line).status == 401
    assert intruder.ask(method, URL, line).status == 401


def test_a_session_opens_no_other_stream(table):
    peer = Peer(table, users_of=only_for("cam/main"))
    line = session_line(peer.set_up())
    assert peer.ask("DESCRIBE", "rtsp://bridge:8554/yard/main", line).status == 401
    assert not [event for event in peer.events if isinstance(event, DescribeWanted)]


@pytest.mark.parametrize("url", ["*", "rtsp://bridge:8554/"])
def test_a_keep_alive_that_names_nothing_counts_for_what_is_watched(table, url):
    peer = Peer(table, users_of=only_for("cam/main"))
    peer.set_up()
    assert peer.ask("GET_PARAMETER", url).status == 200


# -- the back channel

REQUIRED = f"Require: {BACK_CHANNEL_FEATURE}"
FRAMES = b"$\x02\x00\x01a$\x03\x00\x00"


@pytest.fixture
def talker(table):
    """Somebody at a stream that has a back channel."""
    return Peer(table, talk_path="cam/main")


def test_back_channel_is_part_of_the_description_for_those_who_require_it(talker):
    assert talker.ask("DESCRIBE").status == 200
    assert talker.ask("DESCRIBE", URL, REQUIRED).status == 200
    assert talker.events == [DescribeWanted("cam/main"), DescribeWanted("cam/main", wants_back_channel=True)]


def test_what_a_stream_does_not_have_is_named_in_the_refusal(talker, peer):
    reply = talker.ask("DESCRIBE", URL, f"{REQUIRED}, onvif-replay", "Proxy-Require: gw")
    assert (reply.status, reply.headers.get("Unsupported")) == (551, "gw, onvif-replay")
    for method in ("OPTIONS", "DESCRIBE", "SETUP", "PLAY"):
        reply = peer.ask(method, URL, REQUIRED)
        assert (reply.status, reply.headers.get("Unsupported")) == (551, BACK_CHANNEL_FEATURE)
    assert peer.events == []


def test_back_channel_is_set_up_beside_the_tracks_and_named_by_a_url_of_its_own(talker):
    line = session_line(talker.set_up())
    reply = talker.ask("SETUP", f"{URL}backchannel", "Transport: RTP/AVP/TCP;unicast", line, REQUIRED)
    assert reply.headers.get("Transport") == "RTP/AVP/TCP;unicast;interleaved=2-3"
    reply = talker.ask("PLAY", URL, line, REQUIRED)
    assert reply.headers.get("RTP-Info") == f"url={URL}track1;seq=7;rtptime=9"
    assert talker.ask("TEARDOWN", URL, line, REQUIRED).status == 200


def test_what_is_sent_on_a_back_channel_is_handed_over_while_it_plays(talker):
    line = session_line(talker.ask("SETUP", f"{URL}backchannel", "Transport: RTP/AVP/TCP;interleaved=2-3", REQUIRED))
    (session,) = talker.connection.sessions
    assert session.tracks.keys() == {BACK_CHANNEL}
    talker.feed(FRAMES)
    reply = talker.ask("PLAY", URL, line, REQUIRED)
    assert reply.headers.get("RTP-Info") == f"url={URL}backchannel;seq=0;rtptime=0"
    talker.feed(FRAMES)
    talker.ask("PAUSE", URL, line, REQUIRED)
    talker.feed(FRAMES)
    heard = [event for event in talker.events if isinstance(event, PacketsReceived)]
    assert heard == [PacketsReceived(session, FRAMES)]


def test_without_a_back_channel_nothing_is_made_of_what_viewers_send(talker):
    line = session_line(talker.set_up())
    talker.ask("PLAY", URL, line)
    talker.feed(FRAMES)
    assert not any(isinstance(event, PacketsReceived) for event in talker.events)
