"""Messages and `tt:` types of the imaging service (ONVIF Imaging Service Specification).

Field order is the schema's, which differs between settings and options. Controls that no bridged camera has are not
declared; a client that wants to set one is told so by what `others` has caught. Imaging presets are not spoken here.
"""

from __future__ import annotations

from lxml import etree

from bridge.core.imaging import AutoMode, ExposurePriority, IrCutMode
from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.ptz_moves import MoveStatus
from bridge.proto.soap.codec import attribute, element, xml_message, xml_type
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
    exposure_time: float | None = None
    gain: float | None = None
    others: tuple[etree._Element, ...] = element(name="*", default=())


@xml_type(TT)
class FocusConfiguration20:
    """How the focus is controlled."""

    auto_focus_mode: AutoMode
    others: tuple[etree._Element, ...] = element(name="*", default=())


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

    noise_reduction: NoiseReduction | None = None
    others: tuple[etree._Element, ...] = element(name="*", default=())


@xml_type(TT)
class ImagingSettingsExtension202:
    """Second extension of the settings."""

    extension: ImagingSettingsExtension203 | None = None
    others: tuple[etree._Element, ...] = element(name="*", default=())


@xml_type(TT)
class ImagingSettingsExtension20:
    """First extension of the settings."""

    extension: ImagingSettingsExtension202 | None = None
    others: tuple[etree._Element, ...] = element(name="*", default=())


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
    exposure_time: FloatRange | None = None
    gain: FloatRange | None = None


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
class AbsoluteFocusOptions:
    """Positions that the focus can be driven to, and speeds where they are a choice."""

    position: FloatRange
    speed: FloatRange | None = None


@xml_type(TT)
class RelativeFocusOptions20:
    """Distances that the focus can be driven by, and speeds where they are a choice."""

    distance: FloatRange
    speed: FloatRange | None = None


@xml_type(TT)
class ContinuousFocusOptions:
    """Speeds at which the focus can move; negative ones go to near."""

    speed: FloatRange


@xml_type(TT)
class MoveOptions20:
    """The forms in which the focus can be moved."""

    absolute: AbsoluteFocusOptions | None = None
    relative: RelativeFocusOptions20 | None = None
    continuous: ContinuousFocusOptions | None = None


@xml_type(TT)
class AbsoluteFocus:
    """A drive to a position."""

    position: float
    speed: float | None = None


@xml_type(TT)
class RelativeFocus:
    """A drive by a distance."""

    distance: float
    speed: float | None = None


@xml_type(TT)
class ContinuousFocus:
    """A movement that goes on until it is stopped."""

    speed: float


@xml_type(TT)
class FocusMove:
    """One movement of the focus, in one of three forms."""

    absolute: AbsoluteFocus | None = None
    relative: RelativeFocus | None = None
    continuous: ContinuousFocus | None = None


@xml_type(TT)
class FocusStatus20:
    """Where the focus is and whether it moves."""

    position: float
    move_status: MoveStatus


@xml_type(TT)
class ImagingStatus20:
    """What is known of the focus."""

    focus_status20: FocusStatus20 | None = None


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
class SetImagingSettings:
    """Set picture controls of a video source; those left out stay. Settings persist whatever the flag says."""

    video_source_token: str
    imaging_settings: ImagingSettings20
    force_persistence: bool | None = None


@xml_message(TIMG)
class SetImagingSettingsResponse:
    """The picture controls are set."""


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
class Move:
    """Move the focus."""

    video_source_token: str
    focus: FocusMove


@xml_message(TIMG)
class MoveResponse:
    """The focus moves."""


@xml_message(TIMG)
class Stop:
    """Stop the focus."""

    video_source_token: str


@xml_message(TIMG)
class StopResponse:
    """The focus has stopped."""


@xml_message(TIMG)
class GetStatus:
    """Ask where the focus is."""

    video_source_token: str


@xml_message(TIMG)
class GetStatusResponse:
    """Where the focus is."""

    status: ImagingStatus20
