"""The certificate that all devices show over TLS: the operator's own, or one that the bridge makes and keeps.

The bridge's own is signed by nobody, as a camera's is; clients that care remember it. That is why it stays the same
until it runs out, wherever the bridge moves.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
from contextlib import contextmanager
from datetime import datetime, timedelta
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bridge.core.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bridge.config.models import TlsSection
    from bridge.store.state import StateStore

COMMON_NAME = "onvif-bridge"

LIFETIME = timedelta(days=3650)

BACKDATED = timedelta(days=1)
"""The clocks of clients, and of hosts that have just started, are late at times."""

RENEWED_BEFORE = timedelta(days=30)
"""A certificate with less than this left is replaced when the bridge starts."""

log = structlog.get_logger(__name__)


class CertificateError(BridgeError):
    """There is no certificate that can be shown."""


async def server_context(
    section: TlsSection | None, state: StateStore, *, hosts: Iterable[str], utc: datetime, folder: Path
) -> ssl.SSLContext | None:
    """Return what TLS is served with; None if it is switched off.

    Args:
        section: `bridge.tls` of the configuration.
        state: where the bridge's own certificate is kept.
        hosts: names and addresses that a new certificate is valid for.
        utc: the time.
        folder: that of the state file.

    Raises:
        CertificateError: the files of the configuration cannot be used, or the bridge's own cannot be loaded.
        StateError: the state file cannot be used.
    """
    if section is None:
        return None
    if section.certificate is not None:
        return await asyncio.to_thread(_from_files, section.certificate, section.key)
    try:
        kept = await state.certificate()
        context = None if kept is None else await asyncio.to_thread(_from_kept, kept, utc, folder)
        if context is None:
            pem = await asyncio.to_thread(self_signed, sorted(set(hosts)), utc)
            await state.keep_certificate(pem)
            log.info("tls.certificate_made", expires=runs_out(pem).isoformat())
            context = await asyncio.to_thread(_from_pem, pem, folder)
    except (OSError, ValueError) as error:
        raise CertificateError(f"the bridge's own certificate cannot be loaded (bridge.tls): {error}") from error
    return context


async def renew(context: ssl.SSLContext, section: TlsSection) -> None:
    """Show what the operator's files hold now to those who connect from now on; nothing for the bridge's own.

    Raises:
        CertificateError: the files cannot be used; the context shows what it has shown.
    """
    if section.certificate is not None:
        # In a new context first: one that takes a certificate and then not the key has neither.
        await asyncio.to_thread(_from_files, section.certificate, section.key)
        # Not in a thread: OpenSSL must not shake hands with it meanwhile.
        context.load_cert_chain(section.certificate, section.key, password="")


def runs_out(pem: str) -> datetime:
    """Return the time until which a certificate is valid."""
    return x509.load_pem_x509_certificate(pem.encode("ascii")).not_valid_after_utc


def self_signed(hosts: Iterable[str], utc: datetime) -> str:
    """Return a new private key and its certificate, as PEM. Blocks for some milliseconds.

    Args:
        hosts: names and addresses that it is valid for.
        utc: the time from which it is.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utc - BACKDATED)
        .not_valid_after(utc + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_alternative_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (private + certificate.public_bytes(serialization.Encoding.PEM)).decode("ascii")


def _alternative_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _from_kept(pem: str, utc: datetime, folder: Path) -> ssl.SSLContext | None:
    """Return what a kept certificate is served with; None if there has to be a new one."""
    try:
        if runs_out(pem) - utc < RENEWED_BEFORE:
            return None
        return _from_pem(pem, folder)
    except (ssl.SSLError, ValueError) as error:
        log.warning("tls.certificate_damaged", reason=str(error), remedy="a new one is made: clients have to accept it")
        return None


def _from_pem(pem: str, folder: Path) -> ssl.SSLContext:
    context = _new_context()
    with _as_file(pem, folder) as path:
        context.load_cert_chain(path)
    return context


@contextmanager
def _as_file(pem: str, folder: Path) -> Iterator[str]:
    """Yield the path of a file for the ssl module, which reads nothing else.

    It lies in memory where the system can do that, else beside the state file, which holds the key as well: a bridge
    may have no other place to write to.
    """
    memory = _memory()
    if memory is None:
        with NamedTemporaryFile("w", dir=folder, suffix=".pem") as file:  # of mode 0600
            file.write(pem)
            file.flush()
            yield file.name
    else:
        with os.fdopen(memory, "w") as file:
            file.write(pem)
            file.flush()
            yield f"/proc/self/fd/{memory}"


def _memory() -> int | None:
    """Return the number of a new file in memory, None if the system has none or does not allow it."""
    try:
        return os.memfd_create("bridge.pem")
    except (AttributeError, OSError):
        return None


def _from_files(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = _new_context()
    try:
        # The password keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        raise CertificateError(f"{certificate} and {key} (bridge.tls) cannot be used: {error}") from error
    return context


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context
