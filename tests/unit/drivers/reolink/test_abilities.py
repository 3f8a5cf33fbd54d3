"""What a camera says that it can do."""

from __future__ import annotations

import pytest

from bridge.drivers.reolink.abilities import Abilities

VALUE = {
    "Ability": {
        "rtsp": {"permit": 6, "ver": 1},
        "snap": {"permit": 0, "ver": 0},
        "abilityChn": [None, {"ptzType": {"permit": 0, "ver": 2}, "snap": {"ver": 1}}],
    }
}


def test_the_channel_comes_before_the_device() -> None:
    assert Abilities(VALUE, 1).version("snap") == 1
    assert Abilities(VALUE, 1).version("rtsp") == 1
    assert Abilities(VALUE, 0).version("snap") == 0


def test_what_is_not_listed_is_unknown_and_may_be_tried() -> None:
    abilities = Abilities(VALUE, 1)
    assert abilities.version("ptzPreset") is None
    assert abilities.allow("ptzPreset")
    assert not abilities.affirm("ptzPreset")


def test_a_recorder_that_lists_fewer_channels_supports_nothing_on_the_rest() -> None:
    assert not Abilities(VALUE, 2).allow("ptzPreset")


@pytest.mark.parametrize("value", [{}, {"Ability": None}, {"Ability": {"abilityChn": 7, "snap": "yes"}}])
def test_without_a_usable_answer_everything_may_be_tried(value: dict[str, object]) -> None:
    abilities = Abilities(value, 0)
    assert abilities.allow("snap")
    assert not abilities.affirm("snap")
