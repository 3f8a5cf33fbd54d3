"""The Media service as a client of it sees it: configurations by their kind, as the schema spells it, and profiles."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from tests.conformance.dut import NAMESPACES, Element

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conformance.dut import Dut

CONFIG_MODIFY = ("Sender", "InvalidArgVal", "ConfigModify")
NO_CONFIG = ("Sender", "InvalidArgVal", "NoConfig")
NO_PROFILE = ("Sender", "InvalidArgVal", "NoProfile")

IN_PROFILE = {
    "AudioOutput": "tt:Extension/tt:AudioOutputConfiguration",
    "AudioDecoder": "tt:Extension/tt:AudioDecoderConfiguration",
}
"""Where a profile holds the kinds that came late."""


class Media:
    """The Media service at its own address."""

    def __init__(self, dut: Dut, xaddr: str) -> None:
        self.dut = dut
        self.xaddr = xaddr

    @classmethod
    async def of(cls, dut: Dut) -> Media:
        """Return the service of a device, at the address that the device tells."""
        capabilities = await dut.ask("<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>")
        return cls(dut, capabilities.text("tds:Capabilities/tt:Media/tt:XAddr"))

    async def ask(self, name: str, content: str = "") -> Element:
        """Ask an operation that must be answered."""
        return await self.dut.ask(f"<trt:{name}>{content}</trt:{name}>", to=self.xaddr)

    async def refused(self, name: str, content: str = "") -> tuple[str, ...]:
        """Ask an operation that must be refused; return the fault's code and subcodes."""
        return await self.dut.refused(f"<trt:{name}>{content}</trt:{name}>", to=self.xaddr)

    async def profiles(self) -> list[Element]:
        """Return all media profiles."""
        return (await self.ask("GetProfiles")).all("trt:Profiles")

    async def profile(self, token: str) -> Element:
        """Return one media profile, which must be the one that was asked for."""
        profile = (await self.ask("GetProfile", profile_token(token))).one("trt:Profile")
        assert profile["token"] == token
        return profile

    async def create_profile(self, name: str = "TestProfile") -> str:
        """Make a media profile, which must be empty and not fixed; return its token."""
        profile = (await self.ask("CreateProfile", f"<trt:Name>{name}</trt:Name>")).one("trt:Profile")
        assert profile.text("tt:Name") == name
        assert profile["fixed"] == "false"
        assert len(profile.all("*")) == 1, f"not empty: {profile}"
        return profile["token"]

    async def delete_profile(self, token: str) -> None:
        """Delete a media profile."""
        await self.ask("DeleteProfile", profile_token(token))

    async def every(self, kind: str) -> list[Element]:
        """Return all configurations of a kind, of which there must be some."""
        found = (await self.ask(f"Get{kind}Configurations")).all("trt:Configurations")
        assert found
        return found

    async def one(self, kind: str, token: str) -> Element:
        """Return one configuration, which must be the one that was asked for."""
        answer = await self.ask(f"Get{kind}Configuration", configuration_token(token))
        configuration = answer.one("trt:Configuration")
        assert configuration["token"] == token
        return configuration

    async def use_count(self, kind: str, token: str) -> int:
        """Return how many profiles hold a configuration, as it says itself."""
        return int((await self.one(kind, token)).text("tt:UseCount"))

    async def compatible(self, kind: str, profile: str) -> list[Element]:
        """Return the configurations of a kind that fit a profile."""
        answer = await self.ask(f"GetCompatible{kind}Configurations", profile_token(profile))
        return answer.all("trt:Configurations")

    async def options(self, kind: str, *, configuration: str | None = None, profile: str | None = None) -> Element:
        """Return the options of a kind, narrowed by a configuration and a profile if they are given."""
        asked = "" if configuration is None else configuration_token(configuration)
        asked += "" if profile is None else profile_token(profile)
        return (await self.ask(f"Get{kind}ConfigurationOptions", asked)).one("trt:Options")

    async def add(self, kind: str, profile: str, configuration: str) -> None:
        """Put a configuration into a profile."""
        await self.ask(f"Add{kind}Configuration", profile_token(profile) + configuration_token(configuration))

    async def remove(self, kind: str, profile: str) -> None:
        """Take the configuration of a kind out of a profile."""
        await self.ask(f"Remove{kind}Configuration", profile_token(profile))

    async def set(self, kind: str, configuration: Element) -> None:
        """Set a configuration, for which there may be no fault."""
        await self.ask(f"Set{kind}Configuration", _wish(configuration))

    async def set_refused(self, kind: str, configuration: Element) -> tuple[str, ...]:
        """Set a configuration, which must be refused; return the fault."""
        return await self.refused(f"Set{kind}Configuration", _wish(configuration))


def profile_token(token: str) -> str:
    """Return the part of a request that names a profile."""
    return f"<trt:ProfileToken>{token}</trt:ProfileToken>"


def configuration_token(token: str) -> str:
    """Return the part of a request that names a configuration."""
    return f"<trt:ConfigurationToken>{token}</trt:ConfigurationToken>"


def held(profile: Element, kind: str) -> Element | None:
    """Return the configuration of a kind that a profile holds."""
    found = profile.all(IN_PROFILE.get(kind, f"tt:{kind}Configuration"))
    assert len(found) <= 1
    return found[0] if found else None


def held_token(profile: Element, kind: str) -> str | None:
    """Return the token of the configuration of a kind that a profile holds."""
    configuration = held(profile, kind)
    return None if configuration is None else configuration["token"]


def changed(configuration: Element, values: Mapping[str, str]) -> Element:
    """Return a copy of a configuration with other texts; a path may end in an attribute, as in `tt:Bounds/@x`."""
    copy = Element(deepcopy(configuration.raw))
    for path, value in values.items():
        parent, _, attribute = path.partition("@")
        if attribute:
            target = copy if not parent else copy.one(parent.rstrip("/"))
            target.raw.set(attribute, value)
        else:
            copy.one(path).raw.text = value
    return copy


def contents(element: Element) -> tuple[dict[str, str], list[bytes]]:
    """Return all that an element says beside its name: answers name the same configuration differently."""
    attributes = {str(name): str(value) for name, value in element.raw.attrib.items()}
    return attributes, [etree.tostring(each, method="c14n", exclusive=True, with_tail=False) for each in element.raw]


def tokens(elements: list[Element]) -> list[str]:
    """Return the tokens of configurations or profiles, each of which must be named only once."""
    found = [each["token"] for each in elements]
    assert len(found) == len(set(found)), found
    return found


def is_within(value: str, span: Element) -> bool:
    """Whether a number lies in a range."""
    return float(span.text("tt:Min")) <= float(value) <= float(span.text("tt:Max"))


def _wish(configuration: Element) -> str:
    copy = deepcopy(configuration.raw)
    copy.tag = f"{{{NAMESPACES['trt']}}}Configuration"
    return Element(copy).xml + "<trt:ForcePersistence>false</trt:ForcePersistence>"
