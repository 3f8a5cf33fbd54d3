"""DeviceIO Device Test Specification."""

from __future__ import annotations

from dataclasses import dataclass

from tests.conformance.dut import NAMESPACES
from tests.conformance.event_client import (
    INPUT_TOPIC,
    RELAY_TOPIC,
    create_pull_point,
    described_items,
    event_properties,
    topic_filter,
    topics,
)

UNKNOWN = "OnvifTest123"
USUAL_DELAY_S = 5.0


@dataclass
class Relay:
    """A relay, and what it can be set to."""

    token: str
    delay: str
    modes: list[str]
    delays_s: list[float]
    is_discrete: bool

    def nearest_delay_s(self, wanted_s: float) -> float:
        """Return the delay that is nearest to a wish."""
        if self.is_discrete:
            return min(self.delays_s, key=lambda delay_s: abs(delay_s - wanted_s))
        return min(max(wanted_s, self.delays_s[0]), self.delays_s[1])


async def service_of(dut, prefix):
    """Return the address of a service."""
    listed = await dut.ask("<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>")
    found = {each.text("tds:Namespace"): each.text("tds:XAddr") for each in listed.all("tds:Service")}
    return found[NAMESPACES[prefix]]


async def ask(dut, body):
    """Ask the DeviceIO service."""
    return await dut.ask(body, to=await service_of(dut, "tmd"))


async def capability(dut, name):
    """Return one of the service's capabilities."""
    answer = await ask(dut, "<tmd:GetServiceCapabilities/>")
    return answer.one("tmd:Capabilities")[name]


async def relay_outputs(dut):
    """Return the relays as they are set, by token: mode, delay and idle state."""
    answer = await ask(dut, "<tds:GetRelayOutputs/>")
    relays = answer.all("tds:RelayOutputs")
    assert relays
    found = {each["token"]: settings_of(each.one("tt:Properties")) for each in relays}
    assert len(found) == len(relays)
    return found


def settings_of(properties):
    """Return the settings of a relay."""
    return tuple(properties.text(f"tt:{name}") for name in ("Mode", "DelayTime", "IdleState"))


async def relays_with_options(dut):
    """Return every relay with what it can be set to."""
    found = []
    for token, (_, delay, _) in (await relay_outputs(dut)).items():
        options = await ask(
            dut,
            f"<tmd:GetRelayOutputOptions><tmd:RelayOutputToken>{token}</tmd:RelayOutputToken></tmd:GetRelayOutputOptions>",
        )
        option = options.one("tmd:RelayOutputOptions")
        assert option["token"] == token
        modes = option.texts("tmd:Mode")
        assert modes
        is_discrete = "true" in option.texts("tmd:Discrete")
        delays_s = [float(each) for each in " ".join(option.texts("tmd:DelayTimes")).split()]
        if "Monostable" in modes and is_discrete:
            assert delays_s
        elif "Monostable" in modes:
            assert len(delays_s) == 2
            assert delays_s == sorted(delays_s)
        found.append(Relay(token, delay, modes, delays_s, is_discrete))
    return found


def settings_request(token, mode, delay, idle_state):
    """Return the request to set a relay."""
    return (
        f'<tmd:SetRelayOutputSettings><tmd:RelayOutput token="{token}"><tt:Properties><tt:Mode>{mode}</tt:Mode>'
        f"<tt:DelayTime>{delay}</tt:DelayTime><tt:IdleState>{idle_state}</tt:IdleState></tt:Properties>"
        "</tmd:RelayOutput></tmd:SetRelayOutputSettings>"
    )


async def supports(dut, relay, mode, idle_state):
    """Try whether a relay can be set so, as the discovery of features does; leave it as it was."""
    if mode not in relay.modes:
        return False
    before = (await relay_outputs(dut))[relay.token]
    delay = f"PT{relay.nearest_delay_s(USUAL_DELAY_S):g}S" if mode == "Monostable" else relay.delay
    to = await service_of(dut, "tmd")
    reply = await dut.send(settings_request(relay.token, mode, delay, idle_state), to=to)
    if reply.status != 200:
        assert reply.fault[:2] == ("Sender", "InvalidArgVal")
        return False
    await ask(dut, settings_request(relay.token, *before))
    return True


async def relays_of(dut, mode, idle_state):
    """Return the relays that can be set so; there must be one."""
    found = [each for each in await relays_with_options(dut) if await supports(dut, each, mode, idle_state)]
    assert found
    return found


async def switch(dut, token, state):
    """Switch a relay."""
    await ask(
        dut,
        f"<tds:SetRelayOutputState><tds:RelayOutputToken>{token}</tds:RelayOutputToken>"
        f"<tds:LogicalState>{state}</tds:LogicalState></tds:SetRelayOutputState>",
    )


