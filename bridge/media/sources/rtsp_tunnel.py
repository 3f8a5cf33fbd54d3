"""RTSP to a camera through HTTP: the client's side of the tunnel in `proto.rtsp.tunnel`.

For cameras behind something that lets only their web port through. Above the tunnel lies an ordinary RTSP connection
that knows nothing of it.
"""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections import deque
from typing import TYPE_CHECKING, cast

from typing_extensions import override

from bridge.core.errors import AuthFailed, CameraError, Rejected, Unreachable, WireError
from bridge.media.layer import Layer
from bridge.proto.http.digest import parse_challenges
from bridge.proto.rtsp.tunnel import UP_BYTES, DownReader, TunnelEnd

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.proto.http.digest import Authorizer
    from bridge.proto.rtsp.tunnel import DownAnswer


ANOTHER_POST_S = 5.0
"""How long the connection for another POST may take."""


class WayDown(Layer):
    """The connection with the GET: what comes behind the head of its answer belongs to the protocol above.

    Writes go up through the connection with the POST, and through another before that has carried all that its head
    promised. The end of the one in use is the end of the tunnel, and the other way round.

    Attributes:
        answer: the answer to the GET.
    """

    def __init__(self, above: asyncio.Protocol) -> None:
        super().__init__(above)
        self.answer: asyncio.Future[DownAnswer] = asyncio.get_running_loop().create_future()
        self._reader = DownReader()
        self._up: WayUp | None = None
        self._former_up: WayUp | None = None
        self._post: Callable[[], Awaitable[WayUp]]
        self._posting: asyncio.Task[None] | None = None
        self._waiting: deque[bytes] = deque()
        self._rest = b""
        self._is_lost = False

    def begin(self, up: WayUp, post: Callable[[], Awaitable[WayUp]]) -> None:
        """Carry the connection of the protocol above, now that there is a way up.

        Args:
            up: the way up.
            post: opens another one; an OSError ends the tunnel.
        """
        self._up, self._post = up, post
        self._above.connection_made(self)
        rest, self._rest = self._rest, b""
        if rest:
            self._above.data_received(rest)
        if self._is_lost:
            self._above.connection_lost(None)

    def up_lost(self, up: WayUp) -> None:
        """Take note that a way up has ended."""
        if up is self._up:
            self.below.close()

    @override
    def data_received(self, data: bytes) -> None:
        if self._up is not None:
            self._above.data_received(data)
        elif self.answer.done():
            self._rest += data
        else:
            self._read_answer(data)

    def _read_answer(self, data: bytes) -> None:
        try:
            answer = self._reader.receive(data)
        except WireError as error:
            self.answer.set_exception(Unreachable(f"the camera's answer to the tunnel is broken: {error}"))
            return
        if answer is not None:
            self._rest = answer.rest
            self.answer.set_result(answer)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        self._post_no_more()
        if self._up is not None:
            for up in (self._up, self._former_up):
                if up is not None:
                    up.connection.close()
            super().connection_lost(exc)
        elif not self.answer.done():
            self.answer.set_exception(Unreachable("the camera closed the tunnel before it was open"))

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._up is None:
            return
        message = b64encode(data)
        if not self._waiting and self._up.has_room(message):
            self._up.write(message)
            return
        self._waiting.append(message)
        if self._posting is None:
            self._posting = asyncio.get_running_loop().create_task(self._post_on(), name="another POST of a tunnel")

    async def _post_on(self) -> None:
        """Say what waits in other POSTs."""
        try:
            while self._waiting:
                async with asyncio.timeout(ANOTHER_POST_S):
                    up = await self._post()
                if self._former_up is not None:
                    self._former_up.connection.close()
                # A camera may not like the end of one POST while it still reads the head of the next.
                self._former_up, self._up = self._up, up
                up.write(self._waiting.popleft())
                while self._waiting and up.has_room(self._waiting[0]):
                    up.write(self._waiting.popleft())
        except OSError:  # and TimeoutError
            self.below.close()
        finally:
            self._posting = None

    def _post_no_more(self) -> None:
        if self._posting is not None:
            self._posting.cancel()

    @override
    def abort(self) -> None:
        self._post_no_more()
        for up in (self._up, self._former_up):
            if up is not None:
                up.connection.abort()
        super().abort()


class WayUp(asyncio.Protocol):
    """The connection with a POST, whose answer says nothing.

    Attributes:
        connection: there once it is made.
    """

    connection: asyncio.WriteTransport

    def __init__(self, down: WayDown) -> None:
        self._down = down
        self._room = UP_BYTES

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connection = cast("asyncio.WriteTransport", transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._down.up_lost(self)

    def has_room(self, message: bytes) -> bool:
        """Whether the POST may carry a message besides what it has carried."""
        return len(message) <= self._room

    def write(self, message: bytes) -> None:
        """Send a message, which is in base64 already."""
        self._room -= len(message)
        self.connection.write(message)


async def open_tunnel(
    above: asyncio.Protocol, address: tuple[str, int], target: str, *, authorizer: Authorizer
) -> None:
    """Open a tunnel and make the connection of the protocol above. How long it may take is the caller's matter.

    Args:
        above: of the RTSP connection.
        address: the camera's host and web port.
        target: path and query of the stream.
        authorizer: the account, for cameras that ask for it here already.

    Raises:
        OSError: there is no connection.
        CameraError: the camera refuses.
    """
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    end = TunnelEnd(f"{host}:{address[1]}", target, secrets.token_hex(12))
    down, answer = await _get(above, address, end, None)
    if answer.status == 401 and authorizer.answer(parse_challenges(answer.challenges)):
        down.abort()
        down, answer = await _get(above, address, end, _credentials(authorizer, "GET", target))

    async def post() -> WayUp:
        _, up = await asyncio.get_running_loop().create_connection(lambda: WayUp(down), *address)
        up.connection.write(end.up_request(_credentials(authorizer, "POST", target)))
        return up

    try:
        _check(answer.status)
        up = await post()
    except (CameraError, OSError, asyncio.CancelledError):
        down.abort()
        raise
    down.begin(up, post)


async def _get(
    above: asyncio.Protocol, address: tuple[str, int], end: TunnelEnd, credentials: str | None
) -> tuple[WayDown, DownAnswer]:
    transport, down = await asyncio.get_running_loop().create_connection(lambda: WayDown(above), *address)
    transport.write(end.down_request(credentials))
    try:
        return down, await down.answer
    except (CameraError, asyncio.CancelledError):
        transport.abort()
        raise


def _credentials(authorizer: Authorizer, method: str, target: str) -> str | None:
    """Return the Authorization header for one request; None if the camera has not asked for it."""
    return authorizer.header(method, target, secrets.token_hex(8))


def _check(status: int) -> None:
    """Let a success pass.

    Raises:
        CameraError: it is none.
    """
    if status in {401, 403}:
        raise AuthFailed(f"the camera refused the user or the password for its tunnel ({status})", operation="GET")
    if status != 200:
        raise Rejected(f"the camera answered {status} for the tunnel", native_code=status, operation="GET")
