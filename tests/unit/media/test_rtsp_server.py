import asyncio
import socket
from itertools import count, pairwise
from random import Random

import pytest
from typing_extensions import override

from bridge.core.errors import Unreachable
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.media import interleaved, rtsp_server
from bridge.media.batch import split_frames
from bridge.media.hub import StreamHub
from bridge.media.rtsp_server import Waits
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.media.udp import UdpPorts
from bridge.proto.rtsp import session
from bridge.proto.rtsp.server import Entrance
from bridge.proto.rtsp.session import SessionTable
from bridge.runtime.clock import SystemClock
from tests.clients.rtsp import UdpReceiver, rtsp_client
from tests.unit.media.rtsp_world import BOTH, VIDEO, ScriptedSource, key_picture, picture, rtsp_world, sound

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"
TCP_AUDIO = "RTP/AVP/TCP;unicast;interleaved=2-3"


async def end_of_connections(server):
    tasks = tuple(server._clients.values())
    if tasks:
        await asyncio.wait(tasks)
    assert server.connections == 0


def seq_of(packet):
    return int.from_bytes(packet[2:4], "big")


def split(frames):
    return [(channel, bytes(packet)) for channel, packet in split_frames(frames)]


async def rtp_frames(client, number):
    """Return the next RTP frames, without the sender reports between them."""
    found: list[tuple[int, bytes]] = []
    while len(found) < number:
        channel, packet = await client.frame()
        if channel % 2 == 0:
            found.append((channel, packet))
    return found


async def test_description_is_that_of_the_camera():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        reply = await client.request("DESCRIBE", world.url)
    assert reply["Content-Base"] == world.url + "/"
    lines = reply.body.decode().split("\r\n")
    for line in ("c=IN IP4 0.0.0.0", "a=control:*", "m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000"):
        assert line in lines
    for line in ("a=fmtp:96 packetization-mode=1", "a=framerate:25", "a=control:track1", "a=recvonly"):
        assert line in lines
    for line in (
        "m=audio 0 RTP/AVP 97",
        "a=rtpmap:97 MPEG4-GENERIC/16000",
        "a=fmtp:97 config=1408",
        "a=control:track2",
    ):
        assert line in lines


async def test_interleaved_viewer_gets_the_packets_untouched_after_the_reply_that_announces_them():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await world.begin()
        reply = await client.open(world.url, TCP, TCP_AUDIO)
        assert reply["RTP-Info"] == (
            f"url={world.url}/track1;seq=1;rtptime=9000,url={world.url}/track2;seq=1;rtptime=0"
        )
        assert reply["Range"].startswith("clock=")
        world.source.play(picture(3))
        assert await rtp_frames(client, 4) == split(key_picture(1, rtp_time=9000) + sound(1) + picture(3))


async def test_positions_are_kept_although_they_were_announced_before_the_first_packet():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        reply = await client.open(world.url, TCP)
        announced = reply["RTP-Info"].partition("seq=")[2]
        world.source.play(key_picture(1))
        ((_, packet),) = await rtp_frames(client, 1)
        assert announced.startswith(f"{seq_of(packet)};")


async def test_viewer_gets_the_channels_and_tracks_that_it_asked_for():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        reply = await client.open(world.url, "RTP/AVP/TCP;unicast;interleaved=10-11")
        assert reply.status == 200
        world.source.play(sound(1) + key_picture(5))
        assert [channel for channel, _ in await rtp_frames(client, 2)] == [10, 10]


