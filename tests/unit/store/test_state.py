"""The state file: identities stay, descriptions stay, damage is told apart from absence."""

import sqlite3
from datetime import UTC, datetime

import pytest

from bridge.core.events import EventKind
from bridge.core.formats import AudioCodec, AudioFormat, Resolution, VideoCodec
from bridge.core.imaging import AutoMode, Exposure, ImagingDescription, ImagingSettings
from bridge.core.model import CameraDescription, CameraInfo, EncoderOptions, EncoderSettings, NativeStream
from bridge.core.ptz import Preset, PtzDescription
from bridge.core.units import Range
from bridge.store.state import StateError, open_state

SEEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ENCODER = EncoderSettings(VideoCodec.H265, Resolution(3840, 2160), 25.0, 6144, 50)
DESCRIPTION = CameraDescription(
    info=CameraInfo("Maker", "Model", "1.0", "hw", "serial", "Garden", "02:00:00:00:00:01"),
    streams=(
        NativeStream(
            "main",
            ENCODER,
            (EncoderOptions(VideoCodec.H265, (ENCODER.resolution,), (25.0,), Range(1024, 8192), Range(25, 100)),),
            AudioFormat(AudioCodec.AAC, 16000, bitrate_kbps=32),
        ),
    ),
    snapshot=True,
    ptz=PtzDescription(pan=True, tilt=True, zoom=True, max_presets=64, presets=(Preset("0", "Tor"),)),
    imaging=ImagingDescription(ImagingSettings(brightness=50.2, exposure=Exposure(AutoMode.AUTO)), gain=Range(1, 62)),
    events=frozenset({EventKind.MOTION, EventKind.PERSON}),
    time_zone="CET-1CEST,M3.5.0,M10.5.0/3",
)


async def test_a_certificate_is_kept_until_another_takes_its_place(tmp_path):
    async with open_state(tmp_path / "state.db") as state:
        assert await state.certificate() is None
        await state.keep_certificate("first")
        await state.keep_certificate("second")
    async with open_state(tmp_path / "state.db") as state:
        assert await state.certificate() == "second"


async def test_identity_stays_and_starts_are_counted(tmp_path):
    async with open_state(tmp_path / "state.db") as first:
        identity, starts = first.identity, first.starts
    async with open_state(tmp_path / "state.db") as second:
        assert (second.identity, second.starts) == (identity, starts + 1)


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_state_file_is_its_owners_alone(tmp_path, is_new):
    if not is_new:
        (tmp_path / "state.db").touch(mode=0o644)
    async with open_state(tmp_path / "state.db"):
        modes = [path.stat().st_mode & 0o777 for path in sorted(tmp_path.iterdir())]
    assert set(modes) == {0o600}, "SQLite gives its journals the mode of the file"


async def test_a_state_file_that_another_program_holds_is_a_clear_error(tmp_path):
    async with open_state(tmp_path / "state.db") as state:
        other = sqlite3.connect(tmp_path / "state.db")
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(StateError, match="database is locked"):
                await state.keep_description("gate", DESCRIPTION, SEEN)
        finally:
            other.close()
        await state.keep_description("gate", DESCRIPTION, SEEN)
        assert await state.description("gate") == DESCRIPTION


async def test_two_state_files_have_different_identities(tmp_path):
    async with open_state(tmp_path / "a.db") as a, open_state(tmp_path / "b.db") as b:
        assert a.identity != b.identity


async def test_a_description_comes_back_as_it_was(tmp_path):
    async with open_state(tmp_path / "state.db") as state:
        assert await state.description("garden") is None
        await state.keep_description("garden", DESCRIPTION, SEEN)
    async with open_state(tmp_path / "state.db") as state:
        assert await state.description("garden") == DESCRIPTION


async def test_a_later_description_replaces_the_earlier(tmp_path):
    without_ptz = CameraDescription(info=DESCRIPTION.info, streams=DESCRIPTION.streams)
    async with open_state(tmp_path / "state.db") as state:
        await state.keep_description("garden", DESCRIPTION, SEEN)
        await state.keep_description("garden", without_ptz, SEEN)
        assert await state.description("garden") == without_ptz


async def test_a_description_of_another_version_is_forgotten_not_fatal(tmp_path):
    async with open_state(tmp_path / "state.db") as state:
        await state.keep_description("garden", DESCRIPTION, SEEN)
    with sqlite3.connect(tmp_path / "state.db") as database:
        database.execute("""UPDATE camera SET description = '{"other": 1}'""")
    database.close()
    async with open_state(tmp_path / "state.db") as state:
        assert await state.description("garden") is None


async def test_a_file_that_is_not_a_state_file_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "state.db").write_bytes(b"this is not a database, but long enough to look like one" * 20)
    with pytest.raises(StateError, match="restore it from a backup, or remove it"):
        async with open_state(tmp_path / "state.db"):
            pass


async def test_a_state_file_of_a_newer_version_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "state.db") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError, match="newer version"):
        async with open_state(tmp_path / "state.db"):
            pass


async def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    with pytest.raises(StateError, match="cannot be used"):
        async with open_state(tmp_path / "absent" / "state.db"):
            pass
