"""A helper process, seen from the harness: questions, answers, processor time and memory.

Linux only: the clock of another process (clock_getcpuclockid) and `/proc` tell what it costs, to the nanosecond and
with all its threads, without asking it.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

ANSWER_S = 60.0
STOP_S = 10.0


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used so far."""
    clock_of_process = (~pid << 3) | 2
    return time.clock_gettime(clock_of_process)


def memory_mb(pid: int, kind: str = "VmRSS") -> float:
    """Memory that a process holds now (`VmRSS`), or has held at most (`VmHWM`)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == kind:
            return int(value.split()[0]) / 1024
    raise LookupError(kind)


class Child:
    """Runs `python -m tests.perf.MODULE ARGUMENTS` for as long as the context lasts.

    Args:
        module: which helper.
        arguments: its command line; numbers are welcome.
        profile: write a cProfile record of it there.
    """

    def __init__(self, module: str, *arguments: object, profile: Path | None = None) -> None:
        profiler = () if profile is None else ("-m", "cProfile", "-o", str(profile))
        self.module = module
        self._process = subprocess.Popen(
            [sys.executable, *profiler, "-m", f"tests.perf.{module}", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self.pid = self._process.pid
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Self:
        try:
            self.ready = self._listen()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop()

    def ask(self, **question: object) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return self._listen()

    @property
    def cpu_s(self) -> float:
        """Processor seconds used so far."""
        return cpu_s(self.pid)

    def _listen(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(ANSWER_S):
                raise TimeoutError(f"{self.module} says nothing")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.module} has ended; what it said is on stderr")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _stop(self) -> None:
        """Let it end by itself, which it does when nobody asks any more."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
