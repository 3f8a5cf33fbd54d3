"""The Media2 service as a client of it sees it: configurations by the service's words for their kinds, and profiles."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from tests.conformance.dut import NAMESPACES, Element

if TYPE_CHECKING:
    from tests.conformance.dut import Dut


class Media2:
    """The Media2 service at its own address."""

    def __init__(self, dut: Dut, xaddr: str) -> None:
        self.dut = dut
        self.xaddr = xaddr

    @classmethod
    async def of(cls, dut: Dut) -> Media2:
        """Return the service of a device, at the address that the device tells."""
        services = await dut.ask(
            "<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>"
        )
        addresses = {each.text("tds:Namespace"): each.text("tds:XAddr") for each in services.all("tds:Service")}
        return cls(dut, addresses[NAMESPACES["tr2"]])

    async def ask(self, name: str, content: str = "") -> Element:
        """Ask an operation that must be answered."""
        return await self.dut.ask(f"<tr2:{name}>{content}</tr2:{name}>", to=self.xaddr)

    async def refused(self, name: str, content: str = "") -> tuple[str, ...]:
        """Ask an operation that must be refused; return the fault's code and subcodes."""
        return await self.dut.refused(f"<tr2:{name}>{content}</tr2:{name}>", to=self.xaddr)

    async def capabilities(self) -> Element:
        """Return what the service says of itself."""
        return (await self.ask("GetServiceCapabilities")).one("tr2:Capabilities")

    async def profiles(self, *kinds: str) -> list[Element]:
        """Return all media profiles with the configurations of these kinds."""
        return (await self.ask("GetProfiles", _types(kinds))).all("tr2:Profiles")

    async def profile(self, token: str, *kinds: str) -> Element:
        """Return one media profile, which must be the one that was asked for."""
        answer = await self.ask("GetProfiles", f"<tr2:Token>{token}</tr2:Token>{_types(kinds)}")
        profile = answer.one("tr2:Profiles")
        assert profile["token"] == token
        return profile

    async def refuses_profile(self, token: str) -> bool:
        """Whether a media profile is refused because there is none of that token."""
        fault = await self.refused("GetProfiles", f"<tr2:Token>{token}</tr2:Token>")
        return fault == ("Sender", "InvalidArgVal", "NoProfile")

    async def create_profile(self, name: str, **configurations: str) -> str:
        """Make a media profile with configurations, kind=token; return its token."""
        made = await self.ask("CreateProfile", f"<tr2:Name>{name}</tr2:Name>{_references(configurations)}")
        return made.text("tr2:Token")

    async def delete_profile(self, token: str) -> None:
        """Delete a media profile."""
        await self.ask("DeleteProfile", f"<tr2:Token>{token}</tr2:Token>")

    async def make_room_for_a_profile(self) -> None:
        """Delete a media profile if there are as many as there can be."""
        profiles = await self.profiles("All")
        most = (await self.capabilities()).one("tr2:ProfileCapabilities")["MaximumNumberOfProfiles"]
        if len(profiles) >= int(most):
            await self.delete_profile(next(each["token"] for each in profiles if each.get("fixed") != "true"))

    async def profile_with(self, *kinds: str) -> str:
        """Return the token of a media profile that holds these kinds; one is completed if there is none."""
        profiles = await self.profiles(*kinds)
        complete = [each["token"] for each in profiles if all(held(each, kind) is not None for kind in kinds)]
        if complete:
            return complete[0]
        token = profiles[0]["token"]
        for kind in kinds:
            await self.add(token, **{kind: (await self.fitting(kind, token))[0]["token"]})
        return token

    async def add(self, profile: str, **configurations: str) -> None:
        """Put configurations, kind=token, into a profile."""
        await self.ask("AddConfiguration", profile_token(profile) + _references(configurations))

    async def remove(self, profile: str, *kinds: str) -> None:
        """Take the configurations of these kinds out of a profile."""
        content = "".join(f"<tr2:Configuration><tr2:Type>{kind}</tr2:Type></tr2:Configuration>" for kind in kinds)
        await self.ask("RemoveConfiguration", profile_token(profile) + content)

    async def every(self, kind: str) -> list[Element]:
        """Return all configurations of a kind, of which there must be one at least."""
        found = (await self.ask(f"Get{kind}Configurations")).all("tr2:Configurations")
        assert found
        return found

    async def one(self, kind: str, token: str) -> Element:
        """Return one configuration, which must be the one that was asked for."""
        answer = await self.ask(f"Get{kind}Configurations", configuration_token(token))
        configuration = answer.one("tr2:Configurations")
        assert configuration["token"] == token
        return configuration

    async def fitting(self, kind: str, profile: str) -> list[Element]:
        """Return the configurations of a kind that fit a profile."""
        return (await self.ask(f"Get{kind}Configurations", profile_token(profile))).all("tr2:Configurations")

    async def options(
        self, kind: str, *, configuration: str | None = None, profile: str | None = None
    ) -> list[Element]:
        """Return the options of a kind, narrowed by a configuration and a profile if they are given.

        Encoders and decoders have options per encoding, the other kinds one set of them.
        """
        asked = "" if configuration is None else configuration_token(configuration)
        asked += "" if profile is None else profile_token(profile)
        found = (await self.ask(f"Get{kind}ConfigurationOptions", asked)).all("tr2:Options")
        assert found
        return found

    async def set(self, kind: str, configuration: Element) -> None:
        """Set a configuration, for which there may be no fault."""
        copy = deepcopy(configuration.raw)
        copy.tag = f"{{{NAMESPACES['tr2']}}}Configuration"
        await self.ask(f"Set{kind}Configuration", Element(copy).xml)


