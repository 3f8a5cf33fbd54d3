"""A client of the imaging service: what the cases of the Imaging Device Test Specification have in common."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from tests.conformance.dut import Dut, Element

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SOURCE = ("Sender", "InvalidArgVal", "NoSource")
"""The fault for a token that is no video source's."""

_NOISE = "Extension/Extension/Extension"

LEVELS = {
    "Brightness": "Brightness",
    "ColorSaturation": "ColorSaturation",
    "Contrast": "Contrast",
    "Sharpness": "Sharpness",
    "BacklightCompensation/Level": "BacklightCompensation/Level",
    "WideDynamicRange/Level": "WideDynamicRange/Level",
    "Exposure/MinExposureTime": "Exposure/MinExposureTime",
    "Exposure/MaxExposureTime": "Exposure/MaxExposureTime",
    "Exposure/MinGain": "Exposure/MinGain",
    "Exposure/MaxGain": "Exposure/MaxGain",
    "Exposure/MinIris": "Exposure/MinIris",
    "Exposure/MaxIris": "Exposure/MaxIris",
    "Exposure/ExposureTime": "Exposure/ExposureTime",
    "Exposure/Gain": "Exposure/Gain",
    "Exposure/Iris": "Exposure/Iris",
    "Focus/DefaultSpeed": "Focus/DefaultSpeed",
    "Focus/NearLimit": "Focus/NearLimit",
    "Focus/FarLimit": "Focus/FarLimit",
    "WhiteBalance/CrGain": "WhiteBalance/YrGain",
    "WhiteBalance/CbGain": "WhiteBalance/YbGain",
    "Extension/ImageStabilization/Level": "Extension/ImageStabilization/Level",
}
"""Settings that are numbers, and where their ranges stand among the options."""

CHOICES = {
    "BacklightCompensation/Mode": "BacklightCompensation/Mode",
    "WideDynamicRange/Mode": "WideDynamicRange/Mode",
    "Exposure/Mode": "Exposure/Mode",
    "Exposure/Priority": "Exposure/Priority",
    "Focus/AutoFocusMode": "Focus/AutoFocusModes",
    "IrCutFilter": "IrCutFilterModes",
    "WhiteBalance/Mode": "WhiteBalance/Mode",
    "Extension/ImageStabilization/Mode": "Extension/ImageStabilization/Mode",
    f"{_NOISE}/ToneCompensation/Mode": f"{_NOISE}/ToneCompensationOptions/Mode",
    f"{_NOISE}/Defogging/Mode": f"{_NOISE}/DefoggingOptions/Mode",
}
"""Settings that are words, and where their choices stand among the options."""

PARTS = {
    f"{_NOISE}/ToneCompensation/Level": f"{_NOISE}/ToneCompensationOptions/Level",
    f"{_NOISE}/Defogging/Level": f"{_NOISE}/DefoggingOptions/Level",
    f"{_NOISE}/NoiseReduction/Level": f"{_NOISE}/NoiseReductionOptions/Level",
}
"""Settings from 0 to 1, and where the options say that there are such."""

NEEDS = {
    "BacklightCompensation/Level": ("BacklightCompensation/Mode", "ON"),
    "WideDynamicRange/Level": ("WideDynamicRange/Mode", "ON"),
    "Exposure/Priority": ("Exposure/Mode", "AUTO"),
    **{
        f"Exposure/{limit}": ("Exposure/Mode", "AUTO")
        for limit in ("MinExposureTime", "MaxExposureTime", "MinGain", "MaxGain", "MinIris", "MaxIris")
    },
    **{f"Exposure/{level}": ("Exposure/Mode", "MANUAL") for level in ("ExposureTime", "Gain", "Iris")},
    "Focus/NearLimit": ("Focus/AutoFocusMode", "AUTO"),
    "Focus/FarLimit": ("Focus/AutoFocusMode", "AUTO"),
    "Focus/DefaultSpeed": ("Focus/AutoFocusMode", "MANUAL"),
    "WhiteBalance/CrGain": ("WhiteBalance/Mode", "MANUAL"),
    "WhiteBalance/CbGain": ("WhiteBalance/Mode", "MANUAL"),
}
"""Settings that count in one mode only."""


