"""Media profiles made and changed by clients, over Media and Media2; cases named after the test specifications."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bridge.onvif import profile_changes
from bridge.onvif.media_model import MediaModel
from bridge.onvif.media_store import MediaStore
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media_changes as trt_changes
from tests.unit.onvif.bench_camera import BenchCamera
from tests.unit.onvif.media_bench import AAC, MAIN, MAIN_H265, SUB, MediaBench, camera_of
from tests.unit.onvif.served import served

NO_PROFILE = ("Sender", "InvalidArgVal", "NoProfile")
NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
CONFLICT = ("Receiver", "Action", "ConfigurationConflict")
INCOMPLETE = ("Receiver", "Action", "IncompleteConfiguration")
FULL = ("Receiver", "Action", "MaxNVTProfiles")
FIXED = ("Sender", "Action", "DeletionOfFixedProfile")

KINDS = {
    "VideoSource": "VideoSourceConfig_0",
    "VideoEncoder": "VideoEncoder_sub",
    "AudioSource": "AudioSourceConfig_0",
    "AudioEncoder": "AudioEncoder_sub",
    "Analytics": "VideoAnalytics_0",
    "PTZ": "PTZ_0",
    "Metadata": "Metadata_0",
}
"""A profile's whole content, sources first."""


@pytest.fixture
def bench():
    """A PTZ camera with two H.264 streams, both with AAC."""
    return MediaBench(camera_of(MAIN, SUB, audio=(AAC, AAC)))


@pytest.fixture
def silent():
    """A camera with two streams that neither moves nor hears nor sees motion."""
    return MediaBench(camera_of(MAIN, SUB, ptz=None, kinds=frozenset()))


def assignment(verb, kind):
    """Return the message of Media that adds or removes a configuration."""
    return getattr(trt_changes, f"{verb}{'VideoAnalytics' if kind == 'Analytics' else kind}Configuration")


def refs(*kinds, **tokens):
    return tuple(tr2.ConfigurationRef(type=kind, token={**KINDS, **tokens}.get(kind)) for kind in kinds)


async def create(bench, *kinds, name="Mine", **tokens):
    return (await bench.answer(tr2.CreateProfile(name=name, configuration=refs(*kinds, **tokens)))).token


async def held(bench, token):
    """Return the tokens in a profile by kind, as Media2 shows them; Media must show the same."""
    (profile,) = (await bench.answer(tr2.GetProfiles(token=token, type=("All",)))).profiles
    shown = profile.configurations
    kinds = {
        "VideoSource": shown.video_source,
        "VideoEncoder": shown.video_encoder,
        "AudioSource": shown.audio_source,
        "AudioEncoder": shown.audio_encoder,
        "Analytics": shown.analytics,
        "PTZ": shown.ptz,
        "Metadata": shown.metadata,
    }
    older = (await bench.answer(trt.GetProfile(profile_token=token))).profile
    assert older.audio_source_configuration == shown.audio_source
    assert older.metadata_configuration == shown.metadata
    assert older.video_analytics_configuration == shown.analytics
    return {kind: configuration.token for kind, configuration in kinds.items() if configuration is not None}


async def use_count(bench, kind):
    older = getattr(trt, f"Get{kind}Configuration")(configuration_token=KINDS[kind])
    newer = getattr(tr2, f"Get{kind}Configurations")(configuration_token=KINDS[kind])
    count = (await bench.answer(older)).configuration.use_count
    assert [each.use_count for each in (await bench.answer(newer)).configurations] == [count]
    return count


# ------------------------------------------------------------------------------------------------- creating, deleting


async def test_a_new_profile_is_empty_and_can_be_deleted(bench):
    request = trt_changes.CreateProfile(name="testprofile", token="testprofileX")
    made = (await bench.answer(request)).profile
    assert (made.token, made.name, made.fixed) == ("testprofileX", "testprofile", False)
    assert await held(bench, "testprofileX") == {}
    assert [each.token for each in (await bench.answer(trt.GetProfiles())).profiles] == [
        "Profile_main",
        "Profile_sub",
        "testprofileX",
    ]
    await bench.answer(trt_changes.DeleteProfile(profile_token="testprofileX"))
    assert await bench.fault(trt.GetProfile(profile_token="testprofileX")) == NO_PROFILE
    assert await bench.changes() == [("ProfileChanged", "testprofileX")] * 2


async def test_a_profile_without_a_token_of_the_clients_choice_gets_one_of_its_own(bench):
    tokens = {(await bench.answer(trt_changes.CreateProfile(name="x"))).profile.token for _ in range(4)}
    assert len(tokens) == 4


