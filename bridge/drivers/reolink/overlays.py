"""The two texts in the picture, camera name and clock: `GetOsd`, `SetOsd` (vendor document, 3.4.3, 3.4.4).

Both are always there in the camera and shown or not: to delete one is to hide it, to create one is to show it. There
are six places; how dates and times are written is a setting of the clock and only told here.
"""

from __future__ import annotations

from functools import partial
from math import dist
from typing import TYPE_CHECKING, Final

from bridge.core.errors import InvalidValue, Rejected
from bridge.core.overlay import Overlay, OverlayKind, OverlayPlace, OverlaysDescription
from bridge.drivers.reolink.native import flag, number, section, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.model import CameraDescription
    from bridge.core.overlay import Point
    from bridge.drivers.reolink.client import ReolinkClient
    from bridge.drivers.reolink.envelope import Answer, Command, Readings
    from bridge.drivers.reolink.native import Json
    from bridge.drivers.reolink.settings import SettingsDesk

NAME: Final = "osdChannel"
CLOCK: Final = "osdTime"
KINDS: Final = {NAME: OverlayKind.PLAIN, CLOCK: OverlayKind.DATE_AND_TIME}
"""The native texts; their names are their tokens, too."""

MOST_CHARACTERS: Final = 31

PLACES: Final[dict[str, tuple[OverlayPlace, Point]]] = {
    "Upper Left": (OverlayPlace.UPPER_LEFT, (-1.0, 1.0)),
    "Top Center": (OverlayPlace.CUSTOM, (0.0, 1.0)),
    "Upper Right": (OverlayPlace.UPPER_RIGHT, (1.0, 1.0)),
    "Lower Left": (OverlayPlace.LOWER_LEFT, (-1.0, -1.0)),
    "Bottom Center": (OverlayPlace.CUSTOM, (0.0, -1.0)),
    "Lower Right": (OverlayPlace.LOWER_RIGHT, (1.0, -1.0)),
}
ELSEWHERE: Final = (0.0, 0.0)
"""Stands for `Other Configuration`, a place that was chosen by other means and cannot be told or chosen here."""

DATE_FORMATS: Final = {"DD/MM/YYYY": "dd/MM/yyyy", "MM/DD/YYYY": "MM/dd/yyyy", "YYYY/MM/DD": "yyyy/MM/dd"}
USUAL_DATE_FORMAT: Final = "dd/MM/yyyy"
TIME_FORMATS: Final = {0: "HH:mm:ss", 1: "hh:mm:ss tt"}


def overlays(osd: Answer, time: Json) -> OverlaysDescription | None:
    """Return the texts in the picture, None for a camera that has none.

    Args:
        osd: of GetOsd.
        time: value of GetTime.
    """
    value = section(osd.value, "Osd")
    native = [key for key in KINDS if flag(section(value, key), "enable") is not None]
    if not native:
        return None
    clock = section(time, "Time")
    date_format = DATE_FORMATS.get(text(clock, "timeFmt"), USUAL_DATE_FORMAT)
    time_format = TIME_FORMATS[number(clock, "hourFmt", least=0, most=1) or 0]
    kinds = tuple(KINDS[key] for key in native)
    shown = (_overlay(key, section(value, key), date_format, time_format) for key in native)
    limit = number(section(osd.range, "Osd", NAME, "name"), "maxLen", least=1, most=MOST_CHARACTERS)
    return OverlaysDescription(
        overlays=tuple(each for each in shown if each is not None),
        most=len(kinds),
        kinds=kinds,
        places=tuple(OverlayPlace),
        most_of=tuple((kind, 1) for kind in kinds),
        date_formats=(date_format,),
        time_formats=(time_format,),
        most_characters=limit or MOST_CHARACTERS,
    )


def _overlay(key: str, native: Json, date_format: str, time_format: str) -> Overlay | None:
    if not flag(native, "enable"):
        return None
    place, at = PLACES.get(text(native, "pos"), (OverlayPlace.CUSTOM, ELSEWHERE))
    point = at if place is OverlayPlace.CUSTOM else None
    if key == NAME:
        return Overlay(key, OverlayKind.PLAIN, place, text=text(native, "name"), at=point)
    return Overlay(key, OverlayKind.DATE_AND_TIME, place, at=point, date_format=date_format, time_format=time_format)


