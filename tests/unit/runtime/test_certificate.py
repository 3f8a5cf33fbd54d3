"""The certificate: made once, kept, replaced when it runs out, or the operator's own."""

import asyncio
import ipaddress
import os
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from structlog.testing import capture_logs

from bridge.config.models import TlsSection
from bridge.runtime.certificate import LIFETIME, CertificateError, renew, runs_out, self_signed, server_context
from bridge.store.state import open_state

NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
HOSTS = ["127.0.0.1", "::1", "bridge.example"]
OWN = TlsSection()


@pytest.fixture
async def state(tmp_path):
    async with open_state(tmp_path / "state.db") as state:
        yield state


async def context(state, section=OWN, *, utc=NOW, hosts=HOSTS):
    return await server_context(section, state, hosts=hosts, utc=utc, folder=Path("/nowhere"))


def test_it_names_its_hosts_and_lives_for_ten_years():
    certificate = x509.load_pem_x509_certificate(self_signed(HOSTS, NOW).encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["bridge.example"]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(host) for host in HOSTS[:2]]
    assert certificate.not_valid_after_utc == NOW + LIFETIME
    assert certificate.not_valid_before_utc < NOW


async def test_it_is_made_once_and_kept(state):
    served = await context(state)
    assert isinstance(served, ssl.SSLContext)
    kept = await state.certificate()
    await context(state, hosts=["elsewhere.example"], utc=NOW + timedelta(days=3000))
    assert await state.certificate() == kept


async def test_one_that_runs_out_is_replaced(state):
    await context(state)
    later = NOW + LIFETIME - timedelta(days=29)
    await context(state, utc=later)
    assert runs_out(await state.certificate()) == later + LIFETIME


async def test_it_can_be_switched_off(state):
    assert await context(state, None) is None
    assert await state.certificate() is None


def write_pair(folder, *, key=None):
    pem = self_signed(HOSTS, NOW)
    cut = pem.index("-----BEGIN CERT")
    (folder / "bridge.key").write_text(pem[:cut] if key is None else key)
    (folder / "bridge.crt").write_text(pem[cut:])
    return TlsSection(certificate=folder / "bridge.crt", key=folder / "bridge.key") if key is None else None


async def test_the_operators_own_is_shown_and_nothing_is_kept(state, tmp_path):
    section = await asyncio.to_thread(write_pair, tmp_path)
    assert isinstance(await context(state, section), ssl.SSLContext)
    assert await state.certificate() is None


@pytest.mark.parametrize("key", ["", "no key", self_signed(HOSTS, NOW)])
async def test_files_that_do_not_fit_any_more_are_a_clear_error(state, tmp_path, key):
    section = await asyncio.to_thread(write_pair, tmp_path)
    await asyncio.to_thread(write_pair, tmp_path, key=key)
    with pytest.raises(CertificateError, match=r"bridge\.crt and .*bridge\.key \(bridge\.tls\) cannot be used"):
        await context(state, section)


async def test_it_is_loaded_beside_the_state_file_where_there_are_no_files_in_memory(monkeypatch, state, tmp_path):
    def refuse(_name):
        raise PermissionError

    monkeypatch.setattr(os, "memfd_create", refuse)
    before = sorted(tmp_path.iterdir())
    assert await server_context(OWN, state, hosts=HOSTS, utc=NOW, folder=tmp_path)
    assert sorted(tmp_path.iterdir()) == before, "nothing of it stays"
    with pytest.raises(CertificateError, match=r"own certificate cannot be loaded \(bridge\.tls\): .*No such file"):
        await context(state)


@pytest.mark.parametrize("damage", ["", "no PEM", "\xff", self_signed(HOSTS, NOW).partition("-----BEGIN CERT")[0]])
async def test_a_damaged_one_is_replaced(state, damage):
    await state.keep_certificate(damage)
    with capture_logs() as logs:
        assert isinstance(await context(state), ssl.SSLContext)
    assert [entry["event"] for entry in logs] == ["tls.certificate_damaged", "tls.certificate_made"]
    assert runs_out(await state.certificate()) == NOW + LIFETIME


async def test_one_without_its_key_is_replaced(state):
    pem = self_signed(HOSTS, NOW)
    await state.keep_certificate(pem[pem.index("-----BEGIN CERT") :])
    assert isinstance(await context(state), ssl.SSLContext)
    assert "PRIVATE KEY" in await state.certificate()


def shown_by(served):
    """What a client of a context is shown, as PEM."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client, server = trusting.wrap_bio(down, up), served.wrap_bio(up, down, server_side=True)
    for end in (client, server, client):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()
    shown = client.getpeercert(binary_form=True)
    assert shown is not None
    return ssl.DER_cert_to_PEM_cert(shown)


async def test_a_renewed_one_of_the_operator_is_shown_from_then_on(state, tmp_path):
    section = await asyncio.to_thread(write_pair, tmp_path)
    served = await context(state, section)
    before = shown_by(served)
    await asyncio.to_thread(write_pair, tmp_path)
    assert shown_by(served) == before
    await renew(served, section)
    assert shown_by(served) == (tmp_path / "bridge.crt").read_text() != before


async def test_a_broken_pair_of_the_operator_leaves_the_old_one(state, tmp_path):
    section = await asyncio.to_thread(write_pair, tmp_path)
    served = await context(state, section)
    before = shown_by(served)
    await asyncio.to_thread(write_pair, tmp_path, key=self_signed(HOSTS, NOW))
    with pytest.raises(CertificateError, match="cannot be used"):
        await renew(served, section)
    assert shown_by(served) == before


async def test_the_bridges_own_is_not_renewed(state):
    served = await context(state)
    before = shown_by(served)
    await renew(served, OWN)
    assert shown_by(served) == before
