"""RTSP on the web port: through HTTP, through HTTPS and through a WebSocket.

Cases of the official specifications: RTSS-1-1-41 to 45 (streaming over HTTP, with line breaks in the base64), and the
WebSocket cases of MEDIA2_RTSS.
"""

import asyncio
import base64
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from bridge.media.tunnels import MOST_MESSAGE_BYTES
from bridge.proto.rtsp import session as sessions
from bridge.runtime import admission
from tests.clients.rtsp import PATIENCE_S, rtsp_client
from tests.clients.tunnel import head, http_tunnel, socket_client, web_socket
from tests.integration.front_world import front_world, tls_pair
from tests.unit.media.rtsp_world import key_picture, picture

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


def in_lines(data):
    """Base64 as mail has it, which is how the test tool writes it."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def padded_bit_by_bit(data):
    return b"".join(base64.b64encode(data[at : at + 4]) for at in range(0, len(data), 4))


@asynccontextmanager
async def tunnelled(world, encode=base64.b64encode, context=None):
    async with http_tunnel(world.web_port, context=context) as tunnel:
        await tunnel.get()
        yield tunnel.client(await tunnel.post(encode), **world.account)


async def end_of(reader):
    async with asyncio.timeout(PATIENCE_S):
        return await reader.read()


async def frames(client, number):
    return [frame async for frame in _video(client, number)]


async def _video(client, number):
    while number:
        channel, packet = await client.frame()
        if channel == 0:
            number -= 1
            yield packet


@pytest.mark.parametrize("encode", [base64.b64encode, in_lines, padded_bit_by_bit])
async def test_RTSS_1_1_41_and_45_a_stream_is_played_through_http(encode):
    async with front_world() as world, tunnelled(world, encode) as client:
        reply = await client.open(world.url, TCP)
        world.source.play(picture(3))
        assert [packet[2:4] for packet in await frames(client, 3)] == [b"\0\1", b"\0\2", b"\0\3"]
        assert (await client.request("TEARDOWN", world.url, Session=reply.session)).status == 200


async def test_the_packets_are_the_very_ones_of_a_plain_connection():
    async with (
        front_world() as world,
        tunnelled(world) as through_http,
        rtsp_client(world.port, **world.account) as plain,
        web_socket(world.web_port) as socket,
    ):
        through_socket = socket_client(socket, **world.account)
        clients = (plain, through_http, through_socket)
        for client in clients:
            await client.open(world.url, TCP)
        world.source.play(picture(3, size=1200) + key_picture(4, size=1200))
        seen = [await frames(client, 5) for client in clients]
    assert seen[0] == seen[1] == seen[2]


async def test_the_way_down_is_an_endless_response():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
    status, *fields = tunnel.answer.decode().strip().split("\r\n")
    assert status == "HTTP/1.1 200 OK"
    assert {"Content-Type: application/x-rtsp-tunnelled", "Connection: close"} <= set(fields)
    assert "length" not in tunnel.answer.decode().lower()


async def test_rtsp_asks_for_the_password_and_http_does_not():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        client = tunnel.client(await tunnel.post())
        assert (await client.request("DESCRIBE", world.url)).status == 401


async def test_addresses_of_the_web_port_and_in_its_scheme_are_understood():
    async with front_world() as world, tunnelled(world) as client:
        described = await client.request("DESCRIBE", f"http://127.0.0.1:{world.web_port}/cam/main")
        assert described["Content-Base"] == f"http://127.0.0.1:{world.web_port}/cam/main/"
        assert (await client.open(f"rtsp://127.0.0.1:{world.web_port}/cam/main", TCP)).status == 200


async def test_a_post_may_be_closed_and_opened_again():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        first = await tunnel.post()
        client = tunnel.client(first, **world.account)
        session = (await client.open(world.url, TCP)).session
        first.close()
        await first.wait_closed()
        client = tunnel.client(await tunnel.post(), **world.account)
        reply = await client.request("GET_PARAMETER", world.url, Session=session)
        assert (reply.status, len(world.server.viewers)) == (200, 1)


async def test_a_request_may_be_cut_over_two_posts():
    request = b"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n"
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        first = await tunnel.post()
        first.write(request[:10])
        first.close()
        await first.wait_closed()
        second = await tunnel.post()
        second.write(request[10:])
        assert (await tunnel.client(second).reply())["CSeq"] == "7"


async def test_the_end_of_the_get_is_the_end_of_the_session():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        down = await tunnel.get()
        up = await tunnel.post()
        await tunnel.client(up, **world.account).open(world.url, TCP)
        (serving,) = world.server._clients.values()
        down.transport.abort()
        await asyncio.wait([serving], timeout=PATIENCE_S)
        assert world.server.viewers == ()
        assert world.tunnels.connections <= 1, "the POST is being closed"


async def test_RTSS_1_1_45_a_tunnel_without_a_post_is_closed_once_its_session_has_ended():
    async with front_world(lonely_s=60) as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        up = await tunnel.post()
        client = tunnel.client(up, **world.account)
        session = (await client.open(world.url, TCP)).session
        assert (await client.request("TEARDOWN", world.url, Session=session)).status == 200
        up.close()
        await end_of(tunnel.down)


async def test_a_tunnel_without_a_post_and_without_a_session_is_closed_after_a_while():
    async with front_world(lonely_s=0.05) as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        up = await tunnel.post()
        assert (await tunnel.client(up).request("OPTIONS", "*")).status == 200
        up.close()
        assert await end_of(tunnel.down) == b""


async def test_a_session_whose_camera_is_away_holds_its_tunnel_without_a_post():
    async with front_world(lonely_s=0.05) as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        up = await tunnel.post()
        client = tunnel.client(up, **world.account)
        await client.open(world.url, TCP)
        up.close()
        await asyncio.sleep(0.3)
        world.source.play(picture(3))
        assert [packet[2:4] for packet in await frames(client, 3)] == [b"\0\1", b"\0\2", b"\0\3"]


async def test_the_time_of_the_session_bounds_that_of_its_tunnel(monkeypatch):
    monkeypatch.setattr(sessions, "GRACE_S", 0.0)
    async with front_world(lonely_s=0.05, session_s=1) as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        up = await tunnel.post()
        await tunnel.client(up, **world.account).open(world.url, TCP)
        up.close()
        await end_of(tunnel.down)
        assert world.tunnels.connections == 0


async def test_a_post_alone_leads_nowhere():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        reader, _ = await tunnel.connect(head("POST", "nobody's"))
        assert (await end_of(reader)).startswith(b"HTTP/1.1 404 ")


async def test_nobody_takes_the_tunnel_of_another():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        reader, _ = await tunnel.connect(head("GET", "biscuit"))
        assert (await end_of(reader)).startswith(b"HTTP/1.1 409 ")
        assert (await tunnel.client(await tunnel.post()).request("OPTIONS", "*")).status == 200


async def test_what_is_no_base64_ends_the_tunnel():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        (await tunnel.post(lambda data: data)).write(b"OPTIONS * RTSP/1.0\r\n\r\n")
        assert await end_of(tunnel.down) == b""


async def test_what_a_client_sends_on_the_get_is_ignored():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        (await tunnel.get()).write(b"anything")
        assert (await tunnel.client(await tunnel.post()).request("OPTIONS", "*")).status == 200


async def test_a_busy_server_lets_requests_wait_in_the_clients_socket():
    async with front_world() as world, http_tunnel(world.web_port) as tunnel, ClientSession() as session:
        await tunnel.get()
        before = await tunnel.post()
        await tunnel.client(before).request("OPTIONS", "*")
        (layer,) = world.tunnels._by_cookie.values()
        layer.pause_reading()
        for up in (before, await tunnel.post()):
            up.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 5\r\n\r\n")
            async with session.get(f"http://127.0.0.1:{world.web_port}/") as answer:
                assert answer.status == 200, "the server has looked at its sockets since"
        assert (layer.is_reading(), bytes(tunnel.down._buffer)) == (False, b"")
        layer.resume_reading()
        assert [(await tunnel.client(before).reply())["CSeq"] for _ in range(2)] == ["5", "5"]


async def test_a_plain_get_and_post_are_the_web_servers():
    async with front_world() as world, ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{world.web_port}/a") as answer:
            assert await answer.text() == "http /a "
        async with session.post(f"http://127.0.0.1:{world.web_port}/b", data="body") as answer:
            assert await answer.text() == "http /b body"


async def test_tunnels_count_with_the_other_connections(monkeypatch):
    monkeypatch.setattr(admission, "MOST_CONNECTIONS", 2)
    async with front_world() as world, http_tunnel(world.web_port) as tunnel:
        await tunnel.get()
        up = await tunnel.post()
        await tunnel.client(up).request("OPTIONS", "*")
        reader, _ = await tunnel.connect(b"")
        assert await end_of(reader) == b""


async def test_tunnels_end_with_their_port():
    async with AsyncExitStack() as stack:
        async with front_world() as world:
            tunnel = await stack.enter_async_context(http_tunnel(world.web_port))
            await tunnel.get()
            socket = await stack.enter_async_context(web_socket(world.web_port))
        assert await end_of(tunnel.down) == b""
        assert (await socket.receive()).type in {WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR}


# -- over TLS ----------------------------------------------------------------------------------------------------------


async def test_a_stream_is_played_through_https_and_a_secure_websocket(tmp_path):
    async with tls_pair(tmp_path) as (served, trusting), front_world(tls=served) as world:
        async with tunnelled(world, context=trusting) as client:
            await client.open(world.url, TCP)
            assert len(await frames(client, 2)) == 2
        async with web_socket(world.web_port, context=trusting) as socket:
            client = socket_client(socket, **world.account)
            await client.open(world.url, TCP)
            assert len(await frames(client, 2)) == 2


# -- WebSockets --------------------------------------------------------------------------------------------------------


async def test_a_stream_is_played_through_a_websocket():
    async with front_world() as world, web_socket(world.web_port) as socket:
        assert socket.protocol == "rtsp.onvif.org"
        client = socket_client(socket, **world.account)
        reply = await client.open(world.url, TCP)
        world.source.play(picture(3))
        assert [packet[2:4] for packet in await frames(client, 3)] == [b"\0\1", b"\0\2", b"\0\3"]
        assert (await client.request("TEARDOWN", world.url, Session=reply.session)).status == 200


async def test_one_batch_is_one_message():
    async with front_world() as world, web_socket(world.web_port) as socket:
        await socket_client(socket, **world.account).open(world.url, TCP)
        batch = picture(3, size=40_000) + picture(4, size=40_000)
        while len(data := await socket.receive_bytes()) < 1000:
            world.source.play(batch)
        assert data == batch


async def test_a_large_batch_is_several_messages():
    """Clients refuse messages of some MB: a new viewer's first batch may have as much."""
    async with front_world() as world, web_socket(world.web_port) as socket:
        await socket_client(socket, **world.account).open(world.url, TCP)
        batch = b"".join(picture(3 + number, size=60_000) for number in range(12))
        world.source.play(batch)
        sizes, got = [], b""
        while len(got) < len(batch):
            data = await socket.receive_bytes()
            if len(data) > 1000 or got:
                sizes.append(len(data))
                got += data
        assert (got, max(sizes)) == (batch, MOST_MESSAGE_BYTES)


