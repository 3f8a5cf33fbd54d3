"""A generic SOAP client that knows nothing but the address of a running bridge: zeep over the bridge's own WSDL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import zeep
from lxml import etree
from zeep.wsse.username import UsernameToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.demo import Demo


@pytest.fixture
def service(demo: Demo) -> Iterator[Callable[[str], Any]]:
    clients: list[zeep.Client] = []

    def connect(name: str) -> Any:
        token = UsernameToken(demo.username, demo.password, use_digest=True)
        wsdl = demo.xaddr.replace("/device_service", f"/{name}_service?wsdl")
        clients.append(zeep.Client(wsdl, wsse=token, settings=zeep.Settings(strict=True)))
        return clients[-1].service

    yield connect
    for client in clients:
        client.transport.session.close()


def test_the_device_says_who_it_is(demo: Demo, service):
    device = service("device")
    assert device.GetWsdlUrl() == f"{demo.xaddr}?wsdl"
    assert device.GetDeviceInformation().Model == demo.ready["simulators"][0]["model"]


def test_services_are_listed_with_their_capabilities(demo: Demo, service):
    services = {each.XAddr: each for each in service("device").GetServices(IncludeCapability=True)}
    media = services[demo.xaddr.replace("/device_service", "/media_service")]
    # Of another namespace, which the WSDL of this service does not describe: zeep hands the element over as it is.
    assert media.Capabilities._value_1.get("SnapshotUri") == "true"


@pytest.mark.parametrize("name", ["media", "media2"])
def test_media_profiles_are_read(service, name: str):
    assert [profile.token for profile in service(name).GetProfiles()] == ["Profile_main", "Profile_sub", "Profile_jpeg"]


def test_arguments_with_structure_arrive(demo: Demo, service):
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    uri = service("media").GetStreamUri(StreamSetup=setup, ProfileToken="Profile_main")
    assert uri.Uri == demo.device["streams"]["main"]


def test_event_properties_are_read(service):
    properties = service("event").GetEventProperties()
    assert properties.FixedTopicSet is False
    assert properties.TopicExpressionDialect
    assert any(b"MotionAlarm" in etree.tostring(each) for each in properties.TopicSet)


def test_a_pull_point_is_opened_and_asked_at_its_own_address(service, demo: Demo):
    events = service("event")
    created = events.CreatePullPointSubscription(InitialTerminationTime="PT10S")
    wsdl = zeep.Client(demo.xaddr.replace("/device_service", "/event_service?wsdl"), wsse=events._client.wsse)
    with wsdl.transport.session:
        point = wsdl.create_service(
            "{http://www.onvif.org/ver10/events/wsdl}EventBinding", created.SubscriptionReference.Address
        )
        pulled = point.PullMessages(Timeout="PT1S", MessageLimit=10)
        assert "tns1:VideoSource/MotionAlarm" in [each.Topic._value_1 for each in pulled.NotificationMessage]
        assert pulled.NotificationMessage[0].Message.Message.PropertyOperation == "Initialized"
        point.Unsubscribe()
