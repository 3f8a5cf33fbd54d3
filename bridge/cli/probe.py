"""Logs in to one camera and prints what it is and what it can do."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from bridge.cli.arguments import port
from bridge.core.errors import Unreachable
from bridge.core.model import Secret

if TYPE_CHECKING:
    import argparse

    from bridge.core.model import CameraDescription, NativeStream

PASSWORD_VARIABLE = "ONVIF_BRIDGE_CAMERA_PASSWORD"  # noqa: S105 - the variable's name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("family", metavar="FAMILY")
    parser.add_argument("host", metavar="HOST")
    parser.add_argument("--port", type=port, metavar="N", help="native API port, if not the family's default")
    parser.add_argument("--no-tls", action="store_true", help="native API over plain HTTP, password included")
    parser.add_argument("--username", default="admin")
    parser.add_argument("--password", help=f"asked for when left out, unless {PASSWORD_VARIABLE} is set")
    parser.add_argument("--json", action="store_true", help="print everything that is known, as JSON")


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    description = asyncio.run(_probe(options))
    sys.stdout.write(_as_json(description) if options.json else _as_text(description))
    return 0


async def _probe(options: argparse.Namespace) -> CameraDescription:
    from bridge.drivers.base import CameraConfig
    from bridge.runtime.probe import probe

    config = CameraConfig(
        id=options.host,
        name=options.host,
        family=options.family,
        host=options.host,
        port=options.port,
        tls=not options.no_tls,
        username=options.username,
        password=_password(options),
    )
    try:
        return await probe(config)
    except Unreachable:
        # A simulated camera on this machine speaks plain HTTP. Elsewhere the password leaves unencrypted only by order.
        if options.no_tls or not _is_loopback(options.host):
            raise
        return await probe(replace(config, tls=False))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _password(options: argparse.Namespace) -> Secret:
    if options.password is not None:
        return Secret(options.password)
    if PASSWORD_VARIABLE in os.environ:
        return Secret(os.environ[PASSWORD_VARIABLE])
    return Secret(getpass.getpass(f"Password of {options.username} on {options.host}: "))


def _as_json(description: CameraDescription) -> str:
    from pydantic import TypeAdapter

    from bridge.core.model import CameraDescription

    return TypeAdapter(CameraDescription).dump_json(description, indent=2).decode() + "\n"


def _as_text(description: CameraDescription) -> str:
    info, ptz, imaging = description.info, description.ptz, description.imaging
    rows = [
        ("camera", f"{info.manufacturer} {info.model}, firmware {info.firmware}, serial {info.serial}"),
        ("name", info.name),
        *((f"stream {stream.name}", _stream(stream)) for stream in description.streams),
        ("snapshots", "yes" if description.snapshot else "no"),
        ("ptz", _axes(description)),
        ("presets", f"{len(ptz.presets)} of {ptz.max_presets}" if ptz and ptz.max_presets else "no"),
        ("imaging", ", ".join(_controls(description)) if imaging else "no"),
        ("events", ", ".join(sorted(description.events)) or "none"),
        ("time zone", description.time_zone),
    ]
    return "".join(f"{name:<13}{value}\n" for name, value in rows)


def _stream(stream: NativeStream) -> str:
    encoder = stream.encoder
    audio = f", {stream.audio.codec} {stream.audio.sample_rate_hz} Hz" if stream.audio else ", no audio"
    size = f"{encoder.resolution.width}x{encoder.resolution.height}"
    return f"{encoder.codec} {size}, {encoder.frame_rate:g} frames/s, {encoder.bitrate_kbps} kbit/s{audio}"


def _axes(description: CameraDescription) -> str:
    ptz = description.ptz
    if ptz is None:
        return "no"
    return ", ".join(name for name in ("pan", "tilt", "zoom") if getattr(ptz, name))


def _controls(description: CameraDescription) -> list[str]:
    if description.imaging is None:
        return []
    settings = description.imaging.settings
    return [name for name in settings.__dataclass_fields__ if getattr(settings, name) is not None]
