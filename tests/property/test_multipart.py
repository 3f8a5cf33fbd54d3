"""Multipart over all inputs: any split of the bytes gives the same parts, and only WireError is raised."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.http.multipart import MultipartReader
from tests.property.test_flv import pieces
from tests.unit.proto.http.test_multipart import TYPE, part

CONTENTS = st.binary(min_size=1, max_size=60).filter(lambda content: b"cut" not in content)
LENGTHS = st.one_of(st.none(), st.just("true"), st.integers(0, 200))
ENDS = st.sampled_from([b"\r\n", b"\n"])
PARTS = st.builds(lambda content, length, end: part(content, length=length, end=end), CONTENTS, LENGTHS, ENDS)
PIECES = st.sampled_from([b"--cut", b"\r\n", b"\n", b"-", b"Content-Length: 3", b"cut", b"x", b"\xff\xd8"])
BODIES = st.one_of(st.lists(PARTS, max_size=5).map(b"".join), st.lists(PIECES, max_size=30).map(b"".join))


def read(parts):
    reader = MultipartReader(TYPE)
    found: list[object] = []
    try:
        for each in parts:
            found.extend(reader.receive(each))
    except WireError:
        return found, True
    return found, False


@given(pieces(BODIES))
def test_any_split_gives_the_same_parts(split):
    data, parts = split
    assert read(parts) == read([data])


@given(st.lists(CONTENTS, max_size=5), ENDS)
def test_true_lengths_give_exactly_the_contents(contents, end):
    assert read([b"".join(part(content, end=end) for content in contents)]) == (contents, False)
