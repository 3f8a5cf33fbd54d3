"""What a simulated camera sees: a test picture with a running time code, drawn for any size.

The clips are made from these pictures and snapshots are drawn with them, so that a stream and a snapshot of the same
moment show the same. The picture is a grid of 64 x 36 cells: colour bars on top, the time code `SS:FF` in seven-segment
digits in the middle, and below a box that steps to the right with every frame and has another colour every second.
Flat areas and straight edges compress to almost nothing; no font is needed; and `read_moment` lets a program see
what a person sees.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from bridge.simulators.clips.cadence import FRAMES_PER_GROUP, Cadence, Moment

if TYPE_CHECKING:
    from collections.abc import Callable

SMALLEST_PX = 64
"""Below one pixel for each cell the time code cannot be read."""
LARGEST_PX = 3840
"""The widest clip; a larger picture would only cost memory."""

_COLUMNS, _ROWS = 64, 36
_BACKGROUND = (32, 40, 56)
_INK = (240, 240, 240)
_BARS = (
    (192, 192, 192),
    (192, 192, 0),
    (0, 192, 192),
    (0, 192, 0),
    (192, 0, 192),
    (192, 0, 0),
    (64, 64, 224),
    (224, 128, 0),
)
_BARS_BOTTOM = 4
_DIGIT_COLUMNS = (6, 18, 36, 48)
_DIGITS_TOP = 8
_COLON = ((31, 12, 33, 14), (31, 18, 33, 20))
_BOX = (2, 28, 10, 33)
_BOX_STEP = 2

# Segments of a digit as cells (left, top, right, bottom) from its upper left corner, in the usual order a..g.
_SEGMENTS = (
    (0, 0, 10, 2),
    (8, 0, 10, 9),
    (8, 7, 10, 16),
    (0, 14, 10, 16),
    (0, 7, 2, 16),
    (0, 0, 2, 9),
    (0, 7, 10, 9),
)
_LIT = ("abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg")
_PATTERNS = tuple(tuple(letter in lit for letter in "abcdefg") for lit in _LIT)
# One cell of each segment that belongs to no other segment.
_PROBES = ((5, 1), (9, 4), (9, 11), (5, 15), (1, 11), (1, 4), (5, 8))
_LIT_ABOVE = 140
"""Grey level between the darkest and the brightest of the digits' area, robust against compression."""


def draw(moment: Moment, width: int, height: int) -> Image.Image:
    """Draw the RGB picture of a moment.

    Raises:
        ValueError: the size is not between `SMALLEST_PX` and `LARGEST_PX`.
    """
    if not (SMALLEST_PX <= width <= LARGEST_PX and SMALLEST_PX <= height <= LARGEST_PX):
        raise ValueError(f"picture size {width}x{height} is not in {SMALLEST_PX}..{LARGEST_PX}")
    image = Image.new("RGB", (width, height), _BACKGROUND)
    pen = ImageDraw.Draw(image)

    def fill(cells: tuple[int, int, int, int], colour: tuple[int, int, int], right: int = 0, down: int = 0) -> None:
        left, top, end, bottom = cells
        corner = ((left + right) * width // _COLUMNS, (top + down) * height // _ROWS)
        opposite = ((end + right) * width // _COLUMNS - 1, (bottom + down) * height // _ROWS - 1)
        pen.rectangle((corner, opposite), fill=colour)

    bar = _COLUMNS // len(_BARS)
    for index, colour in enumerate(_BARS):
        fill((index * bar, 0, (index + 1) * bar, _BARS_BOTTOM), colour)
    for column, digit in zip(_DIGIT_COLUMNS, f"{moment.second:02}{moment.frame:02}", strict=True):
        for segment, lit in zip(_SEGMENTS, _PATTERNS[int(digit)], strict=True):
            if lit:
                fill(segment, _INK, column, _DIGITS_TOP)
    for dot in _COLON:
        fill(dot, _INK)
    fill(_BOX, _BARS[moment.second % len(_BARS)], moment.frame * _BOX_STEP)
    return image


def picture_jpeg(elapsed_s: float, width: int, height: int, *, frame_rate: float = FRAMES_PER_GROUP) -> bytes:
    """Return the picture that a camera shows at a camera time, as a JPEG.

    Args:
        elapsed_s: camera time in seconds, the same that the RTSP server is given.
        width: picture width in pixels.
        height: picture height in pixels.
        frame_rate: of the stream that the picture is taken from; decides only the frames of the time code.

    Raises:
        ValueError: size or frame rate is out of range.
    """
    jpeg = BytesIO()
    draw(Cadence(frame_rate).moment_at(elapsed_s), width, height).save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()


def read_moment(image: Image.Image) -> Moment | None:
    """Read the time code from a picture of any size, or None if it shows none."""
    grey = image.convert("L").tobytes()

    def is_lit(column: int, row: int) -> bool:
        x = (2 * column + 1) * image.width // (2 * _COLUMNS)
        y = (2 * row + 1) * image.height // (2 * _ROWS)
        return grey[y * image.width + x] > _LIT_ABOVE

    digits = [_read_digit(column, is_lit) for column in _DIGIT_COLUMNS]
    if None in digits:
        return None
    tens, units, frame_tens, frame_units = (digit or 0 for digit in digits)
    return Moment(tens * 10 + units, frame_tens * 10 + frame_units)


def _read_digit(column: int, is_lit: Callable[[int, int], bool]) -> int | None:
    seen = tuple(is_lit(column + right, _DIGITS_TOP + down) for right, down in _PROBES)
    return _PATTERNS.index(seen) if seen in _PATTERNS else None
