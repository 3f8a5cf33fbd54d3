"""HTTP listeners and the addresses that the bridge tells."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from aiohttp import request, web
from structlog.testing import capture_logs

from bridge.runtime import admission, listeners
from bridge.runtime.listeners import ListenError, http_listener
from bridge.runtime.reach import Reach, in_uri


def app() -> web.Application:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    application = web.Application()
    application.router.add_get("/", hello)
    return application


async def test_port_zero_gives_a_free_port_that_serves():
    async with (
        http_listener(app(), "127.0.0.1", 0, purpose="a test") as port,
        request("GET", f"http://127.0.0.1:{port}/") as answer,
    ):
        assert await answer.text() == "hello"


async def test_a_taken_port_is_a_clear_error():
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
        with pytest.raises(ListenError, match=rf"cannot listen on 127\.0\.0\.1:{port} for camera gate"):
            async with http_listener(app(), "127.0.0.1", port, purpose="camera gate"):
                pass


async def test_an_oversized_header_is_refused():
    async with (
        http_listener(app(), "127.0.0.1", 0, purpose="a test") as port,
        request("GET", f"http://127.0.0.1:{port}/", headers={"X": "y" * 10_000}) as answer,
    ):
        assert answer.status == 400


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic c2VjcmV0\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_logged_without_a_trace_and_without_what_it_said(caplog, request_head):
    with capture_logs() as logs:
        async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request_head)
            assert b" 400 " in await reader.readline()
            writer.close()
    assert [(entry["event"], entry["peer"], entry["status"]) for entry in logs] == [
        ("http.broken_request", "127.0.0.1", 400)
    ]
    assert "c2VjcmV0" not in str(logs)
    assert not caplog.records


async def test_a_mistake_in_a_handler_keeps_its_trace(caplog):
    async def fail(request: web.Request) -> web.Response:
        raise ZeroDivisionError

    application = web.Application()
    application.router.add_get("/", fail)
    async with (
        http_listener(application, "127.0.0.1", 0, purpose="a test") as port,
        request("GET", f"http://127.0.0.1:{port}/") as answer,
    ):
        assert answer.status == 500
    assert "ZeroDivisionError" in caplog.text


async def test_connections_beyond_the_limit_are_closed_and_the_others_are_served(monkeypatch):
    monkeypatch.setattr(admission, "MOST_CONNECTIONS", 3)
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port, AsyncExitStack() as stack:
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(("said", "answer"), [(b"", b""), (b"GET / HT", b"HTTP/1.1 408 Request Timeout")])
async def test_a_connection_that_asks_for_nothing_is_closed(monkeypatch, said, answer):
    monkeypatch.setattr(admission, "FIRST_REQUEST_S", 0.05)
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        assert (await reader.read()).partition(b"\r\n")[0] == answer
        writer.close()


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (b"\0\1\2", []),  # aiohttp takes what has no method for noise
        (b"\x16\x03\x01\0", []),
        (b"GARBAGE\r\n", []),
        (b"GET / HTTP/1.0\n\n", [("http.broken_request", 400)]),
    ],
)
async def test_what_cannot_become_a_request_is_answered_at_once(caplog, said, logged):
    with capture_logs() as logs:
        async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            async with asyncio.timeout(admission.FIRST_REQUEST_S / 5):
                assert b" 400 " in await reader.readline()
                await reader.read()
            writer.close()
    assert [(entry["event"], entry["status"]) for entry in logs] == logged
    assert not caplog.records


async def test_an_odd_method_has_no_more_time_than_the_others(monkeypatch):
    """The web server would wait for the rest of it for ever."""
    monkeypatch.setattr(admission, "FIRST_REQUEST_S", 0.05)
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"M-SEARCH / HTTP/1.1\r\n")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_what_was_no_request_holds_no_place(monkeypatch):
    monkeypatch.setattr(admission, "MOST_CONNECTIONS", 2)
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
        for _ in range(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"\0\1\2")
            assert b" 400 " in await reader.read()
            writer.close()


async def test_a_connection_that_asks_no_more_is_closed(monkeypatch):
    monkeypatch.setattr(listeners, "KEEP_ALIVE_S", 0.05)
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"hello")
        writer.close()


async def test_a_connection_that_has_asked_is_kept_for_more(monkeypatch):
    monkeypatch.setattr(admission, "FIRST_REQUEST_S", 0.05)
    ask = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    async with http_listener(app(), "127.0.0.1", 0, purpose="a test") as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(ask)
            assert await reader.readuntil(b"hello") is not None
            await asyncio.sleep(0.06)
        writer.close()


def test_the_advertised_host_wins_over_the_address_that_was_used():
    assert Reach("127.0.0.1", None).host_for("192.0.2.7") == "192.0.2.7"
    assert Reach("127.0.0.1", "cameras.example").host_for("192.0.2.7") == "cameras.example"


def test_ipv6_addresses_stand_in_brackets():
    assert in_uri("::1") == "[::1]"
    assert in_uri("[::1]") == "[::1]"
    assert in_uri("127.0.0.1") == "127.0.0.1"


def test_its_own_host_is_the_bound_address_or_one_of_the_machine():
    assert Reach("127.0.0.1", None).own_host == "127.0.0.1"
    assert Reach("0.0.0.0", None).own_host not in {"0.0.0.0", ""}
