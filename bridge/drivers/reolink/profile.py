"""The family's data table `profiles/cameras/reolink.toml`, typed.

The table holds what people tune and review without reading code: times, limits, what a number of the camera means.
It is checked as a whole when it is read: an unknown key, a missing one or one of the wrong type is an error.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bridge.core.errors import ConfigError, ConfigProblem
from bridge.core.events import EventKind
from bridge.resources import data_folder

if TYPE_CHECKING:
    from pathlib import Path

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
AiKinds = dict[str, EventKind]
Port = Annotated[int, Field(ge=1, le=65535)]


class Table(BaseModel):
    """A table of the file; its keys are exactly the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HttpLimits(Table):
    """Ports, and how long the camera may take for what."""

    port: Port
    tls_port: Port
    rtsp_port: Port
    rtmp_port: Port
    connect_s: Seconds
    answer_s: Seconds
    snapshot_s: Seconds
    search_s: Seconds
    logout_s: Seconds
    most_commands: Count
    net_restart_s: Seconds


class SessionLimits(Table):
    """When a login is renewed, and how long to wait before something is tried again."""

    renew_before_s: Seconds
    short_session_s: Seconds
    retry_s: Seconds
    busy_retry_s: Seconds


class PollLimits(Table):
    """How often the camera is asked."""

    events_s: Seconds
    answer_s: Seconds
    slow_answer_s: Seconds
    slow_events_s: Seconds
    recorder_channels: Count
    recorder_events_s: Seconds
    channel_events_s: Seconds
    battery_events_s: Seconds
    description_s: Seconds
    failures: Count


class EventLimits(Table):
    """What is made of the levels that the camera tells."""

    hold_s: Seconds


class PtzType(Table):
    """What a camera of one `ptzType` can move, and whether it takes a speed."""

    pan: bool
    tilt: bool
    zoom: bool
    speed: bool


class PtzLimits(Table):
    """Speeds and presets, and the kinds of mechanics by the number in ability `ptzType`."""

    speed_steps: Count
    preset_speed: Count
    preset_settle_s: Seconds
    preset_name_length: Count
    after_zoom_s: Seconds
    lens_drive_s: Seconds
    types: dict[int, PtzType]


class ReolinkProfile(Table):
    """The whole table. `ai` maps keys of GetAiState to kinds of events."""

    http: HttpLimits
    session: SessionLimits
    poll: PollLimits
    events: EventLimits
    ptz: PtzLimits
    ai: AiKinds


def load_profile(path: Path | None = None) -> ReolinkProfile:
    """Read and check the table.

    Args:
        path: another file than the one that the bridge brings.

    Raises:
        ConfigError: with every problem found.
    """
    path = path or data_folder("profiles") / "cameras" / "reolink.toml"
    try:
        return ReolinkProfile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((ConfigProblem(path.name, f"is not TOML: {error}"),)) from None
    except ValidationError as error:
        raise ConfigError(
            tuple(
                ConfigProblem(".".join(map(str, found["loc"])), found["msg"])
                for found in error.errors(include_url=False)
            )
        ) from None


PROFILE = load_profile()
"""Read once, when the package is imported: later there is an event loop that must not wait for a disk."""
