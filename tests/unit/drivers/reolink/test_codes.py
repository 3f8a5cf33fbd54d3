"""The error table."""

from __future__ import annotations

import pytest

from bridge.core.errors import AuthFailed, Busy, CameraError, Rejected, Unsupported
from bridge.drivers.reolink.codes import CODES, ChannelOffline, Reaction, error_for, meaning_of


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-5, Busy),
        (-7, AuthFailed),
        (-310, AuthFailed),
        (-506, Busy),
        (-9, Unsupported),
        (-26, Unsupported),
        (-49, Unsupported),
        (-99, ChannelOffline),
        (-4, Rejected),
        (-12, Rejected),
        (-9999, Rejected),
    ],
)
def test_numbers_become_typed_errors(code: int, kind: type[CameraError]) -> None:
    error = error_for(code, operation="GetEnc", camera="cam")
    assert type(error) is kind
    assert str(code) in error.detail
    assert (error.camera, error.operation) == ("cam", "GetEnc")


def test_locks_are_waited_out_longer_than_full_sessions() -> None:
    waits = {code: error_for(code, operation="Login", camera="cam") for code in (-5, -506)}
    assert [error.wait_s for error in waits.values() if isinstance(error, Busy)] == [60, 300]


def test_a_wrong_channel_concerns_the_whole_camera() -> None:
    error = error_for(-49, operation="GetEnc", camera="cam")
    assert isinstance(error, Unsupported)
    assert error.facet == "camera"


def test_an_unknown_number_is_taken_for_passing_trouble() -> None:
    assert meaning_of(-33).reaction is Reaction.REPEAT_ONCE


def test_every_reaction_has_a_number_and_every_meaning_words() -> None:
    assert {meaning.reaction for meaning in CODES.values()} == set(Reaction)
    assert all(meaning.words for meaning in CODES.values())
