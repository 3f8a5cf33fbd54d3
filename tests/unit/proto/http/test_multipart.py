"""Multipart bodies as cameras write them."""

from __future__ import annotations

import pytest

from bridge.core.errors import WireError
from bridge.proto.http.multipart import MOST_HEADER_BYTES, MOST_PART_BYTES, MultipartReader

TYPE = "multipart/x-mixed-replace; boundary=cut"


def part(content, *, length="true", end=b"\r\n", boundary=b"--cut", tail=True):
    lines = [boundary, b"Content-Type: image/jpeg"]
    if length is not None:
        lines.append(b"CONTENT-length : %d" % (len(content) if length == "true" else length))
    return end.join([*lines, b"", content]) + (end if tail else b"")


def read(*parts, content_type=TYPE):
    reader = MultipartReader(content_type)
    return [content for data in parts for content in reader.receive(data)]


def test_part_is_there_as_soon_as_its_length_is_reached():
    reader = MultipartReader(TYPE)
    whole = part(b"picture", tail=False)
    assert list(reader.receive(whole[:-1])) == []
    assert list(reader.receive(whole[-1:])) == [b"picture"]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("length", ["true", None])
def test_parts_with_and_without_lengths_and_with_any_line_end(end, length):
    options = {"end": end, "length": length}
    body = part(b"one\n-two", **options) + part(b"three", **options) + b"--cut" + end
    assert read(body) == [b"one\n-two", b"three"]


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ('Multipart/X-Mixed-Replace;charset=x; Boundary = "cut me"', b"--cut me"),
        ("multipart/x-mixed-replace;boundary=--cut", b"--cut"),
        ("multipart/x-mixed-replace;boundary=--cut", b"----cut"),
        ("multipart/x-mixed-replace;boundary=cut;x", b"--cut-- "),
    ],
)
def test_boundary_is_found_however_it_is_announced(content_type, boundary):
    assert read(part(b"picture", boundary=boundary), content_type=content_type) == [b"picture"]


@pytest.mark.parametrize(
    "content_type", ["", "image/jpeg; boundary=cut", "multipart/mixed", "multipart/mixed;boundary=--"]
)
def test_other_content_is_refused(content_type):
    with pytest.raises(WireError, match="no multipart body"):
        MultipartReader(content_type)


def test_what_stands_before_the_first_part_is_skipped():
    assert read(b"preamble\r\n\r\n" + part(b"picture")) == [b"picture"]


@pytest.mark.parametrize("length", [3, 60, MOST_PART_BYTES + 1, 0])
def test_after_a_wrong_length_lengths_are_not_believed(length):
    contents = [b"picture %d" % number for number in range(4)]
    body = b"".join(part(content, length=length) for content in contents) + b"--cut\r\n"
    assert read(body)[-2:] == contents[-2:]


def test_part_of_which_the_length_is_too_large_ends_where_the_next_begins():
    assert read(part(b"one", length=30) + part(b"two", length=30) + b"--cut\r\n") == [b"one", b"two"]


def test_delimiter_that_is_not_on_a_line_of_its_own_is_one():
    assert read(part(b"one", length=None, tail=False) + part(b"two") + b"--cut\n") == [b"one", b"two"]


def test_part_without_any_header_and_empty_part():
    assert read(b"--cut\r\n\r\npicture\r\n--cut\r\n\r\n\r\n--cut\r\n") == [b"picture"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (bytes(MOST_PART_BYTES + 1000), "no delimiter"),
        (b"--cut\n" + b"x" * (MOST_HEADER_BYTES + 1), "header is larger"),
        (b"--cut\n\n" + bytes(MOST_PART_BYTES + 1000), "no delimiter"),
    ],
)
def test_what_is_too_large_is_refused(body, detail):
    with pytest.raises(WireError, match=detail):
        read(body)
