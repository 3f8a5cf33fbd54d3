"""Starts the project's own commands as real programs and waits for their ready lines."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMMAND = (sys.executable, "-m", "bridge")
READY_S = 20.0
STOP_S = 5.0  # what `product.md` 3 promises


@dataclass
class Program:
    """A running command."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    log: Path

    def stop(self) -> int:
        """Ask it to end, as an operator would; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def ask(self, **command: object) -> dict[str, Any]:
        """Tell it something on stdin, and return what it answers; only for programs that converse."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()
        return _read_line(self.process.stdout, self.log)


@contextmanager
def program(*arguments: str, log: Path, command: Sequence[str] = COMMAND) -> Iterator[Program]:
    """Run `onvif-bridge ARGUMENTS`; its log goes to a file, for the reader of a failure."""
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        assert process.stdout is not None
        try:
            ready = _read_line(process.stdout, log)
            assert ready["ready"] is True
            yield Program(process, ready, log)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    process.kill()


def _read_line(stdout: IO[bytes], log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + READY_S
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(deadline - time.monotonic()):
                raise AssertionError(f"no line within {READY_S} s; see {log}")
            chunk = os.read(stdout.fileno(), 65536)
            if not chunk:
                raise AssertionError(f"it ended without a line:\n{log.read_text()}")
            line += chunk
    answer: dict[str, Any] = json.loads(line)
    return answer
