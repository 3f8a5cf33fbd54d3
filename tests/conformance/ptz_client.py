"""A client of the PTZ service: what the annexes of the PTZ Device Test Specification have in common.

Places are told by parts of spaces: `space.at(0.0)` is the vector at the lower end of every range, `at(1.0)` at the
upper. Nobody sleeps: who wants to know whether a camera rests asks for its status until it does.
"""

from __future__ import annotations

import asyncio
import re
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.conformance.dut import NAMESPACES, Dut, Element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPACES = "http://www.onvif.org/ver10/tptz"
PAN_TILT_POSITION = f"{_SPACES}/PanTiltSpaces/PositionGenericSpace"
PAN_TILT_DEGREES = f"{_SPACES}/PanTiltSpaces/SphericalPositionSpaceDegrees"
PAN_TILT_TRANSLATION = f"{_SPACES}/PanTiltSpaces/TranslationGenericSpace"
PAN_TILT_VELOCITY = f"{_SPACES}/PanTiltSpaces/VelocityGenericSpace"
PAN_TILT_SPEED = f"{_SPACES}/PanTiltSpaces/GenericSpeedSpace"
ZOOM_POSITION = f"{_SPACES}/ZoomSpaces/PositionGenericSpace"
ZOOM_TRANSLATION = f"{_SPACES}/ZoomSpaces/TranslationGenericSpace"
ZOOM_VELOCITY = f"{_SPACES}/ZoomSpaces/VelocityGenericSpace"
ZOOM_SPEED = f"{_SPACES}/ZoomSpaces/ZoomGenericSpeedSpace"

GENERIC = {
    "AbsolutePanTiltPositionSpace": PAN_TILT_POSITION,
    "AbsoluteZoomPositionSpace": ZOOM_POSITION,
    "RelativePanTiltTranslationSpace": PAN_TILT_TRANSLATION,
    "RelativeZoomTranslationSpace": ZOOM_TRANSLATION,
    "ContinuousPanTiltVelocitySpace": PAN_TILT_VELOCITY,
    "ContinuousZoomVelocitySpace": ZOOM_VELOCITY,
    "PanTiltSpeedSpace": PAN_TILT_SPEED,
    "ZoomSpeedSpace": ZOOM_SPEED,
}
"""The space that a node has to have of each kind that it has at all."""

DEFAULTS = {
    "DefaultAbsolutePantTiltPositionSpace": "AbsolutePanTiltPositionSpace",
    "DefaultAbsoluteZoomPositionSpace": "AbsoluteZoomPositionSpace",
    "DefaultRelativePanTiltTranslationSpace": "RelativePanTiltTranslationSpace",
    "DefaultRelativeZoomTranslationSpace": "RelativeZoomTranslationSpace",
    "DefaultContinuousPanTiltVelocitySpace": "ContinuousPanTiltVelocitySpace",
    "DefaultContinuousZoomVelocitySpace": "ContinuousZoomVelocitySpace",
}
"""The kind of the space that each default of a configuration names."""

REST = {"PanTilt": "IDLE", "Zoom": "IDLE"}

HOME_IS_FIXED = {("Receiver", "Action", "CannotOverwriteHome"), ("Receiver", "ActionNotSupported")}
"""How a home position that is fixed may be defended."""

_PATIENCE_S = 5.0
"""Longest wait for the camera to come to rest: the "operation delay" of a test tool."""


