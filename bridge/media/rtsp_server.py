"""The RTSP listener: the asyncio shell around `proto.rtsp.server`, between viewers and stream hubs.

One coroutine per connection reads requests and answers them in order. Packets never pass through it: the hub calls
the viewer (`InterleavedViewer`, `UdpViewer`), which writes or drops at once. A viewer that has stopped reading holds
one bounded buffer until its session runs out, and nobody else notices.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import CameraError
from bridge.media.hub import StreamHub
from bridge.media.interleaved import MOST_QUEUED_BYTES, InterleavedViewer
from bridge.media.source import StreamDescription
from bridge.media.udp import UdpPorts, UdpViewer
from bridge.proto.rtsp import sdp
from bridge.proto.rtsp.headers import DEFAULT_SESSION_TIMEOUT_S, Lower
from bridge.proto.rtsp.server import (
    BrokenInput,
    DescribeWanted,
    PauseWanted,
    PlayWanted,
    ServerConnection,
    SessionEnded,
    SetupWanted,
    TrackStart,
    control_of,
)
from bridge.proto.rtsp.session import RtspSession, SessionTable

if TYPE_CHECKING:
    from bridge.core.timing import Clock
    from bridge.core.users import UserDirectory
    from bridge.media.directory import StreamDirectory
    from bridge.media.udp import Address
    from bridge.proto.http.digest import DigestServer
    from bridge.proto.rtsp.server import Event

MOST_CONNECTIONS = 512
"""Connections at once: twice the sessions, so that probing clients do not shut viewers out."""

DESCRIBE_S = 8.0
"""How long a client waits for a camera that has never been seen: below the 10 s after which most give up."""

IDLE_S = 60.0
"""How long a connection without a session may stay silent."""

FLUSH_S = 5.0
"""How long a client may take to read an answer when its buffer is full, and the last bytes when it ends."""

READ_BYTES = 16 * 1024
"""Requests and receiver reports are small."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ViewerState:
    """One session for whoever shows them: which stream, to which host, over what, and batches lost to slowness."""

    path: str
    peer: str
    lower: Lower
    dropped: int


@dataclass(slots=True, eq=False)
class _View:
    """What the shell holds for one session."""

    session: RtspSession
    hub: StreamHub
    description: StreamDescription
    client: _Client
    ports: dict[int, UdpPorts] = field(default_factory=dict)
    viewer: InterleavedViewer | UdpViewer | None = None

    def stop(self) -> None:
        """No more packets from now on."""
        if self.viewer is not None:
            self.hub.detach(self.viewer)

    def close(self) -> None:
        """Give everything back."""
        self.stop()
        for ports in self.ports.values():
            ports.close()
        self.ports.clear()


