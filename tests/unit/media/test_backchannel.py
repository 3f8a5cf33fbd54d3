"""One loudspeaker and those who want to talk through it, without RTSP around them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.camera import Facets
from bridge.core.errors import Busy, Unreachable
from bridge.core.formats import AudioCodec
from bridge.core.talk import TalkDescription
from bridge.media import backchannel, g711
from bridge.media.backchannel import MOST_BYTES_PER_S, MOST_PACKET_BYTES, MOST_WAITING, BackChannel, Talker, offered
from bridge.proto.rtp import rtcp
from tests.unit.clock import FakeClock
from tests.unit.media.horn import HornCamera
from tests.unit.media.streams import rtp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PCMU, PCMA, AAC = AudioCodec.PCMU, AudioCodec.PCMA, AudioCodec.AAC


class Stage:
    """A back channel that runs, and talkers for it."""

    def __init__(self, camera: HornCamera, clock: FakeClock, silence_s: float) -> None:
        self.camera = camera
        self.horn = camera.horn
        self.clock = clock
        self.channel = BackChannel(camera, clock=clock, silence_s=silence_s)
        self.reports: list[bytes] = []

    def talker(self) -> Talker:
        return Talker(self.channel, ssrc=0xB41D6E, send_report=self.reports.append)


@asynccontextmanager
async def stage(*codecs: AudioCodec, silence_s: float = 60.0) -> AsyncIterator[Stage]:
    made = Stage(HornCamera(*(codecs or (PCMU,))), FakeClock(), silence_s)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(made.channel.run())
        yield made
        running.cancel()


def said(seq: int, payload: bytes = b"sound", *, payload_type: int = 0, ssrc: int = 5) -> bytes:
    return rtp(payload, seq=seq % 65536, rtp_time=160 * seq, ssrc=ssrc, payload_type=payload_type)


# -- what is offered


def test_pcmu_is_offered_first_whatever_the_camera_likes_best() -> None:
    tracks = offered(TalkDescription((PCMA, AAC))).values()
    assert [(each.payload_type, each.encoding, each.clock_rate) for each in tracks] == [
        (0, "PCMU", 8000),
        (8, "PCMA", 8000),
        (99, "MPEG4-GENERIC", 8000),
    ]
    assert "config=1588" in tuple(tracks)[2].fmtp


def test_other_rates_than_the_usual_have_payload_types_of_their_own() -> None:
    tracks = offered(TalkDescription((PCMU, PCMA), sample_rate_hz=16000)).values()
    assert [(each.payload_type, each.encoding, each.clock_rate) for each in tracks] == [
        (97, "PCMU", 16000),
        (98, "PCMA", 16000),
    ]
    assert AAC not in offered(TalkDescription((PCMU, AAC), sample_rate_hz=8001))


def test_a_loudspeaker_that_takes_nothing_but_aac_is_not_offered() -> None:
    assert offered(TalkDescription((AAC,))) == {}


def test_nothing_is_offered_of_a_camera_that_cannot_be_talked_to() -> None:
    camera, clock = HornCamera(PCMU), FakeClock()
    channel = BackChannel(camera, clock=clock)
    assert list(channel.offered) == [PCMU]
    camera.facets = Facets()
    assert channel.offered == {}
    assert BackChannel(HornCamera(), clock=clock).offered == {}
    camera.facets, camera.description = Facets(talk=camera.horn), None
    assert channel.offered == {}


# -- the loudspeaker


async def test_the_first_packet_opens_the_way_and_nothing_of_it_is_lost() -> None:
    async with stage() as on:
        on.horn.patience.clear()
        talker = on.talker()
        for seq in range(3):
            assert talker.receive(said(seq, bytes([seq])))
        assert await on.horn.has_done(1) == ["asked for PCMU"]
        assert on.horn.heard == []
        on.horn.patience.set()
        await on.horn.has_done(2)
        await asyncio.sleep(0)
        talker.receive(said(3, b"\x03"))
        assert on.horn.heard == [(bytes([seq]), 160 * seq) for seq in range(4)]


async def test_a_camera_that_opens_slowly_hears_the_last_second() -> None:
    async with stage() as on:
        on.horn.patience.clear()
        talker = on.talker()
        for seq in range(MOST_WAITING + 10):
            talker.receive(said(seq))
        on.horn.patience.set()
        await on.horn.has_done(2)
        await asyncio.sleep(0)
        assert [rtp_time // 160 for _, rtp_time in on.horn.heard] == list(range(10, MOST_WAITING + 10))


async def test_leaving_closes_the_way_once_and_talking_again_opens_it() -> None:
    async with stage() as on:
        talker = on.talker()
        talker.receive(said(1))
        await on.horn.has_done(2)
        talker.leave()
        talker.leave()
        assert await on.horn.has_done(3) == ["asked for PCMU", "open for PCMU", "closed"]
        talker.receive(said(1))
        assert (await on.horn.has_done(5))[3:] == ["asked for PCMU", "open for PCMU"]


async def test_silence_closes_the_way() -> None:
    async with stage(silence_s=0.02) as on:
        talker = on.talker()
        talker.receive(said(1))
        await on.horn.has_done(2)
        on.clock.advance(0.02)
        assert (await on.horn.has_done(3))[-1] == "closed"
        assert not talker.is_locked_out


async def test_who_goes_on_talking_is_not_silent() -> None:
    async with stage(silence_s=0.02) as on:
        talker = on.talker()
        talker.receive(said(1))
        await on.horn.has_done(2)
        for seq in range(2, 6):
            on.clock.advance(0.01)
            talker.receive(said(seq))
            await asyncio.sleep(0.01)
        assert on.horn.done == ["asked for PCMU", "open for PCMU"]


async def test_only_one_talks_and_the_next_when_he_is_done() -> None:
    async with stage() as on:
        first, second = on.talker(), on.talker()
        first.receive(said(1, b"first"))
        second.receive(said(1, b"second"))
        await on.horn.has_done(2)
        await asyncio.sleep(0)
        assert (first.is_locked_out, second.is_locked_out) == (False, True)
        assert on.channel.is_taken_from(None)
        second.leave()
        assert [payload for payload, _ in on.horn.heard] == [b"first"]
        first.leave()
        second.receive(said(2, b"second"))
        first.receive(said(2, b"first"))
        await on.horn.has_done(5)
        await asyncio.sleep(0)
        assert [payload for payload, _ in on.horn.heard] == [b"first", b"second"]


async def test_who_leaves_before_the_way_is_open_is_not_heard() -> None:
    async with stage() as on:
        on.horn.patience.clear()
        talker = on.talker()
        talker.receive(said(1))
        await on.horn.has_done(1)
        talker.leave()
        on.horn.patience.set()
        assert (await on.horn.has_done(3))[-1] == "closed"
        assert on.horn.heard == []
        talker.receive(said(2))
        talker.leave()
        await asyncio.sleep(0)
        assert len(on.horn.done) == 3


async def test_a_camera_that_refuses_is_left_alone_for_a_while() -> None:
    async with stage() as on:
        on.horn.refusal = Busy("somebody else talks")
        talker = on.talker()
        talker.receive(said(1))
        assert await on.horn.has_done(2) == ["asked for PCMU", "closed"]
        assert not on.channel.is_taken_from(None)
        talker.receive(said(2))
        await asyncio.sleep(0)
        assert len(on.horn.done) == 2
        on.clock.advance(backchannel.REFUSED_S)
        on.horn.refusal = None
        talker.receive(said(3))
        assert (await on.horn.has_done(4))[-1] == "open for PCMU"


async def test_a_camera_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backchannel, "START_S", 0.01)
    async with stage() as on:
        on.horn.patience.clear()
        on.talker().receive(said(1))
        assert await on.horn.has_done(2) == ["asked for PCMU", "closed"]


async def test_a_way_that_cannot_be_closed_is_nobodys_trouble() -> None:
    async with stage() as on:
        on.horn.stop_refusal = Unreachable("gone")
        talker = on.talker()
        for opened in (1, 2):
            talker.receive(said(opened))
            await on.horn.has_done(3 * opened - 1)
            talker.leave()
            await on.horn.has_done(3 * opened)


async def test_a_loudspeaker_that_has_gone_is_not_looked_for_with_every_packet() -> None:
    async with stage() as on:
        talker = on.talker()
        on.camera.facets = Facets()
        talker.receive(said(1))
        await asyncio.sleep(0.01)
        on.camera.facets = Facets(talk=on.horn)
        talker.receive(said(2))
        await asyncio.sleep(0.01)
        assert on.horn.done == []


async def test_the_end_of_the_bridge_closes_the_way() -> None:
    async with stage() as on:
        on.talker().receive(said(1))
        await on.horn.has_done(2)
    assert on.horn.done[-1] == "closed"


# -- codecs


async def test_the_camera_is_given_its_own_law() -> None:
    async with stage(PCMA) as on:
        talker = on.talker()
        mu = bytes(range(256))
        talker.receive(said(1, mu))
        talker.receive(said(2, b"a-law", payload_type=8))
        assert (await on.horn.has_done(2))[-1] == "open for PCMA"
        await asyncio.sleep(0)
        assert [payload for payload, _ in on.horn.heard] == [g711.pcmu_to_pcma(mu), b"a-law"]


async def test_what_the_camera_takes_as_it_is_is_not_converted() -> None:
    async with stage(AAC, PCMA, PCMU) as on:
        talker = on.talker()
        talker.receive(said(1, b"mu", payload_type=0))
        talker.receive(said(2, b"a-law", payload_type=8))
        talker.receive(said(3, b"aac", payload_type=98))
        assert (await on.horn.has_done(2))[-1] == "open for PCMU"
        await asyncio.sleep(0)
        assert [payload for payload, _ in on.horn.heard] == [b"mu", g711.pcma_to_pcmu(b"a-law")]


# -- what viewers send


async def heard_of(*packets: bytes) -> list[int]:
    """Return the sequence numbers of the packets that were taken."""
    async with stage() as on:
        talker = on.talker()
        return [int.from_bytes(packet[2:4], "big") for packet in packets if talker.receive(packet)]


async def test_late_and_repeated_packets_are_dropped_and_gaps_are_not_waited_for() -> None:
    assert await heard_of(*(said(seq) for seq in (65534, 65535, 65535, 1, 0, 65534, 2, 40, 39, 41))) == [
        *(65534, 65535, 1, 2, 40, 41)
    ]


async def test_a_talker_who_begins_anew_is_heard_at_once() -> None:
    assert await heard_of(said(5000), said(17), said(18), said(3, ssrc=6), said(4, ssrc=6)) == [5000, 17, 18, 3, 4]


async def test_what_was_not_offered_is_dropped() -> None:
    too_long = said(4, bytes(MOST_PACKET_BYTES))
    assert await heard_of(said(1, payload_type=8), said(2, b""), b"", b"\x80", too_long, said(5)) == [5]


async def test_a_flood_is_cut_to_what_can_be_heard() -> None:
    async with stage() as on:
        talker = on.talker()
        packet_bytes = len(said(0, bytes(160)))
        taken = sum(talker.receive(said(seq, bytes(160))) for seq in range(10_000))
        assert taken == MOST_BYTES_PER_S // packet_bytes
        on.clock.advance(1.0)
        assert talker.receive(said(10_000, bytes(160)))


@given(st.lists(st.binary(max_size=60)))
def test_no_bytes_do_harm(packets: list[bytes]) -> None:
    async def play() -> None:
        async with stage() as on:
            talker = on.talker()
            for packet in packets:
                talker.receive(packet)
                talker.receive(said(1)[:12] + packet)

    asyncio.run(play())


def block_of(report: bytes) -> bytes:
    """What a sender's report that tells of no packets says of the one that it came from."""
    kind, packets, octets, end = report[1], report[20:24], report[24:28], 4 * (int.from_bytes(report[2:4], "big") + 1)
    assert (kind, packets, octets) == (200, bytes(4), bytes(4))
    return report[28:end]


