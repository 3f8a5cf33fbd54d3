"""`onvif-bridge`, also `python -m bridge`: parses the command line and turns errors into exit statuses.

Exit status 0: good; 1: the thing checked or started is not good; 2: wrong usage or configuration. Results go to
stdout, logs and errors to stderr.
"""

from __future__ import annotations

import argparse
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from bridge.cli import check, demo, discover, probe, run, simulate
from bridge.cli.logs import configure_logging
from bridge.core.errors import BridgeError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {"run": run, "demo": demo, "simulate": simulate, "check": check, "probe": probe, "discover": discover}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    configure_logging(options.log_level, options.log_format)
    try:
        return int(COMMANDS[options.command].execute(options))
    except ConfigError as error:
        if options.debug:
            raise
        for problem in error.problems:
            sys.stderr.write(f"{problem.path}: {problem.message}\n")
        return 2
    except BridgeError as error:
        if options.debug:
            raise
        sys.stderr.write(f"onvif-bridge {options.command}: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    common.add_argument("--log-format", choices=("text", "json"), default="text")
    common.add_argument("--debug", action="store_true", help="show tracebacks")
    parser = argparse.ArgumentParser(
        prog="onvif-bridge", description="Cameras with a native protocol, presented as standard ONVIF devices."
    )
    parser.add_argument("--version", action="version", version=f"onvif-bridge {metadata.version('onvif-bridge')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").partition("\n")[0]
        module.add_arguments(commands.add_parser(name, parents=[common], help=summary, description=summary))
    return parser


if __name__ == "__main__":
    sys.exit(main())
