"""What a reader must know before any result: the plan, the size beside published studies, what can be answered."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from ..cohort.cohort import Cohort
from ..cohort.schema import PLAN_KEYS
from ..methods.alignment import no_survey
from ..methods.commonality import presence
from ..methods.comparison import SIDE, types_of_site
from ..methods.configurations import refusal
from ..methods.cooccurrence import codes_per_segment
from ..methods.evidence import active_codes, assigned, heard, uncoded, voices
from .sentences.words import count


def plan_table(cohort: Cohort) -> pd.DataFrame:
    """Return the analysis plan: setting, value, meaning. The codes of the themes are named by label."""
    labels = cohort.codebook.set_index("code")["label"]
    rows = []
    for key, value in asdict(cohort.plan).items():
        if key == "themes":
            rows += [
                (f"themes: {t}", "; ".join(labels[c] for c in codes), PLAN_KEYS[key]) for t, codes in value.items()
            ]
            continue
        if key == "qca_rules":
            rows += [(f"qca_rules: {name}", _rule(rule), PLAN_KEYS[key]) for name, rule in value.items()]
            continue
        shown = "; ".join(value) or "any" if isinstance(value, tuple) else str(value) or "any"
        rows.append((key, shown, PLAN_KEYS[key]))
    return pd.DataFrame(rows, columns=["setting", "value", "meaning"])


def _rule(rule: dict) -> str:
    return "; ".join(f"{key}: {', '.join(map(str, v)) if isinstance(v, list) else v}" for key, v in rule.items())


def _published(reference, quantity: str, study: str) -> float:
    numbers = reference.numbers
    found = numbers[(numbers["study"] == study) & (numbers["quantity"] == quantity)]["value"]
    return float(found.iloc[0]) if len(found) else float("nan")


def beside_published(cohort: Cohort, reference, study: str = "capacity_study") -> pd.DataFrame:
    """Return this cohort's size beside the published study's: what, published, here, same.

    A difference is no fault: it says that this is other evidence than the study's interviews. Nor is sameness a merit:
    of a synthetic cohort `same` says `invented`, since its size was chosen, not found.
    """
    voices = heard(cohort).groupby("site").size().reindex(cohort.sites["site"], fill_value=0)
    row = reference.studies.set_index("study").loc[study]
    terms = reference.findings.query("study == @study and status == 'common'")
    challenges = pd.Series(active_codes(cohort, "challenge"), dtype=object)
    pairs = [
        ("sites", row["n_site"], len(cohort.sites)),
        ("informants (here: voices)", row["n_informant"], len(heard(cohort))),
        ("fewest at a site", _published(reference, "fewest interviews at a site", study), voices.min()),
        ("most at a site", _published(reference, "most interviews at a site", study), voices.max()),
        ("mean per site", _published(reference, "mean interviews per site", study), round(voices.mean(), 1)),
        ("challenges looked for", len(terms), len(challenges)),
        ("of these, the same ones", len(terms), challenges.isin(terms["code"]).sum()),
    ]
    table = pd.DataFrame(pairs, columns=["what", "published", "here"]).astype({"published": float, "here": float})
    same = ["yes" if p == h else "no" for p, h in zip(table["published"], table["here"], strict=True)]
    shown = {column: [f"{n:g}" if pd.notna(n) else "" for n in table[column]] for column in ("published", "here")}
    return table.assign(**shown, same="invented" if cohort.synthetic else same)


def can_answer(cohort: Cohort) -> pd.DataFrame:
    """Return which questions these data can answer.

    Returns
    -------
    DataFrame
        notebook, question, status (`ok` or `not_assessable`), reason (why not, or what the answer rests on).
    """
    checks = [
        _agreement(cohort),
        _opportunity(cohort),
        _presence(cohort),
        _types(cohort),
        _groups(cohort),
        _search(cohort),
        _together(cohort),
        _survey(cohort),
        _configurations(cohort),
    ]
    return pd.DataFrame(checks, columns=["notebook", "question", "status", "reason"])


def _row(notebook: str, question: str, ok: bool, good: str, bad: str) -> tuple[str, str, str, str]:
    return notebook, question, "ok" if ok else "not_assessable", good if ok else bad


def _agreement(cohort: Cohort):
    readers = assigned(cohort).query("round == 'independent'").groupby("source")["coder"].nunique()
    sources = voices(cohort)["source"]
    several = int((readers.reindex(sources) > 1).sum())
    good = f"{several} of {len(sources)} sources had their statements read by several coders"
    bad = uncoded(cohort) or "only one coder read each source"
    return _row("03", "Do the coders agree?", several > 0, good, bad)


def _opportunity(cohort: Cohort):
    ok = len(cohort.asked) > 0
    good, bad = (
        "the table `asked` says who was asked what",
        "no table `asked`: everyone is taken to have been asked everything",
    )
    return _row("07", "Is a silence a no?", ok, good, bad)


def _presence(cohort: Cohort):
    cells = presence(cohort, "documented").groupby("site")["status"].agg(lambda s: (s == "ok").any())
    sites = int(cells.sum())
    good = f"{sites} of {len(cohort.sites)} sites have voices enough for the rule"
    few = f"voices enough for the rule at {sites} of {count(len(cohort.sites), 'site')}: nothing can be common"
    return _row("07", "Which challenges are common?", sites > 1, good, uncoded(cohort) or few)


def _types(cohort: Cohort):
    types = types_of_site(cohort, "governance").query("status == 'ok'")
    others = types.groupby("attribute")["sites"].transform("sum") - types["sites"]
    labels = types.loc[types["sites"].ge(SIDE) & others.ge(SIDE), "label"].unique()
    good = f"{SIDE} sites a side for: {'; '.join(labels)}"
    bad = f"no type of site has {SIDE} sites on two sides: the table of facts is shown instead of a contrast"
    return _row("04", "What goes with a type of governance?", len(labels) > 0, good, bad)


def _groups(cohort: Cohort):
    voices = heard(cohort)["group"].value_counts()
    groups, most = len(voices), max(voices, default=0)
    bad = f"no group has {SIDE} voices" if groups > 1 else f"{groups} group{'s' * (groups != 1)} was heard"
    ok = groups > 1 and most >= SIDE and not uncoded(cohort)
    return _row("06", "Who raises what?", ok, f"{groups} groups were heard", uncoded(cohort) or bad)


def _search(cohort: Cohort):
    kinds = set(cohort.segments["text_kind"])
    ok = bool(kinds & {"verbatim", "synthetic"}) and len(cohort.search_terms) > 0
    bad = (
        "the statements are restated in our words"
        if "paraphrase" in kinds
        else "there are no search terms, or no words to search"
    )
    return _row(
        "02",
        "What would a word search have found?",
        ok,
        "search terms and the informants' own words are there",
        bad,
    )


def _together(cohort: Cohort):
    tally = codes_per_segment(cohort).set_index("codes")["segments"]
    several = int(tally[tally.index > 1].sum())
    good = f"{several} of {count(int(tally.sum()), 'segment')} carry several challenges"
    bad = uncoded(cohort) or "no segment carries several challenges"
    return _row("08", "Which challenges are told together?", several > 0, good, bad)


def _survey(cohort: Cohort):
    bad, people = no_survey(cohort), cohort.survey_respondents
    answered = people.loc[people["wave"] == cohort.plan.wave, "respondent"].nunique()
    good = f"{count(answered, 'respondent')} of a survey in wave {cohort.plan.wave}"
    return _row("09", "Which alliances are most aligned?", not bad, good, bad)


def _configurations(cohort: Cohort):
    bad = refusal(cohort)
    good = "the gate on sites, conditions and outcome lets it pass"
    return _row("10", "Do combinations of conditions go with the outcome?", not bad, good, bad)