@dataclass(frozen=True)
class Space:
    """One space of a node or a configuration."""

    kind: str
    uri: str
    ranges: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, described: Element, kind: str = "") -> Space:
        """Read a space; it must be well formed, with the lower end of each range below the upper."""
        ranges = tuple(
            (float(each.text("tt:Min")), float(each.text("tt:Max")))
            for each in described.all("*")
            if each.has("tt:Min")
        )
        assert ranges
        assert all(low <= high for low, high in ranges)
        return cls(kind, described.text("tt:URI"), ranges)

    @property
    def axes(self) -> str:
        """What moves: `PanTilt` or `Zoom`."""
        return "Zoom" if "/ZoomSpaces/" in self.uri else "PanTilt"

    def at(self, *parts: float) -> str:
        """Return the vector that lies at these parts, 0..1, of the ranges: one for all, or one each."""
        return self.vector(*(low + (high - low) * part for (low, high), part in self._each(parts)))

    def vector(self, *values: float) -> str:
        """Return a vector; the speeds of pan and tilt share one range."""
        names = ("x",) if self.axes == "Zoom" else ("x", "y")
        values = values * 2 if len(values) < len(names) else values
        numbers = " ".join(f'{name}="{value}"' for name, value in zip(names, values, strict=True))
        return f'<tt:{self.axes} {numbers} space="{self.uri}"/>'

    def is_near(self, shown: Element, *parts: float) -> bool:
        """Whether a vector lies where `at` would have it, give or take a tenth of the range."""
        assert shown["space"] == self.uri
        return all(
            abs(float(shown[name]) - (low + (high - low) * part)) <= (high - low) / 10
            for name, ((low, high), part) in zip(("x", "y"), self._each(parts), strict=False)
        )

    def _each(self, parts: tuple[float, ...]) -> list[tuple[tuple[float, float], float]]:
        return list(zip(self.ranges, parts * len(self.ranges) if len(parts) == 1 else parts, strict=True))


def spaces(described: Element, kind: str) -> list[Space]:
    """Return the spaces of a kind, below a node's SupportedPTZSpaces or an option's Spaces."""
    return [Space.of(each, kind) for each in described.all(f"*/tt:{kind}")]


def generic_space(described: Element, kind: str) -> Space:
    """Return the generic space of a kind, which must be there."""
    return next(each for each in spaces(described, kind) if each.uri == GENERIC[kind])


def check_node(node: Element) -> None:
    """Check what every node must have."""
    assert node.has("tt:SupportedPTZSpaces")
    assert int(node.text("tt:MaximumNumberOfPresets")) >= 0
    assert node.text("tt:HomeSupported") in {"true", "false"}


def check_options(options: Element, node: Element) -> None:
    """Check that the options have the generic space of whatever the node can do, and a range of time-outs."""
    assert options.one("tt:Spaces").has("*")
    for kind in GENERIC:
        if spaces(node, kind):
            generic_space(options, kind)
    assert seconds(options.text("tt:PTZTimeout/tt:Min")) <= seconds(options.text("tt:PTZTimeout/tt:Max"))


def check_defaults(configuration: Element, offered: Element) -> None:
    """Check that every default of a configuration is among the spaces of a node or of options, and in their ranges."""
    for default, kind in DEFAULTS.items():
        for uri in configuration.texts(f"tt:{default}"):
            assert uri in [each.uri for each in spaces(offered, kind)]
    for axes, names in (("PanTilt", "xy"), ("Zoom", "x")):
        for speed in configuration.all(f"tt:DefaultPTZSpeed/tt:{axes}"):
            (space,) = (each for each in spaces(offered, f"{axes}SpeedSpace") if each.uri == speed["space"])
            ((low, high),) = space.ranges
            assert all(low <= float(speed[name]) <= high for name in names)


