"""How strongly two codes go together: six measures from the same four counts."""

from __future__ import annotations

import numpy as np

UNEVEN = 5  # one code this many times as frequent as the other: the c-coefficient must be low (ATLAS.ti's warning)


def share(part, whole) -> np.ndarray:
    """Return part / whole, missing where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def c_coefficient(n1, n2, n12):
    """Return the c-coefficient n12 / (n1 + n2 - n12): of the segments with either code, the share with both.

    As ATLAS.ti defines it; the worked example is its manual's. Counting segments it is the Jaccard index, from 0 to 1.
    Two codes of unequal frequency cannot reach 1: read it beside the counts. Numbers or arrays; nan if neither code
    was given.

    >>> round(float(c_coefficient(100, 10, 5)), 4)
    0.0476
    """
    return share(n12, np.asarray(n1) + n2 - n12)[()]


def measures(n1, n2, n12, n) -> dict[str, np.ndarray]:
    """Return how strongly two codes go together.

    Parameters
    ----------
    n1, n2, n12, n : int or array
        Units with the one code, with the other, with both, and all units.

    Returns
    -------
    dict
        estimate (c-coefficient), overlap (n12 over the smaller of n1 and n2), phi (the correlation of the two 0/1
        columns), lift (n12 over n1 * n2 / n), p_2_given_1, p_1_given_2 (shares of the one's units that carry the
        other), uneven (one more than five times as frequent as the other: then the c-coefficient must be low).

    >>> {name: round(float(value), 3) for name, value in measures(4, 2, 2, 10).items()}["overlap"]
    1.0
    """
    n1, n2, n12, n = (np.asarray(count, float) for count in (n1, n2, n12, n))
    more, less = np.maximum(n1, n2), np.minimum(n1, n2)
    return {
        "estimate": c_coefficient(n1, n2, n12),
        "overlap": share(n12, less),
        "phi": share(n * n12 - n1 * n2, np.sqrt(n1 * (n - n1) * n2 * (n - n2))),
        "lift": share(n12 * n, n1 * n2),
        "p_2_given_1": share(n12, n1),
        "p_1_given_2": share(n12, n2),
        "uneven": more > UNEVEN * less,
    }
