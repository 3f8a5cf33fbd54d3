"""The Device service about scopes and discovery mode."""

from __future__ import annotations

import pytest

from bridge.onvif.services.device_scopes import MOST_SCOPE_CHARS, MOST_SCOPES
from tests.unit.onvif.device_bench import ask, done, elements, refused
from tests.unit.onvif.served import Served, served

ONVIF = "onvif://www.onvif.org"
UNKNOWN_PLACE = f"{ONVIF}/location/unknown"


async def scopes(bench: Served, definition: str) -> list[str]:
    """Return the scopes that GetScopes calls `Fixed` or `Configurable`."""
    reply = await ask(bench, "GetScopes", user="user")
    listed = zip(reply.values("ScopeDef"), reply.values("ScopeItem"), strict=True)
    return [scope for said, scope in listed if said == definition]


async def test_until_a_client_adds_some_all_scopes_are_fixed():
    async with served() as bench:
        assert await scopes(bench, "Fixed") == list(bench.device.scopes())
        assert await scopes(bench, "Configurable") == []


async def test_profile_hardware_and_name_have_a_fixed_entry_whatever_a_client_sets():
    async with served() as bench:
        await done(bench, "SetScopes", elements("Scopes", f"{ONVIF}/name/Gate"))
        kinds = {scope.split("/")[3] for scope in await scopes(bench, "Fixed")}
        assert await scopes(bench, "Configurable") == [f"{ONVIF}/name/Gate"]
    assert {"type", "hardware", "name"} <= kinds


async def test_DISCOVERY_1_1_11_scopes_are_set_added_and_removed_and_each_change_is_announced():
    async with served() as bench:
        seen: list[tuple[str, ...]] = []
        bench.device.on_announcement_changed(lambda: seen.append(bench.device.configurable_scopes()))
        await done(bench, "SetScopes", elements("Scopes", f"{ONVIF}/a", f"{ONVIF}/b"))
        await done(bench, "AddScopes", elements("ScopeItem", f"{ONVIF}/c"))
        removed = await done(bench, "RemoveScopes", elements("ScopeItem", f"{ONVIF}/a", f"{ONVIF}/c"))
        assert removed.values("ScopeItem") == [f"{ONVIF}/a", f"{ONVIF}/c"]
        assert await scopes(bench, "Configurable") == [f"{ONVIF}/b"]
    assert [len(each) for each in seen] == [2, 3, 1]


async def test_a_location_of_a_client_takes_the_place_of_the_unknown_one():
    async with served() as bench:
        assert UNKNOWN_PLACE in await scopes(bench, "Fixed")
        await done(bench, "AddScopes", elements("ScopeItem", f"{ONVIF}/location/garden"))
        assert UNKNOWN_PLACE not in bench.device.scopes()
        await done(bench, "RemoveScopes", elements("ScopeItem", f"{ONVIF}/location/garden"))
        assert UNKNOWN_PLACE in await scopes(bench, "Fixed")


async def test_fixed_scopes_among_the_new_ones_and_doubles_are_kept_once():
    async with served() as bench:
        everything = [*bench.device.scopes(), f"{ONVIF}/a", f" {ONVIF}/a "]
        await done(bench, "SetScopes", elements("Scopes", *everything))
        await done(bench, "AddScopes", elements("ScopeItem", f"{ONVIF}/a"))
        assert await scopes(bench, "Configurable") == [f"{ONVIF}/a"]


async def test_what_is_fixed_or_unknown_is_not_removed_and_then_nothing_is():
    async with served() as bench:
        await done(bench, "SetScopes", elements("Scopes", f"{ONVIF}/a"))
        fixed = bench.device.fixed_scopes()[0]
        for other, fault in (
            (fixed, ("Sender", "OperationProhibited", "FixedScope")),
            (f"{ONVIF}/b", ("Sender", "InvalidArgVal", "NoScope")),
        ):
            assert await refused(bench, "RemoveScopes", elements("ScopeItem", f"{ONVIF}/a", other)) == fault
        assert await scopes(bench, "Configurable") == [f"{ONVIF}/a"]


async def test_there_is_an_end_to_the_scopes():
    async with served() as bench:
        most = [f"{ONVIF}/{number}" for number in range(MOST_SCOPES)]
        await done(bench, "SetScopes", elements("Scopes", *most))
        for name, inner in (
            ("AddScopes", elements("ScopeItem", f"{ONVIF}/x")),
            ("SetScopes", elements("Scopes", *most, f"{ONVIF}/x")),
        ):
            assert await refused(bench, name, inner) == ("Receiver", "Action", "TooManyScopes")
        assert await scopes(bench, "Configurable") == most


@pytest.mark.parametrize("scope", ["", "no-uri", "urn:two words", f"urn:{'x' * MOST_SCOPE_CHARS}", "/relative"])
async def test_a_scope_is_a_uri_without_blanks(scope):
    async with served() as bench:
        assert await refused(bench, "AddScopes", elements("ScopeItem", scope)) == ("Sender", "InvalidArgVal")
        assert await scopes(bench, "Configurable") == []


async def test_DISCOVERY_1_1_9_the_discovery_mode_is_kept_and_announced():
    async with served() as bench:
        seen: list[bool] = []
        bench.device.on_announcement_changed(lambda: seen.append(bench.device.is_discoverable))
        for mode in ("NonDiscoverable", "Discoverable"):
            await done(bench, "SetDiscoveryMode", elements("DiscoveryMode", mode))
            assert (await ask(bench, "GetDiscoveryMode")).values("DiscoveryMode") == [mode]
    assert seen == [False, True]


async def test_a_bridge_that_announces_nothing_says_so_and_cannot_be_made_to():
    async with served(is_announced=False) as bench:
        assert (await ask(bench, "GetDiscoveryMode")).values("DiscoveryMode") == ["NonDiscoverable"]
        capabilities = (await ask(bench, "GetServiceCapabilities")).text
        assert 'DiscoveryResolve="false" DiscoveryBye="false"' in capabilities
        assert 'DiscoveryNotSupported="true"' in capabilities
        assert not bench.device.is_discoverable
        wanted = elements("DiscoveryMode", "Discoverable")
        assert await refused(bench, "SetDiscoveryMode", wanted) == ("Receiver", "ActionNotSupported")
        await done(bench, "SetDiscoveryMode", elements("DiscoveryMode", "NonDiscoverable"))
