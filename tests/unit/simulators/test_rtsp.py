"""The simulators' RTSP server, seen by a real player (PyAV) and by a client that speaks RTSP by hand."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import AsyncExitStack
from io import BytesIO
from itertools import pairwise
from time import monotonic
from typing import TYPE_CHECKING

import av
import pytest
from PIL import Image

from bridge.simulators.clips import VIDEO_NAMES, Moment, picture_jpeg, read_moment
from bridge.simulators.clips.cadence import CLIP_SECONDS, FRAMES_PER_GROUP
from bridge.simulators.wire.message import HEAD_LIMIT_BYTES
from bridge.simulators.wire.rtsp import CONNECTION_LIMIT, RtspServer, StreamSpec
from bridge.simulators.wire.sessions import SESSION_LIMIT, SESSION_TIMEOUT_S
from tests.unit.simulators.rtsp_client import PASSWORD, USERNAME, Client, h264_nals, moments_of, parse_rtp

if TYPE_CHECKING:
    from collections.abc import Callable

REALM = "LIVE555 Streaming Media"
FAST = 100.0
"""Frames in a second for tests that watch many: 50 pictures in half a second."""
STREAMS = {name: StreamSpec(name, FAST, audio=True) for name in VIDEO_NAMES} | {
    "main": StreamSpec("h264-2304x1296", 25, audio=True),
    "sub": StreamSpec("h264-640x360", 10, audio=False),
    "": StreamSpec("h264-640x360", 25, audio=False),
}


ENDED = (ConnectionError, asyncio.IncompleteReadError)


class CameraTime:
    """The camera's time, moved by the test."""

    def __init__(self, elapsed_s: float) -> None:
        self.elapsed_s = elapsed_s

    def __call__(self) -> float:
        return self.elapsed_s


class Camera:
    """A server with what it was asked."""

    def __init__(self, time: Callable[[], float]) -> None:
        self.requests: list[tuple[str, str, int]] = []
        self.time = time
        self.server = RtspServer(
            realm=REALM,
            password_of={USERNAME: PASSWORD}.get,
            find_stream=STREAMS.get,
            on_request=lambda method, url, status: self.requests.append((method, url, status)),
            elapsed=time,
        )


@pytest.fixture
async def live():
    """A camera in real time."""
    camera = Camera(monotonic)
    await camera.server.start("127.0.0.1", 0)
    yield camera
    await camera.server.close()


@pytest.fixture
async def camera():
    """A camera whose time stands at 100.5 s until the test moves it."""
    camera = Camera(CameraTime(100.5))
    await camera.server.start("127.0.0.1", 0)
    yield camera
    await camera.server.close()


@pytest.fixture
async def connect():
    """Make clients, and close them after the test."""
    async with AsyncExitStack() as stack:

        async def make(camera: Camera, path: str = "main") -> Client:
            client = await Client.connect(camera.server.port, path)
            stack.push_async_callback(client.close)
            return await client.authorized()

        yield make


def watch(url: str, *, transport: str, pictures: int) -> list[Moment | None]:
    """Read the time codes of a stream's first pictures; blocks."""
    with av.open(url, options={"rtsp_transport": transport}, timeout=10) as stream:
        shown = []
        for picture in stream.decode(video=0):
            shown.append(read_moment(picture.reformat(width=640, height=360).to_image()))
            if len(shown) == pictures:
                break
        return shown


def url_of(camera: Camera, path: str) -> str:
    return f"rtsp://{USERNAME}:{PASSWORD}@127.0.0.1:{camera.server.port}/{path}"


async def receive_forever(client: Client) -> None:
    while True:
        await client.packet()


async def ask_forever(client: Client) -> None:
    while True:
        client.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 1000)
        await client.writer.drain()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("name", VIDEO_NAMES)
async def test_player_sees_every_picture_in_order(live, name, transport):
    shown = await asyncio.to_thread(watch, url_of(live, name), transport=transport, pictures=50)
    numbers = [moment.second * FRAMES_PER_GROUP + moment.frame for moment in shown if moment is not None]
    assert numbers == [(numbers[0] + index) % (CLIP_SECONDS * FRAMES_PER_GROUP) for index in range(50)]


