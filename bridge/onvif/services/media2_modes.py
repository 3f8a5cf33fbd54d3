"""Video source modes in the Media2 service (ONVIF Media2 Service Specification, "Video source mode").

The rules are in `video_source_modes`, which Media shares.
"""

from __future__ import annotations

from bridge.onvif.configurations import resolution
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import media2_modes as messages
from bridge.onvif.video_source_modes import choose_mode, is_in_force, offered_modes


@operation(access=Access.READ_SYSTEM)
async def get_video_source_modes(
    call: Call, request: messages.GetVideoSourceModes
) -> messages.GetVideoSourceModesResponse:
    """Tell the modes of the video source."""
    return messages.GetVideoSourceModesResponse(
        video_source_modes=tuple(
            messages.VideoSourceMode(
                token=mode.token,
                enabled=is_in_force(call.device, mode),
                max_framerate=mode.max_frame_rate,
                max_resolution=resolution(mode.max_resolution),
                encodings=" ".join(mode.encodings),
                reboot=mode.reboots,
                description=mode.description or None,
            )
            for mode in offered_modes(call.device, request.video_source_token)
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_video_source_mode(
    call: Call, request: messages.SetVideoSourceMode
) -> messages.SetVideoSourceModeResponse:
    """Put the video source into a mode."""
    reboots = await choose_mode(call.device, request.video_source_token, request.video_source_mode_token)
    return messages.SetVideoSourceModeResponse(reboot=reboots)