def seconds(duration: str) -> float:
    """Return the seconds of an xs:duration of less than a day."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", duration)
    assert found, duration
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


async def nodes(dut: Dut) -> list[Element]:
    """Return the nodes: there is at least one."""
    found = (await dut.ask("<tptz:GetNodes/>")).all("tptz:PTZNode")
    assert found
    return found


async def node_of(dut: Dut, token: str) -> Element:
    """Return the node of a token."""
    answer = await dut.ask(f"<tptz:GetNode><tptz:NodeToken>{token}</tptz:NodeToken></tptz:GetNode>")
    return answer.one("tptz:PTZNode")


async def configurations(dut: Dut) -> list[Element]:
    """Return the PTZ configurations: there is at least one."""
    found = (await dut.ask("<tptz:GetConfigurations/>")).all("tptz:PTZConfiguration")
    assert found
    return found


async def configuration_of(dut: Dut, token: str) -> Element:
    """Return the PTZ configuration of a token."""
    name = f"<tptz:PTZConfigurationToken>{token}</tptz:PTZConfigurationToken>"
    return (await dut.ask(f"<tptz:GetConfiguration>{name}</tptz:GetConfiguration>")).one("tptz:PTZConfiguration")


async def options_of(dut: Dut, token: str) -> Element:
    """Return the options of a PTZ configuration."""
    name = f"<tptz:ConfigurationToken>{token}</tptz:ConfigurationToken>"
    answer = await dut.ask(f"<tptz:GetConfigurationOptions>{name}</tptz:GetConfigurationOptions>")
    return answer.one("tptz:PTZConfigurationOptions")


async def set_configuration(dut: Dut, configuration: Element) -> None:
    """Send a configuration, as some answer has shown it, back with its changes."""
    sent = deepcopy(configuration.raw)
    sent.tag = f"{{{NAMESPACES['tptz']}}}PTZConfiguration"
    kept = "<tptz:ForcePersistence>false</tptz:ForcePersistence>"
    await dut.ask(f"<tptz:SetConfiguration>{Element(sent).xml}{kept}</tptz:SetConfiguration>")


@dataclass
class PtzClient:
    """A client that moves the camera through one media profile, with that profile's PTZ configuration."""

    dut: Dut
    profile: str
    configuration: Element

    async def options(self) -> Element:
        """Return the options of the configuration."""
        return await options_of(self.dut, self.configuration["token"])

    async def node(self) -> Element:
        """Return the node of the configuration."""
        return await node_of(self.dut, self.configuration.text("tt:NodeToken"))

    async def adjust(self, *wished: Space) -> None:
        """Make these position spaces those of the limits, where the configuration has limits in another one."""
        configuration = await configuration_of(self.dut, self.configuration["token"])
        has_changed = False
        for space in wished:
            for limits in configuration.all(f"tt:{space.axes}Limits/tt:Range"):
                if limits.text("tt:URI") != space.uri:
                    has_changed = True
                    limits.one("tt:URI").raw.text = space.uri
                    for shown, (low, high) in zip(limits.all("*")[1:], space.ranges, strict=True):
                        shown.one("tt:Min").raw.text, shown.one("tt:Max").raw.text = str(low), str(high)
        if has_changed:
            await set_configuration(self.dut, configuration)
        self.configuration = await configuration_of(self.dut, self.configuration["token"])

    def within_limits(self, space: Space) -> Space:
        """Return a position space, less what the limits of the configuration take away; these are in that space."""
        limits = [Space.of(each, space.kind) for each in self.configuration.all(f"tt:{space.axes}Limits/tt:Range")]
        if not limits:
            return space
        assert limits[0].uri == space.uri
        return limits[0]

    async def do(self, operation: str, content: str = "") -> Element:
        """Ask for an operation on the profile."""
        return await self.dut.ask(self._body(operation, content))

    async def refused(self, operation: str, content: str = "") -> tuple[str, ...]:
        """Ask for an operation that must be refused; return the fault."""
        return await self.dut.refused(self._body(operation, content))

    async def absolute_move(self, *places: str, speed: str = "") -> None:
        """Drive to a place, made of vectors."""
        await self.do("AbsoluteMove", f"<tptz:Position>{''.join(places)}</tptz:Position>{_speed(speed)}")

    async def relative_move(self, *ways: str, speed: str = "") -> None:
        """Go a way, made of vectors."""
        await self.do("RelativeMove", f"<tptz:Translation>{''.join(ways)}</tptz:Translation>{_speed(speed)}")

    async def continuous_move(self, *velocities: str, lasting: str = "") -> None:
        """Start to move, for so long (an xs:duration)."""
        duration = f"<tptz:Timeout>{lasting}</tptz:Timeout>" if lasting else ""
        await self.do("ContinuousMove", f"<tptz:Velocity>{''.join(velocities)}</tptz:Velocity>{duration}")

    async def status(self) -> Element:
        """Return the status."""
        return (await self.do("GetStatus")).one("tptz:PTZStatus")

    async def rest(self, *, alone: str = "") -> Element:
        """Ask for the status until all axes rest; return the last. None may be missing or unknown meanwhile.

        Args:
            alone: the axes that move, if the others are to rest all the time.
        """
        async with asyncio.timeout(_PATIENCE_S):
            while (now := movement(status := await self.status())) != REST:
                assert now.keys() == REST.keys()
                assert "UNKNOWN" not in now.values()
                assert not alone or now == REST | {alone: "MOVING"}
        return status

    async def drive(self, places: Sequence[Space], part: float) -> None:
        """Drive to a part of these spaces of positions, and wait until the camera is there."""
        await self.absolute_move(*(place.at(part) for place in places))
        assert is_at((await self.rest()).one("tt:Position"), places, part)

    async def move_to_end(self, part: float) -> None:
        """Move on until everything is at its lower end (0.0) or its upper end (1.0)."""
        options = await self.options()
        shortest, longest = (seconds(options.text(f"tt:PTZTimeout/tt:{end}")) for end in ("Min", "Max"))
        velocities = [generic_space(options, f"Continuous{axes}VelocitySpace").at(part) for axes in REST]
        await self.continuous_move(*velocities, lasting=f"PT{min(max(30.0, shortest), longest):g}S")
        await self.rest()

    async def set_preset(self, *, name: str = "", token: str = "") -> str:
        """Store the present place; return its token."""
        fields = {"PresetName": name, "PresetToken": token}
        content = "".join(f"<tptz:{field}>{value}</tptz:{field}>" for field, value in fields.items() if value)
        answer = await self.do("SetPreset", content)
        assert answer.text("tptz:PresetToken")
        return answer.text("tptz:PresetToken")

    async def presets(self) -> dict[str, Element]:
        """Return the stored places by token."""
        return {each["token"]: each for each in (await self.do("GetPresets")).all("tptz:Preset")}

    async def remove_preset(self, token: str) -> None:
        """Forget a stored place."""
        await self.do("RemovePreset", f"<tptz:PresetToken>{token}</tptz:PresetToken>")

    async def go_to_preset(self, token: str) -> None:
        """Drive to a stored place."""
        await self.do("GotoPreset", f"<tptz:PresetToken>{token}</tptz:PresetToken>")

    def _body(self, operation: str, content: str) -> str:
        return f"<tptz:{operation}><tptz:ProfileToken>{self.profile}</tptz:ProfileToken>{content}</tptz:{operation}>"


