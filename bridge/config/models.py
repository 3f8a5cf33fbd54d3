"""The configuration file as types (`product.md` 4). Unknown keys are errors, in every section."""

from __future__ import annotations

import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FilePath,
    StrictBool,
    model_validator,
)

from bridge.config.secrets import resolve_secret
from bridge.core.model import Secret
from bridge.core.users import UserLevel

Port = Annotated[int, Field(ge=0, le=65535)]
CameraPort = Annotated[int, Field(ge=1, le=65535)]
SecretValue = Annotated[Secret, BeforeValidator(resolve_secret)]
Switches = dict[str, StrictBool]
"""Compatibility switches by name; which there are is the loader's to know."""


_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?")


def _address(value: str) -> str:
    try:
        address = ip_address(value)
    except ValueError:
        raise ValueError("must be an IP address of this machine, or 0.0.0.0 for all of them") from None
    if address.is_unspecified and address.version == 6:
        raise ValueError("cannot be the IPv6 wildcard: use 0.0.0.0, or one IPv6 address of this machine")
    return str(address)


def _host(value: str) -> str:
    try:
        return str(ip_address(value.removeprefix("[").removesuffix("]")))
    except ValueError:
        if _HOST_NAME.fullmatch(value):
            return value
    raise ValueError("must be a host name or an IP address, without scheme, port or path")


def _not_empty(value: Secret) -> Secret:
    if not value.reveal():
        raise ValueError("is empty: whoever knows the user name could log in")
    return value


Host = Annotated[str, AfterValidator(_host)]


class Section(BaseModel):
    """A mapping of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


def _switch(value: object) -> object:
    """Read `true` and `false` where a section may stand."""
    if value is None:
        raise ValueError("must be true, false, or the files {certificate: FILE, key: FILE}")
    return {True: {}, False: None}[value] if isinstance(value, bool) else value


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def _certificate(path: Path) -> Path:
    content = _content(path)
    try:
        x509.load_pem_x509_certificates(content)
    except ValueError:
        raise ValueError("holds no certificate in PEM") from None
    return path


def _private_key(path: Path) -> Path:
    content = _content(path)
    try:
        load_pem_private_key(content, password=None)
    except TypeError:
        raise ValueError("is locked with a password: store the key without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("holds no private key in PEM") from None
    return path


class TlsSection(Section):
    """`bridge.tls:` the certificate to show; without files the bridge makes one and keeps it with its state."""

    certificate: Annotated[FilePath, AfterValidator(_certificate)] | None = None
    key: Annotated[FilePath, AfterValidator(_private_key)] | None = None

    @model_validator(mode="after")
    def _are_together(self) -> Self:
        if (self.certificate is None) is not (self.key is None):
            raise ValueError("certificate and key belong together: give both, or neither")
        if self.certificate is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key)
            except OSError as error:
                raise ValueError(f"the certificate cannot be used with the key: {error.strerror}") from None
        return self


class BridgeSection(Section):
    """`bridge:` where the bridge listens and keeps its state. Port 0 means any free port."""

    bind: Annotated[str, AfterValidator(_address)] = "0.0.0.0"  # noqa: S104 - a gateway serves the network
    advertise: Host = "auto"
    rtsp_port: Port = 8554
    http_port: Port = 8000
    tls: Annotated[TlsSection | None, BeforeValidator(_switch)] = TlsSection()
    discovery: bool = True
    compatibility: Switches = Field(default_factory=dict)
    state: Path = Path("bridge-state.db")


class UserEntry(Section):
    """One of `users:`, the accounts of every virtual device."""

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[SecretValue, AfterValidator(_not_empty)]
    level: UserLevel = UserLevel.ADMINISTRATOR


class CameraEntry(Section):
    """One of `cameras:`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    family: str
    host: Host
    port: CameraPort | None = None
    tls: bool = True
    username: str = "admin"
    password: SecretValue
    channel: Annotated[int, Field(ge=0)] = 0
    onvif_port: Port = 0
    rtsp_port: CameraPort | None = None
    compatibility: Switches = Field(default_factory=dict)
    options: dict[str, object] = Field(default_factory=dict)


class Configuration(Section):
    """The whole file."""

    bridge: BridgeSection = BridgeSection()
    users: Annotated[tuple[UserEntry, ...], Field(min_length=1)]
    cameras: tuple[CameraEntry, ...] = ()
