"""Media2 Configuration Device Test Specification: on-screen displays.

The device offers texts and no images, and says nothing of colours.
"""

from __future__ import annotations

from tests.conformance.media2_client import Media2, configuration_token, element
from tests.conformance.media_client import changed, contents, is_within, tokens

WITH_DATE, WITH_TIME = {"Date", "DateAndTime"}, {"Time", "DateAndTime"}
KINDS = {"Plain", "Date", "Time", "DateAndTime"}


async def source_tokens(media):
    """Return the tokens of the video source configurations of a device that offers on-screen displays."""
    assert (await media.capabilities())["OSD"] == "true"
    return tokens(await media.every("VideoSource"))


async def osds(media, source=None):
    asked = "" if source is None else configuration_token(source)
    return (await media.ask("GetOSDs", asked)).all("tr2:OSDs")


async def one(media, token):
    osd = (await media.ask("GetOSDs", f"<tr2:OSDToken>{token}</tr2:OSDToken>")).one("tr2:OSDs")
    assert osd["token"] == token
    return osd


async def osd_options(media, source):
    return (await media.ask("GetOSDOptions", configuration_token(source))).one("tr2:OSDOptions")


async def create(media, osd):
    return (await media.ask("CreateOSD", osd.xml)).text("tr2:OSDToken")


async def delete(media, token):
    await media.ask("DeleteOSD", f"<tr2:OSDToken>{token}</tr2:OSDToken>")


def kinds_of_text(options):
    """Return the kinds of text that the cases know, in the order of the options."""
    assert "Text" in options.texts("tt:Type")
    return [kind for kind in options.texts("tt:TextOption/tt:Type") if kind in KINDS]


async def make_room_for_a_text(media, source, options):
    """Delete all texts, and if it is still full one thing more; return the tokens of what is left."""
    for osd in await osds(media, source):
        if osd.text("tt:Type") == "Text":
            await delete(media, osd["token"])
    left = tokens(await osds(media, source))
    if len(left) == int(options.one("tt:MaximumNumberOfOSDs")["Total"]):
        await delete(media, left.pop(0))
    return left


def text_osd(source, options, kind, *, place, end):
    """Return a text: everything is the first (`place` 0, `end` Min) or the last (-1, Max) that is offered."""
    offered = options.one("tt:TextOption")
    assert not offered.has("tt:FontColor")
    assert not offered.has("tt:BackgroundColor")
    position = options.texts("tt:PositionOption")[place]
    parts = [f"<tt:VideoSourceConfigurationToken>{source}</tt:VideoSourceConfigurationToken><tt:Type>Text</tt:Type>"]
    point = '<tt:Pos x="0.5" y="-0.5"/>' if position == "Custom" else ""
    parts.append(f"<tt:Position><tt:Type>{position}</tt:Type>{point}</tt:Position><tt:TextString>")
    parts.append(f"<tt:Type>{kind}</tt:Type>")
    if kind in WITH_DATE:
        parts.append(f"<tt:DateFormat>{offered.texts('tt:DateFormat')[place]}</tt:DateFormat>")
    if kind in WITH_TIME:
        parts.append(f"<tt:TimeFormat>{offered.texts('tt:TimeFormat')[place]}</tt:TimeFormat>")
    if offered.has("tt:FontSizeRange"):
        parts.append(f"<tt:FontSize>{offered.text(f'tt:FontSizeRange/tt:{end}')}</tt:FontSize>")
    if kind == "Plain":
        parts.append(f"<tt:PlainText>Text {end}</tt:PlainText>")
    return element(f'<tr2:OSD token="testOSD">{"".join(parts)}</tt:TextString></tr2:OSD>')


def named(osd, token):
    """Return an on-screen display under another token: that of a wish may be ignored."""
    return changed(osd, {"@token": token})


async def offers_no_images(media, source):
    options = await osd_options(media, source)
    assert "Image" not in options.texts("tt:Type")
    assert not options.has("tt:ImageOption")
    assert options.one("tt:MaximumNumberOfOSDs")["Image"] == "0"
    return all(each.text("tt:Type") == "Text" for each in await osds(media, source))


