"""A login at the camera: token, lease, renewal, and one request at a time (vendor document, chapter 2).

Cameras have few sessions and forget none before its lease ends, so a login is used as long as it lasts, given back
before the next one is taken, and never repeated after a refusal: wrong passwords lock the account. The lease
outlives the connection: after an outage the old token is tried before a new login is spent.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

import structlog

from bridge.core.errors import AuthFailed, Busy, CameraError, Rejected, Unreachable, WireError
from bridge.core.model import Secret
from bridge.drivers.http import HttpRequest, Where
from bridge.drivers.reolink.codes import PROTOCOL, TIMEOUT, UNKNOWN_TROUBLE, Reaction, error_for, meaning_of
from bridge.drivers.reolink.envelope import Command, parse, render
from bridge.drivers.reolink.native import number, section, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bridge.core.timing import Clock
    from bridge.drivers.http import HttpAnswer, HttpClient, HttpEndpoint
    from bridge.drivers.reolink.envelope import Answer
    from bridge.drivers.reolink.profile import ReolinkProfile

log = structlog.get_logger(__name__)

PATH: Final = "/cgi-bin/api.cgi"

ANSWER_MOST_BYTES: Final = 1_000_000
"""A whole start-up batch with all ranges is some 60 KB; a recorder's is a few times that."""

PICTURE_MOST_BYTES: Final = 16_000_000
"""A 12 megapixel JPEG of the best quality is below 10 MB."""

LEASE_S: Final = 3600
LEASE_LEAST_S: Final = 10
TOKEN_LENGTH: Final = 64

HTTP_OK: Final = 200
HTTPS_WANTED: Final = 300
SERVICE_GONE: Final = frozenset({404, 502})
"""The camera's web server runs and the program behind it does not: it starts, or forgot the session."""

CONCERNS_LOGIN: Final = frozenset(
    {Reaction.LOG_IN_AGAIN, Reaction.SESSIONS_IN_USE, Reaction.WRONG_PASSWORD, Reaction.LOCKED_OUT}
)
"""Reactions that are about the session and not about the command that was answered so."""

