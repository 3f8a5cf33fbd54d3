"""Whatever strangers send: a typed answer, one line in the log at most, and the device keeps serving."""

from __future__ import annotations

import asyncio
import socket
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from tests.clients.judged import DEVICE, MEDIA
from tests.clients.soap import ENVELOPE, SoapClient, digest_authorization, envelope, username_token
from tests.clients.wsd import open_client, probe, resolve
from tests.demo import Demo
from tests.target import HOST, Target, raw

pytestmark = pytest.mark.allow_hosts([HOST])

DISCOVERY_PORT = 3702
LIMIT_BYTES = 256 * 1024
QUIET_PORT_URI = "http://127.0.0.1:9/never"


# -- XML and SOAP ------------------------------------------------------------------------------------------------------

GOOD = envelope(f"<GetSystemDateAndTime xmlns='{DEVICE}'/>")
BOMB = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))


def with_document_type(declarations: str, reference: str) -> str:
    """Return a good request whose element holds a reference to an entity of its own."""
    declaration, rest = GOOD.split("?>", 1)
    request = rest.replace("/></s:Body>", f">{reference}</GetSystemDateAndTime></s:Body>")
    return f"{declaration}?><!DOCTYPE s:Envelope [{declarations}]>{request}"


NOT_WELL_FORMED: dict[str, str | bytes] = {
    "nothing": "",
    "text": "hello",
    "cut off": GOOD[:-20],
    "two roots": GOOD + "<more/>",
    "zero bytes": b"\x00" * 500,
    "not the encoding that it declares": GOOD.replace("<s:Body>", "<s:Body>\xff").encode("latin-1"),
    "an unknown encoding": GOOD.replace("UTF-8", "EBCDIC-9"),
    "an undeclared prefix": GOOD.replace("<s:Body>", "<s:Body><x:y/>"),
    "an entity bomb": with_document_type(BOMB, "&a9;"),
    "a long entity many times": with_document_type(f"<!ENTITY a '{'x' * 50_000}'>", "&a;" * 10_000),
    "an external entity": with_document_type("<!ENTITY a SYSTEM 'file:///etc/hostname'>", "&a;"),
    "an external document type": GOOD.replace("?>", f"?><!DOCTYPE s:Envelope SYSTEM '{QUIET_PORT_URI}'>"),
    "a parameter entity": with_document_type(f"<!ENTITY % a SYSTEM '{QUIET_PORT_URI}'>%a;", ""),
    "a harmless document type": with_document_type("", ""),
    "deep nesting": envelope("<a>" * 30_000 + "</a>" * 30_000),
    "moderately deep nesting": envelope("<a>" * 100 + "</a>" * 100),
    "no Body": f"<s:Envelope xmlns:s='{ENVELOPE}'/>",
    "an empty Body": envelope(""),
    "text for a Body": envelope("hello"),
    "no envelope": f"<GetSystemDateAndTime xmlns='{DEVICE}'/>",
    "only a comment": envelope("<!-- nobody -->"),
}


@pytest.mark.parametrize("document", NOT_WELL_FORMED.values(), ids=NOT_WELL_FORMED)
async def test_what_is_no_request_is_called_not_well_formed(target: Target, document):
    reply = await target.client.post(document)
    assert (reply.status, reply.fault) == (400, ("Sender", "WellFormed"))
    assert socket.gethostname() not in reply.text
    (line,) = target.log.lines()
    assert "soap.refused" in line
    assert "WellFormed" in line


async def test_an_external_document_is_never_fetched(target: Target):
    asked = asyncio.Event()

    def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/it.dtd"
        reply = await target.client.post(with_document_type(f"<!ENTITY a SYSTEM '{uri}'>", "&a;"))
    assert reply.fault == ("Sender", "WellFormed")
    assert not asked.is_set()


OTHER_REFUSALS = {
    "SOAP 1.1": (GOOD.replace(ENVELOPE, "http://schemas.xmlsoap.org/soap/envelope/"), 500, ("VersionMismatch",)),
    "a header to be understood": (
        envelope(f"<GetSystemDateAndTime xmlns='{DEVICE}'/>", "<p:Pay xmlns:p='urn:p' s:mustUnderstand='1'/>"),
        500,
        ("MustUnderstand",),
    ),
    "an operation of nobody": (envelope("<Dance xmlns='urn:dance'/>"), 400, ("Sender", "UnknownAction")),
    "an operation without namespace": (envelope("<GetProfiles/>"), 400, ("Sender", "UnknownAction")),
    "an operation that there is not": (
        envelope(f"<Dance xmlns='{DEVICE}'/>"),
        500,
        ("Receiver", "ActionNotSupported"),
    ),
    "the answer instead of the request": (
        envelope(f"<GetSystemDateAndTimeResponse xmlns='{DEVICE}'/>"),
        500,
        ("Receiver", "ActionNotSupported"),
    ),
    "a name of ten thousand letters": (envelope(f"<{'x' * 10_000}/>"), 400, ("Sender", "UnknownAction")),
}


