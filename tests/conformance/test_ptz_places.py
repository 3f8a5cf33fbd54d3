"""PTZ Device Test Specification: stored places, the home position and auxiliary commands, with profiles of Media1."""

from __future__ import annotations

from tests.conformance.ptz_client import (
    HOME_IS_FIXED,
    REST,
    check_home,
    fix_home,
    generic_space,
    is_at,
    media_profile,
    new_media_profile,
    nodes,
)


async def start(dut):
    """Select a profile; return the client, and the spaces of the positions that it can have the camera drive to."""
    client = await media_profile(dut)
    options = await client.options()
    places = [generic_space(options, f"Absolute{axes}PositionSpace") for axes in REST]
    await client.adjust(*places)
    return client, [client.within_limits(place) for place in places]


async def test_PTZ_4_1_4(dut):
    """A stored place has its name and position, and can be overwritten."""
    client, places = await start(dut)
    await client.drive(places, 0.3)
    token = await client.set_preset(name="Test")
    preset = (await client.presets())[token]
    assert preset.text("tt:Name") == "Test"
    assert is_at(preset.one("tt:PTZPosition"), places, 0.3)
    await client.drive(places, 0.7)
    assert await client.set_preset(token=token) == token
    preset = (await client.presets())[token]
    assert preset.text("tt:Name") == "Test"
    assert is_at(preset.one("tt:PTZPosition"), places, 0.7)
    await client.remove_preset(token)
    assert token not in await client.presets()


async def test_PTZ_4_1_5(dut):
    """The camera drives back to a stored place."""
    client, places = await start(dut)
    await client.drive(places, 0.3)
    token = await client.set_preset(name="Test")
    await client.drive(places, 0.9)
    await client.go_to_preset(token)
    assert is_at((await client.rest()).one("tt:Position"), places, 0.3)
    await client.remove_preset(token)


async def test_PTZ_4_1_6(dut):
    """A stored place is there until it is removed."""
    client, _ = await start(dut)
    token = await client.set_preset(name="Test")
    assert (await client.presets())[token].text("tt:Name") == "Test"
    await client.remove_preset(token)
    assert token not in await client.presets()


async def test_PTZ_5_1_1(dut):
    """The home position is where it was set."""
    client, places = await start(dut)
    await client.drive(places, 0.3)
    await client.do("SetHomePosition")
    await client.drive(places, 0.9)
    await client.do("GotoHomePosition")
    assert is_at((await client.rest()).one("tt:Position"), places, 0.3)


async def test_PTZ_5_1_2(dut):
    """A fixed home position cannot be set, and stays where it is."""
    client, places = await start(dut)
    await fix_home(client, places, 0.4)
    await client.do("GotoHomePosition")
    assert is_at((await client.rest()).one("tt:Position"), places, 0.4)
    await client.drive(places, 0.9)
    assert await client.refused("SetHomePosition") == ("Receiver", "Action", "CannotOverwriteHome")
    await client.do("GotoHomePosition")
    assert is_at((await client.rest()).one("tt:Position"), places, 0.4)


async def test_PTZ_5_1_3(dut):
    """Whether the home position can be set is what the node says."""
    client, places = await start(dut)
    assert (await client.node())["FixedHomePosition"] == "false"
    await client.do("SetHomePosition")
    await fix_home(client, places, 0.4)
    assert (await client.node())["FixedHomePosition"] == "true"
    assert await client.refused("SetHomePosition") in HOME_IS_FIXED


async def test_PTZ_5_1_4(dut):
    """The home position works through a profile that a client has made, be it fixed or not."""
    for node in await nodes(dut):
        assert node.text("tt:HomeSupported") == "true"
        client = await new_media_profile(dut, node["token"])
        await check_home(client, fixed_at=None)
        await fix_home(client, (await start(dut))[1], 0.4)
        await check_home(client, fixed_at=0.4)


async def test_PTZ_6_1_1(dut):
    """Every auxiliary command that the node lists is taken."""
    client, _ = await start(dut)
    commands = (await client.node()).texts("tt:AuxiliaryCommands")
    assert commands
    for command in commands:
        await client.do("SendAuxiliaryCommand", f"<tptz:AuxiliaryData>{command}</tptz:AuxiliaryData>")