async def test_MEDIA2_6_1_1(dut):
    """Texts of the first and of the last kind can be made with everything offered, are shown so, and can be deleted."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        options = await osd_options(media, source)
        before = await make_room_for_a_text(media, source, options)
        kinds = kinds_of_text(options)
        first = text_osd(source, options, kinds[0], place=0, end="Min")
        token = await create(media, first)
        assert token not in before
        assert contents(await one(media, token)) == contents(named(first, token))
        await delete(media, token)
        last = text_osd(source, options, kinds[-1], place=-1, end="Max")
        token = await create(media, last)
        assert token not in before
        (shown,) = [each for each in await osds(media, source) if each["token"] == token]
        assert contents(shown) == contents(named(last, token))
        await delete(media, token)
        assert token not in tokens(await osds(media, source))


async def test_MEDIA2_6_1_2(dut):
    """No video source configuration offers images, so none can be made: here the procedure ends."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        assert await offers_no_images(media, source)


async def test_MEDIA2_6_1_3(dut):
    """No video source configuration offers images, so none can be set: here the procedure ends."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        assert await offers_no_images(media, source)


async def test_MEDIA2_6_1_4(dut):
    """A text can be set to other values of everything but its kind, and is shown so."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        options = await osd_options(media, source)
        await make_room_for_a_text(media, source, options)
        kind = kinds_of_text(options)[0]
        token = await create(media, text_osd(source, options, kind, place=0, end="Min"))
        await one(media, token)
        wished = named(text_osd(source, options, kind, place=-1, end="Max"), token)
        await media.ask("SetOSD", wished.xml)
        assert contents(await one(media, token)) == contents(wished)
        await delete(media, token)


async def test_MEDIA2_6_1_5(dut):
    """On-screen displays are listed once, all together and for each video source configuration."""
    media = await Media2.of(dut)
    every = tokens(await osds(media))
    for source in await source_tokens(media):
        found = tokens(await osds(media, source))
        assert found
        assert set(found) <= set(every)


async def test_MEDIA2_6_1_6(dut):
    """What is offered for on-screen displays goes together: kinds, numbers and formats."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        options = await osd_options(media, source)
        most = options.one("tt:MaximumNumberOfOSDs")
        assert int(most["Total"]) > 0
        assert ("Text" in options.texts("tt:Type")) == options.has("tt:TextOption")
        assert "Text" in options.texts("tt:Type") or most["PlainText"] == "0"
        assert await offers_no_images(media, source)
        for kind in options.texts("tt:TextOption/tt:Type"):
            assert kind not in WITH_DATE or options.has("tt:TextOption/tt:DateFormat")
            assert kind not in WITH_TIME or options.has("tt:TextOption/tt:TimeFormat")


async def test_MEDIA2_6_1_7(dut):
    """Every on-screen display is as the options of its video source configuration allow."""
    media = await Media2.of(dut)
    for source in await source_tokens(media):
        options = await osd_options(media, source)
        found = await osds(media, source)
        assert found
        for osd in found:
            assert osd.text("tt:VideoSourceConfigurationToken") == source
            assert int(options.one("tt:MaximumNumberOfOSDs")["Total"]) > 0
            assert osd.text("tt:Type") in options.texts("tt:Type")
            assert osd.text("tt:Position/tt:Type") in options.texts("tt:PositionOption")
            assert not osd.has("tt:Image")
            is_offered_text(osd.one("tt:TextString"), options.one("tt:TextOption"))


def is_offered_text(text, offered):
    """Check a text against what is offered."""
    for part in ("Type", "DateFormat", "TimeFormat"):
        assert set(text.texts(f"tt:{part}")) <= set(offered.texts(f"tt:{part}"))
    for size in text.texts("tt:FontSize"):
        assert is_within(size, offered.one("tt:FontSizeRange"))
    assert not text.has("tt:FontColor")
    assert not text.has("tt:BackgroundColor")
