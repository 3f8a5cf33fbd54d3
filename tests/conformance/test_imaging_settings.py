"""Imaging Device Test Specification: settings, options and capabilities."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.imaging import AutoMode
from tests.conformance.descriptions import IMAGING
from tests.conformance.imaging_client import (
    CHOICES,
    LEVELS,
    NEEDS,
    NO_SOURCE,
    PARTS,
    ImagingClient,
    as_number,
    changed,
    offers,
    sources,
    span,
    texts,
    tt,
    wish,
)

ADDITIONAL = frozenset(setting for setting in (*CHOICES, *PARTS) if setting.startswith("Extension/Extension/"))
"""Settings that came later; they have a case of their own."""


async def test_IMAGING_1_1_1(dut):
    """Every video source tells its settings."""
    for client in await sources(dut):
        assert (await client.settings()).all("*")


async def test_IMAGING_1_1_3(dut):
    """The options are in order, and name nothing that the modes have no use for, whatever modes the camera has."""
    for imaging in cameras():
        dut.camera.become(imaging=imaging)
        for client in await sources(dut):
            options = await client.options()
            for path in LEVELS.values():
                low, high = span(options, path) or (0.0, 0.0)
                assert low <= high
            for setting, (mode, value) in NEEDS.items():
                if options.has(tt(LEVELS.get(setting) or CHOICES[setting])):
                    assert value in options.texts(tt(CHOICES[mode])), setting
            assert not options.has("tt:Focus") or "AUTO" in options.texts("tt:Focus/tt:AutoFocusModes")
            for more in options.all("tt:Focus/tt:Extension"):
                assert set(more.get("AFModes").split()) <= {"OnceAfterMove"}


def cameras():
    """Return cameras with every mode, with only one of the two, and with settings that cannot be changed."""
    yield IMAGING
    for mode in AutoMode:
        settings = IMAGING.settings
        assert settings.exposure is not None
        assert settings.white_balance is not None
        yield replace(
            IMAGING,
            settings=replace(
                settings,
                exposure=replace(settings.exposure, mode=mode),
                white_balance=replace(settings.white_balance, mode=mode),
                auto_focus=mode,
            ),
            exposure_modes=(mode,),
            white_balance_modes=(mode,),
            auto_focus_modes=(mode,),
        )
    yield replace(IMAGING, settable=frozenset())


async def test_IMAGING_1_1_8(dut):
    """Settings that are all invalid are refused, and change nothing."""
    for client in await sources(dut):
        options, before = await client.options(), await client.settings()
        beyond = {setting: str(float(values[-1]) + 1) for setting, values in offers(options) if setting not in CHOICES}
        assert beyond
        assert await client.refused("SetImagingSettings", wish(changed(before, beyond))) == (
            "Sender",
            "InvalidArgVal",
            "SettingsInvalid",
        )
        assert texts(await client.settings()) == texts(before)


async def test_IMAGING_1_1_10(dut):
    """GetImagingSettings refuses a token that is no video source's."""
    assert await ImagingClient(dut, "xyz").refused("GetImagingSettings") == NO_SOURCE


async def test_IMAGING_1_1_11(dut):
    """GetOptions refuses a token that is no video source's."""
    assert await ImagingClient(dut, "xyz").refused("GetOptions") == NO_SOURCE


async def test_IMAGING_1_1_12(dut):
    """SetImagingSettings refuses a token that is no video source's."""
    settings = await (await sources(dut))[0].settings()
    assert await ImagingClient(dut, "xyz").refused("SetImagingSettings", wish(settings)) == NO_SOURCE


async def test_IMAGING_1_1_14(dut):
    """Everything that has options can be set to them, alone, and set back."""
    for client in await sources(dut):
        await check_settable(client, {setting for setting, _ in offers(await client.options())} - ADDITIONAL)


async def test_IMAGING_1_1_15(dut):
    """So can what came later: here the noise reduction."""
    for client in await sources(dut):
        later = {setting for setting, _ in offers(await client.options())} & ADDITIONAL
        assert later
        await check_settable(client, later)


async def check_settable(client, settings):
    """Set each of these to every other value that is offered, in the mode in which it counts, and set it back."""
    before = await client.settings()
    for setting, values in offers(await client.options()):
        if setting not in settings:
            continue
        now = before.text(tt(setting))
        wishes = [value for value in values if as_number(value) != as_number(now)]
        assert wishes or len(values) < 2
        for value in wishes:
            wished = changed(before, {setting: value, **dict([NEEDS[setting]] if setting in NEEDS else [])})
            await client.set(wished)
            assert texts(await client.settings()) == texts(wished)
            await client.set(before)
            assert texts(await client.settings()) == texts(before)


async def test_IMAGING_1_1_16(dut):
    """Every setting that is told lies within its options, whatever modes the camera has."""
    for imaging in cameras():
        dut.camera.become(imaging=imaging)
        for client in await sources(dut):
            check_consistent(await client.settings(), await client.options())


def check_consistent(settings, options):
    """Check that every setting lies within its options."""
    for setting, path in CHOICES.items():
        assert set(settings.texts(tt(setting))) <= set(options.texts(tt(path)))
    for setting, path in LEVELS.items():
        for value in settings.texts(tt(setting)):
            low, high = span(options, path) or (1.0, 0.0)
            assert low <= float(value) <= high
    for setting, path in PARTS.items():
        assert not settings.has(tt(setting)) or options.text(tt(path)) == "true"
    assert not settings.has("tt:Extension/tt:Extension/tt:IrCutFilterAutoAdjustment"), "no options are known for it"
    assert not any("AFMode" in each.raw.attrib for each in settings.all("tt:Focus")), "no options are known for it"


async def test_IMAGING_3_1_1(dut):
    """The service tells its capabilities."""
    assert (await dut.ask("<timg:GetServiceCapabilities/>")).one("timg:Capabilities")


async def test_IMAGING_3_1_2(dut):
    """GetServices tells the same capabilities as the service itself."""
    own = (await dut.ask("<timg:GetServiceCapabilities/>")).one("timg:Capabilities")
    services = await dut.ask("<tds:GetServices><tds:IncludeCapability>true</tds:IncludeCapability></tds:GetServices>")
    listed = services.one("tds:Service/tds:Capabilities/timg:Capabilities")
    assert dict(listed.raw.attrib) == dict(own.raw.attrib)
