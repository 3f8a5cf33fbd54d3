"""One demo for a whole test run: simulated cameras and a bridge in front of them, started as a user starts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.programs import program

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Demo:
    """What the ready line of `demo --json` says, for its first camera."""

    ready: dict[str, Any]

    @property
    def device(self) -> dict[str, Any]:
        device: dict[str, Any] = self.ready["devices"][0]
        return device

    @property
    def xaddr(self) -> str:
        return str(self.device["xaddr"])

    @property
    def host(self) -> str:
        return self.xaddr.split("/")[2].rsplit(":", 1)[0]

    @property
    def port(self) -> str:
        return self.xaddr.split("/")[2].rsplit(":", 1)[1]

    @property
    def username(self) -> str:
        return str(self.ready["username"])

    @property
    def password(self) -> str:
        return str(self.ready["password"])

    @property
    def control(self) -> str:
        return str(self.ready["simulators"][0]["control"])

    def with_login(self, uri: str) -> str:
        """Put the login into a URI, as every VMS does by itself."""
        return uri.replace("://", f"://{self.username}:{self.password}@", 1)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A running demo; tests share it, so they leave it as they found it."""
    log = tmp_path_factory.mktemp("demo") / "demo.log"
    with program("demo", "--json", "--http-port", "0", "--rtsp-port", "0", "--onvif-port", "0", log=log) as running:
        yield Demo(running.ready)
