"""On-screen displays over Media and Media2; cases named after the test specifications."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.errors import CameraError, InvalidValue, Rejected
from bridge.core.overlay import Overlay, OverlayKind, OverlayPlace
from bridge.onvif.conformance import Feature, features_served
from bridge.onvif.operation import Access
from bridge.onvif.services import media2_osd, media_osd
from bridge.onvif.services.media import SERVICE as MEDIA
from bridge.onvif.services.media2 import SERVICE as MEDIA2
from bridge.onvif.types import media as trt
from bridge.onvif.types import media2 as tr2
from bridge.onvif.types import media2_osd as tr2_osd
from bridge.onvif.types import media_osd as trt_osd
from bridge.onvif.types.drawing import Vector
from bridge.onvif.types.osd import OSDConfiguration, OSDPosConfiguration, OSDTextConfiguration, OSDType
from tests.unit.onvif.media_bench import MediaBench
from tests.unit.onvif.picture_bench import CLOCK, NAME, TEXTS, picture_bench

NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
MAX_OSDS = ("Receiver", "Action", "MaxOSDs")
CONFIG_MODIFY = ("Receiver", "InvalidArgVal", "ConfigModify")
CONFIGURATION = "VideoSourceConfig_0"


@pytest.fixture
def bench():
    return picture_bench(overlays=TEXTS)


@pytest.fixture
def fixed():
    """A camera whose texts nobody can change."""
    return picture_bench(overlays=TEXTS, is_settable=False)


@pytest.fixture
def bare():
    """A camera that draws nothing."""
    return picture_bench()


def text(kind: str = "Plain", place: str = "UpperLeft", *, token: str = "", pos: Vector | None = None, **more):
    """A wish for a text of the one video source configuration."""
    return OSDConfiguration(
        token=token,
        video_source_configuration_token=CONFIGURATION,
        type=OSDType.TEXT,
        position=OSDPosConfiguration(type=place, pos=pos),
        text_string=OSDTextConfiguration(type=kind, **more),
    )


async def shown(bench, **asked):
    return (await bench.answer(tr2_osd.GetOSDs(**asked))).osds


async def options(bench):
    return (await bench.answer(tr2_osd.GetOSDOptions(configuration_token=CONFIGURATION))).osd_options


async def test_texts_are_told_with_place_and_content(bench):
    name, clock = await shown(bench)
    assert name == text("Plain", "LowerLeft", token="name", plain_text="Front door", font_size=16)
    assert clock == text(
        "DateAndTime",
        "Custom",
        token="clock",
        pos=Vector(x=-0.5, y=0.25),
        date_format="yyyy-MM-dd",
        time_format="HH:mm:ss",
        font_size=16,
    )


async def test_get_osds_by_token_and_by_configuration(bench):
    """MEDIA2-6-1-5."""
    everything = await shown(bench)
    assert await shown(bench, configuration_token=CONFIGURATION) == everything
    assert await shown(bench, osd_token="clock") == everything[1:]
    assert await bench.fault(tr2_osd.GetOSDs(osd_token="other")) == NO_CONFIG
    assert await bench.fault(tr2_osd.GetOSDs(configuration_token="other")) == NO_CONFIG


async def test_options_tell_kinds_places_formats_and_limits(bench):
    """MEDIA2-6-1-6."""
    offered = await options(bench)
    most = offered.maximum_number_of_osds
    assert (most.total, most.plain_text, most.date, most.time, most.date_and_time) == (4, 4, 1, 4, 1)
    assert most.image == 0
    assert offered.type == (OSDType.TEXT,)
    assert offered.position_option == ("UpperLeft", "UpperRight", "LowerLeft", "LowerRight", "Custom")
    said = offered.text_option
    assert said.type == ("Plain", "Date", "Time", "DateAndTime")
    assert said.date_format == TEXTS.date_formats
    assert said.time_format == TEXTS.time_formats
    assert (said.font_size_range.min, said.font_size_range.max) == (8, 64)
    assert await bench.fault(tr2_osd.GetOSDOptions(configuration_token="other")) == NO_CONFIG


async def test_there_is_no_size_to_choose_where_the_camera_knows_none():
    bench = picture_bench(overlays=replace(TEXTS, overlays=(replace(NAME, font_size=None),), font_size=None))
    assert (await options(bench)).text_option.font_size_range is None
    await bench.answer(tr2_osd.SetOSD(osd=text("Plain", "LowerLeft", token="name", font_size=20)))
    assert bench.camera.commands == []


async def test_create_osd_configuration_for_text_overlay(bench):
    """MEDIA2-6-1-1: the client's token means nothing, and what was made can be deleted."""
    wished = text("Time", "Custom", token="testOSD", pos=Vector(x=1, y=-1), time_format="HH:mm:ss", font_size=8)
    token = (await bench.answer(tr2_osd.CreateOSD(osd=wished))).osd_token
    assert token not in {"testOSD", "name", "clock"}
    assert await shown(bench, osd_token=token) == (replace(wished, token=token),)
    await bench.answer(tr2_osd.DeleteOSD(osd_token=token))
    assert [each.token for each in await shown(bench)] == ["name", "clock"]


