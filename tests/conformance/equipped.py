"""A camera that has everything: every facet of the domain, kept in memory, with mechanics that take time.

It stands where a native camera and its driver stand otherwise, so that the whole ONVIF side can be tried on one
device. What it is told shows in its description, as every driver has to see to.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image

from bridge.core.camera import Facets
from bridge.core.errors import InvalidValue, Unreachable, Unsupported
from bridge.core.events import CameraEvent, EventKind
from bridge.core.imaging import (
    FocusStatus,
    ImagingSettings,
)
from bridge.core.overlay import (
    Mask,
    MasksDescription,
    Overlay,
    OverlaysDescription,
)
from bridge.core.ports import IdleState, RelayMode, RelaySettings
from bridge.core.ptz import Preset, PtzDescription, PtzPosition, PtzSpeed, PtzStatus, PtzTranslation, Velocity
from bridge.drivers.base import CameraConfig, CameraFamily
from bridge.media.sources.rtsp import RtspSource
from bridge.runtime.clock import SystemClock
from tests.conformance.descriptions import PLAIN
from tests.conformance.mechanics import Mechanics
from tests.conformance.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.core.auxiliary import AuxiliaryFunction, SwitchState
    from bridge.core.camera import CameraSink
    from bridge.core.detection import MotionGrid, MotionRegion
    from bridge.core.formats import AudioCodec
    from bridge.core.model import CameraDescription, EncoderSettings, Secret
    from bridge.core.timing import Clock
    from bridge.media.source import StreamSource

_T = TypeVar("_T", Overlay, Mask)


class EquippedCamera:
    """The camera, and the facets that move and set it.

    Args:
        description: what it is when it is switched on.
        streams: RTSP address of each stream by name; a stream without one cannot be opened.
        username: account at those addresses.
        password: its password.
    """

    def __init__(
        self,
        description: CameraDescription,
        *,
        streams: Mapping[str, str] | None = None,
        username: str = "",
        password: Secret | None = None,
    ) -> None:
        self.description = description
        self.done: list[tuple[object, ...]] = []
        self.heard: list[bytes] = []
        self._streams = streams or {}
        self._username, self._password = username, password
        self._sink: CameraSink | None = None
        self._mechanics = Mechanics()
        self._home: PtzPosition | None = None
        self._numbers = count(1)
        self.watch = Watch()
        self.facets = Facets() if description.info.model == PLAIN.info.model else self._all_facets()

    # the driver

    def _all_facets(self) -> Facets:
        return Facets(
            ptz=self,
            drives=self,
            home=self,
            snapshots=self,
            encoders=_EncoderBoard(self),
            key_frames=self,
            imaging=_ImagingBoard(self),
            focus=_FocusMotor(self, self._mechanics),
            overlays=_OverlayBoard(self),
            masks=_MaskBoard(self),
            motion=self,
            auxiliary=self,
            relays=_RelayBoard(self),
            inputs=self,
            sensor_modes=self,
            talk=_Loudspeaker(self),
        )

    async def run(self, sink: CameraSink) -> None:
        self._sink = sink
        sink.describe(self.description)
        for relay in self.description.relays:
            self.report(EventKind.RELAY, active=False, source=relay.token)
        for port in self.description.inputs:
            self.report(EventKind.DIGITAL_INPUT, active=False, source=port.token)
        await asyncio.Event().wait()

    def open_stream(self, name: str) -> StreamSource:
        address = self._streams.get(name)
        if address is None or self._password is None:
            return _NoStream()
        return RtspSource((address,), username=self._username, password=self._password, clock=SystemClock())

    def become(self, **changes: Any) -> None:
        """Change the description, and tell so."""
        self.description = replace(self.description, **changes)
        if self._sink is not None:
            self._sink.describe(self.description)

    def report(self, kind: EventKind, *, active: bool, source: str = "") -> None:
        """Let something happen in front of, or to, the camera."""
        assert self._sink is not None
        self._sink.publish(CameraEvent(kind, active, self.watch.utc(), source))

    def number(self) -> int:
        return next(self._numbers)

    # pan, tilt, zoom

    @property
    def status(self) -> PtzStatus:
        now, mechanics = self._mechanics.now, self._mechanics
        place = mechanics.place()
        return PtzStatus(
            place.pan_tilt,
            place.zoom,
            pan_tilt_moving=mechanics.pan.is_moving(now) or mechanics.tilt.is_moving(now),
            zoom_moving=mechanics.zoom.is_moving(now),
            utc=datetime.now(UTC),
        )

    async def move(self, velocity: Velocity) -> None:
        self.done.append(("move", velocity))
        if velocity.pan_tilt is not None:
            self._mechanics.run(self._mechanics.pan, velocity.pan_tilt[0])
            self._mechanics.run(self._mechanics.tilt, velocity.pan_tilt[1])
        if velocity.zoom is not None:
            self._mechanics.run(self._mechanics.zoom, velocity.zoom)

    async def stop(self, *, pan_tilt: bool = True, zoom: bool = True) -> None:
        self.done.append(("stop", pan_tilt, zoom))
        for axis in (self._mechanics.pan, self._mechanics.tilt) if pan_tilt else ():
            self._mechanics.run(axis, 0.0)
        if zoom:
            self._mechanics.run(self._mechanics.zoom, 0.0)

    async def move_to(self, position: PtzPosition, *, speed: PtzSpeed) -> None:
        self.done.append(("move_to", position, speed))
        self._mechanics.drive(position, speed)

    async def move_by(self, translation: PtzTranslation, *, speed: PtzSpeed) -> None:
        self.done.append(("move_by", translation, speed))
        here = self._mechanics.place()
        scale = 0.1 if translation.in_view else 1.0
        way = translation.pan_tilt
        goal = None
        if way is not None and here.pan_tilt is not None:
            goal = (here.pan_tilt[0] + way[0] * scale, here.pan_tilt[1] + way[1] * scale)
        zoom = None if translation.zoom is None or here.zoom is None else here.zoom + translation.zoom
        self._mechanics.drive(PtzPosition(goal, zoom), speed)

    async def set_preset(self, *, token: str | None, name: str | None) -> str:
        ptz = self._ptz()
        if self.status.pan_tilt_moving or self.status.zoom_moving:
            raise InvalidValue("moving", "the camera moves")
        known = {preset.token: preset for preset in ptz.presets}
        if token is not None and token not in known:
            raise InvalidValue("no_preset", f"there is no preset {token}")
        if token is None and len(known) >= ptz.max_presets:
            raise InvalidValue("too_many_presets", "no room for another preset")
        chosen = token or str(self.number())
        title = name or (known[chosen].name if chosen in known else f"Preset {chosen}")
        known[chosen] = Preset(chosen, title, self._mechanics.place())
        self.become(ptz=replace(ptz, presets=tuple(known.values())))
        return chosen

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        self._mechanics.drive(self._preset(token).position or PtzPosition(), PtzSpeed(speed, speed))

    async def remove_preset(self, token: str) -> None:
        gone = self._preset(token)
        ptz = self._ptz()
        self.become(ptz=replace(ptz, presets=tuple(each for each in ptz.presets if each != gone)))

    async def set_home(self) -> None:
        self._home = self._mechanics.place()

    async def go_home(self, *, speed: float | None = None) -> None:
        if self._home is None:
            raise InvalidValue("no_home", "no home position was ever set")
        self._mechanics.drive(self._home, PtzSpeed(speed, speed))

    def _ptz(self) -> PtzDescription:
        assert self.description.ptz is not None
        return self.description.ptz

    def _preset(self, token: str) -> Preset:
        for preset in self._ptz().presets:
            if preset.token == token:
                return preset
        raise InvalidValue("no_preset", f"there is no preset {token}")

    # everything small

    async def take(self, stream: str) -> bytes:
        found = self.description.stream(stream)
        if found is None:
            raise Unsupported(f"there is no stream {stream!r}", facet="snapshots")
        size = found.encoder.resolution
        picture = BytesIO()
        Image.new("RGB", (size.width, size.height), (40, 80, 120)).save(picture, "JPEG")
        return picture.getvalue()

    async def request(self, stream: str) -> None:
        self.done.append(("key_frame", stream))

    async def set_regions(self, regions: tuple[MotionRegion, ...]) -> None:
        assert self.description.motion_regions is not None
        if len(regions) > self.description.motion_regions.most:
            raise InvalidValue("too_many_regions", "no room for another region")
        self.become(motion_regions=replace(self.description.motion_regions, regions=regions))

    async def set_grid(self, grid: MotionGrid) -> None:
        self.become(motion_grid=grid)

    async def switch(self, function: AuxiliaryFunction, state: SwitchState) -> None:
        self.done.append(("switch", function, state))

    async def set_idle_states(self, idle_states: dict[str, IdleState]) -> None:
        self.become(
            inputs=tuple(
                replace(each, idle_state=idle_states.get(each.token, each.idle_state))
                for each in self.description.inputs
            )
        )

    async def choose(self, token: str) -> None:
        self.become(sensor_mode=token)


class _Board:
    """A part of the camera whose facet has a method name that another part has as well."""

    def __init__(self, camera: EquippedCamera) -> None:
        self._camera = camera


class _EncoderBoard(_Board):
    async def set(self, stream: str, settings: EncoderSettings) -> EncoderSettings:
        streams = self._camera.description.streams
        self._camera.become(
            streams=tuple(replace(each, encoder=settings) if each.name == stream else each for each in streams)
        )
        return settings


class _ImagingBoard(_Board):
    async def set(self, settings: ImagingSettings) -> None:
        imaging = self._camera.description.imaging
        assert imaging is not None
        self._camera.become(imaging=replace(imaging, settings=settings))


class _FocusMotor(_Board):
    def __init__(self, camera: EquippedCamera, mechanics: Mechanics) -> None:
        super().__init__(camera)
        self._mechanics = mechanics

    @property
    def status(self) -> FocusStatus:
        focus, now = self._mechanics.focus, self._mechanics.now
        return FocusStatus(focus.at(now), focus.is_moving(now))

    async def move(self, velocity: float) -> None:
        self._mechanics.run(self._mechanics.focus, velocity)

    async def move_to(self, position: float, *, speed: float | None = None) -> None:
        self._mechanics.focus.go(position, 1.0 if speed is None else speed, self._mechanics.now)

    async def move_by(self, distance: float, *, speed: float | None = None) -> None:
        goal = self._mechanics.focus.at(self._mechanics.now) + distance
        self._mechanics.focus.go(goal, 1.0 if speed is None else speed, self._mechanics.now)

    async def stop(self) -> None:
        self._mechanics.run(self._mechanics.focus, 0.0)


def _without(things: Iterable[_T], token: str, *, reason: str) -> tuple[_T, ...]:
    """Return the things but the one of that token."""
    known = tuple(things)
    rest = tuple(each for each in known if each.token != token)
    if len(rest) == len(known):
        raise InvalidValue(reason, f"there is no {token}")
    return rest


class _OverlayBoard(_Board):
    async def create(self, overlay: Overlay) -> str:
        known = self._known()
        if len(known.overlays) >= known.most:
            raise InvalidValue("too_many_overlays", "no room for another text")
        made = replace(overlay, token=f"Overlay_{self._camera.number()}")
        self._camera.become(overlays=replace(known, overlays=(*known.overlays, made)))
        return made.token

    async def set(self, overlay: Overlay) -> None:
        known = self._known()
        rest = _without(known.overlays, overlay.token, reason="no_overlay")
        self._camera.become(overlays=replace(known, overlays=(*rest, overlay)))

    async def delete(self, token: str) -> None:
        known = self._known()
        self._camera.become(overlays=replace(known, overlays=_without(known.overlays, token, reason="no_overlay")))

    def _known(self) -> OverlaysDescription:
        assert self._camera.description.overlays is not None
        return self._camera.description.overlays


class _MaskBoard(_Board):
    async def create(self, mask: Mask) -> str:
        known = self._known()
        if len(known.masks) >= known.most:
            raise InvalidValue("too_many_masks", "no room for another mask")
        made = replace(mask, token=f"Mask_{self._camera.number()}")
        self._camera.become(masks=replace(known, masks=(*known.masks, made)))
        return made.token

    async def set(self, mask: Mask) -> None:
        known = self._known()
        rest = _without(known.masks, mask.token, reason="no_mask")
        self._camera.become(masks=replace(known, masks=(*rest, mask)))

    async def delete(self, token: str) -> None:
        known = self._known()
        self._camera.become(masks=replace(known, masks=_without(known.masks, token, reason="no_mask")))

    def _known(self) -> MasksDescription:
        assert self._camera.description.masks is not None
        return self._camera.description.masks


class _RelayBoard(_Board):
    async def set_settings(self, token: str, settings: RelaySettings) -> None:
        relays = self._camera.description.relays
        self._camera.become(
            relays=tuple(replace(each, settings=settings) if each.token == token else each for each in relays)
        )

    async def set_active(self, token: str, *, active: bool) -> None:
        self._camera.report(EventKind.RELAY, active=active, source=token)
        settings = next(each.settings for each in self._camera.description.relays if each.token == token)
        if active and settings.mode is RelayMode.MONOSTABLE:
            self._camera.watch.call_later(settings.delay_s, partial(self._fall, token))

    def _fall(self, token: str) -> None:
        self._camera.report(EventKind.RELAY, active=False, source=token)


class _Loudspeaker(_Board):
    async def start(self, codec: AudioCodec) -> None:
        self._camera.done.append(("talk", codec))

    def send(self, payload: bytes, rtp_time: int) -> None:
        del rtp_time
        self._camera.heard.append(payload)

    async def stop(self) -> None:
        self._camera.done.append(("talk_end",))

    async def set_volume(self, percent: float) -> None:
        talk = self._camera.description.talk
        assert talk is not None
        self._camera.become(talk=replace(talk, volume=percent))


class _NoStream:
    """The source of a stream that this camera does not have switched on."""

    async def run(self, _sink: object) -> None:
        raise Unreachable("this camera has no stream to open")


@dataclass
class CameraShop:
    """A camera family whose cameras were made before: the driver asked for is the camera of that id.

    They and the bridge go by one watch.
    """

    cameras: dict[str, EquippedCamera] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)

    @property
    def family(self) -> CameraFamily:
        streams = dict.fromkeys(each.name for camera in self.cameras.values() for each in camera.description.streams)
        return CameraFamily("equipped", "Maker", tuple(streams), lambda _options: (), self._create)

    def _create(self, config: CameraConfig, known: CameraDescription | None, clock: Clock) -> EquippedCamera:
        del known, clock
        camera = self.cameras[config.id]
        camera.watch = self.watch
        return camera
