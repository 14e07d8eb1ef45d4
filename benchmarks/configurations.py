"""Print how minimisation compares with pyqca: `python benchmarks/configurations.py [seconds the peer may take]`.

The peer (module `qca`) is no dependency: install it into an environment of its own, put this checkout on PYTHONPATH,
and run this file there. For 6, 8 and 10 conditions, with a planted formula of two terms on 14, 40 and 60 cases, and
with outcomes that are noise, both find the prime implicants with all remainders and a smallest cover. The prime
implicants must be the same, and the peer's one solution among all of ours. Both run in one process; the figure is the
ratio of their CPU times, which the load of the machine moves less than either time. Nothing here is a test.
"""

import signal
import sys
import time
from itertools import product

import numpy as np
import pandas as pd

from casestudy.methods.configurations import minimise, truth_table
from casestudy.methods.configurations.covers import prime_implicants

try:
    from qca.minimizers.algorithms import quine_mccluskey
    from qca.minimizers.set_cover import exact_set_cover
except ImportError:
    quine_mccluskey = exact_set_cover = None

SIZES = ((6, 14), (8, 40), (10, 60))


def cases(k, n, noise):
    """Return n cases with k conditions; the outcome is C0*C1 + C2*~C3, or noise."""
    rng = np.random.default_rng([k, n, noise])
    values = rng.integers(0, 2, (n, k))
    planted = values[:, 0] & values[:, 1] | values[:, 2] & (1 - values[:, 3])
    data = pd.DataFrame(values, columns=[f"C{i}" for i in range(k)])
    return data.assign(Y=rng.integers(0, 2, n) if noise else planted)


def terms(table):
    """Return our prime implicants with all remainders, as a set of rows."""
    corners = np.array(table.index.to_list())
    yes, no = (corners[(table["value"] == value).to_numpy()] for value in ("yes", "no"))
    return {tuple(map(int, term)) for term in prime_implicants(yes, no)}


def peer(table):
    """Return the peer's prime implicants that hold a positive configuration, and its smallest cover, likewise."""
    patterns = list(product([0, 1], repeat=table.index.nlevels))
    place = {pattern: n for n, pattern in enumerate(patterns)}
    rows = {v: [place[key] for key in table.index[table["value"] == v]] for v in ("yes", "remainder")}
    found = quine_mccluskey(rows["yes"], patterns, [False] * table.index.nlevels, rows["remainder"])
    found = [one for one in found if one.covered & set(rows["yes"])]
    cover = exact_set_cover(found, rows["yes"])
    return tuple({tuple(v if v in (0, 1) else 2 for v in one.pattern) for one in some} for some in (found, cover))


def timed(work, *given):
    start = time.process_time()
    result = work(*given)
    return result, time.process_time() - start


def stop(*_):
    raise TimeoutError


def written(cover, conditions):
    """Return the peer's cover as a set of our terms."""
    signs = {0: "~", 1: ""}
    named = [zip(term, conditions, strict=True) for term in cover]
    return frozenset("*".join(signs[value] + name for value, name in term if value != 2) for term in named)


def against_peer(table, models, seconds, limit):
    """Return in words how the peer compares, stopped after so many seconds."""
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        (found, cover), slow = timed(peer, table)
    except TimeoutError:
        return f"pyqca: stopped after {limit} s; ratio above {limit / seconds:.0f}"
    finally:
        signal.alarm(0)
    solutions = {frozenset(solution.split(" + ")) for solution in models["solution"]}
    cut = models["reason"].iloc[0] != ""  # too many models to list: the peer's may be one of the others
    same = found == terms(table) and (cut or written(cover, table.index.names) in solutions)
    if not same:
        sys.exit("the prime implicants differ, or the peer's solution is none of ours")
    return f"pyqca {slow:.3f} s; ratio {slow / seconds:.0f}; same prime implicants, its solution is one of ours"


def main(limit=60):
    if quine_mccluskey is None:
        print("the peer (module `qca`) is not installed here: only our own times")
    for (k, n), noise in product(SIZES, (False, True)):
        data = cases(k, n, noise)
        table, reading = timed(truth_table, data, "Y", list(data.columns[:-1]))
        models, seconds = timed(minimise, table)
        what = f"{k} conditions, {n} cases, {'noise' if noise else 'planted'}: {models['models'].iloc[0]} models"
        print(f"{what}; truth table {reading:.3f} s, minimisation {seconds:.3f} s (CPU)", flush=True)
        if quine_mccluskey is not None:
            print(f"    {against_peer(table, models, seconds, limit)}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