async def test_every_kind_can_be_deleted_and_made_again(bench):
    for osd in await shown(bench):
        await bench.answer(tr2_osd.DeleteOSD(osd_token=osd.token))
        token = (await bench.answer(tr2_osd.CreateOSD(osd=osd))).osd_token
        assert await shown(bench, osd_token=token) == (replace(osd, token=token),)


async def test_set_osd_configuration_text_overlay(bench):
    """MEDIA2-6-1-4: first the least of everything, then the most."""
    for position, date, time, size in (
        ("UpperLeft", "MM/dd/yyyy", "hh:mm:ss tt", 8),
        ("LowerRight", "yyyy-MM-dd", "HH:mm:ss", 64),
    ):
        wished = text("DateAndTime", position, token="clock", date_format=date, time_format=time, font_size=size)
        await bench.answer(tr2_osd.SetOSD(osd=wished))
        assert await shown(bench, osd_token="clock") == (wished,)


async def test_what_a_new_text_leaves_open_is_chosen_for_it(bench):
    await bench.answer(tr2_osd.CreateOSD(osd=text("Date", "UpperRight")))
    await bench.answer(tr2_osd.CreateOSD(osd=text("Plain", "UpperRight")))
    assert [command[1] for command in bench.camera.commands] == [
        Overlay("", OverlayKind.DATE, OverlayPlace.UPPER_RIGHT, date_format="MM/dd/yyyy"),
        Overlay("", OverlayKind.PLAIN, OverlayPlace.UPPER_RIGHT),
    ]


async def test_what_a_change_leaves_open_stays(bench):
    await bench.answer(tr2_osd.SetOSD(osd=text("Plain", "UpperRight", token="name")))
    await bench.answer(tr2_osd.SetOSD(osd=text("DateAndTime", "UpperRight", token="clock")))
    assert [command[1] for command in bench.camera.commands] == [
        replace(NAME, place=OverlayPlace.UPPER_RIGHT),
        replace(CLOCK, place=OverlayPlace.UPPER_RIGHT, at=None),
    ]


async def test_a_change_of_kind_leaves_nothing_of_the_old_one(bench):
    await bench.answer(tr2_osd.SetOSD(osd=text("Time", token="clock", plain_text="ignored")))
    assert bench.camera.commands == [
        (
            "set_overlay",
            Overlay("clock", OverlayKind.TIME, OverlayPlace.UPPER_LEFT, time_format="HH:mm:ss", font_size=16),
        )
    ]


async def test_setting_what_is_there_does_not_bother_the_camera(bench):
    for osd in await shown(bench):
        await bench.answer(tr2_osd.SetOSD(osd=osd))
    assert bench.camera.commands == []


@pytest.mark.parametrize(("wished", "chosen"), [(1, 8), (20, 20), (1000, 64)])
async def test_a_size_out_of_range_is_adapted(bench, wished, chosen):
    await bench.answer(tr2_osd.SetOSD(osd=text("Plain", "LowerLeft", token="name", font_size=wished)))
    (now,) = await shown(bench, osd_token="name")
    assert now.text_string.font_size == chosen


IMPOSSIBLE = {
    "an image": replace(text(), type=OSDType.IMAGE, text_string=None),
    "no content": replace(text(), text_string=None),
    "a temporary text": text(is_persistent_text=False),
    "an unknown kind": text("Weather"),
    "an unknown place": text(place="Middle"),
    "a custom place that is nowhere": text(place="Custom"),
    "a point outside the picture": text(place="Custom", pos=Vector(x=0, y=1.5)),
    "an unknown date format": text("Date", date_format="stardate"),
    "an unknown time format": text("Time", time_format="beats"),
    "a text too long": text(plain_text="x" * 21),
}


