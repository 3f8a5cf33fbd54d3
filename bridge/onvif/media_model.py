"""The media side of one virtual device: video source, configurations and media profiles, with their tokens.

ONVIF Media and Media2 Service Specifications: both services show this one model. What exists follows from the
camera's description: one configuration per encoder, and one fixed profile per native stream, best first, complete
with everything that the camera has. What clients have made of the profiles lies over that (`media_store`); a
configuration that the camera has no more is not shown in them. The model only reads: `profile_changes` and
`configuration_changes` write. It knows no messages; `configurations` and the services put it into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.core.model import NativeStream
from bridge.onvif import media_tokens as tokens
from bridge.onvif.encoder_choice import offered_options
from bridge.onvif.media_store import KeptProfile
from bridge.onvif.media_tokens import ConfigurationKind

if TYPE_CHECKING:
    from bridge.core.camera import Camera
    from bridge.core.formats import AudioFormat, Resolution
    from bridge.core.model import CameraDescription, EncoderOptions, EncoderSettings
    from bridge.core.ptz import PtzDescription
    from bridge.onvif.media_store import KeptConfiguration, KeptProfiles, MediaStore

FREE_PROFILES = 4
"""Media profiles that clients can make beside the fixed ones: recorders that make their own want one or two."""

_SAME_STREAM = {
    ConfigurationKind.VIDEO_ENCODER: ConfigurationKind.AUDIO_ENCODER,
    ConfigurationKind.AUDIO_ENCODER: ConfigurationKind.VIDEO_ENCODER,
}
"""Picture and sound of a profile are those of one native stream: the bridge mixes nothing."""


@dataclass(frozen=True, slots=True)
class MediaProfile:
    """A media profile: the token of each configuration in it, and the native stream that it plays.

    `stream` is None without a video encoder. `fixed` means that clients cannot delete it, though they may change it.
    """

    token: str
    name: str
    stream: NativeStream | None
    configurations: Mapping[ConfigurationKind, str]
    fixed: bool = True

    @property
    def ptz_token(self) -> str | None:
        """Token of the PTZ configuration; None if nothing moves."""
        return self.configurations.get(ConfigurationKind.PTZ)


class MediaModel:
    """What one camera shows to the media, PTZ, imaging and event services. Reading is from memory.

    Nothing exists as long as the camera was never reached, except empty profiles of clients; the tokens are known
    all the same.

    Args:
        camera: the camera.
        store: what clients have made of profiles and configurations.
    """

    video_source_token: Final = tokens.VIDEO_SOURCE
    video_source_configuration_token: Final = tokens.VIDEO_SOURCE_CONFIGURATION
    audio_source_token: Final = tokens.AUDIO_SOURCE
    ptz_token: Final = tokens.PTZ
    analytics_token: Final = tokens.ANALYTICS_CONFIGURATION

    def __init__(self, camera: Camera, store: MediaStore) -> None:
        self._camera = camera
        self.store = store
        self._derived_from: tuple[CameraDescription | None, KeptProfiles] | None = None
        self._profiles: tuple[MediaProfile, ...] = ()

    @property
    def profiles(self) -> tuple[MediaProfile, ...]:
        """All media profiles: the fixed ones, best first, then those that clients have made."""
        origin = (self._camera.description, self.store.profiles)
        known = self._derived_from
        if known is None or known[0] is not origin[0] or known[1] is not origin[1]:
            self._derived_from = origin
            self._profiles = (*self._fixed_profiles(), *self._free_profiles())
        return self._profiles

    @property
    def maximum_number_of_profiles(self) -> int:
        """How many media profiles there can be."""
        return len(self.streams) + FREE_PROFILES

    @property
    def streams(self) -> tuple[NativeStream, ...]:
        """The native streams, best first."""
        description = self._camera.description
        return () if description is None else description.streams

    @property
    def full_picture(self) -> Resolution | None:
        """The largest picture that any stream can have, whatever they are set to; None if there are no streams."""
        sizes = (
            size
            for stream in self.streams
            for size in (
                stream.encoder.resolution,
                *(each for options in stream.options for each in options.resolutions),
            )
        )
        return max(sizes, default=None)

    @property
    def ptz(self) -> PtzDescription | None:
        """What the camera's mechanics can do; None if nothing moves."""
        description = self._camera.description
        return None if description is None else description.ptz

    @property
    def encoders(self) -> dict[str, EncoderSettings]:
        """How every video encoder is set, by the token of its configuration."""
        return {tokens.video_encoder(stream.name): stream.encoder for stream in self.streams}

    def profile(self, token: str) -> MediaProfile | None:
        """Return the media profile of that token, or None."""
        return next((profile for profile in self.profiles if profile.token == token), None)

    def original_profiles(self) -> dict[str, KeptProfile]:
        """Return the fixed profiles as they come, by token, best first: complete with everything that there is."""
        return {
            tokens.fixed_profile(stream.name): KeptProfile(stream.name, self._everything(stream))
            for stream in self.streams
        }

    def tokens(self, kind: ConfigurationKind) -> tuple[str, ...]:
        """Return the tokens of every configuration of a kind, whether or not a profile holds it."""
        with_audio = [stream for stream in self.streams if stream.audio is not None]
        match kind:
            case ConfigurationKind.VIDEO_SOURCE:
                return (tokens.VIDEO_SOURCE_CONFIGURATION,) if self.streams else ()
            case ConfigurationKind.VIDEO_ENCODER:
                return tuple(self.encoders)
            case ConfigurationKind.AUDIO_SOURCE:
                return (tokens.AUDIO_SOURCE_CONFIGURATION,) if with_audio else ()
            case ConfigurationKind.AUDIO_ENCODER:
                return tuple(tokens.audio_encoder(stream.name) for stream in with_audio)
            case ConfigurationKind.METADATA:
                return (tokens.METADATA_CONFIGURATION,) if self.streams else ()
            case ConfigurationKind.PTZ:
                return () if self.ptz is None else (tokens.PTZ,)

    def compatible(self, kind: ConfigurationKind, profile: MediaProfile) -> tuple[str, ...]:
        """Return the tokens of a kind that a profile could hold beside what else it holds."""
        other = profile.configurations.get(_SAME_STREAM[kind]) if kind in _SAME_STREAM else None
        return tuple(token for token in self.tokens(kind) if other is None or self.stream(token) is self.stream(other))

    def use_count(self, token: str) -> int:
        """Return how many media profiles hold the configuration of that token."""
        return sum(token in profile.configurations.values() for profile in self.profiles)

    def stream(self, token: str) -> NativeStream:
        """Return the native stream of an encoder configuration, for picture or sound.

        Raises:
            KeyError: there is no such configuration.
        """
        for stream in self.streams:
            if token in {tokens.video_encoder(stream.name), tokens.audio_encoder(stream.name)}:
                return stream
        raise KeyError(token)

    def encoder(self, token: str) -> EncoderSettings:
        """Return how the video encoder of a configuration's token is set.

        Raises:
            KeyError: there is no such configuration.
        """
        return self.encoders[token]

    def encoder_options(self, token: str) -> tuple[EncoderOptions, ...]:
        """Return what the video encoder of a configuration's token can be set to, per codec.

        Raises:
            KeyError: there is no such configuration.
        """
        return offered_options(self.stream(token), is_settable=self._camera.facets.encoders is not None)

    def audio(self, token: str) -> AudioFormat:
        """Return what the audio encoder of a configuration's token sends.

        Raises:
            KeyError: there is no such configuration.
        """
        for stream in self.streams:
            if stream.audio is not None and tokens.audio_encoder(stream.name) == token:
                return stream.audio
        raise KeyError(token)

    def kept(self, token: str) -> KeptConfiguration:
        """Return what clients have set of a configuration beside what the camera knows."""
        return self.store.configuration(token)

    def name(self, token: str) -> str:
        """Return the name of a configuration: its token until a client gives it another."""
        return self.kept(token).name or token

    def _fixed_profiles(self) -> tuple[MediaProfile, ...]:
        return tuple(
            self._profile(token, self.store.profiles.fixed.get(token, original), original.configurations, fixed=True)
            for token, original in self.original_profiles().items()
        )

    def _free_profiles(self) -> tuple[MediaProfile, ...]:
        taken = self.original_profiles()
        return tuple(
            self._profile(token, kept, None, fixed=False)
            for token, kept in self.store.profiles.free.items()
            if token not in taken
        )

    def _profile(
        self, token: str, kept: KeptProfile, otherwise: dict[ConfigurationKind, str] | None, *, fixed: bool
    ) -> MediaProfile:
        """Return a profile; what it holds is what was kept, or else `otherwise`, as far as it exists now."""
        chosen = otherwise if kept.configurations is None else kept.configurations
        held = {kind: each for kind, each in (chosen or {}).items() if each in self.tokens(kind)}
        encoder = held.get(ConfigurationKind.VIDEO_ENCODER)
        return MediaProfile(token, kept.name, None if encoder is None else self.stream(encoder), held, fixed)

    def _everything(self, stream: NativeStream) -> dict[ConfigurationKind, str]:
        """Return what a profile of that stream holds as it comes."""
        configurations = {
            ConfigurationKind.VIDEO_SOURCE: tokens.VIDEO_SOURCE_CONFIGURATION,
            ConfigurationKind.VIDEO_ENCODER: tokens.video_encoder(stream.name),
            ConfigurationKind.METADATA: tokens.METADATA_CONFIGURATION,
        }
        if stream.audio is not None:
            configurations[ConfigurationKind.AUDIO_SOURCE] = tokens.AUDIO_SOURCE_CONFIGURATION
            configurations[ConfigurationKind.AUDIO_ENCODER] = tokens.audio_encoder(stream.name)
        if self.ptz is not None:
            configurations[ConfigurationKind.PTZ] = tokens.PTZ
        return configurations
