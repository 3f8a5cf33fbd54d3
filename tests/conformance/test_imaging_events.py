"""Imaging Device Test Specification: events about the picture."""

from __future__ import annotations

from bridge.core.events import EventKind
from tests.conformance.event_client import (
    create_pull_point,
    described_items,
    event_properties,
    topic_filter,
    topics,
)
from tests.conformance.imaging_client import sources

WHO_TELLS = ("ImagingService", "AnalyticsService", "RecordingService")
"""The services that may find out that a picture is not as it should be."""


async def check_state(dut, *allowed, kind):
    """Check the topics that the device has of those allowed, and that each tells its state to who subscribes.

    The state is that of every video source. Beyond the cases, which cannot make it happen, it also changes here.
    """
    known = topics(await event_properties(dut))
    offered = [topic for topic in allowed if topic in known]
    assert offered
    for topic in offered:
        assert known[topic]["IsProperty"] == "true"
        assert described_items(known[topic], "Source") == {"Source": "tt:ReferenceToken"}
        assert described_items(known[topic], "Data") == {"State": "xs:boolean"}
    point = await create_pull_point(dut, topic_filter("|".join(offered)))
    expected = {(topic, client.source) for topic in offered for client in await sources(dut)}
    for operation, state in (("Initialized", "false"), ("Changed", "true")):
        missing = set(expected)
        while missing:
            for message in await point.pull():
                assert (message.operation, message.data) == (operation, {"State": state})
                missing.remove((message.topic, message.source["Source"]))
        dut.camera.report(kind, active=True)
    await point.unsubscribe()


async def check_quality(dut, name, kind):
    """Check the state of one quality of the picture, whoever tells it."""
    await check_state(dut, *(f"tns1:VideoSource/{name}/{service}" for service in WHO_TELLS), kind=kind)


async def test_IMAGING_4_1_1(dut):
    """Who subscribes learns whether the picture is too blurry."""
    await check_quality(dut, "ImageTooBlurry", EventKind.TOO_BLURRY)


async def test_IMAGING_4_1_2(dut):
    """Who subscribes learns whether the picture is too dark."""
    await check_quality(dut, "ImageTooDark", EventKind.TOO_DARK)


async def test_IMAGING_4_1_3(dut):
    """Who subscribes learns whether the picture is too bright."""
    await check_quality(dut, "ImageTooBright", EventKind.TOO_BRIGHT)


async def test_IMAGING_4_1_4(dut):
    """Who subscribes learns whether the scene is another one."""
    await check_quality(dut, "GlobalSceneChange", EventKind.TAMPER)


async def test_IMAGING_4_1_5(dut):
    """Who subscribes learns whether something moves."""
    await check_state(dut, "tns1:VideoSource/MotionAlarm", kind=EventKind.MOTION)
