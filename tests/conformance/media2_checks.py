"""What the Media2 cases ask of every kind of configuration alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.media2_client import Media2, configuration_token, held, held_token
from tests.conformance.media_client import contents, tokens

if TYPE_CHECKING:
    from tests.conformance.dut import Dut


async def configurations_are_found_by_every_way(dut: Dut, kind: str) -> None:
    """Each configuration is listed once, is found by its token, and is listed for the profiles that hold it."""
    media = await Media2.of(dut)
    every = tokens(await media.every(kind))
    for token in every:
        await media.one(kind, token)
    for profile in await media.profiles(kind):
        fitting = tokens(await media.fitting(kind, profile["token"]))
        assert set(fitting) <= set(every)
        assert held_token(profile, kind) in {None, *fitting}


async def profiles_hold_listed_configurations(dut: Dut, kind: str) -> None:
    """Every configuration in a profile, of which there is one at least, is said in the same words when asked alone."""
    media = await Media2.of(dut)
    configurations = [each for profile in await media.profiles(kind) if (each := held(profile, kind)) is not None]
    assert configurations
    for configuration in configurations:
        assert contents(await media.one(kind, configuration["token"])) == contents(configuration)


async def an_unknown_token_is_refused(dut: Dut, kind: str) -> None:
    """There is no configuration of a token that is in no list."""
    media = await Media2.of(dut)
    unknown = "".join(["x", *tokens(await media.every(kind))])
    fault = await media.refused(f"Get{kind}Configurations", configuration_token(unknown))
    assert fault == ("Sender", "InvalidArgVal", "NoConfig")


async def options_are_told_for_all_for_one_and_for_a_profile(dut: Dut, kind: str, *beside: str) -> None:
    """Options are there for the device, for a configuration, and for a profile that holds one; `beside` others."""
    media = await Media2.of(dut)
    await media.options(kind)
    await media.options(kind, configuration=(await media.every(kind))[0]["token"])
    await media.options(kind, profile=await media.profile_with(*beside, kind))
