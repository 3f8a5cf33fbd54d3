"""Layers on a connection that is gone: nothing is written to it any more."""

import asyncio

import pytest
from typing_extensions import override

from bridge.media.layer import Layer
from bridge.media.tunnels import HttpTunnel, Tunnels, WebSocketTunnel
from bridge.proto.http.websocket import CloseCode, close_frame
from bridge.proto.rtsp.server import Stage


def tunnels_to(above):
    return Tunnels(lambda: above, stage_of=lambda _: Stage.FRESH)


class Connection(asyncio.Transport):
    """Takes it amiss, as uvloop's does, when it is written to after its end."""

    def __init__(self):
        super().__init__()
        self.written = b""
        self.is_gone = False

    @override
    def write(self, data):
        assert not self.is_gone
        self.written += data

    @override
    def writelines(self, list_of_data):
        self.write(b"".join(list_of_data))

    @override
    def close(self):
        self.is_gone = True

    abort = close

    @override
    def is_closing(self):
        return self.is_gone

    @override
    def get_write_buffer_size(self):
        return 0


class Above(asyncio.Protocol):
    def __init__(self):
        self.heard = []

    @override
    def connection_made(self, transport):
        self.transport = transport

    @override
    def data_received(self, data):
        self.heard.append(data)

    @override
    def pause_writing(self):
        self.heard.append("pause")

    @override
    def resume_writing(self):
        self.heard.append("resume")

    @override
    def connection_lost(self, exc):
        self.heard.append(exc)


@pytest.fixture
def connection():
    return Connection()


def test_a_layer_hands_everything_through(connection):
    above, error = Above(), OSError()
    layer = Layer(above)
    layer.connection_made(connection)
    above.connection_made(layer)
    layer.data_received(b"up")
    layer.pause_writing()
    layer.resume_writing()
    above.transport.writelines([b"do", b"wn"])
    layer.connection_lost(error)
    assert (above.heard, connection.written) == ([b"up", "pause", "resume", error], b"down")
    assert (layer.get_protocol(), layer.can_write_eof()) == (above, False)


def test_a_websocket_whose_client_is_gone_is_left_alone(connection):
    tunnel = WebSocketTunnel(tunnels_to(Above()), Above(), b"answer")
    tunnel.connection_made(connection)
    connection.abort()
    tunnel.write(b"a batch")
    tunnel.close()
    tunnel.data_received(b"\x82\x05naked")
    assert (connection.written, tunnel.is_closing()) == (b"answer", True)


def test_a_websocket_says_goodbye_once_and_nothing_after_it(connection):
    tunnel = WebSocketTunnel(tunnels_to(Above()), Above(), b"")
    tunnel.connection_made(connection)
    tunnel.close()
    tunnel.close()
    tunnel.write(b"a batch")
    assert connection.written == close_frame(CloseCode.NORMAL)


def test_a_tunnel_whose_get_is_gone_hears_no_posts(connection):
    above = Above()
    tunnels = tunnels_to(above)
    tunnel = HttpTunnel(tunnels, above, "cookie")
    tunnel.connection_made(connection)
    connection.abort()
    tunnel.received(b"late")
    tunnel.connection_lost(None)
    assert (above.heard, tunnels.connections) == ([None], 0)