def movement(status: Element) -> dict[str, str]:
    """Return how each group of axes moves."""
    return {axes: status.text(f"tt:MoveStatus/tt:{axes}") for axes in REST if status.has(f"tt:MoveStatus/tt:{axes}")}


def is_at(position: Element, places: Iterable[Space], part: float) -> bool:
    """Whether a position, which must name all these axes, is at that part of each."""
    return all(space.is_near(position.one(f"tt:{space.axes}"), part) for space in places)


async def fix_home(client: PtzClient, places: Sequence[Space], part: float) -> None:
    """Make the camera one whose maker has put the home position at a part of these spaces."""
    await client.drive(places, part)
    await client.do("SetHomePosition")
    camera = client.dut.camera
    assert camera.description.ptz is not None
    camera.become(ptz=replace(camera.description.ptz, fixed_home=True))


async def check_home(client: PtzClient, *, fixed_at: float | None) -> None:
    """Go away from the home position and back: it is where its maker has put it, or else at the lower end."""
    options, node = await client.options(), await client.node()
    await client.move_to_end(0.0)
    if fixed_at is None:
        assert node["FixedHomePosition"] == "false"
        await client.do("SetHomePosition")
    else:
        assert node["FixedHomePosition"] == "true"
        assert await client.refused("SetHomePosition") in HOME_IS_FIXED
    await client.move_to_end(1.0)
    await client.do("GotoHomePosition")
    places = [generic_space(options, f"Absolute{axes}PositionSpace") for axes in REST]
    assert is_at((await client.rest()).one("tt:Position"), places, fixed_at or 0.0)


def _speed(vector: str) -> str:
    return f"<tptz:Speed>{vector}</tptz:Speed>" if vector else ""


