"""A simulated camera of the Reolink HTTP API family (Camera HTTP API v7): native API, RTSP, control interface."""

from __future__ import annotations

from bridge.simulators.camera import SimulatorOptions
from bridge.simulators.reolink.camera import ReolinkCamera, running
from bridge.simulators.reolink.personas import PERSONAS
from bridge.simulators.reolink.scenario import CHANGES, SWITCHES, WITH_VALUES

MODELS = tuple(PERSONAS)
"""Names of the personas, the default one first."""
SCENARIOS = (*CHANGES, *SWITCHES, *WITH_VALUES)
"""Names of the scenarios."""

__all__ = ["MODELS", "SCENARIOS", "ReolinkCamera", "SimulatorOptions", "running"]
