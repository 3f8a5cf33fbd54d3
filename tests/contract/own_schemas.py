"""The bridge's own schemas as a judge of its messages.

They are derived anew from the operation registry, not read from the folder: a test elsewhere says whether the folder
is up to date.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lxml import etree
from typing_extensions import override

from bridge.onvif.services import SERVICES
from bridge.onvif.wsdl import documents

if TYPE_CHECKING:
    from collections.abc import Mapping

XS = "http://www.w3.org/2001/XMLSchema"


@cache
def own_schemas() -> OwnSchemas:
    """Return the schemas of everything that is served."""
    return OwnSchemas(documents(SERVICES))


class OwnSchemas:
    """Judges the content of Bodies; an element that no schema declares is none of its business."""

    def __init__(self, made: Mapping[str, bytes]) -> None:
        schemas = {name: etree.fromstring(data) for name, data in made.items() if name.endswith(".xsd")}
        parser = etree.XMLParser()
        parser.resolvers.add(_Loader(made))
        union = etree.Element(f"{{{XS}}}schema", nsmap={"xs": XS})
        for name, schema in schemas.items():
            attributes = {"namespace": schema.get("targetNamespace", ""), "schemaLocation": name}
            etree.SubElement(union, f"{{{XS}}}import", attributes)
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(union), parser))
        self.declared = frozenset(
            f"{{{schema.get('targetNamespace')}}}{each.get('name')}"
            for schema in schemas.values()
            for each in schema.findall(f"{{{XS}}}element")
        )

    def check(self, content: etree._Element) -> None:
        """Judge the content of a Body.

        Raises:
            AssertionError: with the schema's own words.
        """
        if content.tag in self.declared and not self._schema.validate(etree.ElementTree(content)):
            raise AssertionError(f"{self._schema.error_log}\n{etree.tostring(content, pretty_print=True).decode()}")


class _Loader(etree.Resolver):
    """Hands documents in memory to the schema compiler."""

    def __init__(self, made: Mapping[str, bytes]) -> None:
        super().__init__()
        self._made = made

    @override
    def resolve(self, system_url: str, public_id: str, *context: Any) -> Any:
        return self.resolve_string(self._made[system_url.rpartition("/")[2]], *context, base_url=system_url)
