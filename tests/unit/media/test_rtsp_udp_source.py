"""RTSP over UDP against a camera of a few lines, and against the bridge's own server."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import structlog

from bridge.core.errors import TimedOut, Unreachable
from bridge.core.model import Secret
from bridge.media import udp
from bridge.media.sources import rtsp as module
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp import RtspSource, RtspTransport
from bridge.proto.rtp import rtcp
from bridge.runtime.clock import SystemClock
from tests.unit.media.rtsp_world import SECRET, frame, key_picture, rtp, rtsp_world, sound
from tests.unit.media.source_bench import USUAL, Sink, running
from tests.unit.media.test_rtsp_source import camera, fail, found

VIDEO_ONLY = "v=0\na=control:*\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:track1\n"


PASSWORD = "pw"


def source_of(port, patience=USUAL, username="admin", password=PASSWORD):
    url = f"rtsp://127.0.0.1:{port}/cam/main"
    account = {"username": username, "password": Secret(password)}
    return RtspSource([url], **account, clock=SystemClock(), transport=RtspTransport.UDP, patience=patience)


class Ports:
    """The camera's side of one track: sends what a test says and keeps what comes back."""

    def __init__(self):
        self.rtp, self.rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for each in (self.rtp, self.rtcp):
            each.setblocking(False)
            each.bind(("127.0.0.1", 0))
        self.client_port = (0, 0)
        self.numbers = [each.getsockname()[1] for each in (self.rtp, self.rtcp)]

    def answer(self, text):
        first, second = found(r"client_port=(\d+)-(\d+)", text)
        self.client_port = (int(first), int(second))
        ours = f"server_port={self.numbers[0]}-{self.numbers[1]}"
        return f"RTSP/1.0 200 OK\r\nSession: 5;timeout=10\r\nTransport: RTP/AVP;unicast;{ours}\r\n\r\n"

    def send(self, *packets):
        for packet in packets:
            self.rtp.sendto(packet, ("127.0.0.1", self.client_port[0]))

    def report(self, packet):
        self.rtcp.sendto(packet, ("127.0.0.1", self.client_port[1]))

    async def heard(self):
        """Return the next report of the client."""
        async with asyncio.timeout(5.0):
            return rtcp.parse(await asyncio.get_running_loop().sock_recv(self.rtcp, 2000))

    def close(self):
        self.rtp.close()
        self.rtcp.close()


@asynccontextmanager
async def udp_camera(**options):
    """Yield the scripted camera and its ports."""
    ports = Ports()
    try:
        async with camera(sdp=VIDEO_ONLY, SETUP=ports.answer, **options) as cam:
            yield cam, ports
    finally:
        ports.close()


@asynccontextmanager
async def playing(**options):
    """Yield the camera's ports and the sink of a source that plays."""
    sink = Sink()
    async with udp_camera(**options) as (cam, ports), running(source_of(cam.port), sink):
        await sink.until(lambda sink: sink.description)
        yield ports, sink


async def test_packets_come_in_order_whatever_order_they_were_sent_in():
    async with playing() as (ports, sink):
        ports.send(rtp(1), rtp(3), rtp(2), b"no packet", rtp(4))
        await sink.until(lambda sink: sink.data == b"".join(frame(0, rtp(seq)) for seq in (1, 2, 3, 4)))


async def test_packet_behind_a_gap_is_not_held_until_the_next_picture():
    async with playing() as (ports, sink):
        ports.send(rtp(1), rtp(3))
        await sink.until(lambda sink: sink.data == frame(0, rtp(1)) + frame(0, rtp(3)))


async def test_stream_may_end_while_a_packet_waits():
    async with playing() as (ports, sink):
        ports.send(rtp(1), rtp(3))
        await sink.until(lambda sink: sink.data)


async def test_ports_are_a_pair_and_the_camera_hears_of_us_at_once():
    async with playing() as (ports, _):
        assert ports.client_port[0] % 2 == 0
        assert ports.client_port[1] == ports.client_port[0] + 1
        first, *_ = await ports.heard()
        assert isinstance(first, rtcp.ReceiverReport)


async def test_reports_of_the_camera_reach_the_sink():
    report = rtcp.build_sender_report(rtcp.SenderReport(0xCAFE, 1.5, 2, 3, 4), "camera")
    async with playing() as (ports, sink):
        ports.report(b"no report")
        ports.report(report)
        await sink.until(lambda sink: sink.data == frame(1, report))


async def test_reports_to_the_camera_go_on_and_loss_is_logged(monkeypatch):
    monkeypatch.setattr(module, "REPORT_INTERVAL_S", 0.05)
    async with playing() as (ports, sink):
        with structlog.testing.capture_logs() as logs:
            await ports.heard()
            # What is beyond the window's jump would be a new beginning; this is a gap that too many packets wait for.
            ports.send(rtp(1), *(rtp(seq) for seq in range(3, 100)))
            await sink.until(lambda sink: len(sink.packets()) == 98)
            await ports.heard()
            await ports.heard()
    assert [(entry["event"], entry["lost"]) for entry in logs if "lost" in entry] == [("stream.packets_lost", 1)]


async def test_packets_from_elsewhere_are_not_taken():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))
        async with playing() as (ports, sink):
            stranger.sendto(rtp(1, b"foreign"), ("127.0.0.1", ports.client_port[0]))
            ports.send(rtp(1))
            await sink.until(lambda sink: sink.data)
            assert sink.data == frame(0, rtp(1))


async def test_camera_that_does_not_tell_its_ports_is_played_all_the_same():
    def setup(text):
        ports.answer(text)
        return "RTSP/1.0 200 OK\r\nSession: 5\r\nTransport: RTP/AVP/UDP;unicast\r\n\r\n"

    ports, sink = Ports(), Sink()
    async with camera(sdp=VIDEO_ONLY, SETUP=setup) as cam, running(source_of(cam.port), sink):
        await sink.until(lambda sink: sink.description)
        ports.send(rtp(1))
        await sink.until(lambda sink: sink.data)
    ports.close()


async def test_camera_that_sends_no_packets_has_stalled():
    async with udp_camera() as (cam, _):
        await fail(source_of(cam.port, patience=Patience(stall_s=0.1)), TimedOut, "nothing for")


async def test_ports_are_given_back_with_the_stream():
    async with playing() as (ports, _):
        numbers = ports.client_port
    for number in numbers:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", number))


async def test_want_of_ports_is_an_error_of_its_own(monkeypatch):
    monkeypatch.setattr(udp, "PORT_ATTEMPTS", 0)
    async with udp_camera() as (cam, _):
        await fail(source_of(cam.port), Unreachable, "no UDP ports")


async def test_source_and_server_understand_each_other():
    async with rtsp_world() as near:
        await near.begin()
        sink = Sink()
        async with running(source_of(near.port, username="viewer", password=SECRET), sink):
            await sink.until(lambda sink: sink.packets(0) and sink.packets(2))
            near.source.play(key_picture(3, rtp_time=18000, size=1300) + sound(2))
            await sink.until(lambda sink: len(sink.packets(0)) == 4 and len(sink.packets(2)) == 2)
    assert bytes(sink.packets(0)[3].payload) == b"\x65\x88".ljust(1300, b"k")
