"""The configurations of media profiles in the words of the schema: what Media and Media2 say alike.

ONVIF Media and Media2 Service Specifications, chapters on configurations and their options. The facts come from the
`MediaModel`. Changes are the business of `configuration_changes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from urllib.parse import quote

from lxml import etree

from bridge.core.errors import ClientFault
from bridge.core.formats import Resolution
from bridge.core.units import round_half_up
from bridge.onvif.media_model import MediaModel, MediaProfile
from bridge.onvif.media_store import parse_kept
from bridge.onvif.media_tokens import AUDIO_SOURCE, VIDEO_SOURCE, ConfigurationKind
from bridge.onvif.ptz_model import ptz_configuration
from bridge.onvif.settings.ptz import PtzSettings
from bridge.onvif.types.common import IntRange, IPAddress, IPType, MulticastConfiguration, VideoResolution
from bridge.onvif.types.configurations import (
    AudioSourceConfiguration,
    AudioSourceConfigurationOptions,
    EventSubscription,
    IntItems,
    IntRectangle,
    IntRectangleRange,
    MetadataConfiguration,
    MetadataConfigurationOptions,
    PTZFilter,
    PTZStatusFilterOptions,
    VideoSourceConfiguration,
    VideoSourceConfigurationOptions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.core.formats import AudioFormat
    from bridge.core.model import NativeStream
    from bridge.core.units import Range
    from bridge.onvif.media_store import KeptMetadata
    from bridge.onvif.operation import Call
    from bridge.onvif.types.ptz import PTZConfiguration

T = TypeVar("T")

NO_MULTICAST = MulticastConfiguration(
    address=IPAddress(type=IPType.IPV4, ipv4_address=str(IPv4Address(0))),
    port=0,
    ttl=0,
    auto_start=False,
)
SESSION_TIMEOUT = timedelta(seconds=60)
"""How long a stream survives without a sign of its viewer: the usual time-out of an RTSP session."""

QUALITY = 1
"""Native cameras know a bit rate and no quality, so there is one degree of it."""


def require_profile(media: MediaModel, token: str) -> MediaProfile:
    """Return the media profile of that token.

    Raises:
        ClientFault: NoProfile.
    """
    profile = media.profile(token)
    if profile is None:
        raise ClientFault("Sender", ("InvalidArgVal", "NoProfile"), f"There is no media profile '{token}'")
    return profile


class Question(Protocol):
    """What a client asks for; the questions of both services have this shape."""

    @property
    def configuration_token(self) -> str | None:
        """Only this configuration."""

    @property
    def profile_token(self) -> str | None:
        """Only what is compatible with this media profile."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of ours; without tokens it asks for everything."""

    configuration_token: str | None = None
    profile_token: str | None = None


_EVERYTHING = _Asked()


@dataclass(frozen=True, slots=True)
class ConfigurationView(Generic[T]):
    """One kind of configuration as one service shows it.

    Args:
        kind: of the configurations.
        render: words the configuration of a token; None if the service has no words for it.
    """

    kind: ConfigurationKind
    render: Callable[[MediaModel, str], T | None]

    def tokens(self, media: MediaModel, asked: Question = _EVERYTHING) -> tuple[str, ...]:
        """Return the tokens of the configurations that a client asks for.

        Raises:
            ClientFault: NoConfig, NoProfile, or IncompatibleConfiguration when both exist and do not fit.
        """
        tokens = media.tokens(self.kind)
        wanted = asked.configuration_token
        if wanted is not None:
            if wanted not in tokens:
                raise self._no_configuration(wanted)
            tokens = (wanted,)
        if asked.profile_token is not None:
            compatible = media.compatible(self.kind, require_profile(media, asked.profile_token))
            if wanted is not None and wanted not in compatible:
                raise ClientFault(
                    "Sender",
                    ("InvalidArgVal", "IncompatibleConfiguration"),
                    f"Media profile '{asked.profile_token}' cannot hold '{wanted}'",
                )
            tokens = tuple(token for token in tokens if token in compatible)
        return tokens

    def option_tokens(self, media: MediaModel, asked: Question) -> tuple[str, ...]:
        """Return the tokens of the configurations whose options a client asks for.

        With a media profile alone it is the one that the profile holds, if it does: clients set that to what is
        offered, and what other configurations offer would be refused.

        Raises:
            ClientFault: as `tokens`.
        """
        tokens = self.tokens(media, asked)
        if asked.profile_token is None:
            return tokens
        held = require_profile(media, asked.profile_token).configurations.get(self.kind)
        return tuple(token for token in tokens if token == held) or tokens

    def some_option_tokens(self, media: MediaModel, asked: Question) -> tuple[str, ...]:
        """Return the same, at least one: an answer without any options would not be valid.

        Raises:
            ClientFault: NoConfig, and as `tokens`.
        """
        tokens = self.option_tokens(media, asked)
        if not tokens:
            raise no_configuration(f"There is no such {self.kind} configuration")
        return tokens

    def matching(self, media: MediaModel, asked: Question = _EVERYTHING) -> tuple[T, ...]:
        """Return the configurations that a client asks for.

        Raises:
            ClientFault: as `tokens`.
        """
        return tuple(shown for token in self.tokens(media, asked) if (shown := self.render(media, token)) is not None)

    def compatible(self, media: MediaModel, profile_token: str) -> tuple[T, ...]:
        """Return the configurations that fit a media profile.

        Raises:
            ClientFault: NoProfile.
        """
        return self.matching(media, _Asked(profile_token=profile_token))

    def one(self, media: MediaModel, token: str) -> T:
        """Return the configuration of a token.

        Raises:
            ClientFault: NoConfig.
        """
        for shown in self.matching(media, _Asked(configuration_token=token)):
            return shown
        raise self._no_configuration(token)

    def held_by(self, profile: MediaProfile, media: MediaModel) -> T | None:
        """Return the configuration of this kind that a profile holds, if any."""
        token = profile.configurations.get(self.kind)
        return None if token is None else self.render(media, token)

    def _no_configuration(self, token: str) -> ClientFault:
        return no_configuration(f"There is no {self.kind} configuration '{token}'")


