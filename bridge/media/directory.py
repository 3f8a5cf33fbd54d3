"""Which hub serves which RTSP path, which of its tracks a path shows, who may watch it, and whether one can talk back.

A stream has the path `<camera id>/<stream name>` and shows everything. One more part names the only kinds of tracks
that are shown, like `<camera id>/<stream name>/video+metadata`: a view, for media profiles that hold less than their
stream has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.media.backchannel import BackChannel
from bridge.media.hub import StreamHub
from bridge.media.source import MediaKind, StreamDescription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bridge.proto.rtsp.server import Entrance

_WORDS = {"video": MediaKind.VIDEO, "audio": MediaKind.AUDIO, "metadata": MediaKind.APPLICATION}
"""What a view may be called after, in the order in which the words are written."""


def view_path(path: str, kinds: Iterable[MediaKind]) -> str:
    """Return the path of a stream's view that shows only these kinds of tracks; there is at least one."""
    shown = frozenset(kinds)
    return f"{path}/{'+'.join(word for word, kind in _WORDS.items() if kind in shown)}"


@dataclass(frozen=True, slots=True)
class StreamView:
    """What a path leads to: a hub, the kinds of tracks that are shown, None for all, and the camera's loudspeaker.

    Whoever sees any part of a stream can talk back: a path says what is shown, and nothing is shown of a back channel.
    """

    hub: StreamHub
    kinds: frozenset[MediaKind] | None = None
    back_channel: BackChannel | None = None

    def tracks(self, description: StreamDescription) -> tuple[int, ...]:
        """Return the numbers of the tracks that are shown, in their order."""
        return tuple(
            number for number, track in enumerate(description.tracks) if self.kinds is None or track.kind in self.kinds
        )


class StreamDirectory:
    """The streams that a listener offers, by path."""

    def __init__(self) -> None:
        self._hubs: dict[str, StreamHub] = {}
        self._entrances: dict[str, Entrance] = {}
        self._back_channels: dict[str, BackChannel] = {}
        self._removal_listeners: list[Callable[[StreamHub], None]] = []

    def on_removal(self, listener: Callable[[StreamHub], None]) -> None:
        """Have a function called with every hub that is offered no longer."""
        self._removal_listeners.append(listener)

    def find(self, path: str) -> StreamView | None:
        """Return what is shown under a path, with or without slashes around it; None if there is nothing."""
        key = path.strip("/")
        if key in self._hubs:
            return StreamView(self._hubs[key], back_channel=self._back_channels.get(key))
        stream, _, words = key.rpartition("/")
        kinds = frozenset(_WORDS[word] for word in words.split("+") if word in _WORDS)
        if stream not in self._hubs or view_path(stream, kinds) != key:
            return None
        return StreamView(self._hubs[stream], kinds, self._back_channels.get(stream))

    def entrance_of(self, path: str) -> Entrance | None:
        """Return what a path asks of viewers, None if there is no such stream or it leaves that to the listener."""
        key = path.strip("/")
        # A view is seen by those who may watch the stream.
        return self._entrances.get(key if key in self._hubs else key.rpartition("/")[0])

    def add(
        self,
        path: str,
        hub: StreamHub,
        *,
        entrance: Entrance | None = None,
        back_channel: BackChannel | None = None,
    ) -> None:
        """Offer a hub.

        Args:
            path: where.
            hub: the stream.
            entrance: what it asks of viewers; None leaves that to the listener.
            back_channel: to the camera's loudspeaker; None if viewers can never talk.

        Raises:
            ValueError: the path is taken.
        """
        key = path.strip("/")
        if key in self._hubs:
            raise ValueError(f"stream path {key!r} is taken")
        self._hubs[key] = hub
        if entrance is not None:
            self._entrances[key] = entrance
        if back_channel is not None:
            self._back_channels[key] = back_channel

    def remove(self, path: str) -> None:
        """Offer it no longer; an unknown path is no error."""
        key = path.strip("/")
        hub = self._hubs.pop(key, None)
        self._entrances.pop(key, None)
        self._back_channels.pop(key, None)
        if hub is not None:
            for listener in self._removal_listeners:
                listener(hub)

    @property
    def hubs(self) -> tuple[StreamHub, ...]:
        """All hubs, for whoever shows their states."""
        return tuple(self._hubs.values())
