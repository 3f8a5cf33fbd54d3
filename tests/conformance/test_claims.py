"""Which ONVIF profiles a device claims: those of which it has everything, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.formats import AudioCodec
from bridge.core.talk import TalkDescription
from tests.conformance.descriptions import EVERYTHING, PLAIN
from tests.conformance.dut import Dut, bridge_of
from tests.conformance.equipped import EquippedCamera

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CLAIMS = {
    "onvif://www.onvif.org/Profile/Streaming": "S",
    "onvif://www.onvif.org/Profile/T": "T",
    "onvif://www.onvif.org/Profile/G": "G",
    "onvif://www.onvif.org/Profile/M": "M",
}


@pytest.fixture
async def dut(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Dut]:
    """A device that can be discovered, without which there is no profile."""
    camera = EquippedCamera(getattr(request, "param", EVERYTHING))
    async with bridge_of({"claims": camera}, tmp_path, discovery=True) as bridge:
        yield Dut(bridge, camera, bridge.devices()[0])


async def claimed(dut):
    scopes = (await dut.ask("<tds:GetScopes/>")).texts("tds:Scopes/tt:ScopeItem")
    return {CLAIMS[scope] for scope in scopes if scope in CLAIMS}


async def test_a_camera_that_has_everything_claims_s_and_t(dut):
    assert await claimed(dut) == {"S", "T"}


async def test_a_camera_need_not_have_a_loudspeaker(dut):
    dut.camera.become(talk=None)
    assert await claimed(dut) == {"S", "T"}


async def test_a_loudspeaker_that_viewers_cannot_talk_through_is_not_shown_and_in_no_claim_s_way(dut):
    dut.camera.become(talk=TalkDescription((AudioCodec.AAC,)))
    assert await claimed(dut) == {"S", "T"}


WITH_SWITCHES = [
    ({"rtsp_anonymous": True}, {"S"}),
    ({"allow_password_text": True}, {"T"}),
    ({"advertise_analytics": False}, {"S", "T"}),
    ({"advertise_media2": False}, {"S"}),
]


@pytest.mark.parametrize(("switches", "expected"), WITH_SWITCHES, ids=[next(iter(each)) for each, _ in WITH_SWITCHES])
async def test_a_switch_takes_away_the_claims_that_it_breaks_and_no_other(tmp_path, switches, expected):
    camera = EquippedCamera(EVERYTHING)
    async with bridge_of({"claims": camera}, tmp_path, discovery=True, compatibility=switches) as bridge:
        assert await claimed(Dut(bridge, camera, bridge.devices()[0])) == expected


@pytest.mark.parametrize("dut", [PLAIN], indirect=True)
async def test_a_camera_with_the_least_claims_none(dut):
    assert await claimed(dut) == set()


async def test_a_camera_that_reports_no_tampering_does_not_claim_t(dut):
    dut.camera.become(events=frozenset())
    assert await claimed(dut) == {"S"}


async def test_a_camera_whose_texts_cannot_be_set_does_not_claim_t(dut):
    dut.camera.become(overlays=None)
    assert await claimed(dut) == {"S"}
