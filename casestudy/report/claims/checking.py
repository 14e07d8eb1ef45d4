"""Whether a ledger still holds: what changed under each claim since it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Template

import pandas as pd

from ...cohort.cohort import Cohort
from ...cohort.problems import Problem, as_table, tell
from ...cohort.schema.claims import CONFIDENCE
from ...cohort.text import normalise_texts
from ...methods.evidence import eligible
from ..sentences.words import count
from .computed import Computed, fill, places_of, verdict_now
from .drafting import SAID_OF, scope_of, unreliable
from .evidence import stances

COLUMNS = ["claim", "problem", "fix"]
REDRAFT = "draft the ledger again, and look at the confidence anew"
QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
WORDS = 4  # from so many on, what stands in quotation marks is a quotation
Fault = tuple[str, str]  # problem, fix


def check_claims(cohort: Cohort) -> pd.DataFrame:
    """Check the claim ledger of a cohort against its tables.

    Returns
    -------
    DataFrame
        claim, problem (without the claim's name: "claim c03" + problem is a sentence), fix. Empty if every claim
        holds, or there is no ledger. A claim holds if its placeholders resolve and no number is typed; it was written
        under the plan that the cohort has; its verdict and sites are those computed now; the statements it cites are
        there and still tell what they are cited for; every site it names has a statement for it, of as many voices
        as the rule asks for, up to two; where a third of the voices deny it, a statement against; a claim that a
        challenge is common or widespread names k*, m* and the weakest site; an unreliable code carries its mark; a
        quotation stands in a cited statement; and whoever sets the confidence, or withdraws, says why.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> check_claims(load_cohort("template")).empty
    True
    """
    computed, rows = Computed(cohort), []
    cited = dict(iter(cohort.claim_evidence.groupby("claim")))
    for claim in cohort.claims.itertuples(index=False):
        evidence = cited.get(claim.claim, cohort.claim_evidence.iloc[:0])
        rows += [(claim.claim, *fault) for fault in _faults(claim, evidence, computed)]
    return pd.DataFrame(rows, columns=COLUMNS)


def tell_claims(problems: pd.DataFrame) -> str:
    """Return what `check_claims` found as text: the first five of each kind, then how many more of it there are."""
    rows = [Problem("claims.csv", 0, "", "", f"claim {r.claim} {r.problem}", r.fix) for r in problems.itertuples()]
    return tell(as_table(rows))


def _faults(claim, evidence: pd.DataFrame, computed: Computed) -> Iterator[Fault]:
    if claim.verdict == "withdrawn":
        if not claim.reason:
            yield "is withdrawn without a reason", "write in `reason` why it is no longer made"
        return
    for look in (_sentence, _scope, _verdict, _commonness, _mark, _decision):
        yield from look(claim, computed)
    for look in (_gone, _turned, _unsupported, _unopposed, _misquoted):
        yield from look(claim, evidence, computed)


# ---- the sentence -------------------------------------------------------------------------------------------------


def _sentence(claim, computed: Computed) -> Iterator[Fault]:
    yield from ((fault, f"write `computed_from` anew, or {REDRAFT}") for fault in fill(claim, computed)[1])
    typed = re.search(r"\d+", Template.pattern.sub("", claim.template))
    if typed:
        yield f"has the number {typed[0]} typed in its template", "write a placeholder, and where it is computed from"


def _scope(claim, computed: Computed) -> Iterator[Fault]:
    now = scope_of(computed.cohort)
    if claim.scope != now:
        before, after = (dict.fromkeys(scope.split("; ")) for scope in (claim.scope, now))
        old = "; ".join(part for part in before if part not in after) or "nothing"
        new = "; ".join(part for part in after if part not in before) or "nothing"
        yield f"was written for other data or another plan ({old}; now {new})", REDRAFT


def _verdict(claim, computed: Computed) -> Iterator[Fault]:
    found, sites = verdict_now(claim, computed)
    written = [site for site in claim.sites.split(";") if site]
    names = computed.cohort.sites.set_index("site")["name"]
    changed = [
        f"sites {verb}: {', '.join(names.get(site, site) for site in moved)}"
        for verb, moved in (
            ("lost", [site for site in written if site not in sites]),
            ("gained", [site for site in sites if site not in written]),
        )
        if moved
    ]
    if found != claim.verdict:
        was, now = (word.replace("_", " ") for word in (claim.verdict, found))
        yield (
            f"was written when the verdict was {was}; it is {now} now: {'; '.join(changed) or 'no site moved'}",
            REDRAFT,
        )
    elif changed:
        yield f"names other sites than its verdict does now: {'; '.join(changed)}", REDRAFT


def _commonness(claim, computed: Computed) -> Iterator[Fault]:
    if claim.kind != "reach" or claim.verdict not in SAID_OF:
        return
    used = set(Template(claim.template).get_identifiers())
    key = f"{claim.reading}/{claim.code}"
    told = {c for name, (table, row, c) in places_of(claim).items() if name in used and row == key and table != "plan"}
    wanted = {"k_star": "k*", "m_star": "m*", "weakest_site": "the weakest site"}
    missing = [word for column, word in wanted.items() if column not in told]
    if missing:
        yield f"says that a challenge is {claim.verdict} and does not name {' and '.join(missing)}", "name them"


def _mark(claim, computed: Computed) -> Iterator[Fault]:
    marked = ("agreement_by_code", claim.code, "decision") in places_of(claim).values()
    if claim.code and unreliable(claim.code, computed) and not marked:
        yield f"rests on the code {claim.code}, which is unreliable, and does not say so", "add the mark, or redraft"


def _decision(claim, computed: Computed) -> Iterator[Fault]:
    if claim.confidence_final and not claim.reason:
        told = "/".join(CONFIDENCE)
        yield f"has a final confidence ({claim.confidence_final}) and no reason", f"write why it is that, of {told}"


# ---- the evidence -------------------------------------------------------------------------------------------------


def _gone(claim, evidence: pd.DataFrame, computed: Computed) -> Iterator[Fault]:
    known = set(computed.cohort.segments["segment"])
    for segment in evidence["segment"]:
        if segment not in known:
            said = f"cites statement {segment}, which is no longer in segments.csv"
            yield said, "restore it, or withdraw the claim with a reason"


def _turned(claim, evidence: pd.DataFrame, computed: Computed) -> Iterator[Fault]:
    """A statement cited for a claim, or against it, still is what it is cited as."""
    now = stances(claim, computed).set_index("segment")["stance"]
    known = set(computed.cohort.segments["segment"])
    for segment, stance in evidence[["segment", "stance"]].itertuples(index=False):
        if stance != "context" and segment in known and now.get(segment) != stance:
            said = f"cites statement {segment} {stance} it, which no longer speaks so: by its coding, or by the plan"
            yield said, "look at its coding, or draft the ledger again"


def _unsupported(claim, evidence: pd.DataFrame, computed: Computed) -> Iterator[Fault]:
    """Every site that is named has a statement for the claim; in interviews of two informants, where k asks for it."""
    cohort = computed.cohort
    asked = min(2, cohort.plan.k) if claim.kind in ("reach", "one_sided") else 1
    needed = asked if cohort.evidence_level == "informant" else 1
    cited = eligible(cohort).merge(evidence.loc[evidence["stance"] == "for", ["segment"]], on="segment")
    voices, names = cited.groupby("site")["informant"].nunique(), cohort.sites.set_index("site")["name"]
    for site in filter(None, claim.sites.split(";")):
        if voices.get(site, 0) < needed:
            said = f"names {names.get(site, site)}, for which it cites statements of {voices.get(site, 0)} informants"
            yield f"{said}, where it needs {needed}", "cite what supports it there, or draft the ledger again"


def _unopposed(claim, evidence: pd.DataFrame, computed: Computed) -> Iterator[Fault]:
    flags, sites = computed.flags, claim.sites.split(";")
    contested = flags[(flags["code"] == claim.code) & (flags["reading"] == claim.reading) & flags["contested"]]
    against = eligible(computed.cohort).merge(evidence.loc[evidence["stance"] == "against", ["segment"]], on="segment")
    names = computed.cohort.sites.set_index("site")["name"]
    for row in contested[contested["site"].isin(sites)].itertuples() if claim.kind == "reach" else ():
        if row.site not in set(against["site"]):
            denying = count(row.denying, "voice")
            yield f"cites nothing against it at {names[row.site]}, where {denying} deny it", "cite their statements"


def _misquoted(claim, evidence: pd.DataFrame, computed: Computed) -> Iterator[Fault]:
    quoted = [q for q in QUOTED.findall(f"{claim.template} {claim.reason}") if len(q.split()) >= WORDS]
    if not quoted:
        return
    segments = computed.cohort.segments
    texts = segments.loc[segments["segment"].isin(evidence["segment"]), "text"].tolist()
    for quotation in normalise_texts(pd.Series(quoted)):
        if not any(quotation in text for text in texts):
            yield f"quotes “{quotation}”, which stands in none of the statements it cites", "quote to the letter"
