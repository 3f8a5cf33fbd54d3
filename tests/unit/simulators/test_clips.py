"""The clips and pictures: what is committed, what it shows, and when."""

from __future__ import annotations

import shutil
from io import BytesIO

import av
import pytest
from PIL import Image

from bridge.simulators.clips import (
    VIDEO_NAMES,
    Cadence,
    Moment,
    audio_frames,
    picture_jpeg,
    read_moment,
    video_clip,
)
from bridge.simulators.clips.cadence import CLIP_SECONDS, FRAMES_PER_GROUP
from bridge.simulators.clips.library import AUDIO_FRAME_SAMPLES, AUDIO_RATE_HZ, split_adts, split_annex_b
from bridge.simulators.clips.make import make_audio, make_video
from bridge.simulators.clips.picture import draw

START_CODE = b"\x00\x00\x00\x01"


def decoded(name: str, groups: list[tuple[tuple[bytes, ...], ...]]) -> list[Moment | None]:
    """Decode groups of access units and read the time code of every picture."""
    codec = av.CodecContext.create({"h264": "h264", "h265": "hevc"}[name[:4]], "r")
    assert isinstance(codec, av.VideoCodecContext)
    pictures = []
    for unit in (unit for group in groups for unit in group):
        pictures += codec.decode(av.Packet(b"".join(START_CODE + nal for nal in unit)))
    pictures += codec.decode(None)
    return [read_moment(picture.reformat(width=640, height=360).to_image()) for picture in pictures]


@pytest.mark.parametrize("name", VIDEO_NAMES)
def test_clip_shows_every_frame_of_a_second_in_order(name):
    group = video_clip(name).groups[9]
    assert decoded(name, [group]) == [Moment(9, frame) for frame in range(FRAMES_PER_GROUP)]


@pytest.mark.parametrize("name", ["h264-640x360", "h265-3840x2160"])
def test_shortened_groups_decode_across_the_seam_of_the_loop(name):
    groups = video_clip(name).groups
    shown = decoded(name, [groups[CLIP_SECONDS - 1][:2], groups[0][:2], groups[1][:1]])
    last = CLIP_SECONDS - 1
    assert shown == [Moment(last, 0), Moment(last, 1), Moment(0, 0), Moment(0, 1), Moment(1, 0)]


@pytest.mark.parametrize("name", VIDEO_NAMES)
def test_every_group_begins_with_parameter_sets_and_a_key_frame(name):
    clip = video_clip(name)
    types = [[nal[0] & 0x1F if clip.codec == "h264" else nal[0] >> 1 & 0x3F for nal in g[0]] for g in clip.groups]
    assert {tuple(seen) for seen in types} <= {(7, 8, 5), (32, 33, 34, 19), (32, 33, 34, 20)}
    assert all(group[0][:-1] == clip.parameter_sets for group in clip.groups)
    assert f"{clip.codec}-{clip.width}x{clip.height}" == name


def test_unknown_clip_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="h264-640x360"):
        video_clip("h264-1x1")


def test_sound_decodes_and_is_as_long_as_the_pictures():
    frames = audio_frames()
    assert len(frames) * AUDIO_FRAME_SAMPLES == CLIP_SECONDS * AUDIO_RATE_HZ
    codec = av.CodecContext.create("aac", "r")
    codec.extradata = bytes.fromhex("1408")
    pieces = [piece for frame in frames for piece in codec.decode(av.Packet(frame))]
    assert {(piece.sample_rate, piece.layout.name) for piece in pieces} == {(AUDIO_RATE_HZ, "mono")}
    assert sum(piece.samples for piece in pieces) == CLIP_SECONDS * AUDIO_RATE_HZ


@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (896, 512), (640, 360), (200, 64)])
def test_snapshot_has_the_size_and_the_time_asked_for(width, height):
    picture = Image.open(BytesIO(picture_jpeg(CLIP_SECONDS * 3 + 12.5, width, height)))
    assert picture.format == "JPEG"
    assert picture.size == (width, height)
    assert read_moment(picture) == Moment(12, 12)


@pytest.mark.parametrize("size", [(0, 360), (640, 63), (3841, 2160), (640, 4000)])
def test_snapshot_of_an_impossible_size_is_refused(size):
    with pytest.raises(ValueError, match="picture size"):
        picture_jpeg(0.0, *size)


def test_every_time_code_can_be_read():
    moments = [Moment(index % CLIP_SECONDS, index % FRAMES_PER_GROUP) for index in range(100)]
    assert [read_moment(draw(moment, 128, 72)) for moment in moments] == moments


def test_picture_without_time_code_reads_as_none():
    assert read_moment(Image.new("RGB", (640, 360))) is None


@pytest.mark.parametrize(
    ("frame_rate", "elapsed_s", "expected"),
    [
        (25, 0.0, Moment(0, 0)),
        (25, 3.96, Moment(3, 24)),
        (25, 4.0, Moment(4, 0)),
        (10, 4.35, Moment(4, 3)),
        (10, 4.999, Moment(4, 9)),
        (12.5, 4.97, Moment(4, 12)),
        (2, 17.6, Moment(1, 1)),
        (1, 15.9, Moment(15, 0)),
        (100, 0.25, Moment(1, 0)),
        (100, 0.30, Moment(1, 5)),
    ],
)
def test_cadence_shows_the_second_at_every_frame_rate(frame_rate, elapsed_s, expected):
    assert Cadence(frame_rate).moment_at(elapsed_s) == expected


@pytest.mark.parametrize("frame_rate", [1, 2, 7, 12.5, 15, 22, 25, 30, 100, 1000])
def test_frames_are_due_when_they_are_shown_and_never_backwards(frame_rate):
    cadence = Cadence(frame_rate)
    frames = [(group, frame) for group in range(1000, 1020) for frame in range(cadence.frames)]
    times = [cadence.time_of(*frame) for frame in frames]
    assert times == sorted(set(times))
    shown = [cadence.moment_at(time) for time in times]
    assert shown == [Moment(group % CLIP_SECONDS, frame) for group, frame in frames]


@pytest.mark.parametrize("frame_rate", [0, 0.5, -25, 1001, float("nan"), float("inf")])
def test_impossible_frame_rates_are_refused(frame_rate):
    with pytest.raises(ValueError, match="frame rate"):
        Cadence(frame_rate)


@pytest.mark.ffmpeg
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_clips_can_be_made_again_in_any_size(codec, tmp_path):
    name = f"{codec}-256x144"
    make_video(name, tmp_path, shutil.which("ffmpeg") or "ffmpeg")
    units = split_annex_b((tmp_path / f"{name}.{codec}").read_bytes(), codec)
    assert len(units) == CLIP_SECONDS * FRAMES_PER_GROUP
    assert {index % FRAMES_PER_GROUP for index, unit in enumerate(units) if len(unit) > 1} == {0}
    assert decoded(name, [units[: FRAMES_PER_GROUP + 1]])[-1] == Moment(1, 0)


@pytest.mark.ffmpeg
def test_sound_can_be_made_again_and_loops(tmp_path):
    make_audio(tmp_path, shutil.which("ffmpeg") or "ffmpeg")
    frames = split_adts((tmp_path / "aac-16000.aac").read_bytes())
    assert len(frames) * AUDIO_FRAME_SAMPLES == CLIP_SECONDS * AUDIO_RATE_HZ