@pytest.mark.parametrize("token", ["Profile_main", "mine"])
async def test_a_token_can_be_had_once(bench, token):
    await bench.answer(trt_changes.CreateProfile(name="Mine", token="mine"))
    request = trt_changes.CreateProfile(name="Again", token=token)
    assert await bench.fault(request) == ("Sender", "InvalidArgVal", "ProfileExists")


@pytest.mark.parametrize(("name", "token"), [("n" * 65, "mine"), ("", "mine"), ("Mine", "t" * 65), ("Mine", "")])
async def test_names_and_tokens_have_a_length_that_the_schema_knows(bench, name, token):
    assert await bench.fault(trt_changes.CreateProfile(name=name, token=token)) == ("Sender", "InvalidArgVal")
    await bench.answer(trt_changes.CreateProfile(name="ü" * 64, token="t" * 64))


async def test_four_profiles_fit_in_beside_the_fixed_ones(bench):
    *_, token = [await create(bench) for _ in range(4)]
    assert await bench.fault(tr2.CreateProfile(name="fifth")) == FULL
    assert await bench.fault(trt_changes.CreateProfile(name="fifth", token="fifth")) == FULL
    await bench.answer(tr2.DeleteProfile(token=token))
    await create(bench)


async def test_fixed_profiles_cannot_be_deleted(bench):
    for request in (
        tr2.DeleteProfile(token="Profile_main"),
        trt_changes.DeleteProfile(profile_token="Profile_main"),
    ):
        assert await bench.fault(request) == FIXED
    assert await bench.fault(tr2.DeleteProfile(token="nobody")) == NO_PROFILE
    assert await bench.fault(trt_changes.DeleteProfile(profile_token="nobody")) == NO_PROFILE


async def test_a_camera_that_was_never_reached_takes_empty_profiles_only():
    stranger = MediaBench(None)
    token = await create(stranger)
    assert await held(stranger, token) == {}
    assert await stranger.fault(tr2.CreateProfile(name="x", configuration=refs("VideoSource"))) == NO_CONFIG


async def test_MEDIA2_1_1_5_a_profile_is_made_with_configurations(bench):
    for kind in ("VideoSource", "AudioSource"):
        token = await create(bench, kind)
        assert await held(bench, token) == {kind: KINDS[kind]}
    token = await create(bench, *KINDS)
    assert await held(bench, token) == KINDS
    assert await bench.changes() == [("ProfileChanged", each) for each in await made(bench)]


async def made(bench):
    return [each.token for each in (await bench.answer(tr2.GetProfiles())).profiles if not each.fixed]


@pytest.mark.parametrize(
    ("references", "fault"),
    [
        (refs("VideoSource", VideoSource="nobody"), NO_CONFIG),
        (refs("VideoSource", VideoSource="Metadata_0"), NO_CONFIG),
        (refs("VideoSource", VideoSource=None), NO_CONFIG),
        (refs("AudioOutput", AudioOutput="AudioOutputConfig_0"), NO_CONFIG),
        (refs("VideoEncoder"), CONFLICT),
        (refs("VideoSource", "AudioEncoder"), CONFLICT),
        (
            refs("VideoSource", "VideoEncoder", "AudioSource", "AudioEncoder", VideoEncoder="VideoEncoder_main"),
            CONFLICT,
        ),
    ],
)
async def test_a_profile_that_cannot_be_is_not_made(bench, references, fault):
    assert await bench.fault(tr2.CreateProfile(name="Mine", configuration=references)) == fault
    assert await made(bench) == []
    assert await bench.changes() == []


# --------------------------------------------------------------------------------------------------- adding, removing


async def test_MEDIA_1_1_5_configurations_come_and_go_one_by_one(bench):
    token = (await bench.answer(trt_changes.CreateProfile(name="Mine", token="New Profile"))).profile.token
    content = {}
    for kind, configuration in KINDS.items():
        add = assignment("Add", kind)
        await bench.answer(add(profile_token=token, configuration_token=configuration))
        content[kind] = configuration
        assert await held(bench, token) == content
    for kind in reversed(KINDS):
        remove = assignment("Remove", kind)
        await bench.answer(remove(profile_token=token))
        await bench.answer(remove(profile_token=token))
        del content[kind]
        assert await held(bench, token) == content
    assert len(await bench.changes()) == 1 + 3 * len(KINDS)