async def test_player_hears_the_sound(live):
    def listen() -> list[tuple[int, int]]:
        with av.open(url_of(live, "h264-640x360"), options={"rtsp_transport": "tcp"}, timeout=10) as stream:
            heard = []
            for piece in stream.decode(audio=0):
                heard.append((piece.samples, piece.sample_rate))
                if len(heard) == 10:
                    break
            return heard

    assert await asyncio.to_thread(listen) == [(1024, 16000)] * 10


async def test_viewers_and_snapshot_show_the_same_moment(camera, connect):
    camera.time.elapsed_s = 107.2
    for path, frames in (("main", 6), ("sub", 3)):
        client = await connect(camera, path)
        await client.set_up()
        await client.request("PLAY")
        shown = moments_of([await client.access_unit() for _ in range(frames)])
        assert shown == [Moment(107 % CLIP_SECONDS, frame) for frame in range(frames)]
        rate = STREAMS[path].frame_rate
        snapshot = Image.open(BytesIO(picture_jpeg(camera.time(), 640, 360, frame_rate=rate)))
        assert read_moment(snapshot) == shown[-1]


async def test_description_tells_formats_and_controls(camera, connect):
    answer = await (await connect(camera, "main")).request("DESCRIBE")
    sdp = answer.body.decode().split("\r\n")
    assert answer.headers["content-type"] == "application/sdp"
    assert answer.headers["content-base"] == f"rtsp://127.0.0.1:{camera.server.port}/main/"
    assert "a=rtpmap:96 H264/90000" in sdp
    assert any(line.startswith("a=fmtp:96 packetization-mode=1;profile-level-id=64") for line in sdp)
    assert "a=rtpmap:97 MPEG4-GENERIC/16000" in sdp
    assert any(line.startswith("a=fmtp:97 ") and line.endswith("config=1408") for line in sdp)
    assert [line for line in sdp if line.startswith("a=control:track")] == ["a=control:track1", "a=control:track2"]


async def test_description_of_h265_holds_all_parameter_sets(camera, connect):
    sdp = (await (await connect(camera, "h265-3840x2160")).request("DESCRIBE")).body.decode()
    assert "a=rtpmap:96 H265/90000" in sdp
    assert all(f"sprop-{name}=" in sdp for name in ("vps", "sps", "pps"))


async def test_stream_without_audio_has_one_track(camera, connect):
    client = await connect(camera, "sub")
    assert b"m=audio" not in (await client.request("DESCRIBE")).body
    assert (await client.set_up(2)).status == 404


async def test_root_path_has_a_double_slash_in_its_base(camera, connect):
    client = await connect(camera, "")
    answer = await client.request("DESCRIBE")
    assert answer.headers["content-base"] == f"rtsp://127.0.0.1:{camera.server.port}//"
    assert (await client.set_up()).status == 200


async def test_unknown_path_is_not_found(camera, connect):
    client = await connect(camera, "elsewhere")
    assert (await client.request("DESCRIBE")).status == 404
    assert (await client.set_up()).status == 404


async def test_wrong_password_is_refused_with_a_new_challenge(camera, connect):
    client = await connect(camera)
    client.password = "wrong"
    first = await client.request("DESCRIBE")
    second = await client.request("DESCRIBE")
    assert (first.status, second.status) == (401, 401)
    assert first.headers["www-authenticate"] != second.headers["www-authenticate"]
    assert REALM in first.headers["www-authenticate"]


async def test_setup_needs_a_password_and_play_refuses_a_wrong_one(camera, connect):
    client = await connect(camera)
    assert (await client.request("SETUP", "/track1", authorize=False)).status == 401
    await client.set_up()
    client.password = "wrong"
    assert (await client.request("PLAY")).status == 401
    assert (await client.request("PLAY", authorize=False)).status == 200


async def test_options_need_no_password_and_list_the_methods(camera, connect):
    answer = await (await connect(camera)).request("OPTIONS", authorize=False)
    expected = {"OPTIONS", "DESCRIBE", "SETUP", "TEARDOWN", "PLAY", "PAUSE", "GET_PARAMETER", "SET_PARAMETER"}
    assert set(answer.headers["public"].split(", ")) == expected
    assert (await (await connect(camera)).request("RECORD")).status == 405


async def test_requests_are_reported_without_passwords(camera):
    reader, writer = await asyncio.open_connection("127.0.0.1", camera.server.port)
    client = Client(reader, writer, "rtsp://admin:secret@127.0.0.1/main")
    await client.request("DESCRIBE")
    assert camera.requests == [("DESCRIBE", "rtsp://127.0.0.1/main", 401)]
    await client.close()


