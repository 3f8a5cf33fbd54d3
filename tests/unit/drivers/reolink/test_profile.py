"""The family's data table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.core.errors import ConfigError
from bridge.drivers.reolink.profile import PROFILE, load_profile
from bridge.resources import data_folder

if TYPE_CHECKING:
    from pathlib import Path

TABLE = (data_folder("profiles") / "cameras" / "reolink.toml").read_text(encoding="utf-8")


def load(folder: Path, content: str) -> None:
    path = folder / "reolink.toml"
    path.write_text(content, encoding="utf-8")
    load_profile(path)


def test_every_type_of_mechanics_of_the_document_is_in_the_table() -> None:
    assert set(PROFILE.ptz.types) >= {1, 2, 3, 4, 5}
    assert not PROFILE.ptz.types[5].speed
    assert not PROFILE.ptz.types[7].tilt


def test_a_login_is_renewed_before_it_ends() -> None:
    assert 0 < PROFILE.session.renew_before_s < 3600


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"http\.colour"):
        load(tmp_path, TABLE.replace("[http]", "[http]\ncolour = 1"))


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"session\.retry_s"):
        load(tmp_path, TABLE.replace("retry_s = 1.0", "", 1))


def test_a_wrong_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ai\.people"):
        load(tmp_path, TABLE.replace('people = "person"', 'people = "martian"'))


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="TOML"):
        load(tmp_path, "[http")


def test_periods_and_patience_fit_together() -> None:
    poll, http = PROFILE.poll, PROFILE.http
    assert poll.events_s <= poll.slow_events_s <= poll.recorder_events_s < poll.battery_events_s
    assert http.logout_s < http.connect_s < http.snapshot_s < http.answer_s < http.search_s
    assert PROFILE.events.hold_s >= 2 * poll.events_s, "a level that is seen once is seen by those who poll"
    assert poll.channel_events_s * poll.recorder_channels <= poll.recorder_events_s


def test_every_kind_of_object_is_reported_under_one_key() -> None:
    assert len(set(PROFILE.ai.values())) == len(PROFILE.ai)
