"""The committed documents in `wsdl/`: as the code has it, as the standard has it, as clients read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zeep
from lxml import etree

from bridge.onvif.documents import stem_of
from bridge.onvif.services import SERVICES
from bridge.onvif.wsdl import documents
from tests.contract.own_schemas import own_schemas
from tests.contract.wsdl_documents import WsdlDocument, official

if TYPE_CHECKING:
    from bridge.onvif.operation import Service

pytestmark = pytest.mark.oracle

FOLDER = Path(__file__).parents[2] / "wsdl"
EVERY_SERVICE = [pytest.param(service, id=service.prefix) for service in SERVICES]


def on_disk() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in (".wsdl", ".xsd")}


def test_the_documents_are_up_to_date():
    made = documents(SERVICES)
    assert sorted(made) == sorted(on_disk()), "run `python -m bridge.onvif.wsdl`"
    stale = [name for name, data in on_disk().items() if made[name] != data]
    assert not stale, "run `python -m bridge.onvif.wsdl`"


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_a_wsdl_has_exactly_the_operations_that_are_served(service: Service):
    described = WsdlDocument(FOLDER / f"{stem_of(service)}.wsdl").operations
    assert set(described) == {operation.tag for operation in service.operations}


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_operations_have_the_official_names_messages_and_actions(service: Service):
    theirs = official(service.prefix).operations
    for request, mine in WsdlDocument(FOLDER / f"{stem_of(service)}.wsdl").operations.items():
        assert (mine.name, mine.response) == (theirs[request].name, theirs[request].response)
        assert len(mine.actions) == 1, f"{mine.name} has several actions"
        assert mine.actions <= theirs[request].actions
        if theirs[request].response_actions:
            assert mine.response_actions == theirs[request].response_actions


def test_every_message_is_declared():
    for service in SERVICES:
        for mine in WsdlDocument(FOLDER / f"{stem_of(service)}.wsdl").operations.values():
            assert {mine.request, mine.response} <= own_schemas().declared


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('token="Profile_main"', ""),
        ('fixed="true"', 'fixed="yes"'),
        ("<tt:Name>n</tt:Name>", "<tt:Name>n</tt:Name><tt:Surprise/>"),
        ("<tt:Name>n</tt:Name>", "<trt:Name>n</trt:Name>"),
    ],
)
def test_a_small_mistake_is_seen(right: str, wrong: str):
    good = (
        '<trt:GetProfileResponse xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
        'xmlns:tt="http://www.onvif.org/ver10/schema">'
        '<trt:Profile token="Profile_main" fixed="true"><tt:Name>n</tt:Name></trt:Profile></trt:GetProfileResponse>'
    )
    own_schemas().check(etree.fromstring(good))
    assert right in good
    with pytest.raises(AssertionError):
        own_schemas().check(etree.fromstring(good.replace(right, wrong)))


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_zeep_understands_every_operation(service: Service):
    client = zeep.Client(str(FOLDER / f"{stem_of(service)}.wsdl"), settings=zeep.Settings(strict=True))
    (port,) = (port for each in client.wsdl.services.values() for port in each.ports.values())
    operations = port.binding.all()
    assert set(operations) == {operation.name for operation in service.operations}
    for operation in service.operations:
        assert operations[operation.name].soapaction == operation.action


def test_names_are_those_that_clients_ask_for():
    """A client that was written for the official binding of a plain service finds it here too."""
    names = {
        binding for data in on_disk().values() for binding in re.findall(r'<wsdl:binding name="(\w+)"', data.decode())
    }
    assert {"DeviceBinding", "MediaBinding", "Media2Binding", "PTZBinding", "ImagingBinding", "EventBinding"} <= names