async def test_transport_reply_names_the_source():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await client.request("DESCRIBE", world.url)
        world.source.play(key_picture(5))
        reply = await client.request("SETUP", f"{world.url}/track1", Transport=TCP)
    assert reply.transport("ssrc") == "0000CAFE"
    assert reply["Session"].endswith(";timeout=60")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_udp_viewer_gets_packets_and_sender_reports(host):
    async with rtsp_world(host=host) as world:
        url = world.url.replace("127.0.0.1", f"[{host}]" if ":" in host else host)
        await world.begin()
        with UdpReceiver(host) as video, UdpReceiver(host) as audio:
            async with rtsp_client(world.port, host=host, **world.account) as client:
                described = await client.request("DESCRIBE", url)
                assert (b"IN IP6" in described.body) == (":" in host)
                reply = await client.request("SETUP", f"{url}/track1", Transport=video.transport)
                rtp_port, rtcp_port = map(int, reply.transport("server_port").split("-"))
                assert (rtp_port % 2, rtcp_port) == (0, rtp_port + 1)
                await client.request("SETUP", f"{url}/track2", Transport=audio.transport, Session=reply.session)
                await client.request("PLAY", f"{url}/", Session=reply.session)
                world.source.play(picture(3))
                assert [seq_of(await video.packet()) for _ in range(3)] == [1, 2, 3]
                assert seq_of(await audio.packet()) == 1
                assert (await video.report())[1] == 200
                await client.request("TEARDOWN", f"{url}/", Session=reply.session)
                assert world.server.viewers == ()


async def test_udp_session_outlives_its_connection_and_is_ended_from_another():
    async with rtsp_world() as world:
        await world.begin()
        with UdpReceiver() as receiver:
            async with rtsp_client(world.port, **world.account) as client:
                session_id = (await client.open(world.url, receiver.transport)).session
            await end_of_connections(world.server)
            world.source.play(picture(3))
            assert [seq_of(await receiver.packet()) for _ in range(3)] == [1, 2, 3]
            async with rtsp_client(world.port, **world.account) as client:
                assert (await client.request("TEARDOWN", world.url, Session=session_id)).status == 200
        assert world.hub.counters.readers == 0


@pytest.mark.parametrize(("datagram", "is_sign"), [(b"noise", False), (bytes.fromhex("80c9000100000001"), True)])
async def test_receiver_report_by_udp_is_a_sign_of_life_and_noise_is_none(datagram, is_sign):
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        with UdpReceiver() as receiver:
            reply = await client.request("SETUP", f"{world.url}/track1", Transport=receiver.transport)
            viewed = world.server.sessions.find(reply.session)
            viewed.deadline = 0.0
            rtcp_port = int(reply.transport("server_port").split("-")[1])
            receiver.rtcp.sendto(datagram, ("127.0.0.1", rtcp_port))
            async with rtsp_client(world.port) as other:
                await other.request("OPTIONS", "*")  # when this is answered, the datagram has been looked at
            assert (viewed.deadline > 0) is is_sign


async def test_udp_packets_for_nobody_are_no_fault():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await world.begin()
        with UdpReceiver() as receiver:
            await client.open(world.url, receiver.transport)
        for seq in range(3, 25):
            world.source.play(picture(seq))
        assert (await client.request("OPTIONS", "*")).status == 200


async def test_set_up_again_replaces_the_ports():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await world.begin()
        with UdpReceiver() as former, UdpReceiver() as receiver:
            reply = await client.request("SETUP", f"{world.url}/track1", Transport=former.transport)
            session = {"Session": reply.session}
            await client.request("SETUP", f"{world.url}/track1", Transport=receiver.transport, **session)
            await client.request("PLAY", world.url, **session)
            assert seq_of(await receiver.packet()) == 1
            with pytest.raises(BlockingIOError):
                former.rtp.recv(100)


@pytest.mark.parametrize(
    ("method", "path"), [("DESCRIBE", "cam/ext"), ("SETUP", "cam/ext/track1"), ("SETUP", "cam/main/track3")]
)
async def test_unknown_stream_or_track_is_not_found(method, path):
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        assert (await client.request(method, f"rtsp://127.0.0.1:{world.port}/{path}", Transport=TCP)).status == 404


