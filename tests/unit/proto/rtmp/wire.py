"""RTMP as a server writes and reads it, from the specification: an independent pair of hands."""

from __future__ import annotations

import struct


def chunks(csid, kind, body, *, time_ms=0, stream_id=0, size=128):
    """Return a message with a whole header, in chunks."""
    extended = struct.pack(">I", time_ms) if time_ms >= 0xFFFFFF else b""
    head = basic(0, csid) + min(time_ms, 0xFFFFFF).to_bytes(3, "big") + len(body).to_bytes(3, "big")
    head += bytes([kind]) + stream_id.to_bytes(4, "little") + extended
    return head + continued(csid, body, size=size, extended=extended)


def continued(csid, body, *, size=128, extended=b""):
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    return (basic(3, csid) + extended).join(pieces)


def basic(form, csid):
    if csid < 64:
        return bytes([form << 6 | csid])
    if csid < 320:
        return bytes([form << 6, csid - 64])
    return bytes([form << 6 | 1]) + (csid - 64).to_bytes(2, "little")


def number(value):
    return b"\x00" + struct.pack(">d", value)


def name(text):
    return len(text).to_bytes(2, "big") + text.encode()


def text(value):
    return b"\x02" + name(value)


def info(**fields):
    return b"\x03" + b"".join(name(key) + text(value) for key, value in fields.items()) + b"\x00\x00\x09"


NULL = b"\x05"
GREETING = b"\x03" + bytes(8) + b"s" * 1528
CONNECTED = chunks(3, 20, text("_result") + number(1) + info(fmsVer="1") + info(code="NetConnection.Connect.Success"))
CREATED = chunks(3, 20, text("_result") + number(2) + NULL + number(5))


def status(code, level="status", description="words", *, kind=20):
    start = b"\x00" if kind == 17 else b""
    fields = info(level=level, code=code, description=description)
    return chunks(3, kind, start + text("onStatus") + number(0) + NULL + fields, stream_id=5)


STARTED = status("NetStream.Play.Start")
