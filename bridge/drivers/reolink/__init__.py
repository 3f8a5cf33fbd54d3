"""Reolink cameras and recorders over the vendor's HTTP API (version 7, 2022) and RTSP.

See `bridge/drivers/README.md` for the options and for which native command serves what.
"""

from functools import partial

from bridge.drivers.base import CameraFamily
from bridge.drivers.reolink.capabilities import STREAM_NAMES
from bridge.drivers.reolink.driver import ReolinkDriver
from bridge.drivers.reolink.lan_search import find
from bridge.drivers.reolink.options import check_options
from bridge.drivers.reolink.session import LeaseBook

FAMILY = CameraFamily(
    name="reolink",
    vendor="Reolink",
    stream_names=STREAM_NAMES,
    check_options=check_options,
    create=partial(ReolinkDriver, leases=LeaseBook()),
    search=find,
)
