"""Media2 Configuration Device Test Specification: metadata and analytics configurations."""

from __future__ import annotations

from tests.conformance.changes import CONFIGURATION_CHANGED, changes_of
from tests.conformance.event_client import topic_filter
from tests.conformance.media2_checks import (
    an_unknown_token_is_refused,
    configurations_are_found_by_every_way,
    profiles_hold_listed_configurations,
)
from tests.conformance.media2_client import Media2, metadata_wish
from tests.conformance.media_client import contents

# ----------------------------------------------------------------------------------------------------------- metadata


def everything_wanted(present, options):
    """Return a metadata configuration that wants all that is offered, and one kind of event."""
    offered = options.one("tt:PTZStatusFilterOptions")
    has = {
        fact: any(offered.texts(f"tt:{axes}{fact}Supported") == ["true"] for axes in ("PanTilt", "Zoom"))
        for fact in ("Status", "Position")
    }
    return metadata_wish(
        present,
        "TestName1",
        ptz_status=(has["Status"], has["Position"]),
        events=f"<tt:Events><tt:Filter>{topic_filter(CONFIGURATION_CHANGED)}</tt:Filter></tt:Events>",
        analytics=True,
    )


def nothing_wanted(present):
    """Return a metadata configuration that wants nothing at all."""
    return metadata_wish(present, "TestName2", ptz_status=(False, False), events="", analytics=False)


async def test_MEDIA2_8_1_1(dut):
    """Metadata of every kind can be wanted and given up again; the wishes are shown, and told.

    The camera moves and looks at its own pictures, so PTZ status and scene descriptions are among them.
    """
    media = await Media2.of(dut)
    async with changes_of(dut, CONFIGURATION_CHANGED) as changes:
        for present in await media.every("Metadata"):
            token = present["token"]
            (options,) = await media.options("Metadata", configuration=token)
            assert not options.has("tt:Extension/tt:CompressionType")
            for wished in (everything_wanted(present, options), nothing_wanted(present)):
                await media.set("Metadata", wished)
                await changes.of_configuration(token, "Metadata")
                assert contents(await media.one("Metadata", token)) == contents(wished)


async def test_MEDIA2_8_1_2(dut):
    """Metadata configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "Metadata")


async def test_MEDIA2_8_1_3(dut):
    """Profiles show metadata configurations as they are."""
    await profiles_hold_listed_configurations(dut, "Metadata")


async def test_MEDIA2_8_1_4(dut):
    """A token of no metadata configuration is refused."""
    await an_unknown_token_is_refused(dut, "Metadata")


# ---------------------------------------------------------------------------------------------------------- analytics


async def test_MEDIA2_9_1_1(dut):
    """Analytics configurations are found all together, by token, and by profile."""
    await configurations_are_found_by_every_way(dut, "Analytics")


async def test_MEDIA2_9_1_2(dut):
    """Profiles show analytics configurations as they are."""
    await profiles_hold_listed_configurations(dut, "Analytics")


async def test_MEDIA2_9_1_3(dut):
    """A token of no analytics configuration is refused."""
    await an_unknown_token_is_refused(dut, "Analytics")
