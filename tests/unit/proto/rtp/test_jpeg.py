"""Pictures go through RTP and come out as they were; the receiver is not ours."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bridge.core.errors import WireError
from bridge.proto.rtp.packetizer import MOST_PAYLOAD_BYTES, Packetizer
from bridge.proto.rtp.payload import jpeg
from tests.clients.jpeg import has_extension, picture_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def file_of(width: int, height: int, mode: str = "RGB", **how: Any) -> bytes:
    """Return a picture that is different everywhere, as libjpeg writes it."""
    stripe = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (stripe, stripe.transpose(Image.Transpose.ROTATE_180), stripe)).convert(mode)
    file = BytesIO()
    image.save(file, "JPEG", **{"quality": 90, **how})
    return file.getvalue()


def pixels_of(file: bytes) -> tuple[tuple[int, int], bytes]:
    with Image.open(BytesIO(file)) as image:
        return image.size, image.convert("RGB").tobytes()


def packets_of(file: bytes) -> list[bytes]:
    packetizer = Packetizer(channel=0, payload_type=26, ssrc=1, seq=0)
    return list(split(packetizer.frames(jpeg.split(jpeg.read(file)), rtp_time=0)))


def split(frames: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(frames):
        end = at + 4 + int.from_bytes(frames[at + 2 : at + 4], "big")
        yield frames[at + 4 : end]
        at = end


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:2:2"])
@pytest.mark.parametrize("restart", [0, 7], ids=["plain", "with restart markers"])
def test_what_rfc_2435_describes_travels_without_its_headers(subsampling: str, restart: int) -> None:
    file = file_of(640, 360, subsampling=subsampling, restart_marker_blocks=restart)
    packets = packets_of(file)

    assert len(packets) > 1
    assert not any(map(has_extension, packets))
    assert pixels_of(picture_of(packets)) == pixels_of(file)


@pytest.mark.parametrize(
    "file",
    [
        file_of(2560, 1440),
        file_of(1000, 700, subsampling="4:2:2"),
        file_of(640, 360, optimize=True),
        file_of(640, 360, mode="L"),
        file_of(2048, 64, optimize=True, restart_marker_blocks=16),
    ],
    ids=["large", "odd size", "own Huffman tables", "grey", "all at once"],
)
def test_any_other_picture_has_its_headers_in_the_first_packet(file: bytes) -> None:
    packets = packets_of(file)

    assert [has_extension(packet) for packet in packets] == [True] + [False] * (len(packets) - 1)
    assert pixels_of(picture_of(packets)) == pixels_of(file)


def test_packets_fit_the_network_and_the_last_is_marked() -> None:
    packets = packets_of(file_of(2560, 1440, optimize=True))

    assert all(len(packet) <= 12 + MOST_PAYLOAD_BYTES for packet in packets)
    assert [bool(packet[1] & 0x80) for packet in packets] == [False] * (len(packets) - 1) + [True]


@pytest.mark.parametrize(("size", "told"), [((2040, 16), (255, 2)), ((1000, 700), (125, 88)), ((2048, 16), (0, 0))])
def test_the_size_is_told_in_blocks_as_far_as_it_fits(size: tuple[int, int], told: tuple[int, int]) -> None:
    payload = jpeg.split(jpeg.read(file_of(*size)))[0].data
    assert (payload[6], payload[7]) == told


def test_bytes_behind_the_picture_are_left_out() -> None:
    file = file_of(64, 64)
    assert jpeg.read(file + bytes(100)) == jpeg.read(file)


def test_thumbnails_and_comments_do_not_travel() -> None:
    exif = Image.Exif()
    exif[0x010E] = "x" * 5000
    packets = packets_of(file_of(100, 100, exif=exif, comment=b"y" * 5000))
    assert not any(b"xxxx" in packet or b"yyyy" in packet for packet in packets)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (file_of(64, 64, progressive=True), "not baseline"),
        (file_of(64, 64, subsampling="4:4:4"), "neither grey nor"),
        (file_of(64, 64, mode="CMYK"), "more than three components"),
        (file_of(64, 64)[:-10], "does not end"),
        (b"GIF89a", "not a JPEG"),
        (b"\xff\xd8\xff\xd9", "something else"),
    ],
)
def test_what_rtp_cannot_carry_is_told(file: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        jpeg.read(file)


def test_the_size_of_a_picture_is_read_without_the_rest() -> None:
    assert jpeg.read_size(file_of(333, 222)) == (333, 222)


SMALL = file_of(24, 16, optimize=True, restart_marker_blocks=1)


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=4))
def test_broken_pictures_are_refused_or_sent_but_nothing_else(at: int, noise: bytes) -> None:
    broken = SMALL[:at] + noise + SMALL[at + len(noise) :]
    try:
        picture = jpeg.read(broken)
    except WireError:
        return
    payloads = jpeg.split(picture)
    assert payloads
    assert all(len(each.data) + len(each.extension) <= MOST_PAYLOAD_BYTES for each in payloads)
