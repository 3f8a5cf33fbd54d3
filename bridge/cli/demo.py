"""Starts one simulated camera of every family and a bridge in front of them."""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bridge.cli.arguments import port
from bridge.cli.run import make_bridge, print_line, run_in_loop, serve
from bridge.core.errors import ConfigError, ConfigProblem
from bridge.simulators.registry import FAMILIES, running

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from bridge.config.models import Configuration
    from bridge.runtime.bridge import Bridge

USERNAME = "admin"
SETTLE_S = 10.0
"""How long the table waits for the cameras to be connected: it is to show what works, not what will."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--http-port", type=port, default=8000, metavar="N", help="management; 0 = any free port")
    parser.add_argument("--rtsp-port", type=port, default=8554, metavar="N", help="streams; 0 = any free port")
    parser.add_argument(
        "--onvif-port", type=port, default=8081, metavar="N", help="first device, the others follow; 0 = any free ports"
    )
    parser.add_argument("--families", default=",".join(FAMILIES), metavar="a,b", help="which (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the ready line instead of the table")


def execute(options: argparse.Namespace) -> int:
    """Run the command until it is stopped."""
    families = list(dict.fromkeys(name.strip() for name in options.families.split(",")))
    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        message = f"{', '.join(unknown)}: not in this version; there are: {', '.join(FAMILIES)}"
        raise ConfigError((ConfigProblem("--families", message),))
    try:
        return run_in_loop(_demo(options, families))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise ConfigError(tuple(ConfigProblem("demo", entry["msg"]) for entry in problems)) from None
    except OSError as error:
        raise ConfigError((ConfigProblem("--host", f"cannot listen on {options.host}: {error.strerror}"),)) from error


async def _demo(options: argparse.Namespace, families: Sequence[str]) -> int:
    from bridge.simulators.camera import SimulatorOptions

    password = secrets.token_urlsafe(9)
    async with AsyncExitStack() as stack:
        simulators = [
            (await stack.enter_async_context(running(family, SimulatorOptions(host=options.host)))).ready_line
            for family in families
        ]
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="onvif-bridge-demo-"))
        configuration = _configuration(options, simulators, password, Path(folder) / "state.db")
        bridge = make_bridge(configuration)
        return await serve(bridge, announce=lambda: _announce(bridge, simulators, password, as_json=options.json))


def _configuration(
    options: argparse.Namespace, simulators: Sequence[Mapping[str, Any]], password: str, state: Path
) -> Configuration:
    from bridge.config.models import Configuration

    first = options.onvif_port
    return Configuration.model_validate(
        {
            "bridge": {
                "bind": options.host,
                "rtsp_port": options.rtsp_port,
                "http_port": options.http_port,
                "state": state,
            },
            "users": [{"username": USERNAME, "password": password, "level": "Administrator"}],
            "cameras": [
                _camera(simulator, onvif_port=first + index if first else 0)
                for index, simulator in enumerate(simulators)
            ],
        }
    )


def _camera(simulator: Mapping[str, Any], *, onvif_port: int) -> dict[str, Any]:
    scheme, _, authority = simulator["api"].partition("://")
    host, _, port = authority.rpartition(":")
    return {
        "id": f"demo-{simulator['family']}",
        "name": f"Demo {simulator['model']}",
        "family": simulator["family"],
        "host": host,
        "port": int(port),
        "tls": scheme == "https",
        "username": simulator["username"],
        "password": simulator["password"],
        "rtsp_port": int(simulator["rtsp"].rpartition(":")[2]),
        "onvif_port": onvif_port,
    }


async def _announce(bridge: Bridge, simulators: Sequence[Mapping[str, Any]], password: str, *, as_json: bool) -> None:
    try:
        async with asyncio.timeout(SETTLE_S):
            await bridge.settled()
    except TimeoutError:
        pass  # the table and the line tell the state of each camera
    line = bridge.ready_line() | {"simulators": list(simulators), "username": USERNAME, "password": password}
    if as_json:
        print_line(line)
    else:
        sys.stdout.write(_table(line))
        sys.stdout.flush()


def _table(line: dict[str, Any]) -> str:
    rows = []
    for device, simulator in zip(line["devices"], line["simulators"], strict=True):
        rows += [
            f"{device['name']}  ({device['family']}, {device['state']})",
            f"  ONVIF      {device['xaddr']}",
            *(f"  RTSP {name:<5} {uri}" for name, uri in device["streams"].items()),
            f'  motion     curl -X POST {simulator["control"]}/event -d \'{{"kind": "motion", "active": true}}\'',
            "",
        ]
    with_login = next(iter(line["devices"][0]["streams"].values())).replace(
        "://", f"://{line['username']}:{line['password']}@", 1
    )
    return "\n".join(
        [
            "",
            *rows,
            f"User       {line['username']}",
            f"Password   {line['password']}",
            f"Overview   {line['http']}/api/v1/devices",
            "",
            "Try next:",
            f"  ffplay -rtsp_transport tcp '{with_login}'",
            "  or add the ONVIF address above to your VMS with this user and password. Ctrl-C ends the demo.",
            "",
            "",
        ]
    )
