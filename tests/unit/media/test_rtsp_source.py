"""The source against a camera of a few lines, and against the bridge's own server."""

import asyncio
import re
from contextlib import asynccontextmanager

import pytest

from bridge.core.errors import AuthFailed, Rejected, TimedOut, Unreachable, Unsupported
from bridge.core.model import Secret
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.media.sources import rtsp_upstream as module
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp import RtspSource
from bridge.runtime.clock import SystemClock
from tests.clients.rtsp import rtsp_client
from tests.unit.media.rtsp_world import SECRET, frame, key_picture, picture, rtp, rtsp_world, sound
from tests.unit.media.source_bench import QUICK, USUAL, Sink, running

SDP = """v=0
a=control:*
m=application 0 RTP/AVP 107
a=rtpmap:107 vnd.onvif.metadata/90000
a=control:track0
m=audio 0 RTP/AVP 99
a=rtpmap:99 PCMU/8000
a=control:talk
a=sendonly
m=video 0 RTP/AVP 96
a=rtpmap:96 h264/90000
a=fmtp:96 packetization-mode=1
a=framerate:15
a=control:track1
m=audio 0 RTP/AVP 0
a=control:track2
"""

PASSWORD = Secret("pw")


def found(pattern, text):
    (word,) = re.findall(pattern, text)
    return word


class Camera:
    """Answers by the method's name; an override is a status, a whole reply, or a function of the request's text."""

    def __init__(self, sdp=SDP, channels=("0-1", "2-3"), timeout_s=10, **overrides):
        self.sdp = sdp
        self.channels = list(channels)
        self.timeout_s = timeout_s
        self.overrides = overrides
        self.requests = []
        self.playing = asyncio.Event()
        self.ended = asyncio.Event()
        self.writer = None
        self.port = 0

    async def serve(self, reader, writer):
        self.writer = writer
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(text)
                method = text.split()[0]
                reply = self.overrides.get(method, self.usual)
                reply = reply(text) if callable(reply) else reply
                if reply is None:
                    continue
                if isinstance(reply, int):
                    reply = f"RTSP/1.0 {reply}\r\n\r\n"
                cseq = found(r"CSeq: (\d+)", text)
                writer.write(reply.replace("\r\n", f"\r\nCSeq: {cseq}\r\n", 1).encode("latin-1"))
                if method == "PLAY":
                    self.playing.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ended.set()
        finally:
            writer.close()

    def usual(self, text):
        match text.split()[0]:
            case "DESCRIBE":
                return f"RTSP/1.0 200 OK\r\nContent-Length: {len(self.sdp)}\r\n\r\n{self.sdp}"
            case "SETUP":
                transport = f"Transport: RTP/AVP/TCP;interleaved={self.channels.pop(0)}"
                return f"RTSP/1.0 200 OK\r\nSession: 5;timeout={self.timeout_s}\r\n{transport}\r\n\r\n"
            case _:
                return "RTSP/1.0 200 OK\r\nSession: 5\r\n\r\n"

    def methods(self):
        return [text.split()[0] for text in self.requests]


@asynccontextmanager
async def camera(**options):
    made = Camera(**options)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
        if made.writer is not None:
            made.writer.close()
            await made.ended.wait()


def source_of(port, *paths, patience=USUAL, username="admin", password=PASSWORD):
    urls = [f"rtsp://127.0.0.1:{port}/{path}" for path in paths or ("live",)]
    return RtspSource(urls, username=username, password=password, clock=SystemClock(), patience=patience)


async def test_video_and_audio_are_set_up_and_everything_else_is_skipped():
    sink = Sink()
    async with camera() as cam, running(source_of(cam.port), sink):
        await sink.until(lambda sink: sink.description)
        assert sink.description == StreamDescription(
            (
                Track(MediaKind.VIDEO, "H264", 96, 90000, fmtp="packetization-mode=1", frame_rate=15.0),
                Track(MediaKind.AUDIO, "PCMU", 0, 8000),
            )
        )
        await cam.playing.wait()
        cam.writer.write(picture(1) + frame(2, rtp(1)))
        await sink.until(lambda sink: sink.data == picture(1) + frame(2, rtp(1)))
    assert cam.methods() == ["DESCRIBE", "SETUP", "SETUP", "PLAY", "TEARDOWN"]
    assert [found(r"/live/(\S+)", text) for text in cam.requests[1:3]] == ["track1", "track2"]


