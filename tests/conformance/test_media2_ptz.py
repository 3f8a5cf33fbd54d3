"""Media2 Configuration Device Test Specification: PTZ configurations in media profiles."""

from __future__ import annotations

from tests.conformance.changes import CONFIGURATION_CHANGED, PROFILE_CHANGED, changes_of
from tests.conformance.media2_client import Media2, element, held, held_tokens
from tests.conformance.media_client import tokens

DEFAULT_SPACES = {
    "AbsolutePanTiltPositionSpace": "DefaultAbsolutePantTiltPositionSpace",
    "AbsoluteZoomPositionSpace": "DefaultAbsoluteZoomPositionSpace",
    "RelativePanTiltTranslationSpace": "DefaultRelativePanTiltTranslationSpace",
    "RelativeZoomTranslationSpace": "DefaultRelativeZoomTranslationSpace",
    "ContinuousPanTiltVelocitySpace": "DefaultContinuousPanTiltVelocitySpace",
    "ContinuousZoomVelocitySpace": "DefaultContinuousZoomVelocitySpace",
}
"""How a PTZ configuration names the default of each kind of space."""


async def compatible(dut, profile):
    asked = f"<tptz:ProfileToken>{profile}</tptz:ProfileToken>"
    answer = await dut.ask(f"<tptz:GetCompatibleConfigurations>{asked}</tptz:GetCompatibleConfigurations>")
    return answer.all("tptz:PTZConfiguration")


async def configuration(dut, token):
    asked = f"<tptz:PTZConfigurationToken>{token}</tptz:PTZConfigurationToken>"
    answer = await dut.ask(f"<tptz:GetConfiguration>{asked}</tptz:GetConfiguration>")
    return answer.one("tptz:PTZConfiguration")


async def options(dut, token):
    asked = f"<tptz:ConfigurationToken>{token}</tptz:ConfigurationToken>"
    answer = await dut.ask(f"<tptz:GetConfigurationOptions>{asked}</tptz:GetConfigurationOptions>")
    return answer.one("tptz:PTZConfigurationOptions")


async def set_configuration(dut, wished):
    persistence = "<tptz:ForcePersistence>false</tptz:ForcePersistence>"
    await dut.ask(f"<tptz:SetConfiguration>{wished.xml}{persistence}</tptz:SetConfiguration>")


def other_defaults(present, offered, *, name):
    """Return a configuration with other default spaces where there is a choice, extreme speeds, the shortest time."""
    spaces = offered.one("tt:Spaces")
    head, zoom = spaces.one("tt:PanTiltSpeedSpace"), spaces.one("tt:ZoomSpeedSpace")
    parts = [
        f"<tt:Name>{name}</tt:Name><tt:UseCount>{present.text('tt:UseCount')}</tt:UseCount>",
        f"<tt:NodeToken>{present.text('tt:NodeToken')}</tt:NodeToken>",
        *(other_default(present, spaces, kind) for kind in DEFAULT_SPACES),
        f'<tt:DefaultPTZSpeed><tt:PanTilt x="{head.text("tt:XRange/tt:Max")}" y="{head.text("tt:XRange/tt:Min")}"',
        f' space="{head.text("tt:URI")}"/><tt:Zoom x="{zoom.text("tt:XRange/tt:Max")}" space="{zoom.text("tt:URI")}"/>',
        f"</tt:DefaultPTZSpeed><tt:DefaultPTZTimeout>{offered.text('tt:PTZTimeout/tt:Min')}</tt:DefaultPTZTimeout>",
    ]
    return element(f'<tptz:PTZConfiguration token="{present["token"]}">{"".join(parts)}</tptz:PTZConfiguration>')


def other_default(present, spaces, kind):
    """Return the element that makes another space the default, none for a kind without spaces."""
    uris, default = spaces.texts(f"tt:{kind}/tt:URI"), DEFAULT_SPACES[kind]
    assert len(uris) == len(set(uris)), kind
    if not uris:
        return ""
    now = present.text(f"tt:{default}")
    return f"<tt:{default}>{next((uri for uri in uris if uri != now), now)}</tt:{default}>"


def said(shown, wished):
    """Return what a configuration says of everything that was wished; how often it is used is no matter of wishes."""
    names = [str(each.tag) for each in wished.raw if not str(each.tag).endswith("}UseCount")]
    return {name: shape(shown.one(name).raw) for name in names}


def shape(raw):
    """Return text, attributes and parts of an element; numbers are numbers, however they are written."""
    text = (raw.text or "").strip()
    values = {name: float(value) if name in {"x", "y"} else value for name, value in raw.attrib.items()}
    return text, values, [shape(each) for each in raw]


async def test_MEDIA2_4_1_1(dut):
    """A profile is ready that shows the picture of a camera that can be moved."""
    profiles = await (await Media2.of(dut)).profiles("VideoSource", "PTZ")
    assert [each for each in profiles if {"VideoSource", "PTZ"} <= set(held_tokens(each))]


async def test_MEDIA2_4_1_2(dut):
    """A PTZ configuration comes into every profile with a picture, takes any default offered, and goes; all is told."""
    media = await Media2.of(dut)
    capabilities = (await dut.ask("<tptz:GetServiceCapabilities/>")).one("tptz:Capabilities")
    assert capabilities["GetCompatibleConfigurations"] == "true"
    profiles = [each for each in await media.profiles("VideoSource", "PTZ") if held(each, "VideoSource") is not None]
    assert profiles
    for each in profiles:
        await media.remove(each["token"], "PTZ")
    async with changes_of(dut, PROFILE_CHANGED, CONFIGURATION_CHANGED) as changes:
        for number, profile in enumerate(tokens(profiles)):
            found = await compatible(dut, profile)
            assert found
            for present in found:
                token = present["token"]
                await media.add(profile, PTZ=token)
                await changes.of_profile(profile)
                wished = other_defaults(present, await options(dut, token), name=f"TestName{number}")
                await set_configuration(dut, wished)
                await changes.of_configuration(token, "PTZ")
                assert said(await configuration(dut, token), wished) == said(wished, wished)
                shown = held(await media.profile(profile, "All"), "PTZ")
                assert shown is not None
                assert shown["token"] == token
                assert said(shown, wished) == said(wished, wished)
                await media.remove(profile, "PTZ")
                await changes.of_profile(profile)
                assert held(await media.profile(profile, "PTZ"), "PTZ") is None
