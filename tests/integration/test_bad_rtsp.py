"""Whatever strangers send to the RTSP port: a status, one line in the log at most, and viewers go on watching."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from tests.clients.counting import is_gapless, video_seqs
from tests.clients.soap import digest_authorization
from tests.integration.test_bad_input import BROKEN_HTTP, NOT_WELL_FORMED
from tests.logs import eventually
from tests.target import HOST, Target, raw

if TYPE_CHECKING:
    from tests.clients.rtsp import RtspClient

pytestmark = pytest.mark.allow_hosts([HOST])

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"

BROKEN_RTSP = {
    "garbage": b"\x80\x00\x01garbage\r\n\r\n",
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a first line of two words": b"DESCRIBE RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    "a header without a colon": b"OPTIONS * RTSP/1.0\r\nCSeq 1\r\n\r\n",
    "a zero byte": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: a\x00b\r\n\r\n",
    "a head of 30 KB": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: " + b"x" * 30_000,
    "a thousand headers": b"OPTIONS * RTSP/1.0\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    "a body of a gigabyte": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 999999999\r\n\r\n",
    "a negative body": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a length that was too short": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 1\r\n\r\n\xff\xff\xff\r\n",
}


@pytest.mark.parametrize("data", BROKEN_RTSP.values(), ids=BROKEN_RTSP)
async def test_what_is_no_rtsp_is_a_bad_request_and_ends_the_connection(target: Target, data):
    answer = await raw(HOST, target.rtsp_port, data)
    assert b"RTSP/1.0 400 Bad Request\r\n" in answer
    await eventually(target.log.lines)
    (line,) = target.log.lines()
    assert "rtsp.broken_input" in line


REFUSED_RTSP = {
    "no such stream": ("DESCRIBE", "{base}/nothing/main", {}, 404),
    "a stream that climbs": ("DESCRIBE", "{base}/../../etc/passwd", {}, 404),
    "an address of nobody": ("DESCRIBE", "*", {}, 400),
    "an address of another protocol": ("DESCRIBE", "ftp://127.0.0.1/x", {}, 400),
    "an unknown method": ("DANCE", "{stream}", {}, 501),
    "a method of others": ("RECORD", "{stream}", {}, 405),
    "an unknown session": ("PLAY", "{stream}", {"Session": "12345678"}, 454),
    "a session of no words": ("PLAY", "{stream}", {"Session": ";;;"}, 400),
    "play without a session": ("PLAY", "{stream}", {}, 454),
    "teardown without a session": ("TEARDOWN", "{stream}", {}, 454),
    "no transport": ("SETUP", "{stream}/track1", {}, 461),
    "a transport of nobody": ("SETUP", "{stream}/track1", {"Transport": "CARRIER/PIGEON;unicast"}, 461),
    "multicast": ("SETUP", "{stream}/track1", {"Transport": "RTP/AVP;multicast"}, 461),
    "ports beyond all ports": (
        "SETUP",
        "{stream}/track1",
        {"Transport": "RTP/AVP;unicast;client_port=70000-70001"},
        400,
    ),
    "a track that there is not": (
        "SETUP",
        "{stream}/track77",
        {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"},
        404,
    ),
    "an ability of nobody": ("DESCRIBE", "{stream}", {"Require": "flying"}, 551),
    "a parameter": ("GET_PARAMETER", "{stream}", {}, 200),
}


@pytest.mark.parametrize(("method", "url", "headers", "status"), REFUSED_RTSP.values(), ids=REFUSED_RTSP)
async def test_an_rtsp_request_that_cannot_be_met_has_its_status_and_the_connection_lives(
    target: Target, method, url, headers, status
):
    base = target.stream.rpartition("/demo-")[0]
    async with target.rtsp() as client:
        reply = await client.request(method, url.format(stream=target.stream, base=base), **headers)
        assert reply.status == status
        assert (await client.request("OPTIONS", target.stream)).status == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("OPTIONS * RTSP/1.0\r\n\r\n", 400),
        ("OPTIONS * RTSP/1.0\r\nCSeq: one\r\n\r\n", 400),
        ("OPTIONS * RTSP/2.0\r\nCSeq: 7\r\n\r\n", 505),
        ("OPTIONS * RTSP/1.0\r\nCSeq: -1\r\n\r\n", 400),
    ],
)
async def test_a_request_without_a_good_number_or_version_is_refused_and_the_connection_lives(
    target: Target, head, status
):
    async with target.rtsp() as client:
        await client.send(head.encode())
        assert (await client.reply()).status == status
        assert (await client.request("OPTIONS", target.stream)).status == 200


async def test_whoever_guesses_passwords_is_put_out_and_logged_once(target: Target):
    # A name of its own: guesses at the demo's account by other tests would count too.
    async with target.rtsp(username="nobody-yet", password="guess") as client:
        for _ in range(10):
            assert (await client.request("DESCRIBE", target.stream)).status == 401
        assert await client.at_end()
    await eventually(target.log.lines)
    (line,) = target.log.lines()
    assert "rtsp.login_refused" in line


async def test_a_nonce_of_another_server_is_stale_and_the_next_one_is_good(target: Target):
    async with target.rtsp() as client:
        refused = await client.request("DESCRIBE", target.stream, Authorization=rtsp_proof(target, "00112233"))
        assert refused.status == 401
        assert "stale=true" in refused["WWW-Authenticate"]
        assert (await client.request("DESCRIBE", target.stream)).status == 200


def rtsp_proof(target: Target, nonce: str) -> str:
    """Return the right proof of the password for a nonce that the server never gave away."""
    demo, realm = target.demo, "onvif-bridge"
    proof = digest_authorization(
        f'realm="{realm}", nonce="{nonce}"',
        username=demo.username,
        password=demo.password,
        method="DESCRIBE",
        uri=target.stream,
    )
    target.client.credentials.update(re.findall('response="(.*?)"', proof))
    return proof


async def test_a_session_belongs_to_its_connection(running: Target):
    async with running.rtsp() as owner, running.rtsp() as thief:
        reply = await owner.open(running.stream, TCP)
        await video_seqs(owner, 3)
        for method in ("PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"):
            assert (await thief.request(method, running.stream, Session=reply.session)).status == 454
        assert is_gapless(await video_seqs(owner, 5))


async def test_a_client_that_hangs_up_in_the_middle_of_an_rtsp_body_leaves_nothing(target: Target):
    async with target.rtsp() as client:
        await client.send(b"SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 500\r\n\r\nhalf")


# -- an attached viewer ------------------------------------------------------------------------------------------------


async def play(client: RtspClient, target: Target) -> None:
    reply = await client.open(target.stream, TCP)
    assert reply.status == 200


LYING_FRAMES = {
    "longer than what follows": b"$\x00\xff\xff" + b"\x80\xc9",
    "shorter than a report": b"$\x01\x00\x01\x80" * 50,
    "empty": b"$\x01\x00\x00" * 1000,
    "of a channel that nobody has": b"$\xee\x00\x04abcd" * 100,
    "a report that lies about its length": b"$\x01\x00\x08\x81\xc9\xff\xff\x00\x00\x00\x01",
}


async def test_a_viewer_loses_nothing_by_what_others_send(running: Target):
    """Not with the fixture `target`: here all of it comes at once."""
    async with running.rtsp() as viewer:
        await play(viewer, running)
        seen = await video_seqs(viewer, 5)
        liars = [running.rtsp() for _ in LYING_FRAMES]
        async with asyncio.TaskGroup() as group:
            for document in NOT_WELL_FORMED.values():
                group.create_task(running.client.post(document))
            for data in BROKEN_RTSP.values():
                group.create_task(raw(HOST, running.rtsp_port, data))
            for data in BROKEN_HTTP.values():
                group.create_task(raw(HOST, int(running.demo.port), data))
            for liar, frames in zip(liars, LYING_FRAMES.values(), strict=True):
                group.create_task(lie(liar, running, frames))
        seen += await video_seqs(viewer, 10)
        assert is_gapless(seen)
        assert (await viewer.request("GET_PARAMETER", running.stream)).status == 200
    assert (await running.client.profiles()).status == 200


async def lie(connection, target: Target, frames: bytes) -> None:
    """Play, send frames that are wrong, and see that the pictures go on all the same."""
    async with connection as client:
        await play(client, target)
        await client.send(frames)
        assert is_gapless(await video_seqs(client, 10))
