"""Loudspeakers in the media services: audio outputs and decoders; cases named after the test specifications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.camera import Facets
from bridge.core.errors import InvalidValue, Rejected
from bridge.core.formats import AudioCodec
from bridge.core.talk import TalkDescription
from bridge.core.units import Range
from bridge.onvif.audio_output import AAC_BITRATES_KBPS
from bridge.onvif.conformance import Condition, conditions_met
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media2_audio_output as tr2_output
from bridge.onvif.types import media_audio_output as trt_output
from bridge.onvif.types import media_changes as trt_changes
from tests.unit.onvif.media_bench import MAIN, SUB, MediaBench, camera_of

NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
NO_PROFILE = ("Sender", "InvalidArgVal", "NoProfile")
CONFIG_MODIFY = ("Sender", "InvalidArgVal", "ConfigModify")
CONFLICT = ("Receiver", "Action", "ConfigurationConflict")
NOT_SUPPORTED = {
    "AudioOutput": ("Receiver", "ActionNotSupported", "AudioOutputNotSupported"),
    "AudioDecoder": ("Receiver", "ActionNotSupported", "AudioDecodingNotSupported"),
}
TOKENS = {"AudioOutput": "AudioOutputConfig_0", "AudioDecoder": "AudioDecoder_0"}
EVERY_KIND = pytest.mark.parametrize("kind", list(TOKENS))
EVERY_SERVICE = pytest.mark.parametrize("service", ["media", "media2"])
AUTO = "www.onvif.org/ver20/HalfDuplex/Auto"
HORN = TalkDescription((AudioCodec.AAC, AudioCodec.PCMU, AudioCodec.PCMA), volume=60.0, volume_range=Range(0.0, 100.0))


class BenchTalk:
    """A loudspeaker that writes down how loud it is told to be, and is it."""

    def __init__(self, camera):
        self._camera = camera

    async def start(self, codec):
        await self._camera.obey("start", codec)

    def send(self, payload, rtp_time):
        self._camera.commands.append(("send", payload, rtp_time))

    async def stop(self):
        await self._camera.obey("stop")

    async def set_volume(self, percent):
        await self._camera.obey("set_volume", percent)
        description = self._camera.description
        self._camera.description = replace(description, talk=replace(description.talk, volume=percent))


def bench_of(talk, *, is_driven=True):
    made = MediaBench(replace(camera_of(MAIN, SUB), talk=talk))
    if is_driven:
        made.camera.given = Facets(talk=BenchTalk(made.camera))
    return made


@pytest.fixture
def bench():
    """A camera with a loudspeaker whose volume can be set."""
    return bench_of(HORN)


@pytest.fixture
def mute():
    """A camera without a loudspeaker."""
    return MediaBench(camera_of(MAIN, SUB))


async def present(bench, service, kind):
    """Return the configuration as a service shows it."""
    if service == "media":
        request = getattr(trt_output, f"Get{kind}Configuration")(configuration_token=TOKENS[kind])
        return (await bench.answer(request)).configuration
    request = getattr(tr2_output, f"Get{kind}Configurations")(configuration_token=TOKENS[kind])
    (shown,) = (await bench.answer(request)).configurations
    return shown


def setting(service, kind, configuration):
    """Return the request that sets a configuration."""
    if service == "media":
        return getattr(trt_output, f"Set{kind}Configuration")(configuration=configuration, force_persistence=False)
    return getattr(tr2_output, f"Set{kind}Configuration")(configuration=configuration)


async def options(bench, service, kind, **tokens):
    messages = trt_output if service == "media" else tr2_output
    return (await bench.answer(getattr(messages, f"Get{kind}ConfigurationOptions")(**tokens))).options


# ------------------------------------------------------------------------------------------------------------- reading


async def test_MEDIA_3_4_15_the_configuration_is_of_the_one_output(bench):
    (output,) = (await bench.answer(trt_output.GetAudioOutputs())).audio_outputs
    shown = await present(bench, "media", "AudioOutput")
    assert (output.token, shown.output_token) == ("AudioOutput_0", "AudioOutput_0")
    assert (shown.send_primacy, shown.output_level, shown.use_count) == (AUTO, 60, 2)


@EVERY_KIND
async def test_MEDIA_3_4_13_every_way_to_a_configuration_shows_the_same(bench, kind):
    one = await present(bench, "media", kind)
    requests = (
        getattr(trt_output, f"Get{kind}Configurations")(),
        getattr(trt_output, f"GetCompatible{kind}Configurations")(profile_token="Profile_sub"),
        getattr(tr2_output, f"Get{kind}Configurations")(),
        getattr(tr2_output, f"Get{kind}Configurations")(configuration_token=TOKENS[kind]),
        getattr(tr2_output, f"Get{kind}Configurations")(profile_token="Profile_main"),
    )
    for request in requests:
        assert (await bench.answer(request)).configurations == (one,)
    name = "audio_output" if kind == "AudioOutput" else "audio_decoder"
    for profile in (await bench.answer(trt.GetProfiles())).profiles:
        assert getattr(profile.extension, f"{name}_configuration") == one
    for profile in (await bench.answer(tr2.GetProfiles(type=(kind,)))).profiles:
        assert profile.configurations == tr2.ConfigurationSet(**{name: one})


@EVERY_SERVICE
async def test_the_range_of_volume_is_that_of_the_loudspeaker(bench, service):
    questions: tuple[dict[str, str], ...] = (
        {},
        {"configuration_token": "AudioOutputConfig_0"},
        {"profile_token": "Profile_main"},
    )
    offered = [await options(bench, service, "AudioOutput", **tokens) for tokens in questions]
    assert offered == [offered[0]] * 3
    assert offered[0].output_tokens_available == ("AudioOutput_0",)
    assert offered[0].send_primacy_options == (AUTO,)
    assert (offered[0].output_level_range.min, offered[0].output_level_range.max) == (0, 100)


@EVERY_SERVICE
@pytest.mark.parametrize(
    ("talk", "is_driven"), [(HORN, False), (replace(HORN, volume_range=None), True)], ids=["not driven", "no range"]
)
async def test_a_volume_that_cannot_be_set_is_offered_as_it_is(service, talk, is_driven):
    bench = bench_of(talk, is_driven=is_driven)
    levels = (await options(bench, service, "AudioOutput")).output_level_range
    assert (levels.min, levels.max) == (60, 60)
    shown = await present(bench, service, "AudioOutput")
    await bench.answer(setting(service, "AudioOutput", replace(shown, name="Horn")))
    assert await bench.fault(setting(service, "AudioOutput", replace(shown, output_level=61))) == CONFIG_MODIFY
    assert bench.camera.commands == []


async def test_what_a_decoder_takes_in_the_words_of_media(bench):
    offered = await options(bench, "media", "AudioDecoder")
    assert offered.g711_dec_options.bitrate.items == (64,)
    assert offered.g711_dec_options.sample_rate_range.items == (8,)
    assert offered.aac_dec_options.bitrate.items == AAC_BITRATES_KBPS
    assert offered.aac_dec_options.sample_rate_range.items == (8,)
    plain = bench_of(replace(HORN, codecs=(AudioCodec.PCMA,), sample_rate_hz=16000))
    offered = await options(plain, "media", "AudioDecoder", configuration_token="AudioDecoder_0")
    assert offered.g711_dec_options.bitrate.items == (128,)
    assert offered.g711_dec_options.sample_rate_range.items == (16,)
    assert offered.aac_dec_options is None


@EVERY_KIND
@EVERY_SERVICE
async def test_a_loudspeaker_that_takes_nothing_that_clients_can_send_is_not_shown(service, kind):
    modern = bench_of(replace(HORN, codecs=(AudioCodec.AAC,)))
    messages = {"media": trt_output, "media2": tr2_output}[service]
    assert await modern.fault(getattr(messages, f"Get{kind}ConfigurationOptions")()) == NOT_SUPPORTED[kind]


async def test_what_a_decoder_takes_in_the_words_of_media2_what_everybody_has_first(bench):
    offered = await options(bench, "media2", "AudioDecoder", profile_token="Profile_main")
    assert [each.encoding for each in offered] == ["PCMU", "MP4A-LATM", "PCMA"]
    assert [each.sample_rate_list.items for each in offered] == [(8,)] * 3
    assert [each.bitrate_list.items for each in offered] == [(64,), AAC_BITRATES_KBPS, (64,)]


@EVERY_KIND
async def test_tokens_of_nothing_are_refused(bench, kind):
    questions = (
        getattr(trt_output, f"Get{kind}Configuration"),
        getattr(trt_output, f"Get{kind}ConfigurationOptions"),
        getattr(tr2_output, f"Get{kind}Configurations"),
        getattr(tr2_output, f"Get{kind}ConfigurationOptions"),
    )
    for question in questions:
        assert await bench.fault(question(configuration_token="nothing")) == NO_CONFIG
    for question in (getattr(trt_output, f"GetCompatible{kind}Configurations"), *questions[1:]):
        assert await bench.fault(question(profile_token="nobody")) == NO_PROFILE


async def test_media2_names_the_kinds_only_where_there_is_a_loudspeaker(bench, mute):
    async def supported(asked):
        said = (await asked.answer(tr2.GetServiceCapabilities())).capabilities.profile_capabilities
        return {kind for kind in said.configurations_supported if kind in TOKENS}

    assert await supported(bench) == set(TOKENS)
    assert await supported(mute) == set()


def test_a_loudspeaker_makes_the_rows_on_audio_outputs_count(bench, mute):
    assert Condition.AUDIO_OUTPUT in conditions_met(bench.device)
    assert Condition.AUDIO_OUTPUT not in conditions_met(mute.device)


# ---------------------------------------------------------------------------------------------- without a loudspeaker


@EVERY_KIND
async def test_without_a_loudspeaker_nothing_of_it_is_supported(bench, mute, kind):
    shown = await present(bench, "media", kind)
    token = TOKENS[kind]
    requests = (
        getattr(trt_output, f"Get{kind}Configurations")(),
        getattr(trt_output, f"Get{kind}Configuration")(configuration_token=token),
        getattr(trt_output, f"Get{kind}ConfigurationOptions")(),
        getattr(trt_output, f"GetCompatible{kind}Configurations")(profile_token="Profile_main"),
        getattr(trt_changes, f"Add{kind}Configuration")(profile_token="Profile_main", configuration_token=token),
        getattr(trt_changes, f"Remove{kind}Configuration")(profile_token="Profile_main"),
        getattr(tr2_output, f"Get{kind}ConfigurationOptions")(),
        setting("media", kind, shown),
        setting("media2", kind, shown),
    )
    for request in requests:
        assert await mute.fault(request) == NOT_SUPPORTED[kind]
    assert (await mute.answer(getattr(tr2_output, f"Get{kind}Configurations")())).configurations == ()


async def test_without_a_loudspeaker_there_are_no_outputs_and_profiles_show_none(mute):
    assert await mute.fault(trt_output.GetAudioOutputs()) == NOT_SUPPORTED["AudioOutput"]
    assert [profile.extension for profile in (await mute.answer(trt.GetProfiles())).profiles] == [None, None]


# ------------------------------------------------------------------------------------------------------------- setting


@EVERY_SERVICE
@pytest.mark.parametrize("level", [0, 35, 100])
async def test_MEDIA2_3_3_5_the_volume_is_set_in_the_camera(bench, service, level):
    wished = replace(await present(bench, service, "AudioOutput"), name="TestName1", output_level=level)
    await bench.answer(setting(service, "AudioOutput", wished))
    assert bench.camera.commands == [("set_volume", float(level))]
    assert await present(bench, "media", "AudioOutput") == await present(bench, "media2", "AudioOutput") == wished
    assert await bench.changes() == [("ConfigurationChanged", "AudioOutputConfig_0", "AudioOutput")]


async def test_ends_of_a_range_that_are_no_whole_numbers_can_be_set():
    bench = bench_of(replace(HORN, volume=50.2, volume_range=Range(2.6, 97.4)))
    levels = (await options(bench, "media", "AudioOutput")).output_level_range
    assert (levels.min, levels.max) == (3, 97)
    bench = bench_of(replace(HORN, volume=50.2, volume_range=Range(2.4, 97.6)))
    shown = await present(bench, "media", "AudioOutput")
    for level in (2, 98):
        await bench.answer(setting("media", "AudioOutput", replace(shown, output_level=level)))
    assert bench.camera.commands == [("set_volume", 2.4), ("set_volume", 97.6)]


async def test_a_volume_that_stays_is_not_sent_to_the_camera(bench):
    bench.camera.description = replace(bench.camera.description, talk=replace(HORN, volume=33.3))
    shown = await present(bench, "media", "AudioOutput")
    await bench.answer(setting("media", "AudioOutput", replace(shown, name="Horn", send_primacy=None)))
    assert bench.camera.commands == []
    assert await present(bench, "media", "AudioOutput") == replace(shown, name="Horn")


@EVERY_SERVICE
@pytest.mark.parametrize(
    "different",
    [
        {"output_token": "AudioOutput_1"},
        {"send_primacy": "www.onvif.org/ver20/HalfDuplex/Server"},
        {"output_level": -1},
        {"output_level": 101},
        {"name": "n" * 65},
    ],
    ids=str,
)
async def test_MEDIA_3_4_6_what_is_not_offered_is_refused_as_a_whole(bench, service, different):
    shown = await present(bench, service, "AudioOutput")
    wished = replace(shown, **{"name": "NewName", "output_level": 1, **different})
    assert await bench.fault(setting(service, "AudioOutput", wished)) == CONFIG_MODIFY
    assert await present(bench, service, "AudioOutput") == shown
    assert bench.camera.commands == []
    assert await bench.changes() == []


async def test_what_the_camera_refuses_is_not_kept(bench):
    shown = await present(bench, "media", "AudioOutput")
    request = setting("media", "AudioOutput", replace(shown, name="Horn", output_level=1))
    bench.camera.refusals.append(InvalidValue("volume", "not at night"))
    assert await bench.fault(request) == CONFIG_MODIFY
    bench.camera.refusals.append(Rejected("no", native_code=-1))
    with pytest.raises(Rejected):
        await bench.answer(request)
    assert await present(bench, "media", "AudioOutput") == shown
    assert await bench.changes() == []


@EVERY_SERVICE
async def test_MEDIA2_3_4_4_a_decoder_has_nothing_but_a_name(bench, service):
    wished = replace(await present(bench, service, "AudioDecoder"), name="TestName1")
    await bench.answer(setting(service, "AudioDecoder", wished))
    assert await present(bench, service, "AudioDecoder") == wished
    assert await bench.changes() == [("ConfigurationChanged", "AudioDecoder_0", "AudioDecoder")]


@EVERY_SERVICE
@EVERY_KIND
async def test_MEDIA_3_4_7_a_configuration_that_is_not_there_cannot_be_set(bench, service, kind):
    wished = replace(await present(bench, service, kind), token="nothing")
    assert await bench.fault(setting(service, kind, wished)) == NO_CONFIG


# ------------------------------------------------------------------------------------------------------ media profiles


async def test_MEDIA_3_4_10_an_output_and_then_a_decoder_are_added_and_removed(bench):
    await bench.answer(trt_changes.CreateProfile(name="Mine", token="mine"))
    decoder = trt_changes.AddAudioDecoderConfiguration(profile_token="mine", configuration_token="AudioDecoder_0")
    output = trt_changes.AddAudioOutputConfiguration(profile_token="mine", configuration_token="AudioOutputConfig_0")
    assert await bench.fault(decoder) == CONFLICT
    await bench.answer(output)
    await bench.answer(decoder)
    held = (await bench.answer(trt.GetProfile(profile_token="mine"))).profile.extension
    assert held.audio_output_configuration.token == "AudioOutputConfig_0"
    assert held.audio_decoder_configuration.token == "AudioDecoder_0"
    assert held.audio_decoder_configuration.use_count == 3
    assert await bench.fault(trt_changes.RemoveAudioOutputConfiguration(profile_token="mine")) == CONFLICT
    await bench.answer(trt_changes.RemoveAudioDecoderConfiguration(profile_token="mine"))
    await bench.answer(trt_changes.RemoveAudioOutputConfiguration(profile_token="mine"))
    assert (await bench.answer(trt.GetProfile(profile_token="mine"))).profile.extension is None


async def test_media2_makes_a_profile_with_both_and_takes_both_out_at_once(bench):
    refs = tuple(tr2.ConfigurationRef(type=kind, token=token) for kind, token in TOKENS.items())
    token = (await bench.answer(tr2.CreateProfile(name="Mine", configuration=refs))).token
    (profile,) = (await bench.answer(tr2.GetProfiles(token=token, type=tuple(TOKENS)))).profiles
    held = profile.configurations
    assert (held.audio_output.token, held.audio_decoder.token) == tuple(TOKENS.values())
    output = tr2.RemoveConfiguration(profile_token=token, configuration=refs[:1])
    assert await bench.fault(output) == CONFLICT
    await bench.answer(tr2.RemoveConfiguration(profile_token=token, configuration=refs))
    assert bench.device.media.profile(token).configurations == {}


async def test_a_profile_loses_what_the_camera_loses_and_has_it_again(bench):
    whole = bench.camera.description
    bench.camera.description = replace(whole, talk=None)
    assert [profile.extension for profile in (await bench.answer(trt.GetProfiles())).profiles] == [None, None]
    bench.camera.description = whole
    assert all(profile.extension is not None for profile in (await bench.answer(trt.GetProfiles())).profiles)
