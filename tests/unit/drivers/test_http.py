"""The HTTP client of the drivers: pins, limits, and errors that tell no secrets."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridge.core.errors import CameraError, Rejected, TimedOut, Unreachable
from bridge.drivers.http import CertificatePin, HttpClient, HttpEndpoint, HttpRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

SECRET = "t0ken-that-nobody-may-see"
ASK = HttpRequest("GetTime", "/api", {"token": SECRET}, body=b"[]")


async def hello(request: web.Request) -> web.StreamResponse:
    return web.Response(text="hello")


@asynccontextmanager
async def serving(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/api", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client_for(port: int, pin: CertificatePin | None = None) -> AsyncIterator[HttpClient]:
    async with HttpClient(HttpEndpoint("127.0.0.1", port, pin, "cam"), connect_s=1.0) as client:
        yield client


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, bytes]:
    """A self-signed certificate, ready to serve, and its SHA-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=2))
        .not_valid_after(datetime.now(UTC) - timedelta(days=1))  # cameras' certificates expire, too
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, sha256(made.public_bytes(serialization.Encoding.DER)).digest()


async def test_returns_status_type_and_body_whatever_the_status() -> None:
    async def teapot(request: web.Request) -> web.StreamResponse:
        assert request.query["token"] == SECRET
        return web.Response(status=418, body=b"short and stout", content_type="Text/Plain")

    async with serving(teapot) as port, client_for(port) as client:
        answer = await client.request(ASK, timeout_s=1, most_bytes=100)
    assert (answer.status, answer.content_type, answer.body) == (418, "text/plain", b"short and stout")


async def test_gets_without_a_body_and_posts_json_with_one() -> None:
    seen: list[tuple[str, str | None]] = []

    async def note(request: web.Request) -> web.StreamResponse:
        seen.append((request.method, request.headers.get("Content-Type")))
        return web.Response()

    async with serving(note) as port, client_for(port) as client:
        await client.request(ASK, timeout_s=1, most_bytes=100)
        await client.request(HttpRequest("Snap", "/api"), timeout_s=1, most_bytes=100)
    assert seen == [("POST", "application/json"), ("GET", None)]


async def test_follows_no_redirect() -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("http://127.0.0.1:1/")

    async with serving(elsewhere) as port, client_for(port) as client:
        assert (await client.request(ASK, timeout_s=1, most_bytes=100)).status == 302


async def test_pins_the_first_certificate_and_refuses_another(tmp_path: Path) -> None:
    first, digest = certificate(tmp_path, "first")
    second, _ = certificate(tmp_path, "second")
    pin = CertificatePin(None, camera="cam")
    async with serving(hello, first) as port, client_for(port, pin) as client:
        for _ in range(2):
            assert (await client.request(ASK, timeout_s=2, most_bytes=100)).body == b"hello"
    assert pin.pinned == digest
    asked: list[str] = []

    async def spy(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response()

    async with serving(spy, second) as port, client_for(port, pin) as client:
        with pytest.raises(Unreachable, match="another certificate"):
            await client.request(ASK, timeout_s=2, most_bytes=100)
    assert asked == []
    assert pin.pinned == digest


async def test_a_configured_pin_decides_from_the_start(tmp_path: Path) -> None:
    context, digest = certificate(tmp_path, "camera")
    async with serving(hello, context) as port:
        async with client_for(port, CertificatePin(digest, camera="cam")) as client:
            assert (await client.request(ASK, timeout_s=2, most_bytes=100)).status == 200
        async with client_for(port, CertificatePin(bytes(32), camera="cam")) as client:
            with pytest.raises(Unreachable, match="tls_fingerprint"):
                await client.request(ASK, timeout_s=2, most_bytes=100)


async def test_plain_http_on_a_tls_connection_is_explained() -> None:
    async with serving(hello) as port, client_for(port, CertificatePin(None, camera="cam")) as client:
        with pytest.raises(Unreachable, match="should tls be false"):
            await client.request(ASK, timeout_s=2, most_bytes=100)


async def test_nobody_listening_is_unreachable() -> None:
    async with serving(hello) as port:
        pass
    async with client_for(port) as client:
        with pytest.raises(Unreachable, match=r"no connection to 127\.0\.0\.1:\d+: Connection refused$"):
            await client.request(ASK, timeout_s=2, most_bytes=100)


async def test_a_closed_client_is_unreachable() -> None:
    async with serving(hello) as port, client_for(port) as client:
        pass
    with pytest.raises(Unreachable):
        await client.request(ASK, timeout_s=1, most_bytes=100)


async def test_an_answer_that_does_not_end_times_out() -> None:
    release = asyncio.Event()

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"he")
        await release.wait()
        return response

    async with serving(half) as port, client_for(port) as client:
        with pytest.raises(TimedOut, match=r"0\.1 s"):
            await client.request(ASK, timeout_s=0.1, most_bytes=100)
        release.set()


async def test_an_answer_larger_than_allowed_is_rejected() -> None:
    async def much(request: web.Request) -> web.StreamResponse:
        return web.Response(body=bytes(101))

    async with serving(much) as port, client_for(port) as client:
        with pytest.raises(Rejected, match="larger than 100 bytes"):
            await client.request(ASK, timeout_s=1, most_bytes=100)


async def test_an_answer_broken_off_in_the_middle_is_unreachable() -> None:
    attempts = 0

    async def torn(request: web.Request) -> web.StreamResponse:
        nonlocal attempts
        attempts += 1
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"he")
        assert request.transport is not None
        request.transport.close()
        return response

    async with serving(torn) as port, client_for(port) as client:
        with pytest.raises(Unreachable, match="broke"):
            await client.request(ASK, timeout_s=1, most_bytes=100)
    assert attempts == 1


async def test_another_protocol_is_rejected() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 mail.example SMTP\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server, client_for(server.sockets[0].getsockname()[1]) as client:
        with pytest.raises(Rejected, match="does not answer in HTTP") as caught:
            await client.request(ASK, timeout_s=1, most_bytes=100)
    assert caught.value.operation == "GetTime"
    assert caught.value.camera == "cam"


@pytest.mark.parametrize("trouble", ["nobody", "silence", "torn"])
async def test_no_error_shows_the_url(trouble: str) -> None:
    release = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        if trouble == "silence":
            await release.wait()
        request.transport.close()
        return web.Response()

    async with serving(handler) as port:
        target = 1 if trouble == "nobody" else port
        async with client_for(target) as client:
            with pytest.raises(CameraError) as caught:
                await client.request(ASK, timeout_s=0.1, most_bytes=100)
        release.set()
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__
    assert SECRET not in repr(ASK)
