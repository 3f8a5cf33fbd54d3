"""The state file (SQLite): the bridge's identity and certificate, and what is to be known of every camera.

The schema grows by numbered files in `schema/`; `PRAGMA user_version` tells which have been applied.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import aiosqlite
import structlog
from pydantic import TypeAdapter, ValidationError

from bridge.core.errors import BridgeError
from bridge.core.model import CameraDescription

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from datetime import datetime

log = structlog.get_logger(__name__)

SCHEMA = tuple(step.read_text() for step in sorted((Path(__file__).parent / "schema").glob("*.sql")))

LOCKED_S = 1.0
"""How long to wait for another program that has the file locked; the end of the bridge has to wait for it too."""

_description = TypeAdapter(CameraDescription)


class StateError(BridgeError):
    """The state file cannot be used."""


class StateStore:
    """The open state file. Make one with `open_state`."""

    def __init__(self, database: aiosqlite.Connection, identity: UUID, starts: int) -> None:
        self._database = database
        self.identity = identity
        self.starts = starts
        self._writing = asyncio.Lock()

    async def description(self, camera_id: str) -> CameraDescription | None:
        """Return what was last known of a camera, or None.

        Raises:
            StateError: the state file cannot be read.
        """
        rows = await self._rows("SELECT description FROM camera WHERE id = ?", camera_id)
        if not rows:
            return None
        try:
            return _description.validate_json(rows[0][0])
        except ValidationError:
            # Written by a version that knew other fields: the camera will tell it again.
            log.info("state.description_outdated", camera=camera_id)
            return None

    async def keep_description(self, camera_id: str, description: CameraDescription, utc: datetime) -> None:
        """Keep what is known of a camera.

        Raises:
            StateError: the state file cannot be written now.
        """
        async with self._transaction():
            await self._database.execute(
                "INSERT INTO camera (id, description, seen_utc) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET description = excluded.description, seen_utc = excluded.seen_utc",
                (camera_id, _description.dump_json(description).decode(), utc.isoformat()),
            )

    async def sections(self, device: str) -> dict[str, str]:
        """Return the documents that a device has kept, by section.

        Raises:
            StateError: the state file cannot be read.
        """
        rows = await self._rows("SELECT section, document FROM memory WHERE device = ?", device)
        return {row[0]: row[1] for row in rows}

    async def keep_sections(self, device: str, documents: Mapping[str, str | None]) -> None:
        """Keep a device's documents, None drops a section: all of them or none.

        Raises:
            StateError: the state file cannot be written now.
        """
        async with self._transaction():
            for section, document in documents.items():
                await self._database.execute("DELETE FROM memory WHERE (device, section) = (?, ?)", (device, section))
                if document is not None:
                    await self._database.execute(
                        "INSERT INTO memory (device, section, document) VALUES (?, ?, ?)", (device, section, document)
                    )

    async def certificate(self) -> str | None:
        """Return the private key and the certificate that were kept, as PEM, or None.

        Raises:
            StateError: the state file cannot be read.
        """
        rows = await self._rows("SELECT pem FROM certificate")
        return rows[0][0] if rows else None

    async def keep_certificate(self, pem: str) -> None:
        """Keep a private key and its certificate, as PEM, in the place of those that were kept.

        Raises:
            StateError: the state file cannot be written now.
        """
        async with self._transaction():
            await self._database.execute("INSERT OR REPLACE INTO certificate (one, pem) VALUES (1, ?)", (pem,))

    async def _rows(self, query: str, *keys: str) -> list[sqlite3.Row]:
        with _readable_errors():
            async with self._database.execute(query, keys) as cursor:
                return list(await cursor.fetchall())

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        """Write together what belongs together: all devices share one connection."""
        async with self._writing:
            with _readable_errors():
                try:
                    yield
                    await self._database.commit()
                except BaseException:
                    await self._database.rollback()
                    raise


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StateError(f"the state file cannot be used now: {error}") from error


@asynccontextmanager
async def open_state(path: Path) -> AsyncIterator[StateStore]:
    """Open, check and if need be create or migrate the state file; counts a start.

    Raises:
        StateError: it is damaged, not a state file, from a newer version, or cannot be written.
    """
    try:
        await asyncio.to_thread(_touch, path)
    except OSError as error:
        raise StateError(f"state file {path} cannot be used: {error.strerror}") from error
    try:
        async with aiosqlite.connect(path, timeout=LOCKED_S) as database:
            await _prepare(database, path)
            identity, starts = await _count_start(database)
            yield StateStore(database, identity, starts)
    except sqlite3.OperationalError as error:
        raise StateError(f"state file {path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StateError(
            f"state file {path} is damaged or not a state file ({error}): "
            "restore it from a backup, or remove it to start with new device identities"
        ) from error


def _touch(path: Path) -> None:
    """Fail early and readably (SQLite says no more than "unable to open database file"); others may not read it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, mode=0o600)
    try:
        os.fchmod(descriptor, 0o600)  # one that was there, from a backup for instance, may be open to everybody
    finally:
        os.close(descriptor)


async def _prepare(database: aiosqlite.Connection, path: Path) -> None:
    await database.execute("PRAGMA journal_mode = WAL")
    await database.execute("PRAGMA synchronous = NORMAL")
    async with database.execute("PRAGMA quick_check") as cursor:
        verdict = await cursor.fetchone()
    if verdict is None or verdict[0] != "ok":
        raise sqlite3.DatabaseError("the integrity check failed")
    async with database.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    version = int(row[0]) if row else 0
    if version > len(SCHEMA):
        raise StateError(f"state file {path} was written by a newer version of onvif-bridge")
    for number, step in enumerate(SCHEMA[version:], start=version + 1):
        await database.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")


async def _count_start(database: aiosqlite.Connection) -> tuple[UUID, int]:
    await database.execute("INSERT OR IGNORE INTO bridge (one, identity, starts) VALUES (1, ?, 0)", (str(uuid4()),))
    await database.execute("UPDATE bridge SET starts = starts + 1")
    async with database.execute("SELECT identity, starts FROM bridge") as cursor:
        row = await cursor.fetchone()
    await database.commit()
    if row is None:
        raise sqlite3.DatabaseError("the bridge row is missing")
    return UUID(row[0]), int(row[1])
