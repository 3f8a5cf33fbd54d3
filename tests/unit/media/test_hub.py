import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest

from bridge.core.errors import AuthFailed, Busy, CameraError, TimedOut, Unreachable
from bridge.media import hub as hub_module
from bridge.media.hub import HubPhase, StreamHub, TrackPosition
from bridge.media.source import StreamDescription, Track
from tests.unit.media.streams import (
    AUDIO_ONLY,
    H264_VIDEO,
    H265_VIDEO,
    IDR,
    PICTURE,
    SPS,
    VIDEO_AND_AUDIO,
    VIDEO_ONLY,
    HandSource,
    ManualClock,
    Viewer,
    audio,
    frame,
    media_of,
    reports_of,
    video,
)

LONG_S = 5.0
SHORT_S = 0.02


class Stage:
    """A running hub with its source and clock."""

    def __init__(self, linger_s: float = LONG_S) -> None:
        self.clock = ManualClock()
        self.source = HandSource(self.clock)
        self.hub = StreamHub("front/main", self.source, clock=self.clock, random=Random(1), linger_s=linger_s)

    async def play(self, description: StreamDescription = VIDEO_ONLY) -> Viewer:
        """Attach a viewer and open the upstream for it."""
        viewer = Viewer()
        self.hub.attach(viewer)
        await self.source.begun(1)
        self.source.open(description)
        return viewer


@asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[Stage]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stage.hub.run())
        yield stage
        task.cancel()


async def refusal_of(hub: StreamHub) -> CameraError:
    with pytest.raises(CameraError) as caught:
        await hub.description(timeout_s=LONG_S)
    return caught.value


async def test_nothing_is_opened_until_somebody_needs_it() -> None:
    async with running(Stage()) as stage:
        await asyncio.sleep(0)

        assert stage.source.runs == 0
        assert stage.hub.state.phase is HubPhase.IDLE


async def test_description_opens_the_upstream_and_is_known_from_then_on() -> None:
    async with running(Stage()) as stage, asyncio.TaskGroup() as group:
        asked = group.create_task(stage.hub.description(timeout_s=LONG_S))
        await stage.source.begun(1)
        phase_before = stage.hub.state.phase
        stage.source.open()

        assert await asked == VIDEO_ONLY
        assert await stage.hub.description(timeout_s=0) == VIDEO_ONLY
        assert (phase_before, stage.hub.state.phase) == (HubPhase.OPENING, HubPhase.PLAYING)


async def test_description_tells_why_the_upstream_cannot_be_opened() -> None:
    async with running(Stage()) as stage, asyncio.TaskGroup() as group:
        asked = group.create_task(refusal_of(stage.hub))
        await stage.source.begun(1)
        stage.source.fail(Unreachable("no route", camera="front"))

        assert isinstance(await asked, Unreachable)
        assert stage.hub.state.phase is HubPhase.WAITING
        assert stage.hub.state.attempts == 1
        assert "no route" in stage.hub.state.last_error


async def test_description_does_not_wait_for_ever() -> None:
    async with running(Stage()) as stage:
        with pytest.raises(TimedOut):
            await stage.hub.description(timeout_s=SHORT_S)


@pytest.mark.parametrize("refusal", [AuthFailed("wrong password"), Busy("locked", wait_s=120.0)])
async def test_refused_login_is_not_tried_again_for_every_client(refusal: AuthFailed | Busy) -> None:
    async with running(Stage(linger_s=0)) as stage:
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(refusal_of(stage.hub))
            await stage.source.begun(1)
            stage.source.fail(refusal)
            assert await asked is refusal

        assert await refusal_of(stage.hub) is refusal
        assert stage.source.runs == 1


async def test_what_is_known_is_told_however_long_a_refusal_lasts() -> None:
    async with running(Stage()) as stage:
        viewer = await stage.play()
        stage.source.fail(AuthFailed("wrong password"))
        await stage.source.ended(1)
        stage.hub.detach(viewer)

    assert stage.hub.state.phase is HubPhase.IDLE
    async with asyncio.timeout(SHORT_S):
        assert await stage.hub.description(timeout_s=LONG_S) == VIDEO_ONLY


async def test_a_camera_that_returns_is_not_kept_waiting_for_what_it_refused_before() -> None:
    async with running(Stage()) as stage:
        stage.hub.attach(Viewer())
        await stage.source.begun(1)
        stage.source.fail(AuthFailed("wrong password"))
        await stage.source.ended(1)
        stage.hub.retry()
        async with asyncio.timeout(0.5):
            await stage.source.begun(2)