async def test_channels_that_the_camera_insists_on_become_canonical_and_leftovers_of_others_go():
    sink = Sink()
    async with camera(channels=["4-5", "8-9"]) as cam, running(source_of(cam.port), sink):
        await cam.playing.wait()
        cam.writer.write(frame(8, b"audio") + frame(2, b"leftover") + frame(4, b"video") + frame(5, b"report"))
        expected = frame(2, b"audio") + frame(0, b"video") + frame(1, b"report")
        await sink.until(lambda sink: sink.data == expected)


async def test_packets_that_come_with_or_before_the_answer_to_play_are_not_lost():
    def early(text):
        return f"RTSP/1.0 200 OK\r\n\r\n{frame(0, b'with').decode()}"

    sink = Sink()
    async with camera(PLAY=early) as cam, running(source_of(cam.port), sink):
        await sink.until(lambda sink: sink.data == frame(0, b"with"))


async def test_packets_before_the_answer_to_play_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_HELD_BYTES", 1)
    sink = Sink()
    runs = f"{frame(0, b'1').decode()}RTSP/1.0 200\r\nCSeq: 99\r\n\r\n{frame(0, b'2').decode()}"
    async with camera(PLAY=lambda _: f"RTSP/1.0 200 OK\r\n\r\n{runs}") as cam, running(source_of(cam.port), sink):
        await sink.until(lambda sink: sink.data)
        cam.writer.write(frame(0, b"3"))
        await sink.until(lambda sink: sink.data == frame(0, b"1") + frame(0, b"3"))


@pytest.mark.parametrize(
    "challenge", ['Digest realm="r", nonce="n"', 'Digest realm="r", nonce="n", qop="auth"', 'Basic realm="r"']
)
async def test_camera_that_asks_for_a_password_gets_it(challenge):
    def describe(text):
        if "Authorization: " + challenge.split()[0] in text:
            return cam.usual(text)
        return f"RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n\r\n"

    sink = Sink()
    async with camera(DESCRIBE=describe) as cam, running(source_of(cam.port), sink):
        await sink.until(lambda sink: sink.description)


async def test_first_candidate_with_a_stream_wins_and_is_tried_first_next_time():
    def describe(text):
        return cam.usual(text) if "/right" in text else "RTSP/1.0 404 Stream Not Found\r\n\r\n"

    async with camera(DESCRIBE=describe, channels=["0-1", "2-3"] * 2) as cam:
        source = source_of(cam.port, "wrong", "right", "never")
        for _ in range(2):
            sink = Sink()
            async with running(source, sink):
                await sink.until(lambda sink: sink.description)
    described = [found(r":\d+/(\w+)", text) for text in cam.requests if text.startswith("DESCRIBE")]
    assert described == ["wrong", "right", "right"]


@pytest.mark.parametrize(
    ("options", "error", "detail"),
    [
        ({"DESCRIBE": 401}, AuthFailed, "password"),
        ({"DESCRIBE": 403}, AuthFailed, "password"),
        ({"DESCRIBE": "RTSP/1.0 404 No Stream\r\n\r\n"}, Rejected, "404 No Stream for the stream /live"),
        ({"SETUP": 461}, Rejected, "461"),
        ({"SETUP": 404, "sdp": "m=video 0 RTP/AVP 26\na=control:rtsp://[::1/x\n"}, Rejected, "404 for the stream /x"),
        ({"PLAY": 455}, Rejected, "455"),
        ({"sdp": "m=application 0 RTP/AVP 96\n"}, Unsupported, "neither video nor audio"),
        ({"sdp": "m=video 0 RTP/SAVP 96\nm=audio 0 RTP/AVP 96\n"}, Unsupported, "neither video nor audio"),
        ({"sdp": "nothing"}, Unreachable, "cannot be understood"),
        ({"SETUP": 200}, Unreachable, "names no session"),
        ({"DESCRIBE": "\x80\r\n\r\n"}, Unreachable, "broken"),
        ({"DESCRIBE": None}, TimedOut, "DESCRIBE"),
        ({"TEARDOWN": None}, TimedOut, "nothing for 0.1 s"),
    ],
)
async def test_what_goes_wrong_has_a_type_and_a_readable_reason(options, error, detail):
    async with camera(**options) as cam:
        options = options.get("DESCRIBE", 0) is None or "TEARDOWN" in options
        with pytest.raises(error, match=detail):
            await source_of(cam.port, patience=QUICK if options else USUAL).run(Sink())


