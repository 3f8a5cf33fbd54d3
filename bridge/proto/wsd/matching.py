"""How the scopes of a Probe are compared with those of a device (WS-Discovery, April 2005, section 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from bridge.proto.soap.namespaces import WSD

if TYPE_CHECKING:
    from collections.abc import Callable

RFC3986 = f"{WSD}/rfc3986"
_UUID = f"{WSD}/uuid"
_LDAP = f"{WSD}/ldap"
_STRCMP0 = f"{WSD}/strcmp0"
_NONE = f"{WSD}/none"


def matches(rule: str, wanted: tuple[str, ...], scopes: tuple[str, ...]) -> bool:
    """Say whether each wanted scope is matched by some scope of the device.

    Raises:
        KeyError: the rule is none of `RULES`.
    """
    if rule == _NONE:
        return not scopes
    compare = _COMPARISONS[rule]
    return all(any(compare(want, scope) for scope in scopes) for want in wanted)


def _by_path(want: str, scope: str) -> bool:
    """Same scheme and authority in any case, and whole path segments of `want` as a prefix. Queries do not count."""
    wanted, present = _split(want), _split(scope)
    if wanted is None or present is None:
        return False
    if _place(wanted) != _place(present):
        return False
    prefix, path = _segments(wanted), _segments(present)
    return not {".", ".."} & {*prefix, *path} and path[: len(prefix)] == prefix


def _by_uuid(want: str, scope: str) -> bool:
    try:
        return UUID(want) == UUID(scope)
    except ValueError:
        return False


def _by_directory(want: str, scope: str) -> bool:
    """Same server, and the distinguished name of `want` above or equal to that of `scope` (its root is its end)."""
    wanted, present = _split(want), _split(scope)
    if wanted is None or present is None or _place(wanted) != _place(present):
        return False
    prefix, name = _relative_names(wanted), _relative_names(present)
    return name[: len(prefix)] == prefix


def _equal(want: str, scope: str) -> bool:
    return want == scope


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    RFC3986: _by_path,
    _UUID: _by_uuid,
    _LDAP: _by_directory,
    _STRCMP0: _equal,
}

RULES = (*_COMPARISONS, _NONE)
"""The rules that are understood. `none` compares nothing: it wants devices without scopes."""


def _split(uri: str) -> SplitResult | None:
    try:
        return urlsplit(uri)
    except ValueError:
        return None


def _place(uri: SplitResult) -> tuple[str, str]:
    return uri.scheme.lower(), uri.netloc.lower()


def _segments(uri: SplitResult) -> list[str]:
    """Return the path's segments; a slash at the end does not count."""
    return [unquote(segment) for segment in uri.path.rstrip("/").split("/")]


def _relative_names(uri: SplitResult) -> list[str]:
    """Return the parts of an LDAP URL's distinguished name, root first."""
    name = unquote(uri.path.strip("/"))
    return [part.strip() for part in reversed(name.split(","))] if name else []
