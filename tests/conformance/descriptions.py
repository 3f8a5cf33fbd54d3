"""Two cameras as they describe themselves: one that has everything, and one that has the least."""

from __future__ import annotations

from typing import Any

from bridge.core.auxiliary import AuxiliaryFunction, AuxiliarySwitch, SwitchState
from bridge.core.detection import MotionGrid, MotionRegionsDescription
from bridge.core.events import EventKind
from bridge.core.formats import AudioCodec, AudioFormat, Resolution, VideoCodec
from bridge.core.imaging import (
    AutoMode,
    Exposure,
    ExposurePriority,
    FocusDescription,
    ImagingDescription,
    ImagingSettings,
    IrCutMode,
    Levelled,
    WhiteBalance,
)
from bridge.core.model import CameraDescription, CameraInfo, EncoderOptions, EncoderSettings, NativeStream
from bridge.core.overlay import MaskKind, MasksDescription, Overlay, OverlayKind, OverlayPlace, OverlaysDescription
from bridge.core.ports import DigitalInput, IdleState, RelayMode, RelayOutput, RelaySettings
from bridge.core.ptz import PtzDescription
from bridge.core.sensor import SensorMode
from bridge.core.talk import TalkDescription
from bridge.core.units import Range

HD, SD = Resolution(1280, 720), Resolution(640, 360)
G711 = AudioFormat(AudioCodec.PCMU, 8000, bitrate_kbps=64)


def _encoder(resolution: Resolution, **more: Any) -> EncoderSettings:
    settings: dict[str, Any] = {"frame_rate": 25.0, "bitrate_kbps": 1024, "gov_length": 50, **more}
    return EncoderSettings(VideoCodec.H264, resolution, **settings)


def _options(*resolutions: Resolution) -> tuple[EncoderOptions, ...]:
    return tuple(
        EncoderOptions(
            codec,
            resolutions,
            (25.0, 15.0, 5.0),
            Range(64, 4096),
            Range(1, 100),
            ("Baseline", "Main", "High") if codec is VideoCodec.H264 else ("Main",),
        )
        for codec in (VideoCodec.H264, VideoCodec.H265)
    )


_LEVELS = ("brightness", "contrast", "color_saturation", "sharpness", "noise_reduction")
_SWITCHES = ("ir_cut_filter", "backlight_compensation", "wide_dynamic_range", "exposure", "white_balance", "auto_focus")

IMAGING = ImagingDescription(
    ImagingSettings(
        brightness=50.0,
        contrast=50.0,
        color_saturation=50.0,
        sharpness=50.0,
        ir_cut_filter=IrCutMode.AUTO,
        backlight_compensation=Levelled(on=False, level=50.0),
        wide_dynamic_range=Levelled(on=False, level=50.0),
        exposure=Exposure(
            AutoMode.AUTO,
            ExposurePriority.LOW_NOISE,
            min_exposure_time_us=100.0,
            max_exposure_time_us=40000.0,
            min_gain=0.0,
            max_gain=100.0,
            exposure_time_us=10000.0,
            gain=10.0,
        ),
        white_balance=WhiteBalance(AutoMode.AUTO, cr_gain=50.0, cb_gain=50.0),
        noise_reduction=50.0,
        auto_focus=AutoMode.MANUAL,
    ),
    ir_cut_modes=(IrCutMode.ON, IrCutMode.OFF, IrCutMode.AUTO),
    exposure_modes=(AutoMode.AUTO, AutoMode.MANUAL),
    exposure_priorities=(ExposurePriority.LOW_NOISE, ExposurePriority.FRAME_RATE),
    exposure_time_us=Range(100.0, 40000.0),
    gain=Range(0.0, 100.0),
    white_balance_modes=(AutoMode.AUTO, AutoMode.MANUAL),
    auto_focus_modes=(AutoMode.AUTO, AutoMode.MANUAL),
    settable=frozenset({*_LEVELS, *_SWITCHES}),
    focus=FocusDescription(continuous=True, absolute=True, relative=True, position=True),
)

_BISTABLE = RelaySettings(RelayMode.BISTABLE, 1.0, IdleState.OPEN)

