"""Messages of the Media2 service (ONVIF Media2 Service Specification, `ver20`), with its encoder types.

The encoders here are open: an encoding is the name of a media type (`H264`, `H265`, `MP4A-LATM`), not a word of an
enumeration. What Media shares is in `types.configurations`.
"""

from __future__ import annotations

from bridge.onvif.types.common import (
    ConfigurationEntity,
    FloatRange,
    IntRange,
    MulticastConfiguration,
    VideoResolution,
)
from bridge.onvif.types.configurations import (
    AudioDecoderConfiguration,
    AudioOutputConfiguration,
    AudioSourceConfiguration,
    AudioSourceConfigurationOptions,
    IntItems,
    MetadataConfiguration,
    MetadataConfigurationOptions,
    VideoAnalyticsConfiguration,
    VideoSourceConfiguration,
    VideoSourceConfigurationOptions,
)
from bridge.onvif.types.ptz import PTZConfiguration
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TR2, TT


@xml_type(TT)
class VideoRateControl2:
    """Frames per second and kilobits per second at most."""

    constant_bit_rate: bool | None = attribute(default=None)
    frame_rate_limit: float
    bitrate_limit: int


@xml_type(TT)
class VideoEncoder2Configuration(ConfigurationEntity):
    """How video is encoded; `gov_length` counts frames from key frame to key frame."""

    gov_length: int | None = attribute(default=None)
    profile: str | None = attribute(name="Profile", default=None)
    encoding: str
    resolution: VideoResolution
    rate_control: VideoRateControl2 | None = None
    multicast: MulticastConfiguration | None = None
    quality: float


@xml_type(TT)
class VideoEncoder2ConfigurationOptions:
    """What a video encoder can be set to under one encoding; frame rates stand highest first."""

    gov_length_range: tuple[int, ...] | None = attribute(default=None)
    frame_rates_supported: tuple[float, ...] = attribute()
    profiles_supported: tuple[str, ...] | None = attribute(default=None)
    constant_bit_rate_supported: bool = attribute()
    guaranteed_frame_rate_supported: bool = attribute()
    encoding: str
    quality_range: FloatRange
    resolutions_available: tuple[VideoResolution, ...]
    bitrate_range: IntRange


@xml_type(TT)
class AudioEncoder2Configuration(ConfigurationEntity):
    """How audio is encoded: kilobits per second, kilohertz."""

    encoding: str
    multicast: MulticastConfiguration | None = None
    bitrate: int
    sample_rate: int


@xml_type(TT)
class AudioEncoder2ConfigurationOptions:
    """What an audio encoder can be set to under one encoding."""

    encoding: str
    bitrate_list: IntItems
    sample_rate_list: IntItems


@xml_type(TR2)
class ProfileCapabilities:
    """Limits of media profiles, and the kinds of configuration that they can hold."""

    maximum_number_of_profiles: int = attribute()
    configurations_supported: tuple[str, ...] = attribute()


@xml_type(TR2)
class StreamingCapabilities:
    """How streams can be had."""

    rtsp_streaming: bool = attribute(name="RTSPStreaming")
    rtp_multicast: bool = attribute(name="RTPMulticast")
    rtp_rtsp_tcp: bool = attribute(name="RTP_RTSP_TCP")
    non_aggregate_control: bool = attribute()
    auto_start_multicast: bool = attribute()
    rtsp_web_socket_uri: str = attribute(name="RTSPWebSocketUri")
    secure_rtsp_streaming: bool = attribute(name="SecureRTSPStreaming")


@xml_type(TR2)
class Media2ServiceCapabilities:
    """What the Media2 service can."""

    snapshot_uri: bool = attribute()
    rotation: bool = attribute(name="Rotation")
    video_source_mode: bool = attribute()
    osd: bool = attribute(name="OSD")
    temporary_osd_text: bool = attribute(name="TemporaryOSDText")
    mask: bool = attribute(name="Mask")
    source_mask: bool = attribute()
    profile_capabilities: ProfileCapabilities
    streaming_capabilities: StreamingCapabilities


@xml_type(TR2)
class ConfigurationSet:
    """The configurations of a media profile, as far as they were asked for."""

    video_source: VideoSourceConfiguration | None = None
    audio_source: AudioSourceConfiguration | None = None
    video_encoder: VideoEncoder2Configuration | None = None
    audio_encoder: AudioEncoder2Configuration | None = None
    analytics: VideoAnalyticsConfiguration | None = None
    ptz: PTZConfiguration | None = element(name="PTZ", default=None)
    metadata: MetadataConfiguration | None = None
    audio_output: AudioOutputConfiguration | None = None
    audio_decoder: AudioDecoderConfiguration | None = None


