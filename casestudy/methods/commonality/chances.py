"""The chances behind the presence rule, in closed form: a false informant, a false presence, a missed one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def false_informant(specificity, segments, j: int):
    """Return the chance that an informant who never raises a code is counted as raising it.

    Parameters
    ----------
    specificity : float or array
        Chance that a coder leaves a code off a segment that does not show it.
    segments : int or array
        How many segments the informant speaks.
    j : int
        Segments that make a raiser.

    Examples
    --------
    >>> [round(float(false_informant(spec, 40, j=1)), 3) for spec in (0.990, 0.997, 0.999)]
    [0.331, 0.113, 0.039]
    >>> [round(float(false_informant(spec, 40, j=2)), 4) for spec in (0.990, 0.997, 0.999)]
    [0.0607, 0.0065, 0.0008]
    """
    from scipy.stats import binom

    return binom.sf(j - 1, segments, 1 - np.asarray(specificity, float))


def called_present(chances, k: int, groups: Sequence[str] | None = None, m: int = 1):
    """Return the chance that at least k of several voices, of at least m groups, are counted as raising a code.

    Exact, for voices with chances of their own (the Poisson binomial distribution, cut at k, by groups).

    Parameters
    ----------
    chances : array
        ... x voices: the chance that each voice is counted.
    k, m : int
        The rule.
    groups : sequence of str, optional
        The group of each voice; not needed for m = 1.

    Examples
    --------
    >>> round(float(called_present([0.5, 0.5, 0.5], k=3)), 3)
    0.125
    >>> round(float(called_present([0.5, 0.5, 0.5], k=2, groups=["plan", "plan", "staff"], m=2)), 3)
    0.375
    """
    chances = np.asarray(chances, float)
    groups = np.asarray(groups if groups is not None else [""] * chances.shape[-1])
    state = np.zeros((k + 1, m + 1, *chances.shape[:-1]))  # voices counted x groups counted, each up to what is asked
    state[0, 0] = 1
    for group in dict.fromkeys(groups.tolist()):
        silent, spoken = state, np.zeros_like(state)
        for chance in np.moveaxis(chances[..., groups == group], -1, 0):
            first = _one_more(np.moveaxis(_one_more(np.moveaxis(silent, 1, 0)), 0, 1))  # a voice and its group
            silent, spoken = silent * (1 - chance), spoken * (1 - chance) + (_one_more(spoken) + first) * chance
        state = silent + spoken
    return state[k, m]


def _one_more(state: np.ndarray) -> np.ndarray:
    """Return the state with one more counted along the first axis; what reached its end stays there."""
    moved = np.zeros_like(state)
    moved[1:] = state[:-1]
    moved[-1] += state[-1]
    return moved


def false_presence(specificity, segments, j: int, k: int, groups: Sequence[str] | None = None, m: int = 1):
    """Return the chance that a challenge which nobody raises is called present at a site.

    Parameters
    ----------
    specificity, j
        As for `false_informant`.
    segments : array
        How many segments each voice of the site speaks.
    k, groups, m
        As for `called_present`.

    Examples
    --------
    Seventeen interviews of forty segments, read with a specificity of .997: one segment is not enough.

    >>> [round(float(false_presence(0.997, [40] * 17, j, k=3)), 4) for j in (1, 2)]
    [0.3015, 0.0002]
    """
    return called_present(false_informant(specificity, np.asarray(segments), j), k, groups, m)


def missed(share, seen, false, k: int, groups: Sequence[str] | None = None, m: int = 1):
    """Return the chance that a challenge which a share of the voices truly raises is not called present at a site.

    Parameters
    ----------
    share : float
        Chance of each voice to be one that truly raises it.
    seen : float or array
        Chance that such a voice is counted.
    false : array
        ... x voices: the chance that each voice is counted if it does not raise it; zeros for coders who see nothing
        that is not there.
    k, groups, m
        As for `called_present`.

    Examples
    --------
    Three of seventeen see what a third raise, and say little of what a fifth raise:

    >>> [round(1 - float(missed(share, 1, [0] * 17, k=3)), 2) for share in (0.2, 0.3, 0.4)]
    [0.69, 0.92, 0.99]
    """
    chances = share * np.asarray(seen, float)[..., None] + (1 - share) * np.asarray(false, float)
    return 1 - called_present(chances, k, groups, m)
