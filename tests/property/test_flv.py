"""FLV over all inputs: any split of the bytes gives the same tags, and nothing raises what it does not announce."""

from contextlib import suppress
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.core.errors import WireError
from bridge.proto.flv.media import Picture, VideoConfig, read_audio, read_video
from bridge.proto.flv.tags import FlvReader
from tests.unit.media.flv_file import config_body, header, tag

TAGS = st.builds(tag, st.sampled_from([8, 9, 15, 18]), st.integers(0, 2**32 - 1), st.binary(max_size=60))
FILES = st.lists(TAGS, max_size=8).map(lambda tags: header() + b"".join(tags))


@st.composite
def pieces(draw, whole):
    data = draw(whole)
    cuts = draw(st.lists(st.integers(0, len(data)), max_size=12))
    places = sorted({0, len(data), *cuts})
    return data, [data[start:end] for start, end in pairwise(places)]


def read(parts):
    """Return what came out, and whether it ended with a refusal."""
    reader = FlvReader()
    found: list[object] = []
    try:
        for part in parts:
            found.extend(reader.receive(part))
    except WireError:
        return found, True
    return found, False


@given(pieces(FILES))
def test_any_split_gives_the_same_tags(split):
    data, parts = split
    assert read(parts) == read([data])


@given(pieces(st.one_of(st.binary(max_size=80), st.builds(lambda rest: header() + rest, st.binary(max_size=80)))))
def test_anything_is_read_or_refused_wherever_it_is_split(split):
    data, parts = split
    assert read(parts) == read([data])


@given(st.binary(max_size=60))
def test_any_tag_is_read_or_refused(body):
    with suppress(WireError):
        read_audio(body)
    with suppress(WireError):
        read_video(body)


@given(st.sampled_from(["h264-640x360", "h265-3840x2160"]), st.data())
def test_a_broken_configuration_or_picture_is_refused(name, data):
    body = bytearray(config_body(name))
    for place in data.draw(st.lists(st.integers(5, len(body) - 1), max_size=4)):
        body[place] = data.draw(st.integers(0, 255))
    with suppress(WireError):
        config = read_video(bytes(body))
        assert isinstance(config, VideoConfig | Picture)
        if isinstance(config, VideoConfig):
            config.configuration.units(data.draw(st.binary(max_size=40)))
