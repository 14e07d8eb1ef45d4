"""Print how much faster the robustness card is than a plain loop: `python benchmarks/robustness.py [cohort]`.

The loop calls `presence` and counts sites again for every setting of j, k, m and resolve, and after taking the rows
of every site, informant and group away; the card counts once. Both run in one process and must agree on every class;
the figure is the ratio of their CPU times, which the load of the machine moves less than either time. Then the time
of a whole card with 1,000 resamples. Nothing here is a test.
"""

import sys
import time

import scipy.stats  # noqa: F401  (its loading is not what is measured)

from casestudy import load_cohort
from casestudy.methods.commonality import common_challenges, robustness
from casestudy.methods.commonality.grid import every_setting
from casestudy.methods.commonality.leave_out import leave_out
from casestudy.methods.evidence import OWN_VOICE, active_codes, heard


def settings_by_loop(cohort, settings):
    """Return the classes under every setting, one call of `presence` for each."""
    found = {}
    for how, j, k, m in settings:
        table = common_challenges(cohort.with_plan(resolve=how), "difficulty", j, k, m)
        found |= {(how, j, k, m, code): name for code, name in zip(table["code"], table["class"], strict=True)}
    return found


def without(cohort, by, value):
    """Return the cohort without the sources of one site, informant or group."""
    return cohort.with_tables(sources=cohort.sources[cohort.sources[by] != value])


def left_out_by_loop(cohort, by, values):
    """Return the classes without each value in turn, one call of `presence` for each."""
    found = {}
    for value in values:
        table = common_challenges(without(cohort, by, value), "difficulty")
        found |= {(value, code): name for code, name in zip(table["code"], table["class"], strict=True)}
    return found


def timed(work, *given):
    start, clock = time.process_time(), time.perf_counter()
    result = work(*given)
    return result, time.process_time() - start, time.perf_counter() - clock


def main(name="teaching"):
    cohort = load_cohort(name)
    if OWN_VOICE in set(heard(cohort)["informant"]):
        sys.exit("choose a cohort of interviews: an alliance's own voice has no sources of its own to take away")
    common_challenges(cohort)  # what is loaded at first use is loaded
    fast, seconds, _ = timed(every_setting, cohort)
    keys = ["resolve", "j", "k", "m"]
    settings = list(fast[keys].drop_duplicates().itertuples(index=False, name=None))
    loop, slow, _ = timed(settings_by_loop, cohort, settings)
    same = loop == dict(zip(zip(*(fast[c] for c in [*keys, "code"]), strict=True), fast["class"], strict=True))
    print(f"{name}: {len(active_codes(cohort, 'challenge'))} challenges, {len(settings)} settings; same: {same}")
    print(f"CPU seconds: {seconds:.2f} here, {slow:.2f} by loop; ratio {slow / seconds:.0f}")
    for by in ("site", "informant", "group"):
        fast, seconds, _ = timed(leave_out, cohort, by)
        loop, slow, _ = timed(left_out_by_loop, cohort, by, fast["left_out"].unique())
        same = loop == dict(zip(zip(fast["left_out"], fast["code"], strict=True), fast["verdict"], strict=True))
        print(f"without each {by} ({fast['left_out'].nunique()}); same: {same}")
        print(f"CPU seconds: {seconds:.2f} here, {slow:.2f} by loop; ratio {slow / seconds:.0f}")
    card, seconds, clock = timed(robustness, cohort.with_plan(B=1000))
    print(f"card of {len(card)} rows, 1,000 resamples: {seconds:.1f} CPU seconds, {clock:.1f} by the clock")


if __name__ == "__main__":
    main(*sys.argv[1:])
