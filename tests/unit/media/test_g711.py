"""The conversion between the two laws of G.711, compared with the standard library's codecs."""

from __future__ import annotations

import warnings

from hypothesis import given
from hypothesis import strategies as st

from bridge.media import g711

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

CODES = range(256)


def pcmu_samples(codes: bytes) -> list[int]:
    return list(memoryview(audioop.ulaw2lin(codes, 2)).cast("h"))


def pcma_samples(codes: bytes) -> list[int]:
    return list(memoryview(audioop.alaw2lin(codes, 2)).cast("h"))


def test_both_laws_are_read_as_by_everybody_else() -> None:
    assert [g711.pcmu_magnitude(code) for code in CODES] == [abs(each) for each in pcmu_samples(bytes(CODES))]
    assert [g711.pcma_magnitude(code) for code in CODES] == [abs(each) for each in pcma_samples(bytes(CODES))]


def test_known_sounds_have_the_codes_that_the_standard_gives_them() -> None:
    loudest, silence = bytes((0x80, 0x00)), b"\xff"
    assert g711.pcmu_to_pcma(loudest) == bytes((0xAA, 0x2A))
    assert g711.pcmu_to_pcma(silence) == b"\xd5"
    assert g711.pcma_to_pcmu(bytes((0xAA, 0x2A))) == loudest


def test_no_code_is_nearer_than_the_one_that_is_chosen() -> None:
    every = bytes(CODES)
    in_mu, in_a = pcmu_samples(every), pcma_samples(every)
    for sample, chosen in zip(in_mu, pcma_samples(g711.pcmu_to_pcma(every)), strict=True):
        assert abs(chosen - sample) == min(abs(each - sample) for each in in_a)
    for sample, chosen in zip(in_a, pcmu_samples(g711.pcma_to_pcmu(every)), strict=True):
        assert abs(chosen - sample) == min(abs(each - sample) for each in in_mu)


@given(st.binary(max_size=400))
def test_there_and_back_is_off_by_no_more_than_a_step_of_the_codecs(payload: bytes) -> None:
    back = g711.pcma_to_pcmu(g711.pcmu_to_pcma(payload))
    assert len(back) == len(payload)
    for before, after in zip(pcmu_samples(payload), pcmu_samples(back), strict=True):
        # A step is 8 where it is quiet, and a sixteenth at most of what is loud.
        assert abs(before - after) <= max(8, abs(before) / 16)
        assert before * after >= 0