class ReolinkOverlays:
    """`core.overlay.Overlays` for one channel.

    Args:
        desk: changes the settings.
        description: returns what is known of the camera.
    """

    def __init__(self, desk: SettingsDesk, description: Callable[[], CameraDescription | None]) -> None:
        self._desk = desk
        self._description = description

    async def create(self, overlay: Overlay) -> str:
        """Show the text of that kind; see `core.overlay.Overlays`."""
        token = next((key for key, kind in KINDS.items() if kind is overlay.kind), None)
        if token is None or overlay.kind not in self._known().kinds:
            raise InvalidValue("overlay", f"the camera shows no texts of the kind {overlay.kind}")
        await self._desk.change(("GetOsd",), partial(self._show, token, overlay, is_new=True))
        if self._find(token) is None:
            raise Rejected("the camera has accepted the text and not shown it", native_code="unchanged")
        return token

    async def set(self, overlay: Overlay) -> None:
        """Change a text; see `core.overlay.Overlays`."""
        await self._desk.change(("GetOsd",), partial(self._show, overlay.token, overlay, is_new=False))

    async def delete(self, token: str) -> None:
        """Hide a text; see `core.overlay.Overlays`."""

        def plan(client: ReolinkClient, now: Readings) -> tuple[Command, ...]:
            self._require(token)
            return (_changed(client, now, token, {"enable": 0}),)

        await self._desk.change(("GetOsd",), plan)

    def _show(
        self, token: str, overlay: Overlay, client: ReolinkClient, now: Readings, *, is_new: bool
    ) -> tuple[Command, ...]:
        present = self._find(token) if is_new else self._require(token)
        if is_new and present is not None:
            raise InvalidValue("too_many_overlays", f"the one text of the kind {overlay.kind} is shown already")
        known = self._known()
        if overlay.kind is not KINDS[token]:
            raise InvalidValue("overlay", f"a text of the kind {KINDS[token]} cannot become one of {overlay.kind}")
        if len(overlay.text) > known.most_characters:
            raise InvalidValue("overlay", f"a text has at most {known.most_characters} characters")
        fields: dict[str, object] = {"enable": 1}
        if present is None or (present.place, present.at) != (overlay.place, overlay.at):
            ranges = section(now["GetOsd"].range, "Osd", token)
            fields["pos"] = _position(overlay, texts(ranges, "pos"))
        if overlay.kind is OverlayKind.PLAIN:
            fields["name"] = overlay.text
        return (_changed(client, now, token, fields),)

    def _known(self) -> OverlaysDescription:
        description = self._description()
        known = None if description is None else description.overlays
        if known is None:
            raise InvalidValue("overlay", "the camera shows no texts")
        return known

    def _find(self, token: str) -> Overlay | None:
        return next((each for each in self._known().overlays if each.token == token), None)

    def _require(self, token: str) -> Overlay:
        found = self._find(token)
        if found is None:
            raise InvalidValue("no_overlay", f"there is no text {token!r}")
        return found


def _changed(client: ReolinkClient, now: Readings, key: str, fields: dict[str, object]) -> Command:
    osd = section(now["GetOsd"].value, "Osd")
    return client.write("SetOsd", "Osd", {**osd, key: {**section(osd, key), **fields}})


def _position(overlay: Overlay, offered: tuple[str, ...]) -> str:
    """Return the native place of a text: the nearest one for a custom point."""
    places = {word: where for word, where in PLACES.items() if word in offered or not offered}
    if overlay.place is not OverlayPlace.CUSTOM:
        word = next((word for word, (place, _) in places.items() if place is overlay.place), None)
    elif overlay.at is None or overlay.at == ELSEWHERE:
        word = None
    else:
        wished = overlay.at
        word = min(places, key=lambda each: dist(places[each][1], wished), default=None)
    if word is None:
        raise InvalidValue("overlay", "the camera cannot show the text there")
    return word
