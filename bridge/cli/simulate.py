"""Runs one simulated camera as a real network program."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from bridge.cli.arguments import port
from bridge.cli.signals import until_stopped
from bridge.core.errors import ConfigError, ConfigProblem
from bridge.simulators.registry import FAMILIES, running

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("family", choices=FAMILIES, metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    for option, what in (("--port", "native API"), ("--rtsp-port", "RTSP"), ("--control-port", "control interface")):
        parser.add_argument(option, type=port, default=0, metavar="N", help=f"port of the {what}; 0 = any free one")
    parser.add_argument("--username", default="admin")
    parser.add_argument("--password", help="generated when left out; the ready line shows it")
    parser.add_argument("--model", metavar="M", help="which camera of the family to be")
    parser.add_argument("--scenario", default="", metavar="S", help="lasting oddities, separated by commas")


def execute(options: argparse.Namespace) -> int:
    """Run the command until it is stopped."""
    return asyncio.run(_simulate(options))


async def _simulate(options: argparse.Namespace) -> int:
    from bridge.simulators.camera import SimulatorOptions

    wanted = SimulatorOptions(
        host=options.host,
        port=options.port,
        rtsp_port=options.rtsp_port,
        control_port=options.control_port,
        username=options.username,
        password=options.password,
        model=options.model,
        scenarios=tuple(name.strip() for name in options.scenario.split(",") if name.strip()),
    )
    try:
        async with running(options.family, wanted) as camera:
            sys.stdout.write(json.dumps(camera.ready_line) + "\n")
            sys.stdout.flush()
            await until_stopped()
    except ValueError as error:
        raise ConfigError((ConfigProblem("simulate", str(error)),)) from error
    except OSError as error:
        raise ConfigError((ConfigProblem("simulate", f"cannot listen: {error.strerror}"),)) from error
    return 0
