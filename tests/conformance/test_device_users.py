"""Base Device Test Specification: accounts, and how those who have one prove it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.clients.soap import SECEXT, TOKEN_PROFILE, UTILITY, SoapClient, digest_authorization
from tests.conformance.dut import NAMESPACES, PASSWORD, USERNAME
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from tests.conformance.dut import Dut

FIRST, SECOND = "OnvifTest123", "OnvifTest321"
"""Passwords."""

USERNAME_CLASH = ("Sender", "OperationProhibited", "UsernameClash")
USERNAME_MISSING = ("Sender", "InvalidArgVal", "UsernameMissing")
NOT_AUTHORIZED = ("Sender", "NotAuthorized")


def users_in_words(operation: str, *users: tuple[str, str, str]) -> str:
    """Return a request with users: name, password and level."""
    words = (
        f"<tds:User><tt:Username>{name}</tt:Username><tt:Password>{password}</tt:Password>"
        f"<tt:UserLevel>{level}</tt:UserLevel></tds:User>"
        for name, password, level in users
    )
    return f"<tds:{operation}>{''.join(words)}</tds:{operation}>"


def delete(*names: str) -> str:
    return f"<tds:DeleteUsers>{''.join(f'<tds:Username>{name}</tds:Username>' for name in names)}</tds:DeleteUsers>"


async def levels(dut: Dut) -> dict[str, str]:
    """Return every user's level. No password is ever told."""
    users = (await dut.ask("<tds:GetUsers/>")).all("tds:User")
    assert not any(each.has("tt:Password") for each in users)
    found = {each.text("tt:Username"): each.text("tt:UserLevel") for each in users}
    assert len(found) == len(users)
    return found


async def can_log_in(dut: Dut, name: str, password: str) -> bool:
    reply = await dut.send("<tds:GetDeviceInformation/>", user=(name, password))
    return reply.status == 200


DEFAULT = {USERNAME: "Administrator"}


async def test_DEVICE_4_1_1(dut):
    """The device lists its users with their levels."""
    assert await levels(dut) == DEFAULT


async def test_DEVICE_4_1_3(dut):
    """A name is given once, and when one of several users cannot be made, none is."""
    await dut.ask(users_in_words("CreateUsers", ("OnvifTest1", FIRST, "Operator")))
    made = {**DEFAULT, "OnvifTest1": "Operator"}
    assert await levels(dut) == made
    again = ("OnvifTest1", FIRST, "User")
    assert await dut.refused(users_in_words("CreateUsers", again)) == USERNAME_CLASH
    fourth = ("OnvifTest4", FIRST, "Operator")
    assert await dut.refused(users_in_words("CreateUsers", fourth, again)) == USERNAME_CLASH
    assert await levels(dut) == made
    await dut.ask(delete("OnvifTest1"))


async def test_DEVICE_4_1_4(dut):
    """Users are deleted one at a time or several at once."""
    made = {"OnvifTest1": "Operator", "OnvifTest2": "Operator", "OnvifTest3": "User"}
    await dut.ask(users_in_words("CreateUsers", *((name, FIRST, level) for name, level in made.items())))
    assert await levels(dut) == {**DEFAULT, **made}
    await dut.ask(delete("OnvifTest1"))
    assert await levels(dut) == {**DEFAULT, "OnvifTest2": "Operator", "OnvifTest3": "User"}
    await dut.ask(delete("OnvifTest2", "OnvifTest3"))
    assert await levels(dut) == DEFAULT


async def test_DEVICE_4_1_5(dut):
    """When one of several users does not exist, none is deleted."""
    await dut.ask(users_in_words("CreateUsers", ("OnvifTest1", FIRST, "Operator")))
    assert await dut.refused(delete("OnvifTest1", "OnvifTest2")) == USERNAME_MISSING
    assert await levels(dut) == {**DEFAULT, "OnvifTest1": "Operator"}
    await dut.ask(delete("OnvifTest1"))
    assert await levels(dut) == DEFAULT


async def test_DEVICE_4_1_6(dut):
    """The users of the factory cannot all be deleted: somebody must be able to come in."""
    assert await dut.refused(delete(*await levels(dut))) == ("Sender", "InvalidArgVal", "FixedUser")
    assert await levels(dut) == DEFAULT


async def test_DEVICE_4_1_7(dut):
    """Users get new passwords, one at a time or several at once.

    The list that the case wants at the end shows another level than was set; that which was set is expected here.
    """
    names = ("OnvifTest1", "OnvifTest2")
    made = {**DEFAULT, **dict.fromkeys(names, "Operator")}
    await dut.ask(users_in_words("CreateUsers", *((name, FIRST, "Operator") for name in names)))
    assert await levels(dut) == made
    await dut.ask(users_in_words("SetUser", ("OnvifTest1", SECOND, "Operator")))
    assert await levels(dut) == made
    assert await can_log_in(dut, "OnvifTest1", SECOND)
    assert not await can_log_in(dut, "OnvifTest1", FIRST)
    await dut.ask(
        users_in_words("SetUser", ("OnvifTest1", FIRST, "Operator"), ("OnvifTest2", SECOND, "Operator")),
    )
    assert await levels(dut) == made
    assert await can_log_in(dut, "OnvifTest1", FIRST)
    assert await can_log_in(dut, "OnvifTest2", SECOND)
    await dut.ask(delete(*names))
    assert await levels(dut) == DEFAULT