@pytest.mark.parametrize("text", [True, False])
async def test_a_request_may_be_cut_into_messages_of_either_kind(text):
    async with front_world() as world, web_socket(world.web_port) as socket:
        for piece in ("OPT", "IONS * RTSP/1.0\r\n", "CSeq: 9\r\n\r\n"):
            await (socket.send_str(piece) if text else socket.send_bytes(piece.encode()))
        assert b"CSeq: 9\r\n" in await socket.receive_bytes()


async def test_pings_are_answered_and_pongs_are_not():
    async with front_world() as world, web_socket(world.web_port) as socket:
        await socket.pong(b"unasked")
        await socket.ping(b"are you there")
        await socket.send_bytes(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        assert (await socket.receive()).type is WSMsgType.BINARY


async def test_a_websocket_is_closed_in_both_directions():
    async with front_world() as world:
        async with web_socket(world.web_port) as socket:
            await socket_client(socket, **world.account).open(world.url, TCP)
            (serving,) = world.server._clients.values()
            await socket.close(code=3333)
            assert socket.close_code == 3333
        await asyncio.wait([serving], timeout=PATIENCE_S)
        assert world.server.viewers == ()


async def test_the_client_is_told_when_rtsp_is_over():
    async with front_world() as world, web_socket(world.web_port) as socket:
        await socket.send_bytes(b"\x01\x02 this is no RTSP")
        assert (await socket.receive()).type in {WSMsgType.BINARY, WSMsgType.CLOSE}
        assert await socket.receive() is not None
        assert socket.close_code == 1000


async def test_a_frame_that_breaks_the_rules_closes_the_socket():
    async with front_world() as world, http_tunnel(world.web_port) as raw:
        reader, writer = await raw.connect(
            b"GET /onvif/rtsp HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: other, rtsp.onvif.org\r\n\r\n"
        )
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x82\x05naked")
        assert await end_of(reader) == b"\x88\x02\x03\xea"


async def test_a_websocket_of_another_version_is_told_ours():
    async with front_world() as world, ClientSession() as session:
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Protocol": "rtsp.onvif.org"}
        url = f"http://127.0.0.1:{world.web_port}/"
        async with session.get(url, headers={**fields, "Sec-WebSocket-Version": "8"}) as answer:
            assert (answer.status, answer.headers["Sec-WebSocket-Version"]) == (426, "13")
        async with session.get(url, headers={**fields, "Sec-WebSocket-Version": "13"}) as answer:
            assert answer.status == 400


async def test_a_websocket_for_something_else_is_the_web_servers():
    async with front_world() as world, ClientSession() as session:
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(f"http://127.0.0.1:{world.web_port}/", protocols=["chat"])
