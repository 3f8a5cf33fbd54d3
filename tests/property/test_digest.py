from hypothesis import given
from hypothesis import strategies as st

from bridge.core.model import Secret
from bridge.core.users import User, UserLevel
from bridge.proto.http.digest import Authorizer, DigestOutcome, DigestServer, parse_challenges

MD5 = ("MD5",)


class Everybody:
    def __init__(self, password):
        self.password = password

    def find(self, username):
        return User(username, Secret(self.password), UserLevel.USER)


fragments = st.lists(
    st.sampled_from(
        ["Digest ", "Basic ", "username=", '"a"', "a", ", ", "=", '"', "\\", "nonce=", "qop=auth", "nc=", " "]
    )
).map("".join)


@given(st.one_of(st.text(), fragments))
def test_no_text_makes_the_server_raise_or_believe(text):
    verdict = DigestServer("r", key=b"k").verify(text, method="GET", now=0.0, users=Everybody("x"), algorithms=MD5)
    assert verdict.outcome in {DigestOutcome.ABSENT, DigestOutcome.WRONG}


@given(st.lists(st.one_of(st.text(), fragments)))
def test_no_text_makes_the_client_raise(values):
    client = Authorizer("u", Secret("p"))
    can_answer = client.answer(parse_challenges(values))
    assert (client.header("GET", "/", "c") is not None) == can_answer


names = st.text(min_size=1).filter(lambda name: len(name) < 200)


@given(username=names, password=st.text(), realm=st.text(max_size=100), uri=st.text(max_size=100), qop=st.booleans())
def test_client_and_server_understand_each_other_whatever_the_names(username, password, realm, uri, qop):
    server = DigestServer(realm, key=b"k")
    client = Authorizer(username, Secret(password))
    assert client.answer(parse_challenges(server.challenges(1.0, algorithms=MD5, qop=qop)))
    header = client.header("GET", uri, "c")
    verdict = server.verify(header, method="GET", now=1.0, users=Everybody(password), algorithms=MD5)
    assert verdict.outcome is DigestOutcome.VALID
