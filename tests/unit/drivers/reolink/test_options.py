"""The family's options in the configuration."""

from __future__ import annotations

import pytest

from bridge.drivers.reolink.options import Battery, ReolinkOptions, StreamTransport, check_options


def test_no_options_are_good_options() -> None:
    assert check_options({}) == ()
    options = ReolinkOptions()
    assert (options.poll_s, options.enable_rtsp, options.battery, options.tls_fingerprint) == (
        None,
        False,
        Battery.REFUSE,
        None,
    )
    assert options.stream is StreamTransport.RTSP


def test_all_options_at_once() -> None:
    given = {
        "poll_s": 2,
        "enable_rtsp": True,
        "battery": "slow",
        "stream": "flv",
        "tls_fingerprint": ":".join(["ab"] * 32),
    }
    assert check_options(given) == ()
    options = ReolinkOptions.model_validate(given)
    assert options.tls_fingerprint == b"\xab" * 32
    assert options.battery is Battery.SLOW
    assert options.stream is StreamTransport.FLV


def test_an_unknown_option_is_refused_and_the_known_ones_are_named() -> None:
    (problem,) = check_options({"polls": 1})
    assert problem.path == "polls"
    assert "poll_s, enable_rtsp, battery, stream, talk, tls_fingerprint" in problem.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("poll_s", 0),
        ("poll_s", 100),
        ("poll_s", "1"),
        ("enable_rtsp", "yes"),
        ("battery", "fast"),
        ("stream", "udp"),
        ("tls_fingerprint", "abcd"),
        ("tls_fingerprint", 12),
        ("tls_fingerprint", "zz" * 32),
    ],
)
def test_a_wrong_value_is_told_with_its_key(key: str, value: object) -> None:
    (problem,) = check_options({key: value})
    assert problem.path == key
    assert problem.message[0].islower()


def test_every_problem_is_told() -> None:
    assert {problem.path for problem in check_options({"poll_s": 0, "battery": 1, "x": 1})} == {
        "poll_s",
        "battery",
        "x",
    }
