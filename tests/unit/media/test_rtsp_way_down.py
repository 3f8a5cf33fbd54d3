"""The way down of a client's tunnel between a connection and a protocol of the test's own."""

from __future__ import annotations

import asyncio
from base64 import b64decode

import pytest
from typing_extensions import override

from bridge.core.errors import Unreachable
from bridge.media.sources.rtsp_tunnel import WayDown, WayUp
from bridge.proto.rtsp.tunnel import UP_BYTES

OPEN = b"HTTP/1.0 200 OK\r\n\r\n"


class Above(asyncio.Protocol):
    def __init__(self):
        self.heard = []

    @override
    def connection_made(self, _transport):
        self.heard.append("made")

    @override
    def data_received(self, data):
        self.heard.append(data)

    @override
    def connection_lost(self, _exc):
        self.heard.append("lost")


class Below(asyncio.Transport):
    def __init__(self):
        super().__init__()
        self.written = []

    @override
    def write(self, data):
        self.written.append(data)

    @override
    def close(self):
        self.written.append("closed")

    @override
    def abort(self):
        self.written.append("aborted")


class Camera:
    """Takes POSTs; `posts` are the connections of all, in order."""

    def __init__(self, down):
        self.posts = []
        self._down = down

    def take(self):
        up = WayUp(self._down)
        up.connection_made(Below())
        self.posts.append(up.connection)
        return up

    async def post(self):
        return self.take()


def begin(down):
    camera = Camera(down)
    down.begin(camera.take(), camera.post)
    return camera


@pytest.fixture
async def down():
    made = WayDown(Above())
    made.connection_made(Below())
    return made


async def test_what_comes_before_the_way_up_is_kept(down):
    down.data_received(OPEN + b"one")
    assert (await down.answer).status == 200
    down.data_received(b" two")
    assert down.get_protocol().heard == []
    begin(down)
    down.data_received(b"three")
    assert down.get_protocol().heard == ["made", b"one two", b"three"]


async def test_end_that_came_before_the_way_up_is_told(down):
    down.data_received(OPEN)
    down.connection_lost(None)
    begin(down)
    assert down.get_protocol().heard == ["made", "lost"]


async def test_end_before_the_answer_is_the_answer(down):
    down.connection_lost(None)
    with pytest.raises(Unreachable, match="before it was open"):
        await down.answer


async def test_messages_go_up_one_by_one_and_nothing_before_there_is_a_way(down):
    down.write(b"too early")
    camera = begin(down)
    down.write(b"OPTIONS")
    assert [b64decode(text) for text in camera.posts[0].written] == [b"OPTIONS"]
    assert down.below.written == []


async def test_both_ways_end_together(down):
    camera = Camera(down)
    up = camera.take()
    down.begin(up, camera.post)
    up.connection_lost(None)
    down.connection_lost(None)
    down.abort()
    assert down.below.written == ["closed", "aborted"]
    assert up.connection.written == ["closed", "aborted"]
    assert down.get_protocol().heard == ["made", "lost"]


async def test_no_post_carries_more_than_its_head_promised(down):
    """Where the length is obeyed, what comes beyond it would be lost, and the tunnel with it."""
    camera = begin(down)
    messages = [f"GET_PARAMETER {number} ".encode().ljust(300) for number in range(300)]
    for message in messages:
        down.write(message)
        await asyncio.sleep(0)
    said = [[text for text in post.written if text != "closed"] for post in camera.posts]
    assert [b64decode(text) for texts in said for text in texts] == messages
    assert all(sum(map(len, texts)) <= UP_BYTES for texts in said)
    closed = [post.written[-1] == "closed" for post in camera.posts]
    assert closed == [True, True, False, False], "the last but one may still have something to deliver"


async def test_what_is_said_while_a_post_is_opened_comes_after_what_was_said_before(down):
    camera = begin(down)
    messages = [bytes([number]) * 10_000 for number in range(8)]
    for message in messages:
        down.write(message)
    await asyncio.sleep(0)
    said = [b64decode(text) for post in camera.posts for text in post.written if text != "closed"]
    assert said == messages


async def test_the_end_of_a_former_post_is_not_the_end(down):
    camera = Camera(down)
    former = camera.take()
    down.begin(former, camera.post)
    for _ in range(2):
        down.write(b"x" * 20_000)
    await asyncio.sleep(0)
    former.connection_lost(None)
    assert (down.below.written, len(camera.posts)) == ([], 2)


async def test_a_camera_that_takes_no_other_post_ends_the_tunnel(down):
    async def refuse():
        raise ConnectionRefusedError

    down.begin(Camera(down).take(), refuse)
    for _ in range(2):
        down.write(b"x" * 20_000)
    await asyncio.sleep(0)
    assert down.below.written == ["closed"]


async def test_nothing_is_opened_for_a_tunnel_that_has_ended(down):
    waiting = asyncio.Event()

    async def wait():
        waiting.set()
        await asyncio.Event().wait()

    down.begin(Camera(down).take(), wait)
    for _ in range(2):
        down.write(b"x" * 20_000)
    await waiting.wait()
    posting = down._posting
    down.connection_lost(None)
    await asyncio.wait([posting])
    assert posting.cancelled()
