"""Secrets in the configuration: a plain string, `{env: NAME}` or `{file: PATH}`."""

from __future__ import annotations

import os
from pathlib import Path

from bridge.core.model import Secret


def resolve_secret(value: object) -> Secret:
    """Turn a configured secret into the secret itself.

    Raises:
        ValueError: it has another form, or the variable or file is not there. The message never holds a value.
    """
    if isinstance(value, Secret):
        return value
    if isinstance(value, str):
        return Secret(value)
    if isinstance(value, dict) and len(value) == 1:
        ((source, name),) = value.items()
        if isinstance(name, str) and source == "env":
            return _from_environment(name)
        if isinstance(name, str) and source == "file":
            return _from_file(name)
    if isinstance(value, int | float):
        raise ValueError("is a number to YAML: put the secret in quotes")  # noqa: TRY004 - pydantic wants ValueError
    raise ValueError("write a string in quotes, {env: NAME} or {file: PATH}")


def _from_environment(name: str) -> Secret:
    try:
        return Secret(os.environ[name])
    except KeyError:
        raise ValueError(f"the environment variable {name} is not set") from None


def _from_file(name: str) -> Secret:
    try:
        return Secret(Path(name).read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
        raise ValueError(f"the file {name} cannot be read: {reason}") from None
