"""Imaging Device Test Specification: the focus."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bridge.core.imaging import FocusDescription
from tests.conformance.descriptions import IMAGING
from tests.conformance.imaging_client import NO_SOURCE, ImagingClient, focus, sources, span

PATIENCE_S = 5.0
"""Longest wait for the focus to come to rest: the "operation delay" of a test tool."""

INVALID = ("Sender", "InvalidArgVal")

VALUES = {"Absolute": ("Position", "Speed"), "Relative": ("Distance", "Speed"), "Continuous": ("Speed",)}
"""What each form of movement is asked with."""


async def at_rest(client):
    """Ask for the status until the focus rests; return where it is."""
    async with asyncio.timeout(PATIENCE_S):
        while (status := await client.status())[1] != "IDLE":
            assert status[1] == "MOVING"
    return status[0]


async def ranges(client, form):
    """Return the ranges of all values of a form; of them, the speed is a wish that clients may leave out."""
    options = await client.move_options()
    assert options.has(f"tt:{form}")
    return {value: span(options, f"{form}/{value}") for value in VALUES[form]}


async def test_IMAGING_2_1_1(dut):
    """The move options of every video source are in order."""
    for client in await sources(dut):
        for form in VALUES:
            for low, high in (await ranges(client, form)).values():
                assert low <= high


async def test_IMAGING_2_1_3(dut):
    """The focus is driven to a position, at the camera's speed or at one that is asked for."""
    for client in await sources(dut):
        (low, high), (_, fastest) = (await ranges(client, "Absolute")).values()
        await client.ask("Move", focus("Absolute", Position=high))
        assert await at_rest(client) == high
        await client.ask("Move", focus("Absolute", Position=low, Speed=fastest))
        assert await at_rest(client) == low


async def test_IMAGING_2_1_4(dut):
    """A position or a speed out of range is refused."""
    await check_invalid(dut, "Absolute")


async def test_IMAGING_2_1_5(dut):
    """The focus is driven a distance, at the camera's speed or at one that is asked for."""
    for client in await sources(dut):
        (low, high), (_, fastest) = (await ranges(client, "Relative")).values()
        await client.ask("Move", focus("Relative", Distance=high / 2))
        assert await at_rest(client) == high / 2
        await client.ask("Move", focus("Relative", Distance=low / 4, Speed=fastest))
        assert await at_rest(client) == high / 2 + low / 4


async def test_IMAGING_2_1_6(dut):
    """A distance or a speed out of range is refused."""
    await check_invalid(dut, "Relative")


async def test_IMAGING_2_1_7(dut):
    """The focus moves on and on until Stop."""
    for client in await sources(dut):
        ((_, fastest),) = (await ranges(client, "Continuous")).values()
        await client.ask("Move", focus("Continuous", Speed=fastest / 20))
        assert (await client.status())[1] == "MOVING"
        await client.ask("Stop")
        position, movement = await client.status()
        assert movement == "IDLE"
        assert 0.0 < position < 1.0


async def test_IMAGING_2_1_8(dut):
    """A speed out of range is refused."""
    await check_invalid(dut, "Continuous")


async def check_invalid(dut, form):
    """Ask for values beyond either end, one at a time, and have the focus stay where it is."""
    for client in await sources(dut):
        before = await client.status()
        for wrong, ends in (await ranges(client, form)).items():
            for value in (ends[0] - 1, ends[1] + 1):
                values = {VALUES[form][0]: 0.5} | {wrong: value}
                assert await client.refused("Move", focus(form, **values)) == INVALID
        assert await client.status() == before


async def test_IMAGING_2_1_10(dut):
    """A form of movement that is not among the options is refused, be it one or all of them."""
    everything = {"absolute": True, "relative": True, "continuous": True}
    for missing in ({"absolute"}, {"relative"}, {"continuous"}, set(everything)):
        forms = {form: form not in missing for form in everything}
        dut.camera.become(imaging=replace(IMAGING, focus=FocusDescription(**forms, position=True)))
        for client in await sources(dut):
            options = await client.move_options()
            for form, values in VALUES.items():
                assert options.has(f"tt:{form}") == (form.lower() not in missing)
                if form.lower() in missing:
                    asked = focus(form, **dict.fromkeys(values, 0.5))
                    assert await client.refused("Move", asked) == ("Receiver", "ActionNotSupported")


async def test_IMAGING_2_1_11(dut):
    """Every video source tells where its focus is."""
    for client in await sources(dut):
        position, movement = await client.status()
        assert 0.0 <= position <= 1.0
        assert movement == "IDLE"


async def test_IMAGING_2_1_13(dut):
    """The focus of every video source can be stopped, even while it rests."""
    for client in await sources(dut):
        assert not (await client.ask("Stop")).all("*")


async def test_IMAGING_2_1_15(dut):
    """GetMoveOptions refuses a token that is no video source's."""
    assert await ImagingClient(dut, "xyz").refused("GetMoveOptions") == NO_SOURCE


async def test_IMAGING_2_1_16(dut):
    """Move refuses a token that is no video source's."""
    assert await ImagingClient(dut, "xyz").refused("Move", focus("Absolute", Position=0.5)) == NO_SOURCE


async def test_IMAGING_2_1_17(dut):
    """GetStatus refuses a token that is no video source's."""
    assert await ImagingClient(dut, "xyz").refused("GetStatus") == NO_SOURCE


async def test_IMAGING_2_1_18(dut):
    """Stop refuses a token that is no video source's."""
    assert await ImagingClient(dut, "xyz").refused("Stop") == NO_SOURCE
