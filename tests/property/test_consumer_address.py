"""No address, however odd, gets past the guard's rules or breaks it."""

from __future__ import annotations

import string
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from bridge.onvif.eventing.guard import ConsumerRefused, read_address

PARTS = st.sampled_from(["http://", "https://", "//", "::1", "127.0.0.1", "nvr", "80", *"@:/?#[]%\\ \n"])
ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.lists(PARTS | st.text(string.printable, max_size=4), max_size=12).map("".join),
    st.lists(PARTS | st.text(max_size=4), max_size=12).map(lambda parts: "http://" + "".join(parts)),
)


@given(ADDRESSES)
def test_an_address_is_refused_or_has_all_that_is_needed(text):
    with suppress(ConsumerRefused):
        url = read_address(text)
        assert url.scheme in {"http", "https"}
        assert url.raw_host
        assert url.port
        assert url.user is None
        assert url.password is None
        assert url.raw_authority.isascii()
        assert str(read_address(str(url))) == str(url)