async def state_of(point, token, operation):
    """Pull the next message about a relay; return the state that it tells."""
    message = (await point.pull_until(lambda each: each.source == {"RelayToken": token}))[-1]
    assert (message.topic, message.operation) == (RELAY_TOPIC, operation)
    state = message.data["LogicalState"]
    assert state in {"active", "inactive"}
    return state


async def check_bistable(dut, idle_state):
    """Switch every relay that can be bistable with that idle state there and back, and follow its events."""
    for relay in await relays_of(dut, "Bistable", idle_state):
        point = await create_pull_point(dut, topic_filter(RELAY_TOPIC))
        before = await state_of(point, relay.token, "Initialized")
        await ask(dut, settings_request(relay.token, "Bistable", relay.delay, idle_state))
        other = "active" if before == "inactive" else "inactive"
        for state in (other, before):
            await switch(dut, relay.token, state)
            assert await state_of(point, relay.token, "Changed") == state
        await point.unsubscribe()


async def check_monostable(dut, idle_state):
    """Switch every relay that can be monostable with that idle state; it has to fall back when its delay is over."""
    for relay in await relays_of(dut, "Monostable", idle_state):
        delay_s = relay.nearest_delay_s(USUAL_DELAY_S) if relay.is_discrete else USUAL_DELAY_S
        await ask(dut, settings_request(relay.token, "Monostable", f"PT{delay_s:g}S", idle_state))
        point = await create_pull_point(dut, topic_filter(RELAY_TOPIC))
        assert await state_of(point, relay.token, "Initialized") == "inactive"
        await switch(dut, relay.token, "active")
        assert await state_of(point, relay.token, "Changed") == "active"
        dut.camera.watch.put_forward(delay_s)
        assert await state_of(point, relay.token, "Changed") == "inactive"
        await point.unsubscribe()


def check_topic(properties, topic, source, data):
    """Check how a topic of a port is described."""
    description = topics(properties)[topic]
    assert description.get("IsProperty") in {"true", "1"}
    for part, (name, kind) in (("Source", source), ("Data", data)):
        prefix, _, local = kind.partition(":")
        (item,) = (each for each in description.all(f"tt:{part}/tt:SimpleItemDescription") if each["Name"] == name)
        assert described_items(description, part)[name].partition(":")[2] == local
        assert item.raw.nsmap[item["Type"].partition(":")[0]] == NAMESPACES[prefix]


async def digital_inputs(dut):
    """Return the idle state of every input, by token."""
    answer = await ask(dut, "<tmd:GetDigitalInputs/>")
    inputs = answer.all("tmd:DigitalInputs")
    assert inputs
    found = {each["token"]: each.get("IdleState") for each in inputs}
    assert len(found) == len(inputs)
    return found


async def input_options(dut, token=None):
    """Return the idle states that an input, or any, can be set to."""
    asked = "" if token is None else f"<tmd:Token>{token}</tmd:Token>"
    answer = await ask(
        dut, f"<tmd:GetDigitalInputConfigurationOptions>{asked}</tmd:GetDigitalInputConfigurationOptions>"
    )
    states = answer.texts("tmd:DigitalInputOptions/tmd:IdleState")
    assert states
    return states


async def tokens(dut, kind):
    """Return the tokens of the sources or outputs of a kind: there is one, and none comes twice."""
    found = (await ask(dut, f"<tmd:Get{kind}/>")).texts("tmd:Token")
    assert found
    assert len(set(found)) == len(found)
    return found


async def test_DEVICEIO_1_1_1(dut):
    """GetRelayOutputs names every relay once."""
    assert await relay_outputs(dut)


async def test_DEVICEIO_1_1_2(dut):
    """There are as many relays as the capabilities say."""
    assert len(await relay_outputs(dut)) == int(await capability(dut, "RelayOutputs"))


async def test_DEVICEIO_1_1_3(dut):
    """Every relay tells what it can be set to."""
    assert await relays_with_options(dut)


async def test_DEVICEIO_1_1_4(dut):
    """Every relay takes each of its modes, and shows what was set."""
    before = await relay_outputs(dut)
    for relay in await relays_with_options(dut):
        for mode, first, otherwise in (("Bistable", "open", "closed"), ("Monostable", "closed", "open")):
            if mode not in relay.modes:
                continue
            idle_state = first if await supports(dut, relay, mode, first) else otherwise
            delay = f"PT{relay.nearest_delay_s(USUAL_DELAY_S):g}S" if mode == "Monostable" else relay.delay
            await ask(dut, settings_request(relay.token, mode, delay, idle_state))
            shown = (await relay_outputs(dut))[relay.token]
            assert (shown[0], shown[2]) == (mode, idle_state)
            # A bistable relay has no delay: what is sent is ignored.
            assert shown[1] == delay or mode == "Bistable"
        await ask(dut, settings_request(relay.token, *before[relay.token]))


