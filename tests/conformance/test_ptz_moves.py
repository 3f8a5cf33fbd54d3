"""PTZ Device Test Specification: moves, and the spaces in which they are asked for, with profiles of Media1."""

from __future__ import annotations

from tests.conformance.ptz_client import (
    REST,
    check_options,
    generic_space,
    media_profile,
    movement,
    nodes,
    spaces,
)

SLOWLY = 0.05
"""A part of full speed at which the camera needs longer to its end than a test takes to look at it."""


async def start(dut):
    """Select a profile; check its options, and return the client with them."""
    client = await media_profile(dut)
    options = await client.options()
    check_options(options, await client.node())
    await client.status()
    return client, options


async def test_PTZ_3_1_1(dut):
    """The camera drives to a position of pan and tilt, then to one of zoom, and says that it is there."""
    client, options = await start(dut)
    head, lens = (
        client.within_limits(generic_space(options, f"Absolute{axes}PositionSpace")) for axes in ("PanTilt", "Zoom")
    )
    await client.absolute_move(head.at(0.2, 0.7), speed=generic_space(options, "PanTiltSpeedSpace").at(1.0))
    await client.absolute_move(lens.at(0.5), speed=generic_space(options, "ZoomSpeedSpace").at(1.0))
    position = (await client.rest()).one("tt:Position")
    assert head.is_near(position.one("tt:PanTilt"), 0.2, 0.7)
    assert lens.is_near(position.one("tt:Zoom"), 0.5)


async def test_PTZ_3_1_2(dut):
    """A position out of range is refused."""
    client, options = await start(dut)
    for space in spaces(options, "AbsolutePanTiltPositionSpace"):
        for part in (-0.5, 1.5):
            place = f"<tptz:Position>{space.at(part)}</tptz:Position>"
            assert await client.refused("AbsoluteMove", place) == ("Sender", "InvalidArgVal", "InvalidPosition")


async def test_PTZ_3_1_3(dut):
    """The camera goes a way of pan and tilt, then one of zoom, and says where it is then."""
    client, options = await start(dut)
    head, lens = (generic_space(options, f"Absolute{axes}PositionSpace") for axes in ("PanTilt", "Zoom"))
    await client.absolute_move(head.at(0.5), lens.at(0.0))
    await client.rest()
    # In the space of ways the middle is none, and an end is as far as from the middle of the positions to theirs.
    turn, step = (generic_space(options, f"Relative{axes}TranslationSpace") for axes in ("PanTilt", "Zoom"))
    await client.relative_move(turn.at(0.2, 0.7), speed=generic_space(options, "PanTiltSpeedSpace").at(1.0))
    await client.relative_move(step.at(0.75), speed=generic_space(options, "ZoomSpeedSpace").at(1.0))
    position = (await client.rest()).one("tt:Position")
    assert head.is_near(position.one("tt:PanTilt"), 0.2, 0.7)
    assert lens.is_near(position.one("tt:Zoom"), 0.5)


async def test_PTZ_3_1_4(dut):
    """A continuous move ends with its time-out, not later: a fifth of a second stands for the minute of the case."""
    client, places = await at_the_lower_end(dut)
    options = await client.options()
    for place in places:
        velocity = generic_space(options, f"Continuous{place.axes}VelocitySpace")
        await client.continuous_move(velocity.at(0.5 + SLOWLY / 2), lasting="PT0.2S")
        assert movement(await client.status()) == REST | {place.axes: "MOVING"}
        position = (await client.rest()).one(f"tt:Position/tt:{place.axes}")
        assert not place.is_near(position, 0.0)
        assert not place.is_near(position, 1.0)


async def test_PTZ_3_1_5(dut):
    """A continuous move without a time-out goes on until Stop."""
    client, places = await at_the_lower_end(dut)
    options = await client.options()
    for place in places:
        velocity = generic_space(options, f"Continuous{place.axes}VelocitySpace")
        await client.continuous_move(velocity.at(0.5 + SLOWLY / 2))
        assert movement(await client.status()) == REST | {place.axes: "MOVING"}
        await client.do("Stop")
        status = await client.status()
        assert movement(status) == REST
        assert not place.is_near(status.one(f"tt:Position/tt:{place.axes}"), 1.0)


async def at_the_lower_end(dut):
    """Drive to the lower end of everything; return the client and the spaces of positions."""
    client, options = await start(dut)
    places = [generic_space(options, f"Absolute{axes}PositionSpace") for axes in REST]
    await client.absolute_move(*(place.at(0.0) for place in places))
    await client.rest()
    return client, places


async def each_generic(dut, kind):
    """Return a client for every node that has a kind of space, with the node and its generic space of that kind."""
    found = [node for node in await nodes(dut) if spaces(node, kind)]
    assert found
    return [(await media_profile(dut, node["token"]), node, generic_space(node, kind)) for node in found]


async def test_PTZ_7_1_3(dut):
    """Every node that drives to a position of pan and tilt takes the ends of the generic space."""
    for client, _, space in await each_generic(dut, "AbsolutePanTiltPositionSpace"):
        await client.adjust(space)
        for part in (0.0, 1.0):
            await client.absolute_move(client.within_limits(space).at(part))


async def test_PTZ_7_1_4(dut):
    """Every node that drives to a position of zoom takes the ends of the generic space."""
    for client, _, space in await each_generic(dut, "AbsoluteZoomPositionSpace"):
        await client.adjust(space)
        for part in (1.0, 0.0):
            await client.absolute_move(client.within_limits(space).at(part))


async def test_PTZ_7_2_3(dut):
    """Every node that goes a way of pan and tilt takes the ends of the generic space."""
    for client, _, space in await each_generic(dut, "RelativePanTiltTranslationSpace"):
        for part in (0.0, 1.0):
            await client.relative_move(space.at(part))


async def test_PTZ_7_2_4(dut):
    """Every node that goes a way of zoom takes the ends of the generic space."""
    for client, _, space in await each_generic(dut, "RelativeZoomTranslationSpace"):
        for part in (1.0, 0.0):
            await client.relative_move(space.at(part))


async def test_PTZ_7_3_3(dut):
    """Every node that moves pan and tilt on and on takes the ends of the generic space."""
    for client, _, space in await each_generic(dut, "ContinuousPanTiltVelocitySpace"):
        for part in (0.0, 1.0):
            await client.continuous_move(space.at(part))


async def test_PTZ_7_3_4(dut):
    """Every node that moves zoom on and on takes the ends of the generic space."""
    for client, _, space in await each_generic(dut, "ContinuousZoomVelocitySpace"):
        for part in (1.0, 0.0):
            await client.continuous_move(space.at(part))


async def test_PTZ_7_4_3(dut):
    """Every node with a speed of pan and tilt takes the ends of the generic space, in both kinds of drive."""
    await check_speeds(dut, "PanTilt", parts=(0.0, 1.0))


async def test_PTZ_7_4_4(dut):
    """Every node with a speed of zoom takes the ends of the generic space, in both kinds of drive."""
    await check_speeds(dut, "Zoom", parts=(1.0, 0.0))


async def check_speeds(dut, axes, *, parts):
    """Drive to the ends of the range, and go the longest ways, at the ends of the range of speeds."""
    for client, node, speed in await each_generic(dut, f"{axes}SpeedSpace"):
        place = generic_space(node, f"Absolute{axes}PositionSpace")
        way = generic_space(node, f"Relative{axes}TranslationSpace")
        await client.adjust(place)
        for part in parts:
            await client.absolute_move(client.within_limits(place).at(part), speed=speed.at(part))
        for part in parts:
            await client.relative_move(way.at(part), speed=speed.at(part))