async def test_who_asks_after_the_return_of_a_camera_is_not_told_of_its_refusal() -> None:
    async with running(Stage(linger_s=0)) as stage, asyncio.TaskGroup() as group:
        refused = group.create_task(refusal_of(stage.hub))
        await stage.source.begun(1)
        stage.source.fail(AuthFailed("wrong password"))
        await refused
        stage.hub.retry()
        asked = group.create_task(stage.hub.description(timeout_s=LONG_S))
        async with asyncio.timeout(0.5):
            await stage.source.begun(2)
        stage.source.open()

        assert await asked == VIDEO_ONLY


async def test_a_return_of_a_camera_does_not_disturb_what_plays() -> None:
    async with running(Stage()) as stage:
        await stage.play()
        stage.hub.retry()
        stage.source.fail(AuthFailed("wrong password"))
        await stage.source.ended(1)
        await asyncio.sleep(SHORT_S)

        assert stage.source.runs == 1


async def test_all_viewers_share_one_upstream_and_one_batch() -> None:
    async with running(Stage()) as stage:
        first = await stage.play()
        second = Viewer()
        stage.hub.attach(second)
        stage.source.feed(video(PICTURE, seq=1))

        assert first.batches[0] is second.batches[0]
        assert stage.source.runs == 1
        assert stage.hub.counters.readers == 2


async def test_new_viewer_begins_exactly_at_the_last_key_frame() -> None:
    async with running(Stage()) as stage:
        await stage.play()
        stage.source.feed(video(SPS, seq=1, rtp_time=1), video(IDR, seq=2, rtp_time=1))
        stage.source.feed(video(PICTURE, seq=3, rtp_time=2), video(SPS, seq=4, rtp_time=3))
        stage.source.feed(video(IDR, seq=5, rtp_time=3))
        late = Viewer()
        promised = stage.hub.position(0)
        stage.hub.attach(late)
        stage.source.feed(video(PICTURE, seq=6, rtp_time=4))

        assert [header.seq for header in late.video] == [4, 5, 6]
        assert promised == TrackPosition(seq=4, rtp_time=3, ssrc=7)
        assert late.batches[0].keyframe == 0
        assert len(reports_of(late.batches[0].data)) == 1
        assert stage.hub.counters.keyframes == 2


async def test_position_of_a_track_that_is_not_in_the_cache_is_its_next_packet() -> None:
    async with running(Stage()) as stage:
        await stage.play(VIDEO_AND_AUDIO)
        stage.source.feed(audio(seq=40, rtp_time=400), video(SPS, seq=1))

        assert stage.hub.position(1) == TrackPosition(seq=41, rtp_time=400, ssrc=8)


def test_position_needs_a_description() -> None:
    with pytest.raises(LookupError):
        Stage().hub.position(0)


async def test_cache_that_grows_too_long_waits_for_the_next_key_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "KEYFRAME_CACHE_BYTES", 100)
    async with running(Stage()) as stage:
        await stage.play()
        stage.source.feed(video(SPS, seq=1))
        stage.source.feed(video(PICTURE + bytes(100), seq=2))
        stage.source.feed(video(PICTURE, seq=3))
        late = Viewer()
        stage.hub.attach(late)

        assert late.video == []
        assert late.batches[0].keyframe is None  # the sender reports alone


async def test_viewer_of_a_sound_only_stream_gets_what_comes() -> None:
    async with running(Stage()) as stage:
        viewer = await stage.play(AUDIO_ONLY)
        stage.source.feed(frame(0, audio(seq=1)[4:]))

        assert viewer.batches[0].keyframe is not None


async def test_upstream_closes_when_the_last_viewer_has_been_gone_for_the_linger_time() -> None:
    async with running(Stage(linger_s=SHORT_S)) as stage:
        viewer = await stage.play()
        stage.source.feed(video(SPS, seq=1))
        stage.hub.detach(viewer)
        stage.hub.detach(viewer)
        assert stage.source.closed == 0
        async with asyncio.timeout(LONG_S):
            await stage.source.ended(1)

        again = Viewer()
        stage.hub.attach(again)
        stage.clock.seconds += 60
        async with asyncio.timeout(LONG_S):
            await stage.source.begun(2)
        stage.source.open()
        stage.source.feed(video(PICTURE, seq=900, ssrc=99))

        assert [(h.seq, h.ssrc) for h in again.video] == [(2, 7)]


