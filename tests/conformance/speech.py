"""Talking back as the official procedures want it: what is said, and that the camera hears it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from bridge.core.formats import AudioCodec
from bridge.simulators.clips.library import AUDIO_FRAME_SAMPLES, audio_frames
from bridge.simulators.wire.rtp import aac_payload

if TYPE_CHECKING:
    from tests.conformance.dut import Dut
    from tests.conformance.rtsp_session import Session

CODECS = {"G711": AudioCodec.PCMU, "AAC": AudioCodec.AAC}


def give_loudspeaker(dut: Dut) -> None:
    """Let the camera's loudspeaker take G.711 and AAC."""
    talk = dut.camera.description.talk
    assert talk is not None
    dut.camera.become(talk=replace(talk, codecs=tuple(CODECS.values())))


def speech_in(encoding: str) -> tuple[list[bytes], int]:
    """Return some packets of sound, and the samples in each."""
    if encoding == "AAC":
        return [aac_payload(frame) for frame in islice(audio_frames(), 5)], AUDIO_FRAME_SAMPLES
    return [bytes((number,)) * 160 for number in range(5)], 160


async def is_heard(dut: Dut, session: Session, encoding: str) -> None:
    """Say something: it is reported, the camera hears it, and the session lives on."""
    payloads, samples = speech_in(encoding)
    await session.speak(payloads, samples=samples)
    await session.report("speech")
    await session.request("OPTIONS")
    assert ("talk", CODECS[encoding]) in dut.camera.done
    assert dut.camera.heard == payloads
