"""WSDL from the operation registry: what a client reads in it, and how it gets it over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from bridge.onvif.documents import ANYWHERE, schema, wsdl_of
from bridge.onvif.services import SERVICES, device, events, ptz
from bridge.onvif.wsdl import SOAP, WSAM, WSDL, documents, write
from bridge.proto.soap.namespaces import XS
from tests.unit.onvif import trial_service
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.served import served

if TYPE_CHECKING:
    from pathlib import Path


def wsdl(name: str) -> etree._Element:
    return etree.fromstring(documents(SERVICES)[f"{name}.wsdl"])


def test_the_same_registry_gives_the_same_bytes():
    assert documents(SERVICES) == documents(SERVICES)
    assert documents(iter(SERVICES)) == documents(SERVICES)


def test_there_is_a_wsdl_per_service_and_a_schema_per_namespace():
    names = documents((events.SERVICE, ptz.SERVICE))
    assert {name for name in names if name.endswith(".wsdl")} == {"event.wsdl", "ptz.wsdl"}
    assert {"event.xsd", "onvif.xsd", "ptz.xsd", "wsa.xsd", "wsnt.xsd", "wstop.xsd"} == {
        name for name in names if name.endswith(".xsd")
    }


def test_every_import_leads_to_a_document():
    made = documents(SERVICES)
    imports = [each for data in made.values() for each in etree.fromstring(data).iter(f"{{{XS}}}import")]
    assert imports
    for each in imports:
        schema_of_it = etree.fromstring(made[each.get("schemaLocation", "")])
        assert schema_of_it.get("targetNamespace") == each.get("namespace")


def test_a_binding_is_soap_1_2_with_literal_documents():
    binding = wsdl("media2").find(f"{{{WSDL}}}binding")
    assert binding is not None
    bound = binding.find(f"{{{SOAP}}}binding")
    assert bound is not None
    assert (bound.get("style"), bound.get("transport")) == ("document", "http://schemas.xmlsoap.org/soap/http")
    assert {body.get("use") for body in binding.iter(f"{{{SOAP}}}body")} == {"literal"}


def test_actions_are_those_of_the_registry():
    actions = {
        str(operation.get("name")): bound.get("soapAction")
        for operation in wsdl("media").iterfind(f"{{{WSDL}}}binding/{{{WSDL}}}operation")
        for bound in operation.iterfind(f"{{{SOAP}}}operation")
    }
    assert actions["GetProfiles"] == "http://www.onvif.org/ver10/media/wsdl/GetProfiles"
    assert actions["GetProfile"] == "http://www.onvif.org/ver10/media/wsdlGetProfile/"


def test_only_the_event_service_asks_for_addressing():
    ends = {end.tag for end in wsdl("event").iter() if end.get(f"{{{WSAM}}}Action")}
    assert ends == {f"{{{WSDL}}}input", f"{{{WSDL}}}output"}
    assert not [end for end in wsdl("device").iter() if end.get(f"{{{WSAM}}}Action")]


def test_operations_say_what_they_do_and_who_may_call_them():
    said = {
        each.get("name"): each.findtext(f"{{{WSDL}}}documentation")
        for each in wsdl("ptz").iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation")
    }
    assert said["Stop"]
    assert said["Stop"].endswith("Access class: ACTUATE.")
    assert all(said.values())


def test_writing_replaces_what_was_there(tmp_path: Path):
    for name in ("old.wsdl", "old.xsd", "README.md"):
        (tmp_path / name).touch()
    write({"new.wsdl": b"<new/>"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "new.wsdl"]
    assert (tmp_path / "new.wsdl").read_bytes() == b"<new/>"


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "wsdl="])
async def test_a_service_hands_out_its_wsdl_with_the_address_that_the_client_used(query: str):
    async with served() as bench:
        reply = await bench.client.request("GET", f"/onvif/media_service?{query}")
        assert reply.status == 200
        assert reply.headers["content-type"] == ["text/xml; charset=utf-8"]
        (address,) = etree.fromstring(reply.body).iter(f"{{{SOAP}}}address")
        assert address.get("location") == f"{bench.client.base_url}/onvif/media_service"
        assert ANYWHERE not in reply.text


async def test_an_advertised_host_stands_in_the_wsdl_too():
    async with served(advertise="camera.example") as bench:
        reply = await bench.client.request("GET", "/onvif/device_service?wsdl")
    (address,) = etree.fromstring(reply.body).iter(f"{{{SOAP}}}address")
    assert str(address.get("location")).startswith("http://camera.example:")


async def test_every_schema_that_a_wsdl_imports_can_be_had_beside_it():
    async with served() as bench:
        wanted, seen = ["device_service?wsdl", "event_service?wsdl", "ptz_service?wsdl"], set()
        for name in wanted:
            reply = await bench.client.request("GET", f"/onvif/{name}")
            assert reply.status == 200, name
            seen.add(name)
            imports = {each.get("schemaLocation", "") for each in etree.fromstring(reply.body).iter(f"{{{XS}}}import")}
            wanted.extend(sorted(imports - seen - set(wanted)))
    assert {"onvif.xsd", "device.xsd", "event.xsd", "wsnt.xsd", "ptz.xsd"} <= seen


@pytest.mark.parametrize(
    "path", ["no_service?wsdl", "snapshot?wsdl", "no.xsd", "README.md.xsd", "device.wsdl.xsd", "..%2fpyproject.xsd"]
)
async def test_what_is_not_there_is_not_found(path: str):
    async with served() as bench:
        assert (await bench.client.request("GET", f"/onvif/{path}")).status == 404


async def test_a_service_that_the_camera_cannot_fill_has_no_wsdl():
    async with served(described(ptz=None)) as bench:
        assert (await bench.client.request("GET", "/onvif/ptz_service?wsdl")).status == 404
        assert (await bench.client.request("GET", "/onvif/device_service?wsdl")).status == 200


async def test_a_service_without_a_committed_wsdl_has_none():
    async with served(services=(trial_service.SERVICE,)) as bench:
        assert (await bench.client.request("GET", f"{trial_service.SERVICE.path}?wsdl")).status == 404


async def test_the_device_says_where_its_wsdl_is():
    async with served() as bench:
        answer = await bench.ask('<GetWsdlUrl xmlns="http://www.onvif.org/ver10/device/wsdl"/>', user=None)
        (url,) = answer.values("WsdlUrl")
        assert url == f"{bench.client.base_url}/onvif/device_service?wsdl"


def test_an_address_cannot_break_the_document():
    text = wsdl_of(device.SERVICE, 'http://"<&')
    assert text is not None
    (address,) = etree.fromstring(text.encode()).iter(f"{{{SOAP}}}address")
    assert address.get("location") == 'http://"<&/onvif/device_service'


def test_only_schemas_are_handed_out_as_schemas():
    assert schema("onvif.xsd")
    assert schema("device.wsdl") is None