async def test_MEDIA_5_1_3_metadata_is_added_to_an_empty_profile_and_stays_without_a_source(bench):
    token = await create(bench)
    question = trt.GetCompatibleMetadataConfigurations(profile_token=token)
    (fitting,) = (await bench.answer(question)).configurations
    await bench.answer(trt_changes.AddMetadataConfiguration(profile_token=token, configuration_token=fitting.token))
    assert await held(bench, token) == {"Metadata": "Metadata_0"}


async def test_sources_leave_a_fixed_profile_after_their_encoders(bench):
    source = trt_changes.RemoveVideoSourceConfiguration(profile_token="Profile_main")
    assert await bench.fault(source) == CONFLICT
    await bench.answer(trt_changes.RemoveVideoEncoderConfiguration(profile_token="Profile_main"))
    await bench.answer(source)
    assert set(await held(bench, "Profile_main")) == {"AudioSource", "AudioEncoder", "Analytics", "PTZ", "Metadata"}
    audio = trt_changes.RemoveAudioSourceConfiguration(profile_token="Profile_main")
    assert await bench.fault(audio) == CONFLICT


@pytest.mark.parametrize("kind", list(KINDS))
async def test_profiles_and_configurations_that_are_not_there_are_refused(bench, kind):
    add, remove = assignment("Add", kind), assignment("Remove", kind)
    assert await bench.fault(add(profile_token="nobody", configuration_token=KINDS[kind])) == NO_PROFILE
    assert await bench.fault(add(profile_token="Profile_main", configuration_token="nothing")) == NO_CONFIG
    assert await bench.fault(remove(profile_token="nobody")) == NO_PROFILE


@pytest.mark.parametrize(
    ("kind", "subcode"),
    [
        ("AudioSource", "AudioNotSupported"),
        ("AudioEncoder", "AudioNotSupported"),
        ("Analytics", "VideoAnalyticsNotSupported"),
        ("PTZ", "PTZNotSupported"),
    ],
)
async def test_what_the_camera_has_not_at_all_is_not_supported(silent, kind, subcode):
    add, remove = assignment("Add", kind), assignment("Remove", kind)
    for request in (
        add(profile_token="Profile_main", configuration_token=KINDS[kind]),
        remove(profile_token="Profile_main"),
    ):
        assert await silent.fault(request) == ("Receiver", "ActionNotSupported", subcode)


async def test_MEDIA2_1_1_3_several_configurations_are_added_and_removed_at_once(bench):
    token = await create(bench)
    await bench.answer(tr2.AddConfiguration(profile_token=token, configuration=refs(*reversed(KINDS))))
    assert await held(bench, token) == KINDS
    sources = refs("VideoSource", "AudioSource")
    assert await bench.fault(tr2.RemoveConfiguration(profile_token=token, configuration=sources)) == CONFLICT
    assert await held(bench, token) == KINDS
    video = refs("VideoSource", "VideoEncoder", "AudioOutput", VideoEncoder="whatever")
    await bench.answer(tr2.RemoveConfiguration(profile_token=token, configuration=video))
    assert set(await held(bench, token)) == {"AudioSource", "AudioEncoder", "Analytics", "PTZ", "Metadata"}
    assert await bench.changes() == [("ProfileChanged", token)] * 3


async def test_adding_nothing_but_a_name_renames_even_a_fixed_profile(bench):
    everything = refs("All")
    request = tr2.AddConfiguration(profile_token="Profile_main", name="Front door", configuration=everything)
    await bench.answer(request)
    (profile,) = (await bench.answer(tr2.GetProfiles(token="Profile_main"))).profiles
    assert (profile.name, profile.fixed) == ("Front door", True)
    assert len(await held(bench, "Profile_main")) == len(KINDS)
    too_long = tr2.AddConfiguration(profile_token="Profile_main", name="n" * 65)
    assert await bench.fault(too_long) == ("Sender", "InvalidArgVal")


@pytest.mark.parametrize("name", ["AddConfiguration", "RemoveConfiguration"])
async def test_a_profile_that_is_not_there_is_not_changed(bench, name):
    request = getattr(tr2, name)(profile_token="nobody", configuration=refs("Metadata"))
    assert await bench.fault(request) == NO_PROFILE


async def test_MEDIA2_1_1_6_and_7_a_fixed_profile_is_emptied_and_filled_again(bench):
    for token in ("Profile_main", "Profile_sub"):
        before = await held(bench, token)
        everything = refs("All")
        await bench.answer(tr2.RemoveConfiguration(profile_token=token, configuration=everything))
        assert await held(bench, token) == {}
        again = tuple(tr2.ConfigurationRef(type=kind, token=each) for kind, each in before.items())
        await bench.answer(tr2.AddConfiguration(profile_token=token, configuration=again))
        assert await held(bench, token) == before


