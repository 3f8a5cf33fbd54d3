"""UsernameTokens: who gets in, and who does not."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.proto.soap.envelope import read_envelope
from bridge.proto.soap.wsse import MAX_NONCE_BYTES, TokenOutcome, TokenVerdict, TokenVerifier
from tests.clients.soap import SECEXT, TOKEN_PROFILE, UTILITY, envelope, username_token

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
ALICE = User("alice", Secret("sesame"), UserLevel.OPERATOR)


class OneUser:
    def find(self, username: str) -> User | None:
        return ALICE if username == ALICE.username else None


def verdict(block: str, verifier: TokenVerifier | None = None, utc: datetime = NOW) -> TokenVerdict:
    security = read_envelope(envelope("<x/>", block).encode()).security
    return (verifier or TokenVerifier()).verify(security, users=OneUser(), utc=utc)


def good(created: datetime = NOW, nonce: bytes = b"0123456789abcdef") -> str:
    return username_token("alice", "sesame", created=created, nonce=nonce)


def test_the_right_password_is_let_in():
    assert verdict(good()) == TokenVerdict(TokenOutcome.VALID, ALICE)


def test_no_block_no_token_and_an_empty_name_are_all_absent():
    assert TokenVerifier().verify(None, users=OneUser(), utc=NOW).outcome is TokenOutcome.ABSENT
    assert verdict(f'<w:Security xmlns:w="{SECEXT}"/>').outcome is TokenOutcome.ABSENT
    assert verdict(username_token("", "", created=NOW)).outcome is TokenOutcome.ABSENT


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("alice", ""), ("bob", "sesame"), ("bob", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(username, password):
    judged = verdict(username_token(username, password, created=NOW))
    assert (judged.outcome, judged.user) == (TokenOutcome.WRONG, None)
    assert judged.reason == "the user name or the password is wrong"


@pytest.mark.parametrize("offset_s", [-300, 0, 300])
def test_a_clock_that_is_a_little_off_is_forgiven(offset_s):
    assert verdict(good(NOW + timedelta(seconds=offset_s))).outcome is TokenOutcome.VALID


@pytest.mark.parametrize("offset_s", [-301, 301])
def test_a_clock_that_is_far_off_is_not(offset_s):
    judged = verdict(good(NOW + timedelta(seconds=offset_s)))
    assert judged.outcome is TokenOutcome.WRONG
    assert "clocks" in judged.reason


def test_any_clock_is_accepted_if_so_configured():
    assert verdict(good(NOW - timedelta(days=9000)), TokenVerifier(skew_s=None)).outcome is TokenOutcome.VALID


def test_a_token_is_good_once():
    verifier = TokenVerifier()
    assert verdict(good(), verifier).outcome is TokenOutcome.VALID
    assert verdict(good(), verifier).reason == "the UsernameToken was used before"


def test_one_nonce_may_come_with_another_time_of_creation():
    verifier = TokenVerifier()
    outcomes = [verdict(good(NOW + timedelta(seconds=second)), verifier).outcome for second in range(3)]
    assert outcomes == [TokenOutcome.VALID] * 3


def test_a_replay_is_recognised_for_as_long_as_the_token_is_fresh():
    verifier = TokenVerifier()
    early = good(NOW + timedelta(seconds=300))
    assert verdict(early, verifier).outcome is TokenOutcome.VALID
    assert verdict(early, verifier, utc=NOW + timedelta(seconds=600)).reason == "the UsernameToken was used before"
    assert "clocks" in verdict(early, verifier, utc=NOW + timedelta(seconds=601)).reason


def test_the_memory_is_bounded_and_forgets_the_oldest_first():
    verifier = TokenVerifier(skew_s=None, capacity=2)
    first, second, third = (good(nonce=bytes([number])) for number in range(3))
    assert [verdict(each, verifier).outcome for each in (first, second, third)] == [TokenOutcome.VALID] * 3
    assert verdict(third, verifier).outcome is TokenOutcome.WRONG
    assert verdict(first, verifier).outcome is TokenOutcome.VALID


def test_a_full_memory_still_knows_what_it_holds():
    verifier = TokenVerifier(capacity=1)
    verdict(good(), verifier)
    assert verdict(good(), verifier).outcome is TokenOutcome.WRONG
    later = NOW + timedelta(seconds=601)
    assert verdict(good(later), verifier, utc=later).outcome is TokenOutcome.VALID
    assert verdict(good(later), verifier, utc=later).outcome is TokenOutcome.WRONG


def token(password: str, rest: str) -> str:
    return (
        f'<Security xmlns="{SECEXT}" xmlns:u="{UTILITY}"><UsernameToken><Username>alice</Username>'
        f"{password}{rest}</UsernameToken></Security>"
    )


DIGEST = f'<Password Type="{TOKEN_PROFILE}#PasswordDigest">AAAAAAAAAAAAAAAAAAAAAAAAAAA=</Password>'
STAMP = "<u:Created>2030-01-01T12:00:00Z</u:Created>"


@pytest.mark.parametrize(
    "block",
    [
        token(f'<Password Type="{TOKEN_PROFILE}#PasswordText">sesame</Password>', f"<Nonce>MDA=</Nonce>{STAMP}"),
        token("<Password>sesame</Password>", f"<Nonce>MDA=</Nonce>{STAMP}"),
        token("", f"<Nonce>MDA=</Nonce>{STAMP}"),
        token(DIGEST, STAMP),
        token(DIGEST, "<Nonce>MDA=</Nonce>"),
        token(DIGEST, f"<Nonce></Nonce>{STAMP}"),
        token(DIGEST, f"<Nonce>not base64!</Nonce>{STAMP}"),
        token(DIGEST, f"<Nonce>ü</Nonce>{STAMP}"),
        token(DIGEST, f"<Nonce>{'QUJD' * MAX_NONCE_BYTES}</Nonce>{STAMP}"),
        token(DIGEST.replace("AAA=", "!"), f"<Nonce>MDA=</Nonce>{STAMP}"),
        token(DIGEST, "<Nonce>MDA=</Nonce><u:Created>yesterday</u:Created>"),
    ],
)
def test_incomplete_tokens_and_passwords_as_text_are_refused(block):
    assert verdict(block).outcome is TokenOutcome.WRONG


def test_a_time_that_is_none_is_refused_even_with_the_right_password():
    block = good().replace("u:Created>2030", "u:Created>x2030")
    assert verdict(block).outcome is TokenOutcome.WRONG


def test_timestamps_beside_the_token_and_other_prefixes_are_fine():
    block = good().replace(
        "<w:UsernameToken>", "<u:Timestamp><u:Created>1999</u:Created></u:Timestamp><w:UsernameToken>"
    )
    assert verdict(block).outcome is TokenOutcome.VALID
    renamed = good().replace("w:", "odd:").replace("xmlns:w=", "xmlns:odd=")
    assert verdict(renamed).outcome is TokenOutcome.VALID


def test_a_clock_that_is_set_forgets_no_used_token():
    verifier = TokenVerifier()
    assert verdict(good(), verifier).outcome is TokenOutcome.VALID
    years_later = NOW + timedelta(days=1000)
    assert verdict(good(created=years_later), verifier, utc=years_later).outcome is TokenOutcome.VALID
    assert verdict(good(), verifier).reason == "the UsernameToken was used before"
