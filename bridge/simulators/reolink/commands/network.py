"""Commands about ports and addresses (section 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.simulators.camera import url
from bridge.simulators.reolink import services
from bridge.simulators.reolink.device import Call, Effect
from bridge.simulators.reolink.messages import DONE, Answer, NativeError, UnknownCommand
from bridge.simulators.reolink.ranges import merged

if TYPE_CHECKING:
    from bridge.simulators.control import JsonObject

HTTP_PORT, HTTPS_PORT, MEDIA_PORT, ONVIF_PORT, RTMP_PORT = 80, 443, 9000, 8000, 1935
"""Factory ports of services that the simulator does not have or has elsewhere."""
_PORT = {"max": 65535, "min": 1}


def get_ports(call: Call) -> Answer:
    """`GetNetPort`: shows no range even to those who ask for it."""
    return Answer({"NetPort": _ports(call)})


def set_ports(call: Call) -> Answer:
    """`SetNetPort`: RTSP can be turned on and off; the ports themselves are the command line's. Ends all sessions."""
    present = _ports(call)
    limits = {name: "boolean" if name.endswith("Enable") else _PORT for name in present}
    wanted = merged(present, call.wanted("NetPort"), limits)
    if any(wanted[name] != present[name] for name in present if name != "rtspEnable"):
        raise NativeError(-13)
    if call.is_ignored:
        return DONE
    call.device.ports.has_rtsp = bool(wanted.get("rtspEnable", 1))
    call.device.sessions.close_all()
    call.effects.append(Effect.SWITCH_RTSP)
    return DONE


def get_rtsp_url(call: Call) -> Answer:
    """`GetRtspUrl`: channels are numbered from 1 in paths."""
    number = call.channel.number
    base = url("rtsp", call.caller.local_ip, call.device.ports.rtsp)
    paths = {f"{stream}Stream": f"{base}/Preview_{number + 1:02}_{stream}" for stream in ("main", "sub")}
    return Answer({"rtspUrl": {"channel": number, **paths}})


def get_certificate(call: Call) -> Answer:
    """`GetCertificateInfo`: none was ever imported."""
    del call
    return Answer({"CertificateInfo": {"crtName": "", "enable": 0, "keyName": ""}})


def clear_certificate(call: Call) -> Answer:
    """`CertificateClear`: there is nothing to clear, which is no error."""
    del call
    return DONE


def scan_wifi(call: Call) -> Answer:
    """`ScanWifi`: the one network that it is in."""
    setting = call.device.settings.get("Wifi")
    if setting is None:
        raise UnknownCommand
    return Answer({"Wifi": [{"bencrypt": 1, "signal": 4, "ssid": setting.value["ssid"]}]})


def try_out(call: Call) -> Answer:
    """`TestEmail`, `TestFtp`, `TestWifi`: succeed for whoever says enough, and send nothing."""
    key, required = services.TESTS[call.command.name]
    if not required <= call.wanted(key).keys():
        raise NativeError(-4)
    return DONE


def _ports(call: Call) -> JsonObject:
    ports = call.device.ports
    is_tls = "https" in call.device.switches
    numbers: JsonObject = {
        "httpPort": HTTP_PORT if is_tls else ports.api,
        "httpsPort": ports.api if is_tls else HTTPS_PORT,
        "mediaPort": MEDIA_PORT,
        "onvifPort": ONVIF_PORT,
        "rtmpPort": RTMP_PORT,
        "rtspPort": ports.rtsp,
    }
    if not call.device.persona.has_port_switches:
        return numbers
    switches = {
        "httpEnable": int(not is_tls),
        "httpsEnable": int(is_tls),
        "onvifEnable": 0,
        "rtmpEnable": 0,
        "rtspEnable": int(ports.has_rtsp),
    }
    return numbers | switches


COMMANDS = {
    "GetNetPort": get_ports,
    "SetNetPort": set_ports,
    "GetRtspUrl": get_rtsp_url,
    "GetCertificateInfo": get_certificate,
    "CertificateClear": clear_certificate,
    "ScanWifi": scan_wifi,
    **dict.fromkeys(services.TESTS, try_out),
}
