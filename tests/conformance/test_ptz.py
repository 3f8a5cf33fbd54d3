"""PTZ Device Test Specification: nodes, configurations and capabilities."""

from __future__ import annotations

import pytest

from bridge.core.ptz import PtzDescription
from tests.conformance.descriptions import EVERYTHING
from tests.conformance.ptz_client import (
    check_defaults,
    check_node,
    configuration_of,
    configurations,
    node_of,
    nodes,
    options_of,
    seconds,
    set_configuration,
)

HEADS = (
    EVERYTHING.ptz,
    PtzDescription(pan=True, tilt=True, zoom=False, speed_control=False, max_presets=8),
    PtzDescription(pan=False, tilt=False, zoom=True, zoom_position=True, absolute_zoom=True),
)
"""Cameras that do everything, that only turn, and that only zoom."""


async def test_PTZ_1_1_1(dut):
    """GetNodes lists at least one node with everything that a node must have."""
    for node in await nodes(dut):
        check_node(node)


async def test_PTZ_1_1_2(dut):
    """GetNode tells each node that GetNodes lists."""
    for listed in await nodes(dut):
        node = await node_of(dut, listed["token"])
        check_node(node)
        assert node["token"] == listed["token"]


async def test_PTZ_1_1_4(dut):
    """GetNode refuses a token that is no node's."""
    fault = await dut.refused("<tptz:GetNode><tptz:NodeToken>xyz</tptz:NodeToken></tptz:GetNode>")
    assert fault == ("Sender", "InvalidArgVal", "NoEntity")


async def test_PTZ_2_1_1(dut):
    """GetConfigurations lists at least one configuration."""
    assert await configurations(dut)


async def test_PTZ_2_1_2(dut):
    """Each configuration names its node and has something to set."""
    for listed in await configurations(dut):
        configuration = await configuration_of(dut, listed["token"])
        assert configuration.text("tt:NodeToken")
        assert {each.raw.tag.rpartition("}")[2] for each in configuration.all("*")} - {"Name", "UseCount", "NodeToken"}


async def test_PTZ_2_1_3(dut):
    """The options of each configuration have spaces and a range of time-outs."""
    for configuration in await configurations(dut):
        options = await options_of(dut, configuration["token"])
        assert options.one("tt:Spaces").all("*")
        assert seconds(options.text("tt:PTZTimeout/tt:Min")) <= seconds(options.text("tt:PTZTimeout/tt:Max"))


async def test_PTZ_2_1_5(dut):
    """GetConfiguration tells the same of a configuration as GetConfigurations."""
    for listed in await configurations(dut):
        assert (await configuration_of(dut, listed["token"])).xml == listed.xml


@pytest.mark.parametrize("ptz", HEADS)
async def test_PTZ_2_1_6(dut, ptz):
    """Each configuration belongs to exactly one node, and its defaults to the spaces of this node."""
    dut.camera.become(ptz=ptz)
    known = await nodes(dut)
    for configuration in await configurations(dut):
        (node,) = (each for each in known if each["token"] == configuration.text("tt:NodeToken"))
        check_defaults(configuration, node)


@pytest.mark.parametrize("ptz", HEADS)
async def test_PTZ_2_1_7(dut, ptz):
    """The defaults of each configuration are among its options."""
    dut.camera.become(ptz=ptz)
    for configuration in await configurations(dut):
        options = await options_of(dut, configuration["token"])
        check_defaults(configuration, options)
        shortest, longest = (seconds(options.text(f"tt:PTZTimeout/tt:{end}")) for end in ("Min", "Max"))
        assert shortest <= seconds(configuration.text("tt:DefaultPTZTimeout")) <= longest


async def test_PTZ_2_1_9(dut):
    """The default time-out of a configuration can be set to either end of its range."""
    for listed in await configurations(dut):
        options = await options_of(dut, listed["token"])
        for end in ("Max", "Min"):
            wished = options.text(f"tt:PTZTimeout/tt:{end}")
            listed.one("tt:DefaultPTZTimeout").raw.text = wished
            await set_configuration(dut, listed)
            now = await configuration_of(dut, listed["token"])
            assert seconds(now.text("tt:DefaultPTZTimeout")) == seconds(wished)


async def test_PTZ_2_1_10(dut):
    """SetConfiguration refuses a token that is no configuration's."""
    configuration = (await configurations(dut))[0]
    configuration.raw.set("token", "xyz")
    body = f"{configuration.xml}<tptz:ForcePersistence>false</tptz:ForcePersistence>"
    fault = await dut.refused(f"<tptz:SetConfiguration>{body}</tptz:SetConfiguration>")
    assert fault == ("Sender", "InvalidArgVal", "NoConfig")


async def test_PTZ_8_1_1(dut):
    """The service tells its capabilities."""
    assert (await dut.ask("<tptz:GetServiceCapabilities/>")).one("tptz:Capabilities")


async def test_PTZ_8_1_2(dut):
    """GetServices tells the same capabilities as the service itself."""
    own = (await dut.ask("<tptz:GetServiceCapabilities/>")).one("tptz:Capabilities")
    services = await dut.ask("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>")
    listed = services.one("tds:Service/tds:Capabilities/tptz:Capabilities")
    assert dict(listed.raw.attrib) == dict(own.raw.attrib)
