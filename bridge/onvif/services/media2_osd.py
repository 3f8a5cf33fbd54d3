"""On-screen displays in the Media2 service (ONVIF Media2 Service Specification, "OSD").

The rules are in `overlay_model`, which Media shares.
"""

from __future__ import annotations

from bridge.onvif import overlay_model
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media2_osd as messages

_CONFIG_MODIFY = "Receiver"


@operation(access=Access.READ_MEDIA)
async def get_osds(call: Call, request: messages.GetOSDs) -> messages.GetOSDsResponse:
    """Tell one or all on-screen displays."""
    with overlay_model.osd_faults(config_modify=_CONFIG_MODIFY):
        osds = overlay_model.osds(call.device, token=request.osd_token, configuration_token=request.configuration_token)
    return messages.GetOSDsResponse(osds=osds)


@operation(access=Access.READ_MEDIA)
async def get_osd_options(call: Call, request: messages.GetOSDOptions) -> messages.GetOSDOptionsResponse:
    """Tell what on-screen displays there can be."""
    options = overlay_model.osd_options(call.device, request.configuration_token)
    return messages.GetOSDOptionsResponse(osd_options=options)


@operation(access=Access.ACTUATE)
async def create_osd(call: Call, request: messages.CreateOSD) -> messages.CreateOSDResponse:
    """Make an on-screen display."""
    with overlay_model.osd_faults(config_modify=_CONFIG_MODIFY):
        token = await overlay_model.create_osd(call.device, request.osd)
    return messages.CreateOSDResponse(osd_token=token)


@operation(access=Access.ACTUATE)
async def set_osd(call: Call, request: messages.SetOSD) -> messages.SetOSDResponse:
    """Set an on-screen display."""
    with overlay_model.osd_faults(config_modify=_CONFIG_MODIFY):
        await overlay_model.set_osd(call.device, request.osd)
    return messages.SetOSDResponse()


@operation(access=Access.ACTUATE)
async def delete_osd(call: Call, request: messages.DeleteOSD) -> messages.DeleteOSDResponse:
    """Delete an on-screen display."""
    with overlay_model.osd_faults(config_modify=_CONFIG_MODIFY):
        await overlay_model.delete_osd(call.device, request.osd_token)
    return messages.DeleteOSDResponse()
