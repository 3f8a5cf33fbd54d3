"""The cameras' own language of limits, the `range` of an answer, and setting values within them.

`"boolean"` is 0 or 1, `{"min", "max"}` a number, `{"maxLen"}` a text, a list of plain values a choice, a list with
an object a list of such objects, and any other object is read key by key. `chars` is our own word: the letters that a
text is made of. What a range does not mention must keep
the kind of the value that stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.reolink.messages import NativeError

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject

_WRONG = -4
_TOO_LONG = -22


def merged(value: JsonObject, wanted: object, allowed: object) -> JsonObject:
    """Return a copy of `value` with the keys of `wanted` that it knows; other keys are ignored, as cameras do.

    Args:
        value: the present value.
        wanted: the object of a Set command.
        allowed: the range of the whole object, or None.

    Raises:
        NativeError: -4 or -22 for what the range forbids.
    """
    if not isinstance(wanted, dict):
        raise NativeError(_WRONG)
    limits = allowed if isinstance(allowed, dict) else {}
    changed = dict(value)
    for key, new in wanted.items():
        if key not in value:
            continue
        limit, old = limits.get(key), value[key]
        if isinstance(old, dict) and (limit is None or not _is_leaf(limit)):
            changed[key] = merged(old, new, limit)
        elif isinstance(old, list) and isinstance(limit, list) and limit and isinstance(limit[0], dict):
            changed[key] = _merged_list(old, new, limit[0])
        else:
            check(new, limit, like=old)
            changed[key] = new
    return changed


def check(wanted: object, allowed: object, *, like: object = None) -> None:
    """Refuse a value outside its range.

    Args:
        wanted: the new value.
        allowed: its range; anything that is no range leaves only the comparison with `like`.
        like: the present value, whose kind a new one must have where no range says more. Where it is an object, a
            range of numbers is that of a pair of limits.

    Raises:
        NativeError: -4, or -22 for a text that is too long.
    """
    if allowed == "boolean":
        _demand(type(wanted) is int and wanted in (0, 1))
    elif isinstance(allowed, dict) and _is_number_range(allowed):
        (_check_pair if isinstance(like, dict) else _check_number)(wanted, allowed)
    elif isinstance(allowed, dict) and "maxLen" in allowed:
        _check_text(wanted, allowed)
    elif isinstance(allowed, list):
        _demand(any(wanted == choice and type(wanted) is type(choice) for choice in allowed))
    else:
        _demand(like is None or type(wanted) is type(like))


def _is_number_range(allowed: object) -> bool:
    return isinstance(allowed, dict) and allowed.keys() == {"min", "max"}


def _is_leaf(allowed: object) -> bool:
    return not isinstance(allowed, dict) or _is_number_range(allowed) or "maxLen" in allowed


def _check_number(wanted: object, allowed: JsonObject) -> None:
    low, high = allowed["min"], allowed["max"]
    kinds = (int, float) if isinstance(low, float) else (int,)
    _demand(type(wanted) in kinds and low <= wanted <= high)


def _check_pair(wanted: object, allowed: JsonObject) -> None:
    """Check a pair of limits, such as `gain`, within the limits of both."""
    if not isinstance(wanted, dict) or wanted.keys() != {"min", "max"}:
        raise NativeError(_WRONG)
    for bound in wanted.values():
        _check_number(bound, allowed)
    _demand(wanted["min"] <= wanted["max"])


def _check_text(wanted: object, allowed: JsonObject) -> None:
    _demand(isinstance(wanted, str) and len(wanted) >= allowed.get("minLen", 0))
    if isinstance(wanted, str) and len(wanted) > allowed["maxLen"]:
        raise NativeError(_TOO_LONG)
    if isinstance(wanted, str) and "chars" in allowed:
        _demand(set(wanted) <= set(allowed["chars"]))


def _merged_list(value: list[JsonObject], wanted: object, allowed: JsonObject) -> list[JsonObject]:
    """Return a copy of a list of objects with some of them changed: by their `id`, else by their place.

    One object stands for a list of one, as in a sample of the document.
    """
    items = [wanted] if isinstance(wanted, dict) else wanted
    if not isinstance(items, list) or len(items) > len(value):
        raise NativeError(_WRONG)
    changed = list(value)
    ids = [item.get("id", place) for place, item in enumerate(value)]
    for place, item in enumerate(items):
        key = item.get("id", ids[place]) if isinstance(item, dict) else None
        if type(key) is not int or key not in ids:
            raise NativeError(_WRONG)
        changed[ids.index(key)] = merged(changed[ids.index(key)], item, allowed)
    return changed


def _demand(holds: bool) -> None:
    if not holds:
        raise NativeError(_WRONG)
