import pytest

from bridge.core.errors import WireError
from bridge.proto.rtsp import sdp
from bridge.proto.rtsp.sdp import Direction, Media, RtpMap, SessionDescription

CAMERA = b"""v=0\r
o=- 1 1 IN IP4 192.168.1.10\r
s=Session streamed by "preview"\r
a=control:*\r
a=recvonly\r
m=video 0 RTP/AVP 96 97\r
b=AS:500\r
b=TIAS:4096000\r
a=rtpmap:96 H264/90000\r
a=rtpmap:97 H265/90000\r
a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z2QAM6w=,aO48sA==\r
a=fmtp:97 sprop-vps=x\r
a=framerate:29.97\r
a=control:track1\r
m=audio 0 RTP/AVP 0 98\r
a=rtpmap:98 mpeg4-generic/16000/2\r
a=control:track2\r
a=sendonly\r
m=application 0 RTP/AVP 107\r
b=AS:5\r
"""


def test_everything_of_a_camera_description_is_kept():
    description = sdp.parse(CAMERA)
    assert description.control == "*"
    video, audio, metadata = description.media
    assert video == Media(
        "video",
        (96, 97),
        control="track1",
        rtpmaps={96: RtpMap("H264", 90000), 97: RtpMap("H265", 90000)},
        fmtps={96: "packetization-mode=1;sprop-parameter-sets=Z2QAM6w=,aO48sA==", 97: "sprop-vps=x"},
        frame_rate=29.97,
        bandwidth_bps=4_096_000,
        direction=Direction.RECVONLY,
    )
    assert audio.rtpmaps == {0: RtpMap("PCMU", 8000), 98: RtpMap("mpeg4-generic", 16000, 2)}
    assert audio.direction is Direction.SENDONLY
    assert metadata.bandwidth_bps == 5000


def test_built_description_is_read_as_the_same():
    description = sdp.parse(CAMERA)
    assert sdp.parse(sdp.build(description, name="cam", address="127.0.0.1")) == description


@pytest.mark.parametrize(
    ("address", "line"), [("192.0.2.1", b"c=IN IP4 0.0.0.0\r\n"), ("2001:db8::1", b"c=IN IP6 ::\r\n")]
)
def test_address_family_is_that_of_the_connection(address, line):
    assert line in sdp.build(sdp.parse(CAMERA), name="cam", address=address)


def test_version_changes_only_with_the_content():
    def origin(frame_rate):
        description = SessionDescription((Media("video", (96,), frame_rate=frame_rate),))
        return sdp.build(description, name="cam", address="127.0.0.1").split(b"\r\n")[1]

    assert origin(25.0) == origin(25.0)
    assert origin(25.0) != origin(15.0)


@pytest.mark.parametrize(
    "data", [b"", b"v=0\r\n", b"m=video\r\n", b"m=video 0 RTP/AVP\r\n", b"m=audio 0 RTP/AVP 0\r\n" * 17, b"\xff\x00"]
)
def test_description_without_readable_media_is_a_wire_error(data):
    with pytest.raises(WireError):
        sdp.parse(data)


@pytest.mark.parametrize(
    "line",
    [
        "a=rtpmap:96",
        "a=rtpmap:96 H264",
        "a=rtpmap:96 H264/0",
        "a=rtpmap:x H264/9",
        "a=framerate:fast",
        "b=AS:x",
        "junk",
        "a=control:a\0b",
    ],
)
def test_broken_attributes_are_left_out(line):
    (media,) = sdp.parse(f"m=video 0 RTP/AVP 96\n{line}\n".encode()).media
    assert media == Media("video", (96,))


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://h/a/", "track1", "rtsp://h/a/track1"),
        ("rtsp://h/a", "track1", "rtsp://h/a/track1"),
        ("rtsp://h//", "track1", "rtsp://h//track1"),
        ("rtsp://h/a?q=1", "track1", "rtsp://h/a?q=1/track1"),
        ("rtsp://h/a/", "*", "rtsp://h/a/"),
        ("rtsp://h/a/", "", "rtsp://h/a/"),
        ("rtsp://h/a/", "RTSP://x/y", "RTSP://x/y"),
        ("rtsp://h:554/a/b", "/c", "rtsp://h:554/c"),
    ],
)
def test_control_urls_are_resolved_as_cameras_mean_them(base, control, url):
    assert sdp.resolve(base, control) == url


def test_broken_base_is_a_wire_error():
    with pytest.raises(WireError):
        sdp.resolve("rtsp://[::1/", "/x")