def no_configuration(reason: str) -> ClientFault:
    """Return the fault NoConfig."""
    return ClientFault("Sender", ("InvalidArgVal", "NoConfig"), reason)


def with_audio(media: MediaModel) -> MediaModel:
    """Return the media model of a camera that sends audio.

    Raises:
        ClientFault: AudioNotSupported.
    """
    if not media.tokens(ConfigurationKind.AUDIO_SOURCE):
        raise ClientFault("Receiver", ("ActionNotSupported", "AudioNotSupported"), "The camera sends no audio")
    return media


def playable_stream(profile: MediaProfile) -> NativeStream:
    """Return the native stream that a media profile plays.

    Raises:
        ClientFault: IncompleteConfiguration.
    """
    if profile.stream is None:
        raise ClientFault(
            "Receiver", ("Action", "IncompleteConfiguration"), f"Media profile '{profile.token}' has no video encoder"
        )
    return profile.stream


def multicast(media: MediaModel, token: str) -> MulticastConfiguration:
    """Return where the stream of a configuration would be multicast to."""
    kept = media.kept(token).multicast
    if kept is None:
        return NO_MULTICAST
    text = str(kept.address)
    address = (
        IPAddress(type=IPType.IPV4, ipv4_address=text)
        if isinstance(kept.address, IPv4Address)
        else IPAddress(type=IPType.IPV6, ipv6_address=text)
    )
    return MulticastConfiguration(
        address=address,
        port=kept.port,
        ttl=kept.ttl,
        auto_start=kept.auto_start,
    )


def session_timeout(media: MediaModel, token: str) -> timedelta:
    """Return how long a stream of a configuration survives without a sign of its viewer: no more than a hint."""
    kept = media.kept(token).session_timeout
    return SESSION_TIMEOUT if kept is None else kept


def _video_source_configuration(media: MediaModel, token: str) -> VideoSourceConfiguration | None:
    """Word the video source configuration: always the full picture."""
    full = media.full_picture
    if full is None:
        return None
    return VideoSourceConfiguration(
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        source_token=VIDEO_SOURCE,
        bounds=IntRectangle(x=0, y=0, width=full.width, height=full.height),
    )


def video_source_configuration_options(media: MediaModel) -> VideoSourceConfigurationOptions:
    """Return what a video source configuration can be set to: the full picture and nothing else.

    Raises:
        ClientFault: NoConfig, as long as the camera was never reached.
    """
    full = media.full_picture
    if full is None:
        raise no_configuration("There is no video source configuration: the camera was never reached")
    return VideoSourceConfigurationOptions(
        maximum_number_of_profiles=media.maximum_number_of_profiles,
        bounds_range=IntRectangleRange(
            x_range=span((0,)), y_range=span((0,)), width_range=span((full.width,)), height_range=span((full.height,))
        ),
        video_source_tokens_available=(VIDEO_SOURCE,),
    )


def _audio_source_configuration(media: MediaModel, token: str) -> AudioSourceConfiguration:
    """Word the audio source configuration."""
    return AudioSourceConfiguration(
        token=token, name=media.name(token), use_count=media.use_count(token), source_token=AUDIO_SOURCE
    )


