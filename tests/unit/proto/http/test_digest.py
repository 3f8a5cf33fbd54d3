import hashlib
import re

import pytest

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.proto.http import digest as module
from bridge.proto.http.digest import Authorizer, Challenge, DigestOutcome, DigestServer, parse_challenges

MD5 = ("MD5",)

ALICE = User("alice", Secret("wonder: land"), UserLevel.USER)


class Users:
    def find(self, username):
        return ALICE if username == ALICE.username else None


def server(**options):
    return DigestServer("bridge", key=b"k" * 32, **options)


def authorizer(username="alice", password=ALICE.password):
    return Authorizer(username, password)


def credentials(client, method="GET", uri="/", cnonce="c"):
    header = client.header(method, uri, cnonce)
    assert header is not None
    return header


def answer(challenges, method="GET", uri="/x", client=None):
    client = client or authorizer()
    assert client.answer(parse_challenges(challenges))
    return credentials(client, method, uri, "c0ffee")


def outcome(digest, authorization, *, method="GET", now=0.0):
    return digest.verify(authorization, method=method, now=now, users=Users(), algorithms=MD5).outcome


@pytest.mark.parametrize("qop", [True, False])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_right_password_is_valid_with_and_without_qop(algorithm, qop):
    digest = server()
    header = answer(digest.challenges(0.0, algorithms=(algorithm,), qop=qop))
    verdict = digest.verify(header, method="GET", now=1.0, users=Users(), algorithms=(algorithm,))
    assert verdict.outcome is DigestOutcome.VALID
    assert verdict.user is ALICE


def test_camera_example_with_digest_of_the_first_age():
    client = Authorizer("admin", Secret("S1m-pass"))
    client.answer([Challenge("digest", "LIVE555 Streaming Media", "e70f5b4ffa9d48c1d15e088030090ce6")])
    header = credentials(client, "DESCRIBE", "rtsp://192.168.1.10:554/Preview_01_main", "")
    assert 'response="49e6466a904d9671cc32f0201d5a1ed8"' in header
    assert "qop" not in header


def test_example_of_the_standard_with_qop():
    # RFC 7616 section 3.9.1, MD5 and SHA-256
    for algorithm, response in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        client = Authorizer("Mufasa", Secret("Circle of Life"))
        nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
        client.answer([Challenge("digest", "http-auth@example.org", nonce, algorithm, ("auth",), opaque="o")])
        header = credentials(client, "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        assert f'response="{response}"' in header
        assert 'opaque="o"' in header


@pytest.mark.parametrize(
    "client",
    [
        authorizer(password=Secret("guess")),
        authorizer(username="mallory"),
        authorizer(username="mallory", password=Secret("")),
    ],
)
def test_wrong_user_or_password_is_wrong(client):
    digest = server()
    assert outcome(digest, answer(digest.challenges(0.0, algorithms=MD5), client=client)) is DigestOutcome.WRONG


def test_answer_for_another_method_is_wrong():
    digest = server()
    assert (
        outcome(digest, answer(digest.challenges(0.0, algorithms=MD5), method="PLAY"), method="TEARDOWN")
        is DigestOutcome.WRONG
    )


@pytest.mark.parametrize(
    "header", [None, "", "Basic YWxpY2U6eA==", "Digest", 'Digest username=""', "Digest " + "a" * 9999]
)
def test_no_usable_credentials_are_absent(header):
    assert outcome(server(), header) is DigestOutcome.ABSENT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('realm="bridge"', 'realm="other"'),
        ("qop=auth", "qop=auth-int"),
        ("Digest ", "Digest algorithm=SHA-256, "),
        ("Digest ", "Digest algorithm=MD5-sess, "),
        ("response=", "answer="),
    ],
)
def test_credentials_that_do_not_fit_the_challenge_are_wrong(old, new):
    digest = server()
    assert outcome(digest, answer(digest.challenges(0.0, algorithms=MD5)).replace(old, new)) is DigestOutcome.WRONG


def test_old_nonce_is_stale_and_the_new_challenge_says_so():
    digest = server(nonce_life_s=10.0)
    header = answer(digest.challenges(100.0, algorithms=MD5))
    assert outcome(digest, header, now=110.1) is DigestOutcome.STALE
    (again,) = digest.challenges(110.1, algorithms=MD5, stale=True)
    assert parse_challenges([again])[0].stale


def test_nonce_of_another_process_is_stale_when_the_password_is_right():
    elsewhere = DigestServer("bridge", key=b"other")
    assert outcome(server(), answer(elsewhere.challenges(0.0, algorithms=MD5))) is DigestOutcome.STALE


@pytest.mark.parametrize("nonce", ["zz", "00", "é"])
def test_invented_nonce_is_stale(nonce):
    assert outcome(server(), answer([f'Digest realm="bridge", nonce="{nonce}"'])) is DigestOutcome.STALE


