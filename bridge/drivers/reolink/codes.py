"""What the camera's error numbers mean, and what follows from each (vendor document, table 4.1).

The document names about ninety numbers; those that only concern e-mail, FTP, cloud and firmware tests can not come
back from the commands used here and are left to the rule for unknown numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from bridge.core.errors import AuthFailed, Busy, Rejected, Unreachable, Unsupported

if TYPE_CHECKING:
    from bridge.core.errors import CameraError

SUCCESS: Final = 0
UNKNOWN_COMMAND: Final = -9
WRONG_PARAMETER: Final = -4
PROTOCOL: Final = -10
TIMEOUT: Final = -8
UNKNOWN_TROUBLE: Final = -25

LOCKED_WAIT_S: Final = 300.0
"""New firmware bans an address for about five minutes."""

SESSIONS_WAIT_S: Final = 60.0


class ChannelOffline(Unreachable):
    """The recorder is there, and has no camera at this channel at the moment."""


class Reaction(Enum):
    """What a driver does about an error."""

    LOG_IN_AGAIN = auto()
    SESSIONS_IN_USE = auto()
    WRONG_PASSWORD = auto()
    PRIVATE_LOGIN = auto()
    LOCKED_OUT = auto()
    NOT_SUPPORTED = auto()
    WRONG_CHANNEL = auto()
    CHANNEL_OFFLINE = auto()
    REPEAT_ONCE = auto()
    REPEAT_PATIENTLY = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class Meaning:
    """One number of the table: in words, and what to do."""

    words: str
    reaction: Reaction


def _same(reaction: Reaction, words: dict[int, str]) -> dict[int, Meaning]:
    return {code: Meaning(text, reaction) for code, text in words.items()}


CODES: Final[dict[int, Meaning]] = {
    **_same(Reaction.LOG_IN_AGAIN, {-6: "a login is needed", -21: "the login token is not valid"}),
    **_same(
        Reaction.SESSIONS_IN_USE,
        {
            -5: "all sessions are in use: close apps and recorders that use the camera",
            -500: "too many logins",
            -507: "too many addresses are logged in",
        },
    ),
    **_same(
        Reaction.WRONG_PASSWORD,
        {
            -7: "login failed",
            -27: "there is no such user",
            -501: "there is no such user",
            -502: "wrong password",
        },
    ),
    **_same(
        Reaction.PRIVATE_LOGIN,
        {
            -46: "another kind of login is wanted",
            -47: "another kind of login is wanted",
            -301: "an encrypted login is wanted",
            -310: "an encrypted login is wanted",
        },
    ),
    **_same(
        Reaction.LOCKED_OUT,
        {
            -105: "too many logins in a short time",
            -503: "logins are denied",
            -505: "the camera is not set up yet: set a password in the vendor's app",
            -506: "the account is locked after wrong passwords",
        },
    ),
    **_same(
        Reaction.NOT_SUPPORTED,
        {
            -9: "not supported",
            -24: "unknown command",
            -26: "not supported, or the account lacks the right (an administrator's account is needed)",
        },
    ),
    **_same(Reaction.WRONG_CHANNEL, {-49: "there is no such channel: check the key channel in the configuration"}),
    **_same(Reaction.CHANNEL_OFFLINE, {-99: "the recorder's channel is offline"}),
    **_same(
        Reaction.REPEAT_ONCE,
        {
            -2: "out of memory",
            TIMEOUT: "the camera timed out inside",
            -11: "the camera's web interface failed",
            -12: "reading the setting failed",
            -13: "writing the setting failed",
            -14: "a connection inside the camera failed",
            -15: "sending inside the camera failed",
            -16: "sending failed",
            -17: "receiving failed",
            -18: "opening a file failed",
            -19: "reading a file failed",
            -20: "writing a file failed",
            UNKNOWN_TROUBLE: "internal error",
            -48: "taking the snapshot failed",
        },
    ),
    **_same(Reaction.REPEAT_PATIENTLY, {-31: "an upgrade is running", -221: "busy with recordings"}),
    **_same(
        Reaction.GIVE_UP,
        {
            -1: "a parameter is missing",
            -3: "the check of a parameter failed",
            -4: "a parameter is wrong",
            PROTOCOL: "the request was not understood",
            -22: "a text is too long",
            -23: "a parameter is missing",
        },
    ),
}


def meaning_of(code: int) -> Meaning:
    """Return what a number means; one that is in no table counts as trouble inside the camera."""
    return CODES.get(code) or Meaning("an error that the vendor does not document", Reaction.REPEAT_ONCE)


def error_for(code: int, *, operation: str, camera: str) -> CameraError:
    """Return the error that a native error number becomes once nothing more can be tried.

    Args:
        code: the camera's `rspCode`.
        operation: the native command that was answered so.
        camera: id of the camera.
    """
    meaning = meaning_of(code)
    words = f"{meaning.words} (code {code})"
    match meaning.reaction:
        case Reaction.WRONG_PASSWORD | Reaction.PRIVATE_LOGIN:
            return AuthFailed(f"the camera refuses username or password: {words}", camera=camera, operation=operation)
        case Reaction.SESSIONS_IN_USE | Reaction.LOCKED_OUT:
            wait_s = LOCKED_WAIT_S if meaning.reaction is Reaction.LOCKED_OUT else SESSIONS_WAIT_S
            return Busy(words, camera=camera, operation=operation, wait_s=wait_s)
        case Reaction.NOT_SUPPORTED | Reaction.WRONG_CHANNEL:
            facet = "camera" if meaning.reaction is Reaction.WRONG_CHANNEL else operation
            return Unsupported(words, facet=facet, camera=camera, operation=operation)
        case Reaction.CHANNEL_OFFLINE:
            return ChannelOffline(words, camera=camera, operation=operation)
        case _:
            return Rejected(words, native_code=code, camera=camera, operation=operation)
