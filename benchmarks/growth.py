"""Print how the time of the core methods grows with the data: `python benchmarks/growth.py [cohort]`.

The cohort is repeated with new segment ids, so that twice the data is twice the work. Figures are ratios to the
cohort as it is, from one run on one machine; nothing here is a test.
"""

import sys
import time

import pandas as pd

from casestudy import load_cohort
from casestudy.methods.agreement import agreement_by_code
from casestudy.methods.commonality import common_challenges, sensitivity
from casestudy.methods.comparison import by_group

FACTORS = (1, 4, 16)


def repeated(cohort, times):
    """Return the cohort with its segments and codings repeated."""
    segments, codings = (
        pd.concat([t.assign(segment=t["segment"] + f"-{n}") for n in range(times)], ignore_index=True)
        for t in (cohort.segments, cohort.codings)
    )
    return cohort.with_tables(segments=segments, codings=codings)


def seconds(method, cohort):
    """Return the best of three timings."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        method(cohort)
        best = min(best, time.perf_counter() - start)
    return best


def main(name="af4q"):
    cohort = load_cohort(name)
    common_challenges(cohort)  # imports
    print(f"{'method':<20}" + "".join(f"{'x' + str(f):>10}" for f in FACTORS) + "   (seconds; ratio to x1)")
    for method in (common_challenges, sensitivity, agreement_by_code, by_group):
        times = [seconds(method, repeated(cohort, factor)) for factor in FACTORS]
        told = "".join(f"{t:>10.3f}" for t in times)
        print(f"{method.__name__:<20}{told}   " + " ".join(f"{t / times[0]:.1f}" for t in times))


if __name__ == "__main__":
    main(*sys.argv[1:])
