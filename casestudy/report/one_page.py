"""The page that a funder reads first: findings and how firmly they are held, what differs, choices, limits.

Every sentence is computed. A claim is named by its id in bold; on the site that id, and the names of challenges and
sites, lead to their statements (`linking`).
"""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..cohort.reference import load_reference
from ..methods.evidence import OWN_VOICE, active_codes, voices
from ..methods.tradeoffs import described_beside_documented
from .claims import Computed
from .escaping import escape_markdown as esc
from .sentences import common_headline, count, differences_in_words, in_words, listing
from .tradeoff_words import positions_in_words

PARTS = {"opening", "snippet"}  # of a source, where not all of it was read
# How much one page holds
NEAREST, GROUPS, TRADE_OFFS = 2, 2, 2


# ---- findings -----------------------------------------------------------------------------------------------------


def findings(table: pd.DataFrame, computed: Computed) -> str:
    """Return the findings that a funder asks for first, each with its confidence, the reasons in short and its claims.

    Whether a challenge is common comes first, then the difficulties that come nearest to it, what is told in any way,
    what one side only tells, and which groups say more.

    Parameters
    ----------
    table : DataFrame
        The claims of the cohort, as `claims` returns them.
    computed : Computed
        The cohort's computed tables.

    Returns
    -------
    str
        A Markdown list; names from the data are escaped.

    Examples
    --------
    >>> from casestudy import load_cohort
    >>> from casestudy.report.claims import claims
    >>> computed = Computed(load_cohort("template"))
    >>> findings(claims(computed.cohort, computed), computed).count("Confidence")
    4
    """
    table = table[table["status"] == "ok"]
    lines = [_headline(table, computed, "difficulty") + _tellers(computed), *_nearest(table, computed)]
    lines += [_besides(table, computed), *_one_sided(table, computed), *_groups(table)]
    return "\n".join(f"- {line}" for line in lines)


def held(rows: pd.DataFrame) -> str:
    """Return how firmly claims are held: each confidence with its claims, and why it is not higher."""
    said: dict[str, dict[str, list[str]]] = {}
    for row in rows.itertuples():
        word = row.confidence.replace("_", " ")
        said.setdefault(word, {}).setdefault(_why(row), []).append(f"**{esc(row.claim)}**")
    told = "; ".join(
        f"{esc(word)}: " + ", ".join(", ".join(ids) + (f" ({why})" if why else "") for why, ids in by_reason.items())
        for word, by_reason in said.items()
    )
    return f" Confidence {told}." if told else ""


def _why(row) -> str:
    """Return why the confidence is what it is: a person's reason, or the concerns in short."""
    return f"set by {esc(row.decided_by or 'a person')}: {esc(row.why)}" if row.confidence_final else esc(row.in_short)


def _headline(table: pd.DataFrame, computed: Computed, reading: str) -> str:
    """Return whether any challenge is common, and the claims that say so."""
    claimed = table[table["reading"].eq(reading) & table["verdict"].isin(["common", "none_common"])]
    return common_headline(computed.cohort, reading) + held(claimed)


def _tellers(computed: Computed) -> str:
    """Return from which group most of the statements of difficulties come; "" if no group has more than half."""
    told = computed.telling["difficulty"]
    told = told[told["code"].isin(computed.common_challenges["code"])].drop_duplicates("segment")
    by = told["group"].value_counts()
    if by.empty or by.iloc[0] <= len(told) / 2:
        return ""
    who = f" Of {count(len(told), 'statement')} that tell of a difficulty, {by.iloc[0]} come from one group: "
    own = computed.cohort.evidence_level == "document" and OWN_VOICE not in set(told["informant"])
    return who + esc(computed.group_labels[by.index[0]]) + ("; none from an alliance or its funder." if own else ".")


