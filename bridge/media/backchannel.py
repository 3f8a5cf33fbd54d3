"""The way back: from whoever talks over RTSP to a camera's loudspeaker.

ONVIF Streaming Specification, "Back channel connection". A camera has one `BackChannel`, and every session that has
set it up a `Talker`. The first packet takes the loudspeaker, and nobody else has it until that viewer pauses, leaves or
falls silent; who only wants to be ready to talk is in nobody's way. A viewer can do no more harm than to be heard: what
is no sound as it was offered, late or too much is dropped, and little is kept.

The primacy of the audio output is `HalfDuplex/Auto`: nobody is muted here, viewers hear the camera while one talks.
Not here: RTSP and sockets (`rtsp_server`, `udp`), and how sound gets to the camera (`core.talk`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import CameraError, WireError
from bridge.core.formats import AudioCodec
from bridge.core.talk import Talk
from bridge.media import g711
from bridge.media.source import MediaKind, Track
from bridge.proto.rtp import rtcp
from bridge.proto.rtp.packet import RtpHeader
from bridge.proto.rtp.reception import Reception
from bridge.proto.rtp.rewrite import SEQ_MODULUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.camera import Camera
    from bridge.core.talk import TalkDescription
    from bridge.core.timing import Clock

SILENCE_S = 3.0
"""How long the loudspeaker is kept for somebody who says nothing."""

REFUSED_S = 5.0
"""How long a camera that did not open the way is left alone."""

START_S = 10.0
STOP_S = 2.0
"""What a camera may take to open and to close the way; the end of the bridge waits for the latter."""

MOST_WAITING = 50
"""Payloads kept while the way is being opened, a second of the usual 20 ms each: what was said first is lost then."""

MOST_PACKET_BYTES = 2048
"""A quarter of a second of G.711; usual are 20 ms."""

MOST_BYTES_PER_S = 32_000
"""Four times G.711: what is sent faster than it can be heard is no talk. A second of it may come at once."""

MOST_LATE = 128
"""Sequence numbers by which a packet counts as late or as sent twice; one that is further back begins anew."""

REPORT_S = 5.0
"""Between two reports to the talker (RFC 3550 section 6.2)."""

_STATIC_RATE_HZ = 8000
_STATIC_TYPES = {AudioCodec.PCMU: 0, AudioCodec.PCMA: 8}
_FIRST_DYNAMIC_TYPE = 97
_AAC_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""By their index in an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.3.4)."""

_CONVERSIONS = {
    (AudioCodec.PCMU, AudioCodec.PCMA): g711.pcmu_to_pcma,
    (AudioCodec.PCMA, AudioCodec.PCMU): g711.pcma_to_pcmu,
}

_log = structlog.get_logger(__name__)


def offered(talk: TalkDescription) -> dict[AudioCodec, Track]:
    """Return what viewers may send to a loudspeaker: PCMU, which everybody has, then what else the camera takes.

    Nothing for a loudspeaker that takes no law of G.711: there is no encoder here.
    """
    if not _STATIC_TYPES.keys() & talk.codecs:
        return {}
    codecs = dict.fromkeys((AudioCodec.PCMU, *talk.codecs))
    tracks = {codec: _track(codec, talk.sample_rate_hz, number) for number, codec in enumerate(codecs)}
    return {codec: track for codec, track in tracks.items() if track is not None}


def offered_by(camera: Camera) -> dict[AudioCodec, Track]:
    """Return what viewers may send to a camera now: nothing if it has no loudspeaker or it cannot be used."""
    description = camera.description
    talk = None if description is None else description.talk
    return {} if talk is None or camera.facets.talk is None else offered(talk)


def _track(codec: AudioCodec, rate_hz: int, number: int) -> Track | None:
    """Return how SDP tells of a codec; None for a rate that it does not have."""
    dynamic_type = _FIRST_DYNAMIC_TYPE + number
    if codec is not AudioCodec.AAC:
        payload_type = _STATIC_TYPES[codec] if rate_hz == _STATIC_RATE_HZ else dynamic_type
        return Track(MediaKind.AUDIO, codec.value, payload_type, rate_hz)
    if rate_hz not in _AAC_RATES_HZ:
        return None
    # Low complexity, the rate, one channel.
    configuration = 2 << 11 | _AAC_RATES_HZ.index(rate_hz) << 7 | 1 << 3
    parameters = "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"
    fmtp = f"{parameters};config={configuration:04X}"
    return Track(MediaKind.AUDIO, "MPEG4-GENERIC", dynamic_type, rate_hz, fmtp=fmtp)


