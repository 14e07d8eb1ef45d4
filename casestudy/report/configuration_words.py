"""The configurational analysis in words and in tables for reading: conditions under their labels, sites by name."""

from __future__ import annotations

import pandas as pd

from ..cohort.cohort import Cohort
from ..methods.configurations import SETTING, literals_of, refusal, used_for_both
from .escaping import escape_markdown as esc
from .sentences import count, listing

VERDICT = {"ok": "passed", "warning": "warning", "refused": "refused"}
KIND = {
    "complex": "Complex (no remainder is used)",
    "intermediate": "Intermediate (only easy remainders)",
    "parsimonious": "Parsimonious (any remainder)",
}


def _labels(cohort: Cohort) -> dict[str, str]:
    return dict(zip(cohort.attributes["attribute"], cohort.attributes["label"], strict=True))


def term_in_words(term: str, cohort: Cohort) -> str:
    """Return a term under the labels of its conditions; not escaped, for tables and figures.

    >>> from casestudy import load_cohort
    >>> term_in_words("trust*~origin", load_cohort("template"))
    'trust and not Origin'
    """
    labels = _labels(cohort)
    parts = [("" if present else "not ") + labels.get(name, name) for name, present in literals_of(term)]
    return " and ".join(parts) or "whatever the conditions"


def outcome_in_words(outcome: str, cohort: Cohort) -> str:
    """Return the outcome, or its absence, under its label; not escaped."""
    label = _labels(cohort).get(outcome.removeprefix("~"), outcome)
    return f"not {label}" if outcome.startswith("~") else label


def _plain(value: str) -> str:
    return value.replace("_", " ")  # values of a category are ids


# ---- gate, sets ---------------------------------------------------------------------------------------------------


def gate_in_words(gate: pd.DataFrame) -> str:
    """Return whether the gate lets a cohort pass, with the counts of what it refuses or warns of."""
    refused, warned = (gate.loc[gate["status"] == status, "reason"].tolist() for status in ("refused", "warning"))
    if refused:
        told = "**The gate refuses this cohort:** " + "; ".join(map(esc, refused)) + "."
        return f"{told} No solution is computed. What can be shown is which sites share a configuration."
    told = f"**The gate lets this cohort pass:** {len(gate) - len(warned)} of {len(gate)} checks raise nothing."
    return told + (f" Warnings, which belong beside every result: {'; '.join(map(esc, warned))}." if warned else "")


def gate_table(gate: pd.DataFrame) -> pd.DataFrame:
    """Return the checks of the gate: check (rows) by needed, found, verdict."""
    shown = gate.assign(verdict=gate["status"].map(VERDICT)).set_index("check").rename_axis(index=None)
    return shown[["needed", "found", "verdict"]]