JPEG_TYPE: Final = "image/jpeg"
JPEG_START: Final = b"\xff\xd8"


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bridge is for this camera."""

    username: str
    password: Secret


@dataclass(slots=True, weakref_slot=True, eq=False)
class Lease:
    """What is kept of the logins from one connection to the next; times are monotonic seconds.

    All channels of a recorder share one: one login, and one request at a time.

    Args:
        token: the login token, None without one.
        renew_at: from then on the token is replaced before it is used.
        ends_at: from then on the camera does not know it any more.
        short_until: until then credentials go with every request, because no session was free.
        refusal: the last refusal of a login, raised again instead of asking before `refused_until`.
        users: how many channels use it now; the last one gives the login back.
        turn: held while a request is in flight.
        spoilers: commands that have spoilt a batch during this login.
    """

    token: Secret | None = None
    renew_at: float = 0.0
    ends_at: float = 0.0
    short_until: float = 0.0
    refusal: AuthFailed | Busy | None = None
    refused_until: float = 0.0
    users: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    spoilers: set[str] = field(default_factory=set)


class LeaseBook:
    """The leases of all devices: channels of one recorder find the same one, for as long as any of them lives."""

    def __init__(self) -> None:
        self._leases: WeakValueDictionary[tuple[object, ...], Lease] = WeakValueDictionary()

    def lease(self, endpoint: HttpEndpoint, account: Account, clock: Clock) -> Lease:
        """Return the lease of an account at a device; its times are those of the clock."""
        key = (endpoint.host.lower(), endpoint.port, account.username, account.password, clock)
        return self._leases.setdefault(key, Lease())


class NativeSession:
    """Sends commands with a valid login; one request is in flight at any time.

    Args:
        http: an open client.
        account: user and password.
        lease: kept by the owner between sessions.
        profile: the family's table.
        clock: injected time.
        camera: id for errors and the log.
    """

    def __init__(
        self, http: HttpClient, account: Account, lease: Lease, *, profile: ReolinkProfile, clock: Clock, camera: str
    ) -> None:
        self._http = http
        self._account = account
        self._lease = lease
        self._profile = profile
        self._clock = clock
        self._camera = camera

    async def call(self, commands: Sequence[Command], *, timeout_s: float | None = None) -> tuple[Answer, ...]:
        """Send commands, in as few requests as possible, and return their answers by position.

        Args:
            commands: in the order in which the camera is to carry them out.
            timeout_s: per request; None takes the family's.

        Raises:
            CameraError: no usable answer. A command that the camera refuses is an `Answer` with its code.
        """
        wait_s = timeout_s or self._profile.http.answer_s
        answers: list[Answer] = []
        async with self._lease.turn:
            for batch in self._batches(commands):
                answers += await self._deliver(batch, wait_s)
        return tuple(answers)

    async def picture(self, query: Mapping[str, str]) -> bytes:
        """Fetch a JPEG with a GET request; `query` names the command and its parameters.

        Raises:
            CameraError: there was none; failures come as JSON with HTTP 200 and keep the camera's own code.
        """
        async with self._lease.turn:
            outcome = await self._fetch(query)
            if isinstance(outcome, CameraError):
                if self._lease.token is not None:  # it was not about the login: give the camera a moment
                    await asyncio.sleep(self._profile.session.retry_s)
                outcome = await self._fetch(query)
        if isinstance(outcome, CameraError):
            raise outcome
        return outcome

    async def _fetch(self, query: Mapping[str, str]) -> bytes | CameraError:
        """Return the picture, or the error that it is if a second attempt does not help."""
        command = Command(query["cmd"])
        answer = await self._http.request(
            HttpRequest(command.cmd, PATH, {**query, **await self._credentials()}),
            timeout_s=self._profile.http.snapshot_s,
            most_bytes=PICTURE_MOST_BYTES,
        )
        if answer.content_type == JPEG_TYPE and answer.body.startswith(JPEG_START):
            return answer.body
        told = self._parse(answer, [command])
        code = next((each.code for each in told if not each.is_good), UNKNOWN_TROUBLE)
        error = error_for(code, operation=command.cmd, camera=self._camera)
        match meaning_of(code).reaction:
            case Reaction.LOG_IN_AGAIN:
                self._lease.token = None
            case Reaction.REPEAT_ONCE:
                pass
            case _:
                raise self._refused(error)
        return error

    async def close(self) -> None:
        """Give the login back. Never raises for the camera's sake, and never asks without a token."""
        async with self._lease.turn:
            await self._log_out()

    def drop(self) -> None:
        """Forget the token: the camera has ended all its sessions by itself."""
        self._lease.token = None

    def _batches(self, commands: Sequence[Command]) -> Iterator[list[Command]]:
        """Cut into requests of a size that the camera takes; what once spoilt a batch travels alone."""
        batch: list[Command] = []
        for command in commands:
            alone = command.cmd in self._lease.spoilers
            if batch and (alone or len(batch) == self._profile.http.most_commands):
                yield batch
                batch = []
            if alone:
                yield [command]
            else:
                batch.append(command)
        if batch:
            yield batch

    async def _deliver(self, batch: list[Command], timeout_s: float) -> tuple[Answer, ...]:
        answers = await self._exchange(batch, timeout_s)
        if len(answers) == len(batch):
            return answers
        if len(batch) == 1:
            raise self._nonsense(batch[0].cmd, f"{len(answers)} answers to one command")
        # Some firmwares answer a batch with a single error when one of its members hangs.
        log.info("reolink.batch_split", camera=self._camera, commands=len(batch), answers=len(answers))
        singly: list[Answer] = []
        for command in batch:
            (answer,) = await self._deliver([command], timeout_s)  # a lone command has one answer or raises
            if answer.code in {TIMEOUT, PROTOCOL}:
                self._lease.spoilers.add(command.cmd)
            singly.append(answer)
        return tuple(singly)

    async def _exchange(self, batch: list[Command], timeout_s: float) -> tuple[Answer, ...]:
        """Post one batch; log in anew and repeat it once when the camera does not know the token any more."""
        outcome = await self._attempt(batch, timeout_s)
        if isinstance(outcome, CameraError):
            outcome = await self._attempt(batch, timeout_s)
        if isinstance(outcome, CameraError):
            raise outcome
        return outcome

    async def _attempt(self, batch: list[Command], timeout_s: float) -> tuple[Answer, ...] | CameraError:
        """Return the answers, or the error that it is if a new login does not help."""
        operation = batch[0].cmd
        answer = await self._post(batch, await self._credentials(), timeout_s=timeout_s)
        if answer.status in SERVICE_GONE:
            await self._log_out()
            return Unreachable(f"the camera's web service is not up (HTTP {answer.status})", **self._at(operation))
        answers = self._parse(answer, batch)
        code = next((each.code for each in answers if meaning_of(each.code).reaction in CONCERNS_LOGIN), None)
        if code is None:
            return answers
        error = error_for(code, operation=operation, camera=self._camera)
        if meaning_of(code).reaction is not Reaction.LOG_IN_AGAIN:
            raise self._refused(error)
        if self._lease.token is None:
            raise Busy(
                "all sessions are in use, and the camera takes no user and password with a request instead",
                **self._at(operation),
            )
        self._lease.token = None
        return error

    async def _credentials(self) -> dict[str, str]:
        """Return what the query string needs: the token, or user and password while no session is free."""
        lease = self._lease
        now = self._clock.now()
        if lease.refusal is not None and now < lease.refused_until:
            raise lease.refusal.with_traceback(None)
        if lease.token is not None and now >= lease.renew_at:
            if now < lease.ends_at:
                await self._log_out()
            lease.token = None
        if lease.token is None and now >= lease.short_until:
            await self._log_in()
        if lease.token is not None:
            return {"token": lease.token.reveal()}
        return {"user": self._account.username, "password": self._account.password.reveal()}

    async def _log_in(self) -> None:
        """Take a session; with none free, open the time in which every request carries the credentials."""
        answer = await self._ask_login({"Version": "0"})
        if meaning_of(answer.code).reaction is Reaction.PRIVATE_LOGIN:
            answer = await self._ask_login({})
        lease = self._lease
        now = self._clock.now()
        if answer.is_good:
            token = text(section(answer.value, "Token"), "name")
            if not 0 < len(token) <= TOKEN_LENGTH:
                raise self._nonsense("Login", "the login has succeeded but brought no token")
            lease_s = number(section(answer.value, "Token"), "leaseTime", least=LEASE_LEAST_S) or LEASE_S
            lease.token = Secret(token)
            lease.ends_at = now + lease_s
            lease.renew_at = lease.ends_at - min(self._profile.session.renew_before_s, lease_s / 2)
            lease.refusal = None
            lease.spoilers.clear()
        elif meaning_of(answer.code).reaction is Reaction.SESSIONS_IN_USE:
            lease.short_until = now + self._profile.session.short_session_s
            log.warning("reolink.no_session_free", camera=self._camera, code=answer.code)
        else:
            raise self._refused(error_for(answer.code, operation="Login", camera=self._camera))

    async def _ask_login(self, version: dict[str, str]) -> Answer:
        user = {**version, "userName": self._account.username, "password": self._account.password.reveal()}
        command = Command("Login", {"User": user})
        answers = self._parse(
            await self._post([command], {}, timeout_s=self._profile.http.answer_s, repeatable=False), [command]
        )
        if len(answers) != 1:
            raise self._nonsense("Login", f"{len(answers)} answers to one command")
        return answers[0]

    async def _log_out(self) -> None:
        """Give the token back, if there is one: without one, Logout spoils the next login on some firmwares."""
        if self._lease.token is None:
            return
        query = {"token": self._lease.token.reveal()}
        self._lease.token = None
        try:  # the answer may be noise, and whatever it says the token is not used again
            await self._post([Command("Logout")], query, timeout_s=self._profile.http.logout_s)
        except CameraError as error:
            log.info("reolink.logout_failed", camera=self._camera, detail=error.detail)

    def _refused(self, error: CameraError) -> CameraError:
        """Remember a refusal, so that nothing asks again before its time."""
        if isinstance(error, AuthFailed | Busy):
            wait_s = error.wait_s if isinstance(error, Busy) else error.retry_after_s
            self._lease.refusal = error
            self._lease.refused_until = self._clock.now() + wait_s
        return error

    async def _post(
        self, batch: Sequence[Command], query: dict[str, str], *, timeout_s: float, repeatable: bool = True
    ) -> HttpAnswer:
        request = HttpRequest(
            batch[0].cmd, PATH, {"cmd": batch[0].cmd, **query}, body=render(batch), repeatable=repeatable
        )
        return await self._http.request(request, timeout_s=timeout_s, most_bytes=ANSWER_MOST_BYTES)

    def _parse(self, answer: HttpAnswer, batch: Sequence[Command]) -> tuple[Answer, ...]:
        operation = batch[0].cmd
        if answer.status == HTTPS_WANTED:
            raise Rejected(
                "the camera wants HTTPS here: set tls to true, and port to its HTTPS port",
                native_code=answer.status,
                **self._at(operation),
            )
        if answer.status != HTTP_OK:
            raise Rejected(f"HTTP status {answer.status}", native_code=answer.status, **self._at(operation))
        try:
            return parse(answer.body, batch)
        except WireError as error:
            raise self._nonsense(operation, error.detail) from None

    def _nonsense(self, operation: str, detail: str) -> Rejected:
        return Rejected(detail, native_code="not understood", **self._at(operation))

    def _at(self, operation: str) -> Where:
        return {"camera": self._camera, "operation": operation}