@pytest.mark.parametrize(("document", "status", "fault"), OTHER_REFUSALS.values(), ids=OTHER_REFUSALS)
async def test_what_cannot_be_answered_is_refused_by_its_own_fault(target: Target, document, status, fault):
    reply = await target.client.post(document)
    assert (reply.status, reply.fault) == (status, fault)
    assert len(reply.text) < 2000


STREAM_URI = (
    "<GetStreamUri xmlns='{media}'><StreamSetup><Stream xmlns='http://www.onvif.org/ver10/schema'>{stream}</Stream>"
    "<Transport xmlns='http://www.onvif.org/ver10/schema'><Protocol>RTSP</Protocol></Transport></StreamSetup>"
    "<ProfileToken>{token}</ProfileToken></GetStreamUri>"
)
PULL = "<CreatePullPointSubscription xmlns='http://www.onvif.org/ver10/events/wsdl'>{0}</CreatePullPointSubscription>"
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
MOVE = (
    f"<ContinuousMove xmlns='{PTZ}'><ProfileToken>Profile_main</ProfileToken><Velocity>"
    "<PanTilt xmlns='http://www.onvif.org/ver10/schema' x='{0}' y='0'/></Velocity>{1}</ContinuousMove>"
)
BAD_ARGUMENTS = {
    "no argument": (f"<GetStreamUri xmlns='{MEDIA}'/>", ("Sender", "InvalidArgs")),
    "a word of no list": (
        STREAM_URI.format(media=MEDIA, stream="Smoke", token="Profile_main"),
        ("Sender", "InvalidArgs"),
    ),
    "an unknown token": (
        STREAM_URI.format(media=MEDIA, stream="RTP-Unicast", token="&lt;x&gt;"),
        ("Sender", "InvalidArgVal", "NoProfile"),
    ),
    "a velocity that is no number": (MOVE.format("fast", ""), ("Sender", "InvalidArgs")),
    "a velocity of not-a-number": (MOVE.format("NaN", ""), ("Sender", "InvalidArgs")),
    "an endless velocity": (MOVE.format("INF", ""), ("Sender", "InvalidArgs")),
    "a time-out that is none": (MOVE.format("0.1", "<Timeout>soon</Timeout>"), ("Sender", "InvalidArgs")),
    "a time-out of ages": (MOVE.format("0.1", f"<Timeout>P{'9' * 30}Y</Timeout>"), ("Sender", "InvalidArgs")),
}


