"""Identities that must never change for a camera: derived from the bridge's identity and the camera's id.

The bridge's identity is one random UUID, made on the first start and kept in the state file.
"""

from __future__ import annotations

from uuid import UUID, uuid5


def device_uuid(bridge: UUID, camera_id: str) -> UUID:
    """Return the endpoint UUID of a virtual device (RFC 4122 version 5)."""
    return uuid5(bridge, f"device:{camera_id}")


def device_mac(device: UUID) -> str:
    """Return the virtual device's hardware address `02:xx:xx:xx:xx:xx`: locally administered, unicast, unique."""
    return ":".join(f"{byte:02x}" for byte in (0x02, *device.bytes[:5]))


def device_serial(device: UUID) -> str:
    """Return a serial number for a camera that gives none of its own."""
    return device.hex[:16].upper()
