"""The RTSP listener: the asyncio shell around `proto.rtsp.server`, between viewers and stream hubs.

One coroutine per connection reads requests and answers them in order. Packets never pass through it: the hub calls
the viewer (`InterleavedViewer`, `UdpViewer`), which writes or drops at once. A viewer that has stopped reading holds
one bounded buffer until its session runs out, and nobody else notices. What a viewer says himself goes the other way,
to the `Talker` of his session.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import CameraError
from bridge.core.users import User
from bridge.media.backchannel import BackChannel, Talker
from bridge.media.batch import split_frames
from bridge.media.description import session_description
from bridge.media.interleaved import MOST_QUEUED_BYTES, InterleavedViewer
from bridge.media.shown import Shown
from bridge.media.udp import UdpPorts, UdpViewer
from bridge.proto.http.guessing import GuessingBrake
from bridge.proto.rtp.packet import FRAME_HEADER, FRAME_MAGIC
from bridge.proto.rtsp import sdp
from bridge.proto.rtsp.headers import BACK_CHANNEL_FEATURE, DEFAULT_SESSION_TIMEOUT_S, Lower
from bridge.proto.rtsp.server import (
    BACK_CHANNEL,
    BrokenInput,
    DescribeWanted,
    Entrance,
    PacketsReceived,
    PauseWanted,
    PlayWanted,
    ServerConnection,
    SessionEnded,
    SetupWanted,
    Stage,
    TrackStart,
)
from bridge.proto.rtsp.session import RtspSession, SessionPhase, SessionTable

if TYPE_CHECKING:
    from bridge.core.timing import Clock
    from bridge.core.users import UserDirectory
    from bridge.media.directory import StreamDirectory
    from bridge.media.hub import StreamHub
    from bridge.media.udp import Address
    from bridge.proto.http.digest import DigestServer
    from bridge.proto.rtsp.server import Event

MOST_CONNECTIONS = 512
"""Connections at once: twice the sessions, so that probing clients do not shut viewers out."""

DESCRIBE_S = 8.0
"""How long a client waits for a camera that has never been seen: below the 10 s after which most give up."""

BEGIN_S = 0.3
"""How long the first viewer waits for the first packets of a stream that has just been opened."""

IDLE_S = 60.0
"""How long a connection without a session may stay silent."""

FLUSH_S = 5.0
"""How long a client may take to read an answer when its buffer is full, and the last bytes when it ends."""

READ_BYTES = 16 * 1024
"""Requests and receiver reports are small."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long what is waited for.

    Attributes:
        session_s: for a sign of life from a session, as clients are told.
        idle_s: for a request on a connection without a session.
        begin_s: for a packet of every track, before a viewer is told their numbers.
    """

    session_s: int = DEFAULT_SESSION_TIMEOUT_S
    idle_s: float = IDLE_S
    begin_s: float = BEGIN_S


@dataclass(frozen=True, slots=True)
class ViewerState:
    """One session for whoever shows them: which stream, to which host, over what, and batches lost to slowness."""

    path: str
    peer: str
    lower: Lower
    dropped: int


@dataclass(slots=True, eq=False)
class _View:
    """What the shell holds for one session; `ports` are by the hub's track numbers, or `BACK_CHANNEL`.

    `user` is the account as it was when the session was set up, None where nobody is asked. `talker` takes what comes
    on the back channel, None if the session has none.
    """

    session: RtspSession
    stream: Shown
    client: _Client
    user: User | None
    ports: dict[int, UdpPorts] = field(default_factory=dict)
    viewer: InterleavedViewer | UdpViewer | None = None
    talker: Talker | None = None

    @property
    def dropped(self) -> int:
        """Batches that were lost to slowness since the last PLAY."""
        return 0 if self.viewer is None else self.viewer.dropped

    def hear(self, packet: bytes | memoryview) -> bool:
        """Take a packet of the back channel; return whether it was one, and the session plays."""
        return self.talker is not None and self.session.phase is SessionPhase.PLAYING and self.talker.receive(packet)

    def stop(self) -> None:
        """No more packets from now on, either way."""
        if self.viewer is not None:
            self.stream.hub.detach(self.viewer)
        if self.talker is not None:
            self.talker.leave()

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
        users: who may watch the streams for which the directory says nothing about that.
        clock: of sessions.
        brake: slows guessing down; one of its own unless given.
        waits: how long what is waited for.
    """

    def __init__(
        self,
        directory: StreamDirectory,
        *,
        digest: DigestServer,
        users: UserDirectory,
        clock: Clock,
        brake: GuessingBrake | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.directory = directory
        self.digest = digest
        self.brake = brake or GuessingBrake()
        self.clock = clock
        self.waits = waits or Waits()
        self._entrance = Entrance(users)
        self.sessions = SessionTable(lambda: secrets.token_hex(8), timeout_s=self.waits.session_s)
        self._views: dict[str, _View] = {}
        self._clients: dict[_Client, asyncio.Task[None]] = {}
        self._was_full = False
        directory.on_removal(self._cut_stream)
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
        """All sessions that play, those that only talk included."""
        return tuple(
            ViewerState(view.session.path, view.client.peer[0], view.session.lower, view.dropped)
            for view in self._views.values()
            if view.session.phase is SessionPhase.PLAYING
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

    def protocol(self) -> asyncio.Protocol:
        """Return the protocol of one more connection, for one that did not come to `port` but through a tunnel."""
        loop = asyncio.get_running_loop()
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), self._serve, loop)

    def stage_of(self, transport: asyncio.BaseTransport) -> Stage:
        """Return what has become of the sessions of a connection, which has to have a protocol of this server."""
        stages = (client.connection.stage for client in self._clients if client.is_on(transport))
        return next(stages, Stage.FRESH)

    def entrance_of(self, path: str) -> Entrance:
        """Return what the stream of a path asks of viewers."""
        return self.directory.entrance_of(path) or self._entrance

    def features_of(self, path: str) -> frozenset[str]:
        """Return the RTSP features that a stream has; where there is none, that is what the client has to be told."""
        found = self.directory.find(path)
        can_talk = found is None or (found.back_channel is not None and found.back_channel.offered)
        return frozenset({BACK_CHANNEL_FEATURE}) if can_talk else frozenset()

    def user_of(self, session: RtspSession) -> User | None:
        """Return the account that a session belongs to, as it is now; None if it is gone or nobody is asked."""
        users = self.entrance_of(session.path).users
        return None if users is None else users.find(session.username)

    def cut_strangers(self) -> None:
        """End the sessions of accounts that are gone or have another password; for whoever has changed accounts."""
        for view in tuple(self._views.values()):
            if view.user is None:
                continue
            now = self.user_of(view.session)
            if now is None or now.password != view.user.password:
                self.cut(view.session, "the account was changed")

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
            dropped=view.dropped,
        )

    def cut(self, session: RtspSession, reason: str) -> None:
        """End a session against the client's will: its connection goes too, so that it learns of it."""
        view = self._views.get(session.id)
        self.end(session, reason)
        if view is not None and not view.client.connection.has_sessions:
            view.client.end()

    def _cut_stream(self, hub: StreamHub) -> None:
        for view in tuple(self._views.values()):
            if view.stream.hub is hub:
                self.cut(view.session, "the camera was taken out of the configuration, or changed there")

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
        self.peer: Address = writer.get_extra_info("peername") or ("",)
        self.connection = ServerConnection(
            server.sessions,
            digest=server.digest,
            entrance_of=server.entrance_of,
            brake=server.brake,
            address=self.peer[0],
            features_of=server.features_of,
        )
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

    def is_on(self, transport: asyncio.BaseTransport) -> bool:
        """Whether this is the client of a connection."""
        return self._writer.transport is transport

    def end(self) -> None:
        """Make `run` return soon, whatever it waits for."""
        self._writer.transport.abort()
        if self._is_conversing:
            self._life.reschedule(asyncio.get_running_loop().time())

    async def _converse(self) -> None:
        while not self.connection.is_closing:
            try:
                async with asyncio.timeout(self._server.waits.idle_s):
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
            if self.connection.hold_s:
                await asyncio.sleep(self.connection.hold_s)
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
            case PacketsReceived(session, frames):
                self._hear(session, frames)
            case PauseWanted(session):
                view = self._server.view(session)
                if view is not None:
                    view.stop()
            case SessionEnded(session):
                self._server.end(session, "the client ended it")
            case BrokenInput(error):
                _log.warning("rtsp.broken_input", peer=self.peer[0], detail=error.detail, offset=error.offset)

    async def _open(self, path: str) -> Shown | None:
        """Return what a path shows; if there is no such stream, or no word from its camera, refuse."""
        found = self._server.directory.find(path)
        if found is None:
            self.connection.refuse(404)
            return None
        try:
            whole = await found.hub.description(timeout_s=DESCRIBE_S)
        except CameraError as error:
            self.connection.refuse(503, f"Camera Not Available: {error.detail}")
            return None
        tracks = found.tracks(whole)
        if not tracks:
            self.connection.refuse(404)
            return None
        can_talk = found.back_channel is not None and found.back_channel.offered
        return Shown(found.hub, whole, tracks, found.back_channel if can_talk else None)

    async def _describe(self, event: DescribeWanted) -> None:
        stream = await self._open(event.path)
        if stream is not None:
            wanted = stream.back_channel if event.wants_back_channel else None
            session = session_description(stream.description, wanted.offered.values() if wanted else ())
            self.connection.described(sdp.build(session, name=event.path, address=self._local[0]))

    async def _set_up(self, event: SetupWanted) -> None:
        # The account that has just proved itself: while the camera is waited for, it may be changed.
        user = self._server.user_of(event.session)
        stream = await self._open(event.session.path)
        if stream is None:
            return
        if event.track != BACK_CHANNEL:
            await stream.hub.begun(timeout_s=self._server.waits.begin_s)
        # From here on nothing is waited for, so that what is judged stays true, and what is opened is kept.
        view = self._server.view(event.session)
        status = self._refusal(event.session, view, stream)
        if status is None:
            status = stream.refusal(event.track, view.talker if view else None)
        if status is not None:
            self.connection.refuse(status)
            return
        view = view or _View(event.session, stream, self, user)
        track, transport = BACK_CHANNEL, event.transport
        if event.track != BACK_CHANNEL:
            track = stream.tracks[event.track]
            transport = replace(transport, ssrc=stream.hub.position(track).ssrc)
        if transport.client_port is not None:
            try:
                transport = replace(transport, server_port=self._open_ports(view, track, transport.client_port))
            except OSError as error:
                _log.warning("rtsp.no_udp_ports", peer=self.peer[0], detail=str(error))
                self.connection.refuse(453)
                return
        if track == BACK_CHANNEL and view.talker is None and stream.back_channel is not None:
            view.talker = self._make_talker(view, stream.back_channel)
        self.connection.set_up(event, transport, self._server.clock.now())
        self._server.keep(view)

    def _refusal(self, session: RtspSession, view: _View | None, stream: Shown) -> int | None:
        """Return the status that refuses a SETUP for what has become of session and stream; None if it can go on."""
        if not stream.is_shown_by(self._server.directory.find(session.path)):
            return 404
        if session.phase is SessionPhase.INIT:
            return None if self.connection.has_room else 453
        if view is None or not view.stream.is_continued_by(stream):
            return 454
        return 455 if session.phase is SessionPhase.PLAYING else None

    def _make_talker(self, view: _View, channel: BackChannel) -> Talker:
        def send_report(report: bytes) -> None:
            transport = view.session.tracks[BACK_CHANNEL]
            if transport.interleaved is None:
                view.ports[BACK_CHANNEL].send([memoryview(report)], is_rtcp=True)
            elif self._writer.transport.get_write_buffer_size() < MOST_QUEUED_BYTES:
                self._writer.write(FRAME_HEADER.pack(FRAME_MAGIC, transport.interleaved[1], len(report)) + report)

        return Talker(channel, ssrc=secrets.randbits(32), send_report=send_report)

    def _hear(self, session: RtspSession, frames: bytes) -> None:
        """Hand over what came on a session's back channel inside of this connection."""
        view = self._server.view(session)
        channels = session.tracks[BACK_CHANNEL].interleaved
        if view is not None and channels is not None:
            for channel, packet in split_frames(frames):
                if channel == channels[0]:
                    view.hear(packet)

    def _open_ports(self, view: _View, track: int, client_port: tuple[int, int]) -> tuple[int, int]:
        sessions, clock = self._server.sessions, self._server.clock

        def touch() -> None:
            sessions.touch(view.session, clock.now())

        def hear(packet: bytes) -> None:
            if view.hear(packet):
                touch()

        ports = UdpPorts(
            self._local, self.peer, client_port, on_report=touch, on_packet=hear if track == BACK_CHANNEL else None
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
        if view is None or not view.stream.is_continued_by(stream):
            # What was set up is not there any more; the client has to describe and set up again.
            self._server.end(session, "the stream has changed")
            self.connection.refuse(454)
            return
        if session.phase is SessionPhase.PLAYING:
            # Over UDP another connection may have come first, while the camera was waited for.
            self.connection.play_on(session)
            return
        watched = sorted(track for track in session.tracks if track != BACK_CHANNEL)
        if not watched and view.talker is not None and view.talker.is_locked_out:
            self.connection.refuse(453)
            return
        positions = [(track, stream.hub.position(stream.tracks[track])) for track in watched]
        starts = [TrackStart(track, position.seq, position.rtp_time) for track, position in positions]
        self.connection.play(event, starts, self._server.clock.utc())
        self._flush()
        if watched:
            view.viewer = self._make_viewer(view)
            stream.hub.attach(view.viewer)
        _log.info("rtsp.session_plays", stream=session.path, peer=self.peer[0], transport=session.lower.value)

    def _make_viewer(self, view: _View) -> InterleavedViewer | UdpViewer:
        def on_ended(reason: str) -> None:
            self._server.cut(view.session, reason)

        if view.session.lower is Lower.UDP:
            return UdpViewer(view.ports, on_ended)
        channels: list[int | None] = [None] * (2 * len(view.stream.whole.tracks))
        for shown, transport in view.session.tracks.items():
            if transport.interleaved is not None and shown != BACK_CHANNEL:
                track = view.stream.tracks[shown]
                channels[2 * track : 2 * track + 2] = transport.interleaved
        return InterleavedViewer(self._writer.transport, tuple(channels), on_ended)
