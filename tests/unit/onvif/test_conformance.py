from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from lxml import etree

from bridge.onvif.conformance import (
    CONFORMANCE_PROFILES,
    FEATURES,
    SERVED_FEATURES,
    Condition,
    ConformanceProfile,
    Feature,
    Requirement,
    conditions_met,
    read_conformance_profile,
)
from bridge.onvif.scopes import claimed_profiles
from bridge.onvif.services import SERVICES
from tests.contract.oracle import WSDL, wsdl_folder
from tests.unit.onvif.analytics_bench import REGIONS, AnalyticsBench
from tests.unit.onvif.media_bench import AAC, MAIN, MediaBench, camera_of

DOCUMENTS = {
    **{prefix: (path,) for prefix, path in WSDL.items()},
    "trc": ("ver10/recording.wsdl",),
    "tse": ("ver10/search.wsdl",),
    "trp": ("ver10/replay.wsdl",),
    "tev": (WSDL["tev"], "schema/common/bw-2.wsdl"),
}
TABLES = pytest.mark.parametrize("profile", CONFORMANCE_PROFILES, ids=lambda profile: profile.name)
SMALL = ConformanceProfile(
    "X",
    "onvif://www.onvif.org/Profile/X",
    (
        Requirement("trt", "GetProfiles"),
        Requirement("tptz", "Stop", Condition.PTZ),
        Requirement(FEATURES, Feature.RTP_UDP),
    ),
)


@cache
def official_operations(prefix):
    documents = [etree.parse(str(wsdl_folder() / path)) for path in DOCUMENTS[prefix]]
    return {each.get("name") for document in documents for each in document.iterfind(".//{*}portType/{*}operation")}


@TABLES
def test_every_operation_in_the_tables_is_one_of_the_standard(profile):
    operations = [each for each in profile.requirements if each.service != FEATURES]
    assert [each for each in operations if each.name not in official_operations(each.service)] == []


@TABLES
def test_no_row_stands_twice(profile):
    counts = Counter((each.service, each.name) for each in profile.requirements)
    assert [row for row, count in counts.items() if count > 1] == []


def test_the_tables_are_those_of_the_video_profiles():
    assert {profile.name: profile.scope for profile in CONFORMANCE_PROFILES} == {
        "S": "onvif://www.onvif.org/Profile/Streaming",
        "T": "onvif://www.onvif.org/Profile/T",
        "G": "onvif://www.onvif.org/Profile/G",
        "M": "onvif://www.onvif.org/Profile/M",
    }


def test_every_condition_and_feature_is_used_by_a_table():
    rows = [each for profile in CONFORMANCE_PROFILES for each in profile.requirements]
    assert {each.condition for each in rows if each.condition} == set(Condition)
    assert {each.name for each in rows if each.service == FEATURES} == set(Feature)


@TABLES
def test_what_is_missing_is_nothing_that_is_served(profile):
    served = {(service.prefix, operation.name) for service in SERVICES for operation in service.operations}
    missing = {(each.service, each.name) for each in profile.missing(served, ())}
    assert not any(row in served or row[1] in SERVED_FEATURES for row in missing)


def test_nothing_is_missing_when_all_that_counts_is_served():
    assert SMALL.missing({("trt", "GetProfiles")}, frozenset()) == ()
    assert SMALL.missing({("trt", "GetProfiles"), ("tptz", "Stop")}, {Condition.PTZ}) == ()


def test_a_conditional_row_is_missing_only_under_its_condition():
    assert SMALL.missing({("trt", "GetProfiles")}, {Condition.PTZ}) == (Requirement("tptz", "Stop", Condition.PTZ),)


def test_an_operation_of_the_same_name_in_another_service_does_not_count():
    assert SMALL.missing({("tr2", "GetProfiles")}, ()) == (Requirement("trt", "GetProfiles"),)


def test_a_device_claims_a_profile_of_which_it_lacks_nothing():
    impossible = ConformanceProfile("Y", "scope", (Requirement("trt", "Levitate"),))
    device = MediaBench(camera_of(MAIN)).device
    assert claimed_profiles(device, (SMALL, impossible)) == (SMALL,)


def test_operations_of_a_service_that_the_camera_cannot_fill_do_not_count():
    needs_ptz = ConformanceProfile("Z", "scope", (Requirement("tptz", "Stop"),))
    assert claimed_profiles(MediaBench(camera_of(MAIN)).device, (needs_ptz,)) == (needs_ptz,)
    assert claimed_profiles(MediaBench(camera_of(MAIN, ptz=None)).device, (needs_ptz,)) == ()


def test_conditions_follow_from_the_camera():
    assert conditions_met(MediaBench(None).device) == frozenset()
    still = MediaBench(camera_of(MAIN, ptz=None, kinds=frozenset())).device
    assert conditions_met(still) == frozenset()
    still.has_tls = True
    assert conditions_met(still) == {Condition.HTTPS}
    assert conditions_met(MediaBench(camera_of(MAIN, ptz=None)).device) == {Condition.VIDEO_ANALYTICS}
    moving = {Condition.PTZ, Condition.PTZ_PRESETS, Condition.VIDEO_ANALYTICS}
    assert conditions_met(MediaBench(camera_of(MAIN, audio=(AAC,))).device) == {Condition.AUDIO, *moving}


def test_regions_count_only_where_they_are_shown_as_rules():
    settable, fixed = AnalyticsBench(REGIONS), AnalyticsBench(REGIONS, read_only=True)
    assert Condition.MOTION_REGION_DETECTOR in conditions_met(settable.device)
    assert Condition.MOTION_REGION_DETECTOR not in conditions_met(fixed.device)


@pytest.mark.parametrize(
    "table",
    [
        'name = "X"\n[services]\n[features]\n',
        'name = "X"\nscope = "x"\n[services]\n',
        'name = "X"\nscope = "x"\n[services.trt]\non_sundays = ["GetProfiles"]\n[features]\n',
        'name = "X"\nscope = "x"\n[services]\n[features]\nmandatory = ["telepathy"]\n',
        "not a table",
    ],
    ids=["no scope", "no features", "unknown condition", "unknown feature", "not TOML"],
)
def test_a_table_that_is_wrong_is_refused(tmp_path, table):
    path = tmp_path / "x.toml"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(ValueError, match=r"\w"):
        read_conformance_profile(path)
