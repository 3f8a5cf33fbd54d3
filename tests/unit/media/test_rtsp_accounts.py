"""Accounts while streams play: who is cut when they change, who may watch without one, and how guessing is answered."""

from __future__ import annotations

import asyncio

import pytest

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.proto.http.guessing import FIRST_HOLD_S, GuessingBrake
from bridge.proto.rtsp.server import Entrance
from bridge.runtime.accounts import Accounts
from tests.clients.rtsp import RtspClient, UdpReceiver, rtsp_client
from tests.unit.media.rtsp_world import SECRET, picture, rtsp_world

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


def account(username: str, password: str = SECRET, level: UserLevel = UserLevel.USER) -> User:
    return User(username, Secret(password), level)


async def pictures(client: RtspClient, number: int) -> list[int]:
    """Return the sequence numbers of the next packets with pictures, without what else comes between them."""
    found: list[int] = []
    while len(found) < number:
        channel, packet = await client.frame()
        if channel == 0:
            found.append(packet[3])
    return found


@pytest.fixture
def accounts() -> Accounts:
    return Accounts([account("viewer"), account("guest")])


@pytest.mark.parametrize(
    "left",
    [[account("guest")], [account("viewer", "another"), account("guest")]],
    ids=["the account is gone", "it has another password"],
)
async def test_a_stream_that_plays_ends_with_the_account_and_others_go_on(accounts, left):
    async with (
        rtsp_world(entrance=Entrance(accounts)) as world,
        rtsp_client(world.port, **world.account) as viewer,
        rtsp_client(world.port, username="guest", password=SECRET) as guest,
    ):
        await world.begin()
        for client in (viewer, guest):
            assert (await client.open(world.url, TCP)).status == 200
        accounts.replace(left)
        world.server.cut_strangers()
        assert await viewer.at_end()
        assert len(world.server.viewers) == 1
        world.source.play(picture(3))
        assert await pictures(guest, 3) == [1, 2, 3]


async def test_a_stream_over_udp_ends_too_though_its_connection_is_long_gone(accounts):
    async with rtsp_world(entrance=Entrance(accounts)) as world:
        await world.begin()
        with UdpReceiver() as receiver:
            async with rtsp_client(world.port, **world.account) as client:
                await client.open(world.url, receiver.transport)
            accounts.replace([account("guest")])
            world.server.cut_strangers()
            assert world.server.viewers == ()
        assert world.hub.counters.readers == 0


async def test_another_level_or_the_same_accounts_anew_cut_nobody(accounts):
    async with rtsp_world(entrance=Entrance(accounts)) as world, rtsp_client(world.port, **world.account) as client:
        await world.begin()
        await client.open(world.url, TCP)
        accounts.replace([account("viewer", level=UserLevel.ADMINISTRATOR)])
        world.server.cut_strangers()
        assert len(world.server.viewers) == 1
        assert (await client.request("GET_PARAMETER", world.url)).status == 200


async def test_an_open_stream_is_shown_to_everybody_whatever_happens_to_accounts():
    async with rtsp_world(entrance=Entrance(None)) as world, rtsp_client(world.port) as stranger:
        await world.begin()
        reply = await stranger.open(world.url, TCP)
        assert reply.status == 200
        world.server.cut_strangers()
        world.source.play(picture(3))
        assert await pictures(stranger, 3) == [1, 2, 3]
        assert (await stranger.request("GET_PARAMETER", world.url, Session=reply.session)).status == 200
        assert (await stranger.request("DESCRIBE", world.url.replace("main", "other"))).status == 401


async def test_a_guess_too_many_is_answered_late_and_ends_the_connection():
    async with rtsp_world(brake=GuessingBrake(free=1)) as world:
        wrong = {"username": "viewer", "password": "guess"}
        async with rtsp_client(world.port, **wrong) as guesser:
            assert (await guesser.request("DESCRIBE", world.url)).status == 401
            assert (await guesser.request("OPTIONS", world.url)).status == 200
        async with rtsp_client(world.port, **wrong) as guesser:
            began = asyncio.get_running_loop().time()
            assert (await guesser.request("DESCRIBE", world.url)).status == 401
            assert asyncio.get_running_loop().time() - began >= FIRST_HOLD_S
            assert await guesser.at_end()
        async with rtsp_client(world.port, **world.account) as good:
            assert (await good.request("DESCRIBE", world.url)).status == 200
