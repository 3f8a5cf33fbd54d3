"""HTTP and HTTPS on one port, and the addresses that a client of either is told."""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, web

from bridge.proto.soap.namespaces import TDS, TEV, TR2, TRT, TT
from bridge.runtime import admission
from bridge.runtime.listeners import http_listener
from bridge.runtime.tls_layer import TlsLayer
from tests.clients.rtsp import PATIENCE_S
from tests.integration.front_world import hello_app, tls_pair
from tests.unit.onvif.served import served

LARGE = b"x" * 900_000


async def end_of(reader):
    async with asyncio.timeout(PATIENCE_S):
        return await reader.read()


@pytest.fixture
async def pair(tmp_path):
    async with tls_pair(tmp_path) as pair:
        yield pair


@pytest.fixture
async def listening(pair):
    async with http_listener(hello_app(), "127.0.0.1", 0, purpose="a test", tls=pair[0]) as port:
        yield port


async def test_one_port_serves_both_schemes(pair, listening):
    async with ClientSession() as session:
        for scheme in ("http", "https", "http"):
            url = f"{scheme}://127.0.0.1:{listening}/here"
            async with session.post(url, data="a body", ssl=pair[1]) as answer:
                assert await answer.text() == f"{scheme} /here a body"


async def test_a_connection_over_tls_serves_many_requests(pair, listening):
    reader, writer = await asyncio.open_connection("127.0.0.1", listening, ssl=pair[1])
    for _ in range(3):
        writer.write(b"GET /again HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readuntil(b"https /again ")
    writer.close()
    await writer.wait_closed()


async def test_a_client_hello_may_come_byte_by_byte(pair, listening):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = pair[1].wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    reader, writer = await asyncio.open_connection("127.0.0.1", listening)

    async def exchange(step):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    writer.write(bytes([byte]))
                    await writer.drain()
                incoming.write(await reader.read(65536))

    await exchange(client.do_handshake)
    client.write(b"GET /slowly HTTP/1.0\r\n\r\n")
    assert (await exchange(lambda: client.read(65536))).startswith(b"HTTP/1.0 200 OK")
    writer.close()


async def test_much_is_carried_in_both_directions(pair):
    async def echo(request):
        return web.Response(body=await request.read())

    app = web.Application(client_max_size=2 * len(LARGE))
    app.router.add_post("/", echo)
    async with (
        http_listener(app, "127.0.0.1", 0, purpose="a test", tls=pair[0]) as port,
        ClientSession() as session,
        session.post(f"https://127.0.0.1:{port}/", data=LARGE, ssl=pair[1]) as answer,
    ):
        assert await answer.read() == LARGE


async def test_tls_says_goodbye(pair, listening):
    """Without it a client could not tell the end of an answer from a cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listening, ssl=pair[1])
    writer.write(b"GET /once HTTP/1.0\r\n\r\n")
    assert (await end_of(reader)).endswith(b"https /once ")
    writer.close()


async def test_a_stranger_to_the_certificate_does_not_connect(listening):
    async with ClientSession() as session:
        with pytest.raises(ClientConnectorCertificateError):
            await session.get(f"https://127.0.0.1:{listening}/")
        async with session.get(f"http://127.0.0.1:{listening}/") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_versions_that_are_announced_are_served(pair, listening, version):
    pair[1].minimum_version = pair[1].maximum_version = version
    _, writer = await asyncio.open_connection("127.0.0.1", listening, ssl=pair[1])
    assert writer.get_extra_info("ssl_object").version() == version.name.replace("_", ".")
    writer.close()


async def test_nothing_older_is_served(pair):
    assert pair[0].minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("said", [b"\x16", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b"\x16 this is no TLS"])
async def test_what_only_begins_like_tls_is_ended(monkeypatch, listening, said):
    monkeypatch.setattr(admission, "FIRST_REQUEST_S", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", listening)
    writer.write(said)
    assert b"HTTP" not in await end_of(reader)
    writer.close()


async def test_a_handshake_and_then_silence_is_ended(monkeypatch, pair, listening):
    monkeypatch.setattr(admission, "FIRST_REQUEST_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", listening, ssl=pair[1])
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()


async def test_half_a_request_over_tls_is_answered_when_its_time_is_over(monkeypatch, pair, listening):
    monkeypatch.setattr(admission, "FIRST_REQUEST_S", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", listening, ssl=pair[1])
    writer.write(b"GET / HT")
    assert (await end_of(reader)).startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_connections_that_never_got_through_the_handshake_count_no_more(monkeypatch, pair):
    monkeypatch.setattr(admission, "MOST_CONNECTIONS", 2)
    async with http_listener(hello_app(), "127.0.0.1", 0, purpose="a test", tls=pair[0]) as port:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"\x16 this is no TLS")
            await end_of(reader)
            writer.close()
        async with ClientSession() as session, session.get(f"https://127.0.0.1:{port}/", ssl=pair[1]) as answer:
            assert answer.status == 200


async def test_without_a_certificate_there_is_no_https():
    async with http_listener(hello_app(), "127.0.0.1", 0, purpose="a test") as port, AsyncExitStack() as stack:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        stack.callback(writer.close)
        writer.write(b"\x16\x03\x01\x02\x00\x01")
        assert (await end_of(reader)).startswith(b"HTTP/1.0 400 ")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        stack.callback(writer.close)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert b"http / " in await end_of(reader)


async def test_whoever_asks_over_https_is_told_https_addresses(pair):
    """ONVIF Core, and DEVICE-1-1-31: the addresses have the scheme of the request."""
    stream = f'<trt:GetStreamUri xmlns:trt="{TRT}" xmlns:tt="{TT}"><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>'
    stream += "<tt:Transport><tt:Protocol>HTTP</tt:Protocol></tt:Transport></trt:StreamSetup>"
    stream += "<trt:ProfileToken>Profile_main</trt:ProfileToken></trt:GetStreamUri>"
    snapshot = f'<GetSnapshotUri xmlns="{TR2}"><ProfileToken>Profile_main</ProfileToken></GetSnapshotUri>'
    everything = f'<GetServices xmlns="{TDS}"><IncludeCapability>true</IncludeCapability></GetServices>'
    async with served(tls=pair[0]) as bench:
        bench.client.context = pair[1]
        for base in (plain := bench.client.base_url, plain.replace("http:", "https:")):
            bench.client.base_url = base
            services = await bench.ask(everything)
            assert all(address.startswith(f"{base}/onvif/") for address in services.values("XAddr"))
            assert f'RTSPWebSocketUri="ws{"s" if base != plain else ""}:/onvif/rtsp"' in services.text
            assert 'TLS1.2="true"' in services.text
            for body in (f'<CreatePullPointSubscription xmlns="{TEV}"/>', snapshot, stream):
                reply = await bench.ask(body)
                assert reply.status == 200, reply.text
                (told,) = reply.values("Address") or reply.values("Uri")
                assert told.startswith(f"{base}/")


async def test_a_layer_hands_the_sockets_facts_up_and_its_own(pair):
    """aiohttp tells the scheme by them."""
    ours, theirs = socket.socketpair()
    with theirs:
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        layer = TlsLayer(asyncio.Protocol(), pair[0])
        transport.set_protocol(layer)
        layer.connection_made(transport)
        assert layer.get_extra_info("sslcontext") is pair[0]
        assert layer.get_extra_info("socket") is transport.get_extra_info("socket")
        assert layer.get_extra_info("nothing", "of the kind") == "of the kind"
        layer.close()
        layer.close()
        layer.write(b"nothing goes out any more")
        assert layer.is_closing()
        await asyncio.sleep(0)
