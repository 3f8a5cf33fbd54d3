"""RTMP over all inputs: any split of the bytes gives the same messages, and only WireError is raised."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.rtmp.chunks import ChunkReader, Message, render
from bridge.proto.rtmp.client import NONCE_BYTES, PlayConnection, RtmpUrl
from tests.property.test_flv import pieces
from tests.unit.proto.rtmp.wire import CONNECTED, CREATED, GREETING, chunks

BODIES = st.binary(max_size=300)
MESSAGES = st.builds(
    lambda csid, kind, body, time_ms: chunks(csid, kind, body, time_ms=time_ms),
    st.sampled_from([3, 4, 70, 400]),
    st.integers(3, 30),
    BODIES,
    st.integers(0, 2**32 - 1),
)
STREAMS = st.lists(MESSAGES, max_size=5).map(b"".join)


def read(reader, parts):
    """Return what came out, and whether it ended with a refusal."""
    found = []
    try:
        for part in parts:
            found.extend(reader.receive(part))
    except WireError:
        return found, True
    return found, False


@given(pieces(st.one_of(STREAMS, st.binary(max_size=300))))
def test_any_split_gives_the_same_messages(split):
    data, parts = split
    assert read(ChunkReader(), parts) == read(ChunkReader(), [data])


@given(st.integers(1, 63), st.integers(3, 30), st.binary(max_size=600), st.integers(0, 2**24 - 2))
def test_what_is_written_can_be_read(csid, kind, body, time_ms):
    message = Message(kind, 1, time_ms, body)
    assert list(ChunkReader().receive(render(message, chunk_stream=max(2, csid)))) == [message]


@given(pieces(st.builds(lambda rest: GREETING + GREETING[1:] + CONNECTED + CREATED + rest, STREAMS)))
def test_any_split_gives_the_same_events(split):
    def new():
        return PlayConnection(RtmpUrl.parse("rtmp://cam/live/main"), bytes(NONCE_BYTES))

    data, parts = split
    assert read(new(), parts) == read(new(), [data])
