"""Base Device Test Specification: relays and auxiliary commands, as the device service has them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tests.conformance.event_client import RELAY_TOPIC, Message, create_pull_point, topic_filter

if TYPE_CHECKING:
    from tests.conformance.dut import Dut, Element
    from tests.conformance.event_client import Subscription

DELAY, DELAY_S = "PT2S", 2
"""After which a monostable relay falls back."""

MODE_ERROR = ("Sender", "InvalidArgVal", "ModeError")
NO_RELAY = ("Sender", "InvalidArgVal", "RelayToken")
STANDARD_COMMANDS = {
    "tt:Wiper|On",
    "tt:Wiper|Off",
    "tt:Washer|On",
    "tt:Washer|Off",
    "tt:WashingProcedure|On",
    "tt:WashingProcedure|Off",
    "tt:IRLamp|On",
    "tt:IRLamp|Off",
    "tt:IRLamp|Auto",
}


async def relays(dut: Dut) -> dict[str, Element]:
    """Return the settings of each relay; there is at least one."""
    listed = (await dut.ask("<tds:GetRelayOutputs/>")).all("tds:RelayOutputs")
    found = {each["token"]: each.one("tt:Properties") for each in listed}
    assert listed
    assert len(found) == len(listed)
    return found


def settings(token: str, mode: str, idle: str) -> str:
    """Return the request that sets a relay."""
    words = f"<tt:Mode>{mode}</tt:Mode><tt:DelayTime>{DELAY}</tt:DelayTime><tt:IdleState>{idle}</tt:IdleState>"
    return (
        f"<tds:SetRelayOutputSettings><tds:RelayOutputToken>{token}</tds:RelayOutputToken>"
        f"<tds:Properties>{words}</tds:Properties></tds:SetRelayOutputSettings>"
    )


def state(token: str, logical: str) -> str:
    """Return the request that switches a relay."""
    words = f"<tds:RelayOutputToken>{token}</tds:RelayOutputToken><tds:LogicalState>{logical}</tds:LogicalState>"
    return f"<tds:SetRelayOutputState>{words}</tds:SetRelayOutputState>"


async def takes(dut: Dut, token: str, mode: str, idle: str) -> bool:
    """Set a relay; return whether it can be set so. If it cannot, the fault says that."""
    reply = await dut.send(settings(token, mode, idle))
    assert reply.fault in {(), MODE_ERROR}
    return not reply.fault


async def states(dut: Dut, token: str) -> Subscription:
    """Open a pull point for the states of relays, and take the first message of each relay from it."""
    point = await create_pull_point(dut, topic_filter(RELAY_TOPIC))
    first = await point.drain()
    assert {each.operation for each in first} == {"Initialized"}
    assert token in {each.source["RelayToken"] for each in first}
    return point


async def becomes(point: Subscription, token: str, logical: str) -> None:
    """Wait until the next change, which must be this one."""
    assert await point.pull() == [Message(RELAY_TOPIC, "Changed", {"RelayToken": token}, {"LogicalState": logical})]


async def test_DEVICE_5_1_1(dut):
    """The relays are listed, each with a token of its own."""
    assert await relays(dut)


async def test_DEVICE_5_1_2(dut):
    """There are as many relays as the capabilities say."""
    wish = "<tds:GetCapabilities><tds:Category>Device</tds:Category></tds:GetCapabilities>"
    number = (await dut.ask(wish)).text("tds:Capabilities/tt:Device/tt:IO/tt:RelayOutputs")
    assert int(number) == len(await relays(dut))


async def test_DEVICE_5_1_3(dut):
    """A relay keeps the mode and the idle state that it is given, and the delay if it falls back."""
    taken = set()
    for token in await relays(dut):
        for mode, idle in product(("Bistable", "Monostable"), ("open", "closed")):
            if await takes(dut, token, mode, idle):
                taken.add((token, mode, idle))
                kept = (await relays(dut))[token]
                assert (kept.text("tt:Mode"), kept.text("tt:IdleState")) == (mode, idle)
                assert mode == "Bistable" or kept.text("tt:DelayTime") == DELAY
        assert any(each == token for each, _, _ in taken), "it can be set in no way at all"
    assert {(mode, idle) for _, mode, idle in taken} == set(product(("Bistable", "Monostable"), ("open", "closed")))


async def on_and_off(dut: Dut, idle: str) -> None:
    """Switch every bistable relay that can have this idle state on and off."""
    tried = [token for token in await relays(dut) if await takes(dut, token, "Bistable", idle)]
    assert tried
    for token in tried:
        point = await states(dut, token)
        for logical in ("active", "inactive"):
            await dut.ask(state(token, logical))
            await becomes(point, token, logical)
        await point.unsubscribe()


async def test_DEVICE_5_1_5(dut):
    """A bistable relay that is open when idle is switched on and off."""
    await on_and_off(dut, "open")


async def test_DEVICE_5_1_6(dut):
    """A bistable relay that is closed when idle is switched on and off."""
    await on_and_off(dut, "closed")


async def falls_back(dut: Dut, idle: str) -> None:
    """Switch on every monostable relay that can have this idle state, and wait until it has fallen back."""
    tried = [token for token in await relays(dut) if await takes(dut, token, "Monostable", idle)]
    assert tried
    for token in tried:
        point = await states(dut, token)
        await dut.ask(state(token, "active"))
        await becomes(point, token, "active")
        dut.camera.watch.put_forward(DELAY_S)
        await becomes(point, token, "inactive")
        await point.unsubscribe()


async def test_DEVICE_5_1_7(dut):
    """A monostable relay that is open when idle falls back by itself."""
    await falls_back(dut, "open")


async def test_DEVICE_5_1_8(dut):
    """A monostable relay that is closed when idle falls back by itself."""
    await falls_back(dut, "closed")


async def test_DEVICE_5_1_9(dut):
    """A monostable relay can be switched off before it falls back by itself, and then stays off."""
    tried = 0
    for token, idle in product(await relays(dut), ("open", "closed")):
        if await takes(dut, token, "Monostable", idle):
            tried += 1
            point = await states(dut, token)
            # The second time shows that nothing has happened when the delay of the first was over.
            for _ in range(2):
                for logical in ("active", "inactive"):
                    await dut.ask(state(token, logical))
                    await becomes(point, token, logical)
                dut.camera.watch.put_forward(DELAY_S)
            await point.unsubscribe()
    assert tried


async def test_DEVICE_5_1_11(dut):
    """A relay that does not exist cannot be set."""
    assert "xyz" not in await relays(dut)
    assert await dut.refused(settings("xyz", "Bistable", "open")) == NO_RELAY


async def test_DEVICE_5_1_12(dut):
    """A relay that does not exist cannot be switched."""
    assert await dut.refused(state("xyz", "active")) == NO_RELAY


async def test_DEVICE_8_1_1(dut):
    """Every standard auxiliary command that the capabilities list is executed."""
    capabilities = await dut.ask("<tds:GetServiceCapabilities/>", user=None)
    offered = capabilities.one("tds:Capabilities/tds:Misc")["AuxiliaryCommands"].split()
    tried = [command for command in offered if command in STANDARD_COMMANDS]
    assert tried
    for command in tried:
        words = f"<tds:AuxiliaryCommand>{command}</tds:AuxiliaryCommand>"
        await dut.ask(f"<tds:SendAuxiliaryCommand>{words}</tds:SendAuxiliaryCommand>")
    assert len([each for each in dut.camera.done if each[0] == "switch"]) == len(tried)
