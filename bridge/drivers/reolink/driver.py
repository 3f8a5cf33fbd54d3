"""One Reolink camera: connects, describes it, polls what happens, and gives it back its session in the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bridge.core.camera import Facets
from bridge.core.errors import AuthFailed, Busy, CameraError, TimedOut, Unreachable, Unsupported
from bridge.core.events import EventKind
from bridge.core.formats import VideoCodec
from bridge.drivers.http import CertificatePin, HttpClient, HttpEndpoint
from bridge.drivers.reolink.addresses import flv_url, rtmp_url, rtsp_urls
from bridge.drivers.reolink.capabilities import (
    STREAM_NAMES,
    Survey,
    check_channel,
    device_reads,
    setting_reads,
    understand,
)
from bridge.drivers.reolink.client import ReolinkClient
from bridge.drivers.reolink.codes import ChannelOffline, error_for
from bridge.drivers.reolink.detection import NEWER, OLDER, ReolinkMotion
from bridge.drivers.reolink.drives import ReolinkDrives, ReolinkHome
from bridge.drivers.reolink.encoders import ReolinkEncoders, can_be_set
from bridge.drivers.reolink.envelope import NOT_ASKED, Command, Readings
from bridge.drivers.reolink.events import LevelHold, StorageWatch, levels
from bridge.drivers.reolink.focus import ReolinkFocus
from bridge.drivers.reolink.mapping import rtsp_paths
from bridge.drivers.reolink.masks import ReolinkMasks
from bridge.drivers.reolink.motors import Motors
from bridge.drivers.reolink.options import Battery, ReolinkOptions, StreamTransport, TalkChoice
from bridge.drivers.reolink.overlays import ReolinkOverlays
from bridge.drivers.reolink.picture import WRITES, ReolinkImaging
from bridge.drivers.reolink.profile import PROFILE
from bridge.drivers.reolink.ptz import ReolinkPtz
from bridge.drivers.reolink.recordings import RecordingSearch
from bridge.drivers.reolink.session import Account, LeaseBook, NativeSession
from bridge.drivers.reolink.settings import SettingsDesk
from bridge.drivers.reolink.snapshots import ReolinkSnapshots
from bridge.drivers.reolink.stream import ReolinkStream
from bridge.drivers.reolink.switches import ReolinkSwitches
from bridge.media.sources.patience import Patience
from bridge.media.sources.rtsp import Login
from bridge.media.talk_rtsp import RtspTalk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.core.camera import CameraSink
    from bridge.core.model import CameraDescription, NativeStream
    from bridge.core.timing import Clock
    from bridge.drivers.base import CameraConfig
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.mechanics import Mechanics
    from bridge.drivers.reolink.profile import ReolinkProfile
    from bridge.drivers.reolink.settings import Wish
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
        leases: where the channels of a recorder find their common login.
    """

    def __init__(
        self,
        config: CameraConfig,
        known: CameraDescription | None,
        clock: Clock,
        profile: ReolinkProfile = PROFILE,
        *,
        leases: LeaseBook | None = None,
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
        self._lease = (leases or LeaseBook()).lease(self._endpoint, self._account, clock)
        self._kept = known if known is None or self._wants_talk else replace(known, talk=None)
        self._survey: Survey | None = None
        self._readings: Readings = {}
        self._down: CameraError = Unreachable("the camera has not been reached yet", camera=config.id)
        self._client: ReolinkClient | None = None
        self._sink: CameraSink | None = None
        self._hold = LevelHold(profile.events.hold_s)
        self._storage = StorageWatch()
        self._desk = SettingsDesk(self._connected, learn=self._learn, camera=config.id)
        self._motors = Motors(self._connected, self._mechanics, limits=profile.ptz, clock=clock)
        self._talk = RtspTalk(
            partial(self._rtsp_addresses, STREAM_NAMES[0]),
            Login(config.username, config.password),
            clock=clock,
            # Shorter than for pictures: the first events wait for the answer.
            patience=Patience(connect_s=limits.connect_s, answer_s=limits.connect_s),
        )
        self._all_facets = self._make_facets()
        self.recordings = RecordingSearch(self._connected, timeout_s=limits.search_s, camera=config.id)
        """What the camera has recorded; the domain has no facet for it yet."""

    def _make_facets(self) -> Facets:
        desk, describe = self._desk, self._description
        return Facets(
            ptz=ReolinkPtz(self._motors, on_presets=self._learn_presets, clock=self._clock),
            drives=ReolinkDrives(self._motors),
            home=ReolinkHome(self._motors, desk),
            snapshots=ReolinkSnapshots(self._connected, describe),
            encoders=ReolinkEncoders(desk, describe),
            imaging=ReolinkImaging(desk, describe),
            focus=ReolinkFocus(self._motors),
            overlays=ReolinkOverlays(desk, describe),
            masks=ReolinkMasks(desk, describe),
            motion=ReolinkMotion(desk, lambda: self._readings),
            auxiliary=ReolinkSwitches(self._connected, desk),
            talk=self._talk,
        )

    @property
    def facets(self) -> Facets:
        """What the camera can be told to do, as far as known: what it has, and was not refused to this account."""
        description = self._description()
        if description is None:
            return Facets()
        ours, may, ptz, imaging = self._all_facets, self._desk.may, description.ptz, description.imaging
        drives_zoom = ptz is not None and (ptz.absolute_zoom or ptz.relative_zoom)
        return Facets(
            ptz=ours.ptz if ptz is not None else None,
            drives=ours.drives if drives_zoom else None,
            home=ours.home if ptz is not None and ptz.home else None,
            snapshots=ours.snapshots if description.snapshot else None,
            encoders=ours.encoders if can_be_set(description) and may("SetEnc") else None,
            imaging=ours.imaging if imaging is not None and imaging.settable and may(*WRITES) else None,
            focus=ours.focus if imaging is not None and imaging.focus is not None else None,
            overlays=ours.overlays if description.overlays is not None and may("SetOsd") else None,
            masks=ours.masks if description.masks is not None and may("SetMask") else None,
            motion=ours.motion if description.motion_grid is not None and may(NEWER.write, OLDER.write) else None,
            auxiliary=ours.auxiliary if description.auxiliary else None,
            talk=ours.talk if description.talk is not None else None,
        )

    def open_stream(self, name: str) -> StreamSource:
        """Return a source for the stream `main` or `sub`; what stands in its way is raised when it runs."""
        return ReolinkStream(
            partial(self._addresses, name),
            self._account,
            pin=self._endpoint.pin,
            on_codec=partial(self._learn_codec, name),
            clock=self._clock,
            camera=self._config.id,
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
        self._lease.users += 1
        self._desk.forgive()
        try:
            await self._get_to_know(client)
            self._client = client
            self._sink = sink
            sink.describe(self._surveyed().description)
            self._report_storage(sink)
            await self._look_for_loudspeaker()
            await self._poll(client, sink)
        except (Unreachable, TimedOut):
            is_there = False
            raise
        finally:
            self._client = None
            self._sink = None
            self._lease.users -= 1
            if is_there and not self._lease.users:
                await session.close()

    async def _get_to_know(self, client: ReolinkClient) -> None:
        """Read everything, and refuse the camera if it cannot be bridged as it is."""
        readings = await client.read(device_reads(self._config.username))
        check_channel(readings, channel=self._config.channel, camera=self._config.id)
        readings |= await client.read(setting_reads(client, readings, self._config.channel))
        survey = self._understand(readings)
        if not survey.is_rtsp_on and self._options.enable_rtsp and self._options.stream is StreamTransport.RTSP:
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
        self._check_servers(survey)
        self._readings, self._survey, self._kept = readings, survey, survey.description
        self._motors.note(readings.get("GetZoomFocus", NOT_ASKED))

    def _check_servers(self, survey: Survey) -> None:
        """Refuse a camera whose server for the way that its streams come is off; HTTP-FLV needs none but the API's."""
        where = "switch it on in the camera's settings (Network, Advanced, Port Settings)"
        if self._options.stream is StreamTransport.RTSP and not survey.is_rtsp_on:
            raise self._unsupported(
                f"the camera's RTSP server is off; {where}, or set options.enable_rtsp to true or options.stream to flv"
            )
        if self._options.stream is StreamTransport.RTMP and not survey.is_rtmp_on:
            raise self._unsupported(f"the camera's RTMP server is off; {where}, or set options.stream to rtsp")

    async def _look_for_loudspeaker(self) -> None:
        """Ask once per connection whether RTSP leads to it; what was known stays when there is no answer."""
        survey = self._surveyed()
        if not (self._wants_talk and survey.has_speaker and survey.is_rtsp_on):
            return
        try:
            talk = await self._talk.ask()
        except CameraError as error:
            log.info("reolink.loudspeaker_unknown", camera=self._config.id, reason=str(error))
        else:
            self._learn({}, lambda description: replace(description, talk=talk))

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
            except (AuthFailed, Busy, ChannelOffline):
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
        self._motors.note(answers.get("GetZoomFocus", NOT_ASKED))
        md, ai = answers.get("GetMdState", NOT_ASKED), answers.get("GetAiState", NOT_ASKED)
        told = levels(md.value, ai.value, survey.ai, self._clock.utc())
        for event in self._hold.stretch(told, self._clock.now()):
            sink.publish(event)

    def _round(self, client: ReolinkClient, survey: Survey) -> Sequence[Command]:
        commands = []
        if EventKind.MOTION in survey.description.events:
            commands.append(client.read_channel("GetMdState"))
        if survey.ai:
            commands.append(client.read_channel("GetAiState"))
        if not commands:
            commands.append(Command(HEARTBEAT))
        if survey.mechanics is not None and survey.mechanics.lens and self._motors.moves_lens:
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
        if self._lease.users > 1:
            every_s = max(every_s, limits.channel_events_s * self._lease.users)
        return max(0.0, every_s - took_s)

    async def _read_settings(self, client: ReolinkClient) -> None:
        """Read again what may change; a read that is refused this time leaves what is known."""
        self._learn(await client.read(setting_reads(client, self._readings, self._config.channel)), None)

    def _understand(self, readings: Readings) -> Survey:
        return understand(
            readings,
            channel=self._config.channel,
            kept=self._kept,
            profile=self._profile,
            camera=self._config.id,
        )

    def _learn(self, answers: Readings, wish: Wish | None) -> None:
        """Take new answers, and what somebody has wished for, and tell what is different now."""
        self._readings |= {cmd: answer for cmd, answer in answers.items() if answer.is_good}
        self._motors.note(answers.get("GetZoomFocus", NOT_ASKED))
        if wish is not None and self._kept is not None:
            self._kept = wish(self._kept)
        old, self._survey = self._survey, self._understand(self._readings)
        self._kept = self._survey.description
        if self._sink is None:
            return
        if old is None or old.description != self._survey.description:
            self._sink.describe(self._survey.description)
        self._report_storage(self._sink)

    def _report_storage(self, sink: CameraSink) -> None:
        for event in self._storage.levels(self._readings.get("GetHddInfo", NOT_ASKED).value, self._clock.utc()):
            sink.publish(event)

    def _learn_presets(self, answer: Answer) -> None:
        self._learn({"GetPtzPreset": answer}, None)

    def _learn_codec(self, name: str, codec: VideoCodec) -> None:
        """Take what a stream really carries: newer firmwares do not tell it."""
        description = self._description()
        stream = description.stream(name) if description is not None else None
        if description is None or stream is None or codec is stream.encoder.codec:
            return
        seen = replace(stream, encoder=replace(stream.encoder, codec=codec))
        self._kept = replace(
            description, streams=tuple(seen if each is stream else each for each in description.streams)
        )
        if self._survey is not None:
            self._learn({}, None)

    def _addresses(self, name: str) -> tuple[str, ...]:
        """Return the URLs of a stream, by the way that the configuration wants."""
        if self._options.stream is StreamTransport.RTSP:
            return self._rtsp_addresses(name)
        self._check_stream(name)
        host, channel, survey = self._config.host, self._config.channel, self._survey
        port = survey.rtmp_port if survey is not None else self._profile.http.rtmp_port
        if self._options.stream is StreamTransport.RTMP:
            return (rtmp_url(host, port, channel, name),)
        return (flv_url(self._endpoint, port, channel, name),)

    def _rtsp_addresses(self, name: str) -> tuple[str, ...]:
        stream = self._check_stream(name)
        codec = stream.encoder.codec if stream is not None else VideoCodec.H264
        survey, usual = self._survey, self._profile.http
        port = self._config.rtsp_port or (survey.rtsp_port if survey is not None else usual.rtsp_port)
        told = survey.told_urls.get(name) if survey is not None else None
        return rtsp_urls(self._config.host, port, rtsp_paths(self._config.channel, name, codec, told))

    def _check_stream(self, name: str) -> NativeStream | None:
        """Return what is known of a stream; a refusal of the account is not put to the test on another port."""
        if self._client is None and isinstance(self._down, AuthFailed | Unsupported):
            raise self._down.with_traceback(None)
        description = self._description()
        stream = description.stream(name) if description is not None else None
        if name not in STREAM_NAMES or (description is not None and stream is None):
            raise self._unsupported(f"the camera has no stream {name!r}", facet="stream")
        return stream

    @property
    def _wants_talk(self) -> bool:
        return self._options.talk is TalkChoice.AUTO

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
        return self._survey.description if self._survey is not None else self._kept

    def _unsupported(self, detail: str, *, facet: str = "camera") -> Unsupported:
        return Unsupported(detail, facet=facet, camera=self._config.id)
