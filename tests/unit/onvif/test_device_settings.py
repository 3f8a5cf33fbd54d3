"""What clients set: typed sections of the memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.onvif.settings.clock import DeviceClock
from bridge.onvif.settings.device import (
    DeviceSettings,
    DiscoverySettings,
    DnsSettings,
    Host,
    HostKind,
    HostnameSettings,
    NtpSettings,
    ScopeSettings,
    TimeSettings,
)
from bridge.onvif.settings.users import DeviceUsers
from bridge.runtime.accounts import Accounts
from tests.memory import VolatileMemory
from tests.unit.onvif.bench_camera import NOON, HandClock

ADMIN = User("admin", Secret("1234"), UserLevel.ADMINISTRATOR)
GUEST = User("guest", Secret("guest"), UserLevel.USER)


def fill(settings: DeviceSettings) -> None:
    settings.scopes.write(ScopeSettings(("urn:a",)))
    settings.discovery.write(DiscoverySettings(is_discoverable=False))
    settings.hostname.write(HostnameSettings("gate"))
    settings.dns.write(DnsSettings(True, ("example",), (Host(HostKind.IPV6, "2001:db8::1"),)))
    settings.ntp.write(NtpSettings(False, (Host(HostKind.DNS, "time.example"),)))
    settings.time.write(TimeSettings(True, -1.5, "CET-1", daylight_savings=False))


def state(settings: DeviceSettings) -> list[object]:
    return [
        section.read()
        for section in (
            settings.scopes, settings.discovery, settings.hostname, settings.dns, settings.ntp, settings.time,
            settings.users,
        )
    ]  # fmt: skip


def test_what_was_written_is_read_again_from_the_same_memory():
    memory = VolatileMemory()
    settings = DeviceSettings(memory)
    fill(settings)
    DeviceUsers(Accounts([ADMIN]), settings.users).replace([ADMIN, GUEST])
    again = DeviceSettings(memory)
    assert state(again) == state(settings) != state(DeviceSettings(VolatileMemory()))
    assert list(DeviceUsers(Accounts([]), again.users)) == [ADMIN, GUEST]


@pytest.mark.parametrize(
    "document",
    ["", "nonsense", "[]", '{"offset_s": "later"}', '{"offset_s": 1e300}', '{"is_manual": 1}', '{"offset_s": NaN}'],
)
def test_a_damaged_document_counts_as_never_written_and_is_reported_once(document):
    memory = VolatileMemory()
    memory.write("time", document)
    section = DeviceSettings(memory).time
    with capture_logs() as logs:
        assert [section.read(), section.read()] == [TimeSettings(), TimeSettings()]
    assert [entry["event"] for entry in logs] == ["settings.ignored"]


def test_a_damaged_document_of_users_is_not_repeated_in_the_log():
    memory = VolatileMemory()
    memory.write("users", '{"users": [{"username": "a", "password": "rosebud", "level": "Emperor"}]}')
    with capture_logs() as logs:
        assert list(DeviceUsers(Accounts([ADMIN]), DeviceSettings(memory).users)) == [ADMIN]
    assert "rosebud" not in repr(logs)


def test_a_document_with_fields_that_are_not_known_yet_is_read_without_them():
    memory = VolatileMemory()
    memory.write("hostname", '{"name": "gate", "of_the_future": 1}')
    assert DeviceSettings(memory).hostname.read() == HostnameSettings("gate")


def test_a_hard_reset_forgets_everything_and_a_soft_one_keeps_the_way_in():
    memory = VolatileMemory()
    settings = DeviceSettings(memory)
    for is_hard in (False, True):
        fill(settings)
        users = DeviceUsers(Accounts([ADMIN]), settings.users)
        users.replace([ADMIN, GUEST])
        memory.write("profiles", "somebody else's section")
        settings.reset(hard=is_hard)
        assert memory.read("profiles") is None
        assert settings.scopes.read() == ScopeSettings()
        assert settings.discovery.read() == DiscoverySettings()
        assert settings.time.read() == TimeSettings()
        assert settings.hostname.read() == HostnameSettings(None if is_hard else "gate")
        assert settings.dns.read().from_dhcp is not is_hard
        assert settings.ntp.read().from_dhcp is is_hard
        assert list(users) == ([ADMIN] if is_hard else [ADMIN, GUEST])


def test_configured_users_follow_the_configuration_until_a_client_changes_them():
    configured = Accounts([ADMIN])
    users = DeviceUsers(configured, DeviceSettings(VolatileMemory()).users)
    configured.replace([ADMIN, GUEST])
    assert users.find("guest") == GUEST
    users.replace([ADMIN])
    configured.replace([GUEST])
    assert list(users) == [ADMIN]
    assert (users.find("admin"), users.find("guest")) == (ADMIN, None)


def test_a_clock_that_was_set_goes_on_from_there():
    host = HandClock()
    clock = DeviceClock(host, DeviceSettings(VolatileMemory()).time)
    assert (clock.utc(), clock.now()) == (NOON, host.now())
    clock.set(NOON - timedelta(days=365))
    host.advance(10)
    assert clock.utc() == NOON - timedelta(days=365) + timedelta(seconds=10)
    assert clock.now() == host.now()
    clock.set(None)
    assert clock.utc() == host.utc()
