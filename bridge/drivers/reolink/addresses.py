"""Where the streams of a camera are (vendor document, 2.7), and how the account goes into their addresses.

RTSP counts channels from 1 and logs in by Digest. HTTP-FLV and RTMP count from 0 and want user and password in the
address: those are kept apart, so that an address can be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from bridge.core.model import Secret

if TYPE_CHECKING:
    from bridge.drivers.http import HttpEndpoint
    from bridge.drivers.reolink.session import Account

SENT_AS_THEY_ARE: Final = "@$*~_-+=!?.,:;'()[]"
"""Cameras compare user and password as they stand in the address, without decoding. So only what cannot stand there is
encoded, and a password with any of it works by RTSP alone."""

RTMP_STREAMS: Final = {"main": 0, "sub": 1}


def rtsp_urls(host: str, port: int, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the addresses for paths that begin with a slash."""
    return tuple(f"rtsp://{_authority(host, port)}{path}" for path in paths)


def flv_url(endpoint: HttpEndpoint, rtmp_port: int, channel: int, stream: str) -> str:
    """Return the address of a stream by HTTP-FLV.

    Args:
        endpoint: of the camera's HTTP interface, which serves it.
        rtmp_port: named in the address, though no connection goes there.
        channel: from 0.
        stream: `main` or `sub`.
    """
    scheme = "http" if endpoint.pin is None else "https"
    authority = _authority(endpoint.host, endpoint.port)
    return f"{scheme}://{authority}/flv?port={rtmp_port}&app=bcs&stream={_name(channel, stream)}"


def rtmp_url(host: str, port: int, channel: int, stream: str) -> str:
    """Return the address of a stream by RTMP; see `flv_url`."""
    query = f"channel={channel}&stream={RTMP_STREAMS[stream]}"
    return f"rtmp://{_authority(host, port)}/bcs/{_name(channel, stream)}?{query}"


def login_arguments(account: Account) -> Secret:
    """Return what goes behind an address of HTTP-FLV or RTMP."""
    user, password = (quote(word, safe=SENT_AS_THEY_ARE) for word in (account.username, account.password.reveal()))
    return Secret(f"user={user}&password={password}")


def is_sent_as_it_is(account: Account) -> bool:
    """Whether nothing of user and password has to be encoded, so that every camera understands them."""
    words = (account.username, account.password.reveal())
    return all(quote(word, safe=SENT_AS_THEY_ARE) == word for word in words)


def _name(channel: int, stream: str) -> str:
    return f"channel{channel}_{stream}.bcs"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
