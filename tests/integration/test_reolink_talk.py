"""Talking to a simulated Reolink camera: what viewers say to the bridge is heard by the camera."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bridge.core.formats import AudioCodec
from bridge.core.talk import TalkDescription
from bridge.drivers.registry import FAMILIES
from tests.clients.rtsp import rtsp_client, sound_packet
from tests.integration.reolink_world import PASSWORD, World, world
from tests.programs import program

if TYPE_CHECKING:
    from pathlib import Path

SPEAKER = TalkDescription((AudioCodec.PCMU,), 8000)
REQUIRED = {"Require": "www.onvif.org/ver20/backchannel"}


async def polled(at: World) -> None:
    """Wait for the first levels: by then the camera has been asked everything."""
    await at.watcher.until(lambda: bool(at.watcher.events))


async def test_the_loudspeaker_is_found_and_hears() -> None:
    async with world(scenarios=("talk",)) as at, at.online():
        await at.watcher.until(lambda: at.watcher.descriptions[-1].talk == SPEAKER)
        talk = at.driver.facets.talk
        assert talk is not None
        await talk.start(AudioCodec.PCMU)
        for number in range(3):
            talk.send(b"\xff" * 160, number * 160)
        await talk.stop()
        assert (await at.state())["talk"] == {"packets": 3, "octets": 480, "payload_type": 0}
        assert len(await at.journal("RTSP TEARDOWN")) == 1


async def test_a_camera_that_shows_no_back_channel_has_no_loudspeaker() -> None:
    async with world(poll_s=0.2) as at, at.online():
        await polled(at)
        assert at.watcher.descriptions[-1].talk is None
        assert at.driver.facets.talk is None
        assert len([entry for entry in await at.journal("RTSP DESCRIBE") if entry["answer"]["status"] == 200]) == 1


@pytest.mark.parametrize("options", [{"talk": "off"}, {"stream": "flv"}], ids=["told not to", "RTSP is off"])
async def test_a_loudspeaker_that_is_not_wanted_or_cannot_be_reached_is_not_asked_for(options: dict[str, Any]) -> None:
    scenarios = ("talk", "rtsp_off") if "stream" in options else ("talk",)
    async with world(scenarios=scenarios, poll_s=0.2, **options) as at, at.online():
        await polled(at)
        assert at.driver.facets.talk is None
        assert not await at.journal("RTSP DESCRIBE")


async def test_what_was_known_of_the_loudspeaker_stays_while_rtsp_does_not_answer() -> None:
    async with world(scenarios=("talk",), poll_s=0.2) as at:
        async with at.online():
            await at.watcher.until(lambda: at.watcher.descriptions[-1].talk == SPEAKER)
        known = at.watcher.descriptions[-1]
        await at.fault("stream_restart", seconds=20)
        at.driver = FAMILIES["reolink"].create(at.config, known, at.clock)
        assert at.driver.facets.talk is not None
        at.watcher.events.clear()
        async with at.online():
            await polled(at)
            assert at.watcher.descriptions[-1].talk == SPEAKER
        silent = FAMILIES["reolink"].create(replace(at.config, options={"talk": "off"}), known, at.clock)
        assert silent.facets.talk is None


def configuration(tmp_path: Path, camera: dict[str, Any]) -> str:
    path = tmp_path / "bridge.yaml"
    entry = {
        "id": "door",
        "family": "reolink",
        "host": "127.0.0.1",
        "port": urlsplit(camera["api"]).port,
        "tls": False,
        "password": PASSWORD,
    }
    section = {"bind": "127.0.0.1", "rtsp_port": 0, "http_port": 0, "discovery": False}
    users = [{"username": "viewer", "password": "look-at-it", "level": "Administrator"}]
    document = {"bridge": section | {"state": str(tmp_path / "state.db")}, "users": users, "cameras": [entry]}
    path.write_text(json.dumps(document))
    return str(path)


def test_a_viewer_talks_through_the_bridge_to_the_camera(tmp_path: Path) -> None:
    log = tmp_path / "log"
    simulator = ("simulate", "reolink", "--password", PASSWORD, "--model", "Video-Doorbell")
    with program(*simulator, log=log) as camera:
        run = ("run", "--config", configuration(tmp_path, camera.ready))
        with program(*run, log=log) as bridge:
            asyncio.run(converse(bridge.ready["devices"][0]["streams"]["main"], camera.ready["control"]))


async def converse(url: str, control: str) -> None:
    port = urlsplit(url).port
    assert port is not None
    async with (
        asyncio.timeout(20),
        aiohttp.ClientSession(control) as session,
        rtsp_client(port, username="viewer", password="look-at-it") as client,
    ):
        described = await client.request("DESCRIBE", url, **REQUIRED)
        while described.status == 551:  # the camera is still being asked
            described = await client.request("DESCRIBE", url, **REQUIRED)
        assert b"a=sendonly" in described.body
        track = f"{described['Content-Base']}backchannel"
        reply = await client.request("SETUP", track, Transport="RTP/AVP/TCP;unicast;interleaved=0-1", **REQUIRED)
        assert reply.status == 200
        played = await client.request("PLAY", url, Session=reply.session, **REQUIRED)
        assert played.status == 200
        number = 0
        told: dict[str, Any] = {"packets": 0}
        while told["packets"] < 5:
            number += 1
            await client.say(0, sound_packet(number))
            async with session.get("/state") as response:
                told = (await response.json())["talk"]
        assert told["payload_type"] == 0
        assert told["octets"] == told["packets"] * len(sound_packet(0)[12:])
        await client.request("TEARDOWN", url, Session=reply.session)
        async with session.get("/journal?since=0") as response:
            assert "RTSP talk" in [entry["command"] for entry in await response.json()]