@pytest.mark.parametrize("wished", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
async def test_what_is_not_offered_is_refused(bench, wished):
    assert await bench.fault(tr2_osd.CreateOSD(osd=wished)) == CONFIG_MODIFY
    assert await bench.fault(tr2_osd.SetOSD(osd=replace(wished, token="name"))) == CONFIG_MODIFY
    assert bench.camera.commands == []


async def test_there_are_as_many_texts_as_the_options_say(bench):
    await bench.answer(tr2_osd.CreateOSD(osd=text()))
    assert await bench.fault(tr2_osd.CreateOSD(osd=text("DateAndTime"))) == MAX_OSDS
    assert await bench.fault(tr2_osd.SetOSD(osd=text("DateAndTime", token="name"))) == CONFIG_MODIFY
    await bench.answer(tr2_osd.CreateOSD(osd=text("Time")))
    assert await bench.fault(tr2_osd.CreateOSD(osd=text("Time"))) == MAX_OSDS


async def test_texts_belong_to_the_one_video_source_configuration(bench):
    elsewhere = replace(text(token="name"), video_source_configuration_token="other")
    assert await bench.fault(tr2_osd.CreateOSD(osd=elsewhere)) == NO_CONFIG
    assert await bench.fault(tr2_osd.SetOSD(osd=elsewhere)) == NO_CONFIG


async def test_a_text_that_does_not_exist_is_neither_set_nor_deleted(bench):
    assert await bench.fault(tr2_osd.SetOSD(osd=text(token="other"))) == NO_CONFIG
    assert await bench.fault(tr2_osd.DeleteOSD(osd_token="other")) == NO_CONFIG


@pytest.mark.parametrize(
    ("reason", "fault"),
    [("overlay", CONFIG_MODIFY), ("too_many_overlays", MAX_OSDS), ("no_overlay", NO_CONFIG)],
)
async def test_what_the_camera_itself_refuses_is_the_same_fault(bench, reason, fault):
    bench.camera.refusals.append(InvalidValue(reason, "not with me"))
    assert await bench.fault(tr2_osd.CreateOSD(osd=text())) == fault


async def test_other_trouble_of_the_camera_goes_through(bench):
    bench.camera.refusals += [Rejected("no", native_code=-1), InvalidValue("moving", "wait")]
    with pytest.raises(CameraError):
        await bench.answer(tr2_osd.DeleteOSD(osd_token="name"))
    with pytest.raises(InvalidValue, match="wait"):
        await bench.answer(tr2_osd.DeleteOSD(osd_token="name"))


async def test_texts_that_nobody_can_change_are_offered_as_they_are(fixed):
    offered = await options(fixed)
    most = offered.maximum_number_of_osds
    assert (most.total, most.plain_text, most.date, most.time, most.date_and_time) == (2, 1, 0, 0, 1)
    assert offered.position_option == ("LowerLeft", "Custom")
    said = offered.text_option
    assert (said.type, said.date_format, said.time_format) == (("Plain", "DateAndTime"), ("yyyy-MM-dd",), ("HH:mm:ss",))
    assert (said.font_size_range.min, said.font_size_range.max) == (16, 16)


async def test_texts_that_nobody_can_change_can_be_set_to_what_they_are(fixed):
    for osd in await shown(fixed):
        await fixed.answer(tr2_osd.SetOSD(osd=osd))
    other = text("Plain", "LowerLeft", token="name", plain_text="Back door", font_size=16)
    assert await fixed.fault(tr2_osd.SetOSD(osd=other)) == CONFIG_MODIFY
    assert await fixed.fault(tr2_osd.CreateOSD(osd=other)) == MAX_OSDS
    assert await fixed.fault(tr2_osd.DeleteOSD(osd_token="name")) == ("Receiver", "ActionNotSupported")


@pytest.mark.parametrize("texts", [None, replace(TEXTS, overlays=())], ids=["no texts known", "none shown"])
async def test_a_camera_without_texts_offers_room_for_none(texts):
    """Recorders ask every camera; the schema wants words even where the number says that there are none."""
    bare = picture_bench(overlays=texts, is_settable=False)
    assert await shown(bare) == ()
    offered = await options(bare)
    assert offered.maximum_number_of_osds.total == 0
    assert offered.text_option is None
    assert await bare.fault(tr2_osd.CreateOSD(osd=text())) == MAX_OSDS
    assert await bare.fault(tr2_osd.SetOSD(osd=text(token="name"))) == NO_CONFIG


async def test_a_camera_that_was_never_reached_has_no_configuration_to_draw_on():
    stranger = MediaBench(None)
    assert await shown(stranger) == ()
    assert await stranger.fault(tr2_osd.GetOSDOptions(configuration_token=CONFIGURATION)) == NO_CONFIG
    assert await stranger.fault(tr2_osd.CreateOSD(osd=text())) == NO_CONFIG


async def test_media_shows_the_same_texts(bench):
    assert (await bench.answer(trt_osd.GetOSDs())).osds == await shown(bench)
    assert (await bench.answer(trt_osd.GetOSDs(configuration_token=CONFIGURATION))).osds == await shown(bench)
    assert (await bench.answer(trt_osd.GetOSD(osd_token="name"))).osd == (await shown(bench))[0]
    asked = trt_osd.GetOSDOptions(configuration_token=CONFIGURATION)
    assert (await bench.answer(asked)).osd_options == await options(bench)


async def test_media_makes_sets_and_deletes_them_too(bench):
    token = (await bench.answer(trt_osd.CreateOSD(osd=text(plain_text="one")))).osd_token
    wished = text(token=token, plain_text="two", font_size=30)
    await bench.answer(trt_osd.SetOSD(osd=wished))
    assert await shown(bench, osd_token=token) == (wished,)
    await bench.answer(trt_osd.DeleteOSD(osd_token=token))
    assert await bench.fault(trt_osd.GetOSD(osd_token=token)) == NO_CONFIG


async def test_media_blames_the_sender_for_a_configuration_that_is_not_possible(bench):
    blamed = ("Sender", "InvalidArgVal", "ConfigModify")
    assert await bench.fault(trt_osd.SetOSD(osd=text("Weather", token="name"))) == blamed
    assert await bench.fault(trt_osd.CreateOSD(osd=text("Weather"))) == blamed
    assert await bench.fault(trt_osd.GetOSDs(configuration_token="other")) == NO_CONFIG
    assert await bench.fault(trt_osd.DeleteOSD(osd_token="other")) == NO_CONFIG


@pytest.mark.parametrize("messages", [trt, tr2], ids=["Media", "Media2"])
async def test_the_capability_promises_texts_that_can_be_set(bench, fixed, bare, messages):
    said = [(await each.answer(messages.GetServiceCapabilities())).capabilities for each in (bench, fixed, bare)]
    assert [each.osd for each in said] == [True, False, False]
    assert not any(each.temporary_osd_text for each in said)


def test_only_a_camera_whose_texts_can_be_set_has_what_profile_t_demands(bench, fixed, bare):
    assert [Feature.OSD_TEXT in features_served(each.device) for each in (bench, fixed, bare)] == [True, False, False]


def test_anyone_may_read_texts_and_only_operators_change_them():
    for service, module in ((MEDIA, media_osd), (MEDIA2, media2_osd)):
        ours = [each for each in service.operations if each in vars(module).values()]
        assert len(ours) in {5, 6}
        for each in ours:
            assert each.access is (Access.READ_MEDIA if each.name.startswith("Get") else Access.ACTUATE)


PLACES = st.one_of(
    st.sampled_from(["UpperLeft", "UpperRight", "LowerLeft", "LowerRight"]).map(lambda place: {"place": place}),
    st.builds(Vector, x=st.floats(-1, 1), y=st.floats(-1, 1)).map(lambda pos: {"place": "Custom", "pos": pos}),
)
DATE = {"date_format": st.sampled_from(TEXTS.date_formats)}
TIME = {"time_format": st.sampled_from(TEXTS.time_formats)}
CONTENTS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("Plain"), "plain_text": st.text("abcäöü <&>", max_size=20)}),
    st.fixed_dictionaries({"kind": st.just("Date"), **DATE}),
    st.fixed_dictionaries({"kind": st.just("Time"), **TIME}),
    st.fixed_dictionaries({"kind": st.just("DateAndTime"), **DATE, **TIME}),
)


@settings(max_examples=25)
@given(place=PLACES, content=CONTENTS, size=st.integers(8, 64))
async def test_any_combination_of_options_can_be_set_and_read_back(place, content, size):
    bench = picture_bench(overlays=replace(TEXTS, overlays=(NAME,)))
    wished = text(token="name", font_size=size, **place, **content)
    await bench.answer(tr2_osd.SetOSD(osd=wished))
    assert await shown(bench) == (wished,)
