"""What the camera notices and how it answers back: areas, sensitivities, spotlight, siren, doorbell, battery."""

from __future__ import annotations

import pytest

from tests.unit.simulators.reolink_client import playing


async def test_motion_is_looked_for_in_cells():
    async with playing() as client:
        full = await client.send("GetMdAlarm", {"channel": 0}, action=1)
        scope = full["value"]["MdAlarm"]["scope"]
        assert (scope["cols"], scope["rows"], len(scope["table"])) == (80, 60, 4800)
        # The document's length of the table fits no grid.
        assert full["range"]["MdAlarm"]["scope"]["table"] == {"maxLen": 6399}
        table = "01" * 2400
        await client.done("SetMdAlarm", {"MdAlarm": {"channel": 0, "scope": {**scope, "table": table}}})
        assert (await client.value("GetMdAlarm"))["MdAlarm"]["scope"]["table"] == table
        for bad in ({"table": "1" * 4799}, {"table": "2" * 4800}, {"table": 1}, {"cols": 120}):
            assert await client.refused("SetMdAlarm", {"MdAlarm": {"channel": 0, "scope": bad}}) == -4
        assert await client.refused("SetMdAlarm", {"MdAlarm": {"scope": {"table": "1" * 4801}}}) == -22
        assert (await client.value("GetMdAlarm"))["MdAlarm"]["scope"]["table"] == table


async def test_sections_of_the_day_are_changed_one_by_one():
    async with playing() as client:
        await client.done("SetMdAlarm", {"MdAlarm": {"sens": [{"id": 2, "sensitivity": 7}, {"id": 0, "beginMin": 5}]}})
        # One object in place of a list, as a sample of the document has it.
        await client.done("SetMdAlarm", {"MdAlarm": {"newSens": {"sensDef": 10, "sens": {"enable": 1}}}})
        alarm = (await client.value("GetMdAlarm"))["MdAlarm"]
        assert [section["sensitivity"] for section in alarm["sens"]] == [9, 9, 7, 9]
        assert alarm["sens"][0]["beginMin"] == 5
        assert [section["enable"] for section in alarm["newSens"]["sens"]] == [1, 0, 0, 0]
        wrong: tuple[list[object], ...] = ([{"id": 4}], [{"id": "0"}], [{"sensitivity": 51}], [{}] * 5, ["x"])
        for bad in wrong:
            assert await client.refused("SetMdAlarm", {"MdAlarm": {"sens": bad}}) == -4
        assert (await client.value("GetMdAlarm"))["MdAlarm"] == alarm


async def test_old_firmware_has_motion_under_another_name():
    async with playing(model="RLC-411WS") as client:
        sections = [{"sensitivity": 20}] * 4
        await client.done("SetAlarm", {"Alarm": {"channel": 0, "type": "md", "sens": sections}})
        alarm = (await client.value("GetAlarm", {"Alarm": {"type": "md", "channel": 0}}))["Alarm"]
        assert [section["sensitivity"] for section in alarm["sens"]] == [20] * 4
        assert await client.refused("SetAlarm", {"Alarm": {"channel": 0, "sens": sections}}) == -4


async def test_each_kind_of_thing_has_its_own_sensitivity_and_area():
    async with playing() as client:
        people = (await client.value("GetAiAlarm", {"channel": 0, "ai_type": "people"}))["AiAlarm"]
        assert (people["ai_type"], people["width"], people["height"]) == ("people", 80, 60)
        change = {"ai_type": "people", "sensitivity": 60, "stay_time": 8, "min_target_width": 0.25}
        await client.done("SetAiAlarm", {"channel": 0, "AiAlarm": change})
        area = {"channel": 0, "ai_type": "people", "width": 80, "height": 60, "area": "0" * 4800}
        await client.done("SetAlarmArea", area)
        people = (await client.value("GetAiAlarm", {"channel": 0, "ai_type": "people"}))["AiAlarm"]
        assert (people["sensitivity"], people["stay_time"], people["min_target_width"]) == (60, 8, 0.25)
        assert people["scope"]["area"] == "0" * 4800
        assert (await client.value("GetAiAlarm", {"ai_type": "vehicle"}))["AiAlarm"]["sensitivity"] == 10
        for bad in ({"sensitivity": 101}, {"stay_time": 9}, {"max_target_width": 2.0}, {"sensitivity": "1"}):
            assert await client.refused("SetAiAlarm", {"AiAlarm": {"ai_type": "people", **bad}}) == -4
        for wrong in ({"width": 40}, {"area": "x" * 4800}, {"area": "1"}, {"ai_type": "face"}):
            assert await client.refused("SetAlarmArea", {**area, **wrong}) == -4
        assert await client.refused("SetAlarmArea", {"ai_type": "people"}) == -4
        assert await client.refused("GetAiAlarm", {"ai_type": ["people"]}) == -4
        assert (await client.state())["ai_alarms"]["people"] == people


