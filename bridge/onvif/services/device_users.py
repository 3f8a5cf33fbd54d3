"""The Device service about its users (ONVIF Core, section on user handling).

Every change counts for the next request over SOAP, for snapshots and over RTSP, and ends the RTSP sessions of accounts
that are gone or have another password. It is made whole or not at all: the new set is worked out first, and kept only
if nothing is wrong with any part of it. One Administrator always remains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import ClientFault
from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.types import device_users as messages

if TYPE_CHECKING:
    from collections.abc import Mapping

log = structlog.get_logger(__name__)

MOST_USERS = 32
"""More than any recorder or household needs; each costs a line in the state file."""

MOST_USERNAME_CHARS = 64
MOST_PASSWORD_CHARS = 64
"""ONVIF asks for at least 28: the length of a derived password."""


@operation(access=Access.READ_SYSTEM_SECRET)
async def get_users(call: Call, _request: messages.GetUsers) -> messages.GetUsersResponse:
    """List the accounts, without their passwords."""
    return messages.GetUsersResponse(
        user=tuple(
            messages.User(username=user.username, user_level=messages.UserLevel(user.level))
            for user in call.device.users
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def create_users(call: Call, request: messages.CreateUsers) -> messages.CreateUsersResponse:
    """Add accounts."""
    users = _users(call)
    for asked in request.user:
        if asked.username in users:
            raise _prohibited("UsernameClash", f"There is a user {asked.username!r} already")
        _check_username(asked.username)
        users[asked.username] = _user(asked, weak_password="Password")  # noqa: S106 (the name of a fault)
    if len(users) > MOST_USERS:
        raise ClientFault("Receiver", ("Action", "TooManyUsers"), f"There is room for {MOST_USERS} users")
    _keep(call, users)
    return messages.CreateUsersResponse()


@operation(access=Access.WRITE_SYSTEM)
async def set_user(call: Call, request: messages.SetUser) -> messages.SetUserResponse:
    """Change passwords and levels. A missing password would mean an empty one, and there are none."""
    users = _users(call)
    for asked in request.user:
        _check_known(asked.username, users)
        users[asked.username] = _user(asked, weak_password="PasswordTooWeak")  # noqa: S106 (the name of a fault)
    _keep(call, users)
    return messages.SetUserResponse()


@operation(access=Access.WRITE_SYSTEM)
async def delete_users(call: Call, request: messages.DeleteUsers) -> messages.DeleteUsersResponse:
    """Remove accounts."""
    users = _users(call)
    for username in dict.fromkeys(request.username):
        _check_known(username, users)
        del users[username]
    _keep(call, users)
    return messages.DeleteUsersResponse()


def _users(call: Call) -> dict[str, User]:
    return {user.username: user for user in call.device.users}


def _user(asked: messages.User, *, weak_password: str) -> User:
    """Return the account that a client describes.

    Args:
        asked: the description.
        weak_password: the fault for a password that is missing or empty; each operation has its own.

    Raises:
        ClientFault: the password or the level cannot be had.
    """
    if not asked.password:
        raise _prohibited(weak_password, "A user has a password")
    if len(asked.password) > MOST_PASSWORD_CHARS:
        raise _prohibited("PasswordTooLong", f"A password has at most {MOST_PASSWORD_CHARS} characters")
    if asked.user_level is messages.UserLevel.ANONYMOUS:
        raise _prohibited("AnonymousNotAllowed", "Without a name there is no access")
    if asked.user_level is messages.UserLevel.EXTENDED:
        raise ClientFault("Sender", ("InvalidArgVal",), "The level Extended is not in use")
    return User(asked.username, Secret(asked.password), UserLevel(asked.user_level))


def _check_username(username: str) -> None:
    if not username:
        raise _prohibited("UsernameTooShort", "A user has a name")
    if len(username) > MOST_USERNAME_CHARS:
        raise _prohibited("UsernameTooLong", f"A user name has at most {MOST_USERNAME_CHARS} characters")
    if ":" in username or not username.isprintable() or username != username.strip():
        # HTTP ends the name at a colon, and the UsernameToken's reader trims it.
        reason = "A user name has no colon, no control characters and no white space around it"
        raise ClientFault("Sender", ("InvalidArgVal",), reason)


def _check_known(username: str, users: Mapping[str, User]) -> None:
    if username not in users:
        raise ClientFault("Sender", ("InvalidArgVal", "UsernameMissing"), "There is no such user")


def _keep(call: Call, users: Mapping[str, User]) -> None:
    if not any(user.level is UserLevel.ADMINISTRATOR for user in users.values()):
        raise ClientFault("Sender", ("InvalidArgVal", "FixedUser"), "One Administrator has to remain")
    call.device.users.replace(users.values())
    by = None if call.user is None else call.user.username
    log.info("users.changed", device=call.device.camera.id, users=len(users), by=by)


def _prohibited(subcode: str, reason: str) -> ClientFault:
    return ClientFault("Sender", ("OperationProhibited", subcode), reason)
