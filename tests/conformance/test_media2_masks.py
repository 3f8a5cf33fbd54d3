"""Media2 Configuration Device Test Specification: privacy masks."""

from __future__ import annotations

from dataclasses import replace

from tests.conformance.media2_client import Media2, configuration_token, element
from tests.conformance.media_client import changed, contents, is_within, tokens

YCBCR = "http://www.onvif.org/ver10/colorspace/YCbCr"
"""The colour space of a colour that names none."""

CREATED = ((-0.4, -0.2), (-0.2, 0.3), (0.1, 0.4), (0.3, -0.3))
CHANGED = ((-0.5, -0.3), (-0.3, 0.4), (0.2, 0.5), (0.4, -0.4))


async def source_tokens(media):
    """Return the tokens of the video source configurations of a device that offers masks."""
    assert (await media.capabilities())["Mask"] == "true"
    return tokens(await media.every("VideoSource"))


async def masks(media, source=None):
    asked = "" if source is None else configuration_token(source)
    return (await media.ask("GetMasks", asked)).all("tr2:Masks")


async def one(media, token):
    mask = (await media.ask("GetMasks", f"<tr2:Token>{token}</tr2:Token>")).one("tr2:Masks")
    assert mask["token"] == token
    return mask


async def mask_options(media, source):
    return (await media.ask("GetMaskOptions", configuration_token(source))).one("tr2:Options")


async def create(media, mask):
    return (await media.ask("CreateMask", mask.xml)).text("tr2:Token")


async def delete(media, token):
    await media.ask("DeleteMask", f"<tr2:Token>{token}</tr2:Token>")


async def room_for_a_mask(media):
    """Return a video source configuration that a mask can be added to, with what is offered there."""
    for source in await source_tokens(media):
        options = await mask_options(media, source)
        most = int(options.text("tr2:MaxMasks"))
        known = tokens(await masks(media, source))
        if most:
            if len(known) == most:
                await delete(media, known[0])
            return source, options
    raise AssertionError("there is no room for masks anywhere")


def square(half):
    return ((-half, -half), (-half, half), (half, half), (half, -half))


def is_for_rectangles(options):
    return options.get("RectangleOnly") == "true"


def mask_of(source, options, *, kind, is_new, color=True):
    """Return a mask as the cases make it first, or change it later; with the first or the last colour offered."""
    created, changed_to = (square(0.5), square(0.6)) if is_for_rectangles(options) else (CREATED, CHANGED)
    corners = created if is_new else changed_to
    points = "".join(f'<tt:Point x="{x}" y="{y}"/>' for x, y in corners)
    parts = [f"<tr2:ConfigurationToken>{source}</tr2:ConfigurationToken><tr2:Polygon>{points}</tr2:Polygon>"]
    parts.append(f"<tr2:Type>{kind}</tr2:Type>")
    if kind == "Color" and color:
        assert not options.has("tr2:Color/tt:ColorspaceRange")
        chosen = options.all("tr2:Color/tt:ColorList")[0 if is_new else -1]
        values = " ".join(f'{name}="{value}"' for name, value in chosen.raw.attrib.items())
        parts.append(f"<tr2:Color {values}/>")
    parts.append(f"<tr2:Enabled>{str(not is_new).lower()}</tr2:Enabled>")
    return element(f'<tr2:Mask token="TestMask">{"".join(parts)}</tr2:Mask>')


def named(mask, token):
    """Return a mask under another token: that of a wish may be ignored."""
    return changed(mask, {"@token": token})


async def test_MEDIA2_10_1_1(dut):
    """A mask can be made, is shown as it was wished, and can be deleted."""
    media = await Media2.of(dut)
    source, options = await room_for_a_mask(media)
    wished = mask_of(source, options, kind=options.texts("tr2:Types")[0], is_new=True)
    token = await create(media, wished)
    assert contents(await one(media, token)) == contents(named(wished, token))
    await delete(media, token)
    assert token not in tokens(await masks(media, source))


async def test_MEDIA2_10_1_2(dut):
    """Masks are listed once, all together and for each video source configuration, and are the same when asked alone.

    The case wants a device with masks; two are made before it begins.
    """
    media = await Media2.of(dut)
    source, options = await room_for_a_mask(media)
    for kind in options.texts("tr2:Types")[:2]:
        await create(media, mask_of(source, options, kind=kind, is_new=True))
    every = await masks(media)
    assert tokens(every)
    for mask in every:
        assert contents(await one(media, mask["token"])) == contents(mask)
    for each in await source_tokens(media):
        assert set(tokens(await masks(media, each))) <= set(tokens(every))


