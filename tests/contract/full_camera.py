"""A camera that has everything a camera can have, and obeys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.events import EventKind
from bridge.core.formats import AudioCodec, Resolution, VideoCodec
from bridge.core.sensor import SensorMode
from bridge.core.talk import TalkDescription
from bridge.core.units import Range
from tests.unit.onvif.analytics_bench import GRID, REGIONS, BenchMotion
from tests.unit.onvif.bench_camera import BenchEncoders
from tests.unit.onvif.imaging_bench import EVERYTHING, BenchFocus, BenchImaging
from tests.unit.onvif.media_bench import AAC, MAIN, SUB, camera_of
from tests.unit.onvif.picture_bench import SHAPES, TEXTS, BenchMasks, BenchOverlays, BenchSensorModes
from tests.unit.onvif.ports_bench import connect_wires, wires_described
from tests.unit.onvif.ptz_bench import DOME, BenchMechanics
from tests.unit.onvif.test_media_audio_output import BenchTalk

if TYPE_CHECKING:
    from bridge.core.model import CameraDescription
    from tests.unit.onvif.bench_camera import BenchCamera

_DAY = SensorMode("day", 25.0, Resolution(2560, 1440), (VideoCodec.H264,))


def full_description() -> CameraDescription:
    """Describe the camera."""
    wires = wires_described()
    return replace(
        camera_of(MAIN, SUB, audio=(AAC,), ptz=DOME, imaging=EVERYTHING),
        events=frozenset(EventKind),
        relays=wires.relays,
        inputs=wires.inputs,
        auxiliary=wires.auxiliary,
        overlays=TEXTS,
        masks=SHAPES,
        motion_regions=REGIONS,
        motion_grid=GRID,
        sensor_modes=(_DAY, replace(_DAY, token="night")),
        sensor_mode="day",
        talk=TalkDescription((AudioCodec.PCMU,), volume=50.0, volume_range=Range(0.0, 100.0)),
    )


def connect_everything(camera: BenchCamera) -> None:
    """Let everything be set that the camera has."""
    connect_wires(camera)
    mechanics = BenchMechanics(camera)
    camera.given = replace(
        camera.given,
        drives=mechanics,
        home=mechanics,
        encoders=BenchEncoders(camera),
        imaging=BenchImaging(camera),
        focus=BenchFocus(camera),
        overlays=BenchOverlays(camera),
        masks=BenchMasks(camera),
        motion=BenchMotion(camera, own_names=False),
        sensor_modes=BenchSensorModes(camera),
        talk=BenchTalk(camera),
    )
