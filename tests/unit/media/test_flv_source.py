"""FLV over HTTP against a camera of a few lines."""

from __future__ import annotations

import asyncio
import re

import pytest

from bridge.core.errors import AuthFailed, Rejected, TimedOut, Unreachable, Unsupported
from bridge.core.model import Secret
from bridge.media.source import MediaKind, Track
from bridge.media.sources import tag_stream
from bridge.media.sources.flv import FlvSource
from bridge.media.sources.http import HttpAddress
from bridge.media.sources.patience import Patience
from bridge.proto.flv import amf0
from bridge.proto.rtp.payload import h264_packets
from bridge.runtime.clock import SystemClock
from bridge.simulators.clips import audio_frames, load_all, video_clip
from tests.unit.media.flv_file import clip_file, clip_tags, config_body, header, picture_body, tag
from tests.unit.media.http_camera import camera
from tests.unit.media.rtsp_world import rtsp_world
from tests.unit.media.source_bench import QUICK, USUAL, Sink, probe, running
from tests.unit.proto.rtp.depacketize import aac_units, h264_units, h265_units
from tests.unit.simulators.reolink_client import PASSWORD, playing

SMALL, OTHER, HEVC = "h264-640x360", "h264-2304x1296", "h265-3840x2160"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n\r\n"
CONFIG = tag(9, 0, config_body(SMALL))
AAC_CONFIG = tag(8, 0, b"\xaf\x00\x14\x08")
FACES = tag(9, 40, picture_body(SMALL, [b"\x41picture"], is_key=False))


@pytest.fixture(scope="module", autouse=True)
def clips():
    """Read the files before an event loop would have to wait for them."""
    load_all()


def source_of(cam, path="/live?app=bcs&stream=a%2fb", patience=USUAL):
    address = HttpAddress(f"http://127.0.0.1:{cam.port}{path}", "admin", Secret("pw"))
    return FlvSource(address, clock=SystemClock(), patience=patience)


def payloads(sink, channel=0):
    return [bytes(packet.payload) for packet in sink.packets(channel)]


async def opened(reply):
    sink = Sink()
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: sink.description)
    return sink


async def test_video_and_sound_become_tracks_with_their_parameters():
    sink = await opened(HEAD + clip_file())
    assert sink.description is not None
    video, sound = sink.description.tracks
    fmtp = h264_packets.fmtp(video_clip(SMALL).parameter_sets)
    assert video == Track(MediaKind.VIDEO, "H264", 96, 90000, fmtp=fmtp)
    assert (sound.kind, sound.encoding, sound.clock_rate, sound.channels) == (
        MediaKind.AUDIO,
        "MPEG4-GENERIC",
        16000,
        1,
    )
    assert sound.fmtp.endswith("config=1408")


@pytest.mark.parametrize("in_band", [False, True])
@pytest.mark.parametrize(("name", "units_of"), [(SMALL, h264_units), (HEVC, h265_units)])
async def test_every_picture_arrives_whole_and_parameter_sets_stand_before_key_pictures(name, units_of, in_band):
    clip = video_clip(name)
    expected = [nal for group in clip.groups[:2] for unit in group for nal in unit]
    sink = Sink()
    reply = HEAD + clip_file(name, seconds=2, audio=False, in_band=in_band)
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(units_of(payloads(sink))) == len(expected))
    assert units_of(payloads(sink)) == expected
    times = sorted({packet.rtp_time for packet in sink.packets()})
    assert times == [number * 40 * 90 for number in range(len(times))]
    assert [packet.seq for packet in sink.packets()] == [
        (sink.packets()[0].seq + number) % 65536 for number in range(len(sink.packets()))
    ]


async def test_enhanced_form_of_h265_is_the_same_stream():
    sink = await opened(HEAD + clip_file(HEVC, is_enhanced=True, audio=False))
    assert sink.description is not None
    assert [track.encoding for track in sink.description.tracks] == ["H265"]


async def test_sound_arrives_whole_in_exact_steps():
    sink = Sink()
    async with camera(HEAD + clip_file()) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(sink.packets(2)) == 15)
    assert aac_units([(packet.marker, packet.payload) for packet in sink.packets(2)]) == list(audio_frames()[:15])
    assert [packet.rtp_time for packet in sink.packets(2)] == [number * 1024 for number in range(15)]