@dataclass(slots=True, eq=False)
class _Spell:
    """The time that one viewer has the loudspeaker for.

    Attributes:
        codec: what the camera is given.
        heard_at: when the last packet came, monotonic seconds.
        waiting: payloads with their RTP times, until the way is open.
        way: the open way.
        over: set when it has ended, for whatever reason.
    """

    talker: Talker
    codec: AudioCodec
    heard_at: float
    waiting: deque[tuple[bytes, int]] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    way: Talk | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, way: Talk) -> None:
        """Send from now on, and first what has waited."""
        self.way = way
        while self.waiting:
            way.send(*self.waiting.popleft())

    def send(self, payload: bytes, rtp_time: int) -> None:
        """Bring a payload to the camera, as soon as the way is open."""
        if self.way is None:
            self.waiting.append((payload, rtp_time))
        else:
            self.way.send(payload, rtp_time)


class BackChannel:
    """The loudspeaker of one camera, for one talker at a time.

    Args:
        camera: whose loudspeaker.
        clock: of silence and of reports.
        silence_s: how long the loudspeaker is kept for somebody who says nothing.
    """

    def __init__(self, camera: Camera, *, clock: Clock, silence_s: float = SILENCE_S) -> None:
        self.clock = clock
        self._camera = camera
        self._silence_s = silence_s
        self._spell: _Spell | None = None
        self._begun = asyncio.Event()
        self._closed_until = 0.0
        self._is_refused = False

    @property
    def name(self) -> str:
        """The camera's id, which reports to talkers are signed with."""
        return self._camera.id

    @property
    def offered(self) -> dict[AudioCodec, Track]:
        """What viewers may send now, best known first; nothing if there is no loudspeaker to be used."""
        return offered_by(self._camera)

    def is_taken_from(self, talker: Talker | None) -> bool:
        """Whether somebody else talks; None stands for somebody who has not begun."""
        return self._spell is not None and self._spell.talker is not talker

    def hear(self, talker: Talker, codec: AudioCodec, payload: bytes, rtp_time: int) -> None:
        """Take the loudspeaker for a talker unless it is taken, and bring the payload there."""
        now = self.clock.now()
        if self._spell is None and now >= self._closed_until:
            self._spell = _Spell(talker, self._codec_for(codec), now)
            self._begun.set()
        spell = self._spell
        if spell is None or spell.talker is not talker:
            return
        spell.heard_at = now
        if codec is not spell.codec:
            convert = _CONVERSIONS.get((codec, spell.codec))
            if convert is None:
                return
            payload = convert(payload)
        spell.send(payload, rtp_time)

    def leave(self, talker: Talker) -> None:
        """Give the loudspeaker back; harmless for somebody who does not talk."""
        if self._spell is not None and self._spell.talker is talker:
            self._end(self._spell)

    async def run(self) -> None:
        """Open and close the way to the camera as viewers begin and end to talk, until cancelled."""
        while True:
            await self._begun.wait()
            self._begun.clear()
            if self._spell is not None:
                await self._carry(self._spell)

    def _codec_for(self, codec: AudioCodec) -> AudioCodec:
        """Return what the camera is given of a talker who sends that: the same, or else what it can be made into."""
        description = self._camera.description
        native = () if description is None or description.talk is None else description.talk.codecs
        return codec if codec in native else next((each for each in native if (codec, each) in _CONVERSIONS), codec)

    async def _carry(self, spell: _Spell) -> None:
        talk = self._camera.facets.talk
        if talk is None:
            # The camera has changed since this was set up.
            self._closed_until = self.clock.now() + REFUSED_S
            self._end(spell)
            return
        try:
            async with asyncio.timeout(START_S):
                await talk.start(spell.codec)
            self._is_refused = False
            _log.info("talk.begun", camera=self._camera.id, codec=spell.codec.value)
            spell.open(talk)
            await self._until_silent(spell)
            _log.info("talk.ended", camera=self._camera.id)
        except (CameraError, TimeoutError) as error:
            self._closed_until = self.clock.now() + REFUSED_S
            # A viewer who goes on talking makes it refuse again and again; the log tells of it once.
            tell = _log.debug if self._is_refused else _log.warning
            tell("talk.refused", camera=self._camera.id, reason=str(error) or "no answer in time")
            self._is_refused = True
        finally:
            self._end(spell)
            await self._close(talk)

    async def _until_silent(self, spell: _Spell) -> None:
        while not spell.over.is_set():
            patience_s = spell.heard_at + self._silence_s - self.clock.now()
            if patience_s <= 0:
                return
            # Packets move the end of patience: that a wait is over means no more than to look again.
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await spell.over.wait()

    async def _close(self, talk: Talk) -> None:
        try:
            async with asyncio.timeout(STOP_S):
                await talk.stop()
        except (CameraError, TimeoutError) as error:
            _log.warning("talk.not_closed", camera=self._camera.id, reason=str(error) or "no answer in time")

    def _end(self, spell: _Spell) -> None:
        spell.over.set()
        spell.way = None
        spell.waiting.clear()
        if self._spell is spell:
            self._spell = None


