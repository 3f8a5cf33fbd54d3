"""A GET whose answer never ends: what cameras call HTTP-FLV or MJPEG.

Each stream has a connection of its own, and logs in when it is asked to, by Digest or Basic. Redirections are not
followed: the password is for this camera only.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bridge.core.errors import AuthFailed, Rejected, TimedOut, Unreachable
from bridge.core.model import Secret
from bridge.media.sources.reading import read_media
from bridge.proto.http.digest import Authorizer, parse_challenges

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import NoReturn

    from bridge.core.timing import Clock
    from bridge.media.sources.patience import Patience


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """Where a stream is, and who may have it.

    Attributes:
        url: `http://` or `https://` with a host, without credentials. Its path and query are sent as they are.
        username: the camera's account, for cameras that ask for it.
        password: its password, may be empty.
        secret_arguments: those that must not be seen (`user=a&password=b`), as they are sent, put behind the query.
        tls: how the camera's certificate is checked, as aiohttp takes it.
        pin: the only certificate that the camera may show, checked beside `tls`.

    Raises:
        ValueError: the URL is of another kind.
    """

    url: str
    username: str
    password: Secret
    secret_arguments: Secret | None = None
    tls: ssl.SSLContext | aiohttp.Fingerprint | bool = True
    pin: aiohttp.Fingerprint | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ValueError("the stream needs an http:// or https:// URL with a host and without credentials")

    @property
    def target(self) -> str:
        """Path and query as they are sent; not to be shown."""
        parts = urlsplit(self.url)
        secret = "" if self.secret_arguments is None else self.secret_arguments.reveal()
        query = "&".join(part for part in (parts.query, secret) if part)
        return (parts.path or "/") + (f"?{query}" if query else "")


class HttpStream:
    """One answer that goes on.

    Attributes:
        content_type: of the answer, with its parameters.
    """

    def __init__(self, response: aiohttp.ClientResponse, patience: Patience, clock: Clock) -> None:
        self.content_type = response.headers.get("Content-Type", "")
        self._content = response.content
        self._patience = patience
        self._clock = clock

    async def read_media(self, take: Callable[[bytes, float], bool]) -> NoReturn:
        """Hand over what comes; see `reading.read_media`."""
        await read_media(self._read, take, clock=self._clock, patience=self._patience)

    async def _read(self) -> bytes:
        try:
            return await self._content.readany()
        except aiohttp.ClientError as error:
            raise Unreachable(f"the camera's stream broke off: {error}") from error


@asynccontextmanager
async def opened(address: HttpAddress, *, clock: Clock, patience: Patience) -> AsyncIterator[HttpStream]:
    """Ask for a stream.

    Raises:
        CameraError: there is no connection, or the camera refuses.
    """
    authorizer = Authorizer(address.username, address.password)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=patience.connect_s)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=address.pin or True), cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout
    ) as session:
        response = await _get(session, address, {}, patience)
        if response.status == 401 and authorizer.answer(
            parse_challenges(response.headers.getall("WWW-Authenticate", ()))
        ):
            response.close()
            credentials = authorizer.header("GET", address.target, secrets.token_hex(8))
            response = await _get(session, address, {"Authorization": credentials or ""}, patience)
        async with response:
            _check(response.status, response.reason or "")
            yield HttpStream(response, patience, clock)


async def _get(
    session: aiohttp.ClientSession, address: HttpAddress, headers: dict[str, str], patience: Patience
) -> aiohttp.ClientResponse:
    parts = urlsplit(address.url)
    url = URL(f"{parts.scheme}://{parts.netloc}{address.target}", encoded=True)
    try:
        async with asyncio.timeout(patience.connect_s + patience.answer_s):
            return await session.get(
                url,
                headers=headers,
                ssl=address.tls,
                allow_redirects=False,
                skip_auto_headers=("Accept-Encoding",),
            )
    except TimeoutError as error:
        # aiohttp's own, for the connection, is one of these too.
        if isinstance(error, aiohttp.ServerTimeoutError):
            raise Unreachable(f"no connection within {patience.connect_s:g} s") from error
        raise TimedOut(f"no answer within {patience.answer_s:g} s", operation="GET") from None
    except aiohttp.ClientResponseError:
        # Without its text: that shows the whole URL.
        raise Unreachable("the camera's answer is no HTTP") from None
    except aiohttp.ClientError as error:
        raise Unreachable(f"no stream by HTTP: {error}") from error


def _check(status: int, reason: str) -> None:
    """Let a success pass.

    Raises:
        CameraError: it is none.
    """
    if status in {401, 403}:
        raise AuthFailed(f"the camera refused the user or the password for its stream ({status})", operation="GET")
    if not 200 <= status < 300:
        raise Rejected(f"the camera answered {status} {reason} for the stream", native_code=status, operation="GET")
