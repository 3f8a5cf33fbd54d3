"""The index of cases is whole and true."""

from __future__ import annotations

from collections import Counter

from tests.conformance.index import cases_with_a_test, specifications


def test_the_passed_cases_are_those_that_have_a_test():
    assert sorted(case for each in specifications() for case in each.passed) == sorted(cases_with_a_test())


def test_every_case_is_counted_once():
    counted = Counter(case for each in specifications() for case in (*each.passed, *each.not_applicable, *each.not_yet))
    assert [case for case, times in counted.items() if times > 1] == []


def test_whatever_has_not_passed_says_why():
    reasons = {
        case: reason for each in specifications() for case, reason in (each.not_applicable | each.not_yet).items()
    }
    assert [case for case, reason in reasons.items() if len(reason.split()) < 3] == []