async def test_one_firmware_answers_as_the_document_prints_and_an_old_one_not_at_all():
    async with playing(model="RLC-520") as client:
        flat = await client.value("GetAiAlarm", {"channel": 0})
        assert (flat["ai_detect_type"], flat["sensitivity"]) == ("people", 10)
    async with playing(model="RLC-411WS") as client:
        assert await client.refused("GetAiAlarm", {"channel": 0, "ai_type": "people"}) == -9


async def test_the_siren_sounds_so_many_times_or_until_it_is_told_to_stop():
    async def is_on() -> bool:
        on: bool = (await client.state())["siren"]["on"]
        return on

    async with playing() as client:
        await client.done("AudioAlarmPlay", {"alarm_mode": "times", "times": 2, "manual_switch": 0, "channel": 0})
        client.clock.advance(9.9)
        assert await is_on()
        client.clock.advance(0.1)
        assert not await is_on()
        await client.done("AudioAlarmPlay", {"alarm_mode": "manul", "manual_switch": 1, "channel": 0})
        client.clock.advance(1000)
        assert await is_on()
        await client.done("AudioAlarmPlay", {"alarm_mode": "manul", "manual_switch": 0, "channel": 0})
        assert not await is_on()
        for bad in ({"times": -1}, {"times": True}, {"manual_switch": 2}, {"alarm_mode": "manu"}):
            assert await client.refused("AudioAlarmPlay", {"alarm_mode": "times", **bad}) == -4


async def test_a_siren_can_know_the_word_of_the_document_only():
    async with playing("manu") as client:
        assert await client.refused("AudioAlarmPlay", {"alarm_mode": "manul", "manual_switch": 1}) == -4
        await client.done("AudioAlarmPlay", {"alarm_mode": "manu", "manual_switch": 1})
        assert (await client.state())["siren"]["on"]


async def test_the_spotlight_goes_out_after_three_minutes():
    async with playing() as client:
        await client.done("SetWhiteLed", {"WhiteLed": {"channel": 0, "state": 1}})
        client.clock.advance(179)
        assert (await client.value("GetWhiteLed"))["WhiteLed"]["state"] == 1
        client.clock.advance(1)
        light = (await client.value("GetWhiteLed"))["WhiteLed"]
        assert (light["state"], light["mode"], light["bright"]) == (0, 1, 79)
        assert (await client.state())["lights"]["white"]["state"] == 0


async def test_a_doorbell_rings():
    async with playing(model="Video-Doorbell") as client:
        await client.event("visitor", hold_s=2)
        await client.event("package")
        state = await client.value("GetAiState", {"channel": 0})
        assert state["visitor"] == state["package"] == {"alarm_state": 1, "support": 1}
        client.clock.advance(2)
        assert (await client.value("GetEvents"))["visitor"]["alarm_state"] == 0
        assert await client.refused("GetWhiteLed") == -9
        assert await client.refused("GetPtzPreset") == -12


@pytest.mark.parametrize(("model", "scenarios"), [("Argus-3-Pro", ()), (None, ("battery",))])
async def test_every_command_wakes_a_camera_that_lives_on_a_battery(model, scenarios):
    async with playing(*scenarios, model=model) as client:
        abilities = (await client.value("GetAbility"))["Ability"]["abilityChn"][0]
        assert abilities["battery"]["ver"] == 1
        assert (await client.state())["battery"] == {"percent": 100.0, "awake": False, "wakes": 0}
        for _ in range(3):
            await client.value("GetMdState")
            client.clock.advance(20)
        assert (await client.state())["battery"]["wakes"] == 1
        client.clock.advance(60)
        await client.value("GetMdState")
        assert (await client.state())["battery"] == {"percent": 99.8, "awake": True, "wakes": 2}
