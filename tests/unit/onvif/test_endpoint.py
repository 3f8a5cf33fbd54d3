"""The HTTP side of a device: limits, types, statuses, addresses and snapshots."""

from __future__ import annotations

import asyncio
import base64
import zlib

import pytest
from structlog.testing import capture_logs

from bridge.core.errors import AuthFailed, Unreachable
from bridge.proto.soap.xmlsafe import LIMIT_BYTES
from tests.clients.soap import Reply, envelope
from tests.contract.oracle import the_oracle
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MAIN, SUB, camera_of
from tests.unit.onvif.served import JPEG, PASSWORD, Served, served
from tests.unit.onvif.trial_service import SERVICE, TRIAL, waiting_at

ECHO = envelope(f'<t:Echo xmlns:t="{TRIAL}"><t:Word>hi</t:Word></t:Echo>')
WHO = f'<t:Who xmlns:t="{TRIAL}"/>'
WAIT = envelope(f'<t:Wait xmlns:t="{TRIAL}"/>').encode()


def trial(**more):
    return served(services=(SERVICE,), **more)


async def test_an_answer_is_soap_in_one_piece():
    async with trial() as bench:
        reply = await bench.client.post(ECHO)
    assert reply.status == 200
    assert reply.headers["content-type"] == ["application/soap+xml; charset=utf-8"]
    assert reply.headers["content-length"] == [str(len(reply.text))]
    assert "\n" not in reply.text


@pytest.mark.parametrize(
    "path", ["/onvif/device_service", "/onvif/no_such_service", "/onvif/a/b", "/onvif/", "/Events"]
)
async def test_every_service_answers_on_every_path(path):
    async with trial() as bench:
        assert (await bench.client.post(ECHO, path=path)).status == 200


async def test_paths_of_others_are_not_found():
    async with trial() as bench:
        assert (await bench.client.post(ECHO, path="/")).status == 404


@pytest.mark.parametrize(
    "content_type",
    [
        "application/soap+xml",
        'application/soap+xml; charset=utf-8; action="http://www.onvif.org/x"',
        "text/xml; charset=utf-8",
        "application/xml",
    ],
)
async def test_the_content_types_of_the_field_are_accepted(content_type):
    async with trial() as bench:
        assert (await bench.client.post(ECHO, content_type=content_type)).status == 200


async def test_other_content_types_are_refused_with_a_fault():
    async with trial() as bench:
        reply = await bench.client.post(ECHO, content_type="application/json")
    assert (reply.status, reply.fault) == (415, ("Sender",))
    the_oracle().check(reply.body)


async def test_a_long_body_is_refused_with_a_fault():
    async with trial() as bench:
        reply = await bench.client.post(b"x" * (LIMIT_BYTES + 1))
        assert (reply.status, reply.fault) == (413, ("Sender",))
        assert (await bench.client.post(ECHO)).status == 200


async def test_a_body_that_does_not_arrive_is_not_waited_for():
    async with trial(body_timeout_s=0.05) as bench:
        reader, writer = await connect(bench)
        writer.write(head(1000) + b"<a>")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert b" 408 " in answer.splitlines()[0]
    assert b"<env:Fault>" in answer


async def test_a_body_that_is_not_packed_as_it_says_is_refused_with_a_fault():
    async with trial() as bench:
        reply = await bench.client.post(ECHO, headers={"Content-Encoding": "gzip"})
    assert (reply.status, reply.fault) == (400, ("Sender",))
    the_oracle().check(reply.body)


async def test_a_compressed_bomb_is_refused():
    async with trial() as bench:
        reader, writer = await connect(bench)
        packed = zlib.compress(b" " * (100 * LIMIT_BYTES))
        writer.write(head(len(packed), "Content-Encoding: deflate") + packed)
        status = await reader.readline()
        writer.close()
        await writer.wait_closed()
    assert b" 413 " in status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_posts_reach_a_service(method):
    async with trial() as bench:
        reply = await bench.client.request(method, "/onvif/device_service")
    assert reply.status == 405
    assert "POST" in reply.headers["allow"][0]


async def test_a_missing_password_is_a_challenge_and_a_fault():
    async with trial() as bench:
        reply = await bench.client.ask(WHO)
        assert (reply.status, reply.fault) == (401, ("Sender", "NotAuthorized"))
        assert [value.split()[0] for value in reply.headers["www-authenticate"]] == ["Digest"]
        the_oracle().check(reply.body)
        again = await bench.client.ask(WHO, authorization=bench.authorization(uri="/onvif/device_service"))
        assert (again.status, again.values("User")) == (200, ["administrator"])


async def test_a_password_is_not_logged():
    async with trial() as bench:
        with capture_logs() as logs:
            basic = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
            await bench.client.ask(WHO, authorization=f"Basic {basic}")
            await bench.client.request("GET", "/onvif/snapshot/x", headers={"Authorization": "Basic eDp5"})
    assert basic not in str(logs)
    assert PASSWORD not in str(logs)


