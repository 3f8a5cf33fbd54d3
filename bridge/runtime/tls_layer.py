"""TLS over a connection whose first bytes have been read already, which asyncio itself cannot begin.

OpenSSL does the protocol, between two buffers in memory; here its bytes are carried both ways.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from typing_extensions import override

from bridge.media.layer import Layer

if TYPE_CHECKING:
    import asyncio

HANDSHAKE_RECORD = 0x16
"""The first byte of every TLS connection, and of no HTTP request."""

READ_BYTES = 64 * 1024

_log = structlog.get_logger(__name__)


class TlsLayer(Layer):
    """The server's side of TLS. The protocol above gets its connection when the handshake is done.

    Args:
        above: the protocol that speaks in clear.
        context: with the certificate to show.
    """

    def __init__(self, above: asyncio.Protocol, context: ssl.SSLContext) -> None:
        super().__init__(above)
        self._context = context
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._is_established = False
        self._is_ending = False

    @override
    def data_received(self, data: bytes) -> None:
        self._incoming.write(data)
        try:
            if not self._is_established:
                self._tls.do_handshake()
                self._is_established = True
                self._above.connection_made(self)
            self._read()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            # A client that does not trust the certificate, or anybody who only knocks.
            _log.debug("tls.broken", reason=error.reason)
            self._flush()
            self.below.close()

    def _read(self) -> None:
        while not self.is_closing():
            data = self._tls.read(READ_BYTES)
            if not data:
                self.close()
                return
            self._above.data_received(data)

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data and not self.below.is_closing():
            self.below.write(data)

    @override
    def get_extra_info(self, name: str, default: Any = None) -> Any:
        own = {"sslcontext": self._context, "ssl_object": self._tls}
        return own[name] if name in own else super().get_extra_info(name, default)

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_closing():
            return
        rest = memoryview(data)
        while rest:
            rest = rest[self._tls.write(rest) :]
        self._flush()

    @override
    def close(self) -> None:
        if self._is_ending:
            return
        self._is_ending = True
        if self._is_established:
            # It writes the farewell, and would like to wait for the client's.
            with suppress(ssl.SSLError):
                self._tls.unwrap()
            self._flush()
        self.below.close()

    @override
    def is_closing(self) -> bool:
        return self._is_ending or self.below.is_closing()