class RtspServer:
    """Serves the streams of a directory.

    Args:
        directory: which stream is at which path.
        digest: makes challenges and judges credentials.
        users: who may watch the streams to which the directory gives no accounts of their own.
        clock: of sessions.
        session_timeout_s: how long sessions live without a sign of life, as announced to clients.
        idle_s: how long connections without a session may stay silent.
    """

    def __init__(
        self,
        directory: StreamDirectory,
        *,
        digest: DigestServer,
        users: UserDirectory,
        clock: Clock,
        session_timeout_s: int = DEFAULT_SESSION_TIMEOUT_S,
        idle_s: float = IDLE_S,
    ) -> None:
        self.directory = directory
        self.digest = digest
        self.users = users
        self.clock = clock
        self.idle_s = idle_s
        self.sessions = SessionTable(lambda: secrets.token_hex(8), timeout_s=session_timeout_s)
        self._views: dict[str, _View] = {}
        self._clients: dict[_Client, asyncio.Task[None]] = {}
        self._was_full = False
        self._listener: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; 0 while there is none."""
        if self._listener is None or not self._listener.sockets:
            return 0
        return int(self._listener.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._clients)

    @property
    def viewers(self) -> tuple[ViewerState, ...]:
        """All sessions that have begun to play."""
        return tuple(
            ViewerState(view.session.path, view.client.peer[0], view.session.lower, view.viewer.dropped)
            for view in self._views.values()
            if view.viewer is not None
        )

    async def start(self, host: str, port: int) -> None:
        """Begin to listen.

        Raises:
            OSError: the address or port is not to be had.
        """
        self._listener = await asyncio.start_server(self._serve, host, port)
        _log.info("rtsp.listening", host=host, port=self.port)

    async def close(self) -> None:
        """End every session and connection, and stop listening."""
        if self._listener is not None:
            self._listener.close()
        for view in tuple(self._views.values()):
            self.end(view.session, "the server stops")
        tasks = tuple(self._clients.values())
        for client in self._clients:
            client.end()
        if tasks:
            await asyncio.wait(tasks)
        if self._listener is not None:
            await self._listener.wait_closed()
            self._listener = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def users_of(self, path: str) -> UserDirectory:
        """Return who may watch the stream of a path."""
        users = self.directory.users_of(path)
        return self.users if users is None else users

    # -- for the connections ---------------------------------------------------------------------------------------

    def view(self, session: RtspSession) -> _View | None:
        """Return what is held for a session."""
        return self._views.get(session.id)

    def keep(self, view: _View) -> None:
        """Hold a session from its first SETUP on."""
        self._views[view.session.id] = view
        self._arm()

    def end(self, session: RtspSession, reason: str) -> None:
        """Give back what is held for a session; one that has ended already is no error."""
        view = self._views.pop(session.id, None)
        if view is None:
            return
        view.close()
        view.client.connection.drop(session)
        _log.info(
            "rtsp.session_ended",
            stream=session.path,
            peer=view.client.peer[0],
            reason=reason,
            dropped=view.viewer.dropped if view.viewer else 0,
        )

    def cut(self, session: RtspSession, reason: str) -> None:
        """End a session against the client's will: its connection goes too, so that it learns of it."""
        view = self._views.get(session.id)
        self.end(session, reason)
        if view is not None and not view.client.connection.has_sessions:
            view.client.end()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        is_full = len(self._clients) >= MOST_CONNECTIONS
        if is_full and not self._was_full:
            _log.warning("rtsp.too_many_connections", most=MOST_CONNECTIONS)
        self._was_full = is_full
        if is_full or task is None:
            writer.transport.abort()
            return
        client = _Client(self, reader, writer)
        self._clients[client] = task
        try:
            await client.run()
        finally:
            del self._clients[client]

    def _arm(self) -> None:
        """Look at the sessions again when the first of them may run out."""
        deadline = self.sessions.next_deadline()
        if self._timer is None and deadline is not None:
            delay_s = max(0.0, deadline - self.clock.now())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._expire)

    def _expire(self) -> None:
        self._timer = None
        for session in self.sessions.expire(self.clock.now()):
            self.cut(session, "no sign of life from the client")
        self._arm()


