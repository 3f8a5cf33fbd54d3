"""Privacy masks over Media2; cases named after the test specifications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.core.errors import CameraError, InvalidValue, Rejected
from bridge.core.overlay import MaskKind, rectangle_around
from bridge.onvif.operation import Access
from bridge.onvif.services import media2_masks
from bridge.onvif.services.media2 import SERVICE
from bridge.onvif.types import masks as tr2
from bridge.onvif.types.drawing import RGB, Color, Polygon, Vector
from bridge.onvif.types.media2 import GetServiceCapabilities
from tests.unit.onvif.media_bench import MediaBench
from tests.unit.onvif.picture_bench import RECTANGLES, SHAPES, picture_bench

NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
MAX_MASKS = ("Receiver", "Action", "MaxMasks")
CONFIG_MODIFY = ("Receiver", "InvalidArgVal", "ConfigModify")
INVALID_POLYGON = ("Receiver", "InvalidArgVal", "InvalidPolygon")
NOT_SUPPORTED = ("Receiver", "ActionNotSupported")
CONFIGURATION = "VideoSourceConfig_0"
QUADRANGLE = ((-0.4, -0.2), (-0.2, 0.3), (0.1, 0.4), (0.3, -0.3))
SQUARE = ((-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5))


@pytest.fixture
def bench():
    return picture_bench(masks=SHAPES)


@pytest.fixture
def boxes():
    """A camera that hides rectangles only."""
    return picture_bench(masks=RECTANGLES)


@pytest.fixture
def fixed():
    """A camera whose masks nobody can change."""
    return picture_bench(masks=SHAPES, is_settable=False)


@pytest.fixture
def bare():
    """A camera that hides nothing."""
    return picture_bench()


def mask(*corners: tuple[float, float], kind: str = "Color", token: str | None = None, **more) -> tr2.Mask:
    """A wish for a mask of the one video source configuration."""
    polygon = Polygon(point=tuple(Vector(x=x, y=y) for x, y in corners))
    return tr2.Mask(
        **{"token": token, "configuration_token": CONFIGURATION, "polygon": polygon, "type": kind, "enabled": True}
        | more
    )


async def shown(bench, **asked):
    return (await bench.answer(tr2.GetMasks(**asked))).masks


async def options(bench):
    return (await bench.answer(tr2.GetMaskOptions(configuration_token=CONFIGURATION))).options


async def test_masks_are_told_by_token_and_by_configuration(bench):
    triangle = mask((-0.5, -0.5), (0.0, 0.5), (0.5, -0.5), kind="Pixelated", token="1")
    assert await shown(bench) == (triangle,)
    assert await shown(bench, token="1") == (triangle,)
    assert await shown(bench, configuration_token=CONFIGURATION) == (triangle,)
    assert await bench.fault(tr2.GetMasks(token="other")) == NO_CONFIG
    assert await bench.fault(tr2.GetMasks(configuration_token="other")) == NO_CONFIG


async def test_options_tell_numbers_types_and_the_one_colour(bench, boxes):
    said = await options(bench)
    assert (said.max_masks, said.max_points, said.types) == (3, 5, ("Color", "Pixelated"))
    assert (said.rectangle_only, said.single_color_only) == (False, True)
    assert said.color.color_list == (Color(x=0, y=0, z=0, colorspace=RGB),)
    assert (await options(boxes)).rectangle_only
    assert await bench.fault(tr2.GetMaskOptions(configuration_token="other")) == NO_CONFIG


async def test_create_masks(bench):
    """The client's token means nothing, and the colour of a coloured mask is told."""
    wished = mask(*QUADRANGLE, token="TestMask")
    token = (await bench.answer(tr2.CreateMask(mask=wished))).token
    assert token not in {"TestMask", "1"}
    black = Color(x=0, y=0, z=0, colorspace=RGB)
    assert await shown(bench, token=token) == (replace(wished, token=token, color=black),)
    await bench.answer(tr2.DeleteMask(token=token))
    assert [each.token for each in await shown(bench)] == ["1"]


async def test_set_masks(bench):
    wished = mask((-0.5, -0.3), (-0.3, 0.4), (0.2, 0.5), (0.4, -0.4), kind="Pixelated", token="1", enabled=False)
    await bench.answer(tr2.SetMask(mask=wished))
    assert await shown(bench) == (wished,)


async def test_setting_what_is_there_does_not_bother_the_camera(bench):
    (present,) = await shown(bench)
    await bench.answer(tr2.SetMask(mask=present))
    assert bench.camera.commands == []


async def test_another_colour_becomes_the_camera_s_own(boxes):
    wished = mask(*SQUARE, token="1", color=Color(x=255, y=0, z=0, colorspace=RGB))
    await boxes.answer(tr2.SetMask(mask=wished))
    assert await shown(boxes) == (replace(wished, color=Color(x=128, y=64, z=0, colorspace=RGB)),)


async def test_a_rectangle_stays_as_it_is_and_other_quadrangles_become_one(boxes):
    token = (await boxes.answer(tr2.CreateMask(mask=mask(*SQUARE)))).token
    assert (await shown(boxes, token=token))[0].polygon == mask(*SQUARE).polygon
    await boxes.answer(tr2.SetMask(mask=mask(*QUADRANGLE, token=token)))
    assert (await shown(boxes, token=token))[0].polygon == mask(*rectangle_around(QUADRANGLE)).polygon


