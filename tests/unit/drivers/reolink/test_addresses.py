"""Where streams are, and how user and password go there."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.model import Secret
from bridge.drivers.http import CertificatePin, HttpEndpoint
from bridge.drivers.reolink.addresses import flv_url, is_sent_as_it_is, login_arguments, rtmp_url, rtsp_urls
from bridge.drivers.reolink.session import Account
from bridge.media.sources.http import HttpAddress
from bridge.proto.rtmp.client import RtmpUrl

PIN = CertificatePin(None, camera="cam")


def test_rtsp_addresses_take_paths_as_they_are() -> None:
    assert rtsp_urls("fe80::1", 554, ("/a", "/b?c=1")) == ("rtsp://[fe80::1]:554/a", "rtsp://[fe80::1]:554/b?c=1")


@pytest.mark.parametrize(("pin", "scheme"), [(None, "http"), (PIN, "https")])
def test_flv_comes_from_the_port_of_the_api(pin: CertificatePin | None, scheme: str) -> None:
    endpoint = HttpEndpoint("cam.example", 8443, pin, "cam")
    assert (
        flv_url(endpoint, 1935, 3, "main")
        == f"{scheme}://cam.example:8443/flv?port=1935&app=bcs&stream=channel3_main.bcs"
    )


@pytest.mark.parametrize(("stream", "number"), [("main", 0), ("sub", 1)])
def test_rtmp_counts_channels_from_zero(stream: str, number: int) -> None:
    url = rtmp_url("fe80::1", 1935, 2, stream)
    assert url == f"rtmp://[fe80::1]:1935/bcs/channel2_{stream}.bcs?channel=2&stream={number}"
    assert RtmpUrl.parse(url).app == "bcs"


def test_what_cameras_compare_without_decoding_is_sent_as_it_is() -> None:
    password = string.ascii_letters + string.digits + "@$*~_-+=!?.,:;'()[]"
    account = Account("admin", Secret(password))
    assert login_arguments(account).reveal() == f"user=admin&password={password}"
    assert is_sent_as_it_is(account)
    assert not is_sent_as_it_is(Account("admin", Secret("a&b")))


def test_an_account_is_shown_nowhere() -> None:
    account = Account("admin", Secret("S1m-pass"))
    address = HttpAddress("http://cam/flv", account.username, account.password, login_arguments(account))
    assert "S1m-pass" not in repr((account, address))
    assert address.target == "/flv?user=admin&password=S1m-pass"


@given(st.text(max_size=31), st.text(max_size=31))
def test_no_name_and_no_password_can_break_an_address(username: str, password: str) -> None:
    arguments = login_arguments(Account(username, Secret(password))).reveal()
    parsed = RtmpUrl.parse(f"{rtmp_url('cam', 1935, 0, 'main')}&{arguments}")
    assert parsed.stream.endswith(arguments)
    assert arguments.count("&") == 1