class _Client:
    """One connection."""

    def __init__(self, server: RtspServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connection = ServerConnection(server.sessions, digest=server.digest, users_of=server.users_of)
        self.peer: Address = writer.get_extra_info("peername") or ("",)
        self._local: Address = writer.get_extra_info("sockname") or ("",)
        self._server = server
        self._reader = reader
        self._writer = writer
        self._life = asyncio.timeout(None)
        self._is_conversing = False
        # A write buffer that is full of packets must not hold up answers; one that is fuller means a dead client.
        writer.transport.set_write_buffer_limits(high=2 * MOST_QUEUED_BYTES)

    async def run(self) -> None:
        """Answer requests until one side ends the connection."""
        try:
            async with self._life:
                self._is_conversing = True
                await self._converse()
        except (OSError, TimeoutError):
            # The peer went away, did not read its answers, or `end` was called.
            self._writer.transport.abort()
        finally:
            self._is_conversing = False
            for session in tuple(self.connection.sessions):
                if session.lower is Lower.TCP:
                    self._server.end(session, "the connection ended")
            if self.connection.wrong_logins:
                _log.warning("rtsp.login_refused", peer=self.peer[0], attempts=self.connection.wrong_logins)
            await self._close()

    def end(self) -> None:
        """Make `run` return soon, whatever it waits for."""
        self._writer.transport.abort()
        if self._is_conversing:
            self._life.reschedule(asyncio.get_running_loop().time())

    async def _converse(self) -> None:
        while not self.connection.is_closing:
            try:
                async with asyncio.timeout(self._server.idle_s):
                    data = await self._reader.read(READ_BYTES)
            except TimeoutError:
                if self.connection.has_sessions:
                    continue
                return
            if not data:
                return
            for event in self.connection.receive(data, self._server.clock.now()):
                await self._answer(event)
                self._flush()
            self._flush()
            async with asyncio.timeout(FLUSH_S):
                await self._writer.drain()

    def _flush(self) -> None:
        data = self.connection.bytes_to_send()
        if data:
            self._writer.write(data)

    async def _close(self) -> None:
        """Let the last answer out, but do not wait for ever for a client that does not read it."""
        self._writer.close()
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    # -- events of the machine -------------------------------------------------------------------------------------

    async def _answer(self, event: Event) -> None:
        match event:
            case DescribeWanted():
                await self._describe(event)
            case SetupWanted():
                await self._set_up(event)
            case PlayWanted():
                await self._play(event)
            case PauseWanted(session):
                view = self._server.view(session)
                if view is not None:
                    view.stop()
            case SessionEnded(session):
                self._server.end(session, "the client ended it")
            case BrokenInput(error):
                _log.warning("rtsp.broken_input", peer=self.peer[0], detail=error.detail, offset=error.offset)

    async def _open(self, path: str) -> tuple[StreamHub, StreamDescription] | None:
        """Return a stream and its tracks; if there is no such stream, or no word from its camera, refuse."""
        hub = self._server.directory.find(path)
        if hub is None:
            self.connection.refuse(404)
            return None
        try:
            return hub, await hub.description(timeout_s=DESCRIBE_S)
        except CameraError as error:
            self.connection.refuse(503, f"Camera Not Available: {error.detail}")
            return None

    async def _describe(self, event: DescribeWanted) -> None:
        stream = await self._open(event.path)
        if stream is not None:
            session = to_session_description(stream[1])
            self.connection.described(sdp.build(session, name=event.path, address=self._local[0]))

    async def _set_up(self, event: SetupWanted) -> None:
        stream = await self._open(event.session.path)
        if stream is None:
            return
        hub, description = stream
        if event.track >= len(description.tracks):
            self.connection.refuse(404)
            return
        session, transport = event.session, event.transport
        view = self._server.view(session) or _View(session, hub, description, self)
        server_port = None
        if transport.client_port is not None:
            try:
                server_port = self._open_ports(view, event.track, transport.client_port)
            except OSError as error:
                _log.warning("rtsp.no_udp_ports", peer=self.peer[0], detail=str(error))
                self.connection.refuse(453)
                return
        complete = replace(transport, server_port=server_port, ssrc=hub.position(event.track).ssrc)
        self.connection.set_up(event, complete, self._server.clock.now())
        self._server.keep(view)

    def _open_ports(self, view: _View, track: int, client_port: tuple[int, int]) -> tuple[int, int]:
        sessions, clock = self._server.sessions, self._server.clock
        ports = UdpPorts(
            self._local, self.peer, client_port, on_report=lambda: sessions.touch(view.session, clock.now())
        )
        replaced = view.ports.pop(track, None)
        if replaced is not None:
            replaced.close()
        view.ports[track] = ports
        return ports.server_port

    async def _play(self, event: PlayWanted) -> None:
        session = event.session
        stream = await self._open(session.path)
        if stream is None:
            return
        view = self._server.view(session)
        if view is None or view.hub is not stream[0] or not stream[1].continues(view.description):
            # What was set up is not there any more; the client has to describe and set up again.
            self._server.end(session, "the stream has changed")
            self.connection.refuse(454)
            return
        positions = [(track, view.hub.position(track)) for track in sorted(session.tracks)]
        starts = [TrackStart(track, position.seq, position.rtp_time) for track, position in positions]
        self.connection.play(event, starts, self._server.clock.utc())
        self._flush()
        view.viewer = self._make_viewer(view)
        view.hub.attach(view.viewer)
        _log.info("rtsp.session_plays", stream=session.path, peer=self.peer[0], transport=session.lower.value)

    def _make_viewer(self, view: _View) -> InterleavedViewer | UdpViewer:
        def on_ended(reason: str) -> None:
            self._server.cut(view.session, reason)

        if view.session.lower is Lower.UDP:
            return UdpViewer(view.ports, on_ended)
        channels: list[int | None] = [None] * (2 * len(view.description.tracks))
        for track, transport in view.session.tracks.items():
            if transport.interleaved is not None:
                channels[2 * track : 2 * track + 2] = transport.interleaved
        return InterleavedViewer(self._writer.transport, tuple(channels), on_ended)


def to_session_description(description: StreamDescription) -> sdp.SessionDescription:
    """Return what viewers are told of a stream: its tracks as the camera described them, under our control URLs."""
    return sdp.SessionDescription(
        tuple(
            sdp.Media(
                kind=track.kind.value,
                payload_types=(track.payload_type,),
                control=control_of(number),
                rtpmaps={track.payload_type: sdp.RtpMap(track.encoding, track.clock_rate, track.channels)},
                fmtps={track.payload_type: track.fmtp} if track.fmtp else {},
                frame_rate=track.frame_rate,
                direction=sdp.Direction.RECVONLY,
            )
            for number, track in enumerate(description.tracks)
        ),
        control="*",
    )
