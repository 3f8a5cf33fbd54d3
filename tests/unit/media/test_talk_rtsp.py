"""Bringing sound to a camera's loudspeaker by RTSP: against a camera of a few lines, and the bridge's own server."""

from __future__ import annotations

import asyncio

import pytest

from bridge.core.errors import Busy, InvalidValue, Rejected, Unreachable, Unsupported
from bridge.core.formats import AudioCodec
from bridge.core.model import Secret
from bridge.core.talk import TalkDescription
from bridge.media.backchannel import BackChannel
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp import Login
from bridge.media.talk_rtsp import RtspTalk, offers
from bridge.proto.rtsp import sdp
from bridge.runtime.clock import SystemClock
from tests.unit.media.horn import HornCamera
from tests.unit.media.rtsp_world import SECRET, rtsp_world
from tests.unit.media.test_rtsp_source import camera, found

SOUND = [b"\xd5" * 160, b"\x55" * 160, b"\xd4" * 160]
LOGIN = Login("admin", Secret("pw"))
QUICK = Patience(connect_s=2.0, answer_s=2.0, stall_s=2.0, teardown_s=2.0)

VIDEO = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:track1\n"
SOUND_OF_THE_CAMERA = "m=audio 0 RTP/AVP 0\na=control:track2\n"
SPEAKER = "m=audio 0 RTP/AVP 8 0 97\na=rtpmap:97 MPEG4-GENERIC/16000\na=sendonly\na=control:track3\n"
FAST_SPEAKER = "m=audio 0 RTP/AVP 98\na=rtpmap:98 PCMU/16000\na=sendonly\na=control:track4\n"
STEREO_SPEAKER = "m=audio 0 RTP/AVP 98\na=rtpmap:98 PCMU/8000/2\na=sendonly\na=control:track4\n"
WHOLE = "v=0\na=control:*\n" + VIDEO + SOUND_OF_THE_CAMERA + SPEAKER


def talk_to(*urls: str, login: Login = LOGIN) -> RtspTalk:
    return RtspTalk(lambda: urls, login, clock=SystemClock(), patience=QUICK)


def url(cam, path="live"):
    return f"rtsp://127.0.0.1:{cam.port}/{path}"


# -- what a camera takes


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        (SPEAKER, [(AudioCodec.PCMA, 8000, 8), (AudioCodec.PCMU, 8000, 0)]),
        (FAST_SPEAKER + SPEAKER, [(AudioCodec.PCMU, 16000, 98)]),
        (STEREO_SPEAKER, []),
        (SOUND_OF_THE_CAMERA, []),
    ],
    ids=["G.711 and not AAC", "one rate for all", "not two channels", "not what the camera sends itself"],
)
def test_a_loudspeaker_takes_what_the_camera_wants_to_be_sent(media, expected):
    described = sdp.parse(("v=0\n" + VIDEO + media).encode())
    assert [(each.codec, each.sample_rate_hz, each.payload_type) for each in offers(described)] == expected


async def test_a_camera_is_asked_with_the_feature_required():
    async with camera(sdp=WHOLE) as cam:
        assert await talk_to(url(cam)).ask() == TalkDescription((AudioCodec.PCMA, AudioCodec.PCMU), 8000)
    (asked,) = cam.requests
    assert found(r"Require: (\S+)", asked) == "www.onvif.org/ver20/backchannel"


@pytest.mark.parametrize("options", [{"sdp": "v=0\n" + VIDEO + SOUND_OF_THE_CAMERA}, {"DESCRIBE": 551}])
async def test_a_camera_without_a_back_channel_has_no_loudspeaker(options):
    async with camera(**options) as cam:
        assert await talk_to(url(cam)).ask() is None


async def test_the_address_that_works_is_looked_for():
    def describe(text):
        return 404 if "/old " in text else cam.usual(text)

    async with camera(sdp=WHOLE) as cam:
        cam.overrides["DESCRIBE"] = describe
        assert await talk_to(url(cam, "old"), url(cam)).ask() is not None
        with pytest.raises(Rejected, match="/old"):
            await talk_to(url(cam, "old")).ask()


