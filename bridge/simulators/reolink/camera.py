"""One simulated camera as a network program: its ports, and what commands and faults do to them.

Everything that the camera is lives in `device`; everything that it says, in `api` and in the RTSP server. Here the
ports are opened, refused, and opened again where they were.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import structlog
from typing_extensions import override

from bridge.simulators.camera import RunningCamera, SimulatorOptions, generated_password, url
from bridge.simulators.clips import load_all
from bridge.simulators.control import ControlledCamera, ControlServer, Journal, JsonObject
from bridge.simulators.faults import FaultBoard
from bridge.simulators.listener import HttpListener, port_of, reserve
from bridge.simulators.reolink import flv, happenings
from bridge.simulators.reolink.api import Api
from bridge.simulators.reolink.commands.network import MEDIA_PORT
from bridge.simulators.reolink.device import Device, Effect
from bridge.simulators.reolink.flv import FlvServer
from bridge.simulators.reolink.lansearch import SearchPort, reply
from bridge.simulators.reolink.report import report
from bridge.simulators.reolink.scenario import script
from bridge.simulators.reolink.sessions import Account
from bridge.simulators.reolink.streams import channel_of, find_stream
from bridge.simulators.tls import self_signed
from bridge.simulators.wire.rtsp import RtspServer

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import AsyncIterator, Awaitable

    from aiohttp import web

    from bridge.simulators.reolink.happenings import WantedFault
    from bridge.simulators.reolink.scenario import Script

FAMILY = "reolink"
STREAM_CHANGE_S = 2.0
"""How long the streams stay away after new encoder settings."""

_log = structlog.get_logger(__name__)


class RtspPort:
    """The RTSP port: open, or bound and refusing.

    Attributes:
        port: the port that is bound, once it is.
    """

    def __init__(self, server: RtspServer, host: str, port: int) -> None:
        self.server = server
        self._host = host
        self.port = port
        self._reserved: socket.socket | None = None

    def reserve(self) -> None:
        """Take the port, without listening yet.

        Raises:
            OSError: it cannot be had.
        """
        self._reserved = reserve(self._host, self.port)
        self.port = port_of(self._reserved)

    async def open(self) -> None:
        """Listen; harmless when it already does."""
        if self._reserved is not None:
            await self.server.start(self._host, self.port)
            self._release()

    async def refuse(self) -> None:
        """End all sessions and refuse new connections; harmless when it already does."""
        if self._reserved is None:
            await self.server.close()
            self.reserve()

    async def close(self) -> None:
        """Give up the port for good."""
        await self.server.close()
        self._release()

    def _release(self) -> None:
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None


class ReolinkCamera(RunningCamera, ControlledCamera):
    """A camera with its ports.

    Attributes:
        online: set while the camera's ports are open.
    """

    def __init__(self, options: SimulatorOptions, played: Script, *, tls: ssl.SSLContext | None) -> None:
        level = "guest" if "guest" in played.switches else "admin"
        self._owner = Account(options.username, options.password or generated_password(), level)
        self._options = options
        self._device = Device(played, options.clock, owner=self._owner, host=options.host)
        self._journal = Journal(options.clock)
        self._faults = FaultBoard(options.clock)
        self._control = ControlServer(self, self._journal)
        api = Api(self._device, self._journal, self._faults, carry_out=self._carry_out)
        self._scheme = "http" if tls is None else "https"
        self._flv = FlvServer(self._device, self._journal)

        def handle(request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
            return self._flv.handle(request) if request.path == flv.PATH else api.handle(request)

        self._http = HttpListener(handle, host=options.host, port=options.port, tls=tls)
        self._rtsp = RtspPort(self._rtsp_server(played.realm), options.host, options.rtsp_port)
        self._search = SearchPort(self._search_reply, self._searched)
        self._lock = asyncio.Lock()
        self._outage_changed = asyncio.Event()
        self._back_at: float | None = None
        self._watching: asyncio.Task[None] | None = None
        self.online = asyncio.Event()

    @property
    @override
    def ready_line(self) -> JsonObject:
        host = self._options.host
        return {
            "ready": True,
            "family": FAMILY,
            "api": url(self._scheme, host, self._http.port),
            "rtsp": url("rtsp", host, self._rtsp.port),
            "control": url("http", host, self._control.port),
            "search_port": self._search.port,
            "username": self._owner.name,
            "password": self._owner.password,
            "model": self._device.persona.identity.model,
        }

    async def start(self) -> None:
        """Open the ports.

        Raises:
            OSError: one of them cannot be had; `stop` gives back the others.
        """
        await asyncio.to_thread(load_all)
        self._http.reserve()
        self._rtsp.reserve()
        await self._search.start(self._options.host)
        self._device.ports.api, self._device.ports.rtsp = self._http.port, self._rtsp.port
        await self._control.start(self._options.host, self._options.control_port)
        await self._open()
        # Owned by `start` and `stop`: around the body of `running` a task group would wrap what that body raises.
        self._watching = asyncio.get_running_loop().create_task(self._watch())
        _log.info("simulator.started", family=FAMILY, model=self._device.persona.identity.model, port=self._http.port)

    @override
    async def stop(self) -> None:
        self.online.clear()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
            self._watching = None
        self._search.close()
        await self._rtsp.close()
        await self._http.close()
        await self._control.close()

    @override
    def state(self) -> JsonObject:
        return report(self._device, self._faults, is_online=self.online.is_set())

    @override
    async def happen(self, event: JsonObject) -> None:
        happenings.happen(self._device, event)
        self._rtsp.server.end_lost()

    @override
    async def fail(self, fault: JsonObject) -> None:
        wanted = happenings.wanted_fault(self._device, fault)
        match wanted.kind:
            case "offline":
                await self._go_away(wanted.seconds, reset=True)
            case "reboot":
                await self._reboot(wanted.seconds)
            case "expire_session":
                self._expire(wanted)
            case "stream_stall":
                self._rtsp.server.stall(wanted.seconds)
                self._flv.stall(wanted.seconds)
            case "stream_restart":
                self._restart_streams(wanted)
            case _:
                self._faults.add(wanted.kind, seconds=wanted.seconds, fields=wanted.fields)

    def _rtsp_server(self, realm: str) -> RtspServer:
        def password_of(user: str) -> str | None:
            account = self._device.accounts.find(user)
            return None if account is None else account.password

        def write_down(method: str, url: str, status: int) -> None:
            self._journal.add(f"RTSP {method}", {"url": url}, {"status": status})

        return RtspServer(
            realm=realm,
            password_of=password_of,
            find_stream=partial(find_stream, self._device),
            on_request=write_down,
            on_talk=self._heard,
            elapsed=self._options.clock.now,
        )

    def _heard(self, path: str, packet: bytes) -> None:
        channel = channel_of(self._device, path)
        if channel is not None and channel.heard.hear(packet):
            heard = channel.heard
            said = {"payload_type": heard.payload_type, "packets": heard.packets, "octets": heard.octets}
            self._journal.add("RTSP talk", {"channel": channel.number}, said)

    def _search_reply(self, host: str) -> bytes | None:
        if not self.online.is_set():
            return None
        who = self._device.persona.identity
        kind = "NVR" if self._device.is_recorder else "IPC"
        names = (self._device.name, who.model, who.uid)
        return reply(kind=kind, mac=who.mac, ip=host, media_port=MEDIA_PORT, names=names)

    def _searched(self, peer: str) -> None:
        self._journal.add("search", {"peer": peer}, {})

    async def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Effect.REBOOT:
                await self._reboot(happenings.REBOOT_S)
            case Effect.RESTART_STREAMS:
                self._drop_streams(STREAM_CHANGE_S)
            case Effect.SWITCH_RTSP:
                async with self._lock:
                    await self._switch_rtsp()

    def _expire(self, fault: WantedFault) -> None:
        if fault.fields.get("plane") == "rtsp":
            self._rtsp.server.forget_sessions()
        else:
            self._device.sessions.close_all()

    def _restart_streams(self, fault: WantedFault) -> None:
        if "size" in fault.fields:
            self._device.channels[fault.fields.get("channel", 0)].encoder.set_size(fault.fields["size"])
        self._drop_streams(fault.seconds)

    def _drop_streams(self, refuse_s: float) -> None:
        if self.online.is_set() and self._device.ports.has_rtsp:
            self._rtsp.server.drop_all(refuse_s=refuse_s)
        self._flv.drop_all(refuse_s=refuse_s)

    async def _reboot(self, seconds: float) -> None:
        await self._go_away(seconds, reset=False)
        self._device.restart()

    async def _go_away(self, seconds: float, *, reset: bool) -> None:
        async with self._lock:
            self.online.clear()
            self._http.refuse(reset=reset)
            await self._rtsp.refuse()
            self._back_at = asyncio.get_running_loop().time() + seconds
            self._outage_changed.set()

    async def _watch(self) -> None:
        """Bring the camera back whenever an outage ends, until cancelled."""
        while True:
            self._outage_changed.clear()
            try:
                async with asyncio.timeout_at(self._back_at):
                    await self._outage_changed.wait()
            except TimeoutError:
                await self._come_back()

    async def _come_back(self) -> None:
        async with self._lock:
            # While this waited for the lock another outage may have begun.
            if self._back_at is not None and self._back_at <= asyncio.get_running_loop().time():
                self._back_at = None
                try:
                    await self._open()
                except OSError as error:
                    _log.error("simulator.reopen_failed", port=self._http.port, error=str(error))

    async def _open(self) -> None:
        await self._switch_rtsp()
        await self._http.open()
        self.online.set()

    async def _switch_rtsp(self) -> None:
        if self._device.ports.has_rtsp:
            await self._rtsp.open()
        else:
            await self._rtsp.refuse()


@asynccontextmanager
async def running(options: SimulatorOptions) -> AsyncIterator[ReolinkCamera]:
    """Run one simulated camera as long as the context lasts.

    Raises:
        ValueError: unknown model or scenario; the text lists what there is.
        OSError: a port cannot be had.
    """
    played = script(options.model, options.scenarios)
    model, tls = played.persona.identity.model, None
    if "https" in played.switches:
        tls = await asyncio.to_thread(self_signed, model, options.host)
    camera = ReolinkCamera(options, played, tls=tls)
    try:
        await camera.start()
        yield camera
    finally:
        await camera.stop()
