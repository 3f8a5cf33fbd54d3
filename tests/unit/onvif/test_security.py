"""Who may call what, with which credentials."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bridge.core.users import User, UserLevel
from bridge.onvif.compatibility import DEFAULTS
from bridge.onvif.operation import Access
from bridge.onvif.security import BASIC_CHALLENGE, CredentialsMissing, Denied, Gatekeeper, Verifiers
from bridge.proto.http.digest import DigestServer
from bridge.proto.http.guessing import FREE_GUESSES
from bridge.proto.soap.envelope import read_envelope
from tests.clients.soap import digest_authorization, envelope, username_token
from tests.unit.onvif.bench_camera import HandClock
from tests.unit.onvif.served import ACCOUNTS, PASSWORD, ThreeUsers

if TYPE_CHECKING:
    from lxml import etree

URI = "/onvif/device_service"
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


class Gate:
    """A gatekeeper with a clock, and clients of it."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.digest = DigestServer("test", key=b"k" * 32)
        self.keeper = Gatekeeper(Verifiers(self.digest), users=ThreeUsers(), clock=self.clock, compatibility=DEFAULTS)

    def token(self, user: str = "operator", password: str = PASSWORD) -> etree._Element | None:
        block = username_token(user, password, created=self.clock.utc())
        return read_envelope(envelope("<x/>", block).encode()).security

    def http(self, user: str = "operator", password: str = PASSWORD, method: str = "POST") -> str:
        challenge = self.digest.challenges(self.clock.now(), algorithms=("MD5",))[0]
        return digest_authorization(challenge, username=user, password=password, method=method, uri=URI)

    def admit(
        self,
        access: Access = Access.READ_MEDIA,
        http: str | None = None,
        token: etree._Element | None = None,
        address: str = HERE,
    ) -> User | None:
        return self.keeper.admit(access, authorization=http, security=token, address=address)

    def admit_http(self, authorization: str | None, address: str = HERE) -> User:
        return self.keeper.admit_http(authorization, method="GET", address=address)

    def denied(self, http: str | None = None, token: etree._Element | None = None, address: str = HERE) -> Denied:
        with pytest.raises(Denied) as caught:
            self.admit(http=http, token=token, address=address)
        assert (caught.value.code, caught.value.subcodes) == ("Sender", ("NotAuthorized",))
        return caught.value


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_no_credentials_are_answered_with_a_challenge(gate):
    (challenge,) = gate.denied().challenges
    assert challenge.startswith("Digest ")
    assert "stale=true" not in challenge
    assert isinstance(gate.denied(), CredentialsMissing)
    assert not isinstance(gate.denied(token=gate.token(password="wrong")), CredentialsMissing)


def test_each_way_alone_lets_in(gate):
    assert gate.admit(http=gate.http()) == ACCOUNTS["operator"]
    assert gate.admit(token=gate.token()) == ACCOUNTS["operator"]


def test_both_together_must_both_be_right(gate):
    assert gate.admit(http=gate.http(), token=gate.token()) == ACCOUNTS["operator"]
    assert gate.denied(gate.http(), gate.token(password="wrong")).challenges
    assert gate.denied(gate.http(password="wrong"), gate.token()).challenges
    assert "different users" in gate.denied(gate.http(), gate.token("user")).reason


def test_an_empty_token_counts_as_none(gate):
    assert gate.admit(http=gate.http(), token=gate.token("")) == ACCOUNTS["operator"]
    assert "required" in gate.denied(token=gate.token("")).reason


def test_an_old_nonce_is_told_apart_from_a_wrong_password(gate):
    http = gate.http()
    gate.clock.advance(3600)
    (challenge,) = gate.denied(http).challenges
    assert "stale=true" in challenge.lower()


def test_basic_is_no_way_into_the_services(gate):
    basic = "Basic " + base64.b64encode(f"operator:{PASSWORD}".encode()).decode()
    assert gate.denied(basic).challenges


def test_a_level_that_is_too_low_is_no_reason_to_ask_for_the_password_again(gate):
    with pytest.raises(Denied) as caught:
        gate.admit(Access.WRITE_SYSTEM, token=gate.token("user"))
    assert caught.value.challenges == ()


