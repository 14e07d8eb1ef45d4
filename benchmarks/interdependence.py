"""Print how much faster all pairs of codes are tested than by scipy: `python benchmarks/interdependence.py [cohort]`.

The peer is `scipy.stats.permutation_test`, vectorised, called once for each of 300 pairs; it shuffles over all units,
keeps no strata and adjusts nothing, so it does less. Both do the same number of draws per pair; scipy's are scaled up
from fewer pairs. Without strata both must find the same p. All runs in one process; the figure is the ratio of CPU
times, which the load of the machine moves less than either time. Then the time of a whole table on a cohort, and of
its resamples. Nothing here is a test.
"""

import sys
import time
from itertools import combinations

import numpy as np
from scipy.stats import permutation_test

from casestudy import load_cohort
from casestudy.methods.cooccurrence import interdependence, max_t, pair_stability

CODES, DRAWS, SOME = 25, 999, 30  # 300 pairs; those that scipy is timed on

SHAPES = {"68 informants at 4 sites": (4, 17, 0.5), "2,720 segments of 68 interviews": (68, 40, 0.04)}


def made(strata, size, share, seed=2007):
    """Return marks of independent codes, units x codes, and the stratum of each unit."""
    marks = np.random.default_rng(seed).random((strata * size, CODES)) < share
    return marks.astype(np.float32), np.repeat(np.arange(strata), size)


def met(x, y, axis):
    return (x * y).sum(axis=axis)


def by_scipy(marks, pairs, draws):
    """Return p of each pair, one call for each."""
    rng, told = np.random.default_rng(1), {"permutation_type": "pairings", "alternative": "greater", "vectorized": True}
    columns = [(marks[:, a], marks[:, b]) for a, b in pairs.T]
    return np.array([permutation_test(xy, met, n_resamples=draws, rng=rng, **told).pvalue for xy in columns])


def timed(work, *given):
    start, clock = time.process_time(), time.perf_counter()
    result = work(*given)
    return result, time.process_time() - start, time.perf_counter() - clock


def compare(name, shape):
    marks, stratum = made(*shape)
    pairs = np.array(list(combinations(range(CODES), 2))).T
    some = pairs[:, :: pairs.shape[1] // SOME]
    rng = np.random.default_rng(2)
    max_t(rng, marks, stratum, pairs, 1), by_scipy(marks, some[:, :1], 9)  # what is loaded at first use is loaded
    ours, seconds, _ = timed(max_t, rng, marks, stratum, pairs, DRAWS)
    peer, slow, _ = timed(by_scipy, marks, some, DRAWS)
    slow *= pairs.shape[1] / some.shape[1]
    free = max_t(rng, marks, np.zeros_like(stratum), some, DRAWS)["p"]
    print(f"{name}: {pairs.shape[1]} pairs, {DRAWS} draws; scipy timed on {some.shape[1]} pairs and scaled")
    print(f"CPU seconds: {seconds:.2f} here, with strata and max-T; {slow:.2f} by scipy; ratio {slow / seconds:.1f}")
    print(f"largest difference of p, both without strata: {np.abs(free - peer).max():.3f}")
    print(f"smallest p of independent codes: {ours['p'].min():.3f}, adjusted {ours['p_adjusted'].min():.3f}")


def main(name="teaching"):
    for shape, numbers in SHAPES.items():
        compare(shape, numbers)
    cohort = load_cohort(name)
    interdependence(cohort.with_plan(B=100))
    for work in (interdependence, pair_stability):
        table, seconds, clock = timed(work, cohort)
        told = f"{len(table)} pairs, {cohort.plan.B} draws: {seconds:.1f} CPU seconds, {clock:.1f} by the clock"
        print(f"{name}, {work.__name__}: {told}")


if __name__ == "__main__":
    main(*sys.argv[1:])