async def test_small_errors_of_times_of_sound_are_smoothed_and_gaps_are_kept():
    times = [0, 65, 127, 500]
    file = header(video=False) + AAC_CONFIG + b"".join(tag(8, ms, b"\xaf\x01unit") for ms in times)
    sink = Sink()
    async with camera(HEAD + file) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(sink.packets()) == 4)
    assert [packet.rtp_time for packet in sink.packets()] == [0, 1024, 2048, 8000]


async def test_composition_time_moves_the_picture_and_not_the_order():
    pictures = [
        tag(9, ms, picture_body(SMALL, [b"\x41p"], is_key=False, composition_ms=later))
        for ms, later in ((0, 80), (40, 0), (80, -10))
    ]
    sink = Sink()
    reply = HEAD + header(audio=False) + CONFIG + b"".join(pictures)
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(sink.packets()) == 3)
    assert [packet.rtp_time for packet in sink.packets()] == [7200, 3600, 6300]


@pytest.mark.parametrize(("first", "encoding", "payload_type"), [(0x72, "PCMA", 8), (0x82, "PCMU", 0)])
async def test_g711_needs_no_announcement_and_long_tags_are_cut(first, encoding, payload_type):
    sink = Sink()
    reply = HEAD + header(video=False) + tag(8, 10, bytes([first]) + bytes(500))
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(sink.packets()) == 2)
    assert sink.description is not None
    assert sink.description.tracks == (Track(MediaKind.AUDIO, encoding, payload_type, 8000),)
    assert [(packet.rtp_time, packet.marker) for packet in sink.packets()] == [(80, False), (480, False)]


async def test_sound_that_is_promised_and_never_comes_is_not_waited_for():
    sink = Sink()
    reply = HEAD + header() + b"".join(tag(*each) for each in clip_tags(seconds=2, audio=False))
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len({packet.rtp_time for packet in sink.packets()}) == 50)
    assert sink.description is not None
    assert [track.kind for track in sink.description.tracks] == [MediaKind.VIDEO]


@pytest.mark.parametrize("about_sound", [{}, {"audiocodecid": 0.0}])
async def test_metadata_tells_that_there_is_no_sound(about_sound):
    metadata = tag(18, 0, amf0.encode("onMetaData", {"videocodecid": 7.0, **about_sound}))
    broken = tag(18, 0, b"\x02\xff")
    sink = await opened(HEAD + header() + broken + metadata + CONFIG)
    assert sink.description is not None
    assert len(sink.description.tracks) == 1


async def test_sound_that_rtp_cannot_carry_is_left_out():
    sink = await opened(HEAD + header() + CONFIG + tag(8, 0, b"\x2fmp3"))
    assert sink.description is not None
    assert [track.kind for track in sink.description.tracks] == [MediaKind.VIDEO]


async def test_sound_that_comes_late_is_left_out():
    sink = Sink()
    late = AAC_CONFIG + tag(8, 50, b"\xaf\x01unit") + FACES
    async with camera(HEAD + header(audio=False) + CONFIG + late) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: sink.data)
    assert len(sink.packets(2)) == 0


async def test_new_parameter_sets_go_before_the_next_key_picture():
    new = video_clip(OTHER).parameter_sets
    key = tag(9, 80, picture_body(SMALL, [b"\x65key"], is_key=True))
    sink = Sink()
    reply = HEAD + header(audio=False) + CONFIG + FACES + tag(9, 40, config_body(OTHER)) + key
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(h264_units(payloads(sink))) == 4)
    assert h264_units(payloads(sink)) == [b"\x41picture", *new, b"\x65key"]


@pytest.mark.parametrize("challenge", ['Digest realm="r", nonce="n", qop="auth"', 'Basic realm="r"'])
async def test_camera_that_asks_for_a_password_gets_it(challenge):
    def reply(request):
        if f"Authorization: {challenge.split()[0]}" in request:
            return HEAD + clip_file()
        return f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n".encode()

    sink = Sink()
    async with camera(reply) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: sink.description)
    assert [request.split()[1] for request in cam.requests] == ["/live?app=bcs&stream=a%2fb"] * 2
    uris = re.findall(r'uri="([^"]*)"', cam.requests[1])
    assert set(uris) <= {"/live?app=bcs&stream=a%2fb"}


