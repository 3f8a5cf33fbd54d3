"""Reads the configuration file and reports everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError
from typing_extensions import override

from bridge.config.models import BridgeSection, CameraEntry, Configuration, TlsSection, UserEntry
from bridge.core.errors import ConfigError, ConfigProblem

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

CheckOptions = Callable[[Mapping[str, object]], tuple[ConfigProblem, ...]]

MOST_BYTES = 1_000_000  # a thousand cameras fit in a tenth of it; anything larger is the wrong file


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key written twice: the first one would be lost without a word."""

    @override
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} is written twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def load_configuration(
    path: Path, families: Mapping[str, CheckOptions], *, switches: Collection[str] = ()
) -> Configuration:
    """Read and check a configuration file.

    Args:
        path: the YAML file.
        families: the camera families that exist, each with the check of its `options`.
        switches: names of the compatibility switches that exist.

    Raises:
        ConfigError: with every problem found, each with its path in the file.
    """
    document = _read(path)
    problems = (
        *_across(document),
        *_family_problems(document, families),
        *_switch_problems(document, switches),
    )
    try:
        configuration = Configuration.model_validate(document)
    except ValidationError as error:
        entries = error.errors(include_url=False, include_input=False)
        found = [_problem(entry) for entry in entries if not _is_consequence(entry, document)]
        raise ConfigError((*found, *problems)) from None
    if problems:
        raise ConfigError(problems)
    return configuration


def _is_consequence(entry: ErrorDetails, document: dict[str, Any]) -> bool:
    """Whether an error only repeats others: a list that counts as empty because none of its entries is good."""
    return entry["type"] == "too_short" and entry["loc"] == ("users",) and bool(_entries(document, "users"))


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError((ConfigProblem(str(path), f"is larger than {MOST_BYTES} bytes: the wrong file?"),))
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ConfigError((ConfigProblem(str(path), f"cannot be read: {error.strerror}"),)) from None
    except UnicodeDecodeError:
        raise ConfigError((ConfigProblem(str(path), "is not UTF-8 text"),)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        raise ConfigError((ConfigProblem(where, f"is not valid YAML: {error.problem}"),)) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none, and the like
        raise ConfigError((ConfigProblem(str(path), f"is not valid YAML: {error}"),)) from None
    if not isinstance(document, dict):
        raise ConfigError((ConfigProblem(str(path), "must hold the sections bridge, users and cameras"),))
    return document


def _problem(entry: ErrorDetails) -> ConfigProblem:
    location = entry["loc"]
    path = _path(location)
    kind = entry["type"]
    if kind == "extra_forbidden":
        return ConfigProblem(path, f"is not a known key; known here: {', '.join(_known_keys(location))}")
    if kind == "missing":
        if location == ("users",):
            return ConfigProblem(path, "is missing: without a user nobody could log in; add at least one")
        return ConfigProblem(path, "is missing")
    if kind == "too_short" and location == ("users",):
        return ConfigProblem(path, "is empty: without a user nobody could log in; add at least one")
    if kind == "string_pattern_mismatch" and location[-1] == "id":
        return ConfigProblem(path, "must be 1 to 32 of a-z, 0-9 and -")
    message = entry["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return ConfigProblem(path, message[:1].lower() + message[1:])


def _known_keys(location: tuple[int | str, ...]) -> Iterator[str]:
    sections: dict[str, type[BaseModel]] = {"bridge": BridgeSection, "users": UserEntry, "cameras": CameraEntry}
    model = sections.get(str(location[0]), Configuration) if len(location) > 1 else Configuration
    if location[:2] == ("bridge", "tls") and len(location) > 2:
        model = TlsSection
    yield from model.model_fields


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _across(document: dict[str, Any]) -> Iterator[ConfigProblem]:
    """Find what no single entry can show: things that must be different and are not."""
    cameras, users = _entries(document, "cameras"), _entries(document, "users")
    yield from _doubles("cameras", "id", [camera.get("id") for camera in cameras])
    yield from _doubles("users", "username", [user.get("username") for user in users])
    section = document.get("bridge")
    owners: dict[int, str] = {}
    for key in ("rtsp_port", "http_port"):
        default = BridgeSection.model_fields[key].default
        yield from _port_taken(
            owners, f"bridge.{key}", section.get(key, default) if isinstance(section, dict) else default
        )
    for index, camera in enumerate(cameras):
        yield from _port_taken(owners, f"cameras[{index}].onvif_port", camera.get("onvif_port", 0))


def _port_taken(owners: dict[int, str], path: str, port: object) -> Iterator[ConfigProblem]:
    if not isinstance(port, int) or not port:
        return
    if port in owners:
        yield ConfigProblem(path, f"{port} is {owners[port]} too; every listener needs a port of its own")
    else:
        owners[port] = path


def _entries(document: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """Return the entries of a list, an empty one in place of what is none: positions count."""
    entries = document.get(section)
    return [entry if isinstance(entry, dict) else {} for entry in entries] if isinstance(entries, list) else []


def _doubles(section: str, key: str, values: list[object]) -> Iterator[ConfigProblem]:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if not isinstance(value, str):
            continue
        if value in first:
            message = f"{value!r} is {section}[{first[value]}].{key} too; it must be unique"
            yield ConfigProblem(f"{section}[{index}].{key}", message)
        else:
            first[value] = index


def _family_problems(document: dict[str, Any], families: Mapping[str, CheckOptions]) -> Iterator[ConfigProblem]:
    """Check families in the raw document: it may have other errors too, and one run is to show them all."""
    for index, camera in enumerate(_entries(document, "cameras")):
        if isinstance(camera.get("family"), str):
            options = camera.get("options", {})
            yield from _check_family(index, camera["family"], options if isinstance(options, dict) else {}, families)


def _check_family(
    index: int, family: str, options: Mapping[str, object], families: Mapping[str, CheckOptions]
) -> Iterator[ConfigProblem]:
    check = families.get(family)
    if check is None:
        yield ConfigProblem(
            f"cameras[{index}].family", f"{family!r} is not a family of this version; there are: {', '.join(families)}"
        )
        return
    for problem in check(options):
        yield ConfigProblem(f"cameras[{index}].options.{problem.path}", problem.message)


def _switch_problems(document: dict[str, Any], known: Collection[str]) -> Iterator[ConfigProblem]:
    """Check the names of switches in the raw document, as families are checked; their values are checked as types."""
    sections = [("bridge", document.get("bridge"))]
    sections += [(f"cameras[{index}]", camera) for index, camera in enumerate(_entries(document, "cameras"))]
    for path, section in sections:
        chosen = section.get("compatibility") if isinstance(section, dict) else None
        for name in chosen if isinstance(chosen, dict) else ():
            if name not in known:
                there = ", ".join(known)
                yield ConfigProblem(f"{path}.compatibility.{name}", f"is not a known switch; known here: {there}")