EVERYTHING = CameraDescription(
    CameraInfo("Maker", "Everything", "1.0", "HW1", "EQ-1", "Equipped", mac="02:00:00:00:00:01"),
    (
        NativeStream("main", _encoder(HD), _options(HD, SD), G711),
        NativeStream("sub", _encoder(SD), _options(SD), G711),
    ),
    snapshot=True,
    ptz=PtzDescription(
        pan=True,
        tilt=True,
        zoom=True,
        max_presets=8,
        pan_tilt_position=True,
        zoom_position=True,
        absolute_pan_tilt=True,
        absolute_zoom=True,
        relative_pan_tilt=True,
        relative_zoom=True,
        in_view=True,
        pan_degrees=Range(-170.0, 170.0),
        tilt_degrees=Range(-30.0, 90.0),
        home=True,
    ),
    imaging=IMAGING,
    events=frozenset(EventKind) - {EventKind.RELAY, EventKind.DIGITAL_INPUT, EventKind.SIGNAL_LOSS},
    auxiliary=(
        AuxiliarySwitch(AuxiliaryFunction.IR_LAMP, (SwitchState.ON, SwitchState.OFF, SwitchState.AUTO)),
        AuxiliarySwitch(AuxiliaryFunction.WIPER, (SwitchState.ON, SwitchState.OFF)),
    ),
    relays=(
        RelayOutput(
            "Relay_1",
            _BISTABLE,
            (RelayMode.BISTABLE, RelayMode.MONOSTABLE),
            Range(1.0, 60.0),
            (IdleState.OPEN, IdleState.CLOSED),
        ),
        RelayOutput("Relay_2", _BISTABLE, (RelayMode.BISTABLE,), Range(1.0, 1.0), (IdleState.OPEN,)),
        RelayOutput(
            "Relay_3",
            RelaySettings(RelayMode.MONOSTABLE, 2.0, IdleState.CLOSED),
            (RelayMode.MONOSTABLE,),
            Range(2.0, 2.0),
            (IdleState.OPEN, IdleState.CLOSED),
        ),
    ),
    inputs=(
        DigitalInput("Input_1", IdleState.OPEN, (IdleState.OPEN, IdleState.CLOSED)),
        DigitalInput("Input_2", IdleState.CLOSED),
    ),
    overlays=OverlaysDescription(
        (
            Overlay("Name", OverlayKind.PLAIN, OverlayPlace.LOWER_LEFT, text="Equipped", font_size=32),
            Overlay(
                "Clock",
                OverlayKind.DATE_AND_TIME,
                OverlayPlace.UPPER_RIGHT,
                date_format="yyyy-MM-dd",
                time_format="HH:mm:ss",
                font_size=32,
            ),
        ),
        most=4,
        kinds=tuple(OverlayKind),
        places=tuple(OverlayPlace),
        date_formats=("yyyy-MM-dd", "MM/dd/yyyy"),
        time_formats=("HH:mm:ss", "hh:mm:ss tt"),
        font_size=Range(16, 64),
    ),
    masks=MasksDescription((), most=4, most_points=8, kinds=(MaskKind.COLOR, MaskKind.BLURRED)),
    motion_regions=MotionRegionsDescription((), most=4),
    motion_grid=MotionGrid(22, 18, (True,) * (22 * 18)),
    sensor_modes=(
        SensorMode("25fps", 25.0, HD, (VideoCodec.H264, VideoCodec.H265), "25 pictures per second"),
        SensorMode("30fps", 30.0, HD, (VideoCodec.H264, VideoCodec.H265), "30 pictures per second"),
    ),
    sensor_mode="25fps",
    talk=TalkDescription((AudioCodec.PCMU,), volume=50.0, volume_range=Range(0.0, 100.0)),
)

PLAIN = CameraDescription(
    CameraInfo("Maker", "Plain", "1.0", "HW0", "PL-1", "Plain"),
    (NativeStream("main", _encoder(HD), ()),),
    events=frozenset({EventKind.MOTION}),
)
"""The least that a camera can be: one stream, nothing to set, nothing to move."""
