"""The DeviceIO service: the ends of wires that a camera has (ONVIF Device IO Service Specification, `ver10`).

Sources and outputs of pictures and sound are named here and described by the media services. Relays and inputs are
set here by the rules of `ports`. Two operations on relays are those of the Device service, as in the official WSDL.
There are no video outputs and no serial ports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.ports import RelayMode
from bridge.onvif import media_tokens, ports
from bridge.onvif.media_tokens import ConfigurationKind
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.services import device_ports
from bridge.onvif.types import deviceio as messages
from bridge.onvif.types.ports import DigitalIdleState
from bridge.proto.soap.lexical import format_float
from bridge.proto.soap.namespaces import TMD

if TYPE_CHECKING:
    from bridge.core.ports import RelayOutput
    from bridge.onvif.device import VirtualDevice

_ACTION = "http://www.onvif.org/ver10/deviceio/wsdl/"
"""Unlike the namespace, the official actions are in lower case."""


def _capabilities(call: Call) -> messages.DeviceIOCapabilities:
    """Return the numbers of everything: the lengths of the lists.

    A device with inputs always answers what they can be set to, and takes that: nobody need ask twice.
    """
    device = call.device
    inputs = ports.inputs(device.camera)
    return messages.DeviceIOCapabilities(
        video_sources=len(_video_sources(device)),
        video_outputs=0,
        audio_sources=len(_audio_sources(device)),
        audio_outputs=len(_audio_outputs(device)),
        relay_outputs=len(ports.relays(device.camera)),
        serial_ports=0,
        digital_inputs=len(inputs),
        digital_input_options=bool(inputs),
    )


@operation(access=Access.PRE_AUTH, action=f"{_ACTION}GetServiceCapabilities")
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA, action=f"{_ACTION}GetVideoSources")
async def get_video_sources(call: Call, _request: messages.GetVideoSources) -> messages.GetVideoSourcesResponse:
    """Name the video source."""
    return messages.GetVideoSourcesResponse(token=_video_sources(call.device))


@operation(access=Access.READ_MEDIA, action=f"{_ACTION}GetAudioSources")
async def get_audio_sources(call: Call, _request: messages.GetAudioSources) -> messages.GetAudioSourcesResponse:
    """Name the microphone."""
    return messages.GetAudioSourcesResponse(token=_audio_sources(call.device))


@operation(access=Access.READ_MEDIA, action=f"{_ACTION}GetAudioOutputs")
async def get_audio_outputs(call: Call, _request: messages.GetAudioOutputs) -> messages.GetAudioOutputsResponse:
    """Name the loudspeaker."""
    return messages.GetAudioOutputsResponse(token=_audio_outputs(call.device))


@operation(access=Access.PRE_AUTH, action=f"{_ACTION}GetRelayOutputOptions")
async def get_relay_output_options(
    call: Call, request: messages.GetRelayOutputOptions
) -> messages.GetRelayOutputOptionsResponse:
    """Tell what one relay, or each of them, can be set to."""
    camera, token = call.device.camera, request.relay_output_token
    relays = ports.relays(camera) if token is None else (ports.relay(camera, token),)
    return messages.GetRelayOutputOptionsResponse(relay_output_options=tuple(map(_options, relays)))


@operation(access=Access.ACTUATE, action=f"{_ACTION}SetRelayOutputSettings")
async def set_relay_output_settings(
    call: Call, request: messages.SetRelayOutputSettings
) -> messages.SetRelayOutputSettingsResponse:
    """Change how a relay behaves."""
    wished = request.relay_output
    await ports.set_relay(call.device.camera, wished.token, wished.properties)
    return messages.SetRelayOutputSettingsResponse()


@operation(access=Access.READ_SYSTEM, action=f"{_ACTION}GetDigitalInputs")
async def get_digital_inputs(call: Call, _request: messages.GetDigitalInputs) -> messages.GetDigitalInputsResponse:
    """List the digital inputs and how they are set."""
    inputs = ports.inputs(call.device.camera)
    return messages.GetDigitalInputsResponse(digital_inputs=tuple(map(ports.digital_input, inputs)))


@operation(access=Access.READ_SYSTEM, action=f"{_ACTION}GetDigitalInputConfigurationOptions")
async def get_digital_input_configuration_options(
    call: Call, request: messages.GetDigitalInputConfigurationOptions
) -> messages.GetDigitalInputConfigurationOptionsResponse:
    """Tell what one digital input, or every one of them, can be set to."""
    states = ports.idle_states(call.device.camera, request.token)
    options = messages.DigitalInputConfigurationOptions(idle_state=tuple(map(DigitalIdleState, states)))
    return messages.GetDigitalInputConfigurationOptionsResponse(digital_input_options=options)


@operation(access=Access.ACTUATE, action=f"{_ACTION}SetDigitalInputConfigurations")
async def set_digital_input_configurations(
    call: Call, request: messages.SetDigitalInputConfigurations
) -> messages.SetDigitalInputConfigurationsResponse:
    """Set digital inputs, all or none."""
    await ports.set_inputs(call.device.camera, request.digital_inputs)
    return messages.SetDigitalInputConfigurationsResponse()


def _video_sources(device: VirtualDevice) -> tuple[str, ...]:
    return (media_tokens.VIDEO_SOURCE,) if device.media.streams else ()


def _audio_sources(device: VirtualDevice) -> tuple[str, ...]:
    return (media_tokens.AUDIO_SOURCE,) if device.media.tokens(ConfigurationKind.AUDIO_SOURCE) else ()


def _audio_outputs(device: VirtualDevice) -> tuple[str, ...]:
    return (media_tokens.AUDIO_OUTPUT,) if device.media.tokens(ConfigurationKind.AUDIO_OUTPUT) else ()


def _options(relay: RelayOutput) -> messages.RelayOutputOptions:
    """Return what a relay can be set to; only a monostable one has a delay, and a single one is no range."""
    if RelayMode.MONOSTABLE not in relay.modes:
        return messages.RelayOutputOptions(token=relay.token, mode=relay.modes)
    limits = relay.delay_s
    delays = (limits.minimum, limits.maximum) if limits.span else (limits.minimum,)
    return messages.RelayOutputOptions(
        token=relay.token,
        mode=relay.modes,
        delay_times=" ".join(map(format_float, delays)),
        discrete=not limits.span,
    )


def _is_served(_device: VirtualDevice) -> bool:
    return True


SERVICE = Service(
    prefix="tmd",
    namespace=TMD,
    path="/onvif/deviceio_service",
    version=(22, 6),
    operations=(
        *operations_of(__name__),
        device_ports.get_relay_outputs,
        device_ports.set_relay_output_state,
    ),
    is_served=_is_served,
    capabilities=_capabilities,
)
