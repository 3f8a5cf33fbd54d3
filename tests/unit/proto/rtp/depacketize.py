"""RTP payloads put together again, written from RFC 6184, 7798 and 3640: an independent pair of eyes."""

from __future__ import annotations


def h264_units(payloads):
    units, open_unit = [], b""
    for payload in payloads:
        kind = payload[0] & 0x1F
        if kind == 24:
            units += _aggregated(payload[1:])
        elif kind == 28:
            if payload[1] & 0x80:
                open_unit = bytes([payload[0] & 0xE0 | payload[1] & 0x1F])
            open_unit += payload[2:]
            if payload[1] & 0x40:
                units.append(open_unit)
        else:
            units.append(bytes(payload))
    return units


def h265_units(payloads):
    units, open_unit = [], b""
    for payload in payloads:
        kind = payload[0] >> 1 & 0x3F
        if kind == 48:
            units += _aggregated(payload[2:])
        elif kind == 49:
            if payload[2] & 0x80:
                open_unit = bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]])
            open_unit += payload[3:]
            if payload[2] & 0x40:
                units.append(open_unit)
        else:
            units.append(bytes(payload))
    return units


def aac_units(packets):
    """Return the access units of packets, each a marker and a payload."""
    units, open_unit = [], b""
    for marker, payload in packets:
        assert payload[:2] == b"\x00\x10"
        open_unit += payload[4:]
        if marker:
            assert len(open_unit) == int.from_bytes(payload[2:4], "big") >> 3
            units.append(open_unit)
            open_unit = b""
    return units


def _aggregated(data):
    units = []
    while data:
        size = int.from_bytes(data[:2], "big")
        units.append(bytes(data[2 : 2 + size]))
        data = data[2 + size :]
    return units
