"""The Device service about its users: all-or-nothing, and for every way into the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.onvif.types.device_users import User, UserLevel
from tests.clients.soap import username_token
from tests.unit.onvif.device_bench import ask, done, elements, refused
from tests.unit.onvif.served import PASSWORD, Served, served

if TYPE_CHECKING:
    from collections.abc import Iterable

SNAPSHOT = "/onvif/snapshot/Profile_main"
PROBE = '<GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/>'

USUAL = "OnvifTest123"


def user(name: str, password: str | None = USUAL, level: str = "Operator") -> str:
    secret = "" if password is None else f"<tt:Password>{password}</tt:Password>"
    return f"<User><tt:Username>{name}</tt:Username>{secret}<tt:UserLevel>{level}</tt:UserLevel></User>"


async def users(bench: Served) -> dict[str, str]:
    reply = await done(bench, "GetUsers")
    assert not reply.values("Password")
    return dict(zip(reply.values("Username"), reply.values("UserLevel"), strict=True))


async def can_enter(bench: Served, name: str, password: str) -> bool:
    token = username_token(name, password, created=bench.clock.utc())
    return (await bench.client.ask(PROBE, header=token)).status == 200


CONFIGURED = {"administrator": "Administrator", "operator": "Operator", "user": "User"}


async def test_DEVICE_4_1_1_the_configured_users_are_there_without_their_passwords():
    async with served() as bench:
        assert await users(bench) == CONFIGURED


async def test_DEVICE_4_1_9_users_are_created_and_deleted():
    async with served() as bench:
        await done(bench, "CreateUsers", user("OnvifTest1"))
        await done(bench, "CreateUsers", user("OnvifTest2", level="User"))
        assert await users(bench) == CONFIGURED | {"OnvifTest1": "Operator", "OnvifTest2": "User"}
        assert await can_enter(bench, "OnvifTest1", USUAL)
        await done(bench, "DeleteUsers", elements("Username", "OnvifTest1", "OnvifTest2"))
        assert await users(bench) == CONFIGURED
        assert not await can_enter(bench, "OnvifTest1", USUAL)


async def test_DEVICE_4_1_3_a_name_that_is_taken_creates_nobody():
    async with served() as bench:
        await done(bench, "CreateUsers", user("OnvifTest1"))
        for more in (user("OnvifTest1", level="User"), user("OnvifTest4") + user("OnvifTest1"), 2 * user("OnvifTest5")):
            assert await refused(bench, "CreateUsers", more) == ("Sender", "OperationProhibited", "UsernameClash")
        assert await users(bench) == CONFIGURED | {"OnvifTest1": "Operator"}


async def test_DEVICE_4_1_5_a_name_that_is_unknown_deletes_nobody():
    async with served() as bench:
        fault = await refused(bench, "DeleteUsers", elements("Username", "user", "OnvifTest2"))
        assert fault == ("Sender", "InvalidArgVal", "UsernameMissing")
        assert await users(bench) == CONFIGURED


async def test_DEVICE_4_1_6_the_last_administrator_stays():
    async with served() as bench:
        fault = await refused(bench, "DeleteUsers", elements("Username", *CONFIGURED))
        assert fault == ("Sender", "InvalidArgVal", "FixedUser")
        fault = await refused(bench, "SetUser", user("administrator", level="User"))
        assert fault == ("Sender", "InvalidArgVal", "FixedUser")
        assert await users(bench) == CONFIGURED


async def test_DEVICE_4_1_7_passwords_and_levels_are_changed():
    async with served() as bench:
        await done(bench, "SetUser", user("operator", "OnvifTest321") + user("user", "OnvifTest321", "Operator"))
        assert await users(bench) == CONFIGURED | {"user": "Operator"}
        assert await can_enter(bench, "operator", "OnvifTest321")
        assert not await can_enter(bench, "operator", PASSWORD)


async def test_DEVICE_4_1_8_an_unknown_name_changes_nobody():
    async with served() as bench:
        fault = await refused(bench, "SetUser", user("operator", level="User") + user("OnvifTest5"))
        assert fault == ("Sender", "InvalidArgVal", "UsernameMissing")
        assert await users(bench) == CONFIGURED


@pytest.mark.parametrize(
    ("unwanted", "fault"),
    [
        (user(""), ("Sender", "OperationProhibited", "UsernameTooShort")),
        (user("x" * 65), ("Sender", "OperationProhibited", "UsernameTooLong")),
        (user("x", "p" * 65), ("Sender", "OperationProhibited", "PasswordTooLong")),
        (user("x", ""), ("Sender", "OperationProhibited", "Password")),
        (user("x", None), ("Sender", "OperationProhibited", "Password")),
        (user("x", level="Anonymous"), ("Sender", "OperationProhibited", "AnonymousNotAllowed")),
        (user("x", level="Extended"), ("Sender", "InvalidArgVal")),
        (user("a:b"), ("Sender", "InvalidArgVal")),
        (user(" a"), ("Sender", "InvalidArgVal")),
        (user("a\tb"), ("Sender", "InvalidArgVal")),
        (user("x", level="Emperor"), ("Sender", "InvalidArgs")),
    ],
)
async def test_a_user_that_cannot_be_creates_nobody(unwanted, fault):
    async with served() as bench:
        assert await refused(bench, "CreateUsers", user("good") + unwanted) == fault
        assert await users(bench) == CONFIGURED


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (user("operator", None), "PasswordTooWeak"),
        (user("operator", ""), "PasswordTooWeak"),
        (user("operator", "p" * 65), "PasswordTooLong"),
        (user("operator", level="Anonymous"), "AnonymousNotAllowed"),
    ],
)
async def test_a_change_that_cannot_be_changes_nobody(change, fault):
    async with served() as bench:
        assert await refused(bench, "SetUser", user("user", level="Operator") + change) == (
            "Sender",
            "OperationProhibited",
            fault,
        )
        assert await users(bench) == CONFIGURED


def many(numbers: Iterable[int]) -> str:
    return "".join(user(f"user{number}") for number in numbers)


async def test_there_are_as_many_users_as_announced_and_no_more():
    async with served() as bench:
        most = int((await ask(bench, "GetServiceCapabilities")).text.partition('MaxUsers="')[2].partition('"')[0])
        await done(bench, "CreateUsers", many(range(most - len(CONFIGURED))))
        assert await refused(bench, "CreateUsers", user("another")) == ("Receiver", "Action", "TooManyUsers")
        assert len(await users(bench)) == most


async def test_names_and_passwords_may_be_as_long_as_announced_and_in_any_script():
    async with served() as bench:
        await done(bench, "CreateUsers", user("ü" * 64, "猫" * 64))
        assert await can_enter(bench, "ü" * 64, "猫" * 64)


async def test_the_same_users_see_snapshots():
    async with served() as bench:
        await done(bench, "CreateUsers", user("viewer", PASSWORD, "User"))
        authorization = bench.authorization(user="viewer", method="GET", uri=SNAPSHOT)
        reply = await bench.client.request("GET", SNAPSHOT, headers={"Authorization": authorization})
        assert reply.status == 200


def test_a_request_does_not_show_its_password():
    asked = User(username="viewer", password="rosebud", user_level=UserLevel.USER)
    assert repr(asked) == "User(username='viewer', user_level=User)"


async def test_passwords_are_shown_nowhere():
    async with served() as bench:
        await done(bench, "CreateUsers", user("viewer", "rosebud"))
        settings = bench.device.settings.users.read()
    assert "rosebud" not in repr(settings)
    assert "rosebud" not in repr(list(bench.device.users))
