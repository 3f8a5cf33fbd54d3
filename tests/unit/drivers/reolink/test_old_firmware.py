"""Firmwares that leave things out: every field of every answer may be missing, one at a time."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from bridge.core.errors import Rejected
from bridge.drivers.reolink.capabilities import understand
from bridge.drivers.reolink.envelope import Answer
from bridge.drivers.reolink.profile import PROFILE
from tests.unit.drivers.reolink.native_camera import native_answers
from tests.unit.drivers.reolink.scripted import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.core.model import CameraDescription
    from tests.unit.drivers.reolink.bench import World

Path = tuple[str | int, ...]

ESSENTIAL: frozenset[Path] = frozenset({("GetEnc", "value", "Enc")})
"""Without it there is no stream, and so no camera; all the rest is optional."""


def paths(value: object, here: Path = ()) -> Iterator[Path]:
    """Return the way to every field and list item of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*here, key)
        yield from paths(below, (*here, key))


ALL: list[Path] = [
    (cmd, part, *path)
    for cmd, answer in native_answers().items()
    for part in ("value", "range")
    for path in paths(answer[part])
]


def changed(path: Path, *, to: object = None, drops: bool = False) -> dict[str, Any]:
    answers = native_answers()
    holder: Any = answers
    for key in path[:-1]:
        holder = holder[key]
    if drops:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return answers


def understood(answers: dict[str, Any]) -> CameraDescription:
    found = {cmd: Answer(0, answer["value"], answer["range"]) for cmd, answer in answers.items()}
    return understand(found, channel=0, kept=None, profile=PROFILE, camera="cam").description


def test_the_data_is_worth_the_effort() -> None:
    assert len(ALL) > 300


def test_any_field_may_be_missing() -> None:
    for path in ALL:
        if path not in ESSENTIAL:
            assert understood(changed(path, drops=True)).streams, path
    with pytest.raises(Rejected):
        understood(changed(next(iter(ESSENTIAL)), drops=True))


@pytest.mark.parametrize("odd", [None, "", "x", -1, 10**9, [], {}, [None], True])
def test_any_field_may_be_something_else(odd: object) -> None:
    for path in ALL:
        if path not in ESSENTIAL:
            assert understood(changed(path, to=deepcopy(odd))).streams, path


def test_any_answer_may_be_a_refusal() -> None:
    for cmd in native_answers():
        if cmd != "GetEnc":
            found = {name: Answer(0, each["value"], each["range"]) for name, each in native_answers().items()}
            found[cmd] = Answer(-9)
            assert understand(found, channel=0, kept=None, profile=PROFILE, camera="cam").description.streams


async def test_settings_of_a_camera_without_ranges_can_still_be_changed(world: World) -> None:
    for answer in world.camera.answers.values():
        answer["range"] = {}
    async with world.obeying() as facets:
        assert world.described.imaging is not None
        assert facets.imaging is not None
        assert facets.overlays is not None
        assert facets.masks is not None
        assert facets.encoders is None
        shown = world.described.overlays
        assert shown is not None
        await facets.overlays.delete(shown.overlays[0].token)
        assert len(world.described.overlays.overlays if world.described.overlays else ()) == 1


async def test_a_camera_that_knows_hardly_any_command_is_bridged(world: World) -> None:
    for cmd in world.camera.answers:
        if cmd not in {"GetEnc", "GetDevInfo"}:
            world.camera.answers[cmd] = refused("Unknown", -9)
    async with world.running() as description:
        facets = world.driver.facets
        assert [stream.name for stream in description.streams] == ["main", "sub"]
        assert (facets.ptz, facets.imaging, facets.overlays, facets.masks, facets.motion, facets.auxiliary) == (
            None,
        ) * 6
        assert facets.snapshots is not None
