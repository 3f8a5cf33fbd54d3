"""A SOAP client that shows every answer to the schema oracle before a test sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.clients.soap import Reply, SoapClient, envelope, username_token
from tests.contract.oracle import the_oracle

if TYPE_CHECKING:
    from collections.abc import Mapping

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"

_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_-]{16,}")


@dataclass
class JudgedClient:
    """One account at one device.

    `credentials` are the long words (digests, nonces) of all credentials sent: none of them belongs into a log.
    """

    base_url: str
    username: str
    password: str
    credentials: set[str] = field(default_factory=set)

    def token(self) -> str:
        """Return a good UsernameToken."""
        return username_token(self.username, self.password)

    async def post(
        self,
        data: str | bytes,
        *,
        content_type: str = "application/soap+xml; charset=utf-8",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Post a document as it is."""
        reply = await SoapClient(self.base_url).post(data, content_type=content_type, headers=headers)
        the_oracle().check(reply.body)
        return reply

    async def ask(self, body: str, *, header: str | None = None, authorization: str | None = None) -> Reply:
        """Post a body; with a good token unless another header or an Authorization is given."""
        if header is None:
            header = self.token() if authorization is None else ""
        for text in (re.sub(r'"[^"]*"|<[^>]*>', " ", header), authorization or ""):
            self.credentials.update(_LONG_WORD.findall(text))
        headers = {} if authorization is None else {"Authorization": authorization}
        return await self.post(envelope(body, header), headers=headers)

    async def date_and_time(self) -> Reply:
        """Ask what anybody may ask."""
        return await self.ask(f"<GetSystemDateAndTime xmlns='{DEVICE}'/>", header="")

    async def profiles(self) -> Reply:
        """Ask what only users may ask."""
        return await self.ask(f"<GetProfiles xmlns='{MEDIA}'/>")