async def test_camera_that_was_never_seen_is_503_with_the_reason():
    source = ScriptedSource(failure=Unreachable("no connection to 192.0.2.1:554"))
    async with rtsp_world(source) as world, rtsp_client(world.port, **world.account) as client:
        reply = await client.request("DESCRIBE", world.url)
        assert (reply.status, reply.reason) == (503, "Camera Not Available: no connection to 192.0.2.1:554")


@pytest.mark.parametrize(
    "account", [{"username": "viewer", "password": "guess"}, {"username": "x", "password": "y"}, {}]
)
async def test_wrong_or_no_password_shows_nothing(account):
    async with rtsp_world() as world, rtsp_client(world.port, **account) as client:
        assert (await client.request("DESCRIBE", world.url)).status == 401
        assert (await client.request("SETUP", f"{world.url}/track1", Transport=TCP)).status == 401
        assert world.source.sink is None


class OnlyGuest:
    def find(self, username):
        return User("guest", Secret("guest"), UserLevel.USER) if username == "guest" else None


async def test_a_stream_with_accounts_of_its_own_is_shown_to_these_alone():
    async with rtsp_world(entrance=Entrance(OnlyGuest())) as world:
        for account, status in (({"username": "guest", "password": "guest"}, 200), (world.account, 401)):
            async with rtsp_client(world.port, **account) as client:
                assert (await client.request("DESCRIBE", world.url)).status == status
        async with rtsp_client(world.port, **world.account) as client:
            elsewhere = world.url.replace("main", "other")
            assert (await client.request("DESCRIBE", elsewhere)).status == 404


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n", b"OPTIONS * RTSP/1.0\r\nX: " + b"y" * 40000]
)
async def test_broken_input_is_400_and_the_end_and_others_go_on(data):
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as other:
        async with rtsp_client(world.port) as client:
            await client.send(data)
            assert (await client.reply()).status == 400
            assert await client.at_end()
        assert (await other.open(world.url, TCP)).status == 200


async def test_pipelined_requests_are_answered_in_order():
    async with rtsp_world() as world, rtsp_client(world.port) as client:
        await client.send(b"".join(b"OPTIONS * RTSP/1.0\r\nCSeq: %d\r\n\r\n" % number for number in range(50)))
        assert [(await client.reply())["CSeq"] for _ in range(50)] == [str(number) for number in range(50)]


async def test_two_sessions_on_one_connection():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await client.open(world.url, TCP)
        await client.open(world.url, "RTP/AVP/TCP;unicast;interleaved=4-5")
        assert len(world.server.viewers) == 2
        world.source.play(key_picture(5))
        assert sorted(channel for channel, _ in await rtp_frames(client, 4)) == [0, 0, 4, 4]


async def test_end_of_the_connection_ends_its_interleaved_sessions():
    async with rtsp_world() as world:
        async with rtsp_client(world.port, **world.account) as client:
            await client.open(world.url, TCP)
            assert world.hub.counters.readers == 1
        await end_of_connections(world.server)
        assert world.hub.counters.readers == 0
        assert len(world.server.sessions) == 0


async def test_paused_viewer_gets_nothing_until_it_plays_again():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await world.begin()
        session = {"Session": (await client.open(world.url, TCP)).session}
        await client.request("PAUSE", world.url, **session)
        world.source.play(picture(3))
        world.source.play(key_picture(20, rtp_time=18000))
        await client.request("PLAY", world.url, **session)
        assert [seq_of(packet) for _, packet in await rtp_frames(client, 4)] == [1, 2, 20, 21]


async def test_silent_session_runs_out_and_its_connection_goes_with_it(monkeypatch):
    monkeypatch.setattr(session, "GRACE_S", 0.05)
    async with rtsp_world(session_s=0) as world, rtsp_client(world.port, **world.account) as client:
        await client.open(world.url, TCP)
        assert await client.at_end()
        assert world.hub.counters.readers == 0
        assert len(world.server.sessions) == 0


