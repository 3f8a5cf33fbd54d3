"""Looks for devices with WSDiscovery (PyPI).

Runs in the environment that `prepare` made. Usage: SECONDS. Probes for video transmitters, collects answers for so
long, and prints them as JSON: endpoint, addresses, types and scopes.
"""

import json
import sys

from wsdiscovery import QName
from wsdiscovery.discovery import ThreadedWSDiscovery

VIDEO_TRANSMITTER = QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")


def find(seconds):
    """Return who answers."""
    finder = ThreadedWSDiscovery()
    finder.start()
    try:
        return [
            {
                "uuid": each.getEPR(),
                "xaddrs": each.getXAddrs(),
                "types": [kind.getLocalname() for kind in each.getTypes()],
                "scopes": [scope.getValue() for scope in each.getScopes()],
            }
            for each in finder.searchServices(types=[VIDEO_TRANSMITTER], timeout=seconds)
        ]
    finally:
        finder.stop()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(find(float(sys.argv[1]))) + "\n")
