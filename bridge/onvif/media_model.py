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

from bridge.core.events import EventKind
from bridge.core.formats import VideoCodec
from bridge.core.model import NativeStream
from bridge.media.backchannel import offered
from bridge.onvif import media_tokens as tokens
from bridge.onvif.compatibility import DEFAULTS
from bridge.onvif.encoder_choice import offered_options
from bridge.onvif.media_store import KeptMetadata, KeptProfile
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.ptz_model import usable_mechanics

if TYPE_CHECKING:
    from bridge.core.camera import Camera
    from bridge.core.formats import AudioFormat, Resolution
    from bridge.core.model import CameraDescription, EncoderOptions, EncoderSettings
    from bridge.core.ptz import Ptz, PtzDescription
    from bridge.core.talk import TalkDescription
    from bridge.onvif.compatibility import Compatibility
    from bridge.onvif.jpeg_stream import JpegStream
    from bridge.onvif.media_store import KeptConfiguration, KeptProfiles, MediaStore

FREE_PROFILES = 4
"""Media profiles that clients can make beside the fixed ones: recorders that make their own want one or two."""

_SAME_STREAM = {
    ConfigurationKind.VIDEO_ENCODER: ConfigurationKind.AUDIO_ENCODER,
    ConfigurationKind.AUDIO_ENCODER: ConfigurationKind.VIDEO_ENCODER,
}
"""Picture and sound of a profile are those of one native stream: the bridge mixes nothing."""