async def test_silent_connection_without_a_session_is_closed_and_one_with_a_session_is_not():
    async with (
        rtsp_world(idle_s=0.05) as world,
        rtsp_client(world.port, **world.account) as viewer,
        rtsp_client(world.port) as silent,
    ):
        await viewer.open(world.url, TCP)
        assert await silent.at_end()
        assert (await viewer.request("OPTIONS", "*")).status == 200


async def test_connections_are_limited(monkeypatch):
    monkeypatch.setattr(rtsp_server, "MOST_CONNECTIONS", 1)
    async with rtsp_world() as world, rtsp_client(world.port) as first:
        await first.request("OPTIONS", "*")
        async with rtsp_client(world.port) as second:
            assert await second.at_end()
        assert (await first.request("OPTIONS", "*")).status == 200


async def test_viewer_that_stops_reading_stays_bounded_and_returns_at_a_key_picture(monkeypatch):
    monkeypatch.setattr(interleaved, "MOST_QUEUED_BYTES", 200_000)
    monkeypatch.setattr(interleaved, "RESUME_BYTES", 100_000)
    async with rtsp_world() as world, rtsp_client(world.port, limit=1000, **world.account) as slow:
        await world.begin()
        await slow.open(world.url, TCP)
        transport = world.server._views[next(iter(world.server._views))].client._writer.transport
        async with rtsp_client(world.port, **world.account) as quick:
            await quick.open(world.url, TCP)
            await rtp_frames(quick, 2)
            for seq in range(3, 1000):
                world.source.play(picture(seq, size=20_000))
                await rtp_frames(quick, 1)
                assert transport.get_write_buffer_size() <= 200_000
        state = world.server.viewers[0]
        assert (state.path, state.lower) == ("cam/main", "TCP")
        assert state.dropped > 100
        seen = [0]
        while transport.get_write_buffer_size():
            seen += [seq_of(packet) for _, packet in await rtp_frames(slow, 1)]
        world.source.play(picture(1000))
        world.source.play(picture(1001) + key_picture(1002, rtp_time=18000) + picture(1004))
        while seen[-1] < 1004:
            seen += [seq_of(packet) for _, packet in await rtp_frames(slow, 1)]
    steps = [(before, after) for before, after in pairwise(seen) if after != before + 1]
    assert [after for _, after in steps] == [1002]


async def test_client_that_reads_no_answers_is_cut_off(monkeypatch):
    monkeypatch.setattr(rtsp_server, "MOST_QUEUED_BYTES", 1000)
    monkeypatch.setattr(rtsp_server, "FLUSH_S", 0.1)
    async with rtsp_world() as world:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that there is less to fill
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", world.port))
        _, writer = await asyncio.open_connection(sock=narrow, limit=1000)

        async def ask_for_ever():
            while True:
                writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 1000)
                await writer.drain()

        with pytest.raises(ConnectionError):
            await ask_for_ever()
        writer.close()
        await end_of_connections(world.server)


async def test_change_of_encoding_ends_sessions_so_that_clients_ask_again():
    h265 = Track(MediaKind.VIDEO, "H265", 96, 90000)
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as waiting:
        async with rtsp_client(world.port, **world.account) as viewer:
            await viewer.open(world.url, TCP)
            await waiting.request("DESCRIBE", world.url)
            reply = await waiting.request("SETUP", f"{world.url}/track2", Transport=TCP)
            world.source.sink.opened(StreamDescription((h265,)), 0.0)
            assert await viewer.at_end()
        assert (await waiting.request("PLAY", world.url, Session=reply.session)).status == 454
        assert b"H265" in (await waiting.request("DESCRIBE", world.url)).body
        assert world.server.viewers == ()


async def test_stream_that_was_removed_is_not_found():
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        await client.request("DESCRIBE", world.url)
        world.server.directory.remove("cam/main")
        assert (await client.request("DESCRIBE", world.url)).status == 404


