"""Messages of the Device service about its users (Core specification, `devicemgmt.wsdl`)."""

from __future__ import annotations

from enum import StrEnum

from typing_extensions import override

from bridge.proto.soap.codec import xml_message, xml_type
from bridge.proto.soap.namespaces import TDS, TT


class UserLevel(StrEnum):
    """Levels that the schema knows; a device need not have them all."""

    ADMINISTRATOR = "Administrator"
    OPERATOR = "Operator"
    USER = "User"
    ANONYMOUS = "Anonymous"
    EXTENDED = "Extended"


@xml_type(TT)
class User:
    """One account; the password only ever goes in."""

    username: str
    password: str | None = None
    user_level: UserLevel

    @override
    def __repr__(self) -> str:
        return f"User(username={self.username!r}, user_level={self.user_level})"


@xml_message(TDS)
class GetUsers:
    """Ask for the accounts."""


@xml_message(TDS)
class GetUsersResponse:
    """The accounts, without passwords."""

    user: tuple[User, ...] = ()


@xml_message(TDS)
class CreateUsers:
    """Add accounts, all or none."""

    user: tuple[User, ...]


@xml_message(TDS)
class CreateUsersResponse:
    """Done."""


@xml_message(TDS)
class SetUser:
    """Change passwords and levels of accounts, all or none."""

    user: tuple[User, ...]


@xml_message(TDS)
class SetUserResponse:
    """Done."""


@xml_message(TDS)
class DeleteUsers:
    """Remove accounts, all or none."""

    username: tuple[str, ...]


@xml_message(TDS)
class DeleteUsersResponse:
    """Done."""
