"""Reads the configuration file and reports everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError
from typing_extensions import override

from bridge.config.models import BridgeSection, CameraEntry, Configuration, UserEntry
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
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} is written twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def load_configuration(path: Path, families: Mapping[str, CheckOptions]) -> Configuration:
    """Read and check a configuration file.

    Args:
        path: the YAML file.
        families: the camera families that exist, each with the check of its `options`.

    Raises:
        ConfigError: with every problem found, each with its path in the file.
    """
    document = _read(path)
    try:
        configuration = Configuration.model_validate(document)
    except ValidationError as error:
        found = (_problem(entry) for entry in error.errors(include_url=False, include_input=False))
        raise ConfigError((*found, *_family_problems(document, families))) from None
    if problems := (*_across(configuration), *_family_problems(document, families)):
        raise ConfigError(problems)
    return configuration


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
    except yaml.YAMLError as error:
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
    yield from model.model_fields


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _across(configuration: Configuration) -> Iterator[ConfigProblem]:
    """Find what no single entry can show: things that must be different and are not."""
    yield from _doubles("cameras", "id", [camera.id for camera in configuration.cameras])
    yield from _doubles("users", "username", [user.username for user in configuration.users])
    taken = {port: key for key in ("rtsp_port", "http_port") if (port := getattr(configuration.bridge, key))}
    if len(taken) == 1 and configuration.bridge.rtsp_port == configuration.bridge.http_port:
        yield ConfigProblem("bridge.http_port", f"is bridge.rtsp_port too ({configuration.bridge.http_port})")
    owners = {port: f"bridge.{key}" for port, key in taken.items()}
    for index, camera in enumerate(configuration.cameras):
        path = f"cameras[{index}].onvif_port"
        if camera.onvif_port and camera.onvif_port in owners:
            yield ConfigProblem(path, f"is used by {owners[camera.onvif_port]} too; every device needs its own port")
        elif camera.onvif_port:
            owners[camera.onvif_port] = path


def _doubles(section: str, key: str, values: list[str]) -> Iterator[ConfigProblem]:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in first:
            yield ConfigProblem(
                f"{section}[{index}].{key}", f"{value!r} is {section}[{first[value]}].{key} too; it must be unique"
            )
        else:
            first[value] = index


def _family_problems(document: dict[str, Any], families: Mapping[str, CheckOptions]) -> Iterator[ConfigProblem]:
    """Check families in the raw document: it may have other errors too, and one run is to show them all."""
    cameras = document.get("cameras")
    for index, camera in enumerate(cameras if isinstance(cameras, list) else ()):
        if isinstance(camera, dict) and isinstance(camera.get("family"), str):
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