@pytest.mark.parametrize("method", ["SETUP", "PLAY"])
async def test_sessions_of_a_stream_end_when_it_is_removed_and_those_of_others_go_on(method):
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as other:
        second = StreamHub("cam/sub", ScriptedSource(), clock=SystemClock(), random=Random(1))
        world.server.directory.add("cam/sub", second)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(second.run())
            await other.open(world.url.replace("main", "sub"), TCP)
            async with rtsp_client(world.port, **world.account) as client:
                reply = await client.request("SETUP", f"{world.url}/video/track1", Transport=TCP)
                if method == "PLAY":
                    await client.request("PLAY", f"{world.url}/video", Session=reply.session)
                world.server.directory.remove("cam/main")
                assert await client.at_end()
            assert (len(world.server.sessions), world.hub.counters.readers) == (1, 0)
            assert (await other.request("OPTIONS", "*")).status == 200
            running.cancel()


# -- what happens while a camera is waited for


class GatedSource(ScriptedSource):
    """Opens when the gate is open."""

    def __init__(self):
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.closed = asyncio.Event()

    @override
    async def run(self, sink):
        await self.gate.wait()
        try:
            await super().run(sink)
        finally:
            self.closed.set()

    async def leave_closed(self):
        """Wait until it is closed, and have nobody open it."""
        self.gate.clear()
        await self.closed.wait()


async def has_been_read(world):
    """Return when the server has read what was sent to it before."""
    async with rtsp_client(world.port) as other:
        await other.request("OPTIONS", "*")


async def test_of_two_plays_of_one_session_that_wait_for_the_camera_one_adds_a_viewer():
    source = GatedSource()
    async with (
        rtsp_world(source, linger_s=0) as world,
        rtsp_client(world.port, **world.account) as first,
        rtsp_client(world.port, **world.account) as second,
    ):
        with UdpReceiver() as receiver:
            reply = await first.request("SETUP", f"{world.url}/track1", Transport=receiver.transport)
            await second.request("DESCRIBE", world.url)
            await source.leave_closed()
            async with asyncio.TaskGroup() as group:
                session = {"Session": reply.session}
                plays = [group.create_task(each.request("PLAY", world.url, **session)) for each in (first, second)]
                await has_been_read(world)
                source.gate.set()
            assert [each.result().status for each in plays] == [200, 200]
            assert sum("rtp-info" in each.result().headers for each in plays) == 1
            assert world.hub.counters.readers == 1
            await first.request("TEARDOWN", world.url, **session)
        assert world.hub.counters.readers == 0


class CountedPorts(UdpPorts):
    """Ports that are counted as they are opened."""

    opened = 0

    @override
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        CountedPorts.opened += 1


@pytest.fixture
def counted_ports(monkeypatch):
    monkeypatch.setattr(rtsp_server, "UdpPorts", CountedPorts)
    monkeypatch.setattr(CountedPorts, "opened", 0)
    return CountedPorts


@pytest.mark.parametrize("what", ["fewer tracks", "removed"])
async def test_stream_that_changes_while_its_first_packets_are_waited_for_is_not_set_up(what, counted_ports):
    async with rtsp_world(begin_s=5.0) as world, rtsp_client(world.port, **world.account) as client:
        await client.request("DESCRIBE", world.url)
        async with asyncio.TaskGroup() as group:
            transport = "RTP/AVP;unicast;client_port=5000-5001"
            asked = group.create_task(client.request("SETUP", f"{world.url}/track2", Transport=transport))
            await has_been_read(world)
            if what == "removed":
                world.server.directory.remove("cam/main")
                world.source.play(key_picture(1) + sound(1))
            else:
                world.source.sink.opened(StreamDescription((VIDEO,)), 0.0)
                world.source.play(key_picture(1))
        assert asked.result().status == 404
        assert (len(world.server.sessions), counted_ports.opened) == (0, 0)


