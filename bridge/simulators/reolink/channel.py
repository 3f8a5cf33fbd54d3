"""One picture with all that belongs to it: a camera's only one, or one of a recorder's.

Nothing ticks here: what falls back by itself (lights, the siren, a sleeping battery camera) is computed when someone
looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.simulators.reolink import tables
from bridge.simulators.reolink.alarms import MOTION, Alarms
from bridge.simulators.reolink.encoder import Encoder
from bridge.simulators.reolink.messages import NativeError
from bridge.simulators.reolink.ptz import PtzUnit
from bridge.simulators.reolink.talk import Ear

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject
    from bridge.simulators.reolink.personas import Persona
    from bridge.simulators.reolink.settings import Setting

NOT_THERE, OFFLINE = -49, -99
SIREN_S = 5.0
"""How long the siren sounds once."""
SPOTLIGHT_S = 180.0
"""How long the spotlight stays on when it is only told to be on."""
AWAKE_S = 30.0
"""How long a battery camera stays awake after the last command."""
WAKING_PERCENT = 0.1
"""What waking up costs a battery."""


@dataclass(slots=True)
class Battery:
    """A battery that every command drains, because the camera wakes up for it."""

    wakes: int = 0
    awake_until: float = -math.inf

    @property
    def percent(self) -> float:
        """What is left."""
        return max(0.0, 100.0 - self.wakes * WAKING_PERCENT)

    def touch(self, now: float) -> None:
        """Wake up, or stay awake."""
        if self.awake_until <= now:
            self.wakes += 1
        self.awake_until = now + AWAKE_S


class Channel:
    """One picture.

    Attributes:
        number: counted from 0.
        name: what a recorder calls it.
        is_paired: a camera has been plugged in; a camera's own picture always is.
        is_online: the camera that was plugged in answers.
        siren_until: when the siren ends; infinity for one that was turned on by hand.
        heard: what was said through the speaker.
    """

    def __init__(self, number: int, persona: Persona) -> None:
        self.number = number
        self.persona = persona
        self.name = persona.identity.name
        self.is_paired = self.is_online = True
        self.settings: dict[str, Setting] = persona.channel_settings()
        self.ai_alarms: dict[str, Setting] = {
            kind: tables.ai_alarm(kind, is_flat=persona.has_flat_ai_alarm) for kind in persona.detected_kinds
        }
        for setting in (*self.settings.values(), *self.ai_alarms.values()):
            setting.number(number)
        self.ptz = None if persona.ptz is None else PtzUnit(persona.ptz)
        self.encoder = Encoder(
            persona.sizes,
            start=persona.start_size,
            shows_codec=persona.shows_codec,
            shows_details=persona.shows_encoder_details,
            sets_gop=persona.abilities.version("supportGop") > 0,
        )
        self.alarms = Alarms((MOTION, *(persona.ai_kinds or ())))
        self.mask_areas: list[JsonObject] = []
        self.is_masked = False
        self.siren_until = -math.inf
        self.heard = Ear()
        self.battery = Battery() if persona.abilities.version("battery") else None
        self._spotlight_until = math.inf

    def reached(self, now: float) -> Channel:
        """Return the picture for a command about it, which wakes the camera up.

        Raises:
            NativeError: -49 when no camera was ever plugged in, -99 when it is away.
        """
        if not self.is_paired:
            raise NativeError(NOT_THERE)
        if not self.is_online:
            raise NativeError(OFFLINE)
        if self.battery is not None:
            self.battery.touch(now)
        return self

    def plug(self, *, is_online: bool) -> None:
        """Plug the camera in, or take it away; whoever was here once is remembered."""
        self.is_online = is_online
        self.is_paired = self.is_paired or is_online

    def is_siren_on(self, now: float) -> bool:
        """Tell whether the siren sounds."""
        return now < self.siren_until

    def switch_spotlight(self, now: float) -> None:
        """Remember when the spotlight, which has just been told its state, goes out by itself."""
        self._spotlight_until = now + SPOTLIGHT_S

    def settle(self, now: float) -> None:
        """Let go out what was due to."""
        spotlight = self.settings.get("WhiteLed")
        if spotlight is not None and self._spotlight_until <= now:
            spotlight.value = {**spotlight.value, "state": 0}
            self._spotlight_until = math.inf
