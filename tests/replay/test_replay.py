from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.contract.oracle import the_oracle
from tests.replay.case import read_cases, request_files
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.imaging_bench import EVERYTHING
from tests.unit.onvif.served import PASSWORD, served

CASES = read_cases()


async def send(bench, case):
    text = case.filled(
        username="administrator", password=PASSWORD, utc=bench.clock.utc(), base_url=bench.client.base_url
    )
    return await bench.client.post(text, path=case.path, content_type=case.content_type, headers=case.headers)


async def replay(bench, case):
    """Send a request as often as the case says, filled anew each time, and return the last reply."""
    for _ in range(case.sends - 1):
        await send(bench, case)
        bench.clock.advance(case.between_s)
    return await send(bench, case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_client_of_the_field_gets_the_answer_that_it_needs(case):
    async with served(described(snapshot=True, imaging=EVERYTHING), switches=case.switches) as bench:
        reply = await replay(bench, case)
    assert (reply.status, reply.fault) == (case.status, case.fault)
    content = the_oracle().check(reply.body)
    assert etree.QName(content).localname == case.answer
    assert [pattern for pattern in case.finds if re.search(pattern, reply.text) is None] == []


def test_every_request_is_in_the_table():
    assert {case.request for case in CASES} == request_files()
