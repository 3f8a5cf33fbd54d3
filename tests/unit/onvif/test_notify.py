from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from structlog.testing import capture_logs

from bridge.onvif.eventing.filter import EventFilter, TopicPattern
from bridge.onvif.eventing.guard import ConsumerGuard, ConsumerRefused, Destination, read_address
from bridge.onvif.eventing.notify import (
    MAX_CONSUMERS,
    MAX_MESSAGES,
    NOTIFY_ACTION,
    Consumers,
    NoRoom,
    Patience,
    Recipient,
)
from bridge.onvif.eventing.subscriptions import Notification
from bridge.onvif.eventing.topics import TOPICS
from bridge.onvif.types.events import (
    CONCRETE_DIALECT,
    EndpointReference,
    Message,
    MessageHolder,
    NotificationMessage,
    Notify,
    TopicExpression,
)
from bridge.proto.soap.codec import decode
from bridge.proto.soap.envelope import read_envelope
from bridge.proto.soap.namespaces import WSA
from bridge.runtime.clock import SystemClock
from tests.clients.consumer import listening
from tests.unit.onvif.bench_camera import NOON
from tests.unit.onvif.service_bench import oracle

BASE = "http://192.0.2.1:8000"
EVERYTHING = EventFilter()
HASTE = Patience(answer_s=0.2, first_s=0.001, most_s=0.002, attempts=3)


def notification(topic):
    return Notification(
        topic,
        (),
        NotificationMessage(
            topic=TopicExpression(dialect=CONCRETE_DIALECT, value=topic.expression),
            message=MessageHolder(message=Message(utc_time=NOON)),
        ),
    )


A, B = (notification(topic) for topic in TOPICS[:2])


async def heard(ear):
    """Return the topics of the next Notify, which must please the official schemas."""
    post = await ear.post()
    oracle().check(post.body)
    return post.topics


@asynccontextmanager
async def notifying(consumers):
    """Let a device's consumers be notified."""
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(consumers.run())
        yield consumers
        work.cancel()


def make_consumers(*, current=(), guard=None, patience=HASTE):
    return Consumers(clock=SystemClock(), current=lambda: current, guard=guard or ConsumerGuard(), patience=patience)


def recipient(url, *, from_loopback=True, parameters=()):
    return Recipient(Destination(read_address(url), from_loopback=from_loopback), parameters, BASE)


async def subscribed(consumers, url, *, wants=EVERYTHING, span_s=60.0, **who):
    return await consumers.create(wants, span_s=span_s, recipient=recipient(url, **who))


async def test_a_newcomer_is_told_the_present_state():
    async with listening() as ear, notifying(make_consumers(current=(A, B))) as consumers:
        await subscribed(consumers, ear.url())
        assert await heard(ear) == [A.topic.expression, B.topic.expression]


async def test_a_message_is_posted_as_soon_as_there_is_one():
    async with listening() as ear, notifying(make_consumers()) as consumers:
        await subscribed(consumers, ear.url())
        for each in (A, B):
            consumers.offer(each)
            assert await heard(ear) == [each.topic.expression]


async def test_only_what_the_filter_lets_pass_is_posted():
    only_b = EventFilter(topics=((TopicPattern(B.topic.path, subtree=False),),))
    async with listening() as ear, notifying(make_consumers()) as consumers:
        await subscribed(consumers, ear.url(), wants=only_b)
        consumers.offer(A)
        consumers.offer(B)
        assert await heard(ear) == [B.topic.expression]


async def test_a_notify_is_addressed_and_names_its_subscription():
    async with listening() as ear, notifying(make_consumers(current=(A,))) as consumers:
        consumer = await subscribed(consumers, ear.url())
        post = await ear.post()
        assert (post.method, post.path) == ("POST", "/hook?secret=s3cret")
        assert post.headers["Host"] == f"127.0.0.1:{ear.port}"
        assert post.headers["Content-Type"] == f'application/soap+xml; charset=utf-8; action="{NOTIFY_ACTION}"'
        headers = read_envelope(post.body).headers
        assert headers.action == NOTIFY_ACTION
        assert headers.to == ear.url()
        assert str(headers.message_id).startswith("urn:uuid:")
        (told,) = decode(Notify, read_envelope(post.body).body).notification_message
        reference = EndpointReference(address=f"{BASE}/onvif/subscription/{consumer.id}")
        assert told.subscription_reference == reference


