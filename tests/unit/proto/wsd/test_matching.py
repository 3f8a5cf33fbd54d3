import pytest

from bridge.proto.soap.namespaces import WSD
from bridge.proto.wsd.matching import matches

SCOPES = (
    "onvif://www.onvif.org/name/Front%20Door",
    "onvif://www.onvif.org/Profile/Streaming",
    "urn:uuid:2a0d3a10-6a3b-4d2c-9a4e-0123456789ab",
    "ldap:///ou=engineering,o=examplecom,c=us",
)


@pytest.mark.parametrize(
    ("wanted", "is_match"),
    [
        ((), True),
        (("onvif://www.onvif.org/Profile/Streaming",), True),
        (("ONVIF://WWW.onvif.org/Profile",), True),
        (("onvif://www.onvif.org",), True),
        (("onvif://www.onvif.org/Profile/",), True),
        (("onvif://www.onvif.org/name/Front%20Door",), True),
        (("onvif://www.onvif.org/name/Front%20%44oor",), True),
        (("onvif://www.onvif.org/Profile/Streaming?query#fragment",), True),
        (("onvif://www.onvif.org/Profile", "onvif://www.onvif.org/name"), True),
        (("onvif://www.onvif.org/Profile", "onvif://www.onvif.org/location"), False),
        (("onvif://www.onvif.org/Prof",), False),
        (("onvif://www.onvif.org/profile",), False),
        (("onvif://www.onvif.org/Profile/Streaming/more",), False),
        (("onvif://www.onvif.org/Profile/../Profile",), False),
        (("http://www.onvif.org/Profile",), False),
        (("onvif://www.example.org/Profile",), False),
        (("onvif://[broken/Profile",), False),
    ],
)
def test_path_rule_compares_whole_segments(wanted: tuple[str, ...], is_match: bool) -> None:
    assert matches(f"{WSD}/rfc3986", wanted, SCOPES) is is_match


@pytest.mark.parametrize(
    ("wanted", "is_match"),
    [
        ("uuid:2A0D3A10-6A3B-4D2C-9A4E-0123456789AB", True),
        ("urn:uuid:2a0d3a10-6a3b-4d2c-9a4e-000000000000", False),
        ("nonsense", False),
    ],
)
def test_uuid_rule_compares_values(wanted: str, is_match: bool) -> None:
    assert matches(f"{WSD}/uuid", (wanted,), SCOPES) is is_match


@pytest.mark.parametrize(
    ("wanted", "is_match"),
    [
        ("ldap:///o=examplecom,c=us", True),
        ("LDAP:///ou=engineering,o=examplecom,c=us", True),
        ("ldap:///", True),
        ("ldap:///ou=engineering", False),
        ("ldap://other/o=examplecom,c=us", False),
        ("ldap://[broken", False),
    ],
)
def test_ldap_rule_compares_from_the_root(wanted: str, is_match: bool) -> None:
    assert matches(f"{WSD}/ldap", (wanted,), SCOPES) is is_match


def test_string_rule_is_exact() -> None:
    assert matches(f"{WSD}/strcmp0", ("onvif://www.onvif.org/Profile/Streaming",), SCOPES)
    assert not matches(f"{WSD}/strcmp0", ("onvif://www.onvif.org/Profile",), SCOPES)


def test_none_rule_wants_devices_without_scopes() -> None:
    assert matches(f"{WSD}/none", (), ())
    assert not matches(f"{WSD}/none", (), SCOPES)


def test_other_rules_are_unknown() -> None:
    with pytest.raises(KeyError):
        matches("urn:example:rule", (), SCOPES)
