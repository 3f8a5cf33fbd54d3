"""The only door for XML."""

import pytest

from bridge.core.errors import WireError
from bridge.proto.soap.xmlsafe import LIMIT_BYTES, MAX_DEPTH, parse, serialize

BILLION_LAUGHS = b"""<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a b="&d;">&d;</a>"""


def test_a_document_comes_back_as_its_root_element():
    root = parse(b'<?xml version="1.0"?><a x="1">text</a>')
    assert (root.tag, root.get("x"), root.text) == ("a", "1", "text")


def test_comments_and_instructions_leave_the_text_in_one_piece():
    root = parse(b"<a>one<!-- between --> <?any thing?>two</a>")
    assert root.text == "one two"
    assert len(root) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"<a>",
        b"<a></b>",
        b"<a b=1/>",
        b"not xml",
        b"<a>&undefined;</a>",
        b'<a xmlns:x="u"><y:b/></a>',
        b"<a><y:b/><c xmlns='no absolute URI(//)'/></a>",
        b"<a><y:b/><c xmlns='relative'/></a>",
        b"<a>\xff\xfe</a>",
        b'<?xml version="1.0" encoding="no-such-encoding"?><a/>',
        b"<a>\x00</a>",
    ],
)
def test_what_is_not_well_formed_is_a_wire_error(data):
    with pytest.raises(WireError):
        parse(data)


def test_a_bomb_of_entities_is_refused():
    with pytest.raises(WireError):
        parse(BILLION_LAUGHS)


@pytest.mark.parametrize(
    "declaration",
    [
        b"<!DOCTYPE a>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>',
    ],
)
def test_a_document_type_is_refused_and_nothing_is_fetched(declaration):
    with pytest.raises(WireError):
        parse(declaration + b"<a>hello</a>")


def test_a_document_type_in_another_encoding_is_refused_too():
    with pytest.raises(WireError):
        parse('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"))


def test_size_is_capped():
    padding = LIMIT_BYTES - len(b"<a></a>")
    assert parse(b"<a>" + b"x" * padding + b"</a>").tag == "a"
    with pytest.raises(WireError, match="longer than"):
        parse(b"<a>" + b"x" * (padding + 1) + b"</a>")
    with pytest.raises(WireError, match="longer than 10"):
        parse(b"<a>12345</a>", limit_bytes=10)


def test_nesting_is_capped():
    assert parse(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).tag == "a"
    with pytest.raises(WireError):
        parse(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))
    with pytest.raises(WireError):
        parse(b"<a>" * 20_000)


def test_a_message_leaves_on_one_line_behind_its_declaration():
    assert serialize(parse("<a><b>ü</b></a>".encode())) == (
        '<?xml version="1.0" encoding="UTF-8"?><a><b>ü</b></a>'.encode()
    )
