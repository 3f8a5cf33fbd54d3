"""PTZ Device Test Specification: control through profiles of Media2."""

from __future__ import annotations

from tests.conformance.ptz_client import (
    HOME_IS_FIXED,
    PAN_TILT_DEGREES,
    REST,
    check_home,
    check_options,
    fix_home,
    generic_space,
    is_at,
    media2_profile,
    movement,
    new_media2_profile,
    nodes,
    spaces,
)


async def start(dut):
    """Select a profile of the first node; check its options, and return the client with them."""
    node = (await nodes(dut))[0]
    client = await media2_profile(dut, node["token"])
    options = await client.options()
    check_options(options, node)
    return client, options


async def start_places(dut):
    """Return the client, and the generic spaces of the positions that it can have the camera drive to."""
    client, options = await start(dut)
    places = [generic_space(options, f"Absolute{axes}PositionSpace") for axes in REST]
    await client.adjust(*places)
    return client, [client.within_limits(place) for place in places]


async def default_places(client, options):
    """Make the first spaces the defaults; return them."""
    places = [spaces(options, f"Absolute{axes}PositionSpace")[0] for axes in REST]
    await client.adjust(*places)
    for name, place in zip(("DefaultAbsolutePantTilt", "DefaultAbsoluteZoom"), places, strict=True):
        assert client.configuration.text(f"tt:{name}PositionSpace") == place.uri
    return [client.within_limits(place) for place in places]


async def test_MEDIA2_PTZ_1_1_1(dut):
    """The camera drives to a position of pan and tilt, then to one of zoom; each moves alone, and gets there."""
    client, options = await start(dut)
    places = await default_places(client, options)
    await client.drive(places, 0.0)
    for place in places:
        speed = spaces(options, f"{place.axes}SpeedSpace")[0]
        await client.absolute_move(place.at(1.0), speed=speed.at(1.0))
        await client.rest(alone=place.axes)
    assert is_at((await client.status()).one("tt:Position"), places, 1.0)


async def test_MEDIA2_PTZ_1_1_2(dut):
    """The camera moves pan and tilt, then zoom, to the end; each moves alone, and comes to rest."""
    client, options = await start(dut)
    await client.move_to_end(0.0)
    for axes in REST:
        velocity = spaces(options, f"Continuous{axes}VelocitySpace")[0]
        await client.continuous_move(velocity.at(1.0), lasting="PT30S")
        await client.rest(alone=axes)


async def test_MEDIA2_PTZ_1_1_3(dut):
    """The camera moves pan and tilt, then zoom, until Stop."""
    client, options = await start(dut)
    await client.move_to_end(0.0)
    for axes in REST:
        velocity = spaces(options, f"Continuous{axes}VelocitySpace")[0]
        await client.continuous_move(velocity.at(1.0))
        await client.do("Stop")
        await client.rest(alone=axes)


async def test_MEDIA2_PTZ_2_1_1(dut):
    """A stored place has its name and position, and can be overwritten."""
    client, places = await start_places(dut)
    await client.drive(places, 1 / 3)
    token = await client.set_preset(name="Test")
    preset = (await client.presets())[token]
    assert preset.text("tt:Name") == "Test"
    assert is_at(preset.one("tt:PTZPosition"), places, 1 / 3)
    await client.drive(places, 2 / 3)
    assert await client.set_preset(name="Test", token=token) == token
    preset = (await client.presets())[token]
    assert preset.text("tt:Name") == "Test"
    assert is_at(preset.one("tt:PTZPosition"), places, 2 / 3)
    await client.remove_preset(token)


async def test_MEDIA2_PTZ_2_1_2(dut):
    """The camera drives back to a stored place."""
    client, places = await start_places(dut)
    await client.drive(places, 0.0)
    token = await client.set_preset(name="Test")
    await client.drive(places, 1.0)
    await client.go_to_preset(token)
    assert is_at((await client.rest()).one("tt:Position"), places, 0.0)
    await client.remove_preset(token)


async def test_MEDIA2_PTZ_2_1_3(dut):
    """A stored place is there until it is removed."""
    client, _ = await start(dut)
    token = await client.set_preset(name="Test")
    assert (await client.presets())[token].text("tt:Name") == "Test"
    await client.remove_preset(token)
    assert token not in await client.presets()