@pytest.mark.parametrize(
    "corners",
    [SQUARE[:2], (*SQUARE, (0.6, -0.6), (0.6, -0.7)), ((-1.1, 0), *SQUARE[1:])],
    ids=["a line", "too many corners", "outside the picture"],
)
async def test_a_polygon_that_is_not_possible_is_refused(bench, boxes, corners):
    for each in (bench, boxes):
        assert await each.fault(tr2.CreateMask(mask=mask(*corners))) == INVALID_POLYGON
        assert await each.fault(tr2.SetMask(mask=mask(*corners, token="1"))) == INVALID_POLYGON
        assert each.camera.commands == []


async def test_a_triangle_is_no_rectangle(boxes):
    assert await boxes.fault(tr2.CreateMask(mask=mask(*SQUARE[:3]))) == INVALID_POLYGON


async def test_a_type_that_is_not_offered_is_refused(bench):
    assert await bench.fault(tr2.CreateMask(mask=mask(*SQUARE, kind="Blurred"))) == CONFIG_MODIFY
    assert await bench.fault(tr2.SetMask(mask=mask(*SQUARE, kind="Hologram", token="1"))) == CONFIG_MODIFY


async def test_there_are_as_many_masks_as_the_options_say(boxes):
    await boxes.answer(tr2.CreateMask(mask=mask(*SQUARE)))
    assert await boxes.fault(tr2.CreateMask(mask=mask(*SQUARE))) == MAX_MASKS


async def test_masks_belong_to_the_one_video_source_configuration(bench):
    elsewhere = mask(*SQUARE, token="1", configuration_token="other")
    assert await bench.fault(tr2.CreateMask(mask=elsewhere)) == NO_CONFIG
    assert await bench.fault(tr2.SetMask(mask=elsewhere)) == NO_CONFIG


async def test_a_mask_that_does_not_exist_is_neither_set_nor_deleted(bench):
    assert await bench.fault(tr2.SetMask(mask=mask(*SQUARE, token="other"))) == NO_CONFIG
    assert await bench.fault(tr2.SetMask(mask=mask(*SQUARE))) == NO_CONFIG
    assert await bench.fault(tr2.DeleteMask(token="other")) == NO_CONFIG


@pytest.mark.parametrize(
    ("reason", "fault"),
    [("mask", CONFIG_MODIFY), ("polygon", INVALID_POLYGON), ("too_many_masks", MAX_MASKS), ("no_mask", NO_CONFIG)],
)
async def test_what_the_camera_itself_refuses_is_the_same_fault(bench, reason, fault):
    bench.camera.refusals.append(InvalidValue(reason, "not with me"))
    assert await bench.fault(tr2.CreateMask(mask=mask(*SQUARE))) == fault


async def test_other_trouble_of_the_camera_goes_through(bench):
    bench.camera.refusals += [Rejected("no", native_code=-1), InvalidValue("moving", "wait")]
    with pytest.raises(CameraError):
        await bench.answer(tr2.DeleteMask(token="1"))
    with pytest.raises(InvalidValue, match="wait"):
        await bench.answer(tr2.DeleteMask(token="1"))


async def test_masks_that_nobody_can_change_are_offered_as_they_are(fixed):
    said = await options(fixed)
    assert (said.max_masks, said.types) == (1, ("Pixelated",))
    (present,) = await shown(fixed)
    await fixed.answer(tr2.SetMask(mask=present))
    assert await fixed.fault(tr2.SetMask(mask=replace(present, enabled=False))) == CONFIG_MODIFY
    assert await fixed.fault(tr2.CreateMask(mask=present)) == MAX_MASKS
    assert await fixed.fault(tr2.DeleteMask(token="1")) == NOT_SUPPORTED


async def test_where_nothing_is_hidden_and_nobody_can_change_that_there_is_room_for_no_mask():
    empty = picture_bench(masks=replace(SHAPES, masks=()), is_settable=False)
    assert await shown(empty) == ()
    assert (await options(empty)).max_masks == 0


@pytest.mark.parametrize(
    "request_",
    [
        tr2.GetMasks(),
        tr2.GetMaskOptions(configuration_token=CONFIGURATION),
        tr2.CreateMask(mask=mask(*SQUARE)),
        tr2.SetMask(mask=mask(*SQUARE, token="1")),
        tr2.DeleteMask(token="1"),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_a_camera_without_masks_does_not_know_what_they_are(bare, request_):
    assert await bare.fault(request_) == NOT_SUPPORTED
    assert await MediaBench(None).fault(request_) == NOT_SUPPORTED


async def test_the_capability_promises_masks_that_can_be_set(bench, fixed, bare):
    said = [(await each.answer(GetServiceCapabilities())).capabilities.mask for each in (bench, fixed, bare)]
    assert said == [True, False, False]


def test_anyone_may_read_masks_and_only_operators_change_them():
    ours = [each for each in SERVICE.operations if each in vars(media2_masks).values()]
    assert len(ours) == 5
    for each in ours:
        assert each.access is (Access.READ_MEDIA if each.name.startswith("Get") else Access.ACTUATE)


def test_the_rectangle_around_a_polygon_begins_at_the_lower_left_and_goes_clockwise():
    assert rectangle_around(QUADRANGLE) == ((-0.4, -0.3), (-0.4, 0.4), (0.3, 0.4), (0.3, -0.3))
    assert rectangle_around(SQUARE) == SQUARE


def test_the_kinds_are_the_words_of_the_schema():
    assert [str(kind) for kind in MaskKind] == ["Color", "Pixelated", "Blurred"]
