"""Makes the committed clips again: `python -m bridge.simulators.clips.make`, needs the `ffmpeg` program.

Pictures come from `picture.draw`, sound from the formula in `_samples`; nothing is downloaded. One thread and fixed
settings make the result the same for the same ffmpeg, x264 and x265. What matters to the simulators:

* one slice for each picture, so that every slice ends an access unit; no B frames, so that sending order is showing
  order; a key frame with its parameter sets every `FRAMES_PER_GROUP` frames and nothing that refers across it;
* no SEI: encoders put their settings there, which would be most of the bytes;
* an even number of groups, because two key frames in a row must carry different `idr_pic_id` (H.264, 7.4.3);
* the sound is periodic and the middle one of three periods is kept, so that the loop has no seam.
"""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.simulators.clips.cadence import CLIP_SECONDS, FRAMES_PER_GROUP, Moment
from bridge.simulators.clips.library import AUDIO_FRAME_SAMPLES, AUDIO_NAME, AUDIO_RATE_HZ, VIDEO_NAMES, split_adts
from bridge.simulators.clips.picture import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

_GOP = f"keyint={FRAMES_PER_GROUP}:min-keyint={FRAMES_PER_GROUP}:scenecut=0:bframes=0:open-gop=0:ref=1:rc-lookahead=0"
_ENCODERS = {
    "h264": (
        *("-c:v", "libx264", "-preset", "slow", "-profile:v", "high", "-crf", "30"),
        *("-x264-params", f"{_GOP}:threads=1:sliced-threads=0:slices=1:weightp=0:mbtree=0"),
        *("-bsf:v", "filter_units=remove_types=6|9", "-f", "h264"),
    ),
    "h265": (
        *("-c:v", "libx265", "-preset", "medium", "-crf", "30"),
        *("-x265-params", f"{_GOP}:repeat-headers=1:info=0:pools=1:frame-threads=1:wpp=0:cutree=0:log-level=error"),
        *("-bsf:v", "filter_units=remove_types=35|39|40", "-f", "hevc"),
    ),
}
_TICK_S = 0.05
_TICK_HZ = 1000
_HUM_HZ = 125


def make_video(name: str, folder: Path, ffmpeg: str) -> None:
    """Draw and encode one clip, `<codec>-<width>x<height>`, into `folder`."""
    codec, _, size = name.partition("-")
    width, height = (int(part) for part in size.split("x"))
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(FRAMES_PER_GROUP), "-i", "-")
    colour = ("-vf", "scale=out_color_matrix=bt709", "-pix_fmt", "yuv420p", "-colorspace", "bt709")
    target = folder / f"{name}.{codec}"
    command = [ffmpeg, "-v", "error", "-y", *source, *colour, *_ENCODERS[codec], str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:  # noqa: S603  fixed arguments, no shell
        if encoder.stdin is None:
            raise RuntimeError("ffmpeg was started without a pipe")
        for second in range(CLIP_SECONDS):
            for frame in range(FRAMES_PER_GROUP):
                encoder.stdin.write(draw(Moment(second, frame), width, height).tobytes())
        encoder.stdin.close()
    if encoder.returncode:
        raise RuntimeError(f"ffmpeg failed for {name}")


def make_audio(folder: Path, ffmpeg: str) -> None:
    """Encode a tick at every second over a quiet hum as AAC-LC into `folder`."""
    pcm = b"".join(struct.pack("<h", sample) for sample in _samples(3 * CLIP_SECONDS))
    source = ("-f", "s16le", "-ar", str(AUDIO_RATE_HZ), "-ac", "1", "-i", "-")
    codec = ("-c:a", "aac", "-profile:a", "aac_low", "-b:a", "24k", "-flags", "+bitexact", "-f", "adts", "-")
    command = [ffmpeg, "-v", "error", *source, *codec]
    adts = subprocess.run(command, input=pcm, capture_output=True, check=True).stdout  # noqa: S603  as above
    frames = split_adts(adts, keep_headers=True)
    # The encoder's first frame holds what comes before the first sample.
    first = CLIP_SECONDS * AUDIO_RATE_HZ // AUDIO_FRAME_SAMPLES + 1
    last = first + CLIP_SECONDS * AUDIO_RATE_HZ // AUDIO_FRAME_SAMPLES
    (folder / f"{AUDIO_NAME}.aac").write_bytes(b"".join(frames[first:last]))


def _samples(seconds: int) -> Iterator[int]:
    for second in range(seconds):
        for index in range(AUDIO_RATE_HZ):
            at = index / AUDIO_RATE_HZ
            hum = 600 * math.sin(2 * math.pi * _HUM_HZ * at)
            loudness = 9000 if second % CLIP_SECONDS == 0 else 5000
            tick = loudness * math.sin(2 * math.pi * _TICK_HZ * at) * math.sin(math.pi * at / _TICK_S)
            yield round(hum + (tick if at < _TICK_S else 0))


def main() -> int:
    """Make all clips beside this module; return the exit status."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        sys.stderr.write("ffmpeg is not on the PATH\n")
        return 1
    folder = Path(__file__).parent
    for name in VIDEO_NAMES:
        make_video(name, folder, ffmpeg)
    make_audio(folder, ffmpeg)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
