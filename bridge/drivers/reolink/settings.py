"""Changing the camera's settings: read, change, write, read back (vendor document, all pairs of `Get...` and `Set...`).

The camera wants whole objects, so every change begins with what it has now; changes wait for each other, so that none
is lost. Some firmwares accept a change and do not make it: what counts is what is read afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from bridge.core.errors import CameraError, Unsupported
from bridge.core.model import CameraDescription
from bridge.drivers.reolink.codes import error_for
from bridge.drivers.reolink.envelope import Answer, Command, Readings
from bridge.drivers.reolink.native import section

if TYPE_CHECKING:
    from bridge.drivers.reolink.client import ReolinkClient

log = structlog.get_logger(__name__)

Plan = Callable[["ReolinkClient", Readings], Sequence[Command]]
"""Makes the commands that change something out of how it is set; none if there is nothing to change."""

Wish = Callable[[CameraDescription], CameraDescription]
"""Puts into a description what was wished for, which the camera may tell back less exactly."""


class SettingsDesk:
    """Where all changes of one channel's settings are made, one after the other.

    Args:
        client: returns the connected client, or raises what stands in the way.
        learn: takes new readings, and what was wished for, and describes the camera anew.
        camera: id for errors and the log.
    """

    def __init__(
        self, client: Callable[[], ReolinkClient], *, learn: Callable[[Readings, Wish | None], None], camera: str
    ) -> None:
        self._client = client
        self._learn = learn
        self._camera = camera
        self._turn = asyncio.Lock()
        self._denied: set[str] = set()

    def may(self, *commands: str) -> bool:
        """Whether none of these commands was refused to this account since it logged in."""
        return self._denied.isdisjoint(commands)

    def forgive(self) -> None:
        """Forget all refusals: the account may have other rights by now."""
        self._denied.clear()

    async def change(self, reads: Sequence[str], plan: Plan, *, wish: Wish | None = None) -> None:
        """Read settings anew, change them, and read them back; then the description shows what there is.

        Args:
            reads: the `Get` commands of what is changed.
            plan: called when the description shows what they have answered.
            wish: what was wished for.

        Raises:
            InvalidValue: from `plan`; nothing was changed.
            CameraError: from the camera.
        """
        async with self._turn:
            client = self._client()
            commands = tuple(client.read_setting(cmd) for cmd in reads)
            before = await self._read(client, commands)
            self._learn(before, None)
            changes = tuple(plan(client, before))
            if not changes:
                return
            try:
                await client.act(*changes)
            except Unsupported as error:
                self._denied.add(error.operation)
                raise
            self._learn(await self._read_back(client, commands, before, changes), wish)

    async def _read(self, client: ReolinkClient, commands: Sequence[Command]) -> Readings:
        answers = await client.read(commands)
        for cmd, answer in answers.items():
            if not answer.is_good:
                raise error_for(answer.code, operation=cmd, camera=self._camera)
        return answers

    async def _read_back(
        self, client: ReolinkClient, commands: Sequence[Command], before: Readings, changes: Sequence[Command]
    ) -> Readings:
        """Return the readings after a change; as it was sent, if the camera starts anew and does not answer now."""
        try:
            after = await self._read(client, commands)
        except CameraError as error:
            log.info("reolink.setting_not_read_back", camera=self._camera, detail=error.detail)
            return _as_sent(before, changes)
        for change in changes:
            ignored = _ignored(change, after)
            if ignored:
                log.warning("reolink.setting_ignored", camera=self._camera, command=change.cmd, fields=ignored)
        return after


def _counterpart(change: Command) -> str:
    return change.cmd.replace("Set", "Get", 1)


def _as_sent(before: Readings, changes: Sequence[Command]) -> Readings:
    """Return what will be read if every change is made."""
    after = dict(before)
    for change in changes:
        known = after.get(_counterpart(change))
        if known is not None:
            value = {
                key: {**section(known.value, key), **sent} if isinstance(sent, Mapping) else sent
                for key, sent in change.param.items()
            }
            after[_counterpart(change)] = Answer(known.code, {**known.value, **value}, known.range)
    return after


def _ignored(change: Command, after: Readings) -> list[str]:
    """Return the fields that were sent and read back otherwise."""
    answer = after.get(_counterpart(change))
    if answer is None:
        return []
    return [
        field
        for key, sent in change.param.items()
        if isinstance(sent, Mapping)
        for field, value in sent.items()
        if field != "channel" and field in (found := section(answer.value, key)) and found[field] != value
    ]
