"""Reads session descriptions, written from RFC 4566 and RFC 3551; it knows nothing of the bridge."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

_OF_ONE_ENCODING = ("rtpmap", "fmtp")

_STATIC = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 26: ("JPEG", 90000)}
"""Payload types whose encoding need not be told (RFC 3551, tables 4 and 5)."""


@dataclass
class Medium:
    """One encoding of one `m=` section with its attributes; of those that are repeated, the last."""

    kind: str
    payload_type: int
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        """The name of the encoding, in upper case."""
        return self._mapped()[0]

    @property
    def clock_rate(self) -> int:
        """Units of RTP time per second."""
        return self._mapped()[1]

    @property
    def format(self) -> dict[str, str]:
        """The parameters of the encoding."""
        _, _, parameters = self.attributes.get("fmtp", "").partition(" ")
        pairs = (each.strip().partition("=") for each in parameters.split(";"))
        return {name: value for name, _, value in pairs if name}

    def control(self, base: str) -> str:
        """Return the address that sets it up."""
        return urljoin(base, self.attributes["control"])

    def _mapped(self) -> tuple[str, int]:
        if "rtpmap" not in self.attributes:
            return _STATIC[self.payload_type]
        found = re.fullmatch(r"(\d+) ([^/]+)/(\d+)(?:/\d+)?", self.attributes["rtpmap"])
        assert found is not None, self.attributes["rtpmap"]
        assert int(found[1]) == self.payload_type
        return found[2].upper(), int(found[3])


@dataclass
class Description:
    """A session description: the lines before the first medium, and the media."""

    session: list[tuple[str, str]]
    media: list[Medium]
    """A section that offers a choice of encodings is there once for each."""

    connections: list[str]
    """What stands behind every `c=`."""

    def of_kind(self, kind: str) -> list[Medium]:
        """Return the media of a kind: `video`, `audio`, `application`."""
        return [medium for medium in self.media if medium.kind == kind]


def read(text: str) -> Description:
    """Read a description."""
    found, section = Description([], [], []), list[Medium]()
    for line in text.splitlines():
        letter, equals, value = line.partition("=")
        assert equals, line
        if letter == "m":
            kind, _, protocol, *payload_types = value.split()
            assert protocol == "RTP/AVP"
            section = [Medium(kind, int(each)) for each in payload_types]
            found.media += section
        elif letter == "c":
            found.connections.append(value)
        elif letter == "a" and section:
            name, _, content = value.partition(":")
            for medium in section:
                if name not in _OF_ONE_ENCODING or content.partition(" ")[0] == str(medium.payload_type):
                    medium.attributes[name] = content
        elif not found.media:
            found.session.append((letter, value))
    assert found.session[0] == ("v", "0")
    return found