async def test_MEDIA2_PTZ_3_1_1(dut):
    """The home position is where it was set."""
    client, places = await start_places(dut)
    await client.drive(places, 0.0)
    await client.do("SetHomePosition")
    await client.drive(places, 1.0)
    await client.do("GotoHomePosition")
    assert is_at((await client.rest()).one("tt:Position"), places, 0.0)


async def test_MEDIA2_PTZ_3_1_2(dut):
    """A fixed home position cannot be set, and stays where it is."""
    client, places = await start_places(dut)
    await fix_home(client, places, 0.4)
    await client.do("GotoHomePosition")
    assert is_at((await client.rest()).one("tt:Position"), places, 0.4)
    await client.drive(places, 1.0)
    assert await client.refused("SetHomePosition") == ("Receiver", "Action", "CannotOverwriteHome")
    await client.do("GotoHomePosition")
    assert is_at((await client.rest()).one("tt:Position"), places, 0.4)


async def test_MEDIA2_PTZ_3_1_3(dut):
    """Whether the home position can be set is what the node says."""
    client, places = await start_places(dut)
    assert (await client.node())["FixedHomePosition"] == "false"
    await client.do("SetHomePosition")
    await fix_home(client, places, 0.4)
    assert (await client.node())["FixedHomePosition"] == "true"
    assert await client.refused("SetHomePosition") in HOME_IS_FIXED


async def test_MEDIA2_PTZ_3_1_4(dut):
    """The home position works through a profile that a client has made, be it fixed or not."""
    for node in await nodes(dut):
        assert node.text("tt:HomeSupported") == "true"
        client = await new_media2_profile(dut, node["token"])
        await check_home(client, fixed_at=None)
        await fix_home(client, (await start_places(dut))[1], 0.4)
        await check_home(client, fixed_at=0.4)


async def test_MEDIA2_PTZ_4_1_1(dut):
    """Every node that knows degrees takes both ends of them, and says where it is in the generic space."""
    for node in await nodes(dut):
        offered = spaces(node, "AbsolutePanTiltPositionSpace")
        (degrees,) = (each for each in offered if each.uri == PAN_TILT_DEGREES)
        client = await media2_profile(dut, node["token"])
        await client.adjust(degrees)
        generic = generic_space(node, "AbsolutePanTiltPositionSpace")
        for part in (0.0, 1.0):
            await client.absolute_move(client.within_limits(degrees).at(part))
            assert is_at((await client.rest()).one("tt:Position"), [generic], part)


async def test_MEDIA2_PTZ_4_1_2(dut):
    """Every node that drives to a position of pan and tilt takes both ends of the generic space."""
    await check_generic_positions(dut, "AbsolutePanTiltPositionSpace")


async def test_MEDIA2_PTZ_4_1_3(dut):
    """Every node that drives to a position of zoom takes both ends of the generic space."""
    await check_generic_positions(dut, "AbsoluteZoomPositionSpace")


async def check_generic_positions(dut, kind):
    for node in await nodes(dut):
        space = generic_space(node, kind)
        client = await media2_profile(dut, node["token"])
        await client.adjust(space)
        for part in (0.0, 1.0):
            await client.absolute_move(client.within_limits(space).at(part))
            assert is_at((await client.rest()).one("tt:Position"), [space], part)


async def test_MEDIA2_PTZ_4_2_1(dut):
    """Every node that moves pan and tilt on and on does so in the generic space; the case names a wrong one."""
    await check_generic_velocities(
        dut, "PanTilt", rests="<tptz:PanTilt>true</tptz:PanTilt><tptz:Zoom>false</tptz:Zoom>"
    )


async def test_MEDIA2_PTZ_4_2_2(dut):
    """Every node that moves zoom on and on does so in the generic space; the case names a wrong one."""
    await check_generic_velocities(dut, "Zoom", rests="<tptz:PanTilt>false</tptz:PanTilt><tptz:Zoom>true</tptz:Zoom>")


async def check_generic_velocities(dut, axes, *, rests):
    """Move to the lower end, then towards the upper one until the axes are told to rest."""
    for node in await nodes(dut):
        velocity = generic_space(node, f"Continuous{axes}VelocitySpace")
        place = generic_space(node, f"Absolute{axes}PositionSpace")
        client = await media2_profile(dut, node["token"])
        await client.continuous_move(velocity.at(0.0))
        assert is_at((await client.rest()).one("tt:Position"), [place], 0.0)
        await client.continuous_move(velocity.at(1.0))
        await client.do("Stop", rests)
        assert movement(await client.status()) == REST
