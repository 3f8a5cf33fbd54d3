"""Checks a configuration file and reports all errors at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--config", type=Path, required=True, metavar="FILE")


def execute(options: argparse.Namespace) -> int:
    """Run the command; a `ConfigError` carries what is wrong."""
    from bridge.runtime.factory import read_configuration

    configuration = read_configuration(options.config)
    sys.stdout.write(
        f"{options.config}: good; {len(configuration.cameras)} camera(s), {len(configuration.users)} user(s)\n"
    )
    return 0
