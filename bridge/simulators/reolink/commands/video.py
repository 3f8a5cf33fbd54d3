"""Commands about the picture: encoder and privacy masks (sections 3.4 and 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.reolink.device import Call, Effect
from bridge.simulators.reolink.messages import DONE, Answer, NativeError

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.channel import Channel

MOST_MASKS = 4
_EMPTY_AREA: JsonObject = {"block": {"height": 0, "width": 0, "x": 0, "y": 0}, "screen": {"height": 0, "width": 0}}


def get_encoding(call: Call) -> Answer:
    """`GetEnc`."""
    channel = call.channel
    return channel.encoder.answer(channel.number, is_full=call.is_full)


def set_encoding(call: Call) -> Answer:
    """`SetEnc`: both streams at once; the pictures begin anew when they change."""
    encoder = call.channel.encoder
    has_audio, main, sub = encoder.wanted(call.wanted("Enc"))
    if call.is_ignored:
        return DONE
    if encoder.apply(has_audio=has_audio, main=main, sub=sub):
        call.effects.append(Effect.RESTART_STREAMS)
    return DONE


def get_masks(call: Call) -> Answer:
    """`GetMask`."""
    channel = call.channel
    value = {"Mask": {"area": _shown_areas(channel), "channel": channel.number, "enable": int(channel.is_masked)}}
    if not call.is_full:
        return Answer(value)
    initial = {"Mask": {"area": [_EMPTY_AREA], "channel": channel.number, "enable": 0}}
    return Answer(value, initial, {"Mask": {"channel": channel.number, "enable": "boolean", "maxAreas": MOST_MASKS}})


def set_masks(call: Call) -> Answer:
    """`SetMask`: the whole list, of rectangles in pixels of a screen that the writer chooses."""
    channel, mask = call.channel, call.wanted("Mask")
    areas, enable = mask.get("area") or [], mask.get("enable")
    if type(enable) is not int or enable not in (0, 1) or not isinstance(areas, list) or len(areas) > MOST_MASKS:
        raise NativeError(-4)
    checked = [_checked_area(area) for area in areas]
    if not call.is_ignored:
        channel.mask_areas, channel.is_masked = checked, enable == 1
    return DONE


def _shown_areas(channel: Channel) -> list[JsonObject] | None:
    if not channel.mask_areas and not channel.persona.has_empty_mask_list:
        return None
    return channel.mask_areas


def _checked_area(area: object) -> JsonObject:
    try:
        block, screen = area["block"], area["screen"]  # type: ignore[index]  # what is no object fails below
        x, y, width, height = (_whole(block[name]) for name in ("x", "y", "width", "height"))
        screen_width, screen_height = _whole(screen["width"]), _whole(screen["height"])
    except (KeyError, IndexError, TypeError) as error:
        raise NativeError(-4) from error
    if x + width > screen_width or y + height > screen_height or not (width and height):
        raise NativeError(-4)
    return {
        "block": {"height": height, "width": width, "x": x, "y": y},
        "screen": {"height": screen_height, "width": screen_width},
    }


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise NativeError(-4)
    return value


COMMANDS = {
    "GetEnc": get_encoding,
    "SetEnc": set_encoding,
    "GetMask": get_masks,
    "SetMask": set_masks,
}