def tt(path: str) -> str:
    """Return a path with every step in the namespace of the schema."""
    return "/".join(f"tt:{step}" for step in path.split("/"))


def span(options: Element, path: str) -> tuple[float, float] | None:
    """Return the range that the options name at a path, if any."""
    if not options.has(tt(path)):
        return None
    described = options.one(tt(path))
    return float(described.text("tt:Min")), float(described.text("tt:Max"))


def offers(options: Element) -> Iterator[tuple[str, list[str]]]:
    """Return every setting that has options, with values that can be set: its choices, or both ends of its range."""
    for setting, path in CHOICES.items():
        if found := options.texts(tt(path)):
            yield setting, found
    for setting, path in LEVELS.items():
        if (ends := span(options, path)) is not None:
            yield setting, [str(end) for end in ends]
    for setting, path in PARTS.items():
        if "true" in options.texts(tt(path)):
            yield setting, ["0.0", "1.0"]


def changed(settings: Element, values: dict[str, str]) -> Element:
    """Return a copy of the settings with other values at these paths, which must be there."""
    copy = Element(deepcopy(settings.raw))
    for path, value in values.items():
        copy.one(tt(path)).raw.text = value
    return copy


def texts(settings: Element) -> dict[str, str]:
    """Return the value of every setting by its path, to be compared: numbers in one way of writing."""
    tree = etree.ElementTree(deepcopy(settings.raw))
    found = {tree.getpath(each): each.text or "" for each in tree.iter("{*}*") if not len(each)}
    return {path: as_number(text) for path, text in found.items()}


def as_number(text: str) -> str:
    """Return a number in one way of writing; other words as they are."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def wish(settings: Element) -> str:
    """Return the content of a request to set the picture."""
    return f"{settings.xml}<timg:ForcePersistence>false</timg:ForcePersistence>"


def focus(form: str, **values: float) -> str:
    """Return the content of a request to move the focus: `Absolute`, `Relative` or `Continuous`."""
    fields = "".join(f"<tt:{name}>{value}</tt:{name}>" for name, value in values.items())
    return f"<timg:Focus><tt:{form}>{fields}</tt:{form}></timg:Focus>"


@dataclass
class ImagingClient:
    """A client that looks after the picture of one video source."""

    dut: Dut
    source: str

    async def ask(self, operation: str, content: str = "") -> Element:
        """Ask for an operation on the source."""
        return await self.dut.ask(self._body(operation, content))

    async def refused(self, operation: str, content: str = "") -> tuple[str, ...]:
        """Ask for an operation that must be refused; return the fault."""
        return await self.dut.refused(self._body(operation, content))

    async def options(self) -> Element:
        """Return what can be set."""
        return (await self.ask("GetOptions")).one("timg:ImagingOptions")

    async def settings(self) -> Element:
        """Return what is set."""
        return (await self.ask("GetImagingSettings")).one("timg:ImagingSettings")

    async def set(self, settings: Element) -> None:
        """Set the picture."""
        await self.ask("SetImagingSettings", wish(settings))

    async def move_options(self) -> Element:
        """Return how the focus can be moved."""
        return (await self.ask("GetMoveOptions")).one("timg:MoveOptions")

    async def status(self) -> tuple[float, str]:
        """Return where the focus is, and how it moves."""
        status = (await self.ask("GetStatus")).one("timg:Status/tt:FocusStatus20")
        return float(status.text("tt:Position")), status.text("tt:MoveStatus")

    def _body(self, operation: str, content: str) -> str:
        token = f"<timg:VideoSourceToken>{self.source}</timg:VideoSourceToken>"
        return f"<timg:{operation}>{token}{content}</timg:{operation}>"


async def sources(dut: Dut) -> list[ImagingClient]:
    """Return a client for every video source: there is at least one, and the DeviceIO service lists the same."""
    tokens = [each["token"] for each in (await dut.ask("<trt:GetVideoSources/>")).all("trt:VideoSources")]
    assert tokens
    assert (await dut.ask("<tmd:GetVideoSources/>")).texts("tmd:Token") == tokens
    return [ImagingClient(dut, token) for token in tokens]