def test_broken_credentials_do_not_matter_where_none_are_needed(gate):
    assert gate.admit(Access.PRE_AUTH, "Digest nonsense", gate.token(password="wrong")) is None


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        (UserLevel.ADMINISTRATOR, set(Access)),
        (UserLevel.OPERATOR, {Access.PRE_AUTH, Access.READ_SYSTEM, Access.READ_MEDIA, Access.ACTUATE}),
        (UserLevel.USER, {Access.PRE_AUTH, Access.READ_SYSTEM, Access.READ_MEDIA}),
    ],
)
def test_each_level_may_call_its_classes(gate, level, allowed):
    def may(access: Access) -> bool:
        try:
            return bool(gate.admit(access, token=gate.token(level.lower())) == ACCOUNTS[level.lower()])
        except Denied:
            return False

    allowed = allowed - {Access.PRE_AUTH}  # nobody is identified there
    assert {access for access in Access if may(access)} == allowed


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_snapshots_take_digest_and_basic(gate):
    assert gate.admit_http(gate.http(method="GET")) == ACCOUNTS["operator"]
    assert gate.admit_http(basic("user", PASSWORD)) == ACCOUNTS["user"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer x",
        "Digest nonsense",
        "Basic",
        "Basic !",
        "Basic //8=",
        basic("user", "wrong"),
        basic("user", ""),
        basic("nobody", ""),
    ],
)
def test_snapshots_take_nothing_else_and_offer_both(gate, authorization):
    with pytest.raises(Denied) as caught:
        gate.admit_http(authorization)
    digest, last = caught.value.challenges
    assert digest.startswith("Digest ")
    assert last == BASIC_CHALLENGE


def test_an_old_nonce_of_a_snapshot_is_stale(gate):
    http = gate.http(method="GET")
    gate.clock.advance(3600)
    with pytest.raises(Denied) as caught:
        gate.admit_http(http)
    assert "stale=true" in caught.value.challenges[0].lower()
    assert caught.value.challenges[1] == BASIC_CHALLENGE


# ------------------------------------------------------------------------------------------------------------ guessing


GUESSES = {
    "Digest": lambda gate, name: gate.denied(http=gate.http(name, "wrong")),
    "UsernameToken": lambda gate, name: gate.denied(token=gate.token(name, "wrong")),
    "Basic": lambda gate, name: snapshot_denied(gate, basic(name, "wrong")),
}


def snapshot_denied(gate: Gate, authorization: str) -> Denied:
    with pytest.raises(Denied) as caught:
        gate.admit_http(authorization)
    return caught.value


@pytest.mark.parametrize("way", GUESSES)
@pytest.mark.parametrize("name", ["operator", "nobody"])
def test_guesses_are_answered_at_once_at_first_and_then_more_and_more_slowly(gate, way, name):
    held = [GUESSES[way](gate, name).hold_s for _ in range(FREE_GUESSES + 3)]
    assert held[:FREE_GUESSES] == [0.0] * FREE_GUESSES
    assert 0 < held[-3] < held[-2] < held[-1]


def test_guesses_count_together_however_they_come(gate):
    for number in range(FREE_GUESSES):
        list(GUESSES.values())[number % 3](gate, "operator")
    assert all(guess(gate, "operator").hold_s for guess in GUESSES.values())


def test_the_right_password_is_taken_from_the_very_address_that_guesses(gate):
    for _ in range(3 * FREE_GUESSES):
        gate.denied(http=gate.http(password="wrong"))
    assert gate.admit(http=gate.http()) == gate.admit(token=gate.token()) == ACCOUNTS["operator"]
    assert gate.admit_http(basic("operator", PASSWORD)) == ACCOUNTS["operator"]


def test_only_wrong_passwords_are_guesses(gate):
    gate.clock.advance(-1000)
    early = gate.token()
    gate.clock.advance(1000)
    used = gate.token()
    gate.admit(token=used)
    for _ in range(2 * FREE_GUESSES):
        assert gate.denied().hold_s == gate.denied(token=early).hold_s == gate.denied(token=used).hold_s == 0
    stale = gate.http()
    gate.clock.advance(3600)
    assert [gate.denied(http=stale).hold_s for _ in range(2 * FREE_GUESSES)] == [0.0] * (2 * FREE_GUESSES)
