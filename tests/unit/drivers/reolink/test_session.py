"""Logins: how many, how long, and what happens when they are refused."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bridge.core.errors import AuthFailed, Busy, CameraError, Rejected, TimedOut, Unreachable
from bridge.core.model import Secret
from bridge.drivers.reolink.envelope import Command
from bridge.drivers.reolink.session import Lease
from tests.unit.drivers.reolink.scripted import JPEG, PASSWORD, good, refused, session_with

if TYPE_CHECKING:
    from bridge.drivers.reolink.session import NativeSession
    from tests.unit.clock import FakeClock
    from tests.unit.drivers.reolink.scripted import Received, Script, ScriptedCamera

TIME = good("GetTime", {"Time": {}})
ASK_TIME = [Command("GetTime")]
SNAP = {"cmd": "Snap", "channel": "0"}


@pytest.fixture(autouse=True)
def answering(camera: ScriptedCamera) -> None:
    camera.answers["GetTime"] = TIME


async def test_logs_in_once_and_uses_the_token_for_everything(session: NativeSession, camera: ScriptedCamera) -> None:
    for _ in range(3):
        (answer,) = await session.call(ASK_TIME)
        assert answer.is_good
    assert camera.asked == ["Login", "GetTime", "GetTime", "GetTime"]
    assert [request.query.get("token") for request in camera.received] == [None, "token1", "token1", "token1"]


async def test_credentials_travel_in_the_login_body_only(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.call(ASK_TIME)
    login = camera.received[0]
    assert login.commands[0]["param"] == {"User": {"Version": "0", "userName": "admin", "password": PASSWORD}}
    assert all(PASSWORD not in request.query.values() for request in camera.received)


async def test_concurrent_calls_share_one_login_and_one_request_at_a_time(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    await asyncio.gather(*(session.call(ASK_TIME) for _ in range(5)))
    assert camera.asked.count("Login") == 1
    assert camera.asked.count("GetTime") == 5


async def test_renews_by_logging_out_first_when_the_lease_runs_low(
    session: NativeSession, camera: ScriptedCamera, clock: FakeClock
) -> None:
    await session.call(ASK_TIME)
    clock.advance(3600 - 299)
    await session.call(ASK_TIME)
    assert camera.asked == ["Login", "GetTime", "Logout", "Login", "GetTime"]
    assert camera.requests("Logout")[0].query["token"] == "token1"
    assert camera.received[-1].query["token"] == "token2"


async def test_does_not_log_out_a_token_whose_lease_has_ended(
    session: NativeSession, camera: ScriptedCamera, clock: FakeClock
) -> None:
    await session.call(ASK_TIME)
    clock.advance(3601)
    await session.call(ASK_TIME)
    assert camera.asked == ["Login", "GetTime", "Login", "GetTime"]


async def test_a_short_lease_is_used_for_half_of_its_time(
    session: NativeSession, camera: ScriptedCamera, clock: FakeClock
) -> None:
    camera.answers["Login"] = good("Login", {"Token": {"leaseTime": 60, "name": "brief"}})
    await session.call(ASK_TIME)
    clock.advance(29)
    await session.call(ASK_TIME)
    assert camera.asked.count("Login") == 1
    clock.advance(2)
    await session.call(ASK_TIME)
    assert camera.asked.count("Login") == 2


@pytest.mark.parametrize("code", [-6, -21])
async def test_logs_in_again_once_when_the_camera_forgot_the_token(
    session: NativeSession, camera: ScriptedCamera, code: int
) -> None:
    await session.call(ASK_TIME)
    camera.replies.append([refused("GetTime", code)])
    (answer,) = await session.call(ASK_TIME)
    assert answer.is_good
    assert camera.asked == ["Login", "GetTime", "GetTime", "Login", "GetTime"]


async def test_gives_up_when_a_new_token_is_not_accepted_either(session: NativeSession, camera: ScriptedCamera) -> None:
    camera.answers["GetTime"] = refused("GetTime", -6)
    with pytest.raises(Rejected, match="login is needed"):
        await session.call(ASK_TIME)
    assert camera.asked.count("Login") == 2


@pytest.mark.parametrize("code", [-7, -27, -501, -502])
async def test_a_wrong_password_is_tried_once_and_not_again_before_its_time(
    session: NativeSession, camera: ScriptedCamera, clock: FakeClock, code: int
) -> None:
    camera.answers["Login"] = refused("Login", code)
    for _ in range(3):
        with pytest.raises(AuthFailed):
            await session.call(ASK_TIME)
    with pytest.raises(AuthFailed):
        await session.picture(SNAP)
    assert camera.asked == ["Login"]
    clock.advance(AuthFailed.retry_after_s)
    with pytest.raises(AuthFailed):
        await session.call(ASK_TIME)
    assert camera.asked == ["Login", "Login"]


@pytest.mark.parametrize("code", [-105, -503, -505, -506])
async def test_a_lock_is_waited_out(session: NativeSession, camera: ScriptedCamera, code: int) -> None:
    camera.answers["Login"] = refused("Login", code)
    with pytest.raises(Busy) as caught:
        await session.call(ASK_TIME)
    assert caught.value.wait_s == 300
    with pytest.raises(Busy):
        await session.call(ASK_TIME)
    assert camera.asked == ["Login"]


@pytest.mark.parametrize("code", [-5, -500, -507])
async def test_sends_credentials_with_each_request_while_all_sessions_are_in_use(
    session: NativeSession, camera: ScriptedCamera, clock: FakeClock, code: int
) -> None:
    camera.replies.append([refused("Login", code)])
    for _ in range(2):
        (answer,) = await session.call(ASK_TIME)
        assert answer.is_good
    assert camera.asked == ["Login", "GetTime", "GetTime"]
    assert camera.received[-1].query == {"cmd": "GetTime", "user": "admin", "password": PASSWORD}
    clock.advance(61)
    await session.call(ASK_TIME)
    assert camera.received[-1].query["token"] == "token1"


async def test_is_busy_when_neither_a_session_nor_credentials_are_taken(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    camera.answers |= {"Login": refused("Login", -5), "GetTime": refused("GetTime", -6)}
    with pytest.raises(Busy) as caught:
        await session.call(ASK_TIME)
    assert caught.value.wait_s == 60


async def test_a_password_refused_in_the_middle_ends_the_session(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    await session.call(ASK_TIME)
    camera.answers["GetTime"] = refused("GetTime", -502)
    with pytest.raises(AuthFailed):
        await session.call(ASK_TIME)
    asked = len(camera.asked)
    with pytest.raises(AuthFailed):
        await session.call(ASK_TIME)
    assert len(camera.asked) == asked


async def test_a_private_login_is_answered_by_one_plain_login_without_version(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    camera.replies.append([refused("Login", -301)])
    await session.call(ASK_TIME)
    first, second = camera.requests("Login")
    assert first.commands[0]["param"]["User"]["Version"] == "0"
    assert "Version" not in second.commands[0]["param"]["User"]
    camera.answers["Login"] = refused("Login", -301)
    session.drop()
    with pytest.raises(AuthFailed):
        await session.call(ASK_TIME)


@pytest.mark.parametrize("value", [{}, {"Token": {"name": ""}}, {"Token": {"name": 7}}, {"Token": {"name": "x" * 65}}])
async def test_a_login_without_a_token_is_an_error(
    session: NativeSession, camera: ScriptedCamera, value: dict[str, object]
) -> None:
    camera.answers["Login"] = good("Login", value)
    with pytest.raises(Rejected, match="no token"):
        await session.call(ASK_TIME)


async def test_a_login_answered_twice_is_an_error(session: NativeSession, camera: ScriptedCamera) -> None:
    camera.replies.append([])
    with pytest.raises(Rejected, match="0 answers"):
        await session.call(ASK_TIME)


async def test_closing_logs_out_and_never_without_a_token(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.close()
    assert camera.asked == []
    await session.call(ASK_TIME)
    await session.close()
    await session.close()
    assert camera.asked == ["Login", "GetTime", "Logout"]


async def test_noise_as_the_answer_to_a_logout_is_ignored(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.call(ASK_TIME)
    camera.replies.append(web.Response(text="<html>bye</html>"))
    await session.close()
    assert camera.asked[-1] == "Logout"


async def test_a_failing_logout_does_not_disturb(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.call(ASK_TIME)
    camera.replies += [None, None]
    await session.close()


async def test_a_token_outlives_the_connection(camera: ScriptedCamera, clock: FakeClock) -> None:
    lease = Lease()
    for _ in range(2):
        async with session_with(camera, clock, lease) as session:
            await session.call(ASK_TIME)
    assert camera.asked == ["Login", "GetTime", "GetTime"]
    assert isinstance(lease.token, Secret)


@pytest.mark.parametrize("status", [404, 502])
async def test_a_web_service_that_is_gone_is_asked_again_with_a_new_login(
    session: NativeSession, camera: ScriptedCamera, status: int
) -> None:
    await session.call(ASK_TIME)
    camera.replies.append(web.Response(status=status))
    (answer,) = await session.call(ASK_TIME)
    assert answer.is_good
    assert camera.asked == ["Login", "GetTime", "GetTime", "Logout", "Login", "GetTime"]


async def test_a_web_service_that_stays_away_is_unreachable(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.call(ASK_TIME)
    camera.replies += [web.Response(status=502), web.Response(status=502)]
    camera.replies += [lambda _: [camera.answers.get("Login") or good("Login", {"Token": {"name": "t"}})]]
    camera.replies += [web.Response(status=502)]
    with pytest.raises(Unreachable, match="HTTP 502"):
        await session.call(ASK_TIME)


async def test_status_300_tells_to_use_https(session: NativeSession, camera: ScriptedCamera) -> None:
    camera.replies.append(web.Response(status=300))
    with pytest.raises(Rejected, match="tls to true"):
        await session.call(ASK_TIME)


@pytest.mark.parametrize("body", ["", "oops", '{"code": 0}', "[1]", '[{"cmd" : "GetTi', "[" * 100_000, "[NaN]"])
async def test_what_is_not_an_answer_is_rejected(session: NativeSession, camera: ScriptedCamera, body: str) -> None:
    await session.call(ASK_TIME)
    camera.replies.append(web.Response(text=body))
    with pytest.raises(Rejected):
        await session.call(ASK_TIME)


async def test_other_statuses_are_rejected(session: NativeSession, camera: ScriptedCamera) -> None:
    camera.replies.append(web.Response(status=418))
    with pytest.raises(Rejected) as caught:
        await session.call(ASK_TIME)
    assert caught.value.native_code == 418


async def test_a_connection_closed_before_the_answer_is_tried_once_more(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    await session.call(ASK_TIME)
    camera.replies.append(None)
    (answer,) = await session.call(ASK_TIME)
    assert answer.is_good
    camera.replies += [None, None]
    with pytest.raises(Unreachable):
        await session.call(ASK_TIME)


async def test_a_login_is_not_repeated_over_a_broken_connection(session: NativeSession, camera: ScriptedCamera) -> None:
    camera.replies.append(None)
    with pytest.raises(Unreachable):
        await session.call(ASK_TIME)
    assert camera.asked == ["Login"]


async def test_a_batch_is_cut_at_35_commands(session: NativeSession, camera: ScriptedCamera) -> None:
    answers = await session.call(ASK_TIME * 80)
    assert len(answers) == 80
    assert [len(request.commands) for request in camera.received] == [1, 35, 35, 10]


async def test_answers_are_matched_by_position_whatever_the_echo_says(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    camera.answers["GetA"] = good("GetTime", {"a": 1})
    camera.answers["GetB"] = good("Unknown", {"b": 2})
    first, second = await session.call([Command("GetA"), Command("GetB")])
    assert (first.value, second.value) == ({"a": 1}, {"b": 2})


async def test_a_collapsed_batch_is_sent_singly_and_its_culprit_alone_from_then_on(
    session: NativeSession, camera: ScriptedCamera
) -> None:
    def collapse(received: Received) -> list[dict[str, object]]:
        assert len(received.commands) == 3
        return [refused("GetTime", -8)]

    await session.call(ASK_TIME)
    camera.answers["GetBad"] = refused("GetBad", -8)
    camera.replies.append(collapse)
    batch = [Command("GetTime"), Command("GetBad"), Command("GetTime")]
    assert [answer.code for answer in await session.call(batch)] == [0, -8, 0]
    del camera.received[:]
    assert [answer.code for answer in await session.call(batch)] == [0, -8, 0]
    assert [request.names for request in camera.received] == [["GetTime"], ["GetBad"], ["GetTime"]]


async def test_a_command_answered_twice_is_an_error(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.call(ASK_TIME)
    camera.replies.append([TIME, TIME])
    with pytest.raises(Rejected, match="2 answers"):
        await session.call(ASK_TIME)


async def test_a_camera_that_does_not_answer_times_out(camera: ScriptedCamera, session: NativeSession) -> None:
    await session.call(ASK_TIME)
    release = asyncio.Event()
    handle = camera.handle

    async def hang(request: web.Request) -> web.StreamResponse:
        await release.wait()
        return await handle(request)

    camera.before = hang
    with pytest.raises(TimedOut):
        await session.call(ASK_TIME, timeout_s=0.05)
    release.set()


async def test_an_endless_answer_is_cut_off(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.call(ASK_TIME)
    camera.replies.append(web.Response(body=b" " * 1_500_000))
    with pytest.raises(Rejected, match="larger"):
        await session.call(ASK_TIME)


async def test_a_picture_comes_with_the_token(session: NativeSession, camera: ScriptedCamera) -> None:
    assert await session.picture(SNAP) == JPEG
    assert camera.received[-1].method == "GET"
    assert camera.received[-1].query == {**SNAP, "token": "token1"}


async def test_a_picture_is_asked_again_after_a_new_login(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.picture(SNAP)
    camera.replies.append([refused("Snap", -6)])
    assert await session.picture(SNAP) == JPEG
    assert camera.asked == ["Login", "Snap", "Snap", "Login", "Snap"]


async def test_a_failed_snapshot_is_tried_once_more(session: NativeSession, camera: ScriptedCamera) -> None:
    await session.picture(SNAP)
    camera.replies.append([refused("Snap", -48)])
    assert await session.picture(SNAP) == JPEG
    camera.replies += [[refused("Snap", -48)], [refused("Snap", -48)]]
    with pytest.raises(Rejected) as caught:
        await session.picture(SNAP)
    assert caught.value.native_code == -48


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"\x89PNG", "image/jpeg"), (JPEG, "text/html"), (b"", "image/jpeg"), (b"[]", "text/html")],
)
async def test_what_is_no_jpeg_is_no_picture(
    session: NativeSession, camera: ScriptedCamera, body: bytes, content_type: str
) -> None:
    await session.picture(SNAP)
    camera.replies += [web.Response(body=body, content_type=content_type) for _ in range(2)]
    with pytest.raises(Rejected):
        await session.picture(SNAP)


@pytest.mark.parametrize("trouble", ["refused", "status", "noise", "dropped", "login"])
async def test_no_error_shows_a_secret(session: NativeSession, camera: ScriptedCamera, trouble: str) -> None:
    await session.call(ASK_TIME)
    scripts: dict[str, list[Script]] = {
        "refused": [[refused("GetTime", -6)], [refused("Login", -5)], [refused("GetTime", -6)]],
        "status": [web.Response(status=500)],
        "noise": [web.Response(text="noise")],
        "dropped": [None, None],
        "login": [[refused("GetTime", -6)], [refused("Login", -7)]],
    }
    camera.replies += scripts[trouble]
    with pytest.raises(CameraError) as caught:
        await session.call(ASK_TIME)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert PASSWORD not in told
    assert "token1" not in told
