"""Synchronisation points: what a client that lost track wants of the streams of a media profile.

ONVIF Media and Media2 Service Specifications, "Synchronization points". Every new viewer begins with a key frame as it
is; this is for those that play already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.media_model import MediaProfile


async def synchronize(device: VirtualDevice, profile: MediaProfile) -> None:
    """Have metadata streams tell the present state, and the camera send a key frame if it can be asked to.

    Raises:
        CameraError: the camera could not be asked.
    """
    device.metadata.synchronize()
    description, facet = device.camera.description, device.camera.facets.key_frames
    if facet is None or description is None or profile.stream is None:
        return
    if description.stream(profile.stream.name) is not None:
        await facet.request(profile.stream.name)