@pytest.mark.parametrize(("body", "fault"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
async def test_bad_arguments_are_the_senders_fault(target: Target, body, fault):
    reply = await target.client.ask(body)
    assert (reply.status, reply.fault) == (400, fault)


BAD_FILTERS = {
    "no expression": "",
    "a topic of thousands": "|".join(f"tns1:T{n}" for n in range(5000)),
    "an open parenthesis": "tns1:VideoSource/(",
    "a foreign prefix": "zz:VideoSource",
}


@pytest.mark.parametrize("expression", BAD_FILTERS.values(), ids=BAD_FILTERS)
async def test_a_topic_filter_that_cannot_be_read_is_refused(target: Target, expression):
    topic = (
        "<Filter><TopicExpression xmlns='http://docs.oasis-open.org/wsn/b-2' "
        "xmlns:tns1='http://www.onvif.org/ver10/topics' "
        f"Dialect='http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet'>{expression}</TopicExpression></Filter>"
    )
    reply = await target.client.ask(PULL.format(topic))
    assert reply.status == 500
    assert reply.fault[0] in {"Sender", "Receiver"}


# -- HTTP --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "text/html", "nonsense"])
async def test_another_content_type_is_refused(target: Target, kind):
    reply = await target.client.post(GOOD, content_type=kind)
    assert (reply.status, reply.fault) == (415, ("Sender",))


@pytest.mark.parametrize("kind", ["text/xml", "application/xml", 'application/soap+xml; action="x"; charset=\'y'])
async def test_odd_content_types_of_xml_are_taken(target: Target, kind):
    assert (await target.client.post(GOOD, content_type=kind)).status == 200


async def test_a_body_that_is_too_long_is_refused(target: Target):
    reply = await target.client.post(GOOD + " " * LIMIT_BYTES)
    assert (reply.status, reply.fault) == (413, ("Sender",))


async def test_a_body_that_never_tells_its_length_is_refused_when_it_is_too_long(target: Target):
    head = b"POST /onvif/device_service HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    reader, writer = await asyncio.open_connection(HOST, int(target.demo.port))
    writer.write(head + chunk * 9)
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_packed_body_is_not_unpacked_beyond_the_limit(target: Target, encoding):
    compressor = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    packed = compressor.compress(b" " * 50_000_000) + compressor.flush()
    reply = await target.client.post(packed, headers={"Content-Encoding": encoding})
    assert (reply.status, reply.fault) == (413, ("Sender",))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_packed_as_it_says_is_a_bad_request(target: Target, encoding):
    reply = await target.client.post(GOOD, headers={"Content-Encoding": encoding})
    assert (reply.status, reply.fault) == (400, ("Sender",))


PROOF = b"YWRtaW46c2VjcmV0cGFzc3dvcmQ="
BROKEN_HTTP = {
    "garbage": b"\x17\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "RTSP": b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    "a header of 60 KB": b"GET /x HTTP/1.1\r\nHost: x\r\nX-Y: " + b"y" * 60_000 + b"\r\n\r\n",
    "a path of 60 KB": b"GET /" + b"y" * 60_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a negative length": b"POST /onvif/x HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a length of words": b"POST /onvif/x HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    "two lengths": b"POST /onvif/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a chunk of no size": b"POST /onvif/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a zero byte in credentials": b"GET /x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + PROOF + b"\x00\r\n\r\n",
}


@pytest.mark.parametrize("data", BROKEN_HTTP.values(), ids=BROKEN_HTTP)
async def test_what_is_no_http_is_a_bad_request_and_its_credentials_are_not_logged(target: Target, data):
    target.client.credentials.add(PROOF.decode())
    answer = await raw(HOST, int(target.demo.port), data)
    assert answer.startswith((b"HTTP/1.0 4", b"HTTP/1.1 4")), answer[:200]
    assert b"Traceback" not in answer


async def test_a_client_that_hangs_up_in_the_middle_of_its_body_leaves_nothing(target: Target):
    _, writer = await asyncio.open_connection(HOST, int(target.demo.port))
    writer.write(b"POST /onvif/device_service HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n<s:Envel")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/onvif/device_service", 405),
        ("PUT", "/onvif/device_service", 405),
        ("POST", "/", 404),
        ("GET", "/onvif/snapshot/../../etc/passwd", 404),
        ("GET", "/onvif/snapshot/%00", 401),
    ],
)
async def test_other_methods_and_paths_are_not_there(target: Target, method, path, status):
    assert (await SoapClient(target.client.base_url).request(method, path)).status == status


async def test_a_host_header_that_is_no_host_is_not_repeated(target: Target):
    data = GOOD.replace("GetSystemDateAndTime", "GetServices").replace(
        "/></s:", "><IncludeCapability/></GetServices></s:"
    )
    data = data.replace("<IncludeCapability/>", "<IncludeCapability>false</IncludeCapability>")
    reply = await target.client.post(data, headers={"Host": 'evil"><script>.example'})
    assert "script" not in reply.text


# -- credentials -------------------------------------------------------------------------------------------------------

PROFILES = f"<GetProfiles xmlns='{MEDIA}'/>"


def bad_tokens(demo: Demo) -> dict[str, str]:
    name, password = demo.username, demo.password
    good = username_token(name, password)
    now = datetime.now(UTC)
    return {
        "nothing": "",
        "a wrong password": username_token(name, "wrong-" + password),
        "an unknown user": username_token("nobody", password),
        "a nameless user": username_token("", password),
        "an old token": username_token(name, password, created=now - timedelta(hours=1)),
        "a token of tomorrow": username_token(name, password, created=now + timedelta(days=1)),
        "a huge nonce": username_token(name, password, nonce=b"n" * 5000),
        "a password as text": good.replace("#PasswordDigest", "#PasswordText"),
        "a nonce that is not base64": good.replace(":Nonce>", ":Nonce>\xe4 "),
        "a time that is none": good.replace(":Created>", ":Created>yester", 1),
        "a digest that is not base64": good.replace('Digest">', 'Digest">???'),
        "an empty token": "<w:Security xmlns:w='http://docs.oasis-open.org/wss/2004/01/"
        "oasis-200401-wss-wssecurity-secext-1.0.xsd'><w:UsernameToken/></w:Security>",
    }


BAD_TOKENS = tuple(bad_tokens(Demo({"username": "", "password": ""})))


@pytest.mark.parametrize("case", BAD_TOKENS)
async def test_a_token_that_proves_nothing_is_not_authorized(target: Target, case):
    reply = await target.client.ask(PROFILES, header=bad_tokens(target.demo)[case])
    assert (reply.status, reply.fault) == (401, ("Sender", "NotAuthorized"))
    assert reply.headers["www-authenticate"][0].startswith("Digest ")


async def test_a_token_is_good_once(target: Target):
    token = target.client.token()
    assert (await target.client.ask(PROFILES, header=token)).status == 200
    again = await target.client.ask(PROFILES, header=token)
    assert (again.status, again.fault) == (401, ("Sender", "NotAuthorized"))
    assert "used before" in again.text