async def test_play_announces_the_first_packets_of_both_tracks(camera, connect):
    client = await connect(camera)
    await client.set_up(1)
    await client.set_up(2, "RTP/AVP/TCP;unicast;interleaved=2-3")
    answer = await client.request("PLAY")
    infos = dict(info.removeprefix("url=").split(";", 1) for info in answer.headers["rtp-info"].split(","))
    for track, channel in ((1, 0), (2, 2)):
        packet = await client.rtp(channel)
        told = infos[f"rtsp://127.0.0.1:{camera.server.port}/main/track{track}"]
        assert told == f"seq={packet.seq};rtptime={packet.rtp_time}"


async def test_key_frame_begins_with_parameter_sets_and_large_ones_are_fragmented(camera, connect):
    client = await connect(camera)
    await client.set_up()
    await client.request("PLAY")
    unit = await client.access_unit()
    assert [nal[0] & 0x1F for nal in h264_nals(unit)] == [7, 8, 5]
    assert len(unit) > 3
    assert {packet.rtp_time for packet in unit} == {unit[0].rtp_time}
    assert [packet.seq for packet in unit] == [(unit[0].seq + index) & 0xFFFF for index in range(len(unit))]
    assert {packet.payload_type for packet in unit} == {96}


async def test_timestamps_follow_the_frame_rate(camera, connect):
    client = await connect(camera, "sub")
    await client.set_up()
    await client.request("PLAY")
    times = [(await client.access_unit())[0].rtp_time for _ in range(6)]
    assert [(after - before) & 0xFFFFFFFF for before, after in pairwise(times)] == [9000] * 5


async def test_audio_packets_carry_one_frame_each(camera, connect):
    client = await connect(camera)
    await client.set_up(2, "RTP/AVP/TCP;interleaved=2-3")
    await client.request("PLAY")
    first, second = await client.rtp(2), await client.rtp(2)
    assert (second.rtp_time - first.rtp_time) & 0xFFFFFFFF == 1024
    for packet in (first, second):
        bits, header = struct.unpack_from("!HH", packet.payload)
        assert (bits, header & 7, header >> 3) == (16, 0, len(packet.payload) - 4)
        assert packet.marker


async def report(client: Client) -> tuple[bytes, int, int]:
    """Return the next sender report of channel 1: packet, NTP seconds, RTP time."""
    while True:
        channel, packet = await client.packet()
        if channel == 1:
            ntp, rtp_time = struct.unpack_from("!Q I", packet, 8)
            return packet, ntp >> 32, rtp_time


async def test_sender_reports_come_at_once_and_every_five_seconds(camera, connect):
    client = await connect(camera, "sub")
    await client.set_up()
    await client.request("PLAY")
    first, first_ntp_s, first_time = await report(client)
    camera.time.elapsed_s = 104.0
    await client.access_unit()
    camera.time.elapsed_s = 105.6
    second, second_ntp_s, second_time = await report(client)
    assert (second_time - first_time) & 0xFFFFFFFF == round(5.1 * 90000)
    assert 0 <= second_ntp_s - first_ntp_s <= 10
    for packet in (first, second):
        size = 4 * (struct.unpack_from("!H", packet, 2)[0] + 1)
        assert (packet[1], packet[size + 1]) == (200, 202)
        assert size + 4 * (struct.unpack_from("!H", packet, size + 2)[0] + 1) == len(packet)
        assert b"\x01\x06camera\x00" in packet[size:]


async def test_every_session_begins_at_random_like_a_restart(camera, connect):
    seen = []
    for _ in range(2):
        client = await connect(camera, "sub")
        await client.set_up()
        await client.request("PLAY")
        packet = await client.rtp()
        seen.append((packet.ssrc, packet.seq, packet.rtp_time))
    assert seen[0][0] != seen[1][0]
    assert seen[0][2] != seen[1][2]


async def test_pause_stops_and_play_goes_on_with_the_next_key_frame(camera, connect):
    client = await connect(camera, "sub")
    await client.set_up()
    await client.request("PLAY")
    before = [await client.access_unit() for _ in range(6)]
    assert (await client.request("PAUSE")).status == 200
    camera.time.elapsed_s = 102.3
    client.packets.clear()
    answer = await client.request("PLAY")
    assert client.packets == []
    camera.time.elapsed_s = 103.0
    after = await client.access_unit()
    assert (after[0].rtp_time - before[0][0].rtp_time) & 0xFFFFFFFF == 3 * 90000
    assert after[0].seq == (before[-1][-1].seq + 1) & 0xFFFF
    assert f"seq={after[0].seq};" in answer.headers["rtp-info"]
    assert moments_of([after]) == [Moment(103 % CLIP_SECONDS, 0)]


