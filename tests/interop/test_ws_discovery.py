"""WSDiscovery (PyPI) finds a device across a wire; and two hundred devices of one process all answer one Probe.

Bridge and client are on two hosts, network namespaces that the test makes: multicast goes over a link, and nobody else
on the network hears of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.soap import envelope
from tests.programs import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.programs import Program

pytestmark = [pytest.mark.interop, pytest.mark.multicast, pytest.mark.timeout(90)]

HERE = Path(__file__).parent
MANY = 200
ALL_WITHIN_S = 2.0
"""The standard spreads answers over half a second (APP_MAX_DELAY); the rest is what a busy machine needs."""

WS_DISCOVERY = (str(HERE / ".venv/bin/python"), str(HERE / "ws_discovery.py"))
PROBE_ONCE = (sys.executable, "-m", "tests.interop.probe_once")

DATE_AND_TIME = envelope("<GetSystemDateAndTime xmlns='http://www.onvif.org/ver10/device/wsdl'/>")


@dataclass(frozen=True)
class Host:
    """A network namespace, by the process that holds it."""

    address: str
    holder: str

    def command(self, *words: str) -> list[str]:
        """Return a command that runs there."""
        entering = ("nsenter", "--preserve-credentials", "--user", "--net", "--target", self.holder)
        return [*entering, "--", *words]


@contextmanager
def two_hosts() -> Iterator[tuple[Host, Host]]:
    """Two hosts on a wire; skips where a process may not make namespaces."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("needs unshare (util-linux) and ip (iproute2)")
    command = ["unshare", "--user", "--map-root-user", "--net", str(HERE / "two_hosts")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stderr is not None
        line = holder.stdout.readline().decode()
        if not line:
            pytest.skip(f"network namespaces cannot be made here: {holder.stderr.read().decode().strip()}")
        first, second = line.split()
        try:
            yield Host("10.77.0.1", first), Host("10.77.0.2", second)
        finally:
            holder.stdin.close()


@contextmanager
def bridge_on(host: Host, folder: Path, *, cameras: int) -> Iterator[Program]:
    """Run a simulated camera and a bridge that presents it as many devices."""
    python = (sys.executable, "-m", "bridge")
    with ExitStack() as stack:
        simulator = stack.enter_context(
            program("simulate", "reolink", log=folder / "simulator.log", command=host.command(*python))
        )
        configuration = folder / "bridge.json"  # JSON is YAML too
        configuration.write_text(json.dumps(configured(host, folder, simulator.ready, cameras=cameras)))
        yield stack.enter_context(
            program("run", "--config", str(configuration), log=folder / "bridge.log", command=host.command(*python))
        )


def configured(host: Host, folder: Path, simulator: dict[str, str], *, cameras: int) -> dict[str, Any]:
    camera = {
        "family": "reolink",
        "host": "127.0.0.1",
        "port": int(simulator["api"].rpartition(":")[2]),
        "tls": simulator["api"].startswith("https"),
        "username": simulator["username"],
        "password": simulator["password"],
        "rtsp_port": int(simulator["rtsp"].rpartition(":")[2]),
        "onvif_port": 0,
    }
    return {
        "bridge": {"bind": host.address, "rtsp_port": 0, "http_port": 0, "state": str(folder / "state.db")},
        "users": [{"username": "viewer", "password": "open sesame 7", "level": "User"}],
        "cameras": [camera | {"id": f"camera{number}", "name": f"Camera {number}"} for number in range(cameras)],
    }


def said_by(host: Host, *command: str) -> Any:
    """Run a client on a host; return the JSON of its last line."""
    done = subprocess.run(host.command(*command), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def answer_of(host: Host, address: str) -> str:
    """Post a question that anybody may ask, from a host."""
    post = (
        "import sys, urllib.request as r; "
        "print(r.urlopen(r.Request(sys.argv[1], sys.argv[2].encode(), "
        "{'Content-Type': 'application/soap+xml; charset=utf-8'}), timeout=5).read().decode())"
    )
    command = host.command(sys.executable, "-c", post, address, DATE_AND_TIME)
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout


def test_a_device_is_found_across_a_wire_and_answers_at_its_address(tmp_path: Path):
    with two_hosts() as (near, far), bridge_on(near, tmp_path, cameras=1) as bridge:
        (device,) = bridge.ready["devices"]
        (found,) = said_by(far, *WS_DISCOVERY, "2")
        assert found["uuid"] == device["uuid"]
        assert found["xaddrs"] == [device["xaddr"]]
        assert set(found["types"]) == {"Device", "NetworkVideoTransmitter"}
        assert "onvif://www.onvif.org/name/Camera 0" in found["scopes"]  # it has unquoted the space
        assert any(scope.startswith("onvif://www.onvif.org/hardware/") for scope in found["scopes"])
        assert "UTCDateTime" in answer_of(far, found["xaddrs"][0])


def test_two_hundred_devices_of_one_process_all_answer_one_probe(tmp_path: Path):
    with two_hosts() as (near, far), bridge_on(near, tmp_path, cameras=MANY) as bridge:
        after_s = said_by(far, *PROBE_ONCE, far.address, str(MANY), "10")
        assert set(after_s) == {device["uuid"] for device in bridge.ready["devices"]}
        times = sorted(after_s.values())
        half_s, all_s = times[MANY // 2], times[-1]
        sys.stdout.write(f"\n{MANY} devices answer one Probe: half of them in {half_s:.2f} s, all in {all_s:.2f} s\n")
        assert times[-1] < ALL_WITHIN_S
