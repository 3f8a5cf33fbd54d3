"""The way to a camera's loudspeaker by RTSP: the client's side of the back channel.

ONVIF Streaming Specification, "Back channel connection". The camera is asked with a `Require` header, shows a medium
that it wants to be sent, and gets RTP in a session that has this medium alone, inside of the connection. Only G.711 is
spoken: that is what viewers send. What comes back from the camera (its reports) is not looked at.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.core.errors import Busy, InvalidValue, Rejected, Unreachable, Unsupported, WireError
from bridge.core.formats import AudioCodec
from bridge.core.talk import TalkDescription
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp import open_upstream, successful
from bridge.proto.rtp.packet import FRAME_HEADER, FRAME_MAGIC, RTP_HEADER, RTP_VERSION
from bridge.proto.rtsp.client import Described, describe
from bridge.proto.rtsp.sdp import Direction, Media

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bridge.core.timing import Clock
    from bridge.media.source import StreamDescription
    from bridge.media.sources.rtsp import Login
    from bridge.media.sources.rtsp_upstream import Upstream
    from bridge.proto.rtsp.client import Playing
    from bridge.proto.rtsp.sdp import SessionDescription

FEATURE: Final = "www.onvif.org/ver20/backchannel"

OPTION_NOT_SUPPORTED: Final = 551
"""The answer of a camera that does not have a required feature."""

CODECS: Final = {"PCMU": AudioCodec.PCMU, "PCMA": AudioCodec.PCMA}

_MARKER = 0x80


@dataclass(frozen=True, slots=True)
class Offer:
    """One encoding that a loudspeaker takes, and where it is to be sent."""

    codec: AudioCodec
    sample_rate_hz: int
    payload_type: int
    medium: Media


def offers(description: SessionDescription) -> tuple[Offer, ...]:
    """Return what a camera takes, in its own order: G.711 of one channel, all at the rate of the first."""
    found = [
        Offer(CODECS[rtpmap.encoding.upper()], rtpmap.clock_rate, number, medium)
        for medium in description.media
        if medium.kind == "audio" and medium.direction is Direction.SENDONLY and medium.protocol.startswith("RTP/AVP")
        for number in medium.payload_types
        if (rtpmap := medium.rtpmaps.get(number)) and rtpmap.encoding.upper() in CODECS and rtpmap.channels == 1
    ]
    return tuple(offer for offer in found if offer.sample_rate_hz == found[0].sample_rate_hz)


class RtspTalk:
    """`core.talk.Talk` for a camera with an RTSP back channel.

    Args:
        addresses: returns the URLs under which the stream may be found, likeliest first and without credentials, or
            raises what stands in the way.
        login: the camera's account.
        clock: injected time.
        patience: how long the camera may take.
    """

    def __init__(
        self,
        addresses: Callable[[], Sequence[str]],
        login: Login,
        *,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._addresses = addresses
        self._login = login
        self._clock = clock
        self._patience = patience or Patience()
        self._way: _Way | None = None
        self._open: AsyncExitStack | None = None

    async def ask(self) -> TalkDescription | None:
        """Ask the camera what its loudspeaker takes; None if RTSP leads to none.

        Raises:
            CameraError: it could not be asked.
        """
        try:
            async with self._described() as (_, described):
                found = offers(described.description)
        except Rejected as error:
            if error.native_code != OPTION_NOT_SUPPORTED:
                raise
            return None
        if not found:
            return None
        return TalkDescription(tuple(dict.fromkeys(offer.codec for offer in found)), found[0].sample_rate_hz)

    async def start(self, codec: AudioCodec) -> None:
        """Open the way; see `core.talk.Talk`."""
        if self._open is not None:
            raise Busy("somebody else talks to the camera")
        async with AsyncExitStack() as opened:
            upstream, described = await opened.enter_async_context(self._described())
            offer = next((each for each in offers(described.description) if each.codec is codec), None)
            if offer is None:
                raise Unsupported(f"the camera's loudspeaker takes no {codec} now", facet="talk")
            ready = described.ready(successful(await upstream.ask(described.first_setup(offer.medium))))
            playing = ready.playing()
            upstream.opened(playing)
            successful(await upstream.ask(ready.play()))
            upstream.deliver_to(_Deaf(), None)
            ((channel, _),) = ready.channels
            self._way = _Way(upstream, playing, channel=channel, payload_type=offer.payload_type)
            opened.callback(self._way.close)
            self._open = opened.pop_all()

    def send(self, payload: bytes, rtp_time: int) -> None:
        """Hand over one RTP payload; see `core.talk.Talk`."""
        if self._way is not None:
            self._way.send(payload, rtp_time)

    async def stop(self) -> None:
        """Close the way; see `core.talk.Talk`."""
        opened, self._open, self._way = self._open, None, None
        if opened is not None:
            await opened.aclose()

    async def set_volume(self, percent: float) -> None:
        """Refuse: RTSP has no word for it."""
        raise InvalidValue("volume", f"the volume of the loudspeaker cannot be set to {percent:g}")

    @asynccontextmanager
    async def _described(self) -> AsyncIterator[tuple[Upstream, Described]]:
        """Have a connection on which the camera has described its stream with the back channel."""
        async with AsyncExitStack() as opened:
            try:
                yield await self._reach(opened)
            except WireError as error:
                raise Unreachable(f"the camera's RTSP answers cannot be understood: {error}") from error

    async def _reach(self, opened: AsyncExitStack) -> tuple[Upstream, Described]:
        refusal: Rejected | None = None
        for url in self._addresses():
            upstream = await open_upstream(url, self._login, clock=self._clock, patience=self._patience)
            opened.push_async_callback(upstream.close)
            try:
                answer = successful(await upstream.ask(describe(url, require=FEATURE)))
            except Rejected as error:
                refusal = refusal or error
                await upstream.close()
            else:
                return upstream, Described.of(answer)
        raise refusal or Unreachable("the camera has no stream")


class _Way:
    """A session in which the camera listens."""

    def __init__(self, upstream: Upstream, playing: Playing, *, channel: int, payload_type: int) -> None:
        self._upstream = upstream
        self._playing = playing
        self._channel = channel
        self._payload_type = payload_type
        self._seq = secrets.randbits(16)
        self._ssrc = secrets.randbits(32)
        self._marker = _MARKER  # on the first packet of what is said (RFC 3551 section 4.1)
        self._sign_of_life = self._in_a_while()

    def send(self, payload: bytes, rtp_time: int) -> None:
        second = self._marker | self._payload_type
        packet = RTP_HEADER.pack(RTP_VERSION << 6, second, self._seq, rtp_time % (1 << 32), self._ssrc) + payload
        self._upstream.say(FRAME_HEADER.pack(FRAME_MAGIC, self._channel, len(packet)) + packet)
        self._marker = 0
        self._seq = (self._seq + 1) % (1 << 16)

    def close(self) -> None:
        self._sign_of_life.cancel()

    def _in_a_while(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self._playing.keep_alive_interval_s, self._keep_alive)

    def _keep_alive(self) -> None:
        self._upstream.send(self._playing.keep_alive())
        self._sign_of_life = self._in_a_while()


class _Deaf:
    """A sink for what nobody listens to."""

    def opened(self, description: StreamDescription, now: float) -> None:
        """Nothing is opened."""

    def received(self, frames: bytes, now: float) -> None:
        """Let it go."""