class Talker:
    """One session's side of the way back: judges what the viewer sends, and reports what came.

    What was dropped counts as lost. The viewer's own reports are not looked at, so ours tell nothing of the time that
    packets are under way.

    Args:
        channel: to the loudspeaker.
        ssrc: of the reports.
        send_report: sends an RTCP packet to the viewer, if there is room.
    """

    def __init__(self, channel: BackChannel, *, ssrc: int, send_report: Callable[[bytes], None]) -> None:
        self._channel = channel
        self._ssrc = ssrc
        self._send_report = send_report
        tracks = channel.offered
        self._codecs = {track.payload_type: codec for codec, track in tracks.items()}
        self._clock_rate = next((track.clock_rate for track in tracks.values()), _STATIC_RATE_HZ)
        self._reception = Reception(self._clock_rate)
        self._allowance = _Allowance(channel.clock.now())
        self._last: tuple[int, int] | None = None
        self._report_at = channel.clock.now()

    @property
    def is_locked_out(self) -> bool:
        """Whether somebody else talks."""
        return self._channel.is_taken_from(self)

    def receive(self, packet: bytes | memoryview) -> bool:
        """Take an RTP packet; return whether it was sound as it was offered, and in its place."""
        now = self._channel.clock.now()
        if len(packet) > MOST_PACKET_BYTES or not self._allowance.grants(len(packet), now):
            return False
        try:
            header = RtpHeader.parse(packet)
        except WireError:
            return False
        codec = self._codecs.get(header.payload_type)
        if codec is None or not header.payload or self._is_late(header):
            return False
        if not self._continues(header):
            self._reception = Reception(self._clock_rate)
        self._last = (header.ssrc, header.seq)
        self._reception.arrived(bytes(packet), now)
        self._channel.hear(self, codec, bytes(header.payload), header.rtp_time)
        if now >= self._report_at:
            self._report_at = now + REPORT_S
            self._send_report(self._report(now))
        return True

    def leave(self) -> None:
        """Say no more; packets that come all the same begin anew."""
        self._channel.leave(self)
        self._last = None

    def _is_late(self, header: RtpHeader) -> bool:
        if self._last is None or self._last[0] != header.ssrc:
            return False
        return (self._last[1] - header.seq) % SEQ_MODULUS < MOST_LATE

    def _continues(self, header: RtpHeader) -> bool:
        """Whether a packet comes after the last one, and does not begin anew."""
        if self._last is None or self._last[0] != header.ssrc:
            return False
        return (header.seq - self._last[1]) % SEQ_MODULUS < SEQ_MODULUS // 2

    def _report(self, now: float) -> bytes:
        """Return a report on the talker.

        RFC 3550 section 6.4 would have a receiver's, from us who send nothing; the official test cases wait for a
        sender's. This one is a sender's that tells of no packets, with the receiver's block in it.
        """
        nothing = rtcp.SenderReport(self._ssrc, rtcp.ntp_seconds(self._channel.clock.utc()), 0, 0, 0)
        return rtcp.build_sender_report(nothing, self._channel.name, block=self._reception.block(now))


class _Allowance:
    """How much one viewer may send: a bucket of a second's bytes that fills as time goes by."""

    def __init__(self, now: float) -> None:
        self._bytes = float(MOST_BYTES_PER_S)
        self._at = now

    def grants(self, size: int, now: float) -> bool:
        """Whether that many bytes more may be taken; they count if so."""
        self._bytes = min(float(MOST_BYTES_PER_S), self._bytes + (now - self._at) * MOST_BYTES_PER_S)
        self._at = now
        if size > self._bytes:
            return False
        self._bytes -= size
        return True
