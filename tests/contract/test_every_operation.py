"""Every operation of the official WSDL documents gets an answer or a fault, whatever the device has.

A recorder that asks for something optional and gets no fault of ONVIF takes the whole device for broken. What is
served is held against the bridge's own schemas too, request and answer alike.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from bridge.core.formats import AudioCodec
from bridge.core.model import CameraDescription
from bridge.core.talk import TalkDescription
from bridge.core.units import Range
from bridge.onvif.services import SERVICES
from bridge.proto.soap.envelope import new_envelope, render
from tests.contract.full_camera import connect_everything, full_description
from tests.contract.official_requests import official_requests
from tests.contract.oracle import WSDL, the_oracle
from tests.contract.own_schemas import own_schemas
from tests.contract.wsdl_documents import Described, official
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.clients.soap import Reply
    from tests.unit.onvif.served import Served

pytestmark = pytest.mark.oracle

TOKENS = {
    "AudioOutputToken": "AudioOutput_0",
    "AudioSourceToken": "AudioSource_0",
    "AuxiliaryCommand": "tt:IRLamp|On",
    "AuxiliaryData": "tt:IRLamp|On",
    "InterfaceToken": "eth0",
    "NodeToken": "PTZ_0",
    "OSDToken": "name",
    "PTZConfigurationToken": "PTZ_0",
    "PresetToken": "1",
    "ProfileToken": "Profile_main",
    "Protocol": "RTSP",
    "RelayOutputToken": "Relay_0",
    "VideoSourceModeToken": "day",
    "VideoSourceToken": "VideoSource_0",
}
"""What things are called in a device that has them."""

CONFIGURATIONS = {
    "VideoEncoderInstances": "VideoSourceConfig_0",
    "VideoSource": "VideoSourceConfig_0",
    "VideoEncoder": "VideoEncoder_main",
    "AudioSource": "AudioSourceConfig_0",
    "AudioEncoder": "AudioEncoder_main",
    "AudioOutput": "AudioOutputConfig_0",
    "AudioDecoder": "AudioDecoder_0",
    "Metadata": "Metadata_0",
    "Analytics": "VideoAnalytics_0",
    "Rule": "VideoAnalytics_0",
    "OSD": "VideoSourceConfig_0",
    "Mask": "VideoSourceConfig_0",
    "": "PTZ_0",
}
"""Tokens of configurations, by a word in the name of the operation."""

ALWAYS_REFUSED = {"GetSystemLog", "GetSystemSupportInformation"}
"""Questions of the Device service that even a device with everything does not answer."""

BROKEN = (("NotAuthorized",), ("WellFormed",), ("InvalidArgs",), ("UnknownAction",))
"""Faults that a right request of an administrator must not get."""


@dataclass(frozen=True)
class Kind:
    """A kind of device: what its camera has, if it was ever reached, and whether it can be set."""

    description: CameraDescription
    is_known: bool = True
    is_settable: bool = False


KINDS = {
    "everything": Kind(full_description(), is_settable=True),
    "read-only": Kind(full_description()),
    "cannot be talked to": Kind(
        replace(full_description(), talk=TalkDescription((AudioCodec.AAC,), volume_range=Range(0.0, 100.0))),
        is_settable=True,
    ),
    "nothing": Kind(described(ptz=None, kinds=frozenset())),
    "never reached": Kind(described(), is_known=False),
}


@asynccontextmanager
async def device_of(kind: Kind) -> AsyncIterator[Served]:
    async with served(kind.description, is_known=kind.is_known) as bench:
        if kind.is_settable:
            connect_everything(bench.camera)
        yield bench


def requests_of(prefix: str) -> Iterator[tuple[Described, etree._Element]]:
    """Make a request for every operation that a service has in the standard; what has no answer is asked of clients."""
    for described_ in official(prefix).operations.values():
        if described_.response:
            configuration = next(token for word, token in CONFIGURATIONS.items() if word in described_.name)
            known = TOKENS | {"ConfigurationToken": configuration, "VideoSourceConfigurationToken": configuration}
            yield described_, official_requests().make(described_.request, known)


def tags_served(bench: Served) -> set[str]:
    return {each.tag for service in SERVICES if service.is_served(bench.device) for each in service.operations}


def judge(asked: Described, reply: Reply, *, is_served: bool) -> None:
    """Say that an answer is one that the standard knows.

    Raises:
        AssertionError: it is not.
    """
    content = the_oracle().check(reply.body)
    own_schemas().check(content)
    if reply.status == 200:
        assert content.tag == asked.response
        return
    assert "internal error" not in reply.text, reply.text
    assert reply.fault[0] in {"Sender", "Receiver"}, reply.text
    assert reply.fault[1:] not in {(), *BROKEN}, reply.text
    assert is_served or reply.fault == ("Receiver", "ActionNotSupported"), reply.text


@pytest.mark.parametrize("prefix", WSDL)
def test_the_requests_are_right(prefix: str):
    for _, request in requests_of(prefix):
        envelope, body = new_envelope()
        body.append(request)
        the_oracle().check(render(envelope))


@pytest.mark.parametrize("prefix", WSDL)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_official_operation_is_answered(kind: str, prefix: str):
    problems = []
    async with device_of(KINDS[kind]) as bench:
        for asked, request in requests_of(prefix):
            is_served = asked.request in tags_served(bench)
            own_schemas().check(request)
            reply = await bench.ask(etree.tostring(request).decode())
            try:
                judge(asked, reply, is_served=is_served)
            except (AssertionError, etree.XMLSyntaxError) as problem:
                problems.append(f"{asked.name}: {reply.status} {problem}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("prefix", WSDL)
async def test_a_device_with_everything_answers_every_question(prefix: str):
    async with device_of(KINDS["everything"]) as bench:
        refused = {
            asked.name: reply.fault
            for asked, request in requests_of(prefix)
            if asked.name.startswith("Get") and asked.name not in ALWAYS_REFUSED and asked.request in tags_served(bench)
            if (reply := await bench.ask(etree.tostring(request).decode())).status != 200
        }
    assert not refused