_ONLY_ONE = {
    ConfigurationKind.VIDEO_SOURCE: tokens.VIDEO_SOURCE_CONFIGURATION,
    ConfigurationKind.AUDIO_SOURCE: tokens.AUDIO_SOURCE_CONFIGURATION,
    ConfigurationKind.AUDIO_OUTPUT: tokens.AUDIO_OUTPUT_CONFIGURATION,
    ConfigurationKind.AUDIO_DECODER: tokens.AUDIO_DECODER,
    ConfigurationKind.METADATA: tokens.METADATA_CONFIGURATION,
    ConfigurationKind.ANALYTICS: tokens.ANALYTICS_CONFIGURATION,
    ConfigurationKind.PTZ: tokens.PTZ,
}
"""The token of the configuration of each kind that a camera has once or not at all: all but the encoders."""


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
        jpeg: the JPEG stream that the bridge makes where the camera has none; None if it makes none at all.
        compatibility: what is shown differently for the sake of clients.
    """

    video_source_token: Final = tokens.VIDEO_SOURCE
    video_source_configuration_token: Final = tokens.VIDEO_SOURCE_CONFIGURATION
    audio_source_token: Final = tokens.AUDIO_SOURCE
    audio_output_token: Final = tokens.AUDIO_OUTPUT
    ptz_token: Final = tokens.PTZ
    analytics_token: Final = tokens.ANALYTICS_CONFIGURATION

    def __init__(
        self,
        camera: Camera,
        store: MediaStore,
        jpeg: JpegStream | None = None,
        *,
        compatibility: Compatibility = DEFAULTS,
    ) -> None:
        self._camera = camera
        self.store = store
        self.jpeg = jpeg
        self.compatibility = compatibility
        self._derived_from: tuple[CameraDescription | None, KeptProfiles, NativeStream | None, Ptz | None] | None = None
        self._profiles: tuple[MediaProfile, ...] = ()

    @property
    def profiles(self) -> tuple[MediaProfile, ...]:
        """All media profiles: the fixed ones, best first, then those that clients have made."""
        origin = (self._camera.description, self.store.profiles, self._jpeg, self._camera.facets.ptz)
        known = self._derived_from
        if known is None or any(old is not new for old, new in zip(known, origin, strict=True)):
            self._derived_from = origin
            self._profiles = (*self._fixed_profiles(), *self._free_profiles())
        return self._profiles

    @property
    def maximum_number_of_profiles(self) -> int:
        """How many media profiles there can be."""
        return len(self.streams) + FREE_PROFILES

    @property
    def streams(self) -> tuple[NativeStream, ...]:
        """The native streams, best first; then the JPEG stream, if the bridge makes one."""
        jpeg = self._jpeg
        return self._native if jpeg is None else (*self._native, jpeg)

    @property
    def _native(self) -> tuple[NativeStream, ...]:
        description = self._camera.description
        return () if description is None else description.streams

    @property
    def _jpeg(self) -> NativeStream | None:
        return None if self.jpeg is None else self.jpeg.stream

    @property
    def has_jpeg(self) -> bool:
        """Whether a stream is, or can be set to, JPEG."""
        return any(
            options.codec is VideoCodec.JPEG for token in self.encoders for options in self.encoder_options(token)
        )

    @property
    def full_picture(self) -> Resolution | None:
        """The largest picture that any native stream can have, whatever it is set to; None if there are no streams."""
        sizes = (
            size
            for stream in self._native
            for size in (
                stream.encoder.resolution,
                *(each for options in stream.options for each in options.resolutions),
            )
        )
        return max(sizes, default=None)

    @property
    def ptz(self) -> PtzDescription | None:
        """What the camera's mechanics can be asked to do; None if nothing moves."""
        return usable_mechanics(self._camera)

    @property
    def talk(self) -> TalkDescription | None:
        """What the camera's loudspeaker takes; None if it has none, or none that any client could talk through.

        No client can where it takes nothing that clients may send, and none may where everybody may watch.
        """
        description = self._camera.description
        talk = None if description is None else description.talk
        if talk is None or self.compatibility.rtsp_anonymous or not offered(talk):
            return None
        return talk

    @property
    def can_talk(self) -> bool:
        """Whether the bridge can bring sound to the loudspeaker, and set its volume."""
        return self._camera.facets.talk is not None

    @property
    def has_analytics(self) -> bool:
        """Whether it is shown that the camera looks at its pictures: it reports motion, or is told where to look."""
        description = self._camera.description
        return (
            self.compatibility.advertise_analytics
            and description is not None
            and (
                EventKind.MOTION in description.events
                or description.motion_regions is not None
                or description.motion_grid is not None
            )
        )

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
        if kind is ConfigurationKind.VIDEO_ENCODER:
            return tuple(self.encoders)
        if kind is ConfigurationKind.AUDIO_ENCODER:
            return tuple(tokens.audio_encoder(stream.name) for stream in self.streams if stream.audio is not None)
        return (_ONLY_ONE[kind],) if self._has(kind) else ()

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
        stream = self.stream(token)
        is_settable = stream is self._jpeg or self._camera.facets.encoders is not None
        return offered_options(stream, is_settable=is_settable)

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

    @property
    def metadata(self) -> KeptMetadata:
        """What the metadata stream carries: as a client has set it, or else every event."""
        kept = self.kept(tokens.METADATA_CONFIGURATION).metadata
        return kept or KeptMetadata(ptz_status=None if self.ptz is None else False, analytics=False, events=True)

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
        configurations = {kind: token for kind, token in _ONLY_ONE.items() if self._has(kind)}
        configurations[ConfigurationKind.VIDEO_ENCODER] = tokens.video_encoder(stream.name)
        if stream.audio is None:
            configurations.pop(ConfigurationKind.AUDIO_SOURCE, None)
        else:
            configurations[ConfigurationKind.AUDIO_ENCODER] = tokens.audio_encoder(stream.name)
        return configurations

    def _has(self, kind: ConfigurationKind) -> bool:
        """Say whether the camera has what the only configuration of a kind stands for."""
        match kind:
            case ConfigurationKind.AUDIO_SOURCE:
                return any(stream.audio is not None for stream in self.streams)
            case ConfigurationKind.AUDIO_OUTPUT | ConfigurationKind.AUDIO_DECODER:
                return self.talk is not None
            case ConfigurationKind.ANALYTICS:
                return self.has_analytics
            case ConfigurationKind.PTZ:
                return self.ptz is not None
            case _:
                return bool(self.streams)
