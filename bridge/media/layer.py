"""A layer between a connection and a protocol: a protocol to what is below, a transport to what is above.

asyncio's own TLS works in this way. Who is above cannot tell a layer from a socket, so that whatever is carried
through a tunnel is served by the very code that serves plain connections.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable


class Layer(asyncio.Transport, asyncio.Protocol):
    """Hands everything through as it is; to be given a meaning by subclasses.

    Its life: `connection_made` from below; then the subclass, when it is ready, makes the connection of the protocol
    above; at last `connection_lost`, for both.

    Args:
        above: the protocol that is carried. It may be replaced, as with any transport.

    Attributes:
        below: the connection that carries; there once it is made.
    """

    below: asyncio.Transport

    def __init__(self, above: asyncio.Protocol) -> None:
        super().__init__()
        self._above = above

    # -- protocol of what is below ---------------------------------------------------------------------------------

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.below = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._above.data_received(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._above.connection_lost(exc)

    @override
    def pause_writing(self) -> None:
        self._above.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._above.resume_writing()

    # -- transport of what is above --------------------------------------------------------------------------------

    @override
    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self.below.get_extra_info(name, default)

    @override
    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._above

    @override
    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._above = cast("asyncio.Protocol", protocol)

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.below.write(data)

    @override
    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    @override
    def can_write_eof(self) -> bool:
        return False

    @override
    def close(self) -> None:
        self.below.close()

    @override
    def abort(self) -> None:
        self.below.abort()

    @override
    def is_closing(self) -> bool:
        return self.below.is_closing()

    @override
    def is_reading(self) -> bool:
        return self.below.is_reading()

    @override
    def pause_reading(self) -> None:
        self.below.pause_reading()

    @override
    def resume_reading(self) -> None:
        self.below.resume_reading()

    @override
    def get_write_buffer_size(self) -> int:
        return self.below.get_write_buffer_size()

    @override
    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self.below.get_write_buffer_limits()

    @override
    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.below.set_write_buffer_limits(high, low)
