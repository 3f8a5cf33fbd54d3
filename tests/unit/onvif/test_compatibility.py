"""Compatibility switches over HTTP: each in both positions. Those of RTSP are in `tests/integration`."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import fields

import pytest
import yaml

from bridge.onvif.compatibility import DEFAULTS, SWITCHES, Compatibility, read_switches
from bridge.proto.http.guessing import GuessingBrake
from bridge.resources import data_folder
from tests.clients.soap import SECEXT, TOKEN_PROFILE
from tests.contract.oracle import the_oracle
from tests.unit.onvif.bench_camera import described
from tests.unit.onvif.media_bench import MAIN_H265, SUB, camera_of
from tests.unit.onvif.served import PASSWORD, served

NOT_AUTHORIZED = ("Sender", "NotAuthorized")
BOTH_WAYS = pytest.mark.parametrize("is_on", [True, False])
MEDIA, MEDIA2 = "http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/media/wsdl"
DEVICE, ANALYTICS = "http://www.onvif.org/ver10/device/wsdl", "http://www.onvif.org/ver20/analytics/wsdl"


async def ask(bench, name, namespace, inner="", **more):
    """Ask for an operation of a namespace, and hold the answer against the official schemas."""
    reply = await bench.ask(f'<{name} xmlns="{namespace}">{inner}</{name}>', **more)
    the_oracle().check(reply.body)
    return reply


# ----------------------------------------------------------------------------------------------------------- the table


def test_the_table_and_the_program_know_the_same_switches():
    assert {switch.name for switch in SWITCHES} == {field.name for field in fields(Compatibility)}
    assert {switch.name: switch.default for switch in SWITCHES} == {
        "synology_createprofile": True,
        "allow_password_text": False,
        "media1_h265_as_h264": False,
        "rtsp_anonymous": False,
        "digest_sha256": False,
        "advertise_media2": True,
        "advertise_analytics": True,
        "snapshot_basic_auth": True,
    }


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_every_switch_says_what_it_does_for_whom_and_where_that_can_be_seen(switch):
    assert switch.does
    assert switch.client
    assert all(switch.evidence)
    assert switch.evidence


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text.replace("[rtsp_anonymous]", "[rtsp_open]"), "rtsp_anonymous, rtsp_open must be both"),
        (lambda text: text + "[port80_alias]\ndefault = true\ndoes = ''\nclient = ''\nevidence = []", "port80_alias"),
        (lambda text: text.replace("default = true", "standard = true"), "'default' is missing"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path, change, complaint):
    path = tmp_path / "clients.toml"
    path.write_text(change((data_folder("profiles") / "clients.toml").read_text()))
    with pytest.raises(ValueError, match=complaint):
        read_switches(path)


def test_the_example_configuration_shows_every_switch_as_it_stands_by_default():
    example = yaml.safe_load((data_folder("profiles").parent / "deploy" / "config.example.yaml").read_text())
    assert example["bridge"]["compatibility"] == {switch.name: switch.default for switch in SWITCHES}


def test_switches_are_set_one_over_the_other():
    here = DEFAULTS.but({"rtsp_anonymous": True, "digest_sha256": True}).but({"rtsp_anonymous": False})
    assert (here.rtsp_anonymous, here.digest_sha256, here.advertise_media2) == (False, True, True)


# ------------------------------------------------------------------------------------------------------------ accounts


@BOTH_WAYS
async def test_synology_createprofile(is_on):
    """What it does is for callers without credentials alone, and for this operation of Media alone."""
    async with served(switches={"synology_createprofile": is_on}) as bench:
        reply = await ask(bench, "CreateProfile", MEDIA, "<Name>x</Name>", user=None)
        assert reply.fault == (("Receiver", "Action", "MaxNVTProfiles") if is_on else NOT_AUTHORIZED)
        assert reply.status == (500 if is_on else 401)
        assert (await ask(bench, "CreateProfile", MEDIA, "<Name>x</Name>", user="stranger")).fault == NOT_AUTHORIZED
        assert (await ask(bench, "CreateProfile", MEDIA2, "<Name>x</Name>", user=None)).fault == NOT_AUTHORIZED
        assert (await ask(bench, "DeleteProfile", MEDIA, "", user=None)).fault == NOT_AUTHORIZED
        assert (await ask(bench, "CreateProfile", MEDIA, "<Name>x</Name>")).fault == ()


def text_token(password, kind=f' Type="{TOKEN_PROFILE}#PasswordText"'):
    """Return what ZoneMinder sends at its second try: no nonce, and no time."""
    return (
        f'<Security xmlns="{SECEXT}"><UsernameToken><Username>operator</Username>'
        f"<Password{kind}>{password}</Password></UsernameToken></Security>"
    )


@BOTH_WAYS
@pytest.mark.parametrize("kind", [f' Type="{TOKEN_PROFILE}#PasswordText"', ""], ids=["named", "by default"])
async def test_allow_password_text(is_on, kind):
    async with served(switches={"allow_password_text": is_on}) as bench:
        body = f'<GetProfiles xmlns="{MEDIA}"/>'
        for _ in range(2):
            reply = await bench.client.ask(body, header=text_token(PASSWORD, kind))
            assert (reply.status, reply.fault) == ((200, ()) if is_on else (401, NOT_AUTHORIZED))
        for wrong in (text_token("guess", kind), text_token("", kind), text_token(PASSWORD, ' Type="urn:other"')):
            assert (await bench.client.ask(body, header=wrong)).fault == NOT_AUTHORIZED
        assert (await ask(bench, "GetProfiles", MEDIA)).status == 200


async def test_a_password_as_text_can_be_guessed_no_faster_than_others():
    async with served(switches={"allow_password_text": True}, brake=GuessingBrake(free=0)) as bench:
        reply = await bench.client.ask(f'<GetProfiles xmlns="{MEDIA}"/>', header=text_token("guess"))
        assert reply.headers["connection"] == ["close"]
        good = await bench.client.ask(f'<GetProfiles xmlns="{MEDIA}"/>', header=text_token(PASSWORD))
        assert (good.status, good.headers.get("connection")) == (200, None)


def sha256_answer(challenge, *, method, uri):
    """Answer a challenge with SHA-256 (RFC 7616 section 3.4)."""
    (nonce,) = re.findall('nonce="([^"]*)"', challenge)
    secret, action = (sha256(text) for text in (f"operator:test:{PASSWORD}", f"{method}:{uri}"))
    response = sha256(f"{secret}:{nonce}:00000001:c:auth:{action}")
    return (
        f'Digest username="operator", realm="test", nonce="{nonce}", uri="{uri}", algorithm=SHA-256, qop=auth, '
        f'nc=00000001, cnonce="c", response="{response}"'
    )


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


@BOTH_WAYS
async def test_digest_sha256(is_on):
    async with served(switches={"digest_sha256": is_on}) as bench:
        for path in ("/onvif/device_service", "/onvif/snapshot/Profile_main"):
            method = "POST" if path.endswith("service") else "GET"
            body = f'<GetScopes xmlns="{DEVICE}"/>'

            async def send(authorization=None, path=path, method=method, body=body):
                if method == "POST":
                    return await bench.client.ask(body, path=path, authorization=authorization)
                headers = {} if authorization is None else {"Authorization": authorization}
                return await bench.client.request("GET", path, headers=headers)

            offered = [each for each in (await send()).headers["www-authenticate"] if each.startswith("Digest")]
            algorithms = [found for each in offered for found in re.findall("algorithm=([^,]*)", each)]
            assert algorithms == (["MD5", "SHA-256"] if is_on else ["MD5"])
            answered = await send(sha256_answer(offered[-1], method=method, uri=path))
            assert answered.status == (200 if is_on else 401)
            assert (await send(bench.authorization(method=method, uri=path))).status == 200
        reply = await ask(bench, "GetServiceCapabilities", DEVICE)
        assert f'HashingAlgorithms="{"MD5 SHA-256" if is_on else "MD5"}"' in reply.text


@BOTH_WAYS
async def test_snapshot_basic_auth(is_on):
    basic = "Basic " + base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    async with served(switches={"snapshot_basic_auth": is_on}) as bench:
        path = "/onvif/snapshot/Profile_main"
        reply = await bench.client.request("GET", path, headers={"Authorization": basic})
        assert reply.status == (200 if is_on else 401)
        offered = (await bench.client.request("GET", path)).headers["www-authenticate"]
        assert [each.split()[0] for each in offered] == (["Digest", "Basic"] if is_on else ["Digest"])
        digest = bench.authorization(method="GET", uri=path)
        assert (await bench.client.request("GET", path, headers={"Authorization": digest})).status == 200


async def test_a_guessed_snapshot_is_slowed_down_too():
    basic = "Basic " + base64.b64encode(b"user:guess").decode()
    async with served(brake=GuessingBrake(free=0)) as bench:
        path = "/onvif/snapshot/Profile_main"
        reply = await bench.client.request("GET", path, headers={"Authorization": basic})
        assert (reply.status, reply.headers["connection"]) == (401, ["close"])


# ------------------------------------------------------------------------------------------------------------ services


@BOTH_WAYS
async def test_advertise_media2(is_on):
    async with served(switches={"advertise_media2": is_on}) as bench:
        services = (await ask(bench, "GetServices", DEVICE, "<IncludeCapability>true</IncludeCapability>")).text
        assert (MEDIA2 in services) is is_on
        assert MEDIA in services
        reply = await ask(bench, "GetProfiles", MEDIA2)
        assert reply.fault == (() if is_on else ("Receiver", "ActionNotSupported"))
        assert (await ask(bench, "GetProfiles", MEDIA)).status == 200


@BOTH_WAYS
async def test_advertise_analytics(is_on):
    async with served(described(snapshot=True), switches={"advertise_analytics": is_on}) as bench:
        services = (await ask(bench, "GetServices", DEVICE, "<IncludeCapability>true</IncludeCapability>")).text
        assert (ANALYTICS in services) is is_on
        tree = (await ask(bench, "GetCapabilities", DEVICE)).text
        assert ("<tt:Analytics>" in tree) is is_on
        asked = await ask(bench, "GetSupportedRules", ANALYTICS, "<ConfigurationToken>x</ConfigurationToken>")
        assert asked.fault == (("Sender", "InvalidArgVal", "NoConfig") if is_on else ("Receiver", "ActionNotSupported"))
        assert ("VideoAnalyticsConfiguration" in (await ask(bench, "GetProfiles", MEDIA)).text) is is_on
        everything = await ask(bench, "GetProfiles", MEDIA2, "<Type>All</Type>")
        assert ("<tr2:Analytics" in everything.text) is is_on


# --------------------------------------------------------------------------------------------------------------- H.265


@BOTH_WAYS
async def test_media1_h265_as_h264(is_on):
    async with served(camera_of(MAIN_H265, SUB), switches={"media1_h265_as_h264": is_on}) as bench:
        profile = "<ProfileToken>Profile_main</ProfileToken>"
        reply = await ask(bench, "GetProfile", MEDIA, profile)
        assert ("<tt:Encoding>H264<" in reply.text) is is_on
        assert ("<tt:Width>3840<" in reply.text) is is_on
        configurations = (await ask(bench, "GetVideoEncoderConfigurations", MEDIA)).text
        assert configurations.count("<tt:Encoding>H264<") == (2 if is_on else 1)
        options = (await ask(bench, "GetVideoEncoderConfigurationOptions", MEDIA, profile)).text
        assert ("<tt:H264>" in options) is is_on
        instances = await ask(
            bench,
            "GetGuaranteedNumberOfVideoEncoderInstances",
            MEDIA,
            "<ConfigurationToken>VideoSourceConfig_0</ConfigurationToken>",
        )
        assert f"<trt:H264>{2 if is_on else 1}<" in instances.text
        assert "<tt:Encoding>H265<" in (await ask(bench, "GetVideoEncoderConfigurations", MEDIA2)).text
