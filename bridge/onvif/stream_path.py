"""Where a media profile is played from: the stream of its encoders, as far as the profile holds its tracks.

ONVIF Media and Media2 Service Specifications, "GetStreamUri". A profile with everything that its stream has gets the
stream's plain path; any other a view of it (`media.directory`), and one with metadata alone the metadata stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.core.errors import ClientFault
from bridge.media.directory import view_path
from bridge.media.source import MediaKind
from bridge.onvif.media_tokens import ConfigurationKind

if TYPE_CHECKING:
    from bridge.onvif.media_model import MediaModel, MediaProfile

METADATA_STREAM: Final = "metadata"
"""Name of the stream that carries nothing else."""

_KINDS = {
    ConfigurationKind.VIDEO_ENCODER: MediaKind.VIDEO,
    ConfigurationKind.AUDIO_ENCODER: MediaKind.AUDIO,
    ConfigurationKind.METADATA: MediaKind.APPLICATION,
}


def stream_path(media: MediaModel, profile: MediaProfile) -> str:
    """Return the part of the RTSP path that follows the camera's id.

    Raises:
        ClientFault: IncompleteConfiguration.
    """
    held = profile.configurations
    shown = {kind for configuration, kind in _KINDS.items() if configuration in held}
    if not shown:
        raise ClientFault(
            "Receiver",
            ("Action", "IncompleteConfiguration"),
            f"Media profile '{profile.token}' has neither an encoder nor metadata",
        )
    encoder = held.get(ConfigurationKind.VIDEO_ENCODER) or held.get(ConfigurationKind.AUDIO_ENCODER)
    if encoder is None:
        return METADATA_STREAM
    stream = media.stream(encoder)
    everything = {MediaKind.VIDEO, MediaKind.APPLICATION} | ({MediaKind.AUDIO} if stream.audio else set())
    return stream.name if shown == everything else view_path(stream.name, shown)