async def test_answers_that_are_no_description_are_a_typed_error():
    async with camera(sdp="") as cam:
        with pytest.raises(Unreachable, match="cannot be understood"):
            await talk_to(url(cam)).ask()
        with pytest.raises(Unreachable, match="cannot be understood"):
            await talk_to(url(cam)).start(AudioCodec.PCMU)


# -- talking


async def test_the_session_has_the_back_channel_alone_and_is_torn_down():
    async with camera(sdp=WHOLE) as cam:
        talk = talk_to(url(cam))
        await talk.start(AudioCodec.PCMU)
        await talk.stop()
        await talk.stop()
    assert cam.methods() == ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
    assert found(r"/live/(\S+)", cam.requests[1]) == "track3"
    assert found(r"interleaved=(\S+)", cam.requests[1]) == "0-1"
    assert all("Require: www.onvif.org/ver20/backchannel" in text for text in cam.requests[:3])


async def test_the_session_is_kept_alive():
    async with camera(sdp=WHOLE, timeout_s=1) as cam:
        seen = cam.overrides["GET_PARAMETER"] = KeepAlive(cam)
        talk = talk_to(url(cam))
        await talk.start(AudioCodec.PCMU)
        await seen.twice()
        await talk.stop()


class KeepAlive:
    """Answers GET_PARAMETER, and lets a test wait for the second one."""

    def __init__(self, cam):
        self._cam = cam
        self._count = 0
        self._enough = asyncio.Event()

    def __call__(self, text):
        self._count += 1
        if self._count == 2:
            self._enough.set()
        return self._cam.usual(text)

    async def twice(self):
        async with asyncio.timeout(5.0):
            await self._enough.wait()


async def test_a_refusal_leaves_nothing_open():
    async with camera(sdp=WHOLE, PLAY=453) as cam:
        talk = talk_to(url(cam))
        with pytest.raises(Rejected, match="453"):
            await talk.start(AudioCodec.PCMU)
        talk.send(SOUND[0], 0)
        del cam.overrides["PLAY"]
        cam.channels = ["0-1"]
        await talk.start(AudioCodec.PCMU)
        await talk.stop()
    assert cam.methods().count("TEARDOWN") == 2


async def test_a_codec_that_is_not_taken_is_unsupported():
    async with camera(sdp="v=0\n" + FAST_SPEAKER) as cam:
        with pytest.raises(Unsupported, match="PCMA"):
            await talk_to(url(cam)).start(AudioCodec.PCMA)


async def test_what_is_said_is_heard_in_order_by_one_listener():
    horn = HornCamera(AudioCodec.PCMU, AudioCodec.PCMA)
    back_channel = BackChannel(horn, clock=SystemClock(), silence_s=60.0)
    async with rtsp_world(back_channel=back_channel) as world:
        await world.begin()
        talk = talk_to(world.url, login=Login("viewer", Secret(SECRET)))
        assert await talk.ask() == TalkDescription((AudioCodec.PCMU, AudioCodec.PCMA), 8000)
        await talk.start(AudioCodec.PCMA)
        with pytest.raises(Busy):
            await talk.start(AudioCodec.PCMA)
        talk.send(SOUND[0], 2**32 - 160)
        assert await horn.horn.has_done(2) == ["asked for PCMA", "open for PCMA"]
        talk.send(SOUND[1], 2**32)
        talk.send(SOUND[2], 2**32 + 160)
        await talk.stop()
        talk.send(SOUND[0], 0)
        await horn.horn.has_done(3)
    assert horn.horn.heard == [(SOUND[0], 2**32 - 160), (SOUND[1], 0), (SOUND[2], 160)]


async def test_a_connection_that_is_lost_takes_nothing_more_and_can_be_opened_again():
    async with camera(sdp=WHOLE) as cam:
        talk = talk_to(url(cam))
        await talk.start(AudioCodec.PCMU)
        cam.writer.close()
        await cam.ended.wait()
        talk.send(SOUND[0], 0)
        await talk.stop()
        cam.ended.clear()
        cam.channels = ["0-1"]
        await talk.start(AudioCodec.PCMU)
        await talk.stop()


async def test_the_volume_cannot_be_set():
    with pytest.raises(InvalidValue) as caught:
        await talk_to("rtsp://127.0.0.1/x").set_volume(50.0)
    assert caught.value.reason == "volume"
