"""What stands before every request about movement: its media profile, the camera's mechanics, the facet.

ONVIF PTZ Service Specification, the faults that all operations share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif.configurations import require_profile
from bridge.onvif.settings.ptz import PtzSettings

if TYPE_CHECKING:
    from bridge.core.ptz import Ptz, PtzDescription
    from bridge.onvif.device import VirtualDevice
    from bridge.onvif.media_model import MediaModel


def mechanics(media: MediaModel) -> PtzDescription:
    """Return what the camera's mechanics can be asked to do.

    Raises:
        ClientFault: NoPTZProfile, the camera has none (any more).
    """
    ptz = media.ptz
    if ptz is None:
        raise _cannot_move()
    return ptz


def facet_of(device: VirtualDevice) -> Ptz:
    """Return what moves the camera, for a request whose mechanics have been found.

    Raises:
        ClientFault: NoPTZProfile, it has just gone.
    """
    facet = device.camera.facets.ptz
    if facet is None:
        raise _cannot_move()
    return facet


def mechanics_of_profile(device: VirtualDevice, profile_token: str) -> PtzDescription:
    """Return the same for a request that names a media profile.

    Raises:
        ClientFault: NoProfile, NoPTZProfile.
    """
    profile = require_profile(device.media, profile_token)
    if profile.ptz_token is None:
        reason = f"The media profile '{profile_token}' has no PTZ configuration"
        raise ClientFault("Sender", ("InvalidArgVal", "NoPTZProfile"), reason)
    return mechanics(device.media)


def ptz_settings(media: MediaModel) -> PtzSettings:
    """Return the defaults of moves."""
    return media.kept(media.ptz_token).ptz or PtzSettings()


def not_supported(reason: str) -> ClientFault:
    """Return the fault of an operation that this camera does not have."""
    return ClientFault("Receiver", ("ActionNotSupported",), reason)


def _cannot_move() -> ClientFault:
    return ClientFault("Sender", ("InvalidArgVal", "NoPTZProfile"), "The camera cannot pan, tilt or zoom")