def test_replayed_count_is_stale_and_counts_may_arrive_out_of_order():
    digest = server()
    client = authorizer()
    client.answer(parse_challenges(digest.challenges(0.0, algorithms=MD5)))
    first, second, third = (credentials(client, "GET", "/", "c") for _ in range(3))
    assert outcome(digest, first) is DigestOutcome.VALID
    assert outcome(digest, first) is DigestOutcome.STALE
    assert outcome(digest, third) is DigestOutcome.VALID
    assert outcome(digest, second) is DigestOutcome.VALID
    assert outcome(digest, second) is DigestOutcome.STALE


def test_count_far_behind_the_highest_is_stale():
    digest = server()
    client = authorizer()
    client.answer(parse_challenges(digest.challenges(0.0, algorithms=MD5)))
    first, *_, last = (credentials(client, "GET", "/", "c") for _ in range(module.COUNT_WINDOW + 2))
    assert outcome(digest, last) is DigestOutcome.VALID
    assert outcome(digest, first) is DigestOutcome.STALE


@pytest.mark.parametrize("nc", ["", "0", "00000000", "xyz", "000000001"])
def test_count_that_is_no_count_is_stale(nc):
    def md5(text):
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    digest = server()
    nonce = parse_challenges(digest.challenges(0.0, algorithms=MD5))[0].nonce
    response = md5(f"{md5('alice:bridge:wonder: land')}:{nonce}:{nc}:c:auth:{md5('GET:/')}")
    header = (
        f'Digest username="alice", realm="bridge", nonce="{nonce}", uri="/", nc={nc}, cnonce="c", qop=auth, '
        f'response="{response}"'
    )
    assert outcome(digest, header) is DigestOutcome.STALE


def test_nonce_without_qop_may_be_used_again_during_its_life():
    digest = server()
    header = answer(digest.challenges(0.0, algorithms=MD5, qop=False))
    assert [outcome(digest, header, now=now) for now in (0.0, 299.0)] == [DigestOutcome.VALID] * 2


def test_memory_of_counts_is_bounded_and_forgotten_nonces_cannot_be_replayed(monkeypatch):
    monkeypatch.setattr(module, "MOST_TRACKED_NONCES", 4)
    digest = server()
    headers = [answer(digest.challenges(0.0, algorithms=MD5)) for _ in range(8)]
    assert [outcome(digest, header) for header in headers] == [DigestOutcome.VALID] * 8
    assert len(digest._uses) == 4
    assert [outcome(digest, header) for header in headers] == [DigestOutcome.STALE] * 8


def test_one_challenge_per_algorithm_with_realm_and_nonce_first():
    challenges = server().challenges(0.0, algorithms=("MD5", "SHA-256"))
    assert [challenge.algorithm for challenge in parse_challenges(challenges)] == ["MD5", "SHA-256"]
    assert all(re.match(r'Digest realm="bridge", nonce="[0-9a-f]{64}", ', challenge) for challenge in challenges)


def test_several_challenges_in_one_header_are_told_apart():
    (digest, basic) = parse_challenges(
        ['Digest realm="a \\"b\\"", nonce=n, qop="auth,auth-int", stale=TRUE, Basic realm="c"']
    )
    assert digest == Challenge("digest", 'a "b"', "n", qop=("auth", "auth-int"), stale=True)
    assert basic == Challenge("basic", "c")


def test_digest_is_preferred_over_basic_in_any_order():
    client = authorizer()
    assert client.answer([Challenge("basic", "r"), Challenge("digest", "r", "n")])
    assert credentials(client, "GET", "/", "").startswith("Digest ")


def test_basic_is_answered_when_there_is_no_digest_that_can_be():
    client = authorizer(password=Secret("p"))
    assert client.answer([Challenge("digest", "r", "n", algorithm="SHA-512-256"), Challenge("basic", "r")])
    assert credentials(client, "GET", "/", "") == "Basic YWxpY2U6cA=="


@pytest.mark.parametrize(
    "challenge",
    [Challenge("negotiate", "r"), Challenge("digest", "r"), Challenge("digest", "r", "n", qop=("auth-int",))],
)
def test_challenge_that_cannot_be_answered_gives_no_header(challenge):
    client = authorizer()
    assert client.header("GET", "/", "") is None
    assert not client.answer([challenge])
    assert client.header("GET", "/", "") is None


def test_counts_begin_again_with_a_new_nonce():
    client = authorizer()
    for nonce in ("one", "two"):
        client.answer([Challenge("digest", "r", nonce, qop=("auth",))])
        assert ["".join(re.findall("nc=([^,]*)", credentials(client))) for _ in range(2)] == [
            "00000001",
            "00000002",
        ]


def test_algorithm_is_echoed_when_it_is_not_the_usual_one():
    client = authorizer()
    client.answer([Challenge("digest", "r", "n", algorithm="SHA-256")])
    assert "algorithm=SHA-256" in credentials(client, "GET", "/", "c")
