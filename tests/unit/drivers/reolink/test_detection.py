"""The motion grid in both generations of the setting."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.detection import MotionGrid
from bridge.core.errors import InvalidValue
from bridge.drivers.reolink.abilities import Abilities
from bridge.drivers.reolink.detection import (
    from_native_sensitivity,
    motion_grid,
    motion_reads,
    to_native_sensitivity,
)
from bridge.drivers.reolink.envelope import Answer
from tests.unit.drivers.reolink.native_camera import readings
from tests.unit.drivers.reolink.scripted import good, refused

if TYPE_CHECKING:
    from tests.unit.drivers.reolink.bench import World

TABLE = "000011000011001111001111"
PARTS = [{"beginHour": hour, "endHour": hour + 6, "id": at, "sensitivity": 9} for at, hour in enumerate((0, 6, 12, 18))]


def alarm(**fields: Any) -> Answer:
    return Answer(0, {"Alarm": {"channel": 0, "scope": {"cols": 6, "rows": 4, "table": TABLE}, "type": "md", **fields}})


def grid(world: World) -> MotionGrid:
    assert world.described.motion_grid is not None
    return world.described.motion_grid


def test_cells_and_sensitivity_are_told() -> None:
    found = motion_grid(readings(), None)
    assert found is not None
    assert (found.columns, found.rows, found.sensitivity) == (6, 4, 0.51)
    assert "".join("1" if cell else "0" for cell in found.active) == TABLE


@pytest.mark.parametrize(("native", "ours"), [(1, 1.0), (9, 0.84), (11, 0.8), (25, 0.51), (40, 0.2), (50, 0.0)])
def test_the_lowest_step_is_the_most_sensitive(native: int, ours: float) -> None:
    assert from_native_sensitivity(native) == ours
    assert to_native_sensitivity(ours) == native


@given(st.integers(1, 50))
def test_every_step_survives_the_way_through_percents(step: int) -> None:
    assert to_native_sensitivity(from_native_sensitivity(step)) == step


def test_the_older_setting_has_parts_of_the_day() -> None:
    old = {"GetMdAlarm": Answer(-9), "GetAlarm": alarm(sens=PARTS)}
    found = motion_grid(old, None)
    assert found is not None
    assert found.sensitivity == 0.84


@pytest.mark.parametrize(
    "scope",
    [{}, {"cols": 6, "rows": 4}, {"cols": 6, "rows": 4, "table": "01"}, {"cols": 0, "rows": 4, "table": TABLE}],
)
def test_without_a_whole_table_there_is_no_grid(scope: dict[str, Any]) -> None:
    assert motion_grid({"GetAlarm": alarm(scope=scope)}, None) is None
    assert motion_grid({}, None) is None


def test_a_camera_that_tells_no_sensitivity_has_a_middling_one() -> None:
    found = motion_grid({"GetAlarm": alarm()}, None)
    assert found is not None
    assert found.sensitivity == 0.5


@pytest.mark.parametrize(
    ("version", "reads"), [(1, ("GetMdAlarm",)), (0, ("GetAlarm",)), (None, ("GetMdAlarm", "GetAlarm"))]
)
def test_the_generation_is_asked_that_the_camera_tells(version: int | None, reads: tuple[str, ...]) -> None:
    told = {} if version is None else {"scheduleVersion": {"ver": version}}
    assert motion_reads(Abilities({"Ability": {"abilityChn": [told]}}, 0)) == reads


async def test_cells_and_sensitivity_are_set_and_read_back(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.motion is not None
        wished = replace(grid(world), active=(True, False) * 12, sensitivity=0.333)
        await facets.motion.set_grid(wished)
        assert grid(world) == wished
    assert world.sent("SetMdAlarm") == [
        {
            "MdAlarm": {
                "channel": 0,
                "newSens": {"sensDef": 34},
                "scope": {"cols": 6, "rows": 4, "table": "10" * 12},
                "useNewSens": 1,
            }
        }
    ]


async def test_the_older_setting_is_set_in_all_parts_of_the_day(world: World) -> None:
    world.camera.answers["GetAbility"]["value"]["Ability"]["abilityChn"][0]["scheduleVersion"] = {"ver": 0}
    world.camera.answers["GetMdAlarm"] = refused("Unknown", -9)
    world.camera.answers["GetAlarm"] = good("GetAlarm", dict(alarm(sens=PARTS).value))
    async with world.obeying() as facets:
        assert facets.motion is not None
        await facets.motion.set_grid(replace(grid(world), sensitivity=0.2))
        assert grid(world).sensitivity == 0.2
    (sent,) = world.sent("SetAlarm")
    assert sent["Alarm"]["type"] == "md"
    assert [part["sensitivity"] for part in sent["Alarm"]["sens"]] == [40] * 4
    assert [part["beginHour"] for part in sent["Alarm"]["sens"]] == [0, 6, 12, 18]
    (read, *_) = world.sent("GetAlarm")
    assert read == {"Alarm": {"channel": 0, "type": "md"}}


async def test_a_newer_camera_that_uses_parts_of_the_day_gets_parts(world: World) -> None:
    world.change("GetMdAlarm", "MdAlarm", useNewSens=0, sens=PARTS)
    async with world.obeying() as facets:
        assert facets.motion is not None
        assert grid(world).sensitivity == 0.84
        await facets.motion.set_grid(replace(grid(world), sensitivity=1.0))
    (sent,) = world.sent("SetMdAlarm")
    assert [part["sensitivity"] for part in sent["MdAlarm"]["sens"]] == [1] * 4
    assert "newSens" not in sent["MdAlarm"]


async def test_refusals(world: World) -> None:
    async with world.obeying() as facets:
        assert facets.motion is not None
        for wrong in (MotionGrid(2, 2, (True,) * 4), replace(grid(world), sensitivity=1.1)):
            with pytest.raises(InvalidValue) as caught:
                await facets.motion.set_grid(wrong)
            assert caught.value.reason == "grid"
        with pytest.raises(InvalidValue) as caught:
            await facets.motion.set_regions(())
        assert caught.value.reason == "too_many_regions"
    assert not world.sent("SetMdAlarm")
