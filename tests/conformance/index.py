"""The index of the official device test cases: which pass here, which do not apply, which are still to come.

One file per test specification lies in `index/`. What has passed is what has a test: `python -m
tests.conformance.index` writes the lists of passed cases anew and counts; with the path of a checkout of the public
repository `onvif/testspecs` it also tells which cases the index does not know.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_CASE = re.compile(r"test_([A-Z0-9]+(?:_[A-Z]+)*)_(\d+)_(\d+)_(\d+)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_OFFICIAL = re.compile(rb"Test\s+Case\s+ID[^A-Z]{0,40}?([A-Z][A-Z0-9_]+(?:-\d+){3})")


@dataclass
class Specification:
    """One test specification: every case of it is in exactly one of the three."""

    path: Path
    title: str
    passed: list[str]
    not_applicable: dict[str, str]
    not_yet: dict[str, str]

    @property
    def cases(self) -> set[str]:
        """Every case."""
        return {*self.passed, *self.not_applicable, *self.not_yet}

    def write(self) -> None:
        """Write the file."""
        lines = [f'specification = "{self.title}"', "passed = ["]
        lines += [f'    "{case}",' for case in sorted(self.passed, key=_in_order)]
        lines.append("]")
        for name, cases in (("not_applicable", self.not_applicable), ("not_yet", self.not_yet)):
            lines += ["", f"[{name}]"]
            lines += [f'{case} = "{cases[case]}"' for case in sorted(cases, key=_in_order)]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def specifications() -> list[Specification]:
    """Read the index."""
    found = []
    for path in sorted((FOLDER / "index").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append(
            Specification(
                path, table["specification"], table["passed"], table.get("not_applicable", {}), table.get("not_yet", {})
            )
        )
    return found


def cases_with_a_test() -> list[str]:
    """Return the case of every test that is named after one."""
    names = [
        node.name
        for path in sorted(FOLDER.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    ]
    return ["-".join(match.groups()) for name in names if (match := _CASE.fullmatch(name))]


def official_cases(checkout: str) -> set[str]:
    """Return the case numbers that stand in the specifications of a checkout (or bare repository)."""
    git = ("git", "-C", checkout)
    listed = subprocess.run([*git, "ls-tree", "--name-only", "HEAD", "device/"], check=True, capture_output=True)
    found: set[str] = set()
    for name in listed.stdout.decode().split():
        if name.endswith(".xml"):
            text = subprocess.run([*git, "show", f"HEAD:{name}"], check=True, capture_output=True).stdout
            found.update(match.decode() for match in _OFFICIAL.findall(_COMMENT.sub(b"", text)))
    return found


def refresh() -> None:
    """Put every case that has a test among the passed ones, and back among the others when it has none any more."""
    tested = set(cases_with_a_test())
    for each in specifications():
        gone = dict.fromkeys(set(each.passed) - tested, "no test any more")
        each.passed = list(each.cases & tested)
        each.not_applicable = {case: why for case, why in each.not_applicable.items() if case not in tested}
        each.not_yet = {case: why for case, why in each.not_yet.items() if case not in tested} | gone
        each.write()


def report() -> None:
    """Print the numbers."""
    for each in specifications():
        numbers = (
            f"{len(each.passed):4} passed {len(each.not_applicable):4} not applicable {len(each.not_yet):4} not yet"
        )
        print(f"{numbers}  {each.title}")  # noqa: T201 - a command
    every = specifications()
    print(f"{sum(len(each.passed) for each in every):4} passed of {sum(len(each.cases) for each in every)}")  # noqa: T201


def _in_order(case: str) -> tuple[object, ...]:
    name, *numbers = case.split("-")
    return (name, *map(int, numbers))


if __name__ == "__main__":
    refresh()
    report()
    if len(sys.argv) > 1:
        known = {case for each in specifications() for case in each.cases}
        families = {case.split("-")[0] for case in known}
        unknown = {case for case in official_cases(sys.argv[1]) - known if case.split("-")[0] in families}
        print(f"unknown to the index: {sorted(unknown)}")  # noqa: T201