async def test_refusal_of_every_candidate_is_that_of_the_first():
    async with camera(DESCRIBE=404) as cam:
        with pytest.raises(Rejected, match="/one") as caught:
            await source_of(cam.port, "one", "two").run(Sink())
    assert caught.value.native_code == 404
    assert len(cam.requests) == 2


async def test_closed_port_is_unreachable():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        await source_of(port).run(Sink())


async def test_camera_that_does_not_accept_in_time_is_unreachable():
    with pytest.raises(Unreachable, match="within 0 s"):
        await source_of(9, patience=Patience(connect_s=0.0)).run(Sink())


async def test_camera_that_closes_the_connection_is_unreachable():
    async with camera() as cam, asyncio.TaskGroup() as group:
        group.create_task(fail(source_of(cam.port), Unreachable, "closed"))
        await cam.playing.wait()
        cam.writer.close()


async def fail(source, error, detail):
    with pytest.raises(error, match=detail):
        await source.run(Sink())


@pytest.mark.parametrize(("first", "then"), [(200, "GET_PARAMETER"), (501, "OPTIONS")])
async def test_session_is_kept_alive_with_what_the_camera_knows(first, then):
    asked: asyncio.Queue[str] = asyncio.Queue()

    def answer(text):
        asked.put_nowait(text.split()[0])
        return first if text.startswith("GET_PARAMETER") else 200

    async with (
        camera(timeout_s=1, GET_PARAMETER=answer, OPTIONS=answer) as cam,
        running(source_of(cam.port), Sink()),
        asyncio.timeout(5.0),
    ):
        assert [await asked.get() for _ in range(2)] == ["GET_PARAMETER", then]


async def test_camera_that_answers_but_sends_no_packets_has_stalled():
    patience = Patience(stall_s=0.5)
    async with camera(timeout_s=1) as cam:
        await fail(source_of(cam.port, patience=patience), TimedOut, "nothing for 0.5 s")
    assert "GET_PARAMETER" in cam.methods()


async def test_forgotten_session_is_an_error():
    async with camera(timeout_s=1, GET_PARAMETER=454) as cam:
        await fail(source_of(cam.port), Unreachable, "forgotten")


async def test_camera_that_does_not_answer_the_good_bye_holds_nobody_up():
    sink = Sink()
    async with camera(TEARDOWN=None) as cam, running(source_of(cam.port, patience=Patience(teardown_s=0.05)), sink):
        await sink.until(lambda sink: sink.description)


@pytest.mark.parametrize("candidates", [[], ["http://h/x"], ["rtsp:///x"], ["rtsp://h:99999/x"], ["rtsp://[::1/x"]])
def test_candidates_that_are_no_rtsp_urls_are_a_fault_of_the_caller(candidates):
    with pytest.raises(ValueError, match="candidates"):
        RtspSource(candidates, username="u", password=Secret("p"), clock=SystemClock())


def test_password_is_not_shown():
    assert "pw" not in repr(vars(source_of(1)))


async def test_source_and_server_understand_each_other():
    async with rtsp_world() as near:
        await near.begin()
        pull = source_of(near.port, "cam/ext", "cam/main", username="viewer", password=Secret(SECRET))
        async with rtsp_world(pull) as far, rtsp_client(far.port, **far.account) as client:
            reply = await client.open(far.url, "RTP/AVP/TCP;interleaved=0-1", "RTP/AVP/TCP;interleaved=2-3")
            assert reply.status == 200
            near.source.play(key_picture(3, rtp_time=18000, size=1400) + sound(2) + picture(5))
            payloads: list[bytes] = []
            while len(payloads) < 7:
                channel, packet = await client.frame()
                if channel % 2 == 0:
                    payloads.append(packet[12:])
    assert payloads.count(b"\x00\x10") == 2
    assert b"\x65\x88".ljust(1400, b"k") in payloads