def audio_source_configuration_options() -> AudioSourceConfigurationOptions:
    """Return what an audio source configuration can be set to."""
    return AudioSourceConfigurationOptions(input_tokens_available=(AUDIO_SOURCE,))


def _metadata_configuration(media: MediaModel, token: str) -> MetadataConfiguration:
    """Word the metadata configuration."""
    kept = media.metadata
    return MetadataConfiguration(
        token=token,
        name=media.name(token),
        use_count=media.use_count(token),
        ptz_status=None if kept.ptz_status is None else PTZFilter(status=kept.ptz_status, position=kept.ptz_position),
        events=_events(kept),
        analytics=kept.analytics,
        multicast=multicast(media, token),
        session_timeout=session_timeout(media, token),
    )


def _events(kept: KeptMetadata) -> EventSubscription | None:
    if not kept.events:
        return None
    return EventSubscription(filter=None if kept.event_filter is None else parse_kept(kept.event_filter))


def event_filter_text(events: EventSubscription | None) -> str | None:
    """Return the filter of an event subscription as XML that stands alone, None without one."""
    if events is None or events.filter is None:
        return None
    return etree.tostring(events.filter, encoding="unicode", with_tail=False)


def metadata_configuration_options(media: MediaModel) -> MetadataConfigurationOptions:
    """Return what a metadata configuration can be set to, beside events."""
    return MetadataConfigurationOptions(ptz_status_filter_options=metadata_ptz_options(media))


def metadata_ptz_options(media: MediaModel) -> PTZStatusFilterOptions:
    """Return which PTZ facts a metadata stream could carry: what the camera's mechanics have and tell."""
    ptz = media.ptz
    return PTZStatusFilterOptions(
        pan_tilt_status_supported=ptz is not None and (ptz.pan or ptz.tilt),
        zoom_status_supported=ptz is not None and ptz.zoom,
        pan_tilt_position_supported=ptz is not None and ptz.pan_tilt_position,
        zoom_position_supported=ptz is not None and ptz.zoom_position,
    )


def _ptz_configuration(media: MediaModel, token: str) -> PTZConfiguration | None:
    """Word the PTZ configuration as the PTZ service does."""
    ptz = media.ptz
    if ptz is None:
        return None
    settings = media.kept(token).ptz or PtzSettings()
    return ptz_configuration(ptz, settings, token=token, name=media.name(token), use_count=media.use_count(token))


def snapshot_uri(call: Call, profile_token: str) -> str:
    """Return where still pictures of a media profile are got.

    Raises:
        ClientFault: NoProfile, IncompleteConfiguration, or ActionNotSupported if there are no still pictures of this
            camera.
    """
    profile = require_profile(call.device.media, profile_token)
    if not call.device.has_snapshots:
        raise ClientFault("Receiver", ("ActionNotSupported",), "The camera makes no still pictures")
    playable_stream(profile)
    return f"{call.base_url}/onvif/snapshot/{quote(profile.token, safe='')}"


def resolution(size: Resolution) -> VideoResolution:
    """Return a picture size in the schema's words."""
    return VideoResolution(width=size.width, height=size.height)


def native_resolution(size: VideoResolution) -> Resolution:
    """Return a picture size in the words of the domain."""
    return Resolution(size.width, size.height)


def resolutions(sizes: Iterable[Resolution]) -> tuple[VideoResolution, ...]:
    """Return different picture sizes, largest first."""
    return tuple(resolution(size) for size in sorted(set(sizes), reverse=True))


def span(values: Iterable[int]) -> IntRange:
    """Return the range that just holds all values; there must be at least one."""
    held = tuple(values)
    return IntRange(min=min(held), max=max(held))


def hull(ranges: Iterable[Range]) -> IntRange:
    """Return the range that just holds all ranges; there must be at least one."""
    return span(round_half_up(end) for each in ranges for end in (each.minimum, each.maximum))


def items(values: Iterable[int]) -> IntItems:
    """Return different values, smallest first."""
    return IntItems(items=tuple(sorted(set(values))))


def sample_rate_khz(audio: AudioFormat) -> int:
    """Return the sample rate in kilohertz, as both services want it."""
    return audio.sample_rate_hz // 1000


VIDEO_SOURCES = ConfigurationView(ConfigurationKind.VIDEO_SOURCE, _video_source_configuration)
AUDIO_SOURCES = ConfigurationView(ConfigurationKind.AUDIO_SOURCE, _audio_source_configuration)
METADATA = ConfigurationView(ConfigurationKind.METADATA, _metadata_configuration)
PTZ = ConfigurationView(ConfigurationKind.PTZ, _ptz_configuration)
