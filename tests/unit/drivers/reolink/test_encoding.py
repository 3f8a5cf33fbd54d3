"""Encoder settings and options, on the shapes that the document prints."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.formats import Resolution, VideoCodec
from bridge.core.model import EncoderSettings
from bridge.core.units import Range
from bridge.drivers.reolink.encoding import encoder_options, encoder_settings

RATES = [25, 22, 20, 18, 16, 15, 12, 10, 8, 6, 4, 2]


def main(size: str, codec: str, bitrates: list[int]) -> dict[str, Any]:
    width, height = map(int, size.split("*"))
    return {
        "bitRate": bitrates,
        "default": {"bitRate": 6144, "frameRate": 25, "gop": 2},
        "frameRate": RATES,
        "gop": {"max": 4, "min": 1},
        "height": height,
        "profile": ["Base", "Main", "High"],
        "size": size,
        "vType": codec,
        "width": width,
    }


NOW = {
    "bitRate": 6144,
    "frameRate": 25,
    "gop": 2,
    "height": 2160,
    "profile": "High",
    "size": "3840*2160",
    "vType": "h265",
    "width": 3840,
}
RANGES = [
    main("3840*2160", "h265", [4096, 5120, 6144, 7168, 8192]),
    main("2560*1440", "h264", [1024, 1536, 2048, 8192]),
    main("2304*1296", "h264", [1024, 1536, 2048, 8192]),
]


def settings(**changes: object) -> EncoderSettings:
    found = encoder_settings({**NOW, **changes})
    assert found is not None
    return found


def test_settings_are_read_and_gop_counts_frames() -> None:
    assert settings() == EncoderSettings(VideoCodec.H265, Resolution(3840, 2160), 25.0, 6144, 50, "Main")
    assert settings(vType="h264", profile="Base").codec_profile == "Baseline"


def test_a_stream_without_a_size_is_no_stream() -> None:
    assert encoder_settings({}) is None
    assert encoder_settings({"size": "big", "bitRate": 1}) is None


def test_a_size_is_also_read_from_width_and_height() -> None:
    assert settings(size=None).resolution == Resolution(3840, 2160)


def test_old_firmware_without_codec_gop_and_size_fields_is_understood() -> None:
    found = encoder_settings({"bitRate": 4096, "frameRate": 20, "profile": "High", "size": "2560*1440"})
    assert found == EncoderSettings(VideoCodec.H264, Resolution(2560, 1440), 20.0, 4096, 40, "High")


@pytest.mark.parametrize(
    ("size", "believed", "codec"),
    [
        ("3840*2160", None, VideoCodec.H265),
        ("2560*1920", None, VideoCodec.H264),
        ("2560*1920", VideoCodec.H265, VideoCodec.H265),
        ("3840*2160", VideoCodec.H264, VideoCodec.H264),
    ],
)
def test_a_codec_that_is_not_told_is_believed_or_guessed(
    size: str, believed: VideoCodec | None, codec: VideoCodec
) -> None:
    found = encoder_settings({"size": size}, believed)
    assert found is not None
    assert found.codec is codec


def test_a_codec_that_is_told_beats_belief() -> None:
    found = encoder_settings(NOW, VideoCodec.H264)
    assert found is not None
    assert found.codec is VideoCodec.H265


def test_options_are_grouped_by_codec_the_present_one_first() -> None:
    h265, h264 = encoder_options(RANGES, settings())
    assert h265.codec is VideoCodec.H265
    assert h265.resolutions == (Resolution(3840, 2160),)
    assert h265.bitrate_kbps == Range(4096, 8192)
    assert h265.frame_rates == tuple(map(float, RATES))
    assert h265.gov_length == Range(2, 100)
    assert h265.codec_profiles == ("Main",)
    assert h264.resolutions == (Resolution(2560, 1440), Resolution(2304, 1296))
    assert h264.bitrate_kbps == Range(1024, 8192)
    assert h264.codec_profiles == ("Baseline", "Main", "High")


def test_without_ranges_only_the_present_settings_are_certain() -> None:
    (only,) = encoder_options([], settings())
    assert only.resolutions == (Resolution(3840, 2160),)
    assert only.frame_rates == (25.0,)
    assert (only.bitrate_kbps, only.gov_length) == (Range(6144, 6144), Range(50, 50))


def test_missing_ranges_inside_an_entry_fall_back_to_the_present_values() -> None:
    (only,) = encoder_options([{"size": "3840*2160"}, {"noise": 1}], settings())
    assert only.codec is VideoCodec.H265
    assert only.bitrate_kbps == Range(6144, 6144)


def test_upside_down_gop_limits_do_no_harm() -> None:
    (only,) = encoder_options([{"size": "3840*2160", "gop": {"min": 4, "max": 1}}], settings())
    assert only.gov_length == Range(25, 100)
