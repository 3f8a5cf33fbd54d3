"""Everything that can go wrong, as types.

```
BridgeError
├── ConfigError            the configuration file; carries every problem found
├── WireError              a peer sent bytes that are not the protocol
├── CameraError            a native camera; only drivers and sources create these
│   ├── Unreachable        no connection
│   ├── TimedOut           connected, but no answer in time
│   ├── AuthFailed         user or password refused
│   ├── Busy               no free session, throttled, locked
│   ├── Rejected           the camera answered with an error of its own
│   └── Unsupported        the camera (or this account) cannot do it
└── ClientFault            the ONVIF or RTSP client asked for something wrong
```

A caller decides by type and fields, never by text. `CameraError.retry_after_s` is how long the supervisor waits
before the next attempt: refusals are expensive (lock-outs), outages are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class BridgeError(Exception):
    """Root of all errors that the bridge raises on purpose."""


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing wrong in the configuration: where (`cameras[0].port`), what, and what to do about it."""

    path: str
    message: str


class ConfigError(BridgeError):
    """The configuration is not usable. All problems are in `problems`."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in problems))


class WireError(BridgeError):
    """A peer sent bytes that are not the protocol.

    Args:
        detail: what is wrong, without any of the peer's secrets.
        offset: position in the stream or message where it was seen, in bytes.
        peer: who sent it, filled in by the shell that knows.
    """

    def __init__(self, detail: str, *, offset: int | None = None, peer: str | None = None) -> None:
        self.detail = detail
        self.offset = offset
        self.peer = peer
        where = "" if offset is None else f" at byte {offset}"
        who = "" if peer is None else f" from {peer}"
        super().__init__(f"{detail}{where}{who}")


class CameraError(BridgeError):
    """A native camera could not do what was asked.

    Args:
        detail: one readable sentence: what happened and, where there is one, the remedy.
        camera: id of the camera, filled in by whoever knows it.
        operation: the native operation, in the vendor's own word.
    """

    retry_after_s: ClassVar[float] = 2.0

    def __init__(self, detail: str, *, camera: str = "", operation: str = "") -> None:
        self.detail = detail
        self.camera = camera
        self.operation = operation
        prefix = ": ".join(part for part in (camera, operation) if part)
        super().__init__(f"{prefix}: {detail}" if prefix else detail)


class Unreachable(CameraError):
    """No connection to the camera could be made, or it broke. Cheap to try again."""


class TimedOut(CameraError):
    """The camera accepted the connection but did not answer in time."""


class AuthFailed(CameraError):
    """The camera refused the user or the password. Trying again soon locks the account."""

    retry_after_s = 300.0


class Busy(CameraError):
    """The camera has no free session, throttles or has locked the account for a while.

    Args:
        wait_s: how long to stay away; differs between "all sessions in use" and "locked".
    """

    retry_after_s = 60.0

    def __init__(self, detail: str, *, camera: str = "", operation: str = "", wait_s: float = 60.0) -> None:
        super().__init__(detail, camera=camera, operation=operation)
        self.wait_s = wait_s


class Rejected(CameraError):
    """The camera answered with an error of its own.

    Args:
        native_code: the vendor's number or word, for the log.
    """

    def __init__(self, detail: str, *, native_code: int | str, camera: str = "", operation: str = "") -> None:
        super().__init__(detail, camera=camera, operation=operation)
        self.native_code = native_code


class Unsupported(CameraError):
    """The camera, its firmware or this account cannot do it; asking again changes nothing.

    Args:
        facet: the ability in question, e.g. `ptz`, or `camera` for a model that cannot be bridged at all.
    """

    retry_after_s = 300.0

    def __init__(self, detail: str, *, facet: str, camera: str = "", operation: str = "") -> None:
        super().__init__(detail, camera=camera, operation=operation)
        self.facet = facet


class InvalidValue(BridgeError):
    """A caller handed a facet a value that the camera's limits exclude.

    Args:
        reason: which of the well-known refusals it is, e.g. `no_preset`, `too_many_presets`, `moving`.
    """

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


class ClientFault(BridgeError):
    """The client's request cannot be served; becomes a SOAP fault.

    Args:
        code: `Sender` (the request is wrong) or `Receiver` (we cannot do it).
        subcodes: ONVIF subcodes, outermost first, without prefix: `("InvalidArgVal", "NoProfile")`.
        reason: one English sentence for the person who reads the fault.
    """

    def __init__(self, code: str, subcodes: tuple[str, ...], reason: str) -> None:
        self.code = code
        self.subcodes = subcodes
        self.reason = reason
        super().__init__(f"{code}/{'/'.join(subcodes)}: {reason}")
