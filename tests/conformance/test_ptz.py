"""PTZ Device Test Specification."""

from __future__ import annotations


async def test_PTZ_1_1_1(dut):
    """GetNodes lists at least one node with everything that a node must have."""
    nodes = (await dut.ask("<tptz:GetNodes/>")).all("tptz:PTZNode")
    assert nodes
    for node in nodes:
        assert node.has("tt:SupportedPTZSpaces")
        assert node.has("tt:MaximumNumberOfPresets")
        assert node.has("tt:HomeSupported")


async def test_PTZ_1_1_4(dut):
    """GetNode refuses a token that is no node's."""
    fault = await dut.refused("<tptz:GetNode><tptz:NodeToken>xyz</tptz:NodeToken></tptz:GetNode>")
    assert fault == ("Sender", "InvalidArgVal", "NoEntity")
