"""Base Device Test Specification: events that tell how the device itself is."""

from __future__ import annotations

from datetime import datetime

from tests.conformance.event_client import described_items, event_properties, initial_states, topic_filter, topics

STORAGE_FAILURE = "tns1:Device/HardwareFailure/StorageFailure"
LAST_REBOOT = "tns1:Monitoring/OperatingTime/LastReboot"


async def described(dut, topic: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the types of the source and the data items of a topic, which must be a property, by name."""
    description = topics(await event_properties(dut))[topic]
    assert description["IsProperty"] == "true"
    return described_items(description, "Source"), described_items(description, "Data")


async def test_DEVICE_9_1_3(dut):
    """When the device was last started is a property with a time, and a new subscriber is told it."""
    _, data = await described(dut, LAST_REBOOT)
    assert data == {"Status": "xs:dateTime"}
    (told,) = await initial_states(dut, topic_filter(LAST_REBOOT))
    assert told.topic == LAST_REBOOT
    assert told.data["Status"].endswith("Z")
    datetime.fromisoformat(told.data["Status"])


async def test_DEVICE_9_1_11(dut):
    """The failure of a storage is a property of that storage, and a new subscriber is told it."""
    assert await described(dut, STORAGE_FAILURE) == ({"Token": "tt:ReferenceToken"}, {"Failed": "xs:boolean"})
    for told in await initial_states(dut, topic_filter(STORAGE_FAILURE)):
        assert told.topic == STORAGE_FAILURE
        assert 0 < len(told.source["Token"]) <= 64
        assert told.data["Failed"] in {"true", "false", "0", "1"}
