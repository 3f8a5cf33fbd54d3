"""The simulators' Digest, against the worked example of RFC 2069's form without `qop`."""

from __future__ import annotations

import pytest

from bridge.simulators.wire.digest import DigestGuard, digest_response, parse_parameters

REALM = "LIVE555 Streaming Media"
PASSWORD = "S1m-pass"
CREDENTIALS = ("admin", REALM, PASSWORD)
NONCE = "e70f5b4ffa9d48c1d15e088030090ce6"
BASE = "rtsp://192.168.1.10:554/Preview_01_main"


@pytest.fixture
def guard() -> DigestGuard:
    return DigestGuard(REALM, {"admin": PASSWORD}.get)


def authorization(challenge: str, *, method: str = "DESCRIBE", password: str = PASSWORD, username: str = "admin"):
    fields = parse_parameters(challenge.removeprefix("Digest "))
    response = digest_response(
        (username, fields["realm"], password), nonce=fields["nonce"], method=method, uri="rtsp://h/p"
    )
    return (
        f'Digest username="{username}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", '
        f'uri="rtsp://h/p", response="{response}"'
    )


@pytest.mark.parametrize(
    ("method", "uri", "expected"),
    [
        ("DESCRIBE", BASE, "49e6466a904d9671cc32f0201d5a1ed8"),
        ("SETUP", f"{BASE}/track1", "cecc01f3391082d46af136cbb4b83f19"),
        ("PLAY", f"{BASE}/", "6c34d49f77c8f9ba0fc33926b20c168f"),
    ],
)
def test_response_is_that_of_the_worked_example(method, uri, expected):
    assert digest_response(CREDENTIALS, nonce=NONCE, method=method, uri=uri) == expected


def test_right_answer_is_accepted_again_and_again(guard):
    challenge = guard.challenge()
    assert guard.accepts(authorization(challenge), "DESCRIBE")
    assert guard.accepts(authorization(challenge, method="SETUP"), "SETUP")


def test_challenge_names_the_realm_and_offers_no_qop(guard):
    assert parse_parameters(guard.challenge().removeprefix("Digest ")).keys() == {"realm", "nonce"}
    assert f'realm="{REALM}"' in guard.challenge()


def test_wrong_password_user_or_method_is_refused(guard):
    challenge = guard.challenge()
    assert not guard.accepts(authorization(challenge, password="wrong"), "DESCRIBE")
    assert not guard.accepts(authorization(challenge, username="nobody"), "DESCRIBE")
    assert not guard.accepts(authorization(challenge, method="SETUP"), "DESCRIBE")


def test_answer_to_an_earlier_challenge_is_refused(guard):
    earlier = authorization(guard.challenge())
    guard.challenge()
    assert not guard.accepts(earlier, "DESCRIBE")


def test_answer_to_another_realm_is_refused(guard):
    challenge = guard.challenge().replace(REALM, "elsewhere")
    assert not guard.accepts(authorization(challenge), "DESCRIBE")


@pytest.mark.parametrize("value", [None, "", "Digest", "Basic YWRtaW46UzFtLXBhc3M=", 'Digest username="admin"'])
def test_anything_else_is_refused(guard, value):
    guard.challenge()
    assert not guard.accepts(value, "DESCRIBE")


def test_nothing_is_accepted_before_the_first_challenge(guard):
    response = digest_response(CREDENTIALS, nonce="", method="DESCRIBE", uri=BASE)
    value = f'Digest username="admin", realm="{REALM}", nonce="", uri="{BASE}", response="{response}"'
    assert not guard.accepts(value, "DESCRIBE")


def test_parameters_may_be_quoted_escaped_or_bare():
    assert parse_parameters(r'realm="a \"b\", c", STALE=true , opaque=""') == {
        "realm": 'a "b", c',
        "stale": "true",
        "opaque": "",
    }
