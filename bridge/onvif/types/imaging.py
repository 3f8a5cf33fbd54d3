"""Messages and `tt:` types of the imaging service (ONVIF Imaging Service Specification), for reading.

Field order is the schema's, which differs between settings and options. What no bridged camera can tell is left out.
"""

from __future__ import annotations

from bridge.core.imaging import AutoMode, ExposurePriority, IrCutMode
from bridge.onvif.types.common import FloatRange
from bridge.proto.soap.codec import attribute, xml_message, xml_type
from bridge.proto.soap.namespaces import TIMG, TT


@xml_type(TT)
class SwitchedLevel:
    """A function that is `ON` or `OFF`, with a strength: backlight compensation and wide dynamic range."""

    mode: str
    level: float | None = None


@xml_type(TT)
class Exposure20:
    """How exposure is controlled; times in microseconds."""

    mode: AutoMode
    priority: ExposurePriority | None = None
    min_exposure_time: float | None = None
    max_exposure_time: float | None = None
    min_gain: float | None = None
    max_gain: float | None = None


@xml_type(TT)
class FocusConfiguration20:
    """How the focus is controlled."""

    auto_focus_mode: AutoMode


@xml_type(TT)
class WhiteBalance20:
    """How colours are balanced."""

    mode: AutoMode
    cr_gain: float | None = None
    cb_gain: float | None = None


@xml_type(TT)
class NoiseReduction:
    """Strength 0.0 to 1.0."""

    level: float


@xml_type(TT)
class ImagingSettingsExtension203:
    """Third extension of the settings."""

    noise_reduction: NoiseReduction


@xml_type(TT)
class ImagingSettingsExtension202:
    """Second extension of the settings."""

    extension: ImagingSettingsExtension203


@xml_type(TT)
class ImagingSettingsExtension20:
    """First extension of the settings."""

    extension: ImagingSettingsExtension202


@xml_type(TT)
class ImagingSettings20:
    """The picture controls as they are set."""

    backlight_compensation: SwitchedLevel | None = None
    brightness: float | None = None
    color_saturation: float | None = None
    contrast: float | None = None
    exposure: Exposure20 | None = None
    focus: FocusConfiguration20 | None = None
    ir_cut_filter: IrCutMode | None = None
    sharpness: float | None = None
    wide_dynamic_range: SwitchedLevel | None = None
    white_balance: WhiteBalance20 | None = None
    extension: ImagingSettingsExtension20 | None = None


@xml_type(TT)
class SwitchedLevelOptions:
    """Choices for a function that is on or off."""

    mode: tuple[str, ...]
    level: FloatRange | None = None


@xml_type(TT)
class ExposureOptions20:
    """Choices for exposure."""

    mode: tuple[AutoMode, ...]
    priority: tuple[ExposurePriority, ...] = ()
    min_exposure_time: FloatRange | None = None
    max_exposure_time: FloatRange | None = None
    min_gain: FloatRange | None = None
    max_gain: FloatRange | None = None


@xml_type(TT)
class FocusOptions20:
    """Choices for the focus."""

    auto_focus_modes: tuple[AutoMode, ...] = ()


@xml_type(TT)
class WhiteBalanceOptions20:
    """Choices for white balance; the schema spells the gains differently here."""

    mode: tuple[AutoMode, ...]
    yr_gain: FloatRange | None = None
    yb_gain: FloatRange | None = None


@xml_type(TT)
class NoiseReductionOptions:
    """Whether the strength of noise reduction is a choice."""

    level: bool


@xml_type(TT)
class ImagingOptions20Extension3:
    """Third extension of the options."""

    noise_reduction_options: NoiseReductionOptions


@xml_type(TT)
class ImagingOptions20Extension2:
    """Second extension of the options."""

    extension: ImagingOptions20Extension3


@xml_type(TT)
class ImagingOptions20Extension:
    """First extension of the options."""

    extension: ImagingOptions20Extension2


@xml_type(TT)
class ImagingOptions20:
    """The ranges and modes of the picture controls."""

    backlight_compensation: SwitchedLevelOptions | None = None
    brightness: FloatRange | None = None
    color_saturation: FloatRange | None = None
    contrast: FloatRange | None = None
    exposure: ExposureOptions20 | None = None
    focus: FocusOptions20 | None = None
    ir_cut_filter_modes: tuple[IrCutMode, ...] = ()
    sharpness: FloatRange | None = None
    wide_dynamic_range: SwitchedLevelOptions | None = None
    white_balance: WhiteBalanceOptions20 | None = None
    extension: ImagingOptions20Extension | None = None


@xml_type(TT)
class MoveOptions20:
    """How the focus can be moved: not at all."""


@xml_type(TT)
class ImagingStatus20:
    """What is known of the focus: nothing."""


@xml_type(TIMG)
class ImagingCapabilities:
    """What the imaging service can do."""

    image_stabilization: bool = attribute(name="ImageStabilization")
    presets: bool = attribute(name="Presets")
    adaptable_preset: bool = attribute(name="AdaptablePreset")


@xml_message(TIMG)
class GetServiceCapabilities:
    """Ask for the abilities of the imaging service."""


@xml_message(TIMG)
class GetServiceCapabilitiesResponse:
    """The abilities of the imaging service."""

    capabilities: ImagingCapabilities


@xml_message(TIMG)
class GetImagingSettings:
    """Ask for the picture controls of a video source."""

    video_source_token: str


@xml_message(TIMG)
class GetImagingSettingsResponse:
    """The picture controls."""

    imaging_settings: ImagingSettings20


@xml_message(TIMG)
class GetOptions:
    """Ask for ranges and modes."""

    video_source_token: str


@xml_message(TIMG)
class GetOptionsResponse:
    """Ranges and modes."""

    imaging_options: ImagingOptions20


@xml_message(TIMG)
class GetMoveOptions:
    """Ask how the focus can be moved."""

    video_source_token: str


@xml_message(TIMG)
class GetMoveOptionsResponse:
    """How the focus can be moved."""

    move_options: MoveOptions20


@xml_message(TIMG)
class GetStatus:
    """Ask where the focus is."""

    video_source_token: str


@xml_message(TIMG)
class GetStatusResponse:
    """Where the focus is."""

    status: ImagingStatus20