async def test_consumers_are_reached_over_ip_version_6_too():
    async with listening("::1") as ear, notifying(make_consumers(current=(A,))) as consumers:
        await subscribed(consumers, ear.url("[::1]"))
        assert (await ear.post()).headers["Host"] == f"[::1]:{ear.port}"


async def test_reference_parameters_come_back_as_headers():
    parameter = etree.Element("{urn:acme}Id")
    parameter.text = "17"
    async with listening() as ear, notifying(make_consumers(current=(A,))) as consumers:
        await subscribed(consumers, ear.url(), parameters=(parameter,))
        post = await ear.post()
        oracle().check(post.body)
        (block,) = read_envelope(post.body).headers.reference_parameters
        assert (block.tag, block.text) == ("{urn:acme}Id", "17")
    assert parameter.get(f"{{{WSA}}}IsReferenceParameter") is None


async def test_many_messages_come_in_several_posts_and_in_order():
    flood = (A, B) * MAX_MESSAGES
    async with listening() as ear, notifying(make_consumers(current=flood)) as consumers:
        await subscribed(consumers, ear.url())
        posts = [await heard(ear) for _ in range(2)]
    assert [len(post) for post in posts] == [MAX_MESSAGES] * 2
    assert [topic for post in posts for topic in post] == [each.topic.expression for each in flood]


async def test_what_was_not_accepted_is_posted_again():
    async with listening(answers=(503, 404)) as ear, notifying(make_consumers(current=(A,))) as consumers:
        consumer = await subscribed(consumers, ear.url())
        attempts = [await ear.post() for _ in range(3)]
        assert len({attempt.body for attempt in attempts}) == 1
        consumers.offer(B)
        assert await heard(ear) == [B.topic.expression]
        assert consumer.failures == 0
        assert consumer.last_error == "the consumer answered with status 404"


async def test_redirects_are_not_followed():
    async with listening(answers=(307, 302)) as ear, notifying(make_consumers(current=(A,))) as consumers:
        await subscribed(consumers, ear.url())
        assert {(await ear.post()).path for _ in range(3)} == {"/hook?secret=s3cret"}


async def test_a_consumer_that_never_accepts_is_given_up_with_a_word_in_the_log():
    with capture_logs() as logs:
        async with listening(answers=(500,) * 9) as ear, notifying(make_consumers(current=(A,))) as consumers:
            consumer = await subscribed(consumers, ear.url())
            async with asyncio.timeout(5):
                await consumer.ended.wait()
            assert ear.posts.qsize() == HASTE.attempts
            assert len(consumers) == 0
    assert [entry["event"] for entry in logs] == ["notify.failed", "notify.failed", "notify.given_up"]
    assert logs[-1]["consumer"] == f"http://127.0.0.1:{ear.port}"
    assert "s3cret" not in str(logs)


async def test_a_consumer_that_never_answers_is_given_up():
    hurry = Patience(answer_s=0.02, first_s=0.001, most_s=0.001, attempts=2)
    async with listening(is_silent=True) as ear, notifying(make_consumers(current=(A,), patience=hurry)) as consumers:
        consumer = await subscribed(consumers, ear.url())
        async with asyncio.timeout(5):
            await consumer.ended.wait()
        assert consumer.last_error == "no answer within 0.02 s"


async def test_a_consumer_that_is_not_there_is_given_up():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/"
        async with notifying(make_consumers(current=(A,))) as consumers:
            consumer = await subscribed(consumers, url)
            async with asyncio.timeout(5):
                await consumer.ended.wait()
            assert consumer.last_error == "Connection refused"


