"""Tokens of everything on the media side of a device, and the kinds of configuration that a media profile holds.

Tokens depend on nothing but the names of the camera's streams, so they survive restarts and new firmware.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

VIDEO_SOURCE: Final = "VideoSource_0"
VIDEO_SOURCE_CONFIGURATION: Final = "VideoSourceConfig_0"
AUDIO_SOURCE: Final = "AudioSource_0"
AUDIO_SOURCE_CONFIGURATION: Final = "AudioSourceConfig_0"
AUDIO_OUTPUT: Final = "AudioOutput_0"
AUDIO_OUTPUT_CONFIGURATION: Final = "AudioOutputConfig_0"
AUDIO_DECODER: Final = "AudioDecoder_0"
METADATA_CONFIGURATION: Final = "Metadata_0"
ANALYTICS_CONFIGURATION: Final = "VideoAnalytics_0"
PTZ: Final = "PTZ_0"
"""Of the node and of its configuration: one client asks for the configuration by the node's token."""


class ConfigurationKind(StrEnum):
    """What a media profile can hold; the values are the words of Media2."""

    VIDEO_SOURCE = "VideoSource"
    VIDEO_ENCODER = "VideoEncoder"
    AUDIO_SOURCE = "AudioSource"
    AUDIO_ENCODER = "AudioEncoder"
    AUDIO_OUTPUT = "AudioOutput"
    AUDIO_DECODER = "AudioDecoder"
    METADATA = "Metadata"
    ANALYTICS = "Analytics"
    PTZ = "PTZ"


def fixed_profile(stream: str) -> str:
    """Return the token of the fixed profile that follows a native stream."""
    return f"Profile_{stream}"


def video_encoder(stream: str) -> str:
    """Return the token of the video encoder configuration of a native stream."""
    return f"VideoEncoder_{stream}"


def audio_encoder(stream: str) -> str:
    """Return the token of the audio encoder configuration of a native stream."""
    return f"AudioEncoder_{stream}"
