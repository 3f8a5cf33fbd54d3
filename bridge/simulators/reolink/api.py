"""The HTTP side of the camera: `/cgi-bin/api.cgi` (Camera HTTP API v7, chapters 1, 2 and section 3.6.7).

Whatever happens, the answer is HTTP 200 with `text/html`, chunked, and the result inside; only `Snap` answers with a
JPEG, and `Download` and `Playback` with a file. The faults that concern answers are obeyed here. Every command,
element by element, goes into the journal with secrets masked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import HttpVersion11, web

from bridge.simulators.clips import picture_jpeg
from bridge.simulators.listener import end
from bridge.simulators.reolink import commands, files
from bridge.simulators.reolink.device import Call, Caller, Device, Effect
from bridge.simulators.reolink.encoder import MAIN, SUB
from bridge.simulators.reolink.messages import NativeError, UnknownCommand, error_element, parse_batch, render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.simulators.control import Journal, JsonObject
    from bridge.simulators.faults import Fault, FaultBoard

PATHS = frozenset({"/cgi-bin/api.cgi", "/api.cgi"})
READ_TIMEOUT_S = 30.0
"""A request that has not arrived by then is given up."""
SNAP = "Snap"
RANDOM_TEXT = "rs"
SMALLEST_PICTURE_PX = 64
MASK = "***"
_SECRET_FIELDS = frozenset({"password", "newPassword", "oldPassword"})
_HEADERS = {
    "Content-Type": "text/html",
    "X-Frame-Options": "SAMEORIGIN",
    "X-XSS-Protection": "1; mode=block",
    "X-Content-Type-Options": "nosniff",
}
_JPEG_HEADERS = {**_HEADERS, "Content-Type": "image/jpeg"}

# What the document prints in `cmd` of some answers (scenario `wrong_echo`).
_MISPRINTS = {
    "AudioAlarmPlay": " AudioAlarmPlay",
    "CheckFirmware": " CheckFirmware",
    "PtzCheck": " PtzCheck",
    "SetAudioAlarm": "SetAlarm",
    "SetAudioAlarmV20": " SetAudioAlarmV20",
    "SetAutoFocus": " SetAutoFocus",
    "SetAutoUpgrade": " SetAutoUpgrade ",
    "SetBuzzerAlarmV20": " SetBuzzerAlarmV20",
    "SetFtpV20": "SetFtp",
    "SetIsp": "SetOsd",
    "SetP2p": " SetP2P",
    "SetPowerLed": " SetPowerLed ",
    "SetPtzGuard": " SetPtzGuard",
    "SetPushV20": "SetEmail",
    "SetPtzSerial": " SetPtzSerial ",
    "SetPtzTattern": " SetPtzTattern",
}


@dataclass(frozen=True, slots=True)
class _Reply:
    """What goes out. The camera's own text goes in chunks, a picture or a file (`media`) with its length.

    Attributes:
        media: the headers of a picture or a file; None for text.
    """

    body: bytes
    media: Mapping[str, str] | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class _Picture:
    """A snapshot to be drawn, with the frame rate of the stream that it is taken from."""

    width: int
    height: int
    frame_rate: float

    def draw(self, elapsed_s: float) -> bytes:
        return picture_jpeg(elapsed_s, self.width, self.height, frame_rate=self.frame_rate)


class Api:
    """Serves the native API of one device.

    Args:
        device: the camera.
        journal: where every command is written down.
        faults: what is out of order at the moment.
        carry_out: does to the ports what a command wanted, once its answer is out.
    """

    def __init__(
        self,
        device: Device,
        journal: Journal,
        faults: FaultBoard,
        *,
        carry_out: Callable[[Effect], Awaitable[None]],
    ) -> None:
        self._device = device
        self._journal = journal
        self._faults = faults
        self._carry_out = carry_out

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        if request.path not in PATHS:
            return web.Response(status=404)
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        exchange = _Exchange(self._device, request, body)
        place = exchange.place
        if self._faults.take("drop", where="before", **place) is not None:
            return _dropped(request)
        slow = self._faults.take("slow", **place)
        if slow is not None:
            await asyncio.sleep(float(slow.fields.get("ms", 0)) / 1000)
        reply = self._spoilt(await self._reply(exchange), place)
        response = await self._send(request, reply, place)
        for effect in exchange.effects:
            await self._carry_out(effect)
        return response

    async def _reply(self, exchange: _Exchange) -> _Reply:
        if exchange.is_snap:
            return await self._snap(exchange)
        if exchange.is_file:
            return self._file(exchange)
        elements = exchange.refusal or [self._element(call) for call in exchange.calls]
        # A command that hangs does so alone as well; without a culprit only batches suffer.
        is_batch = len(exchange.calls) > 1
        collapse = self._faults.take("bad_answer", form="collapse", batch_only=is_batch, **exchange.place)
        if collapse is not None and exchange.calls:
            elements = [error_element(exchange.calls[0].command.name, int(collapse.fields.get("code", -8)))]
        elif is_batch and "collapse" in self._device.switches:
            elements = [error_element(exchange.calls[0].command.name, -10)]
        for index, element in enumerate(elements):
            self._write_down(exchange, index, element)
        return _Reply(render(elements))

    def _element(self, call: Call) -> JsonObject:
        name = call.command.name
        echo = _MISPRINTS.get(name, name) if "wrong_echo" in self._device.switches else name
        envelope = 0 if "code_zero" in self._device.switches else 1
        wrong = self._faults.take("bad_answer", form="rsp_code", command=name, channel=call.channel_number)
        try:
            _strike(wrong, -25)
            if name == "Login":
                _strike(self._faults.take("max_sessions"), -5)
            return commands.run(call).element(echo, without=self._device.script.without)
        except UnknownCommand as error:
            return error_element("Unknown", error.code, envelope_code=envelope)
        except NativeError as error:
            return error_element(echo, error.code, error.detail, envelope_code=envelope)

    async def _snap(self, exchange: _Exchange) -> _Reply:
        wrong = self._faults.take("bad_answer", form="snap_json")
        try:
            _strike(wrong, -48)
            picture = exchange.picture()
        except NativeError as error:
            element = error_element(SNAP, error.code, error.detail)
            self._write_down(exchange, 0, element)
            return _Reply(render([element]))
        # Drawing takes some tens of milliseconds; the streams of the camera go on meanwhile.
        jpeg = await asyncio.to_thread(picture.draw, self._device.clock.now())
        self._write_down(exchange, 0, {"jpeg": {"height": picture.height, "size": len(jpeg), "width": picture.width}})
        return _Reply(jpeg, _JPEG_HEADERS)

    def _file(self, exchange: _Exchange) -> _Reply:
        try:
            part = exchange.file()
        except NativeError as error:
            element = error_element(exchange.query["cmd"], error.code, error.detail)
            self._write_down(exchange, 0, element)
            return _Reply(render([element]))
        sent = {"name": part.name, "size": len(part.body), "status": part.status}
        self._write_down(exchange, 0, {"file": sent})
        return _Reply(part.body, {**_HEADERS, **part.headers}, part.status)

    def _spoilt(self, reply: _Reply, place: Mapping[str, frozenset[object]]) -> _Reply:
        """Return the reply as the faults of the moment leave it."""
        wrong = self._faults.take("bad_answer", form="status", **place)
        if wrong is not None:
            return _Reply(b"", status=int(wrong.fields.get("code", 502)))
        if self._faults.take("bad_answer", form="not_json", **place) is not None:
            return _Reply(b"<html><body>Error</body></html>\n")
        if self._faults.take("bad_answer", form="truncated", **place) is not None:
            return replace(reply, body=reply.body[: len(reply.body) // 2])
        if "Logout" in place["command"] and self._faults.take("bad_answer", form="logout_noise") is not None:
            return _Reply(b"\x00\x01logout\xff\n")
        return reply

    async def _send(
        self, request: web.BaseRequest, reply: _Reply, place: Mapping[str, frozenset[object]]
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=reply.status, headers=_HEADERS if reply.media is None else reply.media)
        if reply.media is not None:
            response.content_length = len(reply.body)
        elif request.version >= HttpVersion11:
            response.enable_chunked_encoding()
        await response.prepare(request)
        if self._faults.take("drop", where="headers", **place) is not None:
            return _dropped(request)
        if self._faults.take("drop", where="middle", **place) is not None:
            await response.write(reply.body[: len(reply.body) // 2])
            return _dropped(request)
        await response.write(reply.body)
        await response.write_eof()
        return response

    def _write_down(self, exchange: _Exchange, index: int, answer: JsonObject) -> None:
        call = exchange.calls[index] if index < len(exchange.calls) else None
        caller, sessions = exchange.caller, self._device.sessions
        command = exchange.query.get("cmd", "") if call is None else call.command.name
        request: JsonObject = {
            "query": {
                name: sessions.label(value) if name == "token" and value != "null" else _masked(name, value)
                for name, value in exchange.query.items()
            },
            "action": None if call is None else call.command.action,
            "param": {} if call is None else _masked("", call.command.param),
            "batch": [index, max(len(exchange.calls), 1)],
            "auth": caller.auth,
            "peer": caller.ip,
        }
        token = answer.get("value", {}).get("Token")
        if token is not None:
            answer = {**answer, "value": {"Token": {**token, "name": sessions.label(token["name"])}}}
        self._journal.add(command, request, answer)


class _Exchange:
    """One HTTP request, understood: who asks for what."""

    def __init__(self, device: Device, request: web.BaseRequest, body: bytes) -> None:
        self._device = device
        self._byte_range = request.headers.get("Range")
        self.query: Mapping[str, str] = dict(request.query)
        self.effects: list[Effect] = []
        self.caller = _caller(device, self.query, request)
        by_query = None if body.strip() else self.query.get("cmd")
        self.is_snap, self.is_file = by_query == SNAP, by_query in files.COMMANDS
        self.refusal: list[JsonObject] = []
        try:
            batch = parse_batch(body, self.query)
        except NativeError as error:
            batch = []
            self.refusal = [error_element(self.query.get("cmd") or "Unknown", error.code, error.detail)]
        now = device.clock.now()
        self.calls = [Call(device, self.caller, command, now, self.effects) for command in batch]

    @property
    def place(self) -> Mapping[str, frozenset[object]]:
        """What a fault may be narrowed to: the commands of the batch, and the channels that they are about."""
        numbers = (call.channel_number for call in self.calls)
        return {
            "command": frozenset(call.command.name for call in self.calls),
            "channel": frozenset(number for number in numbers if isinstance(number, int)),
        }

    def file(self) -> files.FilePart:
        """Return what file is asked for.

        Raises:
            NativeError: nobody is logged in, or there is no such file.
        """
        if self.caller.account is None:
            raise NativeError(-6)
        return files.requested_file(self._device, self.query, self._byte_range)

    def picture(self) -> _Picture:
        """Return what snapshot is asked for.

        Raises:
            NativeError: nobody is logged in, the channel does not exist, or the size cannot be had.
        """
        if self.caller.account is None:
            raise NativeError(-6)
        encoder, query = self.calls[0].channel.encoder, self.query
        if not query.get(RANDOM_TEXT):
            raise NativeError(-4)
        stream = SUB if query.get("snapType") == "sub" else MAIN
        size, frame_rate = encoder.range_of(stream), encoder.settings_of(stream).frame_rate
        if "width" not in query and "height" not in query:
            return _Picture(size.width, size.height, frame_rate)
        largest = encoder.range_of(MAIN)
        width, height = _pixels(query.get("width"), largest.width), _pixels(query.get("height"), largest.height)
        return _Picture(width, height, frame_rate)


def _caller(device: Device, query: Mapping[str, str], request: web.BaseRequest) -> Caller:
    transport = request.transport
    local = transport.get_extra_info("sockname") if transport is not None else None
    local_ip = str(local[0]) if local else ""
    ip = request.remote or ""
    session = device.sessions.find(query.get("token"), device.clock.now())
    if session is not None:
        return Caller(session.account, session, "token", ip, local_ip)
    account = device.accounts.verified(query.get("user"), query.get("password"))
    return Caller(account, None, "none" if account is None else "user", ip, local_ip)


def _strike(fault: Fault | None, code: int) -> None:
    """Fail with the code of a fault, or with this one where it has none."""
    if fault is not None:
        raise NativeError(int(fault.fields.get("code", code)))


def _pixels(text: str | None, largest: int) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or not SMALLEST_PICTURE_PX <= int(text[:6]) <= largest:
        raise NativeError(-4)
    return int(text)


def _masked(name: str, value: object) -> object:
    """Return a value of a request as the journal may show it."""
    if name in _SECRET_FIELDS:
        return MASK
    if isinstance(value, dict):
        return {key: _masked(key, part) for key, part in value.items()}
    if isinstance(value, list):
        return [_masked("", part) for part in value]
    return value


def _dropped(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection under the request; the response that is returned goes nowhere."""
    if request.transport is not None:
        end(request.transport, reset=True)
    return web.Response()