@xml_type(TR2)
class MediaProfile:
    """A media profile."""

    token: str = attribute()
    fixed: bool = attribute()
    name: str
    configurations: ConfigurationSet | None = None


@xml_type(TR2)
class EncoderInstance:
    """How many encoders of one encoding run at once."""

    encoding: str
    number: int


@xml_type(TR2)
class EncoderInstanceInfo:
    """How many encoders run at once, of each encoding and together."""

    codec: tuple[EncoderInstance, ...] = ()
    total: int


@xml_type(TR2)
class ProfileReference:
    """Names one media profile."""

    profile_token: str


@xml_type(TR2)
class ConfigurationQuestion:
    """Asks for one configuration, for what fits a profile, or in general."""

    configuration_token: str | None = None
    profile_token: str | None = None


@xml_message(TR2)
class GetServiceCapabilities:
    """Ask for the abilities of the Media2 service."""


@xml_message(TR2)
class GetServiceCapabilitiesResponse:
    """The abilities of the Media2 service."""

    capabilities: Media2ServiceCapabilities


@xml_message(TR2)
class GetProfiles:
    """Ask for one or all media profiles, with the kinds of configuration that are named."""

    token: str | None = None
    type: tuple[str, ...] = ()


@xml_message(TR2)
class GetProfilesResponse:
    """The media profiles."""

    profiles: tuple[MediaProfile, ...] = ()


@xml_type(TR2)
class ConfigurationRef:
    """Names a configuration by its kind and token, or all of a kind."""

    type: str
    token: str | None = None


@xml_message(TR2)
class CreateProfile:
    """Ask for a new media profile, with configurations in it."""

    name: str
    configuration: tuple[ConfigurationRef, ...] = ()


@xml_message(TR2)
class CreateProfileResponse:
    """The new profile's token."""

    token: str


@xml_message(TR2)
class DeleteProfile:
    """Ask for a media profile to be deleted."""

    token: str


@xml_message(TR2)
class DeleteProfileResponse:
    """It is deleted."""


@xml_message(TR2)
class AddConfiguration(ProfileReference):
    """Ask for configurations to be put into a media profile, and for another name of it."""

    name: str | None = None
    configuration: tuple[ConfigurationRef, ...] = ()


@xml_message(TR2)
class AddConfigurationResponse:
    """They are in it."""


@xml_message(TR2)
class RemoveConfiguration(ProfileReference):
    """Ask for configurations to be taken out of a media profile."""

    configuration: tuple[ConfigurationRef, ...]


@xml_message(TR2)
class RemoveConfigurationResponse:
    """They are in it no more."""


@xml_message(TR2)
class GetVideoEncoderInstances:
    """Ask how many encoders of a video source run at once."""

    configuration_token: str


@xml_message(TR2)
class GetVideoEncoderInstancesResponse:
    """How many run at once."""

    info: EncoderInstanceInfo


@xml_message(TR2)
class GetStreamUri:
    """Ask where a profile is played from."""

    protocol: str
    profile_token: str


@xml_message(TR2)
class GetStreamUriResponse:
    """Where a profile is played from."""

    uri: str


@xml_message(TR2)
class GetSnapshotUri(ProfileReference):
    """Ask where still pictures of a profile are got."""


@xml_message(TR2)
class GetSnapshotUriResponse:
    """Where still pictures are got."""

    uri: str


@xml_message(TR2)
class SetSynchronizationPoint(ProfileReference):
    """Ask for a key frame."""


@xml_message(TR2)
class SetSynchronizationPointResponse:
    """Viewers get one."""


@xml_message(TR2)
class GetVideoSourceConfigurations(ConfigurationQuestion):
    """Ask for video source configurations."""


@xml_message(TR2)
class GetVideoSourceConfigurationsResponse:
    """The video source configurations."""

    configurations: tuple[VideoSourceConfiguration, ...] = ()


@xml_message(TR2)
class GetVideoSourceConfigurationOptions(ConfigurationQuestion):
    """Ask what a video source configuration can be set to."""


