"""One Reolink camera: connects, describes it, polls what happens, and gives it back its session in the end."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bridge.core.camera import Facets
from bridge.core.errors import AuthFailed, Busy, CameraError, TimedOut, Unreachable, Unsupported
from bridge.core.events import EventKind
from bridge.core.formats import VideoCodec
from bridge.drivers.http import CertificatePin, HttpClient, HttpEndpoint
from bridge.drivers.reolink.capabilities import (
    NOT_ASKED,
    STREAM_NAMES,
    Belief,
    Readings,
    Survey,
    device_reads,
    setting_reads,
    understand,
    zoom_position,
)
from bridge.drivers.reolink.client import ReolinkClient
from bridge.drivers.reolink.codes import error_for
from bridge.drivers.reolink.envelope import Command
from bridge.drivers.reolink.events import levels
from bridge.drivers.reolink.mapping import rtsp_paths
from bridge.drivers.reolink.options import Battery, ReolinkOptions
from bridge.drivers.reolink.profile import PROFILE
from bridge.drivers.reolink.ptz import ReolinkPtz
from bridge.drivers.reolink.session import Account, Lease, NativeSession
from bridge.drivers.reolink.snapshots import ReolinkSnapshots
from bridge.drivers.reolink.stream import ReolinkStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.core.camera import CameraSink
    from bridge.core.model import CameraDescription, EncoderSettings
    from bridge.core.timing import Clock
    from bridge.drivers.base import CameraConfig
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.profile import ReolinkProfile
    from bridge.drivers.reolink.ptz import Mechanics
    from bridge.media.source import StreamSource

log = structlog.get_logger(__name__)

HEARTBEAT = "GetTime"
"""Asked in every round by which nothing else is asked, to see that the camera is there."""


class ReolinkDriver:
    """`drivers.base.Driver` for one channel of a Reolink camera or recorder.

    Args:
        config: of the camera, its options checked.
        known: the description that was kept from earlier, if any.
        clock: injected time.
        profile: the family's table.
    """

    def __init__(
        self, config: CameraConfig, known: CameraDescription | None, clock: Clock, profile: ReolinkProfile = PROFILE
    ) -> None:
        self._config = config
        self._options = ReolinkOptions.model_validate(config.options)
        self._clock = clock
        self._profile = profile
        limits = profile.http
        self._endpoint = HttpEndpoint(
            host=config.host,
            port=config.port or (limits.tls_port if config.tls else limits.port),
            pin=CertificatePin(self._options.tls_fingerprint, camera=config.id) if config.tls else None,
            camera=config.id,
        )
        self._account = Account(config.username, config.password)
        self._lease = Lease()
        self._known = known
        self._survey: Survey | None = None
        self._readings: Readings = {}
        self._beliefs = {} if known is None else {stream.name: _belief(stream.encoder) for stream in known.streams}
        self._down: CameraError = Unreachable("the camera has not been reached yet", camera=config.id)
        self._client: ReolinkClient | None = None
        self._sink: CameraSink | None = None
        self._ptz = ReolinkPtz(
            self._connected, self._mechanics, on_presets=self._learn_presets, limits=profile.ptz, clock=clock
        )
        self._snapshots = ReolinkSnapshots(self._connected, self._description)

    @property
    def facets(self) -> Facets:
        """What the camera can be told to do, as far as known."""
        description = self._description()
        if description is None:
            return Facets()
        return Facets(
            ptz=self._ptz if description.ptz is not None else None,
            snapshots=self._snapshots if description.snapshot else None,
        )

    def open_stream(self, name: str) -> StreamSource:
        """Return a source for the stream `main` or `sub`; what stands in its way is raised when it runs."""
        return ReolinkStream(
            partial(self._addresses, name),
            self._account,
            on_codec=partial(self._learn_codec, name),
            clock=self._clock,
        )

    async def run(self, sink: CameraSink) -> None:
        """Connect, describe, then poll until cancelled or lost; see `drivers.base.Driver`.

        The session is given back at the end, unless the camera is not there to take it: then its token is kept, and
        tried first when the camera is back.
        """
        try:
            async with HttpClient(self._endpoint, connect_s=self._profile.http.connect_s) as http:
                session = NativeSession(
                    http,
                    self._account,
                    self._lease,
                    profile=self._profile,
                    clock=self._clock,
                    camera=self._config.id,
                )
                await self._attend(session, sink)
        except CameraError as error:
            self._down = error
            raise

    async def _attend(self, session: NativeSession, sink: CameraSink) -> None:
        client = ReolinkClient(session, self._config.channel, limits=self._profile.session, camera=self._config.id)
        is_there = True
        try:
            await self._get_to_know(client)
            self._client = client
            self._sink = sink
            sink.describe(self._surveyed().description)
            await self._poll(client, sink)
        except (Unreachable, TimedOut):
            is_there = False
            raise
        finally:
            self._client = None
            self._sink = None
            if is_there:
                await session.close()

    async def _get_to_know(self, client: ReolinkClient) -> None:
        """Read everything, and refuse the camera if it cannot be bridged as it is."""
        readings = await client.read(device_reads(self._config.username))
        readings |= await client.read(setting_reads(client, readings, self._config.channel))
        survey = self._understand(readings)
        if not survey.is_rtsp_on and self._options.enable_rtsp:
            log.info("reolink.enabling_rtsp", camera=self._config.id)
            await client.act(client.set_net_port({**survey.net_port, "rtspEnable": 1}))
            client.session.drop()
            await asyncio.sleep(self._profile.http.net_restart_s)
            readings |= await client.read(setting_reads(client, readings, self._config.channel))
            survey = self._understand(readings)
        if survey.has_battery and self._options.battery is Battery.REFUSE:
            raise self._unsupported(
                "this model runs on a battery and every question wakes it up; to bridge it all the same, with events "
                "up to a minute late, set options.battery to slow"
            )
        if not survey.is_rtsp_on:
            raise self._unsupported(
                "the camera's RTSP server is off; switch it on in the camera's settings (Network, Advanced, Port "
                "Settings), or set options.enable_rtsp to true"
            )
        self._readings, self._survey = readings, survey
        self._note_zoom(readings.get("GetZoomFocus", NOT_ASKED))

    async def _poll(self, client: ReolinkClient, sink: CameraSink) -> None:
        limits = self._profile.poll
        reread_at = self._clock.now() + limits.description_s
        failures = 0
        while True:
            began = self._clock.now()
            try:
                if began >= reread_at:
                    await self._read_settings(client)
                    reread_at = began + limits.description_s
                await self._ask_events(client, sink)
                failures = 0
            except (AuthFailed, Busy):
                raise
            except CameraError as error:
                failures += 1
                if failures == limits.failures:
                    raise Unreachable(
                        f"{failures} rounds without a usable answer, the last one: {error.detail}",
                        camera=self._config.id,
                        operation=error.operation,
                    ) from error
            await asyncio.sleep(self._pause_s(self._clock.now() - began))

    async def _ask_events(self, client: ReolinkClient, sink: CameraSink) -> None:
        survey = self._surveyed()
        commands = self._round(client, survey)
        answers = await client.read(commands, timeout_s=self._profile.poll.answer_s)
        first = commands[0].cmd
        if not answers[first].is_good:
            raise error_for(answers[first].code, operation=first, camera=self._config.id)
        self._note_zoom(answers.get("GetZoomFocus", NOT_ASKED))
        md, ai = answers.get("GetMdState", NOT_ASKED), answers.get("GetAiState", NOT_ASKED)
        for event in levels(md.value, ai.value, survey.ai, self._clock.utc()):
            sink.publish(event)

    def _round(self, client: ReolinkClient, survey: Survey) -> Sequence[Command]:
        commands = []
        if EventKind.MOTION in survey.description.events:
            commands.append(client.read_channel("GetMdState"))
        if survey.ai:
            commands.append(client.read_channel("GetAiState"))
        if not commands:
            commands.append(Command(HEARTBEAT))
        if survey.zoom is not None and self._ptz.moves_zoom:
            commands.append(client.read_channel("GetZoomFocus"))
        return commands

    def _pause_s(self, took_s: float) -> float:
        """Return the wait before the next round: as configured, longer for those that it would burden."""
        limits = self._profile.poll
        survey = self._surveyed()
        if survey.has_battery:
            return limits.battery_events_s
        every_s = self._options.poll_s or limits.events_s
        if took_s > limits.slow_answer_s:
            every_s = max(every_s, limits.slow_events_s)
        if survey.channels > limits.recorder_channels:
            every_s = max(every_s, limits.recorder_events_s)
        return max(0.0, every_s - took_s)

    async def _read_settings(self, client: ReolinkClient) -> None:
        """Read again what may change; a read that is refused this time leaves what is known."""
        answers = await client.read(
            setting_reads(client, self._readings, self._config.channel), timeout_s=self._profile.poll.answer_s
        )
        self._readings |= {cmd: answer for cmd, answer in answers.items() if answer.is_good}
        self._redescribe()
        self._note_zoom(answers.get("GetZoomFocus", NOT_ASKED))

    def _understand(self, readings: Readings) -> Survey:
        return understand(
            readings,
            channel=self._config.channel,
            beliefs=self._beliefs,
            profile=self._profile,
            camera=self._config.id,
        )

    def _redescribe(self) -> None:
        """Make a new survey of what was read, and tell it if it differs."""
        survey = self._understand(self._readings)
        is_new = self._survey is None or survey.description != self._survey.description
        self._survey = survey
        if is_new and self._sink is not None:
            self._sink.describe(survey.description)

    def _learn_presets(self, answer: Answer) -> None:
        self._readings["GetPtzPreset"] = answer
        self._redescribe()

    def _learn_codec(self, name: str, codec: VideoCodec) -> None:
        description = self._description()
        stream = description.stream(name) if description is not None else None
        if stream is None:
            return
        self._beliefs[name] = Belief(stream.encoder.resolution, codec)
        if self._survey is not None and codec is not stream.encoder.codec:
            self._redescribe()

    def _note_zoom(self, answer: Answer) -> None:
        steps = self._surveyed().zoom
        if steps is not None and answer.is_good:
            self._ptz.zoom_position = zoom_position(answer, steps)

    def _addresses(self, name: str) -> tuple[str, ...]:
        """Return the URLs of a stream; a refusal of the account is not put to the test on another port."""
        if self._client is None and isinstance(self._down, AuthFailed | Unsupported):
            raise self._down.with_traceback(None)
        description = self._description()
        stream = description.stream(name) if description is not None else None
        if name not in STREAM_NAMES or (description is not None and stream is None):
            raise self._unsupported(f"the camera has no stream {name!r}", facet="stream")
        survey = self._survey
        port = self._config.rtsp_port or (survey.rtsp_port if survey is not None else self._profile.http.rtsp_port)
        paths = rtsp_paths(
            self._config.channel,
            name,
            stream.encoder.codec if stream is not None else VideoCodec.H264,
            survey.told_urls.get(name) if survey is not None else None,
        )
        host = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        return tuple(f"rtsp://{host}:{port}{path}" for path in paths)

    def _connected(self) -> ReolinkClient:
        if self._client is None:
            raise self._down.with_traceback(None)
        return self._client

    def _surveyed(self) -> Survey:
        if self._survey is None:
            raise self._down.with_traceback(None)
        return self._survey

    def _mechanics(self) -> Mechanics | None:
        return self._surveyed().mechanics

    def _description(self) -> CameraDescription | None:
        return self._survey.description if self._survey is not None else self._known

    def _unsupported(self, detail: str, *, facet: str = "camera") -> Unsupported:
        return Unsupported(detail, facet=facet, camera=self._config.id)


def _belief(encoder: EncoderSettings) -> Belief:
    return Belief(encoder.resolution, encoder.codec)