async def test_DEVICE_4_1_8(dut):
    """When one of several users does not exist, none is changed."""
    await dut.ask(users_in_words("CreateUsers", ("OnvifTest1", FIRST, "Operator")))
    made = {**DEFAULT, "OnvifTest1": "Operator"}
    assert await levels(dut) == made
    changes = users_in_words("SetUser", ("OnvifTest1", SECOND, "User"), ("OnvifTest5", FIRST, "User"))
    assert await dut.refused(changes) == USERNAME_MISSING
    assert await levels(dut) == made
    assert await can_log_in(dut, "OnvifTest1", FIRST)
    await dut.ask(delete("OnvifTest1"))
    assert await levels(dut) == DEFAULT


async def test_DEVICE_4_1_9(dut):
    """Users of every level can be made."""
    assert await levels(dut) == DEFAULT
    await dut.ask(users_in_words("CreateUsers", ("OnvifTest1", FIRST, "Operator")))
    assert await levels(dut) == {**DEFAULT, "OnvifTest1": "Operator"}
    await dut.ask(users_in_words("CreateUsers", ("OnvifTest2", FIRST, "User")))
    assert await levels(dut) == {**DEFAULT, "OnvifTest1": "Operator", "OnvifTest2": "User"}
    await dut.ask(delete("OnvifTest1", "OnvifTest2"))
    await dut.ask(users_in_words("CreateUsers", ("OnvifTest1", FIRST, "Administrator")))
    assert await levels(dut) == {**DEFAULT, "OnvifTest1": "Administrator"}
    await dut.ask(delete("OnvifTest1"))


# -- credentials -------------------------------------------------------------------------------------------------------


def token(*, nonce: bytes = b"", created: str = "", kind: str = "", in_the_open: bool = False) -> str:
    """Return a token whose digest is right for what stands in it; what is empty is left out."""
    hashed = hashlib.sha1(nonce + created.encode() + PASSWORD.encode(), usedforsecurity=False).digest()
    digest = base64.b64encode(hashed).decode()
    of_kind = f' Type="{TOKEN_PROFILE}#{kind}"' if kind else ""
    encoded = base64.b64encode(nonce).decode()
    return (
        f'<w:Security xmlns:w="{SECEXT}" xmlns:u="{UTILITY}" s:mustUnderstand="1"><w:UsernameToken>'
        f"<w:Username>{USERNAME}</w:Username>"
        f"<w:Password{of_kind}>{PASSWORD if in_the_open else digest}</w:Password>"
        f"{f'<w:Nonce>{encoded}</w:Nonce>' if nonce else ''}"
        f"{f'<u:Created>{created}</u:Created>' if created else ''}</w:UsernameToken></w:Security>"
    )


async def test_SECURITY_1_1_1(dut):
    """A token without nonce, without time or without the digest's type is refused; one with all of them is not."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    nonce = os.urandom(16)
    wrong = (
        token(created=now, kind="PasswordDigest"),
        token(nonce=nonce, kind="PasswordDigest"),
        token(nonce=nonce, created=now),
        token(nonce=nonce, created=now, kind="PasswordText"),
        token(nonce=nonce, created=now, kind="PasswordText", in_the_open=True),
        token(nonce=nonce, created=now, in_the_open=True),
    )
    for header in wrong:
        assert await dut.refused("<tds:GetUsers/>", header=header, user=None) == NOT_AUTHORIZED
    await dut.ask("<tds:GetUsers/>", header=token(nonce=nonce, created=now, kind="PasswordDigest"), user=None)


async def test_SECURITY_1_1_2(dut):
    """Without credentials there is a challenge, and who meets it is let in."""
    path = "/onvif/device_service"
    body = f'<GetUsers xmlns="{NAMESPACES["tds"]}"/>'
    address = urlsplit(dut.xaddr)
    client = SoapClient(f"http://{address.netloc}")
    refused = await client.ask(body, path=path)
    assert refused.status == 401
    challenges = [each for each in refused.headers["www-authenticate"] if each.startswith("Digest ")]
    md5 = next(each for each in challenges if "SHA-256" not in each)
    for part in ("realm", "nonce"):
        assert re.search(rf'\b{part}="[^"]+"', md5)
    met = digest_authorization(md5, username=USERNAME, password=PASSWORD, method="POST", uri=path)
    reply = await client.ask(body, path=path, authorization=met)
    assert reply.status == 200
    the_oracle().check(reply.body)