async def test_MEDIA_2_3_13_to_16_and_3_3_12_to_15_the_use_count_of_encoders_follows_every_change(bench):
    for kind, source in (("VideoEncoder", "VideoSource"), ("AudioEncoder", "AudioSource")):
        assert await use_count(bench, kind) == 1
        token = await create(bench, source)
        add = getattr(trt_changes, f"Add{kind}Configuration")(profile_token=token, configuration_token=KINDS[kind])
        for _ in range(2):
            await bench.answer(add)
            assert await use_count(bench, kind) == 2
        await bench.answer(getattr(trt_changes, f"Remove{kind}Configuration")(profile_token=token))
        assert await use_count(bench, kind) == 1
        await bench.answer(add)
        await bench.answer(tr2.DeleteProfile(token=token))
        assert await use_count(bench, kind) == 1


async def test_MEDIA_2_2_12_to_15_and_3_2_12_to_15_the_use_count_of_sources_follows_every_change(bench):
    for kind in ("VideoSource", "AudioSource"):
        assert await use_count(bench, kind) == 2
        token = await create(bench)
        add = getattr(trt_changes, f"Add{kind}Configuration")(profile_token=token, configuration_token=KINDS[kind])
        for _ in range(2):
            await bench.answer(add)
            assert await use_count(bench, kind) == 3
        await bench.answer(getattr(trt_changes, f"Remove{kind}Configuration")(profile_token=token))
        assert await use_count(bench, kind) == 2
        await bench.answer(add)
        await bench.answer(trt_changes.DeleteProfile(profile_token=token))
        assert await use_count(bench, kind) == 2


async def test_MEDIA2_2_3_1_all_encoders_fit_a_profile_that_holds_no_sound_of_another_stream(bench, silent):
    async def fitting(asked, token):
        listed = (await asked.answer(tr2.GetVideoEncoderConfigurations(profile_token=token))).configurations
        older = trt.GetCompatibleVideoEncoderConfigurations(profile_token=token)
        assert [each.token for each in (await asked.answer(older)).configurations] == [each.token for each in listed]
        return [each.token for each in listed]

    assert await fitting(bench, "Profile_main") == ["VideoEncoder_main"]
    assert await fitting(bench, await create(bench, "VideoSource")) == ["VideoEncoder_main", "VideoEncoder_sub"]
    assert await fitting(silent, "Profile_main") == ["VideoEncoder_main", "VideoEncoder_sub"]


# ------------------------------------------------------------------------------------------------------------- playing


async def test_a_free_profile_plays_the_stream_of_its_encoder(bench):
    token = await create(bench, "VideoSource", "VideoEncoder")
    assert (await bench.answer(tr2.GetStreamUri(protocol="RTSP", profile_token=token))).uri.endswith("/bench/sub/video")
    snapshot = (await bench.answer(tr2.GetSnapshotUri(profile_token=token))).uri
    assert snapshot.endswith(f"/onvif/snapshot/{token}")


async def test_a_profile_without_an_encoder_is_incomplete(bench):
    token = await create(bench, "VideoSource")
    transport = trt.Transport(protocol=trt.TransportProtocol.UDP)
    setup = trt.StreamSetup(stream=trt.StreamType.RTP_UNICAST, transport=transport)
    for request in (
        tr2.GetStreamUri(protocol="RTSP", profile_token=token),
        tr2.GetSnapshotUri(profile_token=token),
        trt.GetStreamUri(stream_setup=setup, profile_token=token),
        trt.GetSnapshotUri(profile_token=token),
    ):
        assert await bench.fault(request) == INCOMPLETE


async def test_a_token_of_any_characters_makes_a_good_address(bench):
    await bench.answer(trt_changes.CreateProfile(name="Mine", token="a b/ü"))
    adding = refs("VideoSource", "VideoEncoder")
    await bench.answer(tr2.AddConfiguration(profile_token="a b/ü", configuration=adding))
    uri = (await bench.answer(trt.GetSnapshotUri(profile_token="a b/ü"))).media_uri.uri
    assert uri.endswith("/onvif/snapshot/a%20b%2F%C3%BC")


