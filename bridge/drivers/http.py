"""HTTP towards one camera: one client per connection of a driver, shared by all families that speak HTTP.

What every camera needs and no vendor document mentions: a certificate that nobody signed is pinned on first use,
ciphers of another decade are allowed on this one connection only, every wait has an end, every answer a largest
size. Credentials often travel in the query string, so neither a URL nor an exception of the HTTP library ever
leaves this module: failures are told in `core.errors` kinds, in words written here.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Final, Self, TypedDict

import aiohttp
import structlog
from typing_extensions import override
from yarl import URL

from bridge.core.errors import CameraError, Rejected, TimedOut, Unreachable

if TYPE_CHECKING:
    from types import TracebackType

log = structlog.get_logger(__name__)

READ_BYTES: Final = 65536
"""How much of an answer is taken at a time while its size is watched."""

LEGACY_CIPHERS: Final = "DEFAULT:@SECLEVEL=0"
"""Cameras present RSA keys of 1024 bits and SHA-1 signatures, which the platform's default level refuses."""

NEVER_CONNECTED: Final = (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError, aiohttp.ServerFingerprintMismatch)
"""Failures before a connection stood: the camera was not there, so nothing is gained by asking again at once."""


class Where(TypedDict):
    """The keywords by which every `CameraError` says where it happened."""

    camera: str
    operation: str


class CertificatePin(aiohttp.Fingerprint):
    """The one certificate that this camera may show; the first one seen becomes it.

    aiohttp checks it on every new connection, after the handshake and before a byte of the request is sent.

    Args:
        sha256_digest: the certificate's SHA-256 from the configuration, or None to pin on first use.
        camera: id of the camera, for the log.
    """

    def __init__(self, sha256_digest: bytes | None, *, camera: str) -> None:
        super().__init__(sha256_digest or bytes(sha256().digest_size))
        self._pinned = sha256_digest
        self._camera = camera

    @property
    def pinned(self) -> bytes | None:
        """SHA-256 of the certificate that is accepted, None as long as none was seen."""
        return self._pinned

    @override
    def check(self, transport: asyncio.Transport) -> None:
        certificate = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        seen = sha256(certificate).digest()
        if self._pinned is None:
            self._pinned = seen
            log.info("camera.certificate_pinned", camera=self._camera, tls_fingerprint=seen.hex())
        elif not compare_digest(seen, self._pinned):
            host, port, *_ = transport.get_extra_info("peername")
            raise aiohttp.ServerFingerprintMismatch(self._pinned, seen, host, port)


@dataclass(frozen=True, slots=True)
class HttpEndpoint:
    """Where a camera's HTTP interface is. `pin` None means plain HTTP."""

    host: str
    port: int
    pin: CertificatePin | None
    camera: str


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request.

    Args:
        operation: the native operation, for error messages: the URL is never shown.
        path: absolute path.
        query: decoded query parameters; may hold secrets, hence hidden from the repr.
        body: content to POST as JSON; None makes it a GET.
        repeatable: may be sent again when the connection breaks before an answer, as a kept-alive one does that
            the camera has closed meanwhile.
    """

    operation: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, media type (lower case, no parameters) and the whole body."""

    status: int
    content_type: str
    body: bytes


class HttpClient:
    """An HTTP client for one camera; use it as an async context manager.

    Args:
        endpoint: where the camera is.
        connect_s: how long a connection may take to be made: short, because a camera that is switched on again
            must be noticed soon.
    """

    def __init__(self, endpoint: HttpEndpoint, *, connect_s: float) -> None:
        self._endpoint = endpoint
        self._connect_s = connect_s
        self._tls = legacy_tls() if endpoint.pin is not None else None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # The context comes with each request and the pin with the connector: aiohttp then applies both.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._endpoint.pin or True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(self, request: HttpRequest, *, timeout_s: float, most_bytes: int) -> HttpAnswer:
        """Send a request and return the answer, whatever its status.

        Args:
            request: what to send.
            timeout_s: for everything together, from the connection to the last byte.
            most_bytes: largest body accepted.

        Raises:
            Unreachable: no connection, another certificate than the pinned one, or it broke.
            TimedOut: no complete answer in time.
            Rejected: the answer is not HTTP or too large.
        """
        try:
            async with asyncio.timeout(timeout_s):
                try:
                    return await self._exchange(request, most_bytes)
                except aiohttp.ClientConnectionError as error:
                    if isinstance(error, NEVER_CONNECTED) or not request.repeatable:
                        raise
                    return await self._exchange(request, most_bytes)
        except aiohttp.ClientError as error:
            raise self._failure(error, request.operation) from None
        except TimeoutError:
            raise TimedOut(f"no answer within {timeout_s:g} s", **self._where(request.operation)) from None
        except OSError as error:
            raise Unreachable(f"the connection broke: {_reason(error)}", **self._where(request.operation)) from None

    async def _exchange(self, request: HttpRequest, most_bytes: int) -> HttpAnswer:
        if self._session is None:
            raise Unreachable("the connection is closed", **self._where(request.operation))
        endpoint = self._endpoint
        url = URL.build(
            scheme="http" if self._tls is None else "https",
            host=endpoint.host,
            port=endpoint.port,
            path=request.path,
            query=request.query,
        )
        async with self._session.request(
            "GET" if request.body is None else "POST",
            url,
            data=request.body,
            headers={} if request.body is None else {"Content-Type": "application/json"},
            ssl=self._tls or True,
            allow_redirects=False,
        ) as response:
            body = bytearray()
            async for part in response.content.iter_chunked(READ_BYTES):
                body += part
                if len(body) > most_bytes:
                    raise Rejected(
                        f"the answer is larger than {most_bytes} bytes",
                        native_code="too large",
                        **self._where(request.operation),
                    )
            return HttpAnswer(response.status, response.content_type.lower(), bytes(body))

    def _failure(self, error: aiohttp.ClientError, operation: str) -> CameraError:
        where = self._where(operation)
        address = f"{self._endpoint.host}:{self._endpoint.port}"
        match error:
            case aiohttp.ServerFingerprintMismatch():
                return Unreachable(
                    f"{address} shows another certificate than the one known (SHA-256 {error.got.hex()}); if the "
                    "camera or its certificate was replaced, restart the bridge or set options.tls_fingerprint",
                    **where,
                )
            case aiohttp.ClientConnectorSSLError() | aiohttp.ClientConnectorCertificateError():
                return Unreachable(
                    f"no TLS connection to {address}; is this the HTTPS port, or should tls be false?", **where
                )
            case aiohttp.ClientConnectorError():
                return Unreachable(f"no connection to {address}: {_reason(error.os_error)}", **where)
            case aiohttp.ServerTimeoutError():
                return Unreachable(f"no connection to {address} within {self._connect_s:g} s", **where)
            case aiohttp.ClientResponseError():
                return Rejected(f"{address} does not answer in HTTP", native_code="not HTTP", **where)
            case _:
                return Unreachable("the connection broke before the answer was complete", **where)

    def _where(self, operation: str) -> Where:
        return {"camera": self._endpoint.camera, "operation": operation}


def _reason(error: OSError) -> str:
    """Return the system's own words; asyncio puts the address into the error's text, resolvers use negative numbers."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__


def legacy_tls() -> ssl.SSLContext:
    """Return a context that leaves trust to a pin and takes what old cameras offer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(LEGACY_CIPHERS)
    return context