async def test_a_bad_token_does_not_hinder_what_anybody_may_ask(target: Target):
    token = username_token(target.demo.username, "wrong")
    assert (await target.client.ask(f"<GetSystemDateAndTime xmlns='{DEVICE}'/>", header=token)).status == 200


async def challenge(target: Target) -> str:
    refused = await target.client.ask(PROFILES, header="")
    return refused.headers["www-authenticate"][0]


def authorization(target: Target, offer: str, password: str = "") -> str:
    return digest_authorization(
        offer,
        username=target.demo.username,
        password=password or target.demo.password,
        method="POST",
        uri="/onvif/device_service",
    )


async def test_an_http_digest_is_good_once_and_then_stale(target: Target):
    used = authorization(target, await challenge(target))
    assert (await target.client.ask(PROFILES, authorization=used)).status == 200
    again = await target.client.ask(PROFILES, authorization=used)
    assert (again.status, again.fault) == (401, ("Sender", "NotAuthorized"))
    (offer,) = again.headers["www-authenticate"]
    assert "stale=true" in offer
    assert (await target.client.ask(PROFILES, authorization=authorization(target, offer))).status == 200


async def test_a_nonce_of_another_time_is_stale(target: Target):
    offer = (await challenge(target)).replace('nonce="', 'nonce="00')
    reply = await target.client.ask(PROFILES, authorization=authorization(target, offer))
    assert reply.status == 401
    assert "stale=true" in reply.headers["www-authenticate"][0]


BAD_AUTHORIZATIONS = {
    "a scheme alone": "Digest",
    "punctuation": 'Digest ,,=,"="',
    "an open quote": 'Digest username="admin',
    "another scheme": "Bearer abcdefghijklmnopqrstuvwxyz",
    "a password as text": "Basic YWRtaW46YWRtaW4=",
    "seven kilobytes": f'Digest username="admin", response="{"0" * 7000}"',
    "letters of no alphabet": 'Digest username="\xff\xfe", realm="\xe4"',
}


@pytest.mark.parametrize("value", BAD_AUTHORIZATIONS.values(), ids=BAD_AUTHORIZATIONS)
async def test_an_authorization_that_proves_nothing_is_not_authorized(target: Target, value):
    reply = await target.client.ask(PROFILES, authorization=value)
    assert (reply.status, reply.fault) == (401, ("Sender", "NotAuthorized"))
    assert "stale" not in reply.headers["www-authenticate"][0]


async def test_a_wrong_password_is_not_called_stale(target: Target):
    wrong = authorization(target, await challenge(target), "wrong-password")
    reply = await target.client.ask(PROFILES, authorization=wrong)
    assert reply.status == 401
    assert "stale" not in reply.headers["www-authenticate"][0]


# -- discovery ---------------------------------------------------------------------------------------------------------

BAD_DATAGRAMS = {
    "nothing": b"",
    "garbage": bytes(range(256)),
    "the longest datagram": b"<" * 65_000,
    "half a probe": probe()[:200],
    "an entity bomb": f"<!DOCTYPE x [{BOMB}]><x>&a9;</x>".encode(),
    "another envelope": probe().replace(ENVELOPE.encode(), b"http://schemas.xmlsoap.org/soap/envelope/"),
    "a probe without an id": probe().replace(b"MessageID", b"Massage"),
    "an empty body": probe().replace(b"w:Probe", b"w:Prob", 1)[:-30],
    "deep nesting": b"<a>" * 2000,
}


@pytest.mark.multicast
async def test_discovery_survives_bad_datagrams_and_logs_them_together(target: Target):
    async with open_client(HOST) as client:
        for data in BAD_DATAGRAMS.values():
            client.send(data, (HOST, DISCOVERY_PORT))
        client.send(probe(types="tds:Device"), (HOST, DISCOVERY_PORT))
        found = await client.answer(lambda answer: answer.action == "ProbeMatches")
    assert found.endpoint == target.demo.device["uuid"]
    (line,) = target.log.lines()
    assert "discovery.bad_message" in line


@pytest.mark.multicast
async def test_who_looks_for_another_device_hears_nothing(target: Target):
    async with open_client(HOST) as client:
        for question in (
            probe(types="tds:Printer"),
            probe(scopes="onvif://www.onvif.org/location/mars"),
            resolve("urn:uuid:11111111-2222-4333-8444-555555555555"),
            resolve("anybody"),
        ):
            client.send(question, (HOST, DISCOVERY_PORT))
        # Unicast is answered at once and in order: what answers the last question is all that there is.
        client.send(probe(message_id="uuid:last"), (HOST, DISCOVERY_PORT))
        first = await client.answer(lambda _: True)
    assert first.text("//a:RelatesTo") == "uuid:last"
