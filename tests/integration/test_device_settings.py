"""What clients set on a device survives a restart of the bridge, and belongs to that device alone."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import zeep.exceptions

from tests.clients.official import service
from tests.clients.rtsp import rtsp_client
from tests.programs import program

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURED = {"username": "owner", "password": "look-at-it"}
CREATED = {"username": "guest", "password": "come-on-in"}
GARDEN = "onvif://www.onvif.org/location/garden"


def configuration(tmp_path: Path) -> Path:
    """Return a bridge with two cameras that nobody ever reaches: the devices are there all the same."""
    cameras = [
        {"id": name, "family": "reolink", "host": "127.0.0.1", "port": 9, "username": "admin", "password": "x"}
        for name in ("gate", "yard")
    ]
    bridge = {"bind": "127.0.0.1", "rtsp_port": 0, "http_port": 0, "discovery": False, "state": f"{tmp_path}/state.db"}
    path = tmp_path / "bridge.yaml"
    path.write_text(json.dumps({"bridge": bridge, "users": [CONFIGURED], "cameras": cameras}))
    return path


def device(ready: dict[str, Any], name: str, account: dict[str, str]) -> Any:
    (xaddr,) = (each["xaddr"] for each in ready["devices"] if each["id"] == name)
    return service("device", xaddr, **account)


def rtsp_status(ready: dict[str, Any], name: str, account: dict[str, str]) -> int:
    """Return what a request that needs an account of that device's streams is answered with."""
    (uri,) = (each["streams"]["main"] for each in ready["devices"] if each["id"] == name)

    async def ask() -> int:
        async with rtsp_client(urlsplit(uri).port, **account) as client:
            reply = await client.request("GET_PARAMETER", uri)
            return int(reply.status)

    return asyncio.run(ask())


def names_of(users: list[Any]) -> list[str]:
    return [user.Username for user in users]


@pytest.mark.timeout(60)
def test_what_clients_set_survives_a_restart_and_is_the_devices_own(tmp_path: Path):
    log = tmp_path / "bridge.log"
    path = configuration(tmp_path)
    with program("run", "--config", str(path), log=log) as bridge:
        gate = device(bridge.ready, "gate", CONFIGURED)
        guest = {"Username": CREATED["username"], "Password": CREATED["password"], "UserLevel": "Administrator"}
        gate.CreateUsers(User=[guest])
        gate = device(bridge.ready, "gate", CREATED)
        gate.DeleteUsers(Username=[CONFIGURED["username"]])
        gate.SetHostname(Name="north-gate")
        gate.SetScopes(Scopes=[GARDEN])
        gate.SetDiscoveryMode(DiscoveryMode="NonDiscoverable")
        gate.SetDNS(FromDHCP=False, SearchDomain=["example"], DNSManual=[{"Type": "IPv4", "IPv4Address": "192.0.2.53"}])
        gate.SetSystemDateAndTime(
            DateTimeType="NTP", DaylightSavings=True, TimeZone={"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}
        )
        assert bridge.stop() == 0
    with program("run", "--config", str(path), log=log) as bridge:
        gate = device(bridge.ready, "gate", CREATED)
        assert names_of(gate.GetUsers()) == [CREATED["username"]]
        assert gate.GetHostname().Name == "north-gate"
        assert GARDEN in [scope.ScopeItem for scope in gate.GetScopes()]
        assert gate.GetDiscoveryMode() == "NonDiscoverable"
        assert gate.GetDNS().DNSManual[0].IPv4Address == "192.0.2.53"
        assert gate.GetSystemDateAndTime().TimeZone.TZ == "CET-1CEST,M3.5.0,M10.5.0/3"
        with pytest.raises(zeep.exceptions.Fault, match="Not authorized"):
            device(bridge.ready, "gate", CONFIGURED).GetUsers()
        yard = device(bridge.ready, "yard", CONFIGURED)
        assert names_of(yard.GetUsers()) == [CONFIGURED["username"]]
        statuses = {
            (name, account["username"]): rtsp_status(bridge.ready, name, account)
            for name in ("gate", "yard")
            for account in (CONFIGURED, CREATED)
        }
        assert statuses == {
            ("gate", "owner"): 401,
            ("gate", "guest"): 200,
            ("yard", "owner"): 200,
            ("yard", "guest"): 401,
        }
        gate.SetSystemFactoryDefault(FactoryDefault="Hard")
        assert names_of(device(bridge.ready, "gate", CONFIGURED).GetUsers()) == [CONFIGURED["username"]]
        assert rtsp_status(bridge.ready, "gate", CREATED) == 401
        assert bridge.stop() == 0
    text = log.read_text()
    assert CREATED["password"] not in text
    assert CONFIGURED["password"] not in text
