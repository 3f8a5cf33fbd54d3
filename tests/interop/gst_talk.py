"""GStreamer's `rtspsrc` talks to a camera: `gst_talk.py ADDRESS USERNAME PASSWORD PROTOCOL SECONDS`.

Runs with the system's Python, which has GStreamer's bindings. It says a tone in mu-law for that long, and prints one
line of JSON: the formats that the source was offered, how many packets it took and how many it showed, and the error
if there was one.
"""

from __future__ import annotations

import ctypes
import json
import sys
from dataclasses import asdict, dataclass, field

import gi  # type: ignore[import-not-found] # of the system's Python

gi.require_version("Gst", "1.0")

from gi.repository import GLib, Gst  # type: ignore[import-not-found]  # noqa: E402 (the version comes first)

Gst.init(None)

PLAYED = (Gst.ProgressType.COMPLETE, "request")
PACKET_MS = 20
TONE = bytes((0x80, 0x00) * 80)
CAPS = Gst.Caps.from_string("application/x-rtp,media=audio,clock-rate=8000,encoding-name=PCMU,payload=0")
PATIENCE_S = 20

_library = ctypes.CDLL("libgstreamer-1.0.so.0")


@dataclass
class Told:
    """What came of it."""

    offered: list[list[object]] = field(default_factory=list)
    taken: int = 0
    shown: int = 0
    error: str = ""


class Intercom:
    """A pipeline that shows everything and talks."""

    def __init__(self, settings: dict[str, str], packets: int) -> None:
        self.told = Told()
        self._packets = packets
        self._number = 0
        self._back_stream = 0
        self._loop = GLib.MainLoop()
        self._pipeline = Gst.Pipeline.new()
        self._source = Gst.ElementFactory.make("rtspsrc")
        for name, value in settings.items():
            Gst.util_set_object_arg(self._source, name, value)
        self._source.connect("select-stream", self._on_stream)
        self._source.connect("pad-added", self._on_pad)
        self._pipeline.add(self._source)
        bus = self._pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self._on_message)

    def run(self) -> None:
        """Talk until everything is said or something breaks."""
        GLib.timeout_add_seconds(PATIENCE_S, self._loop.quit)
        self._pipeline.set_state(Gst.State.PLAYING)
        self._loop.run()
        self._pipeline.set_state(Gst.State.NULL)

    def _on_stream(self, _source: Gst.Element, number: int, caps: Gst.Caps) -> bool:
        fields = caps.get_structure(0)
        if fields.has_field("a-sendonly"):
            self._back_stream = number
            self.told.offered.append([fields.get_string("encoding-name"), fields.get_int("payload").value])
        return True

    def _on_pad(self, _source: Gst.Element, pad: Gst.Pad) -> None:
        sink = Gst.ElementFactory.make("fakesink")
        Gst.util_set_object_arg(sink, "signal-handoffs", "true")
        sink.connect("handoff", self._on_packet)
        self._pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def _on_packet(self, *_: object) -> None:
        self.told.shown += 1

    def _on_message(self, _bus: Gst.Bus, message: Gst.Message) -> None:
        if message.type is Gst.MessageType.ERROR:
            self.told.error = " ".join(map(str, message.parse_error()))
            self._loop.quit()
        elif message.type is Gst.MessageType.PROGRESS and message.parse_progress()[:2] == PLAYED:
            GLib.timeout_add(PACKET_MS, self._speak)

    def _speak(self) -> bool:
        if self._number == self._packets:
            self._loop.quit()
            return False
        number = self._number
        self._number += 1
        head = bytes((0x80, 0)) + number.to_bytes(2, "big") + (160 * number).to_bytes(4, "big") + b"GstT"
        sample = Gst.Sample.new(Gst.Buffer.new_wrapped(head + TONE), CAPS, None, None)
        # The signal takes the reference that Python believes to have kept.
        _library.gst_mini_object_ref(ctypes.c_void_p(hash(sample)))
        flow = self._source.emit("push-backchannel-sample", self._back_stream, sample)
        self.told.taken += flow is Gst.FlowReturn.OK
        return True


def main() -> None:
    """Talk, and tell what came of it."""
    address, username, password, protocol, seconds = sys.argv[1:]
    login = {"location": address, "user-id": username, "user-pw": password}
    intercom = Intercom(
        login | {"protocols": protocol, "backchannel": "onvif", "latency": "0", "tls-validation-flags": "0"},
        int(float(seconds) * 1000 / PACKET_MS),
    )
    intercom.run()
    sys.stdout.write(json.dumps(asdict(intercom.told)) + "\n")


main()
