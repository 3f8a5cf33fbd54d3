"""What a path of the directory shows to RTSP clients at one moment, and whether that is still so at a later one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.media.backchannel import BackChannel
from bridge.media.hub import StreamHub
from bridge.media.source import StreamDescription
from bridge.proto.rtsp.server import BACK_CHANNEL

if TYPE_CHECKING:
    from bridge.media.backchannel import Talker
    from bridge.media.directory import StreamView


@dataclass(frozen=True, slots=True)
class Shown:
    """A hub's stream, and the numbers of those of its tracks that viewers count from 0.

    `back_channel` leads to the camera's loudspeaker, None if nobody can talk to it now.
    """

    hub: StreamHub
    whole: StreamDescription
    tracks: tuple[int, ...]
    back_channel: BackChannel | None

    @property
    def description(self) -> StreamDescription:
        """The stream as far as it is shown."""
        return StreamDescription(tuple(self.whole.tracks[number] for number in self.tracks))

    def is_continued_by(self, other: Shown) -> bool:
        """Whether sessions that were set up for this can play the other."""
        return other.hub is self.hub and other.whole.continues(self.whole)

    def is_shown_by(self, found: StreamView | None) -> bool:
        """Whether what a path leads to now is still this."""
        known = self.hub.known
        return found is not None and found.hub is self.hub and known is not None and known.continues(self.whole)

    def refusal(self, track: int, talker: Talker | None) -> int | None:
        """Return the status that refuses the SETUP of a track to a session; None if it can be set up.

        For a loudspeaker that somebody else talks through there is no status of its own: 453 is that of RFC 2326 for
        what is not to be had now.

        Args:
            track: its number as clients count, or `BACK_CHANNEL`.
            talker: of the session, None if it has none yet.
        """
        if track != BACK_CHANNEL:
            return None if track < len(self.tracks) else 404
        if self.back_channel is None:
            return 404
        return 453 if self.back_channel.is_taken_from(talker) else None
