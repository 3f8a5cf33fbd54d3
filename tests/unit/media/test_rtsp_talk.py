"""Talking to a camera over RTSP: the whole way from a client's packets to the loudspeaker."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bridge.core.camera import Facets
from bridge.core.errors import Unreachable
from bridge.core.formats import AudioCodec
from bridge.media import rtsp_server
from bridge.media.backchannel import BackChannel
from bridge.runtime.clock import SystemClock
from tests.clients import sdp
from tests.clients.rtsp import Reply, RtspClient, UdpReceiver, rtsp_client, sound_packet
from tests.unit.clock import FakeClock
from tests.unit.media.horn import Horn, HornCamera
from tests.unit.media.rtsp_world import World, key_picture, rtsp_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TAG = "www.onvif.org/ver20/backchannel"
REQUIRED = {"Require": TAG}
TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"
TCP_BACK = "RTP/AVP/TCP;unicast;interleaved=4-5"
OPENED = ["asked for PCMU", "open for PCMU"]


@dataclass
class Place:
    """A stream of a camera with a loudspeaker."""

    world: World
    camera: HornCamera

    @property
    def horn(self) -> Horn:
        return self.camera.horn

    @asynccontextmanager
    async def client(self) -> AsyncIterator[RtspClient]:
        async with rtsp_client(self.world.port, **self.world.account) as client:
            yield client

    async def set_up(self, client: RtspClient, transport: str = TCP_BACK, **headers: str) -> Reply:
        """Set up the back channel, and nothing else."""
        return await client.request(
            "SETUP", f"{self.world.url}/backchannel", Transport=transport, **REQUIRED, **headers
        )

    async def talk(self, client: RtspClient, transport: str = TCP_BACK) -> Reply:
        """Get so far that a client may talk; return the answer to SETUP."""
        reply = await self.set_up(client, transport)
        assert reply.status == 200, reply
        played = await client.request("PLAY", self.world.url, Session=reply.session, **REQUIRED)
        assert played.status == 200, played
        return reply


@asynccontextmanager
async def place(*codecs: AudioCodec, silence_s: float = 60.0, clock: FakeClock | None = None) -> AsyncIterator[Place]:
    camera = HornCamera(*(codecs or (AudioCodec.PCMU,)))
    back_channel = BackChannel(camera, clock=clock or SystemClock(), silence_s=silence_s)
    async with rtsp_world(back_channel=back_channel, clock=clock) as world:
        await world.begin()
        yield Place(world, camera)


# -- description


async def test_who_requires_it_is_told_of_the_back_channel_and_nobody_else() -> None:
    async with place(AudioCodec.PCMA) as at, at.client() as client:
        plain = await client.request("DESCRIBE", at.world.url)
        reply = await client.request("DESCRIBE", at.world.url, **REQUIRED)

    assert b"sendonly" not in plain.body
    text = reply.body.decode()
    assert text.startswith(plain.body.decode().partition("m=")[0].partition("o=")[0])
    assert text.partition("m=")[2].startswith(plain.body.decode().partition("m=")[2])
    back = text[text.rindex("m=") :].split()
    assert back == [
        *("m=audio", "0", "RTP/AVP", "0", "8"),
        *("a=rtpmap:0", "PCMU/8000", "a=rtpmap:8", "PCMA/8000"),
        *("a=control:backchannel", "a=sendonly"),
    ]


@pytest.mark.parametrize("codecs", [(), (AudioCodec.AAC,)], ids=["no loudspeaker", "a loudspeaker for AAC alone"])
async def test_a_camera_that_cannot_be_talked_to_does_not_have_the_feature(codecs: tuple[AudioCodec, ...]) -> None:
    back_channel = BackChannel(HornCamera(*codecs), clock=SystemClock())
    async with rtsp_world(back_channel=back_channel) as world:
        await world.begin()
        async with rtsp_client(world.port, **world.account) as client:
            reply = await client.request("DESCRIBE", world.url, **REQUIRED)
            assert (reply.status, reply["Unsupported"]) == (551, TAG)
            setup = await client.request("SETUP", f"{world.url}/backchannel", Transport=TCP_BACK)
            assert setup.status == 404
            assert (await client.request("DESCRIBE", world.url)).status == 200


async def test_a_stream_that_does_not_exist_is_not_found_whatever_is_required() -> None:
    async with place() as at, at.client() as client:
        reply = await client.request("DESCRIBE", f"rtsp://127.0.0.1:{at.world.port}/cam/nothing", **REQUIRED)
        assert reply.status == 404


async def test_other_features_are_refused_by_name() -> None:
    async with place() as at, at.client() as client:
        reply = await client.request("DESCRIBE", at.world.url, Require=f"onvif-replay, {TAG}")
        assert (reply.status, reply["Unsupported"]) == (551, "onvif-replay")


# -- talking


async def test_what_is_said_inside_of_the_connection_reaches_the_loudspeaker() -> None:
    async with place() as at, at.client() as client:
        reply = await at.talk(client)
        assert reply.transport("interleaved") == "4-5"
        assert at.horn.done == []
        for seq in (1, 2, 3):
            await client.say(4, sound_packet(seq, bytes([seq])))
        channel, report = await client.frame()
        assert (channel, report[1]) == (5, 200)
        assert await at.horn.has_done(2) == OPENED
        ended = await client.request("TEARDOWN", at.world.url, Session=reply.session, **REQUIRED)
        assert ended.status == 200
        assert (await at.horn.has_done(3))[-1] == "closed"
        assert at.horn.heard == [(bytes([seq]), 160 * seq) for seq in (1, 2, 3)]


async def test_what_is_said_over_udp_reaches_the_loudspeaker() -> None:
    async with place() as at, at.client() as client:
        with UdpReceiver() as ports:
            reply = await at.talk(client, ports.transport)
            ports.say(sound_packet(1, b"hello"), reply)
            assert (await ports.report())[1] == 200
            assert await at.horn.has_done(2) == OPENED
            await client.request("TEARDOWN", at.world.url, Session=reply.session, **REQUIRED)
            assert (await at.horn.has_done(3))[-1] == "closed"
    assert at.horn.heard == [(b"hello", 160)]


async def test_one_sees_and_talks_in_the_same_session() -> None:
    async with place() as at, at.client() as client:
        described = await client.request("DESCRIBE", at.world.url, **REQUIRED)
        media = sdp.read(described.body.decode()).media
        assert [medium.control(described["Content-Base"]) for medium in media][-1] == f"{at.world.url}/backchannel"
        seen = await client.request("SETUP", f"{at.world.url}/track1", Transport=TCP)
        said = await at.set_up(client, Session=seen.session)
        assert said.session == seen.session
        played = await client.request("PLAY", at.world.url, Session=seen.session, **REQUIRED)
        assert "backchannel" not in played["RTP-Info"]
        at.world.source.play(key_picture(3))
        assert (await client.frame())[0] in {0, 1}
        await client.say(4, sound_packet(1))
        assert await at.horn.has_done(2) == OPENED
        assert len(at.world.server.viewers) == 1


async def test_to_talk_alone_needs_no_packets_of_the_camera() -> None:
    async with place() as at, at.client() as client:
        await at.talk(client)
        assert at.world.hub.counters.readers == 0


async def test_who_talks_alone_is_shown_as_long_as_the_session_plays() -> None:
    async with place() as at, at.client() as client:
        reply = await at.talk(client)
        assert [(viewer.path, viewer.dropped) for viewer in at.world.server.viewers] == [("cam/main", 0)]
        await client.request("PAUSE", at.world.url, Session=reply.session, **REQUIRED)
        assert at.world.server.viewers == ()


async def test_a_talk_ends_with_the_device() -> None:
    async with place() as at, at.client() as client:
        await at.talk(client)
        await client.say(4, sound_packet(1))
        await at.horn.has_done(2)
        at.world.server.directory.remove("cam/main")
        assert (await at.horn.has_done(3))[-1] == "closed"
        assert await client.at_end()
        assert len(at.world.server.sessions) == 0


async def test_nothing_is_heard_before_play_nor_in_a_pause_nor_on_other_channels() -> None:
    async with place() as at, at.client() as client:
        reply = await at.set_up(client)
        await client.say(4, sound_packet(1, b"too early"))
        await client.request("PLAY", at.world.url, Session=reply.session, **REQUIRED)
        await client.say(4, sound_packet(2, b"now"))
        await client.say(6, sound_packet(3, b"elsewhere"))
        await at.horn.has_done(2)
        await client.request("PAUSE", at.world.url, Session=reply.session, **REQUIRED)
        assert (await at.horn.has_done(3))[-1] == "closed"
        await client.say(4, sound_packet(4, b"paused"))
        assert (await client.request("OPTIONS", at.world.url)).status == 200
    assert [payload for payload, _ in at.horn.heard] == [b"now"]


async def test_over_udp_nothing_is_heard_in_a_pause() -> None:
    async with place() as at, at.client() as client:
        with UdpReceiver() as ports:
            reply = await at.set_up(client, ports.transport)
            ports.say(sound_packet(1, b"too early"), reply)
            await client.request("PLAY", at.world.url, Session=reply.session, **REQUIRED)
            ports.say(sound_packet(2, b"now"), reply)
            await ports.report()
            await at.horn.has_done(2)
    assert [payload for payload, _ in at.horn.heard] == [b"now"]


async def test_what_is_said_keeps_a_session_alive_that_hears_nothing_else() -> None:
    clock = FakeClock()
    async with place(clock=clock) as at, at.client() as client:
        with UdpReceiver() as ports:
            reply = await at.talk(client, ports.transport)
            clock.advance(50.0)
            ports.say(sound_packet(1), reply)
            await ports.report()
            (session,) = (view.session for view in at.world.server._views.values())
            assert session.deadline - clock.now() > 50.0


async def test_the_end_of_the_connection_is_the_end_of_the_talk() -> None:
    async with place() as at:
        async with at.client() as client:
            await at.talk(client)
            await client.say(4, sound_packet(1))
            await at.horn.has_done(2)
        assert (await at.horn.has_done(3))[-1] == "closed"


async def test_silence_is_the_end_of_the_talk_but_not_of_the_session() -> None:
    async with place(silence_s=0.02) as at, at.client() as client:
        await at.talk(client)
        await client.say(4, sound_packet(1))
        assert (await at.horn.has_done(3))[-1] == "closed"
        await client.say(4, sound_packet(2))
        assert (await at.horn.has_done(5))[3:] == OPENED


# -- two who want to talk


async def test_while_one_talks_another_gets_no_back_channel() -> None:
    async with place() as at, at.client() as first, at.client() as second:
        reply = await at.talk(first)
        await first.say(4, sound_packet(1))
        await at.horn.has_done(2)
        assert (await at.set_up(second)).status == 453
        await first.request("TEARDOWN", at.world.url, Session=reply.session)
        assert (await at.set_up(second)).status == 200


async def test_who_was_ready_to_talk_cannot_begin_while_another_does() -> None:
    async with place() as at, at.client() as first, at.client() as second:
        ready = await at.set_up(second)
        await at.talk(first)
        await first.say(4, sound_packet(1))
        await at.horn.has_done(2)
        played = await second.request("PLAY", at.world.url, Session=ready.session, **REQUIRED)
        assert played.status == 453


async def test_who_was_ready_to_see_and_to_talk_sees_while_another_talks() -> None:
    async with place() as at, at.client() as first, at.client() as second:
        seen = await second.request("SETUP", f"{at.world.url}/track1", Transport=TCP)
        await at.set_up(second, Session=seen.session)
        await at.talk(first)
        await first.say(4, sound_packet(1, b"first"))
        await at.horn.has_done(2)
        played = await second.request("PLAY", at.world.url, Session=seen.session, **REQUIRED)
        assert played.status == 200
        assert (await second.frame())[0] in {0, 1}
        await second.say(4, sound_packet(1, b"second"))
        assert (await second.request("OPTIONS", at.world.url)).status == 200
    assert [payload for payload, _ in at.horn.heard] == [b"first"]


async def test_who_is_only_ready_to_talk_is_in_nobodys_way() -> None:
    async with place() as at, at.client() as first, at.client() as second:
        await at.talk(first)
        await at.talk(second)
        await second.say(4, sound_packet(1, b"second"))
        await second.frame()
        await first.say(4, sound_packet(1, b"first"))
        await first.frame()
        await at.horn.has_done(2)
    assert [payload for payload, _ in at.horn.heard] == [b"second"]


async def test_setting_up_twice_is_no_second_talker() -> None:
    async with place() as at, at.client() as client:
        with UdpReceiver() as ports, UdpReceiver() as others:
            reply = await at.set_up(client, ports.transport)
            again = await at.set_up(client, others.transport, Session=reply.session)
            await client.request("PLAY", at.world.url, Session=reply.session, **REQUIRED)
            others.say(sound_packet(1), again)
            await others.report()


# -- trouble


async def test_a_camera_that_refuses_costs_the_viewer_nothing_but_the_sound() -> None:
    async with place() as at, at.client() as client:
        at.horn.refusal = Unreachable("gone")
        await at.talk(client)
        for seq in range(1, 4):
            await client.say(4, sound_packet(seq))
        assert await at.horn.has_done(2) == ["asked for PCMU", "closed"]
        assert (await client.request("OPTIONS", at.world.url)).status == 200
    assert at.horn.heard == []


async def test_a_loudspeaker_that_has_gone_is_not_in_the_way_of_the_pictures() -> None:
    async with place() as at, at.client() as client:
        seen = await client.request("SETUP", f"{at.world.url}/track1", Transport=TCP)
        await at.set_up(client, Session=seen.session)
        at.camera.facets = Facets()
        assert (await client.request("PLAY", at.world.url, Session=seen.session)).status == 200
        await client.say(4, sound_packet(1))
        assert (await client.frame())[0] in {0, 1}


async def test_who_floods_is_answered_and_hurts_nobody() -> None:
    async with place() as at, at.client() as flooder, at.client() as viewer:
        await at.talk(flooder)
        flood = b"".join(b"$\x04\x00\xac" + sound_packet(seq) for seq in range(2000))
        async with asyncio.timeout(5.0):
            await flooder.send(flood)
            assert (await flooder.request("OPTIONS", at.world.url)).status == 200
            assert (await viewer.open(at.world.url, TCP)).status == 200
        await at.horn.has_done(2)
        assert len(at.horn.heard) < 200


async def test_a_talker_who_reads_nothing_gets_no_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtsp_server, "MOST_QUEUED_BYTES", 0)
    async with place() as at, at.client() as client:
        await at.talk(client)
        await client.say(4, sound_packet(1))
        await at.horn.has_done(2)
        assert (await client.request("OPTIONS", at.world.url)).status == 200
        assert not client._frames
