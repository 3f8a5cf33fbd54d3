"""Messages of the DeviceIO service (ONVIF Device IO Service Specification, `ver10`).

Relays are listed and switched with messages of the Device service, see `types.device_ports`.
"""

from __future__ import annotations

from bridge.core.ports import RelayMode
from bridge.onvif.types.ports import DigitalIdleState, DigitalInput, RelayOutput
from bridge.proto.soap.codec import attribute, xml_message, xml_type
from bridge.proto.soap.namespaces import TMD


@xml_type(TMD)
class DeviceIOCapabilities:
    """How many there are of everything, and whether the idle state of inputs can be asked and set."""

    video_sources: int = attribute()
    video_outputs: int = attribute()
    audio_sources: int = attribute()
    audio_outputs: int = attribute()
    relay_outputs: int = attribute()
    serial_ports: int = attribute()
    digital_inputs: int = attribute()
    digital_input_options: bool = attribute()


@xml_type(TMD)
class RelayOutputOptions:
    """What a relay can be set to; `delay_times` is an xs:list of seconds: two ends, or single values if `discrete`."""

    token: str = attribute()
    mode: tuple[RelayMode, ...]
    delay_times: str | None = None
    discrete: bool | None = None


@xml_type(TMD)
class DigitalInputConfigurationOptions:
    """What a digital input can be set to."""

    idle_state: tuple[DigitalIdleState, ...]


@xml_type(TMD)
class Tokens:
    """The tokens of everything of one kind."""

    token: tuple[str, ...] = ()


@xml_message(TMD)
class GetServiceCapabilities:
    """Ask for the abilities of the DeviceIO service."""


@xml_message(TMD)
class GetServiceCapabilitiesResponse:
    """The abilities of the DeviceIO service."""

    capabilities: DeviceIOCapabilities


@xml_message(TMD)
class GetVideoSources:
    """Ask which video sources there are."""


@xml_message(TMD)
class GetVideoSourcesResponse(Tokens):
    """The video sources."""


@xml_message(TMD)
class GetAudioSources:
    """Ask which audio sources there are."""


@xml_message(TMD)
class GetAudioSourcesResponse(Tokens):
    """The audio sources."""


@xml_message(TMD)
class GetAudioOutputs:
    """Ask which audio outputs there are."""


@xml_message(TMD)
class GetAudioOutputsResponse(Tokens):
    """The audio outputs."""


@xml_message(TMD)
class GetRelayOutputOptions:
    """Ask what one relay, or each of them, can be set to."""

    relay_output_token: str | None = None


@xml_message(TMD)
class GetRelayOutputOptionsResponse:
    """What relays can be set to."""

    relay_output_options: tuple[RelayOutputOptions, ...] = ()


@xml_message(TMD)
class SetRelayOutputSettings:
    """Ask for a relay to behave otherwise."""

    relay_output: RelayOutput


@xml_message(TMD)
class SetRelayOutputSettingsResponse:
    """It does."""


@xml_message(TMD)
class GetDigitalInputs:
    """Ask which digital inputs there are."""


@xml_message(TMD)
class GetDigitalInputsResponse:
    """The digital inputs, with their settings."""

    digital_inputs: tuple[DigitalInput, ...] = ()


@xml_message(TMD)
class GetDigitalInputConfigurationOptions:
    """Ask what one digital input, or any of them, can be set to."""

    token: str | None = None


@xml_message(TMD)
class GetDigitalInputConfigurationOptionsResponse:
    """What the input, or every input, can be set to."""

    digital_input_options: DigitalInputConfigurationOptions


@xml_message(TMD)
class SetDigitalInputConfigurations:
    """Ask for digital inputs to be set, all or none."""

    digital_inputs: tuple[DigitalInput, ...]


@xml_message(TMD)
class SetDigitalInputConfigurationsResponse:
    """They are set."""
