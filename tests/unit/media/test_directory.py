from random import Random

import pytest

from bridge.media.backchannel import BackChannel
from bridge.media.directory import StreamDirectory, StreamView, view_path
from bridge.media.hub import StreamHub
from bridge.media.source import MediaKind, StreamDescription, Track
from bridge.proto.rtsp.server import Entrance
from bridge.runtime.accounts import Accounts
from tests.unit.media.horn import HornCamera
from tests.unit.media.streams import VIDEO_AND_AUDIO, HandSource, ManualClock


@pytest.fixture
def hub() -> StreamHub:
    clock = ManualClock()
    return StreamHub("front/main", HandSource(clock), clock=clock, random=Random(1))


@pytest.mark.parametrize("path", ["front/main", "/front/main", "/front/main/"])
def test_hub_is_found_with_or_without_slashes(hub: StreamHub, path: str) -> None:
    directory = StreamDirectory()
    directory.add("front/main", hub)

    assert directory.find(path) == StreamView(hub)
    assert directory.hubs == (hub,)


def test_unknown_path_finds_nothing() -> None:
    assert StreamDirectory().find("front/main") is None


def test_path_is_given_away_once(hub: StreamHub) -> None:
    directory = StreamDirectory()
    directory.add("front/main", hub)

    with pytest.raises(ValueError, match="taken"):
        directory.add("/front/main", hub)


def test_removed_hub_is_gone_and_may_be_removed_again(hub: StreamHub) -> None:
    directory = StreamDirectory()
    directory.add("front/main", hub)
    removed: list[StreamHub] = []
    directory.on_removal(removed.append)
    directory.remove("front/main")
    directory.remove("front/main")
    assert removed == [hub]

    assert directory.find("front/main") is None


def test_a_stream_may_have_accounts_of_its_own(hub: StreamHub) -> None:
    directory = StreamDirectory()
    entrance = Entrance(Accounts([]))
    directory.add("front/main", hub, entrance=entrance)
    directory.add("front/sub", hub)

    assert directory.entrance_of("/front/main/") is entrance
    assert directory.entrance_of("front/sub") is None
    directory.remove("front/main")
    assert directory.entrance_of("front/main") is None


def test_every_view_of_a_stream_leads_to_the_loudspeaker(hub: StreamHub) -> None:
    directory = StreamDirectory()
    back_channel = BackChannel(HornCamera(), clock=ManualClock())
    directory.add("front/main", hub, back_channel=back_channel)
    directory.add("front/sub", hub)

    for path, expected in (("front/main", back_channel), ("front/main/video", back_channel), ("front/sub", None)):
        found = directory.find(path)
        assert found is not None
        assert found.back_channel is expected
    directory.remove("front/main")
    directory.add("front/main", hub)
    assert directory.find("front/main") == StreamView(hub)


FULL = StreamDescription((*VIDEO_AND_AUDIO.tracks, Track(MediaKind.APPLICATION, "vnd.onvif.metadata", 107, 90_000)))


@pytest.mark.parametrize(
    ("path", "tracks"),
    [
        ("front/main", (0, 1, 2)),
        ("front/main/video", (0,)),
        ("/front/main/video+metadata/", (0, 2)),
        ("front/main/audio+metadata", (1, 2)),
    ],
)
def test_a_view_shows_some_of_the_tracks(hub: StreamHub, path: str, tracks: tuple[int, ...]) -> None:
    directory = StreamDirectory()
    directory.add("front/main", hub)
    found = directory.find(path)

    assert found is not None
    assert found.hub is hub
    assert found.tracks(FULL) == tracks


@pytest.mark.parametrize("words", ["sound", "video+sound", "audio+video", "video+video", "video+", "video/audio"])
def test_a_view_has_one_name_and_no_other(hub: StreamHub, words: str) -> None:
    directory = StreamDirectory()
    directory.add("front/main", hub)

    assert directory.find(f"front/main/{words}") is None


def test_a_view_is_for_those_who_may_watch_the_stream(hub: StreamHub) -> None:
    directory = StreamDirectory()
    entrance = Entrance(Accounts([]))
    directory.add("front/main", hub, entrance=entrance)

    assert directory.entrance_of("/front/main/video/") is entrance
    assert directory.entrance_of("front/main/whatever") is entrance
    assert directory.entrance_of("back/main/video") is None


def test_the_path_of_a_view_names_its_kinds_in_a_fixed_order() -> None:
    kinds = [MediaKind.APPLICATION, MediaKind.VIDEO]
    assert view_path("front/main", kinds) == "front/main/video+metadata"
