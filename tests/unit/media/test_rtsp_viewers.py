"""The two ways to a viewer, without a server around them."""

import asyncio
import socket
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media import udp
from bridge.media.batch import Batch
from bridge.media.interleaved import from_keyframe, renumber
from bridge.media.udp import UdpPorts, UdpViewer, trains
from tests.clients.rtsp import UdpReceiver
from tests.unit.media.rtsp_world import frame, key_picture, picture, rtp, sound

LOCAL = ("127.0.0.1", 0)


def test_renumbering_keeps_order_and_drops_what_is_not_named():
    frames = frame(9, b"x") + frame(4, b"a") + frame(9, b"y") + frame(6, b"") + frame(4, b"b") + frame(9, b"z")
    assert renumber(frames, {4: 0, 6: 2}) == frame(0, b"a") + frame(2, b"") + frame(0, b"b")
    assert renumber(b"", {}) == b""


def test_decodable_rest_of_a_batch_begins_at_its_key_picture():
    lost, kept = picture(1), key_picture(2)
    assert from_keyframe(Batch(lost + kept, len(lost))).data == kept
    whole = Batch(kept, 0)
    assert from_keyframe(whole) is whole


class FullPorts:
    """Ports of a machine whose buffers are full from the third packet on."""

    def __init__(self):
        self.sent = []
        self.room = 2

    def send(self, packets, **_):
        for packet in packets:
            if self.room == 0:
                return False
            self.room -= 1
            self.sent.append(bytes(packet))
        return True


def test_udp_viewer_that_has_no_room_goes_on_at_a_key_picture():
    ports = FullPorts()
    viewer = UdpViewer({0: cast("UdpPorts", ports)}, print)
    viewer.deliver(Batch(picture(1) + picture(2) + picture(3), None))
    ports.room = 10
    viewer.deliver(Batch(picture(4), None))
    lost = picture(5)
    viewer.deliver(Batch(lost + key_picture(6) + sound(1), len(lost)))
    assert [packet[3] for packet in ports.sent] == [1, 2, 6, 7]
    assert viewer.dropped == 2


async def test_packets_go_only_to_the_peer_that_asked():
    with UdpReceiver() as receiver, UdpReceiver() as stranger:
        client_port = (receiver.rtp.getsockname()[1], receiver.rtcp.getsockname()[1])
        reports = []
        ports = UdpPorts(LOCAL, ("127.0.0.1", 1), client_port, on_report=lambda: reports.append(1))
        assert ports.send([memoryview(rtp(1))], is_rtcp=False)
        assert await receiver.packet() == rtp(1)
        with pytest.raises(BlockingIOError):
            stranger.rtp.recv(10)
        ports.close()


async def test_what_a_client_sends_is_taken_from_its_host_alone_and_some_at_a_time():
    heard, enough = [], asyncio.Event()

    def hear(packet):
        heard.append(packet)
        if packet == b"last":
            enough.set()

    with UdpReceiver() as client:
        client_port = (client.rtp.getsockname()[1], client.rtcp.getsockname()[1])
        ports = UdpPorts(LOCAL, ("127.0.0.1", 1), client_port, on_report=lambda: None, on_packet=hear)
        strange = UdpPorts(LOCAL, ("127.0.0.2", 1), client_port, on_report=lambda: None, on_packet=hear)
        said = [bytes([number]) for number in range(2 * udp.MOST_DATAGRAMS_AT_ONCE)]
        for packet in said:
            client.rtp.sendto(packet, ("127.0.0.1", strange.server_port[0]))
            client.rtp.sendto(packet, ("127.0.0.1", ports.server_port[0]))
        # From another port than the one that was named, as some do.
        client.rtcp.sendto(b"last", ("127.0.0.1", ports.server_port[0]))
        async with asyncio.timeout(5.0):
            await enough.wait()
        assert heard == [*said, b"last"]
        assert ports.send([memoryview(b"report")], is_rtcp=True)
        assert await client.report() == b"report"
        ports.close()
        strange.close()


@pytest.mark.parametrize("can_segment", [True, False], ids=["cut by the kernel", "sent one by one"])
async def test_a_train_arrives_packet_by_packet(can_segment, monkeypatch):
    if not can_segment:
        monkeypatch.setattr(udp, "UDP_SEGMENT", 9999)  # an option that no kernel knows
    with UdpReceiver() as receiver:
        client_port = (receiver.rtp.getsockname()[1], receiver.rtcp.getsockname()[1])
        ports = UdpPorts(LOCAL, ("127.0.0.1", 1), client_port, on_report=lambda: None)
        packets = [bytes([number]) * 1200 for number in range(20)] + [b"the last"]
        assert ports.send([memoryview(packet) for packet in packets], is_rtcp=False)
        assert [await receiver.packet() for _ in packets] == packets
        ports.close()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 60_000)), max_size=200))
def test_trains_are_what_one_call_can_send(sizes):
    frames = [(channel, memoryview(bytes(size))) for channel, size in sizes]
    made = list(trains(frames))
    assert [(channel, len(packet)) for channel, train in made for packet in train] == sizes
    for _, train in made:
        assert len(train) <= udp.MOST_SEGMENTS
        assert len(train) == 1 or sum(map(len, train)) <= udp.MOST_SEGMENTED_BYTES
        assert len({len(packet) for packet in train[:-1]}) <= 1
        assert len(train[-1]) <= len(train[0])


async def test_a_packet_without_room_is_reported_and_other_faults_are_the_networks(monkeypatch):
    with UdpReceiver() as receiver:
        client_port = (receiver.rtp.getsockname()[1], receiver.rtcp.getsockname()[1])
        ports = UdpPorts(LOCAL, ("127.0.0.1", 1), client_port, on_report=lambda: None)
        try:
            assert ports.send([memoryview(b"x" * 70_000)], is_rtcp=False)  # EMSGSIZE
            assert ports.send([memoryview(b"x" * 70_000)], is_rtcp=True)
        finally:
            ports.close()


def test_ports_of_an_address_that_is_not_ours_are_an_error():
    with pytest.raises(OSError, match="assign"):
        UdpPorts(("192.0.2.1", 0), ("192.0.2.2", 1), (5000, 5001), on_report=lambda: None)


async def test_peer_that_cannot_be_reached_is_an_error_and_leaves_no_socket():
    with pytest.raises(OSError, match=r"Address family|Invalid"):
        UdpPorts(LOCAL, ("::1", 1), (5000, 5001), on_report=lambda: None)


async def test_busy_neighbour_port_is_stepped_over(monkeypatch):
    usual = udp._bind
    refused: list[int] = []

    def bind(local, port):
        if port and not refused:
            refused.append(port)
            raise OSError("in use")
        return usual(local, port)

    monkeypatch.setattr(udp, "_bind", bind)
    first, second = udp.bind_pair(LOCAL)
    assert second.getsockname()[1] == first.getsockname()[1] + 1
    assert first.getsockname()[1] % 2 == 0
    assert refused
    assert first.type is socket.SOCK_DGRAM
    first.close()
    second.close()