async def test_play_twice_is_a_sign_of_life_only(camera, connect):
    client = await connect(camera, "sub")
    await client.set_up()
    assert (await client.request("PLAY")).status == 200
    assert (await client.request("PLAY")).status == 200
    assert len({(await client.access_unit())[0].seq for _ in range(6)}) == 6


async def test_teardown_ends_the_session(camera, connect):
    client = await connect(camera)
    await client.set_up()
    await client.request("PLAY")
    assert (await client.request("TEARDOWN")).status == 200
    assert camera.server.session_count == 0
    for method in ("PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER"):
        assert (await client.request(method)).status == 454
    assert (await client.set_up(2)).status == 454


async def test_session_expires_unless_a_request_names_it(camera, connect):
    client = await connect(camera)
    answer = await client.set_up()
    assert answer.headers["session"] == f"{client.session};timeout={SESSION_TIMEOUT_S}"
    camera.time.elapsed_s += SESSION_TIMEOUT_S - 1
    assert (await client.request("GET_PARAMETER")).status == 200
    camera.time.elapsed_s += SESSION_TIMEOUT_S - 1
    assert (await client.request("OPTIONS")).status == 200
    camera.time.elapsed_s += SESSION_TIMEOUT_S + 1
    client.session, forgotten = "", client.session
    assert (await client.request("GET_PARAMETER")).status == 200
    assert (await client.request("GET_PARAMETER", Session=forgotten)).status == 454
    assert camera.server.session_count == 0


async def test_expired_session_makes_room_and_its_packets_stop(camera, connect):
    client = await connect(camera)
    await client.set_up()
    await client.request("PLAY")
    first = await client.access_unit()
    camera.time.elapsed_s += SESSION_TIMEOUT_S + 1
    other = await connect(camera, "sub")
    await other.set_up()
    assert camera.server.session_count == 1
    await other.request("PLAY")
    burst = [await other.access_unit() for _ in range(6)]
    camera.time.elapsed_s += 0.1
    assert (await other.access_unit())[0].seq == (burst[-1][-1].seq + 1) & 0xFFFF
    client.session = ""
    await client.request("OPTIONS")
    times = [parse_rtp(channel, packet).rtp_time for channel, packet in client.packets if channel == 0]
    assert all((rtp_time - first[0].rtp_time) & 0xFFFFFFFF < 90000 for rtp_time in times)


async def test_udp_uses_port_pairs_and_outlives_the_connection(camera, connect):
    ports = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for port in ports:
        port.bind(("127.0.0.1", 0))
        port.setblocking(False)
    rtp_port, rtcp_port = (port.getsockname()[1] for port in ports)
    client = await connect(camera, "sub")
    answer = await client.set_up(1, f"RTP/AVP;unicast;client_port={rtp_port}-{rtcp_port}")
    server_ports = answer.headers["transport"].partition("server_port=")[2].split("-")
    assert int(server_ports[0]) % 2 == 0
    assert int(server_ports[1]) == int(server_ports[0]) + 1
    await client.request("PLAY")
    loop = asyncio.get_running_loop()
    first = parse_rtp(0, await loop.sock_recv(ports[0], 2048))
    assert (await loop.sock_recv(ports[1], 2048))[1] == 200
    await client.close()
    camera.time.elapsed_s = 101.0
    while parse_rtp(0, await loop.sock_recv(ports[0], 2048)).rtp_time == first.rtp_time:
        pass
    other = await connect(camera, "sub")
    other.session = client.session
    assert (await other.request("TEARDOWN")).status == 200
    for port in ports:
        port.close()


@pytest.mark.parametrize(
    "transport", ["", "RTP/AVP;multicast", "RTP/AVP;unicast", "RTP/SAVP", "RTP/AVP/TCP;interleaved=x"]
)
async def test_unsupported_transport_leaves_no_session(camera, connect, transport):
    assert (await (await connect(camera)).set_up(1, transport)).status == 461
    assert camera.server.session_count == 0


