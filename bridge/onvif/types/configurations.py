"""`tt:` types of the configurations inside media profiles, with their options (`onvif.xsd`).

Media and Media2 share all but the encoders: those here are Media's, which has no word for H.265; Media2's are with its
messages (`types.media2`). Fields stand in schema order; optional parts that are never sent are left out.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from lxml import etree

from bridge.onvif.types.common import ConfigurationEntity, IntRange, MulticastConfiguration, VideoResolution
from bridge.onvif.types.events import ItemList
from bridge.proto.soap.codec import attribute, element, xml_type
from bridge.proto.soap.namespaces import TT


@xml_type(TT)
class IntRectangle:
    """A part of the picture in pixels, from the upper left corner."""

    x: int = attribute()
    y: int = attribute()
    width: int = attribute()
    height: int = attribute()


@xml_type(TT)
class IntRectangleRange:
    """Where a rectangle may lie."""

    x_range: IntRange = element(name="XRange")
    y_range: IntRange = element(name="YRange")
    width_range: IntRange
    height_range: IntRange


@xml_type(TT)
class VideoSourceConfiguration(ConfigurationEntity):
    """Which part of a video source is used."""

    source_token: str
    bounds: IntRectangle


@xml_type(TT)
class VideoSourceConfigurationOptions:
    """What a video source configuration can be set to."""

    maximum_number_of_profiles: int = attribute()
    bounds_range: IntRectangleRange
    video_source_tokens_available: tuple[str, ...]


@xml_type(TT)
class AudioSourceConfiguration(ConfigurationEntity):
    """Which audio source is used."""

    source_token: str


@xml_type(TT)
class AudioSourceConfigurationOptions:
    """What an audio source configuration can be set to."""

    input_tokens_available: tuple[str, ...]


@xml_type(TT)
class AudioOutputConfiguration(ConfigurationEntity):
    """Which audio output is used, how loud it is, and which direction has the say on a half duplex way."""

    output_token: str
    send_primacy: str | None = None
    output_level: int


@xml_type(TT)
class AudioOutputConfigurationOptions:
    """What an audio output configuration can be set to."""

    output_tokens_available: tuple[str, ...]
    send_primacy_options: tuple[str, ...] = ()
    output_level_range: IntRange


@xml_type(TT)
class AudioDecoderConfiguration(ConfigurationEntity):
    """Stands for the decoder of sound from clients; there is nothing to set about it."""


@xml_type(TT)
class Config:
    """A rule or an analytics module: its name, the qualified name of its kind, and its parameters."""

    name: str = attribute(name="Name")
    type: str = attribute(name="Type")
    parameters: ItemList


@xml_type(TT)
class AnalyticsEngineConfiguration:
    """The analytics modules."""

    analytics_module: tuple[Config, ...] = ()


@xml_type(TT)
class RuleEngineConfiguration:
    """The rules."""

    rule: tuple[Config, ...] = ()


@xml_type(TT)
class VideoAnalyticsConfiguration(ConfigurationEntity):
    """How pictures are analysed: modules that look, and rules about what they see."""

    analytics_engine_configuration: AnalyticsEngineConfiguration
    rule_engine_configuration: RuleEngineConfiguration


@xml_type(TT)
class IntItems:
    """A list of whole numbers."""

    items: tuple[int, ...] = ()


@xml_type(TT)
class PTZFilter:
    """Which PTZ facts a metadata stream carries."""

    status: bool
    position: bool


@xml_type(TT)
class EventSubscription:
    """Which events a metadata stream carries: all of them, or those that pass the filter."""

    filter: etree._Element | None = None


@xml_type(TT)
class MetadataConfiguration(ConfigurationEntity):
    """What a metadata stream carries."""

    ptz_status: PTZFilter | None = element(name="PTZStatus", default=None)
    events: EventSubscription | None = None
    analytics: bool | None = None
    multicast: MulticastConfiguration
    session_timeout: timedelta


@xml_type(TT)
class PTZStatusFilterOptions:
    """Which PTZ facts a metadata stream could carry."""

    pan_tilt_status_supported: bool
    zoom_status_supported: bool
    pan_tilt_position_supported: bool
    zoom_position_supported: bool

    @property
    def has_status(self) -> bool:
        """Whether any movement can be told."""
        return self.pan_tilt_status_supported or self.zoom_status_supported

    @property
    def has_position(self) -> bool:
        """Whether any position can be told."""
        return self.pan_tilt_position_supported or self.zoom_position_supported


@xml_type(TT)
class MetadataConfigurationOptions:
    """What a metadata configuration can be set to."""

    ptz_status_filter_options: PTZStatusFilterOptions = element(name="PTZStatusFilterOptions")


class VideoEncoding(StrEnum):
    """Video encodings that this service has a word for. No camera of today sends MPEG-4, but clients may ask."""

    JPEG = "JPEG"
    MPEG4 = "MPEG4"
    H264 = "H264"


class H264Profile(StrEnum):
    """Profiles of H.264 that this service has a word for."""

    BASELINE = "Baseline"
    MAIN = "Main"
    EXTENDED = "Extended"
    HIGH = "High"


class AudioEncoding(StrEnum):
    """Audio encodings that this service has a word for. The bridge passes no G.726 on, but clients may ask."""

    G711 = "G711"
    G726 = "G726"
    AAC = "AAC"


@xml_type(TT)
class VideoRateControl:
    """Frames per second and kilobits per second at most."""

    frame_rate_limit: int
    encoding_interval: int
    bitrate_limit: int


@xml_type(TT)
class H264Configuration:
    """Settings of H.264."""

    gov_length: int
    h264_profile: H264Profile = element(name="H264Profile")


@xml_type(TT)
class VideoEncoderConfiguration(ConfigurationEntity):
    """How video is encoded."""

    encoding: VideoEncoding
    resolution: VideoResolution
    quality: float
    rate_control: VideoRateControl | None = None
    h264: H264Configuration | None = None
    multicast: MulticastConfiguration
    session_timeout: timedelta


@xml_type(TT)
class JpegOptions:
    """What a JPEG encoder can be set to."""

    resolutions_available: tuple[VideoResolution, ...]
    frame_rate_range: IntRange
    encoding_interval_range: IntRange


@xml_type(TT)
class H264Options:
    """What an H.264 encoder can be set to."""

    resolutions_available: tuple[VideoResolution, ...]
    gov_length_range: IntRange
    frame_rate_range: IntRange
    encoding_interval_range: IntRange
    h264_profiles_supported: tuple[H264Profile, ...] = element(name="H264ProfilesSupported")


@xml_type(TT)
class JpegOptions2(JpegOptions):
    """The same with bit rates, in kilobits per second."""

    bitrate_range: IntRange


@xml_type(TT)
class H264Options2(H264Options):
    """The same with bit rates, in kilobits per second."""

    bitrate_range: IntRange


@xml_type(TT)
class VideoEncoderOptionsExtension:
    """What an encoder can be set to, bit rates included: they came later to the schema, and repeat the rest."""

    jpeg: JpegOptions2 | None = element(name="JPEG", default=None)
    h264: H264Options2 | None = None


@xml_type(TT)
class VideoEncoderConfigurationOptions:
    """What an encoder can be set to, per encoding."""

    guaranteed_frame_rate_supported: bool = attribute()
    quality_range: IntRange
    jpeg: JpegOptions | None = element(name="JPEG", default=None)
    h264: H264Options | None = None
    extension: VideoEncoderOptionsExtension | None = None


@xml_type(TT)
class AudioEncoderConfiguration(ConfigurationEntity):
    """How audio is encoded: kilobits per second, kilohertz."""

    encoding: AudioEncoding
    bitrate: int
    sample_rate: int
    multicast: MulticastConfiguration
    session_timeout: timedelta


@xml_type(TT)
class AudioEncoderConfigurationOption:
    """What an audio encoder can be set to under one encoding."""

    encoding: AudioEncoding
    bitrate_list: IntItems
    sample_rate_list: IntItems


@xml_type(TT)
class AudioEncoderConfigurationOptions:
    """What an audio encoder can be set to."""

    options: tuple[AudioEncoderConfigurationOption, ...] = ()


@xml_type(TT)
class AACDecOptions:
    """Which AAC a decoder takes: kilobits per second, kilohertz."""

    bitrate: IntItems
    sample_rate_range: IntItems


@xml_type(TT)
class G711DecOptions:
    """Which G.711 a decoder takes: kilobits per second, kilohertz."""

    bitrate: IntItems
    sample_rate_range: IntItems


@xml_type(TT)
class AudioDecoderConfigurationOptions:
    """What a decoder takes, per encoding."""

    aac_dec_options: AACDecOptions | None = element(name="AACDecOptions", default=None)
    g711_dec_options: G711DecOptions | None = element(name="G711DecOptions", default=None)