@pytest.mark.parametrize(
    ("header", "host", "authority"),
    [
        ("camera.example:8000", "camera.example", "camera.example:8000"),
        ("192.0.2.9", "192.0.2.9", "192.0.2.9"),
        ("[2001:db8::1]:81", "[2001:db8::1]", "[2001:db8::1]:81"),
    ],
)
async def test_addresses_are_those_that_the_client_used(header, host, authority):
    async with trial() as bench:
        bench.client.headers["Host"] = header
        reply = await bench.ask(WHO)
    assert reply.values("Host") == [host]
    assert reply.values("BaseUrl") == [f"http://{authority}"]
    assert reply.values("Path") == ["/onvif/device_service"]


@pytest.mark.parametrize("header", ["a b", "evil/<x>", "user:pass@host", "", "h:999999", "[::1", "h:99999", "h:0"])
async def test_a_host_header_that_is_no_host_is_ignored(header):
    async with trial() as bench:
        bench.client.headers["Host"] = header
        reply = await bench.ask(WHO)
        assert reply.status in (200, 400)
        if reply.status == 200:
            assert reply.values("BaseUrl") == [bench.client.base_url]


@pytest.mark.parametrize(
    ("advertise", "host"), [("cameras.example", "cameras.example"), ("2001:db8::1", "[2001:db8::1]")]
)
async def test_an_advertised_host_replaces_the_clients(advertise, host):
    async with trial(advertise=advertise) as bench:
        reply = await bench.ask(WHO)
    port = bench.client.base_url.rpartition(":")[2]
    assert reply.values("BaseUrl") == [f"http://{host}:{port}"]
    assert reply.values("LocalAddress") == ["127.0.0.1"]


def head(length: int, *more: str) -> bytes:
    lines = ["POST /onvif/x HTTP/1.1", "Host: x", "Content-Type: application/soap+xml", f"Content-Length: {length}"]
    return "\r\n".join([*lines, *more, "", ""]).encode()


async def connect(bench: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(bench.client.base_url.rpartition(":")[2]))


async def test_a_long_poll_ends_when_its_client_hangs_up():
    async with asyncio.timeout(5), trial() as bench:
        waiting = waiting_at(bench.device)
        _, writer = await connect(bench)
        writer.write(head(len(WAIT)) + WAIT)
        await waiting.started.wait()
        writer.transport.abort()
        await waiting.finished.wait()


async def test_a_long_poll_ends_when_the_device_is_taken_down():
    async with asyncio.timeout(5):
        async with trial() as bench:
            waiting = waiting_at(bench.device)
            reader, writer = await connect(bench)
            writer.write(head(len(WAIT)) + WAIT)
            await waiting.started.wait()
        assert waiting.finished.is_set()
        assert b" 200 " in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def snapshot(bench: Served, profile: str = "Profile_main", user: str = "user") -> Reply:
    uri = f"/onvif/snapshot/{profile}"
    authorization = bench.authorization(user=user, method="GET", uri=uri)
    return await bench.client.request("GET", uri, headers={"Authorization": authorization})


async def test_a_snapshot_is_a_picture_of_the_profiles_stream():
    async with served() as bench:
        reply = await snapshot(bench, "Profile_sub")
    assert reply.status == 200
    assert reply.headers["content-type"] == ["image/jpeg"]
    assert reply.text == JPEG.decode(errors="replace")
    assert bench.camera.commands == [("take", "sub")]


async def test_a_snapshot_of_the_jpeg_profile_is_one_of_those_that_its_stream_is_made_of():
    async with served(camera_of(MAIN, SUB)) as bench:
        reply = await snapshot(bench, "Profile_jpeg")
    assert reply.status == 200
    assert bench.camera.commands == [("take", "sub")]


async def test_a_snapshot_is_had_with_basic_too():
    async with served() as bench:
        basic = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
        reply = await bench.client.request(
            "GET", "/onvif/snapshot/Profile_main", headers={"Authorization": f"Basic {basic}"}
        )
    assert reply.status == 200


async def test_a_snapshot_without_credentials_offers_digest_then_basic():
    async with served() as bench:
        reply = await bench.client.request("GET", "/onvif/snapshot/Profile_main")
    assert reply.status == 401
    assert [value.split()[0] for value in reply.headers["www-authenticate"]] == ["Digest", "Basic"]
    assert bench.camera.commands == []


async def test_a_snapshot_of_nothing_is_not_found():
    async with served() as bench:
        assert (await snapshot(bench, "Profile_none")).status == 404
    async with served(described(snapshot=False)) as bench:
        assert (await snapshot(bench)).status == 404


@pytest.mark.parametrize("error", [Unreachable("No route to the camera"), AuthFailed("The camera refused the user")])
async def test_a_camera_that_gives_no_picture_is_a_reason_to_come_back(error):
    async with served() as bench:
        bench.camera.refusals.append(error)
        reply = await snapshot(bench)
    assert (reply.status, reply.text) == (503, error.detail)
    assert reply.headers["retry-after"] == ["5"]
