"""Words and codebook against the answer key, and the lesson of any mention."""

from __future__ import annotations

from ...cohort.cohort import Cohort
from ...methods import codebook, commonality
from ...methods import search as searching
from ..escaping import escape_markdown as esc
from .core import Row, named

MEASURES = ("precision", "recall")


def versions(cohort: Cohort) -> list[Row]:
    """Return the number of codes in each version of the codebook."""
    key = cohort.truth("versions")
    if key.empty:
        return []
    found = codebook.stability(cohort)
    told = "; ".join(f"{r.version}: {r.n_codes}" for r in found.itertuples())
    planted = "; ".join(f"{r.version}: {r.codes}" for r in key.itertuples())
    return [Row("Challenges in each version of the codebook", planted, told, told == planted)]


def orphans(cohort: Cohort) -> list[Row]:
    """Return the passages that a version of the codebook left without a code."""
    key = cohort.truth("orphans")
    if key.empty:
        return []
    lost = codebook.orphans(cohort).query("status == 'ok'")
    planted = {r.code: int(r.segments) for r in key.itertuples()}
    found = lost.groupby("code").size().to_dict()
    labels = cohort.codebook.set_index("code")["label"]
    told = ("; ".join(f"{labels[code]}: {n}" for code, n in counts.items()) or "none" for counts in (planted, found))
    return [Row("Passages that lost their code", *told, planted == found)]


def settled_only(cohort: Cohort) -> Cohort:
    """Return the cohort without the interviews that only one coder read."""
    settled = cohort.assignments.query("round == 'consensus'")["source"]
    kept = cohort.segments[cohort.segments["source"].isin(settled)]
    return cohort.with_tables(segments=kept).with_plan(resolve="consensus")


def search(cohort: Cohort) -> list[Row]:
    """Return precision and recall of the word search: is the planted value inside the interval found?

    Only interviews that two coders settled are a fair measure: against one coder, who overlooks some answers and
    imagines others, a search seems worse than it is.
    """
    key, rows = cohort.truth("search"), []
    if key.empty:
        return rows
    table = searching.search_quality(settled_only(cohort)).set_index(["domain", "measure"])
    for r in key.itertuples():
        for measure in MEASURES:
            planted, found = float(getattr(r, measure)), table.loc[(r.domain, measure)]
            told = f"{found['estimate']:.2f} ({found['lo']:.2f} to {found['hi']:.2f})"
            what = f"Word search in {r.domain.replace('_', ' ')}: {measure}, in the settled interviews"
            rows.append(Row(what, f"{planted:.2f}", told, bool(found["lo"] <= planted <= found["hi"])))
    return rows


def missed_more(cohort: Cohort) -> str:
    """Return why the search seems to miss more, in the tables above, than was planted."""
    settled = cohort.assignments.query("round == 'consensus'")["source"].nunique()
    return (
        "**Why the search seems worse above.** There, most interviews were read by one coder, who overlooks some "
        "passages and imagines others; what is imagined rarely holds a search term, so it counts as missed. The rows "
        f"below use only the {settled} interviews that two coders read and then settled."
    )


def any_mention(cohort: Cohort) -> list[Row]:
    """Return what becomes common when one mention makes an informant a raiser: more than was planted."""
    key = cohort.truth("classes")
    if key.empty:
        return []
    true = set(key.loc[key["class"] == "common", "code"])
    rows = []
    for j in range(1, cohort.plan.j + 1):
        table = commonality.common_challenges(cohort, "difficulty", j=j)
        false = [code for code in table.loc[table["class"] == "common", "code"] if code not in true]
        planted = "some" if j < cohort.plan.j else "none"
        what = f"Challenges wrongly called common when an informant needs {j} passage{'s' * (j > 1)} (j = {j})"
        rows.append(Row(what, planted, named(cohort, false), bool(false) == (j < cohort.plan.j)))
    return rows


def lesson(cohort: Cohort) -> str:
    """Return the trap of any mention in words: which challenge looks common, and where nobody truly raises it."""
    key = cohort.truth("presence")
    if key.empty:
        return ""
    absent = key[key["raised"] == "0"].set_index(["code", "site"]).index
    loose = commonality.presence(cohort, "difficulty", j=1).set_index(["code", "site"])["raised"]
    seen = loose[loose.index.isin(absent) & (loose >= cohort.plan.k)]
    names, labels = cohort.sites.set_index("site")["name"], cohort.codebook.set_index("code")["label"]
    told = [f"{esc(labels[code])} by {n} at {esc(names[site])}" for (code, site), n in seen.items()]
    return (
        "**The trap of any mention.** Coders see a challenge that is not there in a few of a thousand answers, and "
        "pass every test of agreement. But an interview has dozens of answers, and each is a chance. If one passage "
        f"makes an informant a raiser (j = 1), these challenges reach the rule's {cohort.plan.k} informants where in "
        f"truth nobody raises them: {'; '.join(told) or 'none in this cohort'}. The plan asks for {cohort.plan.j} "
        f"passages (j = {cohort.plan.j}); the last rows of the table show what either rule calls common."
    )