async def test_one_that_hangs_up_is_given_up():
    async def hang_up(_reader, writer):
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server, notifying(make_consumers(current=(A,))) as consumers:
        consumer = await subscribed(consumers, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        async with asyncio.timeout(5):
            await consumer.ended.wait()
        assert consumer.last_error


async def test_a_slow_consumer_holds_up_no_other():
    patient = Patience(answer_s=30.0)
    async with (
        listening(is_silent=True) as slow,
        listening() as quick,
        notifying(make_consumers(current=(A,), patience=patient)) as consumers,
    ):
        for ear in (slow, quick):
            await subscribed(consumers, ear.url())
        await slow.post()
        await quick.post()
        consumers.offer(B)
        assert await heard(quick) == [B.topic.expression]
        assert slow.posts.empty()


async def test_after_its_end_nothing_more_is_posted():
    async with listening() as ear, notifying(make_consumers()) as consumers:
        first, second = [await subscribed(consumers, ear.url()) for _ in range(2)]
        first.end()
        consumers.offer(A)
        assert second.id in (await ear.post()).text
        assert consumers.find(first.id) is None
        assert ear.posts.empty()


async def test_the_end_cuts_a_delivery_short():
    async with (
        listening(is_silent=True) as ear,
        notifying(make_consumers(current=(A,), patience=Patience(answer_s=60.0))) as consumers,
    ):
        consumer = await subscribed(consumers, ear.url())
        await ear.post()
        consumer.end()


async def test_a_consumer_that_does_not_renew_expires():
    async with listening() as ear, notifying(make_consumers()) as consumers:
        consumer = await subscribed(consumers, ear.url(), span_s=0.02)
        async with asyncio.timeout(5):
            await consumer.ended.wait()
        assert len(consumers) == 0


async def test_what_happens_after_a_shortened_life_is_not_told():
    async with listening() as ear, notifying(make_consumers()) as consumers:
        consumer = await subscribed(consumers, ear.url(), span_s=3600.0)
        consumer.renew(0.0)
        consumers.offer(A)
        assert consumer.ended.is_set()
        assert len(consumers) == 0


async def test_deliveries_do_not_prolong_a_subscription():
    async with listening() as ear, notifying(make_consumers(current=(A,))) as consumers:
        consumer = await subscribed(consumers, ear.url(), span_s=60.0)
        before = consumer.expires
        await ear.post()
        assert consumer.expires == before
        consumer.renew(600.0)
        assert consumer.expires > before


async def test_who_is_subscribed_stays_so_when_the_work_begins_anew():
    async with listening() as ear:
        consumers = make_consumers(current=(A,))
        await subscribed(consumers, ear.url())
        async with notifying(consumers):
            assert await heard(ear) == [A.topic.expression]
        consumers.offer(B)
        async with notifying(consumers):
            assert await heard(ear) == [B.topic.expression]


async def test_one_too_many_is_refused_until_another_has_ended():
    consumers = make_consumers()
    first, *_ = [await subscribed(consumers, "http://127.0.0.1:9/") for _ in range(MAX_CONSUMERS)]
    with pytest.raises(NoRoom):
        await subscribed(consumers, "http://127.0.0.1:9/")
    first.end()
    await subscribed(consumers, "http://127.0.0.1:9/")
    assert len(consumers) == MAX_CONSUMERS


async def test_a_forbidden_address_never_becomes_a_consumer():
    consumers = make_consumers()
    with pytest.raises(ConsumerRefused):
        await subscribed(consumers, "http://127.0.0.1:9/", from_loopback=False)
    assert len(consumers) == 0


class MovingName:
    """A name service whose answer can change between two questions."""

    def __init__(self, address):
        self.address = address
        self.asked = 0

    async def __call__(self, _host):
        self.asked += 1
        return (self.address,)


async def test_a_name_is_resolved_once_per_post_and_that_address_is_used():
    names = MovingName("127.0.0.1")
    guard = ConsumerGuard(resolve=names)
    async with listening() as ear, notifying(make_consumers(current=(A,), guard=guard)) as consumers:
        await subscribed(consumers, ear.url("consumer.invalid"))
        post = await ear.post()
        assert post.headers["Host"] == f"consumer.invalid:{ear.port}"
        assert read_envelope(post.body).headers.to == ear.url("consumer.invalid")
        assert names.asked == 2  # at Subscribe and for the post


async def test_a_name_that_moves_to_a_forbidden_address_is_not_followed():
    names = MovingName("127.0.0.1")
    async with listening() as ear, notifying(make_consumers(guard=ConsumerGuard(resolve=names))) as consumers:
        consumer = await subscribed(consumers, ear.url("consumer.invalid"))
        names.address = "169.254.169.254"
        consumers.offer(A)
        async with asyncio.timeout(5):
            await consumer.ended.wait()
        assert "no address" in consumer.last_error
        assert ear.posts.empty()


def certificate_for(name, folder):
    """Return a server's TLS context with a certificate that nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_a_certificate_that_nobody_vouches_for_gets_no_messages(tmp_path):
    tls = certificate_for("consumer.invalid", tmp_path)
    guard = ConsumerGuard(resolve=MovingName("127.0.0.1"))
    async with listening(tls=tls) as ear, notifying(make_consumers(current=(A,), guard=guard)) as consumers:
        consumer = await subscribed(consumers, ear.url("consumer.invalid"))
        async with asyncio.timeout(5):
            await consumer.ended.wait()
        assert "certificate" in consumer.last_error
        assert ear.posts.empty()