async def test_secret_arguments_reach_the_camera_and_no_text():
    sink = Sink()
    async with camera(HEAD + clip_file()) as cam:
        secret = Secret("user=a&password=hidden")
        for path, asked in (("/flv", "/flv?"), ("/flv?x=1", "/flv?x=1&")):
            address = HttpAddress(f"http://127.0.0.1:{cam.port}{path}", "", Secret(""), secret)
            assert "hidden" not in repr(address)
            async with running(FlvSource(address, clock=SystemClock()), sink):
                await sink.until(lambda sink: sink.description)
            assert cam.requests[-1].split()[1] == f"{asked}user=a&password=hidden"
            sink = Sink()
    async with camera(b"nonsense\r\n\r\n") as cam:
        address = HttpAddress(f"http://127.0.0.1:{cam.port}/flv", "", Secret(""), secret)
        with pytest.raises(Unreachable) as caught:
            await FlvSource(address, clock=SystemClock()).run(Sink())
        assert "hidden" not in str(caught.value)


def refusing(status, *fields):
    lines = [f"HTTP/1.1 {status} Reason", *fields, "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("reply", "error", "detail"),
    [
        (refusing(401, "WWW-Authenticate: Basic realm=x"), AuthFailed, "password"),
        (refusing(403), AuthFailed, "password"),
        (refusing(404), Rejected, "404 Reason"),
        (refusing(302, "Location: http://127.0.0.1:1/"), Rejected, "302"),
        (b"nonsense\r\n\r\n", Unreachable, "no HTTP"),
        (HEAD + b"<html>", Unreachable, "not FLV"),
        (HEAD + header() + tag(9, 0, b"\x12?"), Unsupported, "number 2"),
        (HEAD + header(video=False) + tag(8, 0, b"\x2f?") + tag(8, 5000, b"\x2f?"), Unsupported, "neither video"),
        (HEAD + header() + CONFIG + AAC_CONFIG + tag(9, 0, config_body(HEVC)), Unreachable, "changed"),
        (HEAD + header() + CONFIG + AAC_CONFIG + tag(8, 0, b"\xaf\x00\x12\x10"), Unreachable, "changed"),
        (HEAD + header(video=False) + tag(8, 0, b"\x72s") + tag(8, 0, b"\x82s"), Unreachable, "changed"),
        (HEAD + header() + tag(9, 0, b"\x17\x01"), Unreachable, "broken"),
    ],
)
async def test_what_goes_wrong_has_a_type_and_a_readable_reason(reply, error, detail):
    async with camera(reply) as cam:
        with pytest.raises(error, match=detail):
            await source_of(cam).run(Sink())


async def test_stream_that_the_camera_ends_is_unreachable():
    async with camera(HEAD + clip_file()) as cam, asyncio.TaskGroup() as group:
        running = group.create_task(fail(source_of(cam), Unreachable, "ended"))
        await cam.answered.wait()
        cam.end()
        await running


async def test_answer_that_breaks_off_is_unreachable():
    reply = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 99999\r\n\r\n") + header()
    async with camera(reply) as cam, asyncio.TaskGroup() as group:
        group.create_task(fail(source_of(cam), Unreachable, "broke off"))
        await cam.answered.wait()
        cam.end()


async def test_camera_that_does_not_accept_in_time_is_unreachable():
    async with camera(HEAD) as cam:
        await fail(source_of(cam, patience=Patience(connect_s=1e-9)), Unreachable, "no connection within")


async def test_tags_without_content_make_no_packets_and_repeated_announcements_change_nothing():
    empty = tag(9, 20, b"\x27\x02\x00\x00\x00") + tag(8, 20, b"\xaf\x01") + AAC_CONFIG + CONFIG
    sink = Sink()
    async with camera(HEAD + header() + CONFIG + AAC_CONFIG + empty + FACES) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: sink.data)
    assert (len(sink.packets(0)), len(sink.packets(2))) == (1, 0)