async def media_profile(dut: Dut, node: str = "") -> PtzClient:
    """Select the first media profile of Media1 that has a PTZ configuration (of a node, if named)."""
    for profile in (await dut.ask("<trt:GetProfiles/>")).all("trt:Profiles"):
        for configuration in profile.all("tt:PTZConfiguration"):
            if node in {"", configuration.text("tt:NodeToken")}:
                return PtzClient(dut, profile["token"], configuration)
    return await new_media_profile(dut, node)


async def new_media_profile(dut: Dut, node: str) -> PtzClient:
    """Make a profile with Media1, with the source of the picture and the PTZ configuration of a node."""
    made = await dut.ask("<trt:CreateProfile><trt:Name>testMedia</trt:Name></trt:CreateProfile>")
    token = made.one("trt:Profile")["token"]
    named = f"<trt:ProfileToken>{token}</trt:ProfileToken>"
    compatible = "GetCompatibleVideoSourceConfigurations"
    for source in (await dut.ask(f"<trt:{compatible}>{named}</trt:{compatible}>")).all("trt:Configurations"):
        await _add(dut, "AddVideoSourceConfiguration", named, source["token"])
        for configuration in await _compatible(dut, token, node):
            await _add(dut, "AddPTZConfiguration", named, configuration["token"])
            return PtzClient(dut, token, configuration)
    raise AssertionError("no video source can be seen together with the node")


async def _add(dut: Dut, operation: str, named: str, token: str) -> None:
    added = f"<trt:ConfigurationToken>{token}</trt:ConfigurationToken>"
    await dut.ask(f"<trt:{operation}>{named}{added}</trt:{operation}>")


async def media2_profile(dut: Dut, node: str) -> PtzClient:
    """Select a media profile of Media2 that has the PTZ configuration of a node and the source of the picture."""
    wanted = "<tr2:Type>PTZ</tr2:Type><tr2:Type>VideoSource</tr2:Type>"
    for profile in (await dut.ask(f"<tr2:GetProfiles>{wanted}</tr2:GetProfiles>")).all("tr2:Profiles"):
        for configuration in profile.all("tr2:Configurations/tr2:PTZ"):
            if configuration.text("tt:NodeToken") == node and profile.has("tr2:Configurations/tr2:VideoSource"):
                return PtzClient(dut, profile["token"], configuration)
    return await new_media2_profile(dut, node)


async def new_media2_profile(dut: Dut, node: str) -> PtzClient:
    """Make a profile with Media2, with the source of the picture and the PTZ configuration of a node."""
    made = await dut.ask("<tr2:CreateProfile><tr2:Name>testMedia</tr2:Name></tr2:CreateProfile>")
    token = made.text("tr2:Token")
    sources = "GetVideoSourceConfigurations"
    named = f"<tr2:ProfileToken>{token}</tr2:ProfileToken>"
    for source in (await dut.ask(f"<tr2:{sources}>{named}</tr2:{sources}>")).all("tr2:Configurations"):
        await _add2(dut, named, "VideoSource", source["token"])
        for configuration in await _compatible(dut, token, node):
            await _add2(dut, named, "PTZ", configuration["token"])
            return PtzClient(dut, token, configuration)
        gone = "<tr2:Configuration><tr2:Type>VideoSource</tr2:Type></tr2:Configuration>"
        await dut.ask(f"<tr2:RemoveConfiguration>{named}{gone}</tr2:RemoveConfiguration>")
    raise AssertionError("no video source can be seen together with the node")


async def _add2(dut: Dut, named: str, kind: str, token: str) -> None:
    added = f"<tr2:Configuration><tr2:Type>{kind}</tr2:Type><tr2:Token>{token}</tr2:Token></tr2:Configuration>"
    await dut.ask(f"<tr2:AddConfiguration>{named}{added}</tr2:AddConfiguration>")


async def _compatible(dut: Dut, profile: str, node: str) -> list[Element]:
    named = f"<tptz:ProfileToken>{profile}</tptz:ProfileToken>"
    answer = await dut.ask(f"<tptz:GetCompatibleConfigurations>{named}</tptz:GetCompatibleConfigurations>")
    return [each for each in answer.all("tptz:PTZConfiguration") if node in {"", each.text("tt:NodeToken")}]
