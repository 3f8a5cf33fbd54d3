"""The streams of one virtual device: a hub for each, its place in the directory, and its life.

A camera's description tells which streams it has. Those that are known or expected have their hubs from the start; one
that the camera tells for the first time gets its hub at that moment, for its address is told to clients from then on.
A stream that is told no longer keeps its hub: it may come back, and costs nothing while nobody watches.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from bridge.core.events import EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bridge.core.events import CameraEvent
    from bridge.media.backchannel import BackChannel
    from bridge.media.directory import StreamDirectory
    from bridge.media.hub import StreamHub
    from bridge.proto.rtsp.server import Entrance
    from bridge.runtime.supervisor import SupervisedCamera


class DeviceStreams:
    """The hubs of one device.

    Args:
        camera: whose descriptions and returns are followed.
        hubs: those that there are from the start, by name, best first.
        make_hub: makes the hub of one of the camera's own streams.

    Attributes:
        hubs: those that there are now; never changed, but replaced.
    """

    def __init__(
        self, camera: SupervisedCamera, hubs: Mapping[str, StreamHub], *, make_hub: Callable[[str], StreamHub]
    ) -> None:
        self.hubs = hubs
        self._camera = camera
        self._make_hub = make_hub
        self._offer: Callable[[str, StreamHub], None] | None = None
        self._more = asyncio.Event()
        camera.on_description(self._follow_description)
        camera.on_event(self._follow_event)

    @contextmanager
    def offered(
        self, directory: StreamDirectory, *, entrance: Entrance, back_channel: BackChannel | None
    ) -> Iterator[None]:
        """Have every stream in the directory, with what it asks of viewers, for as long as the context lasts."""

        def offer(name: str, hub: StreamHub) -> None:
            directory.add(self._path(name), hub, entrance=entrance, back_channel=back_channel)

        for name, hub in self.hubs.items():
            offer(name, hub)
        self._offer = offer
        try:
            yield
        finally:
            self._offer = None
            for name in self.hubs:
                directory.remove(self._path(name))

    async def run(self) -> NoReturn:
        """Run every hub, until cancelled."""
        running: set[str] = set()
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._more.clear()
                for name, hub in self.hubs.items():
                    if name not in running:
                        running.add(name)
                        tasks.create_task(hub.run(), name=f"{self._camera.id}: {name}")
                await self._more.wait()

    def _path(self, name: str) -> str:
        return f"{self._camera.id}/{name}"

    def _follow_event(self, event: CameraEvent) -> None:
        if event.kind is EventKind.SIGNAL_LOSS and not event.active:
            self._retry()

    def _retry(self) -> None:
        """Have no stream wait for what is over: a wrong password, a busy camera, something that it could not do."""
        for hub in self.hubs.values():
            hub.retry()

    def _follow_description(self) -> None:
        self._retry()
        description = self._camera.description
        told = () if description is None else description.streams
        made = {stream.name: self._make_hub(stream.name) for stream in told if stream.name not in self.hubs}
        if not made:
            return
        self.hubs = {**self.hubs, **made}
        self._more.set()
        if self._offer is not None:
            for name, hub in made.items():
                self._offer(name, hub)
