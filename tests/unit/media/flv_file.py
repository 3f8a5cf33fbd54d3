"""FLV written from the specification, with the committed clips inside: an independent pair of hands."""

from __future__ import annotations

from bridge.simulators.clips import audio_frames, video_clip

FRAME_MS = 40
AUDIO_MS = 64
AAC_CONFIG = bytes.fromhex("1408")


def header(*, video=True, audio=True):
    return b"FLV\x01" + bytes([video | audio << 2]) + (9).to_bytes(4, "big") + bytes(4)


def tag(kind, time_ms, body):
    head = bytes([kind]) + len(body).to_bytes(3, "big")
    head += (time_ms & 0xFFFFFF).to_bytes(3, "big") + bytes([time_ms >> 24 & 0xFF]) + bytes(3)
    return head + body + (len(head) + len(body)).to_bytes(4, "big")


def avcc(sps, pps):
    return b"\x01" + sps[1:4].ljust(3, b"\0") + b"\xff\xe1" + _sized(sps) + b"\x01" + _sized(pps)


def hvcc(*sets):
    arrays = b"".join(bytes([unit[0] >> 1 & 0x3F]) + b"\x00\x01" + _sized(unit) for unit in sets)
    return b"\x01" + bytes(20) + b"\xff" + bytes([len(sets)]) + arrays


def _sized(unit):
    return len(unit).to_bytes(2, "big") + unit


def units(*nals):
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


def config_body(name, *, is_enhanced=False):
    clip = video_clip(name)
    if clip.codec == "h264":
        record, old, fourcc = avcc(*clip.parameter_sets), 7, b"avc1"
    else:
        record, old, fourcc = hvcc(*clip.parameter_sets), 12, b"hvc1"
    return (b"\x90" + fourcc if is_enhanced else bytes([0x10 | old]) + bytes(4)) + record


def picture_body(name, nals, *, is_key, is_enhanced=False, composition_ms=0):
    frame = 1 if is_key else 2
    if is_enhanced:
        head = bytes([0x80 | frame << 4 | 1]) + (b"hvc1" if name.startswith("h265") else b"avc1")
    else:
        head = bytes([frame << 4 | (12 if name.startswith("h265") else 7), 1])
    return head + composition_ms.to_bytes(3, "big", signed=True) + units(*nals)


def clip_tags(name="h264-640x360", *, seconds=1, audio=True, is_enhanced=False, in_band=False):
    """Yield (kind, time in ms, body) of a clip, in the order of time; parameter sets only in the configuration."""
    clip = video_clip(name)
    yield 9, 0, config_body(name, is_enhanced=is_enhanced)
    if audio:
        yield 8, 0, b"\xaf\x00" + AAC_CONFIG
    timed = []
    pictures = [unit for group in clip.groups[:seconds] for unit in group]
    for number, nals in enumerate(pictures):
        is_key = number % len(clip.groups[0]) == 0
        kept = nals if in_band else [nal for nal in nals if nal not in clip.parameter_sets]
        timed.append((number * FRAME_MS, 9, picture_body(name, kept, is_key=is_key, is_enhanced=is_enhanced)))
    if audio:
        count = seconds * 1000 // AUDIO_MS
        timed += [(at * AUDIO_MS, 8, b"\xaf\x01" + frame) for at, frame in enumerate(audio_frames()[:count])]
    for time_ms, kind, body in sorted(timed, key=lambda item: item[0]):
        yield kind, time_ms, body


def clip_file(name="h264-640x360", **options):
    tags = clip_tags(name, **options)
    return header(audio=options.get("audio", True)) + b"".join(tag(*each) for each in tags)