async def test_second_offer_is_taken_when_the_first_is_unsupported(camera, connect):
    answer = await (await connect(camera)).set_up(1, "RTP/AVP;multicast, RTP/AVP/TCP;unicast")
    assert answer.headers["transport"].endswith("interleaved=0-1")


async def test_track_cannot_be_set_up_twice_or_for_another_stream(camera, connect):
    client = await connect(camera)
    await client.set_up(1)
    assert (await client.set_up(1)).status == 455
    client.base = client.base.replace("main", "h264-640x360")
    assert (await client.set_up(2)).status == 455


async def test_sessions_are_limited(camera, connect):
    client = await connect(camera)
    for _ in range(SESSION_LIMIT):
        client.session = ""
        assert (await client.set_up()).status == 200
    client.session = ""
    assert (await client.set_up()).status == 453


async def test_connections_are_limited(camera):
    clients = [await Client.connect(camera.server.port, "main") for _ in range(CONNECTION_LIMIT)]
    assert (await clients[-1].request("OPTIONS")).status == 200
    last = await Client.connect(camera.server.port, "main")
    with pytest.raises(ENDED):
        await last.request("OPTIONS")
    for client in [*clients, last]:
        await client.close()


@pytest.mark.parametrize(
    "nonsense",
    [b"GET / HTTP/1.1\r\n\r\n", b"\xff\xfe\r\n\r\n", b"A" * HEAD_LIMIT_BYTES],
    ids=["http", "binary", "endless"],
)
async def test_nonsense_is_answered_400_and_the_connection_closed(camera, nonsense):
    client = await Client.connect(camera.server.port, "main")
    client.writer.write(nonsense)
    assert (await client.answer()).status == 400
    assert await client.reader.read() == b""
    assert camera.requests == []
    await client.close()


async def test_client_that_never_reads_is_cut_off(camera):
    client = await Client.connect(camera.server.port, "main")
    with pytest.raises(ENDED):
        await ask_forever(client)


async def test_stalled_stream_stands_still_and_goes_on_with_a_key_frame(live, connect):
    client = await connect(live, "h264-640x360")
    await client.set_up()
    await client.request("PLAY")
    await client.access_unit()
    loop = asyncio.get_running_loop()
    stalled_at = loop.time()
    live.server.stall(0.3)
    assert (await client.request("GET_PARAMETER")).status == 200
    sent_before = [parse_rtp(channel, packet) for channel, packet in client.packets if channel == 0]
    client.packets.clear()
    unit = await client.access_unit()
    assert loop.time() - stalled_at >= 0.3
    assert [nal[0] & 0x1F for nal in h264_nals(unit)] == [7, 8, 5]
    assert unit[0].seq == (sent_before[-1].seq + 1) & 0xFFFF


async def test_dropped_connections_end_and_new_ones_are_refused_for_a_while(live, connect):
    port = live.server.port
    client = await connect(live, "h264-640x360")
    await client.set_up()
    await client.request("PLAY")
    live.server.drop_all(refuse_s=5.0)
    with pytest.raises(ENDED):
        await receive_forever(client)
    with pytest.raises(ConnectionRefusedError):
        await Client.connect(port, "main")
    assert live.server.session_count == 0
    live.server.drop_all(refuse_s=0.05)
    await live.server.listening.wait()
    assert live.server.port == port
    again = await connect(live, "h264-640x360")
    assert (await again.set_up()).status == 200


async def test_server_can_be_closed_while_it_refuses_and_started_again_on_its_port(live):
    live.server.drop_all(refuse_s=5.0)
    await live.server.close()
    await live.server.start("127.0.0.1", live.server.port)
    client = await Client.connect(live.server.port, "main")
    assert (await client.request("OPTIONS")).status == 200
    await client.close()


async def test_forgotten_sessions_are_unknown_and_silent(camera, connect):
    client = await connect(camera)
    await client.set_up()
    await client.request("PLAY")
    camera.server.forget_sessions()
    assert (await client.request("GET_PARAMETER")).status == 454
    client.session = ""
    assert (await client.set_up()).status == 200


@pytest.mark.parametrize(("video", "frame_rate"), [("h264-1x1", 25), ("h264-640x360", 0)])
def test_impossible_stream_is_refused(video, frame_rate):
    with pytest.raises(ValueError, match=r"no clip|frame rate"):
        StreamSpec(video, frame_rate, audio=False)