async def test_silence_of_g711_makes_no_packets():
    sink = Sink()
    sound = tag(8, 0, b"\x72s") + tag(8, 10, b"\x72") + tag(8, 20, b"\x72s")
    async with camera(HEAD + header(video=False) + sound) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: len(sink.packets()) == 2)


async def test_pictures_that_never_begin_are_not_waited_for_forever():
    stray = [tag(9, 0, b""), *(tag(8, ms, b"\x72s") for ms in range(0, 6000, 500))]
    sink = Sink()
    async with camera(HEAD + header() + b"".join(stray)) as cam, running(source_of(cam), sink):
        await sink.until(lambda sink: sink.description)
    assert sink.description is not None
    assert [track.encoding for track in sink.description.tracks] == ["PCMA"]


async def test_what_is_held_is_bounded(monkeypatch):
    monkeypatch.setattr(tag_stream, "MOST_HELD_TAGS", 2)
    sink = await opened(HEAD + header() + CONFIG + FACES)
    assert sink.description is not None
    assert len(sink.description.tracks) == 1


async def test_camera_that_sends_no_more_media_has_stalled():
    about = tag(18, 0, amf0.encode("onMetaData", {}))
    async with camera(HEAD + header(audio=False) + CONFIG + FACES + about) as cam:
        await fail(source_of(cam, patience=QUICK), TimedOut, "neither sound nor picture for 0.1 s")


async def test_camera_that_does_not_answer_has_timed_out():
    async with camera(b"") as cam:
        await fail(source_of(cam, patience=Patience(connect_s=0.1, answer_s=0.1)), TimedOut, "no answer")


async def test_closed_port_is_unreachable():
    async with camera(HEAD) as cam:
        pass
    await fail(source_of(cam), Unreachable, "no stream by HTTP")


async def fail(source, error, detail):
    with pytest.raises(error, match=detail):
        await source.run(Sink())


@pytest.mark.parametrize("url", ["rtsp://host/x", "http:///x", "http://user:pw@host/x"])
def test_address_of_another_kind_is_refused(url):
    with pytest.raises(ValueError, match="http://"):
        HttpAddress(url, "", Secret(""))


async def test_simulated_camera_and_source_understand_each_other():
    async with playing() as client:
        address = HttpAddress(
            f"{client.camera.ready_line['api']}/flv?port=1935&app=bcs&stream=channel0_sub.bcs",
            username="",
            password=Secret(""),
            secret_arguments=Secret(f"user=admin&password={PASSWORD}"),
        )
        sink = Sink()
        async with running(FlvSource(address, clock=SystemClock(), patience=USUAL), sink):
            await sink.until(lambda sink: sink.description)
            client.clock.advance(1.0)
            await sink.until(lambda sink: len({packet.rtp_time for packet in sink.packets()}) == 11)
    assert sink.description is not None
    assert [track.encoding for track in sink.description.tracks] == ["H264", "MPEG4-GENERIC"]
    kinds = [unit[0] & 0x1F for unit in h264_units(payloads(sink))]
    assert kinds[:4] == [7, 8, 5, 1]
    assert (kinds.count(5), kinds.count(1)) == (2, 9)


@pytest.mark.ffmpeg
@pytest.mark.parametrize(("name", "codec"), [(SMALL, "h264"), (HEVC, "hevc")])
async def test_viewer_of_the_bridge_decodes_sound_and_pictures(name, codec):
    async with camera(HEAD) as cam, rtsp_world(source_of(cam), begin_s=1.0) as world, asyncio.TaskGroup() as group:
        playing = group.create_task(_play(cam, name))
        found = await probe(world)
        playing.cancel()
    assert (codec, "25/1") in found
    assert ("aac", "0/0") in found


async def _play(cam, name):
    """Send a clip as fast as its time goes."""
    await cam.answered.wait()
    loop = asyncio.get_running_loop()
    began = loop.time()
    cam.send(header())
    for kind, time_ms, body in clip_tags(name, seconds=10):
        await asyncio.sleep(began + time_ms / 1000 - loop.time())
        cam.send(tag(kind, time_ms, body))
