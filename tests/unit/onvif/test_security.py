"""Who may call what, with which credentials."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bridge.core.users import User, UserLevel
from bridge.onvif.operation import Access
from bridge.onvif.security import BASIC_CHALLENGE, Denied, Gatekeeper
from bridge.proto.http.digest import DigestServer
from bridge.proto.soap.envelope import read_envelope
from bridge.proto.soap.wsse import TokenVerifier
from tests.clients.soap import digest_authorization, envelope, username_token
from tests.unit.onvif.bench_camera import HandClock
from tests.unit.onvif.served import ACCOUNTS, PASSWORD, ThreeUsers

if TYPE_CHECKING:
    from lxml import etree

URI = "/onvif/device_service"


class Gate:
    """A gatekeeper with a clock, and clients of it."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.digest = DigestServer("test", key=b"k" * 32)
        self.keeper = Gatekeeper(digest=self.digest, tokens=TokenVerifier(), users=ThreeUsers(), clock=self.clock)

    def token(self, user: str = "operator", password: str = PASSWORD) -> etree._Element | None:
        block = username_token(user, password, created=self.clock.utc())
        return read_envelope(envelope("<x/>", block).encode()).security

    def http(self, user: str = "operator", password: str = PASSWORD, method: str = "POST") -> str:
        challenge = self.digest.challenges(self.clock.now())[0]
        return digest_authorization(challenge, username=user, password=password, method=method, uri=URI)

    def admit(
        self, access: Access = Access.READ_MEDIA, http: str | None = None, token: etree._Element | None = None
    ) -> User | None:
        return self.keeper.admit(access, authorization=http, security=token)

    def denied(self, http: str | None = None, token: etree._Element | None = None) -> Denied:
        with pytest.raises(Denied) as caught:
            self.admit(http=http, token=token)
        assert (caught.value.code, caught.value.subcodes) == ("Sender", ("NotAuthorized",))
        return caught.value


@pytest.fixture
def gate() -> Gate:
    return Gate()


def test_no_credentials_are_answered_with_a_challenge(gate):
    (challenge,) = gate.denied().challenges
    assert challenge.startswith("Digest ")
    assert "stale=true" not in challenge


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
    assert gate.keeper.admit_http(gate.http(method="GET"), method="GET") == ACCOUNTS["operator"]
    assert gate.keeper.admit_http(basic("user", PASSWORD), method="GET") == ACCOUNTS["user"]


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
        gate.keeper.admit_http(authorization, method="GET")
    digest, last = caught.value.challenges
    assert digest.startswith("Digest ")
    assert last == BASIC_CHALLENGE


def test_an_old_nonce_of_a_snapshot_is_stale(gate):
    http = gate.http(method="GET")
    gate.clock.advance(3600)
    with pytest.raises(Denied) as caught:
        gate.keeper.admit_http(http, method="GET")
    assert "stale=true" in caught.value.challenges[0].lower()
    assert caught.value.challenges[1] == BASIC_CHALLENGE
