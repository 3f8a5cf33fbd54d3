"""Identities, patience, secrets and errors."""

from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import AuthFailed, Busy, CameraError, ClientFault, ConfigError, ConfigProblem, WireError
from bridge.core.ids import device_mac, device_serial, device_uuid
from bridge.core.model import CameraDescription, CameraInfo, Secret
from bridge.core.timing import Backoff

BRIDGE = UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2")


def test_identities_are_stable_for_a_camera_and_a_bridge():
    device = device_uuid(BRIDGE, "front-door")
    assert device == device_uuid(BRIDGE, "front-door")
    assert device.version == 5


@given(st.sets(st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True), min_size=2, max_size=20))
def test_no_two_cameras_share_an_identity(cameras):
    devices = [device_uuid(BRIDGE, camera) for camera in cameras]
    assert len({device_mac(device) for device in devices}) == len(cameras)
    assert len({device_serial(device) for device in devices}) == len(cameras)


def test_hardware_addresses_are_locally_administered_unicast():
    first = int(device_mac(device_uuid(BRIDGE, "x")).split(":")[0], 16)
    assert first & 0b11 == 0b10


def test_patience_doubles_to_its_limit_and_begins_again_after_a_success():
    backoff = Backoff(first_s=1.0, most_s=8.0, random=Random(1))
    delays = [backoff.next_delay_s() for _ in range(6)]
    assert all(base <= delay <= base * 1.2 for base, delay in zip((1, 2, 4, 8, 8, 8), delays, strict=True))
    backoff.reset()
    assert backoff.next_delay_s() <= 1.2


def test_a_secret_shows_nothing_but_compares_and_hashes():
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {secret!s}"
    assert secret == Secret("hunter2") != Secret("other")
    assert hash(secret) == hash(Secret("hunter2"))
    assert secret != "hunter2"


def test_errors_tell_who_where_and_what():
    assert str(AuthFailed("refused", camera="door", operation="Login")) == "door: Login: refused"
    assert str(CameraError("refused")) == "refused"
    assert str(WireError("bad length", offset=3, peer="192.0.2.1")) == "bad length at byte 3 from 192.0.2.1"
    assert str(ConfigError((ConfigProblem("a", "is b"), ConfigProblem("c", "is d")))) == "a: is b; c: is d"
    assert (
        str(ClientFault("Sender", ("InvalidArgVal", "NoProfile"), "no such"))
        == "Sender/InvalidArgVal/NoProfile: no such"
    )
    assert Busy("locked", wait_s=300).wait_s == 300


def test_refusals_wait_longer_than_outages():
    assert AuthFailed.retry_after_s >= 300 > CameraError.retry_after_s


@pytest.mark.parametrize(("name", "found"), [("main", False)])
def test_a_description_finds_its_streams_by_name(name, found):
    info = CameraInfo("m", "m", "f", "h", "s", "n")
    assert (CameraDescription(info, streams=()).stream(name) is not None) is found