async def test_a_profile_without_an_encoder_has_no_snapshot():
    async with served(camera_of(MAIN, SUB)) as bench:
        for token, content, status in (("empty", (), 404), ("a b", refs("VideoSource", "VideoEncoder"), 200)):
            profile_changes.create_profile(bench.device, "Mine", token=token, adding=map(kind_and_token, content))
            uri = f"/onvif/snapshot/{quote(token)}"
            authorization = bench.authorization(method="GET", uri=uri)
            reply = await bench.client.request("GET", uri, headers={"Authorization": authorization})
            assert reply.status == status


def kind_and_token(reference):
    return reference.type, reference.token


# ------------------------------------------------------------------------------------------------------------ remaining


def restarted(bench, description=None):
    """Return the media side of a device that has come up again with the same memory."""
    return MediaModel(BenchCamera(description or bench.camera.description), MediaStore(bench.device.memory))


def shown(media):
    return [(each.token, each.name, each.fixed, dict(each.configurations)) for each in media.profiles]


async def test_profiles_survive_a_restart(bench):
    await create(bench, "VideoSource", "VideoEncoder", name="Kept")
    kinds = refs("PTZ")
    await bench.answer(tr2.RemoveConfiguration(profile_token="Profile_main", configuration=kinds))
    assert shown(restarted(bench)) == shown(bench.device.media)
    assert [each.name for each in restarted(bench).profiles] == ["main", "sub", "Kept"]
    assert restarted(bench).profiles[0].ptz_token is None


async def test_after_a_factory_default_profiles_are_as_they_came(bench):
    as_it_came = shown(bench.device.media)
    await create(bench)
    everything = refs("All")
    await bench.answer(tr2.RemoveConfiguration(profile_token="Profile_sub", configuration=everything))
    bench.device.memory.forget()
    assert shown(bench.device.media) == as_it_came


@pytest.mark.parametrize("document", ["", "[]", "{", '{"free": {"x": {"name": 5, "configurations": {}}}}'])
async def test_a_damaged_document_counts_as_none(bench, document):
    as_it_came = shown(bench.device.media)
    bench.device.memory.write("profiles", document)
    assert shown(bench.device.media) == as_it_came
    await create(bench, name="New")
    assert bench.device.media.profiles[-1].name == "New"


async def test_a_fixed_profile_that_is_again_as_it_came_follows_the_camera(bench):
    everything = refs("All")
    before = await held(bench, "Profile_main")
    await bench.answer(tr2.RemoveConfiguration(profile_token="Profile_main", configuration=everything))
    again = tuple(tr2.ConfigurationRef(type=kind, token=each) for kind, each in before.items())
    await bench.answer(tr2.AddConfiguration(profile_token="Profile_main", configuration=again))
    with_less = camera_of(MAIN, SUB, ptz=None)
    bench.camera.description = with_less
    assert set(await held(bench, "Profile_main")) == {"VideoSource", "VideoEncoder", "Analytics", "Metadata"}
    await bench.answer(tr2.RemoveConfiguration(profile_token="Profile_main", configuration=refs("Metadata")))
    bench.camera.description = camera_of(MAIN, SUB, audio=(AAC, AAC))
    assert set(await held(bench, "Profile_main")) == {"VideoSource", "VideoEncoder", "Analytics"}
    assert set(await held(bench, "Profile_sub")) == set(KINDS)


async def test_a_fixed_profile_that_was_only_renamed_gains_what_the_camera_gains(bench):
    bench.camera.description = camera_of(MAIN, SUB, ptz=None)
    await bench.answer(tr2.AddConfiguration(profile_token="Profile_main", name="Front door"))
    bench.camera.description = camera_of(MAIN, SUB, audio=(AAC, AAC))
    assert set(await held(bench, "Profile_main")) == set(KINDS)
    assert restarted(bench).profiles[0].name == "Front door"


async def test_what_the_camera_has_no_more_is_not_shown_until_it_has_it_again(bench):
    token = await create(bench, *KINDS)
    whole = bench.camera.description
    bench.camera.description = camera_of(MAIN, ptz=None, kinds=frozenset())
    assert await held(bench, token) == {"VideoSource": "VideoSourceConfig_0", "Metadata": "Metadata_0"}
    bench.camera.description = whole
    assert await held(bench, token) == KINDS


async def test_a_stream_that_comes_later_takes_its_token_from_a_client(bench):
    await bench.answer(trt_changes.CreateProfile(name="Mine", token="Profile_third"))
    bench.camera.description = camera_of(MAIN, SUB, MAIN_H265)
    assert [(each.token, each.fixed) for each in bench.device.media.profiles][2:] == [("Profile_third", True)]