@xml_message(TR2)
class GetVideoSourceConfigurationOptionsResponse:
    """What a video source configuration can be set to."""

    options: VideoSourceConfigurationOptions


@xml_message(TR2)
class GetVideoEncoderConfigurations(ConfigurationQuestion):
    """Ask for video encoder configurations."""


@xml_message(TR2)
class GetVideoEncoderConfigurationsResponse:
    """The video encoder configurations."""

    configurations: tuple[VideoEncoder2Configuration, ...] = ()


@xml_message(TR2)
class GetVideoEncoderConfigurationOptions(ConfigurationQuestion):
    """Ask what a video encoder configuration can be set to."""


@xml_message(TR2)
class GetVideoEncoderConfigurationOptionsResponse:
    """What a video encoder configuration can be set to, per encoding."""

    options: tuple[VideoEncoder2ConfigurationOptions, ...]


@xml_message(TR2)
class GetAudioSourceConfigurations(ConfigurationQuestion):
    """Ask for audio source configurations."""


@xml_message(TR2)
class GetAudioSourceConfigurationsResponse:
    """The audio source configurations."""

    configurations: tuple[AudioSourceConfiguration, ...] = ()


@xml_message(TR2)
class GetAudioSourceConfigurationOptions(ConfigurationQuestion):
    """Ask what an audio source configuration can be set to."""


@xml_message(TR2)
class GetAudioSourceConfigurationOptionsResponse:
    """What an audio source configuration can be set to."""

    options: AudioSourceConfigurationOptions


@xml_message(TR2)
class GetAudioEncoderConfigurations(ConfigurationQuestion):
    """Ask for audio encoder configurations."""


@xml_message(TR2)
class GetAudioEncoderConfigurationsResponse:
    """The audio encoder configurations."""

    configurations: tuple[AudioEncoder2Configuration, ...] = ()


@xml_message(TR2)
class GetAudioEncoderConfigurationOptions(ConfigurationQuestion):
    """Ask what an audio encoder configuration can be set to."""


@xml_message(TR2)
class GetAudioEncoderConfigurationOptionsResponse:
    """What an audio encoder configuration can be set to, per encoding."""

    options: tuple[AudioEncoder2ConfigurationOptions, ...]


@xml_message(TR2)
class GetMetadataConfigurations(ConfigurationQuestion):
    """Ask for metadata configurations."""


@xml_message(TR2)
class GetMetadataConfigurationsResponse:
    """The metadata configurations."""

    configurations: tuple[MetadataConfiguration, ...] = ()


@xml_message(TR2)
class GetMetadataConfigurationOptions(ConfigurationQuestion):
    """Ask what a metadata configuration can be set to."""


@xml_message(TR2)
class GetMetadataConfigurationOptionsResponse:
    """What a metadata configuration can be set to."""

    options: MetadataConfigurationOptions


@xml_message(TR2)
class GetAnalyticsConfigurations(ConfigurationQuestion):
    """Ask for analytics configurations."""


@xml_message(TR2)
class GetAnalyticsConfigurationsResponse:
    """The analytics configurations."""

    configurations: tuple[VideoAnalyticsConfiguration, ...] = ()


@xml_message(TR2)
class SetVideoSourceConfiguration:
    """Ask for a video source configuration to be set."""

    configuration: VideoSourceConfiguration


@xml_message(TR2)
class SetVideoSourceConfigurationResponse:
    """It is set."""


@xml_message(TR2)
class SetVideoEncoderConfiguration:
    """Ask for a video encoder configuration to be set."""

    configuration: VideoEncoder2Configuration


@xml_message(TR2)
class SetVideoEncoderConfigurationResponse:
    """It is set."""


@xml_message(TR2)
class SetAudioSourceConfiguration:
    """Ask for an audio source configuration to be set."""

    configuration: AudioSourceConfiguration


@xml_message(TR2)
class SetAudioSourceConfigurationResponse:
    """It is set."""


@xml_message(TR2)
class SetAudioEncoderConfiguration:
    """Ask for an audio encoder configuration to be set."""

    configuration: AudioEncoder2Configuration


@xml_message(TR2)
class SetAudioEncoderConfigurationResponse:
    """It is set."""


@xml_message(TR2)
class SetMetadataConfiguration:
    """Ask for a metadata configuration to be set."""

    configuration: MetadataConfiguration


@xml_message(TR2)
class SetMetadataConfigurationResponse:
    """It is set."""