def configurations_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return configurations for reading: sites (rows) by facts, n, outcome, and the note if any site has one."""
    shown = table.set_index("sites").rename_axis(index=None)
    shown = shown.assign(**{name: shown[name].map(_plain) for name in shown.columns[: shown.columns.get_loc("n")]})
    return shown if shown["note"].any() else shown.drop(columns="note")


def sets_in_words(facts: pd.DataFrame, cohort: Cohort) -> str:
    """Return how each condition and the outcome is read as a set, and what is expected of it."""
    if facts.empty:
        return "The plan names no conditions, and no fact of the theme outcome can be read as a set."
    kinds, notes = (cohort.attributes.set_index("attribute")[name] for name in ("type", "note"))
    lines = []
    for row in facts.drop_duplicates("attribute").itertuples():
        rule = cohort.plan.qca_rules.get(row.attribute, {})
        told = [f"- **{esc(row.label)}** ({row.role}): {_read_as(kinds[row.attribute], rule)}."]
        told += [f"{esc(notes[row.attribute])}"] if notes[row.attribute] else []
        told += [f"Expected: {rule['expect']}."] if rule.get("expect") else []
        told += [f"Source: {esc(rule['source'])}"] if rule.get("source") else []
        lines.append(" ".join(told))
    return "\n".join(lines)


def _read_as(kind: str, rule: dict) -> str:
    if kind == "yes_no":
        return "yes is a member, no is none"
    if not rule.get("anchors"):
        return f"a {esc(kind)} without anchors, which is no set"
    out, cross, full = rule["anchors"]
    return f"out at {out:g}, neither in nor out at {cross:g}, in at {full:g}; in between by log odds"


def sets_table(facts: pd.DataFrame) -> pd.DataFrame:
    """Return what is documented of each set: sites (rows) by sets (columns), values that differ joined by ` / `.

    A number is followed by its membership; blank = not documented.
    """
    if facts.empty:
        return pd.DataFrame()
    plain = facts["value"].isin(["yes", "no", ""]) | facts["membership"].isna()
    value = facts["value"].map(_plain)
    shown = value.where(plain, value + " (" + facts["membership"].map("{:.2f}".format) + ")")
    wide = facts.assign(shown=shown).groupby(["site", "name", "label"], sort=False)["shown"].agg(" / ".join)
    wide = wide.unstack("label")[list(dict.fromkeys(facts["label"]))]
    wide = wide.loc[list(dict.fromkeys(zip(facts["site"], facts["name"], strict=True)))]
    return wide.droplevel("site").rename_axis(index=None, columns=None)


# ---- necessity, truth table ---------------------------------------------------------------------------------------


def needed_table(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return necessary conditions: condition (rows) by consistency, coverage and relevance for both outcomes."""
    table = table[table["status"] == "ok"]
    names = {"estimate": "consistency", "coverage": "coverage", "ron": "relevance"}
    wide = {
        f"{outcome_in_words(outcome, cohort)}: {word}": rows.set_index("condition")[name].astype(float).round(2)
        for outcome, rows in table.groupby("outcome", sort=False)
        for name, word in names.items()
    }
    frame = pd.DataFrame(wide)
    return frame.set_axis([term_in_words(name, cohort) for name in frame.index], axis=0)


def needed_in_words(table: pd.DataFrame, cohort: Cohort) -> str:
    """Return which conditions are necessary for the outcome, or for its absence."""
    if table["status"].iloc[0] != "ok":
        return f"Not assessable: {esc(table['reason'].iloc[0])}."
    told = []
    for outcome, rows in table.groupby("outcome", sort=False):
        names = [term_in_words(name, cohort) for name in rows.loc[rows["necessary"] == "yes", "condition"]]
        told.append(f"Necessary for *{esc(outcome_in_words(outcome, cohort))}*: {listing(names)}.")
    return " ".join(told)


