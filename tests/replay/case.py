"""The table of replayed requests, and how a request is made fresh: placeholders become a new, valid token."""

from __future__ import annotations

import base64
import hashlib
import os
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HERE = Path(__file__).parent
TOKEN_LIFE = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row of `cases.toml`; the README says what the fields mean."""

    name: str
    client: str
    evidence: str
    shows: str
    request: str
    path: str = "/onvif/device_service"
    content_type: str = "application/soap+xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    nonce: str | None = None
    created: str = "%Y-%m-%dT%H:%M:%SZ"
    sends: int = 1
    between_s: float = 1.0
    status: int = 200
    answer: str = "Fault"
    switches: dict[str, bool] = field(default_factory=dict)
    fault: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    text: str

    def filled(self, *, username: str, password: str, utc: datetime, base_url: str) -> str:
        """Return the request with everything in place of its placeholders."""
        nonce = self.nonce or base64.b64encode(os.urandom(16)).decode()
        created = utc.strftime(self.created)
        signed = base64.b64decode(nonce) + created.encode() + password.encode()
        digest = hashlib.sha1(signed, usedforsecurity=False).digest()
        return Template(self.text).substitute(
            username=username,
            password=password,
            nonce=nonce,
            created=created,
            expires=(utc + TOKEN_LIFE).strftime(self.created),
            digest=base64.b64encode(digest).decode(),
            base_url=base_url,
        )


def read_cases() -> tuple[Case, ...]:
    """Return the rows of the table with the texts of their requests."""
    table = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))
    return tuple(_case(name, row) for name, row in table.items())


def request_files() -> frozenset[str]:
    """Return the names of all requests that are there."""
    return frozenset(path.stem for path in (HERE / "requests").glob("*.xml"))


def _case(name: str, row: Mapping[str, Any]) -> Case:
    text = (HERE / "requests" / f"{row['request']}.xml").read_text(encoding="utf-8")
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return Case(**{**row, **lists, "name": name, "text": text})
