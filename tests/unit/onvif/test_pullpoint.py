from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bridge.onvif.eventing.faults import EventFault
from bridge.onvif.eventing.filter import EventFilter, TopicPattern
from bridge.onvif.eventing.pullpoint import MAX_PULL_POINTS, PullPoint, PullPoints
from bridge.onvif.eventing.subscriptions import QUEUE_LIMIT, Notification
from bridge.onvif.eventing.topics import TOPICS
from bridge.onvif.types.events import (
    CONCRETE_DIALECT,
    Message,
    MessageHolder,
    NotificationMessage,
    TopicExpression,
)
from bridge.runtime.clock import SystemClock
from tests.unit.onvif.bench_camera import NOON, HandClock

EVERYTHING = EventFilter()


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


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def closed():
    return asyncio.Event()


@pytest.fixture
def point(clock):
    return PullPoint(EVERYTHING, span_s=60, clock=clock)


@pytest.fixture
def points(clock):
    return PullPoints(clock=clock, current=lambda: (A,))


async def test_what_is_queued_is_returned_at_once(point, closed):
    point.offer(A)
    point.offer(B)
    assert await point.pull(timeout_s=60, limit=10, closed=closed) == (A, B)


async def test_no_more_than_the_limit_is_returned_and_the_rest_stays(point, closed):
    for each in (A, B, A):
        point.offer(each)
    assert await point.pull(timeout_s=0, limit=2, closed=closed) == (A, B)
    assert await point.pull(timeout_s=0, limit=2, closed=closed) == (A,)


async def test_an_empty_answer_comes_only_after_the_timeout(point, closed):
    assert await point.pull(timeout_s=0.01, limit=1, closed=closed) == ()


async def test_a_waiting_client_gets_the_next_message(point, closed):
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(point.pull(timeout_s=20, limit=10, closed=closed))
        await asyncio.sleep(0)
        assert point.is_pulled
        point.offer(A)
    assert pull.result() == (A,)
    assert not point.is_pulled


async def test_a_filtered_message_does_not_wake_the_client(clock, closed):
    only_b = EventFilter(topics=((TopicPattern(B.topic.path, subtree=False),),))
    point = PullPoint(only_b, span_s=60, clock=clock)
    point.offer(A)
    assert await point.pull(timeout_s=0, limit=1, closed=closed) == ()


async def test_a_second_pull_ends_the_first(point, closed):
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(_refused(point.pull(timeout_s=20, limit=1, closed=closed)))
        await asyncio.sleep(0)
        second = tasks.create_task(point.pull(timeout_s=20, limit=1, closed=closed))
        await asyncio.sleep(0)
        point.offer(A)
    assert first.result() == "UnableToGetMessagesFault"
    assert second.result() == (A,)


async def test_a_client_that_went_away_takes_nothing_with_it(point, closed):
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(point.pull(timeout_s=20, limit=1, closed=closed))
        await asyncio.sleep(0)
        closed.set()
        point.offer(A)
    assert pull.result() == ()
    assert await point.pull(timeout_s=0, limit=1, closed=asyncio.Event()) == (A,)


async def test_the_end_of_the_subscription_ends_a_pull(point, closed):
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(_refused(point.pull(timeout_s=20, limit=1, closed=closed)))
        await asyncio.sleep(0)
        point.end()
    assert pull.result() == "ResourceUnknownFault"


async def test_a_pull_prolongs_the_life_by_its_span(point, clock, closed):
    clock.advance(50)
    await point.pull(timeout_s=0, limit=1, closed=closed)
    assert point.remaining_s() == 60


async def test_renew_changes_the_span(point, clock, closed):
    point.renew(600)
    clock.advance(100)
    await point.pull(timeout_s=0, limit=1, closed=closed)
    assert point.remaining_s() == 600


async def test_a_full_queue_keeps_the_newest_state_of_every_property(point, closed):
    point.offer(B)
    for _ in range(2 * QUEUE_LIMIT):
        point.offer(A)
    pulled = await point.pull(timeout_s=0, limit=2 * QUEUE_LIMIT, closed=closed)
    assert len(pulled) == QUEUE_LIMIT
    assert pulled[0] is B


async def test_a_new_pull_point_holds_the_present_state(points, closed):
    point = points.create(EVERYTHING, span_s=60)
    assert await point.pull(timeout_s=0, limit=9, closed=closed) == (A,)


async def test_every_pull_point_gets_every_message(points, closed):
    both = [points.create(EVERYTHING, span_s=60) for _ in range(2)]
    points.offer(B)
    assert [await point.pull(timeout_s=0, limit=9, closed=closed) for point in both] == [(A, B)] * 2


def test_a_pull_point_is_found_until_it_expires(points, clock):
    point = points.create(EVERYTHING, span_s=60)
    assert points.find(point.id) is point
    clock.advance(60)
    assert points.find(point.id) is None
    assert len(points) == 0


async def test_a_pull_point_does_not_expire_under_its_client(points, clock, closed):
    point = points.create(EVERYTHING, span_s=10)
    await point.pull(timeout_s=0, limit=1, closed=closed)
    async with asyncio.TaskGroup() as tasks:
        pull = tasks.create_task(point.pull(timeout_s=60, limit=1, closed=closed))
        await asyncio.sleep(0)
        clock.advance(30)
        assert points.find(point.id) is point
        points.offer(B)
    assert pull.result() == (B,)
    assert point.remaining_s() == 10


def test_one_too_many_takes_the_place_of_the_one_nearest_to_its_end(points):
    lives = [60] * MAX_PULL_POINTS
    lives[3] = 30
    created = [points.create(EVERYTHING, span_s=life) for life in lives]
    with capture_logs() as logs:
        newest = points.create(EVERYTHING, span_s=10)
    assert len(points) == MAX_PULL_POINTS
    assert points.find(created[3].id) is None
    assert points.find(newest.id) is newest
    assert [entry["event"] for entry in logs] == ["pullpoint.evicted"]


async def test_while_running_pull_points_expire_by_themselves():
    points = PullPoints(clock=SystemClock(), current=tuple)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(points.run())
        await asyncio.sleep(0)
        point = points.create(EVERYTHING, span_s=0.02)
        await point.ended.wait()
        running.cancel()
    assert len(points) == 0


async def _refused(pull):
    with pytest.raises(EventFault) as caught:
        await pull
    return caught.value.name
