"""The DeviceIO service: what there is, and relays and digital inputs as they can be set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bridge.core.errors import InvalidValue
from bridge.core.formats import AudioCodec, AudioFormat
from bridge.core.ports import RelayMode, RelaySettings
from bridge.core.talk import TalkDescription
from bridge.onvif.services import deviceio
from bridge.onvif.types import device, device_ports, media
from bridge.onvif.types import deviceio as messages
from bridge.onvif.types.capabilities import CapabilityCategory
from bridge.onvif.types.ports import DigitalIdleState, DigitalInput, RelayIdleState, RelayOutput, RelayOutputSettings
from bridge.proto.soap.codec import decode
from bridge.proto.soap.namespaces import TMD
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MediaBench
from tests.unit.onvif.ports_bench import BELL, CLOSED, GATE, OPEN, wired, wires_described

OPENED, SHUT = DigitalIdleState.OPEN, DigitalIdleState.CLOSED


def invalid(subcode: str) -> tuple[str, ...]:
    return "Sender", "InvalidArgVal", subcode


def equipped() -> MediaBench:
    """Return a device whose camera has everything with a wire."""
    plain = wires_described(talk=TalkDescription((AudioCodec.PCMU,)))
    main, *others = plain.streams
    heard = replace(main, audio=AudioFormat(AudioCodec.AAC, 16000, channels=1, bitrate_kbps=64))
    return wired(replace(plain, streams=(heard, *others)))


async def capabilities_of(bench: MediaBench) -> messages.DeviceIOCapabilities:
    answer: messages.GetServiceCapabilitiesResponse = await bench.answer(messages.GetServiceCapabilities())
    return answer.capabilities


async def options_of(bench: MediaBench, token: str | None = None) -> tuple[messages.RelayOutputOptions, ...]:
    question = messages.GetRelayOutputOptions(relay_output_token=token)
    answer: messages.GetRelayOutputOptionsResponse = await bench.answer(question)
    return answer.relay_output_options


async def inputs_of(bench: MediaBench) -> dict[str, DigitalIdleState | None]:
    answer: messages.GetDigitalInputsResponse = await bench.answer(messages.GetDigitalInputs())
    return {each.token: each.idle_state for each in answer.digital_inputs}


def asking(token: str | None = None) -> messages.GetDigitalInputConfigurationOptions:
    return messages.GetDigitalInputConfigurationOptions(token=token)


async def idle_states_of(bench: MediaBench, token: str | None = None) -> tuple[DigitalIdleState, ...]:
    answer: messages.GetDigitalInputConfigurationOptionsResponse = await bench.answer(asking(token))
    return answer.digital_input_options.idle_state


def setting(**states: DigitalIdleState | None) -> messages.SetDigitalInputConfigurations:
    inputs = tuple(DigitalInput(token=token, idle_state=state) for token, state in states.items())
    return messages.SetDigitalInputConfigurations(digital_inputs=inputs)


@pytest.mark.parametrize("make", [equipped, wired, lambda: MediaBench(described()), lambda: MediaBench(None)])
async def test_the_numbers_are_the_lengths_of_the_lists(make: Any):
    bench = make()
    said = await capabilities_of(bench)
    assert said.video_sources == len((await bench.answer(messages.GetVideoSources())).token)
    assert said.audio_sources == len((await bench.answer(messages.GetAudioSources())).token)
    assert said.audio_outputs == len((await bench.answer(messages.GetAudioOutputs())).token)
    assert said.relay_outputs == len((await bench.answer(device_ports.GetRelayOutputs())).relay_outputs)
    assert said.relay_outputs == len(await options_of(bench))
    assert said.digital_inputs == len(await inputs_of(bench))
    assert (said.video_outputs, said.serial_ports) == (0, 0)
    assert said.digital_input_options is (said.digital_inputs > 0)


async def test_an_equipped_camera_has_one_of_each_and_its_wires():
    said = await capabilities_of(equipped())
    assert (said.video_sources, said.audio_sources, said.audio_outputs) == (1, 1, 1)
    assert (said.relay_outputs, said.digital_inputs) == (2, 2)


async def test_sources_have_the_tokens_of_the_media_service():
    bench = equipped()
    theirs = (await bench.answer(media.GetVideoSources())).video_sources
    assert (await bench.answer(messages.GetVideoSources())).token == tuple(each.token for each in theirs)
    heard = (await bench.answer(media.GetAudioSources())).audio_sources
    assert (await bench.answer(messages.GetAudioSources())).token == tuple(each.token for each in heard)
    assert (await bench.answer(messages.GetAudioOutputs())).token == ("AudioOutput_0",)


async def test_the_other_capabilities_say_the_same():
    bench = equipped()
    said = await capabilities_of(bench)
    listed: device.GetServicesResponse = await bench.answer(device.GetServices(include_capability=True))
    (service,) = (each for each in listed.service if each.namespace == TMD)
    assert service.x_addr == "http://192.0.2.1:8000/onvif/deviceio_service"
    assert service.capabilities is not None
    assert decode(messages.DeviceIOCapabilities, service.capabilities.capabilities) == said
    answer: device.GetCapabilitiesResponse = await bench.answer(device.GetCapabilities())
    assert answer.capabilities.extension is not None
    old = answer.capabilities.extension.device_io
    assert old is not None
    assert old.x_addr == service.x_addr
    for name in ("video_sources", "video_outputs", "audio_sources", "audio_outputs", "relay_outputs"):
        assert getattr(old, name) == getattr(said, name)


async def test_the_older_tree_has_it_only_as_a_whole():
    bench = wired()
    asked = (CapabilityCategory.DEVICE, CapabilityCategory.MEDIA)
    part: device.GetCapabilitiesResponse = await bench.answer(device.GetCapabilities(category=asked))
    assert part.capabilities.extension is None
    whole: device.GetCapabilitiesResponse = await bench.answer(
        device.GetCapabilities(category=(CapabilityCategory.ALL,))
    )
    assert whole.capabilities.extension is not None


async def test_relay_options_are_a_range_of_seconds():
    gate, horn = await options_of(wired())
    assert gate == messages.RelayOutputOptions(
        token="Relay_0", mode=(RelayMode.BISTABLE, RelayMode.MONOSTABLE), delay_times="1.0 120.0", discrete=False
    )
    assert horn == messages.RelayOutputOptions(token="Relay_1", mode=(RelayMode.BISTABLE,))


async def test_relay_options_can_be_asked_one_by_one():
    bench = wired()
    assert await options_of(bench, "Relay_1") == (await options_of(bench))[1:]
    assert await bench.fault(messages.GetRelayOutputOptions(relay_output_token="none")) == invalid("RelayToken")


async def test_a_fixed_relay_has_its_settings_as_options():
    present = RelaySettings(RelayMode.MONOSTABLE, 2.5, OPEN)
    bench = wired(is_settable=False, relays=(replace(GATE, settings=present),))
    fixed = messages.RelayOutputOptions(token="Relay_0", mode=(RelayMode.MONOSTABLE,), delay_times="2.5", discrete=True)
    assert await options_of(bench) == (fixed,)


async def test_a_relay_is_set_with_the_message_of_this_service():
    bench = wired()
    wished = RelayOutputSettings(
        mode=RelayMode.MONOSTABLE, delay_time=timedelta(seconds=7), idle_state=RelayIdleState.CLOSED
    )
    output = RelayOutput(token="Relay_0", properties=wished)
    await bench.answer(messages.SetRelayOutputSettings(relay_output=output))
    assert (await bench.answer(device_ports.GetRelayOutputs())).relay_outputs[0] == output
    stranger = messages.SetRelayOutputSettings(relay_output=RelayOutput(token="OnvifTest123", properties=wished))
    assert await bench.fault(stranger) == invalid("RelayToken")


async def test_inputs_are_listed_with_their_options():
    bench = wired()
    assert await inputs_of(bench) == {"Input_0": OPENED, "Input_1": SHUT}
    assert await idle_states_of(bench) == (OPENED, SHUT)
    assert await idle_states_of(bench, "Input_1") == (OPENED, SHUT)


async def test_inputs_are_set_together():
    bench = wired()
    await bench.answer(setting(Input_0=SHUT, Input_1=OPENED))
    assert bench.camera.commands == [("set_idle_states", {"Input_0": CLOSED, "Input_1": OPEN})]
    assert await inputs_of(bench) == {"Input_0": SHUT, "Input_1": OPENED}


async def test_inputs_that_stay_as_they_are_do_not_reach_the_camera():
    bench = wired()
    await bench.answer(setting(Input_0=None, Input_1=SHUT))
    assert bench.camera.commands == []
    await bench.answer(setting(Input_0=SHUT, Input_1=SHUT))
    assert bench.camera.commands == [("set_idle_states", {"Input_0": CLOSED})]


async def test_one_wrong_input_spoils_all():
    bench = wired()
    assert await bench.fault(setting(Input_0=SHUT, Input_9=SHUT)) == invalid("NoConfig")
    bench = wired(inputs=(BELL, replace(BELL, token="Input_1", idle_states=())))
    assert await bench.fault(setting(Input_0=SHUT, Input_1=SHUT)) == invalid("SettingsInvalid")
    assert bench.camera.commands == []


async def test_what_the_camera_refuses_is_refused():
    bench = wired()
    bench.camera.refusals = [InvalidValue("settings", "not together")]
    assert await bench.fault(setting(Input_0=SHUT)) == invalid("SettingsInvalid")


async def test_inputs_that_can_only_be_looked_at_are_as_they_are():
    bench = wired(is_settable=False)
    assert (await capabilities_of(bench)).digital_input_options
    assert await idle_states_of(bench, "Input_0") == (OPENED,)
    assert await bench.fault(asking()) == invalid("NoConfig")
    await bench.answer(setting(Input_0=OPENED))
    assert await bench.fault(setting(Input_0=SHUT)) == invalid("SettingsInvalid")


async def test_inputs_that_do_not_exist_have_no_options():
    assert await wired().fault(asking("none")) == invalid("NoConfig")
    assert await MediaBench(described()).fault(asking()) == invalid("NoConfig")


def test_actions_are_the_official_ones_in_lower_case():
    own = [each for each in deviceio.SERVICE.operations if each.namespace == deviceio.SERVICE.namespace]
    assert {each.action for each in own} == {f"http://www.onvif.org/ver10/deviceio/wsdl/{each.name}" for each in own}
