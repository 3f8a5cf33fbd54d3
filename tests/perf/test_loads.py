"""Every load in small: nothing may be lost, and nothing may cost a multiple of what it should.

The bounds are so wide that only a mistake goes beyond them; `python -m tests.perf` measures.
"""

from __future__ import annotations

import pytest

from tests.perf.loads import LOADS, Plan

SMALL = Plan(
    cameras=4,
    viewers=10,
    many_cameras=10,
    gop_s=1.0,
    joins=4,
    requests=200,
    idle_cameras=5,
    stalled=4,
    warm_s=0.5,
    measure_s=1.0,
)

MOST_CPU_S_PER_GB = 50.0
MOST_RATIO = 40.0
MOST_OF_ITS_GOAL = 3.0


@pytest.mark.perf
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", LOADS)
def test_load(name):
    for figure in LOADS[name](SMALL):
        if "CPU s per GB" in figure.name:
            assert 0 < figure.value < MOST_CPU_S_PER_GB, figure
        elif "ratio" in figure.name:
            assert 0 < figure.value < MOST_RATIO, figure
        elif figure.at_most is not None:
            assert figure.value <= MOST_OF_ITS_GOAL * figure.at_most, figure
