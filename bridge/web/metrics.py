"""Prometheus metrics: plain counters of the parts, read when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from typing_extensions import override

from bridge.core.model import ConnectionPhase
from bridge.media.hub import HubPhase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from bridge.runtime.bridge import Bridge


def render_metrics(bridge: Bridge) -> tuple[bytes, str]:
    """Return the metrics in Prometheus' text format, and the content type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_BridgeCollector(bridge))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _BridgeCollector(Collector):
    """Reads the counters of a bridge."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    @override
    def collect(self) -> Iterator[Metric]:
        state = GaugeMetricFamily("onvif_bridge_camera_state", "1 for the state in force", labels=["camera", "state"])
        for unit in self._bridge.units:
            for phase in ConnectionPhase:
                state.add_metric([unit.camera.id, str(phase)], float(unit.camera.state.phase is phase))
        yield state
        yield from self._streams()

    def _streams(self) -> Iterator[Metric]:
        labels = ["camera", "stream"]
        viewers = GaugeMetricFamily("onvif_bridge_stream_viewers", "Viewers of a stream", labels=labels)
        received = CounterMetricFamily("onvif_bridge_stream_received_bytes", "Bytes from the camera", labels=labels)
        keyframes = CounterMetricFamily("onvif_bridge_stream_keyframes", "Key frames from the camera", labels=labels)
        phases = GaugeMetricFamily(
            "onvif_bridge_stream_state", "1 for the state in force of the upstream", labels=[*labels, "state"]
        )
        failures = GaugeMetricFamily(
            "onvif_bridge_stream_failed_attempts", "Failed attempts since the upstream last played", labels=labels
        )
        dropped = CounterMetricFamily("onvif_bridge_stream_dropped_packets", "Broken packets cut out", labels=labels)
        for unit in self._bridge.units:
            for name, hub in unit.hubs.items():
                values, counters = [unit.camera.id, name], hub.counters
                viewers.add_metric(values, counters.readers)
                received.add_metric(values, counters.bytes_in)
                keyframes.add_metric(values, counters.keyframes)
                dropped.add_metric(values, counters.dropped)
                failures.add_metric(values, hub.state.attempts)
                for phase in HubPhase:
                    phases.add_metric([*values, str(phase)], float(hub.state.phase is phase))
        yield from (phases, failures, viewers, received, keyframes, dropped)