async def test_viewer_who_comes_back_within_the_linger_time_keeps_the_upstream() -> None:
    async with running(Stage(linger_s=LONG_S)) as stage:
        viewer = await stage.play()
        stage.hub.detach(viewer)
        await asyncio.sleep(0)
        stage.hub.attach(viewer)
        await asyncio.sleep(0)

        assert (stage.source.runs, stage.source.closed) == (1, 0)


async def test_broken_upstream_is_opened_again_at_once_and_the_viewer_goes_on() -> None:
    async with running(Stage()) as stage:
        viewer = await stage.play()
        stage.source.feed(video(SPS, seq=65_535, rtp_time=100))
        stage.clock.seconds += 30
        stage.source.fail(Unreachable("connection reset"))
        async with asyncio.timeout(0.5):
            await stage.source.begun(2)
        stage.source.open()
        stage.source.feed(video(SPS, seq=7, rtp_time=55, ssrc=1234))

        assert [(h.seq, h.rtp_time, h.ssrc) for h in viewer.video] == [(65_535, 100, 7), (0, 100 + 30 * 90_000, 7)]
        assert stage.hub.state.attempts == 0


async def test_camera_that_stays_away_is_tried_again_about_every_second() -> None:
    async with running(Stage()) as stage:
        await stage.play()
        stage.source.fail(Unreachable("gone"))
        await asyncio.sleep(0)
        assert stage.source.runs == 1
        async with asyncio.timeout(1.5):
            await stage.source.begun(2)


async def test_viewer_attached_while_the_camera_is_away_gets_no_old_picture() -> None:
    async with running(Stage()) as stage:
        viewer = await stage.play()
        stage.source.feed(video(SPS, seq=1))
        stage.source.fail(Unreachable("gone"))
        async with asyncio.timeout(LONG_S):
            await stage.source.ended(1)
        late = Viewer()
        stage.hub.attach(late)

        assert len(viewer.batches) == 1
        assert late.batches == []


async def test_other_encoding_ends_the_sessions_and_is_described_to_new_ones() -> None:
    async with running(Stage()) as stage:
        viewer = await stage.play()
        stage.clock.seconds += 30
        stage.source.fail(Unreachable("restarting"))
        await stage.source.begun(2)
        stage.source.open(StreamDescription((H265_VIDEO,)))

        assert "encoding" in await viewer.end
        assert stage.hub.counters.readers == 0
        assert (await stage.hub.description(timeout_s=0)).tracks == (H265_VIDEO,)


async def test_other_parameters_of_the_same_tracks_leave_the_sessions_alone() -> None:
    changed = Track(H264_VIDEO.kind, "H264", 96, 90_000, fmtp="sprop-parameter-sets=new")
    async with running(Stage()) as stage:
        viewer = await stage.play()
        stage.clock.seconds += 30
        stage.source.fail(Unreachable("restarting"))
        await stage.source.begun(2)
        stage.source.open(StreamDescription((changed,)))
        stage.source.feed(video(PICTURE, seq=1))

        assert not viewer.end.done()
        assert len(viewer.batches) == 1
        assert (await stage.hub.description(timeout_s=0)).tracks == (changed,)


async def test_broken_packets_are_counted_and_the_rest_arrives() -> None:
    async with running(Stage()) as stage:
        viewer = await stage.play()
        stage.source.feed(frame(0, b"lies"), video(PICTURE, seq=1))
        stage.source.feed(frame(0, b"lies"))

        assert [header.seq for header in viewer.video] == [1]
        assert stage.hub.counters.dropped == 2
        assert stage.hub.counters.batches == 1


async def test_cancelled_hub_closes_its_upstream() -> None:
    stage = Stage()
    async with running(stage):
        await stage.play()

    assert stage.source.closed == 1
    assert stage.hub.state.phase is HubPhase.IDLE


def test_packets_before_a_description_are_ignored() -> None:
    stage = Stage()
    stage.hub.received(video(PICTURE, seq=1), 0.0)

    assert stage.hub.counters.bytes_in == 0
    assert media_of(b"") == []


async def test_a_stream_has_begun_when_every_track_has() -> None:
    async with running(Stage()) as stage, asyncio.TaskGroup() as group:
        waiting = group.create_task(stage.hub.begun(timeout_s=LONG_S))
        await stage.play(VIDEO_AND_AUDIO)
        stage.source.feed(video(PICTURE, seq=1))
        await asyncio.sleep(0)
        assert not waiting.done()
        stage.source.feed(audio(seq=1))
        await waiting


async def test_a_track_that_keeps_silent_is_not_waited_for_for_ever() -> None:
    async with running(Stage()) as stage:
        await stage.hub.begun(timeout_s=SHORT_S)
