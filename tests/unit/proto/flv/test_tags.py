"""FLV cut into tags, and what the tags carry."""

from __future__ import annotations

import pytest

from bridge.core.errors import WireError
from bridge.proto.flv.media import (
    AacUnit,
    G711Samples,
    Picture,
    UnknownCodec,
    VideoCodec,
    VideoConfig,
    read_audio,
    read_video,
)
from bridge.proto.flv.tags import MOST_TAG_BYTES, FlvHeader, FlvReader, Tag, TagKind
from bridge.proto.rtp.payload.aac import AacConfig
from bridge.simulators.clips import video_clip
from tests.unit.media.flv_file import avcc, config_body, header, hvcc, picture_body, tag


def test_header_and_tags_come_out_one_by_one():
    file = header(audio=False) + tag(9, 5, b"picture") + tag(18, 6, b"about") + tag(8, 0x89ABCDEF, b"sound")
    assert list(FlvReader().receive(file)) == [
        FlvHeader(has_audio=False, has_video=True),
        Tag(TagKind.VIDEO, 5, b"picture"),
        Tag(TagKind.SCRIPT, 6, b"about"),
        Tag(TagKind.AUDIO, 0x89ABCDEF, b"sound"),
    ]


def test_longer_header_is_skipped_as_it_says():
    file = b"FLV\x01\x05" + (12).to_bytes(4, "big") + b"abc" + bytes(4) + tag(9, 0, b"x")
    assert list(FlvReader().receive(file))[1:] == [Tag(TagKind.VIDEO, 0, b"x")]


def test_unknown_and_encrypted_tags_are_left_out():
    file = header() + tag(15, 0, b"?") + tag(9 | 0x20, 0, b"secret") + tag(9, 0, b"x")
    assert list(FlvReader().receive(file))[1:] == [Tag(TagKind.VIDEO, 0, b"x")]


@pytest.mark.parametrize(
    ("file", "detail"),
    [
        (b"<html>", "not FLV"),
        (b"FLV\x01\x05\x00\x00\x00\x01", "impossible length"),
        (b"FLV\x01\x05\xff\x00\x00\x01", "impossible length"),
        (header() + b"\x09" + (MOST_TAG_BYTES + 1).to_bytes(3, "big") + bytes(7), "larger than .* at byte 9"),
    ],
)
def test_what_is_no_flv_is_refused(file, detail):
    with pytest.raises(WireError, match=detail):
        list(FlvReader().receive(file))


@pytest.mark.parametrize("is_enhanced", [False, True])
@pytest.mark.parametrize(("name", "codec"), [("h264-640x360", VideoCodec.H264), ("h265-3840x2160", VideoCodec.H265)])
def test_video_is_read_in_the_old_and_the_enhanced_form(name, codec, is_enhanced):
    config = read_video(config_body(name, is_enhanced=is_enhanced))
    assert isinstance(config, VideoConfig)
    assert config.codec is codec
    assert config.configuration.parameter_sets == video_clip(name).parameter_sets
    body = picture_body(name, [b"ab", b"", b"cde"], is_key=True, is_enhanced=is_enhanced, composition_ms=-40)
    picture = read_video(body)
    assert isinstance(picture, Picture)
    assert (picture.codec, picture.is_key, picture.composition_ms) == (codec, True, -40)
    assert config.configuration.units(picture.data) == (b"ab", b"cde")


def test_enhanced_picture_without_composition_time():
    assert read_video(b"\xa3hvc1data") == Picture(VideoCodec.H265, is_key=False, composition_ms=0, data=b"data")


@pytest.mark.parametrize("body", ["", "1702000000", "17", "5701", "92 68766331", "94 68766331", "5203", "1703"])
def test_video_tags_without_content(body):
    assert read_video(bytes.fromhex(body)) is None


def test_foreign_video_has_a_name():
    assert read_video(b"\x12?") == UnknownCodec("number 2")
    assert read_video(b"\x90av01") == UnknownCodec("av01")


@pytest.mark.parametrize("body", [b"\x17\x01\x00", b"\x17\x00\x00\x00\x00", b"\x17\x00\x00\x00\x00\x01", b"\x1c\x00"])
def test_video_tag_that_ends_too_early_is_refused(body):
    with pytest.raises(WireError):
        read_video(body)


def test_configuration_without_parameter_sets_is_refused():
    with pytest.raises(WireError, match="no parameter sets"):
        read_video(b"\x17\x00\x00\x00\x00" + avcc(b"", b""))


def test_other_arrays_of_a_configuration_are_left_out_and_the_sets_put_in_order():
    config = read_video(b"\x1c\x00\x00\x00\x00" + hvcc(b"\x4e\x01sei", b"\x44\x01p", b"\x42\x01s", b"\x40\x01v"))
    assert isinstance(config, VideoConfig)
    assert config.configuration.parameter_sets == (b"\x40\x01v", b"\x42\x01s", b"\x44\x01p")


def test_unit_that_reaches_beyond_its_picture_is_refused():
    config = read_video(config_body("h264-640x360"))
    assert isinstance(config, VideoConfig)
    with pytest.raises(WireError, match="too early"):
        config.configuration.units(b"\x00\x00\x00\x05abcd")


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"\xaf\x00\x14\x08", AacConfig(b"\x14\x08", 16000, 1)),
        (b"\xaf\x01unit", AacUnit(b"unit")),
        (b"\x90mp4a\x14\x08", AacConfig(b"\x14\x08", 16000, 1)),
        (b"\x91mp4aunit", AacUnit(b"unit")),
        (b"\x72ss", G711Samples("PCMA", b"ss")),
        (b"\x82ss", G711Samples("PCMU", b"ss")),
        (b"\x2fmp3", UnknownCodec("number 2")),
        (b"\x91Opus", UnknownCodec("Opus")),
        (b"", None),
        (b"\xaf", None),
        (b"\xaf\x01", None),
        (b"\x82", None),
    ],
)
def test_audio_is_read(body, content):
    assert read_audio(body) == content