def told(block: rtcp.ReportBlock) -> bytes:
    return rtcp.build_receiver_report(0xB41D6E, block, "cam")[8:32]


async def test_a_talker_is_told_what_came_of_him_with_the_first_packet_and_every_few_seconds() -> None:
    async with stage() as on:
        talker = on.talker()
        talker.receive(said(1))
        assert [block_of(report) for report in on.reports] == [told(rtcp.ReportBlock(5, 0, 0, 1, 0, 0, 0))]
        talker.receive(said(2))
        assert len(on.reports) == 1
        on.clock.advance(backchannel.REPORT_S)
        talker.receive(said(1))
        assert len(on.reports) == 1, "it is late"
        talker.receive(said(4))
        _, report = on.reports
        jitter = 2489  # a sixteenth of the 5 s by which the last one is late, in ticks
        assert block_of(report) == told(rtcp.ReportBlock(5, 256 // 3, 1, 4, jitter, 0, 0))


@pytest.mark.parametrize("is_paused", [False, True])
async def test_numbers_that_begin_anew_are_counted_anew(is_paused: bool) -> None:
    async with stage() as on:
        talker = on.talker()
        for seq in (1000, 1003):
            talker.receive(said(seq))
        if is_paused:
            talker.leave()
        on.clock.advance(backchannel.REPORT_S)
        talker.receive(said(7))
        assert block_of(on.reports[-1]) == told(rtcp.ReportBlock(5, 0, 0, 7, 0, 0, 0))
