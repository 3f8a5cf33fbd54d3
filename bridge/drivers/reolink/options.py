"""The family's `options` in the configuration file, checked and typed. `bridge/drivers/README.md` lists them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bridge.core.errors import ConfigProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

SHA256_BYTES = 32


class Battery(StrEnum):
    """What to do with a camera that runs on a battery: every question wakes it up."""

    REFUSE = "refuse"
    SLOW = "slow"


class StreamTransport(StrEnum):
    """How pictures and sound come from the camera."""

    RTSP = "rtsp"
    FLV = "flv"
    RTMP = "rtmp"


class TalkChoice(StrEnum):
    """Whether the camera's loudspeaker is looked for."""

    AUTO = "auto"
    OFF = "off"


def _fingerprint(value: object) -> bytes:
    if isinstance(value, str):
        try:
            digest = bytes.fromhex(value.replace(":", ""))
        except ValueError:
            digest = b""
        if len(digest) == SHA256_BYTES:
            return digest
    raise ValueError('must be the SHA-256 of the certificate: 64 hexadecimal digits in quotes, ":" allowed')


class ReolinkOptions(BaseModel):
    """What can be set for one Reolink camera.

    Args:
        poll_s: seconds between two questions for motion and AI states; None leaves it to the family's table.
        enable_rtsp: switch the camera's RTSP server on when it is off.
        battery: whether a battery model is bridged.
        stream: how pictures and sound come.
        talk: whether the camera's loudspeaker is looked for.
        tls_fingerprint: SHA-256 of the only certificate accepted; None pins the first one seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    poll_s: Annotated[float, Field(ge=0.2, le=60, strict=True)] | None = None
    enable_rtsp: Annotated[bool, Field(strict=True)] = False
    battery: Battery = Battery.REFUSE
    stream: StreamTransport = StreamTransport.RTSP
    talk: TalkChoice = TalkChoice.AUTO
    tls_fingerprint: Annotated[bytes, BeforeValidator(_fingerprint)] | None = None


def check_options(options: Mapping[str, object]) -> tuple[ConfigProblem, ...]:
    """Return everything that is wrong with the options, paths relative to them."""
    try:
        ReolinkOptions.model_validate(options)
    except ValidationError as error:
        return tuple(_problem(found) for found in error.errors(include_url=False, include_input=False))
    return ()


def _problem(found: ErrorDetails) -> ConfigProblem:
    key = str(found["loc"][0])
    if found["type"] == "extra_forbidden":
        return ConfigProblem(
            key, f"is not an option of family reolink; there are {', '.join(ReolinkOptions.model_fields)}"
        )
    message = found["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return ConfigProblem(key, message[:1].lower() + message[1:])
