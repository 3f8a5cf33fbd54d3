"""`python -m tests.perf`: run the loads, print the table, write the JSON."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path

from tests.perf.loads import LOADS, Plan
from tests.perf.report import as_json, table


def main() -> int:
    """Returns the exit status: 1 if a goal was missed."""
    options = ArgumentParser(prog="python -m tests.perf", description="What the bridge costs.")
    options.add_argument("loads", nargs="*", metavar="LOAD", help=f"which (all): {', '.join(LOADS)}")
    options.add_argument("--json", type=Path, metavar="FILE", help="write everything there too")
    for field in fields(Plan):
        default = field.default
        name = "--" + field.name.replace("_", "-")
        options.add_argument(name, type=type(default), default=default, metavar="X", help=f"({default})")
    chosen = vars(options.parse_args())
    names, path = chosen.pop("loads") or list(LOADS), chosen.pop("json")
    if unknown := set(names) - set(LOADS):
        options.error(f"no such load: {', '.join(sorted(unknown))}")
    plan = Plan(**chosen)
    begins_at = time.monotonic()
    figures = []
    for name in names:
        sys.stderr.write(f"{name} ...\n")
        figures += list(LOADS[name](plan))
    sys.stdout.write(table(figures) + "\n")
    sys.stderr.write(f"{time.monotonic() - begins_at:.0f} s in all\n")
    if path is not None:
        path.write_text(json.dumps(as_json(plan, figures), indent=1) + "\n")
    return 0 if all(figure.is_good for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
