"""What the fuzz run begins with: right requests of every operation, requests as clients send them, and hostile ones.

A seed holds `PROOF` where credentials belong, so that what comes of it can still be let in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from string import Template
from typing import TYPE_CHECKING

from lxml import etree

from bridge.onvif.services import SERVICES
from tests.clients.soap import envelope
from tests.contract.oracle import WSDL
from tests.contract.test_every_operation import requests_of
from tests.integration.test_bad_input import (
    BAD_ARGUMENTS,
    BAD_FILTERS,
    NOT_WELL_FORMED,
    OTHER_REFUSALS,
    PULL,
)
from tests.replay.case import read_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

PROOF = b"<!--proof-->"
DEVICE_PATH = "/onvif/device_service"
LONG_BYTES = 20_000
"""Seeds of more than that are sent rarely: each costs as much as a hundred others."""

SERVED_TIMES = 3

BEGINS_ANEW = {"SystemReboot", "SetSystemFactoryDefault"}
"""Operations that the run asks for itself, from time to time: at random, the device would do little else."""

NAMES = {
    b"Relay_0": b"Relay_1",
    b"http://192.0.2.9/x": b"http://127.0.0.1:9/x",
}
"""What is called otherwise where the requests were made for; nobody listens at that port."""


@dataclass(frozen=True)
class Seed:
    """A request to begin with."""

    path: str
    body: bytes
    content_type: str = "application/soap+xml; charset=utf-8"


def read_corpus() -> tuple[tuple[Seed, ...], tuple[Seed, ...]]:
    """Return the usual seeds, and the long ones."""
    seeds = (*_official(), *_replayed(), *_hostile())
    return (
        tuple(seed for seed in seeds if len(seed.body) <= LONG_BYTES),
        tuple(seed for seed in seeds if len(seed.body) > LONG_BYTES),
    )


def _official() -> Iterator[Seed]:
    """Make a request for every operation; those that are served come several times, as they are let in further."""
    served = {operation.tag for service in SERVICES for operation in service.operations}
    for prefix in WSDL:
        for described, request in requests_of(prefix):
            if described.name not in BEGINS_ANEW:
                text = etree.tostring(request).decode()
                if described.name == "PullMessages":
                    text = text.replace("PT10S", "PT0.01S")
                seed = Seed(DEVICE_PATH, _renamed(envelope(text, PROOF.decode()).encode()))
                yield from repeat(seed, SERVED_TIMES if described.request in served else 1)


def _replayed() -> Iterator[Seed]:
    words = dict.fromkeys(("username", "password", "digest", "nonce", "created", "expires", "base_url"), "x")
    for case in read_cases():
        text = Template(case.text).substitute(words)
        yield Seed(case.path, text.encode(), case.content_type)


def _hostile() -> Iterator[Seed]:
    whole = (*NOT_WELL_FORMED.values(), *(document for document, *_ in OTHER_REFUSALS.values()))
    for document in whole:
        yield Seed(DEVICE_PATH, document if isinstance(document, bytes) else document.encode())
    for body, _ in BAD_ARGUMENTS.values():
        yield Seed(DEVICE_PATH, envelope(body, PROOF.decode()).encode())
    for expression in BAD_FILTERS.values():
        topic = (
            "<Filter><TopicExpression xmlns='http://docs.oasis-open.org/wsn/b-2' "
            "Dialect='http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet'>"
            f"{expression}</TopicExpression></Filter>"
        )
        yield Seed(DEVICE_PATH, envelope(PULL.format(topic), PROOF.decode()).encode())


def _renamed(body: bytes) -> bytes:
    for known, here in NAMES.items():
        body = body.replace(known, here)
    return body
