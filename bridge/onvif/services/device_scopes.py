"""The Device service about being found (ONVIF Core, sections "Scopes" and "Discovery mode")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bridge.core.errors import ClientFault
from bridge.onvif.operation import Access, Call, operation
from bridge.onvif.settings.device import DiscoverySettings, ScopeSettings
from bridge.onvif.types import device_scopes as messages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.onvif.device import VirtualDevice

MOST_SCOPES = 32
"""Configurable scopes; every ProbeMatch carries them all in one datagram."""

MOST_SCOPE_CHARS = 256

_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f]+")
"""An absolute URI or IRI, as far as it matters: discovery separates scopes by white space."""


@operation(access=Access.READ_SYSTEM)
async def get_scopes(call: Call, _request: messages.GetScopes) -> messages.GetScopesResponse:
    """List the discovery scopes, and say which of them can be changed."""
    definitions = {
        messages.ScopeDefinition.FIXED: call.device.fixed_scopes(),
        messages.ScopeDefinition.CONFIGURABLE: call.device.configurable_scopes(),
    }
    return messages.GetScopesResponse(
        scopes=tuple(
            messages.Scope(scope_def=definition, scope_item=scope)
            for definition, scopes in definitions.items()
            for scope in scopes
        )
    )


@operation(access=Access.WRITE_SYSTEM)
async def set_scopes(call: Call, request: messages.SetScopes) -> messages.SetScopesResponse:
    """Replace the configurable scopes. Fixed ones may be among the new: they stay as they are."""
    _keep(call.device, request.scopes)
    return messages.SetScopesResponse()


@operation(access=Access.WRITE_SYSTEM)
async def add_scopes(call: Call, request: messages.AddScopes) -> messages.AddScopesResponse:
    """Add configurable scopes; those that are there already count as added."""
    _keep(call.device, (*call.device.configurable_scopes(), *request.scope_item))
    return messages.AddScopesResponse()


@operation(access=Access.WRITE_SYSTEM)
async def remove_scopes(call: Call, request: messages.RemoveScopes) -> messages.RemoveScopesResponse:
    """Remove configurable scopes, all of them or none."""
    device = call.device
    unwanted = tuple(scope.strip() for scope in request.scope_item)
    for scope in unwanted:
        if scope in device.fixed_scopes():
            raise ClientFault("Sender", ("OperationProhibited", "FixedScope"), "A fixed scope cannot be removed")
        if scope not in device.configurable_scopes():
            raise ClientFault("Sender", ("InvalidArgVal", "NoScope"), "The device has no such scope")
    _keep(device, (scope for scope in device.configurable_scopes() if scope not in unwanted))
    return messages.RemoveScopesResponse(scope_item=unwanted)


def _keep(device: VirtualDevice, scopes: Iterable[str]) -> None:
    """Make these the configurable scopes, each once.

    Raises:
        ClientFault: they are too many, or one is none.
    """
    wanted = tuple(dict.fromkeys(scope.strip() for scope in scopes))
    for scope in wanted:
        if len(scope) > MOST_SCOPE_CHARS or not _SCOPE.fullmatch(scope):
            raise ClientFault(
                "Sender", ("InvalidArgVal",), f"A scope is a URI of at most {MOST_SCOPE_CHARS} characters"
            )
    fixed = device.fixed_scopes()
    own = tuple(scope for scope in wanted if scope not in fixed)
    if len(own) > MOST_SCOPES:
        raise ClientFault("Receiver", ("Action", "TooManyScopes"), f"There is room for {MOST_SCOPES} scopes")
    device.settings.scopes.write(ScopeSettings(own))
    device.announcement_changed()


@operation(access=Access.READ_SYSTEM)
async def get_discovery_mode(call: Call, _request: messages.GetDiscoveryMode) -> messages.GetDiscoveryModeResponse:
    """Say whether the device lets itself be found."""
    device = call.device
    is_discoverable = device.is_announced and device.settings.discovery.read().is_discoverable
    mode = messages.DiscoveryMode.DISCOVERABLE if is_discoverable else messages.DiscoveryMode.NON_DISCOVERABLE
    return messages.GetDiscoveryModeResponse(discovery_mode=mode)


@operation(access=Access.WRITE_SYSTEM)
async def set_discovery_mode(call: Call, request: messages.SetDiscoveryMode) -> messages.SetDiscoveryModeResponse:
    """Let the device be found, or not: then it answers no probes and says neither Hello nor Bye."""
    is_discoverable = request.discovery_mode is messages.DiscoveryMode.DISCOVERABLE
    if is_discoverable and not call.device.is_announced:
        raise ClientFault(
            "Receiver", ("ActionNotSupported",), "Discovery is switched off in the bridge's configuration"
        )
    call.device.settings.discovery.write(DiscoverySettings(is_discoverable))
    call.device.announcement_changed()
    return messages.SetDiscoveryModeResponse()
