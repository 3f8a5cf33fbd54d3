from datetime import UTC, datetime

import pytest

from bridge.core.errors import WireError
from bridge.proto.rtsp.headers import (
    Lower,
    RtpInfo,
    RtspUrl,
    SessionHeader,
    Transport,
    live_range,
    parse_tokens,
    parse_transports,
)


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("RTP/AVP;unicast;client_port=5000-5001", ["RTP/AVP;unicast;client_port=5000-5001"]),
        ("rtp/avp/udp ; unicast ; client_port = 5000", ["RTP/AVP;unicast;client_port=5000-5001"]),
        ("RTP/AVP/TCP;interleaved=2-3", ["RTP/AVP/TCP;unicast;interleaved=2-3"]),
        ("RTP/AVP/TCP;unicast;interleaved=4;ssrc=1f", ["RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=0000001F"]),
        ('RTP/AVP;multicast;mode="record"', ['RTP/AVP;multicast;mode="RECORD"']),
        ('RTP/AVP/TCP;mode="PLAY";ssrc= what', ["RTP/AVP/TCP;unicast"]),
        ("RTP/SAVP;unicast, RAW/RAW/UDP, RTP/AVP/TCP", ["RTP/AVP/TCP;unicast"]),
        ("RTP/AVP;server_port=1-2;client_port=3-4", ["RTP/AVP;unicast;client_port=3-4;server_port=1-2"]),
        ("", []),
    ],
)
def test_transports_are_read_liberally_and_rendered_strictly(value, canonical):
    assert [transport.render() for transport in parse_transports(value)] == canonical


@pytest.mark.parametrize("words", ["interleaved=256-257", "interleaved=255", "client_port=a-b", "client_port=65536"])
def test_impossible_numbers_in_a_transport_are_wire_errors(words):
    with pytest.raises(WireError):
        parse_transports(f"RTP/AVP;{words}")


@pytest.mark.parametrize(
    ("value", "session"),
    [
        ("abc", SessionHeader("abc")),
        (" abc ; Timeout = 65 ", SessionHeader("abc", 65)),
        ("abc;timeout=soon", SessionHeader("abc")),
        ("abc;timeout=0", SessionHeader("abc")),
        ("abc;x;timeout=5", SessionHeader("abc", 5)),
    ],
)
def test_session_is_read_with_or_without_a_timeout(value, session):
    assert SessionHeader.parse(value) == session


@pytest.mark.parametrize("value", ["", ";timeout=60", "a b"])
def test_session_without_an_id_is_a_wire_error(value):
    with pytest.raises(WireError):
        SessionHeader.parse(value)


def test_session_and_rtp_info_are_rendered():
    assert SessionHeader("abc").render() == "abc"
    assert SessionHeader("abc", 60).render() == "abc;timeout=60"
    assert RtpInfo("rtsp://h/a/track1", 5, 7).render() == "url=rtsp://h/a/track1;seq=5;rtptime=7"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [(None, "clock=20240229T235958.007Z-"), ("clock=x", "clock=20240229T235958.007Z-"), ("NPT=now-", "npt=0.000-")],
)
def test_range_of_a_live_stream_is_in_the_units_asked_for(asked, answer):
    assert live_range(asked, datetime(2024, 2, 29, 23, 59, 58, 7_999, UTC)) == answer


def test_tokens_are_split_at_commas():
    assert parse_tokens("PLAY, ,PAUSE ") == {"PLAY", "PAUSE"}


@pytest.mark.parametrize(
    ("url", "base", "path"),
    [
        ("rtsp://h/cam/main", "rtsp://h/cam/main/", "cam/main"),
        ("rtsp://u:p@h:8554//cam/main/?tcp#x", "rtsp://h:8554/cam/main/", "cam/main"),
        ("rtsp://[::1]:8554", "rtsp://[::1]:8554/", ""),
    ],
)
def test_url_is_split_without_credentials_and_query(url, base, path):
    assert RtspUrl.parse(url) == RtspUrl(base, path)


@pytest.mark.parametrize("url", ["*", "/cam", "ftp://h/x", "rtsp://", "rtsp://[::1/x", "rtsp://u@/x", "rtsp://a b/x"])
def test_url_that_is_none_is_a_wire_error(url):
    with pytest.raises(WireError):
        RtspUrl.parse(url)


def test_default_transport_plays():
    assert Transport(Lower.TCP).mode == "PLAY"
