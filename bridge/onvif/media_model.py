"""The media side of one virtual device: video source, configurations and media profiles, with their tokens.

ONVIF Media and Media2 Service Specifications: both services show this one model. It is derived from the camera's
description and nothing else: one fixed profile per native stream, best first, complete with everything that the
camera has. It knows no messages; `bridge.onvif.configurations` and the services put it into words. Tokens depend
only on the names of streams, so they survive restarts and new firmware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bridge.core.model import AudioFormat, CameraDescription, EncoderSettings, NativeStream, PtzDescription

if TYPE_CHECKING:
    from bridge.core.camera import Camera

VIDEO_SOURCE: Final = "VideoSource_0"
VIDEO_SOURCE_CONFIGURATION: Final = "VideoSourceConfig_0"
AUDIO_SOURCE: Final = "AudioSource_0"
AUDIO_SOURCE_CONFIGURATION: Final = "AudioSourceConfig_0"
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
    METADATA = "Metadata"
    PTZ = "PTZ"


@dataclass(frozen=True, slots=True)
class MediaProfile:
    """A media profile: a native stream, and the token of each configuration that belongs to it.

    `fixed` means that clients cannot delete it.
    """

    token: str
    name: str
    stream: NativeStream
    configurations: Mapping[ConfigurationKind, str]
    fixed: bool = True

    @property
    def ptz_token(self) -> str | None:
        """Token of the PTZ configuration; None if nothing moves."""
        return self.configurations.get(ConfigurationKind.PTZ)


class MediaModel:
    """What one camera shows to the media, PTZ, imaging and event services. Reading is from memory.

    Nothing exists as long as the camera was never reached; the tokens are known all the same.
    """

    video_source_token: Final = VIDEO_SOURCE
    video_source_configuration_token: Final = VIDEO_SOURCE_CONFIGURATION
    audio_source_token: Final = AUDIO_SOURCE
    ptz_token: Final = PTZ
    analytics_token: Final = ANALYTICS_CONFIGURATION

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._derived_from: CameraDescription | None = None
        self._profiles: tuple[MediaProfile, ...] = ()

    @property
    def profiles(self) -> tuple[MediaProfile, ...]:
        """All media profiles, best first."""
        description = self._camera.description
        if description is not self._derived_from:
            self._derived_from = description
            self._profiles = () if description is None else _profiles(description)
        return self._profiles

    @property
    def streams(self) -> tuple[NativeStream, ...]:
        """The native streams, best first."""
        description = self._camera.description
        return () if description is None else description.streams

    @property
    def ptz(self) -> PtzDescription | None:
        """What the camera's mechanics can do; None if nothing moves."""
        description = self._camera.description
        return None if description is None else description.ptz

    def profile(self, token: str) -> MediaProfile | None:
        """Return the media profile of that token, or None."""
        return next((profile for profile in self.profiles if profile.token == token), None)

    def tokens(self, kind: ConfigurationKind) -> tuple[str, ...]:
        """Return the tokens of every configuration of a kind, in the order of the profiles."""
        return tuple(dict.fromkeys(held for profile in self.profiles if (held := profile.configurations.get(kind))))

    def use_count(self, token: str) -> int:
        """Return how many media profiles hold the configuration of that token."""
        return sum(token in profile.configurations.values() for profile in self.profiles)

    def encoder(self, token: str) -> EncoderSettings:
        """Return how the video encoder of a configuration's token is set.

        Raises:
            KeyError: there is no such configuration.
        """
        for profile in self.profiles:
            if profile.configurations.get(ConfigurationKind.VIDEO_ENCODER) == token:
                return profile.stream.encoder
        raise KeyError(token)

    def audio(self, token: str) -> AudioFormat:
        """Return what the audio encoder of a configuration's token sends.

        Raises:
            KeyError: there is no such configuration.
        """
        for profile in self.profiles:
            audio = profile.stream.audio
            if audio is not None and profile.configurations.get(ConfigurationKind.AUDIO_ENCODER) == token:
                return audio
        raise KeyError(token)


def _profiles(description: CameraDescription) -> tuple[MediaProfile, ...]:
    return tuple(_profile(stream, has_ptz=description.ptz is not None) for stream in description.streams)


def _profile(stream: NativeStream, *, has_ptz: bool) -> MediaProfile:
    configurations = {
        ConfigurationKind.VIDEO_SOURCE: VIDEO_SOURCE_CONFIGURATION,
        ConfigurationKind.VIDEO_ENCODER: f"VideoEncoder_{stream.name}",
        ConfigurationKind.METADATA: METADATA_CONFIGURATION,
    }
    if stream.audio is not None:
        configurations[ConfigurationKind.AUDIO_SOURCE] = AUDIO_SOURCE_CONFIGURATION
        configurations[ConfigurationKind.AUDIO_ENCODER] = f"AudioEncoder_{stream.name}"
    if has_ptz:
        configurations[ConfigurationKind.PTZ] = PTZ
    return MediaProfile(f"Profile_{stream.name}", stream.name, stream, configurations)
