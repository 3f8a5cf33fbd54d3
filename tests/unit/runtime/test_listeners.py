"""HTTP listeners and the addresses that the bridge tells."""

import pytest
from aiohttp import request, web

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
