"""Which hub serves which RTSP path, `<camera id>/<stream name>`, and who may watch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.core.users import UserDirectory
    from bridge.media.hub import StreamHub


class StreamDirectory:
    """The streams that a listener offers, by path."""

    def __init__(self) -> None:
        self._hubs: dict[str, StreamHub] = {}
        self._users: dict[str, UserDirectory] = {}

    def find(self, path: str) -> StreamHub | None:
        """Return the hub of a path, with or without slashes around it; None if there is none."""
        return self._hubs.get(path.strip("/"))

    def users_of(self, path: str) -> UserDirectory | None:
        """Return the accounts that may watch a path, None if there is no such stream or it has none of its own."""
        return self._users.get(path.strip("/"))

    def add(self, path: str, hub: StreamHub, *, users: UserDirectory | None = None) -> None:
        """Offer a hub.

        Args:
            path: where.
            hub: the stream.
            users: who may watch it; None leaves that to the listener.

        Raises:
            ValueError: the path is taken.
        """
        key = path.strip("/")
        if key in self._hubs:
            raise ValueError(f"stream path {key!r} is taken")
        self._hubs[key] = hub
        if users is not None:
            self._users[key] = users

    def remove(self, path: str) -> None:
        """Offer it no longer; an unknown path is no error."""
        self._hubs.pop(path.strip("/"), None)
        self._users.pop(path.strip("/"), None)

    @property
    def hubs(self) -> tuple[StreamHub, ...]:
        """All hubs, for whoever shows their states."""
        return tuple(self._hubs.values())
