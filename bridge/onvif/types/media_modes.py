"""Messages and types of the Media service about video source modes (ONVIF Media Service Specification)."""

from __future__ import annotations

from bridge.onvif.types.common import VideoResolution
from bridge.proto.soap.codec import attribute, xml_message, xml_type
from bridge.proto.soap.namespaces import TRT


@xml_type(TRT)
class VideoSourceMode:
    """A mode of a video source, and what it makes possible; `encodings` are words with blanks between them."""

    token: str = attribute()
    enabled: bool = attribute(name="Enabled")
    max_framerate: float
    max_resolution: VideoResolution
    encodings: str
    reboot: bool
    description: str | None = None


@xml_message(TRT)
class GetVideoSourceModes:
    """Ask for the modes of a video source."""

    video_source_token: str


@xml_message(TRT)
class GetVideoSourceModesResponse:
    """The modes, one of them in force."""

    video_source_modes: tuple[VideoSourceMode, ...]


@xml_message(TRT)
class SetVideoSourceMode:
    """Ask for a video source to be put into a mode."""

    video_source_token: str
    video_source_mode_token: str


@xml_message(TRT)
class SetVideoSourceModeResponse:
    """It is in that mode, or will be when the device has rebooted."""

    reboot: bool
