from random import Random

import pytest

from bridge.media.directory import StreamDirectory
from bridge.media.hub import StreamHub
from bridge.runtime.accounts import Accounts
from tests.unit.media.streams import HandSource, ManualClock


@pytest.fixture
def hub() -> StreamHub:
    clock = ManualClock()
    return StreamHub("front/main", HandSource(clock), clock=clock, random=Random(1))


@pytest.mark.parametrize("path", ["front/main", "/front/main", "/front/main/"])
def test_hub_is_found_with_or_without_slashes(hub: StreamHub, path: str) -> None:
    directory = StreamDirectory()
    directory.add("front/main", hub)

    assert directory.find(path) is hub
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
    directory.remove("front/main")
    directory.remove("front/main")

    assert directory.find("front/main") is None


def test_a_stream_may_have_accounts_of_its_own(hub: StreamHub) -> None:
    directory = StreamDirectory()
    users = Accounts([])
    directory.add("front/main", hub, users=users)
    directory.add("front/sub", hub)

    assert directory.users_of("/front/main/") is users
    assert directory.users_of("front/sub") is None
    directory.remove("front/main")
    assert directory.users_of("front/main") is None
