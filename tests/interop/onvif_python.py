"""Asks a device everything that onvif-python can ask: every Get operation of every service that it knows.

Runs in the project's own environment. Usage: HOST PORT USER PASSWORD digest|token. Prints a JSON object: for the
qualified name of each request "answered", the subcodes of the fault, or what else went wrong.
"""

import inspect
import json
import sys

from onvif import ONVIFClient
from onvif.operator import CacheMode
from onvif.utils import ONVIFOperationException
from zeep.exceptions import Fault

OF_SUBSCRIPTIONS = {"pullpoint", "subscription", "pausable_subscription"}
"""Services that a device has only once it was subscribed to."""

WORDS = {
    "AudioOutputToken": "AudioOutput_0",
    "Certificate": "TLS",
    "CertificateID": "TLS",
    "InterfaceToken": "eth0",
    "LogType": "System",
    "NodeToken": "PTZ_0",
    "OSDToken": "Name",
    "Protocol": "RTSP",
    "ProfileToken": "Profile_main",
    "RelayOutputToken": "Relay_1",
    "StreamSetup": {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}},
    "Topic": {"Dialect": "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"},
    "Type": "tt:CellMotionDetector",
    "VideoSourceToken": "VideoSource_0",
}
"""Arguments by their name; the equipped camera has all of them."""

CONFIGURATIONS = {
    "VideoEncoderInstances": "VideoSourceConfig_0",
    "VideoEncoder": "VideoEncoder_main",
    "VideoSource": "VideoSourceConfig_0",
    "AudioEncoder": "AudioEncoder_main",
    "AudioSource": "AudioSourceConfig_0",
    "AudioOutput": "AudioOutputConfig_0",
    "AudioDecoder": "AudioDecoder_0",
    "Metadata": "Metadata_0",
    "Analytics": "VideoAnalytics_0",
    "Rule": "VideoAnalytics_0",
    "OSD": "VideoSourceConfig_0",
    "Mask": "VideoSourceConfig_0",
    "": "PTZ_0",
}
"""Tokens of configurations, by a word in the name of the operation."""


def main(host, port, username, password, proof):
    """Ask, and return what came of it."""
    client = ONVIFClient(host, int(port), username, password, http_digest=proof == "digest", cache=CacheMode.MEM)
    found = {}
    for name, accessor in inspect.getmembers(client, inspect.ismethod):
        if not name.startswith("_") and name not in OF_SUBSCRIPTIONS:
            service = accessor()
            operations = service.operator.service._binding._operations
            for operation in sorted(operations):
                if operation.startswith("Get") and hasattr(service, operation):
                    request = operations[operation].input.body.qname.text
                    found[request] = outcome(service, operation)
    return found


def outcome(service, operation):
    """Ask one question; say whether it was answered, or how it was refused."""
    try:
        getattr(service, operation)(**arguments(service, operation))
    except ONVIFOperationException as error:
        cause = error.original_exception
        return [code.localname for code in cause.subcodes] if isinstance(cause, Fault) else repr(cause)
    return "answered"


def arguments(service, operation):
    """Return a value for each argument that must be given."""
    parameters = inspect.signature(getattr(type(service), operation)).parameters.values()
    needed = [each.name for each in parameters if each.default is each.empty and each.name != "self"]
    return {name: argument(name, operation) for name in needed}


def argument(name, operation):
    """Return a value for an argument of an operation."""
    if name.endswith("ConfigurationToken"):
        return next(token for word, token in CONFIGURATIONS.items() if word in operation)
    if name.startswith("Include"):
        return False
    return WORDS.get(name, "x")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
