"""A camera's stream by RTMP, played from the server in the camera."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from bridge.core.errors import AuthFailed, Rejected, Unreachable, WireError
from bridge.media.sources.patience import Patience
from bridge.media.sources.reading import read_media
from bridge.media.sources.tag_stream import TagStream
from bridge.proto.flv.tags import Tag
from bridge.proto.rtmp.client import NONCE_BYTES, Ended, PlayConnection, Refused, RtmpUrl

if TYPE_CHECKING:
    from bridge.core.model import Secret
    from bridge.core.timing import Clock
    from bridge.media.source import StreamSink

_READ_BYTES = 256 * 1024

_AUTH_WORDS = ("authmod", "code=403", "unauthorized")
"""In descriptions of refusals that are about the account: RTMP has no code for it."""


class RtmpSource:
    """One stream of one camera; see `media.source.StreamSource`.

    Args:
        url: `rtmp://host:port/app/stream?arguments`.
        secret_arguments: those that must not be seen (`user=a&password=b`), as they are sent, put behind the others.
        clock: for the times of reads.
        patience: how long the camera may take.

    Raises:
        ValueError: the URL is not of that form.
    """

    def __init__(
        self, url: str, *, clock: Clock, secret_arguments: Secret | None = None, patience: Patience | None = None
    ) -> None:
        self._plain = RtmpUrl.parse(url)
        self._url = url
        self._secret_arguments = secret_arguments
        self._full_url()  # what cannot be a URL is to be known now
        self._clock = clock
        self._patience = patience or Patience()

    async def run(self, sink: StreamSink) -> NoReturn:
        """Open the stream and deliver it until cancelled; see `StreamSource.run`."""
        reader, writer = await self._connect()
        upstream = _Upstream(PlayConnection(self._full_url(), secrets.token_bytes(NONCE_BYTES)), writer, sink)

        async def read() -> bytes:
            try:
                return await reader.read(_READ_BYTES)
            except OSError as error:
                raise Unreachable(f"the camera's RTMP connection broke: {error.strerror or error}") from error

        try:
            upstream.flush()
            await read_media(read, upstream.take, clock=self._clock, patience=self._patience)
        finally:
            await self._close(upstream, writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._plain.host, self._plain.port
        try:
            async with asyncio.timeout(self._patience.connect_s):
                return await asyncio.open_connection(host, port, limit=_READ_BYTES)
        except TimeoutError:
            raise Unreachable(f"no connection to {host}:{port} within {self._patience.connect_s:g} s") from None
        except OSError as error:
            raise Unreachable(f"no connection to {host}:{port}: {error.strerror or error}") from error

    async def _close(self, upstream: _Upstream, writer: asyncio.StreamWriter) -> None:
        upstream.leave()
        writer.close()
        try:
            with suppress(OSError):
                async with asyncio.timeout(self._patience.teardown_s):
                    await writer.wait_closed()
        finally:
            writer.transport.abort()

    def _full_url(self) -> RtmpUrl:
        if self._secret_arguments is None:
            return self._plain
        joint = "&" if "?" in self._url else "?"
        return RtmpUrl.parse(f"{self._url}{joint}{self._secret_arguments.reveal()}")


class _Upstream:
    """The connection's two directions."""

    def __init__(self, connection: PlayConnection, writer: asyncio.StreamWriter, sink: StreamSink) -> None:
        self._connection = connection
        self._writer = writer
        self._tags = TagStream(sink)

    def take(self, data: bytes, now: float) -> bool:
        """Take a read; return whether there was sound or picture in it."""
        tags: list[Tag] = []
        try:
            for event in self._connection.receive(data):
                match event:
                    case Tag():
                        tags.append(event)
                    case Refused():
                        raise _refusal(event)
                    case Ended():
                        raise Unreachable(f"the camera ended the stream ({event.code})")
            self.flush()
            return self._tags.take(tags, now)
        except WireError as error:
            raise Unreachable(f"the camera's RTMP connection is broken: {error}") from error

    def leave(self) -> None:
        """Say good-bye."""
        self._connection.leave()
        self.flush()

    def flush(self) -> None:
        """Send what has to be sent."""
        self._writer.write(self._connection.bytes_to_send())


def _refusal(refused: Refused) -> AuthFailed | Rejected:
    if any(word in refused.description.lower() for word in _AUTH_WORDS):
        return AuthFailed("the camera refused the user or the password for its stream", operation="connect")
    # Without the description: it may repeat the stream's name with all its arguments.
    return Rejected(
        f"the camera will not play the stream: {refused.code or 'no reason given'}",
        native_code=refused.code,
        operation="play",
    )