async def test_DEVICEIO_1_1_5(dut):
    """A relay that does not exist cannot be set."""
    to = await service_of(dut, "tmd")
    fault = await dut.refused(settings_request(UNKNOWN, "Bistable", "PT1S", "open"), to=to)
    assert fault == ("Sender", "InvalidArgVal", "RelayToken")


async def test_DEVICEIO_1_2_1(dut):
    """Every relay that can be bistable and open when idle is switched, and events tell so."""
    await check_bistable(dut, "open")


async def test_DEVICEIO_1_2_2(dut):
    """Every relay that can be bistable and closed when idle is switched, and events tell so."""
    await check_bistable(dut, "closed")


async def test_DEVICEIO_1_2_3(dut):
    """Every relay that can be monostable and open when idle falls back after its delay, and events tell so."""
    await check_monostable(dut, "open")


async def test_DEVICEIO_1_2_4(dut):
    """Every relay that can be monostable and closed when idle falls back after its delay, and events tell so."""
    await check_monostable(dut, "closed")


async def test_DEVICEIO_2_1_1(dut):
    """The topic of inputs is described as it must be, and a new pull point tells the state of every input."""
    check_topic(
        await event_properties(dut), INPUT_TOPIC, ("InputToken", "tt:ReferenceToken"), ("LogicalState", "xs:boolean")
    )
    point = await create_pull_point(dut, topic_filter(INPUT_TOPIC))
    told = set()
    for _ in await digital_inputs(dut):
        (message,) = await point.pull()
        assert (message.topic, message.operation) == (INPUT_TOPIC, "Initialized")
        assert message.data["LogicalState"] in {"true", "false", "1", "0"}
        told.add(message.source["InputToken"])
    assert told == set(await digital_inputs(dut))
    await point.unsubscribe()


async def test_DEVICEIO_2_1_2(dut):
    """The topic of relays is described as it must be."""
    check_topic(
        await event_properties(dut),
        RELAY_TOPIC,
        ("RelayToken", "tt:ReferenceToken"),
        ("LogicalState", "tt:RelayLogicalState"),
    )


async def test_DEVICEIO_3_1_1(dut):
    """GetDigitalInputs lists the inputs."""
    assert await digital_inputs(dut)


async def test_DEVICEIO_3_1_2(dut):
    """There are as many inputs as the capabilities say."""
    assert len(await digital_inputs(dut)) == int(await capability(dut, "DigitalInputs"))


async def test_DEVICEIO_3_1_3(dut):
    """What inputs can be set to is told for all of them and for each."""
    assert await capability(dut, "DigitalInputOptions") == "true"
    shared = set(await input_options(dut))
    for token in await digital_inputs(dut):
        assert shared <= set(await input_options(dut, token))


async def test_DEVICEIO_3_1_4(dut):
    """Every input takes each idle state that it offers."""
    for token in await digital_inputs(dut):
        options = await input_options(dut, token)
        for state in ("closed", "open"):
            if state in options:
                await ask(
                    dut,
                    f'<tmd:SetDigitalInputConfigurations><tmd:DigitalInputs token="{token}" IdleState="{state}"/>'
                    "</tmd:SetDigitalInputConfigurations>",
                )
                assert (await digital_inputs(dut))[token] == state


async def test_DEVICEIO_4_1_1(dut):
    """The device names its audio sources, as many as the capabilities say."""
    assert len(await tokens(dut, "AudioSources")) == int(await capability(dut, "AudioSources"))


async def test_DEVICEIO_5_1_1(dut):
    """The Media service knows the same video sources."""
    media = await dut.ask("<trt:GetVideoSources/>", to=await service_of(dut, "trt"))
    assert await tokens(dut, "VideoSources") == [each["token"] for each in media.all("trt:VideoSources")]


async def test_DEVICEIO_7_1_1(dut):
    """The device names its video sources, as many as the capabilities say."""
    assert len(await tokens(dut, "VideoSources")) == int(await capability(dut, "VideoSources"))


async def test_DEVICEIO_8_1_1(dut):
    """The device names its audio outputs, as many as the capabilities say."""
    assert len(await tokens(dut, "AudioOutputs")) == int(await capability(dut, "AudioOutputs"))
