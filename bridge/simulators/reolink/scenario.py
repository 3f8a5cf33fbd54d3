"""Scenarios (`--scenario a,b`): lasting oddities that a camera is started with.

Some change what the camera is (its persona), the others how it answers; those are switches here, read where they
matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.simulators.reolink.personas import DEFAULT_MODEL, H265_START, PERSONAS, Persona
from bridge.simulators.reolink.sessions import DEFAULT_LEASE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.simulators.reolink.ptz import PtzTraits

REALM = "LIVE555 Streaming Media"
NEWER_REALM = "BC Streaming Media"
_LEASE, _WITHOUT, _CAMERAS = "lease", "without", "cameras"
WITH_VALUES = (f"{_LEASE}=<seconds>", f"{_WITHOUT}=<field>", f"{_CAMERAS}=<number>")
"""Scenarios that say how much: the life of a token, a field that no answer has, and a recorder's cameras."""
SWITCHES = {
    "https": "the API is served over TLS with a certificate of its own",
    "rtsp_off": "RTSP is off until SetNetPort turns it on",
    "ignore_sets": "Set commands answer 200 and change nothing",
    "password_wrong": 'a wrong password is answered "password wrong", -502',
    "login_lock": "wrong passwords lock the address out",
    "guest": "the account is a guest",
    "code_zero": 'errors come with "code" : 0',
    "wrong_echo": "answers misprint the command as the document does",
    "realm_bc": "RTSP has the realm of newer firmware",
    "collapse": "a batch of several commands is answered by one element, as old firmware does",
    "no_abilities": "GetAbility tells of none",
    "manu": "the siren knows the document's word for a manual alarm, not the devices'",
}
"""Scenarios that change how the camera answers."""


def _with_h265(persona: Persona) -> Persona:
    if all(size.size != H265_START for size in persona.sizes):
        raise ValueError(f"{persona.identity.model} has no H.265 stream")
    return replace(persona, start_size=H265_START)


def _without_codec(persona: Persona) -> Persona:
    return replace(persona, shows_codec=False)


def _with_plain_ai_state(persona: Persona) -> Persona:
    return replace(persona, has_plain_ai_state=True)


def _without_ptz_speed(persona: Persona) -> Persona:
    traits = replace(_head(persona), has_speed=False)
    return replace(persona, ptz=traits, abilities=persona.abilities.changed(ptzType=5))


def _with_four_directions(persona: Persona) -> Persona:
    traits = replace(_head(persona), has_eight_directions=False)
    return replace(persona, ptz=traits, abilities=persona.abilities.changed(ptzDirection=1))


def _with_terminals(persona: Persona) -> Persona:
    return replace(persona, inputs=2, outputs=1, abilities=persona.abilities.changed(alarmIoIn=1, alarmIoOut=1))


def _with_talk(persona: Persona) -> Persona:
    return replace(persona, has_talk=True)


def _on_battery(persona: Persona) -> Persona:
    return replace(persona, abilities=persona.abilities.changed(battery=1))


def _head(persona: Persona) -> PtzTraits:
    if persona.ptz is None:
        raise ValueError(f"{persona.identity.model} has no head to turn")
    return persona.ptz


CHANGES: dict[str, Callable[[Persona], Persona]] = {
    "h265": _with_h265,
    "no_vtype": _without_codec,
    "int_ai": _with_plain_ai_state,
    "ptz_no_speed": _without_ptz_speed,
    "four_directions": _with_four_directions,
    "io_flags": _with_terminals,
    "talk": _with_talk,
    "battery": _on_battery,
}
"""Scenarios that change what the camera is."""


@dataclass(frozen=True, slots=True)
class Script:
    """A persona with its scenarios.

    Attributes:
        persona: the camera, changed as the scenarios ask.
        switches: the scenarios that change how it answers.
        lease_s: how long a token lives.
        without: fields that no answer has, each as the keys that lead to it.
        cameras: how many pictures of a recorder have a camera from the start.
    """

    persona: Persona
    switches: frozenset[str]
    lease_s: int = DEFAULT_LEASE_S
    without: tuple[tuple[str, ...], ...] = ()
    cameras: int = 1

    @property
    def realm(self) -> str:
        """Realm of RTSP."""
        return NEWER_REALM if "realm_bc" in self.switches else REALM


def script(model: str | None, scenarios: tuple[str, ...]) -> Script:
    """Return what to play.

    Args:
        model: name of a persona; None is the default one.
        scenarios: names, `lease=<seconds>` among them.

    Raises:
        ValueError: unknown model or scenario, or one that the model cannot play; the text lists what there is.
    """
    persona = PERSONAS.get(model or DEFAULT_MODEL)
    if persona is None:
        raise ValueError(f"unknown model {model!r}; there are {', '.join(PERSONAS)}")
    played = Script(persona, frozenset())
    for scenario in scenarios:
        name, _, value = scenario.partition("=")
        if name == _LEASE:
            played = replace(played, lease_s=_number(scenario, value, "a number of seconds, as in lease=60"))
        elif name == _CAMERAS:
            if not persona.members:
                raise ValueError(f"{persona.identity.model} is no recorder")
            played = replace(played, cameras=_number(scenario, value, "a number, as in cameras=4"))
        elif name == _WITHOUT and value:
            played = replace(played, without=(*played.without, tuple(value.split("."))))
        elif value or name not in {*CHANGES, *SWITCHES}:
            known = ", ".join(sorted({*CHANGES, *SWITCHES, *WITH_VALUES}))
            raise ValueError(f"unknown scenario {scenario!r}; there are {known}")
        elif name in CHANGES:
            played = replace(played, persona=CHANGES[name](played.persona))
        else:
            played = replace(played, switches=played.switches | {name})
    return played


def _number(scenario: str, value: str, what: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value[:9]) > 0):
        raise ValueError(f"scenario {scenario!r} wants {what}")
    return int(value[:9])
