"""What the bridge serves, against the official WSDL: same names, same messages, same actions."""

from __future__ import annotations

import pytest

from bridge.onvif.services import SERVICES
from bridge.proto.soap.codec import tag_of
from tests.contract.wsdl_documents import official

pytestmark = pytest.mark.oracle

OPERATIONS = [
    pytest.param(service, operation, id=f"{service.prefix}:{operation.name}")
    for service in SERVICES
    for operation in service.operations
]


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_operation_has_the_official_messages(service, operation):
    described = official(service.prefix).operations.get(operation.tag)
    assert described is not None, "no official operation has this request"
    assert described.response == tag_of(operation.response)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_operation_has_the_official_action(service, operation):
    assert operation.action in official(service.prefix).operations[operation.tag].actions


def test_a_request_means_one_operation_even_if_two_services_have_it():
    operations = {operation.tag: operation for service in SERVICES for operation in service.operations}
    assert all(operations[operation.tag] is operation for service in SERVICES for operation in service.operations)


def test_no_service_has_an_operation_twice():
    for service in SERVICES:
        assert len({operation.tag for operation in service.operations}) == len(service.operations)


def test_namespaces_and_paths_are_distinct():
    assert len({service.namespace for service in SERVICES}) == len(SERVICES)
    assert len({service.path for service in SERVICES}) == len(SERVICES)
