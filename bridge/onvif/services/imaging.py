"""The imaging service: how the picture is set, and within which limits; the focus is in `imaging_focus`.

ONVIF Imaging Service Specification. Everything that is read comes from the camera's description in memory. Picture
settings belong to the video source and to no configuration of a media profile, so that setting them raises no event.
Presets are not offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import InvalidValue
from bridge.onvif.imaging_choice import chosen_settings, settings_invalid
from bridge.onvif.imaging_model import imaging_of, imaging_options, imaging_settings
from bridge.onvif.operation import Access, Call, Service, operation, operations_of
from bridge.onvif.services import imaging_focus
from bridge.onvif.types import imaging as messages
from bridge.proto.soap.namespaces import TIMG

if TYPE_CHECKING:
    from bridge.core.imaging import ImagingDescription
    from bridge.onvif.device import VirtualDevice


@operation(access=Access.PRE_AUTH)
async def get_service_capabilities(
    call: Call, _request: messages.GetServiceCapabilities
) -> messages.GetServiceCapabilitiesResponse:
    """Tell what this service can do."""
    return messages.GetServiceCapabilitiesResponse(capabilities=_capabilities(call))


@operation(access=Access.READ_MEDIA)
async def get_imaging_settings(call: Call, request: messages.GetImagingSettings) -> messages.GetImagingSettingsResponse:
    """Tell how the picture is set."""
    imaging = imaging_of(call.device, request.video_source_token)
    settings = imaging_settings(imaging.settings, _options(call.device, imaging))
    return messages.GetImagingSettingsResponse(imaging_settings=settings)


@operation(access=Access.ACTUATE)
async def set_imaging_settings(call: Call, request: messages.SetImagingSettings) -> messages.SetImagingSettingsResponse:
    """Set picture controls in the camera, all or none."""
    imaging = imaging_of(call.device, request.video_source_token)
    facet = call.device.camera.facets.imaging
    settings = chosen_settings(request.imaging_settings, imaging.settings, _options(call.device, imaging))
    # Without the facet only what is there is offered, so the settings are those of now.
    if facet is not None and settings != imaging.settings:
        try:
            await facet.set(settings)
        except InvalidValue as error:
            raise settings_invalid(str(error)) from error
    return messages.SetImagingSettingsResponse()


@operation(access=Access.READ_MEDIA)
async def get_options(call: Call, request: messages.GetOptions) -> messages.GetOptionsResponse:
    """Tell the limits of every control that the settings show."""
    imaging = imaging_of(call.device, request.video_source_token)
    return messages.GetOptionsResponse(imaging_options=_options(call.device, imaging))


def _options(device: VirtualDevice, imaging: ImagingDescription) -> messages.ImagingOptions20:
    is_settable = device.camera.facets.imaging is not None
    return imaging_options(imaging, settable=imaging.settable if is_settable else ())


def _capabilities(_call: Call) -> messages.ImagingCapabilities:
    return messages.ImagingCapabilities(image_stabilization=False, presets=False, adaptable_preset=False)


def _is_served(device: VirtualDevice) -> bool:
    description = device.camera.description
    return description is not None and description.imaging is not None


SERVICE = Service(
    prefix="timg",
    namespace=TIMG,
    path="/onvif/imaging_service",
    version=(19, 6),
    operations=(*operations_of(__name__), *operations_of(imaging_focus.__name__)),
    is_served=_is_served,
    capabilities=_capabilities,
)