def element(text: str) -> Element:
    """Return XML text, written with the usual prefixes, as an element."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return Element(etree.fromstring(f"<all {declared}>{text}</all>")[0])


def metadata_wish(
    present: Element, name: str, *, ptz_status: tuple[bool, bool], events: str, analytics: bool
) -> Element:
    """Return a metadata configuration with a name and wishes; how it is streamed stays.

    Args:
        present: the configuration as it is.
        name: its new name.
        ptz_status: whether the status and the position are wanted.
        events: the element that wants events, empty for none.
        analytics: whether scene descriptions are wanted.
    """
    status, position = (str(wish).lower() for wish in ptz_status)
    streamed = "".join(present.one(f"tt:{part}").xml for part in ("Multicast", "SessionTimeout"))
    return element(
        f'<tr2:Configuration token="{present["token"]}"><tt:Name>{name}</tt:Name>'
        f"<tt:UseCount>{present.text('tt:UseCount')}</tt:UseCount>"
        f"<tt:PTZStatus><tt:Status>{status}</tt:Status><tt:Position>{position}</tt:Position></tt:PTZStatus>"
        f"{events}<tt:Analytics>{str(analytics).lower()}</tt:Analytics>{streamed}</tr2:Configuration>"
    )


async def video_sources(dut: Dut) -> list[str]:
    """Return the tokens of the video sources, from the device I/O service; there must be one at least."""
    found = (await dut.ask("<tmd:GetVideoSources/>")).texts("tmd:Token")
    assert found
    return found


def profile_token(token: str) -> str:
    """Return the part of a request that names a profile."""
    return f"<tr2:ProfileToken>{token}</tr2:ProfileToken>"


def configuration_token(token: str) -> str:
    """Return the part of a request that names a configuration."""
    return f"<tr2:ConfigurationToken>{token}</tr2:ConfigurationToken>"


def held(profile: Element, kind: str) -> Element | None:
    """Return the configuration of a kind that a profile holds."""
    found = profile.all(f"tr2:Configurations/tr2:{kind}")
    assert len(found) <= 1
    return found[0] if found else None


def held_token(profile: Element, kind: str) -> str | None:
    """Return the token of the configuration of a kind that a profile holds."""
    configuration = held(profile, kind)
    return None if configuration is None else configuration["token"]


def held_tokens(profile: Element) -> dict[str, str]:
    """Return the token of every configuration that a profile holds, by kind."""
    return {str(each.raw.tag).rpartition("}")[2]: each["token"] for each in profile.all("tr2:Configurations/*")}


def _types(kinds: tuple[str, ...]) -> str:
    return "".join(f"<tr2:Type>{kind}</tr2:Type>" for kind in kinds)


def _references(configurations: dict[str, str]) -> str:
    return "".join(
        f"<tr2:Configuration><tr2:Type>{kind}</tr2:Type><tr2:Token>{token}</tr2:Token></tr2:Configuration>"
        for kind, token in configurations.items()
    )