def _besides(table: pd.DataFrame, computed: Computed) -> str:
    """Return which challenges are common in the wider reading; where difficulties are, only what it adds to them."""
    known, wider = (_reach(computed, reading, "common") for reading in ("difficulty", "documented"))
    if known.empty:
        return _headline(table, computed, "documented")
    more = wider[~wider["code"].isin(known["code"])]
    shown = more if len(more) else wider
    claimed = table[table["kind"].eq("reach") & table["reading"].eq("documented") & table["code"].isin(shown["code"])]
    told, besides = in_words("documented", computed.cohort).capitalize(), listing(list(more["label"]), "no other")
    these = "the one named first" if len(known) == 1 else f"the {len(known)} named first"
    return f"{told} at all sites that can be judged: {these}, and {besides}." + held(claimed)


def _nearest(table: pd.DataFrame, computed: Computed) -> list[str]:
    """Return the difficulties that come nearest to being common, with their sites."""
    near = _near(computed)
    word, codes = in_words("difficulty", computed.cohort), near["code"]
    told = [
        f"{esc(r.label)} is {word} at {r.sites_present} of {r.sites_assessable} sites: {_where(r)}."
        for r in near.itertuples()
    ]
    claimed = table[table["kind"].eq("reach") & table["reading"].eq("difficulty") & table["code"].isin(codes)]
    return [" ".join(told) + held(claimed)] if told else []


def _near(computed: Computed) -> pd.DataFrame:
    """Return the verdicts on difficulties at all sites but one; where there is none and none is common, the widest."""
    near = _reach(computed, "difficulty", "widespread")
    if len(near) or len(_reach(computed, "difficulty", "common")):
        return near
    mixed = _reach(computed, "difficulty", "mixed")
    widest = mixed[mixed["sites_present"] == mixed["sites_present"].max()]
    return widest if len(widest) <= NEAREST else widest.iloc[:0]


def _one_sided(table: pd.DataFrame, computed: Computed) -> list[str]:
    """Return the difficulties that enough voices tell of, but from too few groups."""
    rows = table[table["kind"].eq("one_sided") & table["reading"].eq("difficulty")]
    labels = computed.cohort.codebook.set_index("code")["label"]
    names = [f"{labels[r.code]} ({r.sites.replace('; ', ', ')})" for r in rows.itertuples()]
    told = f"Told as a difficulty by one side only, and so not counted as present there: {listing(names)}."
    return [told + held(rows)] if len(rows) else []


def _groups(table: pd.DataFrame) -> list[str]:
    """Return which groups tell of a difficulty more or less often than the others."""
    rows = table[table["kind"].eq("group") & table["reading"].eq("difficulty")].head(GROUPS)
    return [" ".join(map(esc, rows["sentence"])) + held(rows)] if len(rows) else []


def _reach(computed: Computed, reading: str, verdict: str) -> pd.DataFrame:
    table = computed.common_challenges
    return table[(table["reading"] == reading) & (table["class"] == verdict)]


def _where(row) -> str:
    """Return the sites of a challenge by name, or if those are most of them, the others."""
    present, absent = (names.split("; ") if names else [] for names in (row.present_at, row.absent_at))
    return listing(present) if len(present) <= max(len(absent), 3) else f"all but {listing(absent)}"


# ---- what differs by site -----------------------------------------------------------------------------------------


def differences(table: pd.DataFrame, computed: Computed) -> str:
    """Return which difficulties are told at some sites and not at others, at one site only, and at none.

    Those that `findings` names with their sites are not told again.
    """
    rows = _reach(computed, "difficulty", "mixed")
    rows = rows[~rows["code"].isin(_near(computed)["code"])]
    told = "; ".join(f"{esc(row.label)} ({_where(row)})" for row in rows.itertuples())
    some = f"As a difficulty at some sites and not at others: {told}." if told else ""
    single = _reach(computed, "difficulty", "site_specific")
    claimed = table[table["kind"].eq("reach") & table["reading"].eq("difficulty")]
    mixed, alone = (claimed[claimed["code"].isin(part["code"])] for part in (rows, single))
    first = f"{some}{held(mixed)}\n\n" if some else ""
    return first + differences_in_words(computed.cohort) + held(alone)


