"""The imaging service, for reading: how the picture is set, and within which limits.

ONVIF Imaging Service Specification. Everything comes from the camera's description in memory. Changing settings and
moving the focus are not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bridge.core.errors import ClientFault
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.types.common import FloatRange
from bridge.onvif.types.imaging import (
    Exposure20,
    ExposureOptions20,
    FocusConfiguration20,
    FocusOptions20,
    GetImagingSettings,
    GetImagingSettingsResponse,
    GetMoveOptions,
    GetMoveOptionsResponse,
    GetOptions,
    GetOptionsResponse,
    GetServiceCapabilities,
    GetServiceCapabilitiesResponse,
    GetStatus,
    GetStatusResponse,
    ImagingCapabilities,
    ImagingOptions20,
    ImagingOptions20Extension,
    ImagingOptions20Extension2,
    ImagingOptions20Extension3,
    ImagingSettings20,
    ImagingSettingsExtension20,
    ImagingSettingsExtension202,
    ImagingSettingsExtension203,
    ImagingStatus20,
    MoveOptions20,
    NoiseReduction,
    NoiseReductionOptions,
    SwitchedLevel,
    SwitchedLevelOptions,
    WhiteBalance20,
    WhiteBalanceOptions20,
)
from bridge.proto.soap.namespaces import TIMG

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.imaging import Exposure, ImagingDescription, Levelled, WhiteBalance
    from bridge.core.units import Range
    from bridge.onvif.device import VirtualDevice

_T = TypeVar("_T")
_U = TypeVar("_U")

_PERCENT = FloatRange(min=0.0, max=100.0)


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(call: Call, _request: GetServiceCapabilities) -> GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA)
async def get_imaging_settings(call: Call, request: GetImagingSettings) -> GetImagingSettingsResponse:
    """Tell how the picture is set."""
    return GetImagingSettingsResponse(imaging_settings=_settings(_imaging(call, request.video_source_token)))


@operation(access=Access.READ_MEDIA)
async def get_options(call: Call, request: GetOptions) -> GetOptionsResponse:
    """Tell the limits of every control that the settings show."""
    return GetOptionsResponse(imaging_options=_options(_imaging(call, request.video_source_token)))


@operation(access=Access.READ_MEDIA)
async def get_move_options(call: Call, request: GetMoveOptions) -> GetMoveOptionsResponse:
    """Tell that the focus cannot be moved."""
    _imaging(call, request.video_source_token)
    return GetMoveOptionsResponse(move_options=MoveOptions20())


@operation(access=Access.READ_MEDIA)
async def get_status(call: Call, request: GetStatus) -> GetStatusResponse:
    """Tell that nothing is known of the focus."""
    _imaging(call, request.video_source_token)
    return GetStatusResponse(status=ImagingStatus20())


def _imaging(call: Call, video_source_token: str) -> ImagingDescription:
    """Return the picture controls of a video source.

    Raises:
        ClientFault: there is no such source, or it has no picture controls.
    """
    description = call.device.camera.description
    if description is None or video_source_token != call.device.media.video_source_token:
        raise ClientFault("Sender", ("InvalidArgVal", "NoSource"), f"There is no video source '{video_source_token}'")
    if description.imaging is None:
        raise ClientFault(
            "Receiver", ("ActionNotSupported", "NoImagingForSource"), "The video source has no picture controls"
        )
    return description.imaging


def _settings(imaging: ImagingDescription) -> ImagingSettings20:
    known = imaging.settings
    return ImagingSettings20(
        backlight_compensation=_if_known(known.backlight_compensation, _switched),
        brightness=known.brightness,
        color_saturation=known.color_saturation,
        contrast=known.contrast,
        exposure=_if_known(known.exposure, _exposure),
        focus=_if_known(known.auto_focus, lambda mode: FocusConfiguration20(auto_focus_mode=mode)),
        ir_cut_filter=known.ir_cut_filter,
        sharpness=known.sharpness,
        wide_dynamic_range=_if_known(known.wide_dynamic_range, _switched),
        white_balance=_if_known(known.white_balance, _white_balance),
        extension=_if_known(known.noise_reduction, _noise_reduction),
    )


def _options(imaging: ImagingDescription) -> ImagingOptions20:
    """Return limits for exactly the controls that the settings show; a list of modes that is missing is the mode."""
    known = imaging.settings
    return ImagingOptions20(
        backlight_compensation=_if_known(known.backlight_compensation, _switched_options),
        brightness=_if_known(known.brightness, _percent),
        color_saturation=_if_known(known.color_saturation, _percent),
        contrast=_if_known(known.contrast, _percent),
        exposure=_if_known(known.exposure, lambda exposure: _exposure_options(imaging, exposure)),
        focus=_if_known(
            known.auto_focus, lambda mode: FocusOptions20(auto_focus_modes=imaging.auto_focus_modes or (mode,))
        ),
        ir_cut_filter_modes=_if_known(known.ir_cut_filter, lambda mode: imaging.ir_cut_modes or (mode,)) or (),
        sharpness=_if_known(known.sharpness, _percent),
        wide_dynamic_range=_if_known(known.wide_dynamic_range, _switched_options),
        white_balance=_if_known(known.white_balance, lambda balance: _white_balance_options(imaging, balance)),
        extension=_if_known(known.noise_reduction, _noise_reduction_options),
    )


def _if_known(value: _T | None, convert: Callable[[_T], _U]) -> _U | None:
    return None if value is None else convert(value)


def _switched(function: Levelled) -> SwitchedLevel:
    return SwitchedLevel(mode="ON" if function.on else "OFF", level=function.level)


def _switched_options(function: Levelled) -> SwitchedLevelOptions:
    return SwitchedLevelOptions(mode=("OFF", "ON"), level=_if_known(function.level, _percent))


def _exposure(exposure: Exposure) -> Exposure20:
    return Exposure20(
        mode=exposure.mode,
        priority=exposure.priority,
        min_exposure_time=exposure.min_exposure_time_us,
        max_exposure_time=exposure.max_exposure_time_us,
        min_gain=exposure.min_gain,
        max_gain=exposure.max_gain,
    )


def _exposure_options(imaging: ImagingDescription, exposure: Exposure) -> ExposureOptions20:
    time, gain = _if_known(imaging.exposure_time_us, _range), _if_known(imaging.gain, _range)
    return ExposureOptions20(
        mode=imaging.exposure_modes or (exposure.mode,),
        priority=imaging.exposure_priorities,
        min_exposure_time=time,
        max_exposure_time=time,
        min_gain=gain,
        max_gain=gain,
    )


def _white_balance(balance: WhiteBalance) -> WhiteBalance20:
    return WhiteBalance20(mode=balance.mode, cr_gain=balance.cr_gain, cb_gain=balance.cb_gain)


def _white_balance_options(imaging: ImagingDescription, balance: WhiteBalance) -> WhiteBalanceOptions20:
    return WhiteBalanceOptions20(
        mode=imaging.white_balance_modes or (balance.mode,),
        yr_gain=_if_known(balance.cr_gain, _percent),
        yb_gain=_if_known(balance.cb_gain, _percent),
    )


def _noise_reduction(percent: float) -> ImagingSettingsExtension20:
    level = NoiseReduction(level=percent / 100)
    return ImagingSettingsExtension20(
        extension=ImagingSettingsExtension202(extension=ImagingSettingsExtension203(noise_reduction=level))
    )


def _noise_reduction_options(_percent_now: float) -> ImagingOptions20Extension:
    options = NoiseReductionOptions(level=True)
    return ImagingOptions20Extension(
        extension=ImagingOptions20Extension2(extension=ImagingOptions20Extension3(noise_reduction_options=options))
    )


def _percent(_now: float) -> FloatRange:
    return _PERCENT


def _range(limits: Range) -> FloatRange:
    return FloatRange(min=limits.minimum, max=limits.maximum)


def _capabilities(_call: Call) -> ImagingCapabilities:
    return ImagingCapabilities(image_stabilization=False, presets=False, adaptable_preset=False)


def _is_served(device: VirtualDevice) -> bool:
    description = device.camera.description
    return description is not None and description.imaging is not None


SERVICE = Service(
    prefix="timg",
    namespace=TIMG,
    path="/onvif/imaging_service",
    version=(19, 6),
    operations=operations_of(__name__),
    is_served=_is_served,
    capabilities=_capabilities,
)