def rows_table(table: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the observed configurations: sites (rows) by what is present and absent, n, fit, value, who differs."""
    labels, rows = _labels(cohort), []
    for key, row in table[table["n"] > 0].iterrows():
        sides = [[labels[c] for c, v in zip(table.index.names, key, strict=True) if v == value] for value in (1, 0)]
        told = dict(zip(("present", "absent"), ("; ".join(side) or "none" for side in sides), strict=True))
        told |= {"n": row["n"]}
        told |= {"consistency": round(row["consistency"], 2), "PRI": round(row["pri"], 2)}
        rows.append({"sites": row["cases"], **told, "goes with it": row["value"], "differ": row["against"]})
    return pd.DataFrame(rows).set_index("sites").rename_axis(index=None) if rows else pd.DataFrame()


def truth_in_words(table: pd.DataFrame, outcome: str, cohort: Cohort) -> str:
    """Return how many configurations have a site, how many go with the outcome, and where sites contradict others."""
    if table.empty:
        return f"Not assessable: {esc(refusal(cohort))}."
    seen, goes = table[table["n"] > 0], table[table["value"] == "yes"]
    told = (
        f"{len(seen)} of the {len(table)} configurations have a site, the other {len(table) - len(seen)} are "
        f"remainders; {len(goes)} of those with a site go with *{esc(outcome_in_words(outcome, cohort))}* "
        f"(consistency at least {SETTING['consistency']}, PRI at least {SETTING['pri']})."
    )
    mixed = seen[seen["against"] != ""]
    if mixed.empty:
        return f"{told} No configuration contradicts itself: its sites all have the outcome, or all lack it."
    which = [f"{esc(row.against)} (in the configuration of {esc(row.cases)})" for row in mixed.itertuples()]
    return f"{told} **Contradictions**, sites that differ from others in all but the outcome: {'; '.join(which)}."


# ---- solutions ----------------------------------------------------------------------------------------------------


def solutions_in_words(found: pd.DataFrame, cohort: Cohort) -> str:
    """Return every solution as a list in words: for each outcome and kind all minimal models."""
    if found["status"].iloc[0] == "not_assessable":
        return f"Not assessable: {esc(found['reason'].iloc[0])}."
    lines = []
    for outcome, rows in found.groupby("outcome", sort=False):
        lines.append(f"What goes with **{esc(outcome_in_words(outcome, cohort))}**:\n")
        for kind, own in rows.groupby("kind", sort=False):
            lines.append(f"- {KIND[kind]}: {_models(own, cohort)}")
        lines.append("")
    return "\n".join(lines)


def _models(rows: pd.DataFrame, cohort: Cohort) -> str:
    first = rows.iloc[0]
    if first["status"] != "ok":
        return f"none: {esc(first['reason'])}."
    models = [_model(own, cohort) for _, own in rows.groupby("model")]
    if len(models) == 1:
        return f"{models[0]} No other model is as short."
    more = f" ({esc(first['reason'])})" if first["reason"] else ""
    return f"**{count(len(models), 'model')}** fit alike{more}, and none may be told alone: " + " Or: ".join(models)


def _model(rows: pd.DataFrame, cohort: Cohort) -> str:
    terms, row = [f"*{esc(term_in_words(term, cohort))}*" for term in rows["term"]], rows.iloc[0]
    fit = f"coverage {row['solution_coverage']:.2f}, consistency {row['solution_consistency']:.2f}"
    return f"{', or '.join(terms)} ({fit})."


def solutions_table(found: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return the terms of all models with fit and sites, outcome by outcome; sites without the outcome are marked."""
    rows = []
    for row in found[found["status"] == "ok"].itertuples():
        against = set(row.against.split("; "))
        sites = [f"{name} (differs)" if name in against else name for name in row.cases.split("; ") if name]
        told = {"outcome": outcome_in_words(row.outcome, cohort), "solution": row.kind, "model": row.model}
        told |= {"term": term_in_words(row.term, cohort), "raw coverage": round(row.raw_coverage, 2)}
        told |= {"unique": round(row.unique_coverage, 2), "consistency": round(row.consistency, 2)}
        rows.append(told | {"PRI": round(row.pri, 2), "sites": "; ".join(sites)})
    return pd.DataFrame(rows).set_index("outcome").rename_axis(index=None) if rows else pd.DataFrame()


def assumptions_in_words(found: pd.DataFrame, cohort: Cohort) -> str:
    """Return the remainders that the solutions take to go with the outcome, though no site has them."""
    if found["status"].iloc[0] == "not_assessable":
        return f"Not assessable: {esc(found['reason'].iloc[0])}."
    lines = ["Assumed without a site:\n"]
    used = found[(found["status"] == "ok") & (found["kind"] != "complex")]
    for (outcome, kind, model), rows in used.groupby(["outcome", "kind", "model"], sort=False):
        assumed = dict.fromkeys(one for text in rows["assumptions"] for one in text.split("; ") if one)
        several = f", model {model}" if rows["models"].iloc[0] > 1 else ""
        named = "; ".join(esc(term_in_words(one, cohort)) for one in assumed)
        lines.append(f"- {esc(outcome_in_words(outcome, cohort))}, {kind}{several}: {named or 'nothing'}.")
    both = [esc(term_in_words(term, cohort)) for term in used_for_both(found)]
    none = "No remainder is assumed both to bring the outcome and to prevent it."
    lines.append(
        f"\n{f'**Assumed to bring the outcome and also to prevent it:** {chr(59).join(both)}.' if both else none}"
    )
    return "\n".join(lines)