# ---- trade-offs ---------------------------------------------------------------------------------------------------


def trade_offs_met(computed: Computed) -> pd.DataFrame:
    """Return the published trade-offs that concern a challenge of this cohort, widest reach first.

    Returns
    -------
    DataFrame
        The columns of `Reference.trade_offs`, plus label (of the challenge), documented and difficulty (sites at which
        it is found in each reading), assessable (sites that can be judged). One trade-off per challenge: the first
        that the study itself calls one. Challenges that are found nowhere are left out.
    """
    published = load_reference().trade_offs
    published = published[published["explicit"].eq("yes") & published["code"].isin(active_codes(computed.cohort))]
    reach = computed.common_challenges.pivot(index="code", columns="reading", values="sites_present")
    judged = computed.common_challenges.groupby("code")["sites_assessable"].max()
    table = published.drop_duplicates("code").merge(reach, on="code").merge(judged.rename("assessable"), on="code")
    table["label"] = table["code"].map(computed.cohort.codebook.set_index("code")["label"])
    return table[table["documented"] > 0].sort_values("documented", ascending=False, kind="stable", ignore_index=True)


def choices(computed: Computed) -> str:
    """Return the trade-offs behind the challenges of widest reach, as choices: each side with its merit and its risk.

    What is published comes from `trade_offs_met`; what holds here is how many sites tell of the challenge, and for a
    cohort with axes of its own, where people place each site (`axis_positions`). No side is recommended.
    """
    met = trade_offs_met(computed).head(TRADE_OFFS)
    lines = [f"- {_choice(row, computed.cohort)}" for row in met.to_dict("records")]
    published = "\n".join(lines) or "No published trade-off concerns a challenge that is found in this cohort."
    return published + _own_choices(computed.cohort)


def _choice(row: dict, cohort: Cohort) -> str:
    asked = f"**{esc(row['pole_a'])}, or {esc(_lower(row['pole_b']))}?**"
    sides = f"The first: {_side(row, 'pole_a')}. The second: {_side(row, 'pole_b')}."
    told = f"{in_words('documented', cohort)} at {row['documented']} of {row['assessable']} sites, "
    told += f"{in_words('difficulty', cohort)} at {row['difficulty'] or 'none'}"
    return f"{asked} {sides} Here, {esc(row['label'])} is {told}."


def _side(row: dict, pole: str) -> str:
    """Return what speaks for one side and what it may cost; what the publication does not say is marked as ours."""
    columns = [column for column in (f"{pole}_merit", f"{pole}_risk") if row[column]]
    ours = row["inferred"].split(";")
    return ", but ".join(esc(_lower(row[c])) + (" (our inference)" if c in ours else "") for c in columns)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _own_choices(cohort: Cohort) -> str:
    """Return where people place the sites on the axes of the cohort itself; "" if it has none."""
    if cohort.axes.empty:
        return ""
    beside = described_beside_documented(cohort)
    return f"\n\nWhere the people heard here place their own alliance:\n\n{positions_in_words(beside, cohort)}"


# ---- limits -------------------------------------------------------------------------------------------------------


def limits(cohort: Cohort) -> str:
    """Return what weakens every sentence of the page: who coded, how much was read, when the rule was fixed."""
    read = cohort.sources.loc[cohort.sources["source"].isin(voices(cohort)["source"]), "read_extent"]
    parts, models = int(read.isin(PARTS).sum()), set(cohort.coders["kind"]) == {"model"}
    told = {
        "The cohort is invented: nothing here is evidence about a real alliance.": cohort.synthetic,
        f"All {count(len(cohort.coders), 'coder')} are language models.": models,
        f"{parts} of {count(len(read), 'source')} were read in part only.": parts,
        f"The rule was fixed {'after' if cohort.plan.after_seeing_data else 'before'} the data had been seen.": True,
    }
    return " ".join(sentence for sentence, holds in told.items() if holds)
