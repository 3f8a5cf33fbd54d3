"""Messages of the Media service (ONVIF Media Service Specification, `ver10`), for reading, with the types around them.

The configurations that they carry are in `types.configurations`.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from bridge.onvif.types.common import VideoResolution
from bridge.onvif.types.configurations import (
    AudioDecoderConfiguration,
    AudioEncoderConfiguration,
    AudioEncoderConfigurationOptions,
    AudioOutputConfiguration,
    AudioSourceConfiguration,
    AudioSourceConfigurationOptions,
    MetadataConfiguration,
    MetadataConfigurationOptions,
    VideoAnalyticsConfiguration,
    VideoEncoderConfiguration,
    VideoEncoderConfigurationOptions,
    VideoSourceConfiguration,
    VideoSourceConfigurationOptions,
)
from bridge.onvif.types.ptz import PTZConfiguration
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
from bridge.proto.soap.namespaces import TRT, TT


class StreamType(StrEnum):
    """To one or to many."""

    RTP_UNICAST = "RTP-Unicast"
    RTP_MULTICAST = "RTP-Multicast"


class TransportProtocol(StrEnum):
    """How RTP travels: in UDP, inside the RTSP connection (RTSP), or inside RTSP inside HTTP. TCP is deprecated."""

    UDP = "UDP"
    TCP = "TCP"
    RTSP = "RTSP"
    HTTP = "HTTP"


@xml_type(TT)
class VideoSource:
    """Where pictures come from."""

    token: str = attribute()
    framerate: float
    resolution: VideoResolution


@xml_type(TT)
class AudioSource:
    """Where sound comes from."""

    token: str = attribute()
    channels: int


@xml_type(TT)
class ProfileExtension:
    """The configurations of a media profile that came into the schema later."""

    audio_output_configuration: AudioOutputConfiguration | None = None
    audio_decoder_configuration: AudioDecoderConfiguration | None = None


@xml_type(TT)
class Profile:
    """A media profile."""

    token: str = attribute()
    fixed: bool = attribute()
    name: str
    video_source_configuration: VideoSourceConfiguration | None = None
    audio_source_configuration: AudioSourceConfiguration | None = None
    video_encoder_configuration: VideoEncoderConfiguration | None = None
    audio_encoder_configuration: AudioEncoderConfiguration | None = None
    video_analytics_configuration: VideoAnalyticsConfiguration | None = None
    ptz_configuration: PTZConfiguration | None = element(name="PTZConfiguration", default=None)
    metadata_configuration: MetadataConfiguration | None = None
    extension: ProfileExtension | None = None


@xml_type(TT)
class Transport:
    """How a stream travels."""

    protocol: TransportProtocol


@xml_type(TT)
class StreamSetup:
    """What kind of stream is wanted."""

    stream: StreamType
    transport: Transport


@xml_type(TT)
class MediaUri:
    """An address with its life time; a duration of zero means for ever."""

    uri: str
    invalid_after_connect: bool
    invalid_after_reboot: bool
    timeout: timedelta


@xml_type(TRT)
class ProfileCapabilities:
    """Limits of media profiles."""

    maximum_number_of_profiles: int = attribute()


@xml_type(TRT)
class StreamingCapabilities:
    """How streams can be had."""

    rtp_multicast: bool = attribute(name="RTPMulticast")
    rtp_tcp: bool = attribute(name="RTP_TCP")
    rtp_rtsp_tcp: bool = attribute(name="RTP_RTSP_TCP")
    non_aggregate_control: bool = attribute()
    no_rtsp_streaming: bool = attribute(name="NoRTSPStreaming")


@xml_type(TRT)
class MediaServiceCapabilities:
    """What the Media service can."""

    snapshot_uri: bool = attribute()
    rotation: bool = attribute(name="Rotation")
    video_source_mode: bool = attribute()
    osd: bool = attribute(name="OSD")
    temporary_osd_text: bool = attribute(name="TemporaryOSDText")
    exi_compression: bool = attribute(name="EXICompression")
    profile_capabilities: ProfileCapabilities
    streaming_capabilities: StreamingCapabilities


@xml_type(TRT)
class ConfigurationReference:
    """Names one configuration."""

    configuration_token: str


@xml_type(TRT)
class ProfileReference:
    """Names one media profile."""

    profile_token: str


@xml_type(TRT)
class OptionsQuestion:
    """Asks for options: of one configuration, of what fits a profile, or in general."""

    configuration_token: str | None = None
    profile_token: str | None = None


@xml_message(TRT)
class GetServiceCapabilities:
    """Ask for the abilities of the Media service."""


@xml_message(TRT)
class GetServiceCapabilitiesResponse:
    """The abilities of the Media service."""

    capabilities: MediaServiceCapabilities


@xml_message(TRT)
class GetProfiles:
    """Ask for all media profiles."""


@xml_message(TRT)
class GetProfilesResponse:
    """All media profiles."""

    profiles: tuple[Profile, ...] = ()


@xml_message(TRT)
class GetProfile(ProfileReference):
    """Ask for one media profile."""


@xml_message(TRT)
class GetProfileResponse:
    """One media profile."""

    profile: Profile


@xml_message(TRT)
class GetVideoSources:
    """Ask for all video sources."""


@xml_message(TRT)
class GetVideoSourcesResponse:
    """All video sources."""

    video_sources: tuple[VideoSource, ...] = ()


@xml_message(TRT)
class GetAudioSources:
    """Ask for all audio sources."""


@xml_message(TRT)
class GetAudioSourcesResponse:
    """All audio sources."""

    audio_sources: tuple[AudioSource, ...] = ()


@xml_message(TRT)
class GetGuaranteedNumberOfVideoEncoderInstances(ConfigurationReference):
    """Ask how many encoders of a video source run at once."""


@xml_message(TRT)
class GetGuaranteedNumberOfVideoEncoderInstancesResponse:
    """How many run at once, together and of each encoding."""

    total_number: int
    jpeg: int = element(name="JPEG")
    h264: int
    mpeg4: int = element(name="MPEG4")


@xml_message(TRT)
class GetStreamUri:
    """Ask where a profile is played from."""

    stream_setup: StreamSetup
    profile_token: str


@xml_message(TRT)
class GetStreamUriResponse:
    """Where a profile is played from."""

    media_uri: MediaUri


@xml_message(TRT)
class GetSnapshotUri(ProfileReference):
    """Ask where still pictures of a profile are got."""


@xml_message(TRT)
class GetSnapshotUriResponse:
    """Where still pictures are got."""

    media_uri: MediaUri


@xml_message(TRT)
class SetSynchronizationPoint(ProfileReference):
    """Ask for a key frame."""


@xml_message(TRT)
class SetSynchronizationPointResponse:
    """Viewers get one."""


@xml_message(TRT)
class GetVideoSourceConfigurations:
    """Ask for all video source configurations."""


@xml_message(TRT)
class GetVideoSourceConfigurationsResponse:
    """All video source configurations."""

    configurations: tuple[VideoSourceConfiguration, ...] = ()


@xml_message(TRT)
class GetVideoSourceConfiguration(ConfigurationReference):
    """Ask for a video source configuration."""


@xml_message(TRT)
class GetVideoSourceConfigurationResponse:
    """A video source configuration."""

    configuration: VideoSourceConfiguration


@xml_message(TRT)
class GetVideoSourceConfigurationOptions(OptionsQuestion):
    """Ask what a video source configuration can be set to."""


@xml_message(TRT)
class GetVideoSourceConfigurationOptionsResponse:
    """What a video source configuration can be set to."""

    options: VideoSourceConfigurationOptions


@xml_message(TRT)
class GetCompatibleVideoSourceConfigurations(ProfileReference):
    """Ask which video source configurations fit a media profile."""


@xml_message(TRT)
class GetCompatibleVideoSourceConfigurationsResponse:
    """The video source configurations that fit."""

    configurations: tuple[VideoSourceConfiguration, ...] = ()


@xml_message(TRT)
class GetVideoEncoderConfigurations:
    """Ask for all video encoder configurations."""


@xml_message(TRT)
class GetVideoEncoderConfigurationsResponse:
    """All video encoder configurations."""

    configurations: tuple[VideoEncoderConfiguration, ...] = ()


@xml_message(TRT)
class GetVideoEncoderConfiguration(ConfigurationReference):
    """Ask for a video encoder configuration."""


@xml_message(TRT)
class GetVideoEncoderConfigurationResponse:
    """A video encoder configuration."""

    configuration: VideoEncoderConfiguration


@xml_message(TRT)
class GetVideoEncoderConfigurationOptions(OptionsQuestion):
    """Ask what a video encoder configuration can be set to."""


@xml_message(TRT)
class GetVideoEncoderConfigurationOptionsResponse:
    """What a video encoder configuration can be set to."""

    options: VideoEncoderConfigurationOptions


@xml_message(TRT)
class GetCompatibleVideoEncoderConfigurations(ProfileReference):
    """Ask which video encoder configurations fit a media profile."""


@xml_message(TRT)
class GetCompatibleVideoEncoderConfigurationsResponse:
    """The video encoder configurations that fit."""

    configurations: tuple[VideoEncoderConfiguration, ...] = ()


@xml_message(TRT)
class GetAudioSourceConfigurations:
    """Ask for all audio source configurations."""


@xml_message(TRT)
class GetAudioSourceConfigurationsResponse:
    """All audio source configurations."""

    configurations: tuple[AudioSourceConfiguration, ...] = ()


@xml_message(TRT)
class GetAudioSourceConfiguration(ConfigurationReference):
    """Ask for an audio source configuration."""


@xml_message(TRT)
class GetAudioSourceConfigurationResponse:
    """An audio source configuration."""

    configuration: AudioSourceConfiguration


@xml_message(TRT)
class GetAudioSourceConfigurationOptions(OptionsQuestion):
    """Ask what an audio source configuration can be set to."""


@xml_message(TRT)
class GetAudioSourceConfigurationOptionsResponse:
    """What an audio source configuration can be set to."""

    options: AudioSourceConfigurationOptions


@xml_message(TRT)
class GetCompatibleAudioSourceConfigurations(ProfileReference):
    """Ask which audio source configurations fit a media profile."""


@xml_message(TRT)
class GetCompatibleAudioSourceConfigurationsResponse:
    """The audio source configurations that fit."""

    configurations: tuple[AudioSourceConfiguration, ...] = ()


@xml_message(TRT)
class GetAudioEncoderConfigurations:
    """Ask for all audio encoder configurations."""


@xml_message(TRT)
class GetAudioEncoderConfigurationsResponse:
    """All audio encoder configurations."""

    configurations: tuple[AudioEncoderConfiguration, ...] = ()


@xml_message(TRT)
class GetAudioEncoderConfiguration(ConfigurationReference):
    """Ask for an audio encoder configuration."""


@xml_message(TRT)
class GetAudioEncoderConfigurationResponse:
    """An audio encoder configuration."""

    configuration: AudioEncoderConfiguration


@xml_message(TRT)
class GetAudioEncoderConfigurationOptions(OptionsQuestion):
    """Ask what an audio encoder configuration can be set to."""


@xml_message(TRT)
class GetAudioEncoderConfigurationOptionsResponse:
    """What an audio encoder configuration can be set to."""

    options: AudioEncoderConfigurationOptions


@xml_message(TRT)
class GetCompatibleAudioEncoderConfigurations(ProfileReference):
    """Ask which audio encoder configurations fit a media profile."""


@xml_message(TRT)
class GetCompatibleAudioEncoderConfigurationsResponse:
    """The audio encoder configurations that fit."""

    configurations: tuple[AudioEncoderConfiguration, ...] = ()


@xml_message(TRT)
class GetMetadataConfigurations:
    """Ask for all metadata configurations."""


@xml_message(TRT)
class GetMetadataConfigurationsResponse:
    """All metadata configurations."""

    configurations: tuple[MetadataConfiguration, ...] = ()


@xml_message(TRT)
class GetMetadataConfiguration(ConfigurationReference):
    """Ask for a metadata configuration."""


@xml_message(TRT)
class GetMetadataConfigurationResponse:
    """A metadata configuration."""

    configuration: MetadataConfiguration


@xml_message(TRT)
class GetMetadataConfigurationOptions(OptionsQuestion):
    """Ask what a metadata configuration can be set to."""


@xml_message(TRT)
class GetMetadataConfigurationOptionsResponse:
    """What a metadata configuration can be set to."""

    options: MetadataConfigurationOptions


@xml_message(TRT)
class GetCompatibleMetadataConfigurations(ProfileReference):
    """Ask which metadata configurations fit a media profile."""


@xml_message(TRT)
class GetCompatibleMetadataConfigurationsResponse:
    """The metadata configurations that fit."""

    configurations: tuple[MetadataConfiguration, ...] = ()