async def test_MEDIA2_10_1_3(dut):
    """A mask can be changed in everything, is shown as it was wished, and can be deleted."""
    media = await Media2.of(dut)
    source, options = await room_for_a_mask(media)
    kinds = options.texts("tr2:Types")
    token = await create(media, mask_of(source, options, kind=kinds[0], is_new=True))
    wished = named(mask_of(source, options, kind=kinds[-1], is_new=False), token)
    await media.ask("SetMask", wished.xml)
    assert contents(await one(media, token)) == contents(wished)
    await delete(media, token)
    assert token not in tokens(await masks(media, source))


async def test_MEDIA2_10_1_1_and_3_of_a_camera_that_hides_rectangles_only(dut):
    """The same masks can be made and changed where only rectangles can be had."""
    known = dut.camera.description.masks
    dut.camera.become(masks=replace(known, rectangle_only=True, most_points=4))
    media = await Media2.of(dut)
    source, options = await room_for_a_mask(media)
    assert is_for_rectangles(options)
    wished = mask_of(source, options, kind="Color", is_new=True)
    token = await create(media, wished)
    assert contents(await one(media, token)) == contents(named(wished, token))
    wished = named(mask_of(source, options, kind="Color", is_new=False), token)
    await media.ask("SetMask", wished.xml)
    assert contents(await one(media, token)) == contents(wished)


async def test_MEDIA2_10_1_4(dut):
    """What is offered for masks makes sense: their number, their corners, their kinds, ranges of colours."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        options = await mask_options(media, source)
        assert int(options.text("tr2:MaxMasks")) >= 0
        assert int(options.text("tr2:MaxPoints")) >= 3
        assert options.texts("tr2:Types")
        for space in options.all("tr2:Color/tt:ColorspaceRange"):
            for axis in ("X", "Y", "Z"):
                assert float(space.text(f"tt:{axis}/tt:Min")) <= float(space.text(f"tt:{axis}/tt:Max"))


def color_of(color):
    """Return a colour as three numbers and the space they are of."""
    x, y, z = (float(color[axis]) for axis in ("X", "Y", "Z"))
    return x, y, z, color.get("Colorspace", YCBCR)


def is_offered_color(color, options):
    """Whether a colour is in the list, or in a range of its space."""
    listed = options.all("tr2:Color/tt:ColorList")
    ranges = [
        each
        for each in options.all("tr2:Color/tt:ColorspaceRange")
        if each.text("tt:Colorspace") == color.get("Colorspace", YCBCR)
        and all(is_within(color[axis], each.one(f"tt:{axis}")) for axis in ("X", "Y", "Z"))
    ]
    return bool(ranges) or color_of(color) in [color_of(each) for each in listed]


async def test_MEDIA2_10_1_5(dut):
    """Every mask is as the options of its video source configuration allow; masks of one colour have just one.

    As a device may have no masks at all, some of every kind are made before the case begins.
    """
    media = await Media2.of(dut)
    first, offered = await room_for_a_mask(media)
    for kind in [*offered.texts("tr2:Types"), "Color"]:
        await create(media, mask_of(first, offered, kind=kind, is_new=True))
    for source in await source_tokens(media):
        options, found = await mask_options(media, source), await masks(media, source)
        assert found
        colors = [color for mask in found for color in mask.all("tr2:Color")]
        for mask in found:
            assert mask.text("tr2:ConfigurationToken") == source
            assert mask.text("tr2:Type") in options.texts("tr2:Types")
            corners = mask.all("tr2:Polygon/tt:Point")
            assert not is_for_rectangles(options) or len(corners) == 4
            assert len(corners) <= int(options.text("tr2:MaxPoints"))
        assert all(is_offered_color(each, options) for each in colors)
        if options.get("SingleColorOnly") == "true":
            assert len({color_of(each) for each in colors}) == 1


async def test_MEDIA2_10_1_6(dut):
    """Where all masks have one colour, a new one has that of the others, and setting one sets them all."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        options = await mask_options(media, source)
        assert options.get("SingleColorOnly") == "true"
        assert "Color" in options.texts("tr2:Types")
        assert int(options.text("tr2:MaxMasks")) >= 2
        for token in tokens(await masks(media, source)):
            await delete(media, token)
        first = await create(media, mask_of(source, options, kind="Color", is_new=True))
        second = await create(media, mask_of(source, options, kind="Color", is_new=True, color=False))
        assert color_of((await one(media, second)).one("tr2:Color")) == color_of(
            (await one(media, first)).one("tr2:Color")
        )
        wished = named(mask_of(source, options, kind="Color", is_new=False), second)
        await media.ask("SetMask", wished.xml)
        assert color_of((await one(media, first)).one("tr2:Color")) == color_of(wished.one("tr2:Color"))