async def test_set_up_that_is_given_up_while_it_waits_leaves_nothing(counted_ports):
    async with rtsp_world(begin_s=5.0) as world, rtsp_client(world.port, **world.account) as client:
        await client.request("DESCRIBE", world.url)
        async with asyncio.TaskGroup() as group:
            group.create_task(ask_in_vain(client, f"{world.url}/track1", "SETUP"))
            await has_been_read(world)
            await world.server.close()
        assert (len(world.server.sessions), counted_ports.opened) == (0, 0)


@pytest.mark.parametrize(("method", "status"), [("PLAY", 455), ("TEARDOWN", 454)])
async def test_session_that_plays_or_ends_while_a_track_is_waited_for_gets_no_more_tracks(method, status):
    async with (
        rtsp_world() as world,
        rtsp_client(world.port, **world.account) as client,
        rtsp_client(world.port, **world.account) as other,
    ):
        with UdpReceiver() as video, UdpReceiver() as audio:
            reply = await client.request("SETUP", f"{world.url}/track1", Transport=video.transport)
            session = {"Session": reply.session}
            world.server.waits = Waits(begin_s=5.0)
            async with asyncio.TaskGroup() as group:
                url = f"{world.url}/track2"
                asked = group.create_task(client.request("SETUP", url, Transport=audio.transport, **session))
                await has_been_read(world)
                assert (await other.request(method, world.url, **session)).status == 200
                world.source.play(key_picture(1) + sound(1))
            assert asked.result().status == status
            assert len(world.server.viewers) == len(world.server.sessions) == (method == "PLAY")


async def test_sessions_stay_limited_however_many_wait_for_the_camera():
    async with rtsp_world(begin_s=5.0) as world:
        numbers = count(1)
        world.server.sessions = SessionTable(lambda: f"session{next(numbers)}", most=1)
        async with (
            rtsp_client(world.port, **world.account) as first,
            rtsp_client(world.port, **world.account) as second,
            asyncio.TaskGroup() as group,
        ):
            both = (first, second)
            for each in both:
                await each.request("DESCRIBE", world.url)
            url = f"{world.url}/track1"
            asked = [group.create_task(each.request("SETUP", url, Transport=TCP)) for each in both]
            await has_been_read(world)
            world.source.play(key_picture(1) + sound(1))
        assert sorted(each.result().status for each in asked) == [200, 453]


async def test_no_free_ports_is_refused(monkeypatch):
    async with rtsp_world() as world, rtsp_client(world.port, **world.account) as client:
        monkeypatch.setattr("bridge.media.udp.PORT_ATTEMPTS", 0)
        reply = await client.request("SETUP", f"{world.url}/track1", Transport="RTP/AVP;unicast;client_port=5000-5001")
        assert reply.status == 453


async def test_close_ends_everything_at_once():
    async with rtsp_world(ScriptedSource(BOTH)) as world, rtsp_client(world.port, **world.account) as client:
        await client.open(world.url, TCP)
        with UdpReceiver() as receiver:
            await client.open(world.url, receiver.transport)
        await world.server.close()
        assert await client.at_end()
        assert (world.server.connections, world.server.viewers, world.server.port) == (0, (), 0)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", world.port)


async def test_close_does_not_wait_for_a_camera():
    class NeverOpens(ScriptedSource):
        @override
        async def run(self, sink):
            assert sink.state.phase == "opening"
            self.opened.set()
            await asyncio.Event().wait()

    async with (
        rtsp_world(NeverOpens()) as world,
        rtsp_client(world.port, **world.account) as client,
        asyncio.TaskGroup() as group,
    ):
        asking = group.create_task(ask_in_vain(client, world.url))
        await world.source.opened.wait()
        await world.server.close()
        await asking


async def ask_in_vain(client, url, method="DESCRIBE"):
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await client.request(method, url, Transport="RTP/AVP;unicast;client_port=5000-5001")
