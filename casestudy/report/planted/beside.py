"""What was planted beside the verdicts: positions, predictions, members, pairs, waves, the panel of the survey."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...cohort.cohort import Cohort
from ...methods import commonality, comparison, cooccurrence, tradeoffs
from .core import Row

NEAR = 0.25  # a position, between -1 and 1, is found when it lies so near the planted one
ROUNDING = 4  # per cent: whole members cannot meet a planted share more closely


def positions(cohort: Cohort) -> list[Row]:
    """Return the position of every site on every trade-off."""
    key, rows = cohort.truth("positions"), []
    if key.empty:
        return rows
    found = tradeoffs.axis_positions(cohort).set_index(["axis", "site"])["estimate"].astype(float)
    names = cohort.sites.set_index("site")["name"]
    for axis in cohort.axes.itertuples():
        cells = key[key["axis"] == axis.axis]
        told = {names[r.site]: found[axis.axis, r.site] for r in cells.itertuples()}
        planted = {names[r.site]: float(r.position or "nan") for r in cells.itertuples()}
        near = np.allclose(list(planted.values()), list(told.values()), rtol=0, atol=NEAR, equal_nan=True)
        label = cohort.codebook.set_index("code")["label"][axis.code]
        rows.append(Row(f"{label}: position from -1 to 1", _placed(planted), _placed(told), near))
    return rows


def _placed(values: dict) -> str:
    return "; ".join(f"{site} {'nobody' if v != v else f'{v + 0:+.1f}'}" for site, v in values.items())


def predictions(cohort: Cohort) -> list[Row]:
    """Return whether each prediction holds: the sign found, site against site, beside the one that was planted."""
    key, rows = cohort.truth("predictions"), []
    if key.empty:
        return rows
    labels, kinds = cohort.codebook.set_index("code")["label"], cohort.attributes.set_index("attribute")["label"]
    for p in comparison.pattern_match(cohort, "documented").merge(key, on="prediction").itertuples():
        what = f"{p.theory}: {labels[p.code]} goes with {kinds[p.attribute]} = {p.value_high} ({p.direction})"
        found = "yes" if p.status == "ok" and p.match else "no"
        rows.append(Row(what, f"holds: {p.holds}", f"holds: {found} ({p.estimate:+.2f})", found == p.holds))
    return rows


def members(cohort: Cohort) -> list[Row]:
    """Return how many members of each group are still there after twelve months."""
    key, rows = cohort.truth("members"), []
    if key.empty:
        return rows
    stay = pd.to_datetime(cohort.memberships["left"].replace("", "2100-01-01"))
    year = pd.to_datetime(cohort.memberships["joined"]) + pd.DateOffset(months=12)
    named = cohort.memberships["group"].where(cohort.memberships["group"].isin(key["group"]), "others")
    found = (stay >= year).groupby(named).mean() * 100
    for r in key.itertuples():
        what = f"Members still there after twelve months, per cent: {cohort.groups.get(r.group, 'the other groups')}"
        planted = int(r.stay_12_months_percent)
        rows.append(Row(what, str(planted), f"{found[r.group]:.0f}", bool(abs(found[r.group] - planted) <= ROUNDING)))
    return rows


def pairs(cohort: Cohort) -> list[Row]:
    """Return the pairs of challenges spoken of together, and how many others are found."""
    key = cohort.truth("pairs")
    if key.empty:
        return []
    table = cooccurrence.interdependence(cohort)
    names = [frozenset(pair) for pair in table[["code_1", "code_2"]].itertuples(index=False, name=None)]
    table = table.assign(pair=names).set_index("pair")
    found = set(table.index[cooccurrence.told_together(table, cohort)])
    labels, rows = cohort.codebook.set_index("code")["label"], []
    for r in key.itertuples():
        pair = frozenset((r.code_1, r.code_2))
        told = f"lift {table.loc[[pair], 'lift'].iloc[0]:.1f}, adjusted p {table.loc[[pair], 'p_adjusted'].iloc[0]:.4f}"
        rows.append(Row(f"Told together: {labels[r.code_1]}; {labels[r.code_2]}", "yes", told, pair in found))
    extra = len(found - {frozenset(pair) for pair in key.itertuples(index=False, name=None)})
    return [*rows, Row("Further pairs told together", "none", str(extra), extra == 0)]


def waves(cohort: Cohort) -> list[Row]:
    """Return which challenges appear or vanish at a site from the first wave to the second."""
    key = cohort.truth("waves")
    if key.empty:
        return []
    both = (commonality.presence(cohort.with_plan(wave=wave), "difficulty") for wave in (1, 2))
    cells = [table.set_index(["code", "site"]) for table in both]
    before, after = (table["present"].fillna(False).astype(bool) for table in cells)
    change = {True: "emerged", False: "resolved"}
    labels, names = cohort.codebook.set_index("code")["label"], cohort.sites.set_index("site")["name"]
    rows = []
    for r in key.itertuples():
        place = (r.code, r.site)
        counts = " to ".join(str(table.loc[place, "raised"]) for table in cells)
        found = change[after[place]] if before[place] != after[place] else "unchanged"
        rows.append(
            Row(f"{labels[r.code]}, {names[r.site]}, second wave", r.change, f"{found} ({counts})", found == r.change)
        )
    return rows


def _survey_scores(cohort: Cohort) -> pd.DataFrame:
    """Return site, wave, panel, score: each respondent's mean answer, reversed questions turned."""
    items = cohort.survey_items.set_index("item")
    rows = cohort.survey_responses.merge(cohort.survey_respondents, on="respondent")
    turned = rows["item"].map(items["min"] + items["max"]).astype(float) - rows["value"]
    rows["score"] = rows["value"].where(rows["item"].map(items["reverse"]) != "yes", turned)
    return rows.groupby(["site", "wave", "panel"], sort=False)["score"].mean().reset_index()


def panel_change(cohort: Cohort) -> list[Row]:
    """Return the rise of the survey's mean at a site, and how much of it is a change of the same people."""
    key, rows = cohort.truth("survey"), []
    if key.empty:
        return rows
    scores, names = _survey_scores(cohort), cohort.sites.set_index("site")["name"]
    for r in key.itertuples():
        wide = scores[scores["site"] == r.site].pivot(index="panel", columns="wave", values="score")
        rise, people = wide[2].mean() - wide[1].mean(), (wide[2] - wide[1]).mean()
        told = f"{rise:+.2f}; those who stay {people:+.2f}"
        same = bool(np.allclose([rise, people], [float(r.rise), float(r.stayers)], rtol=0, atol=0.005))
        planted = f"{float(r.rise):+.2f}; those who stay {float(r.stayers):+.2f}"
        rows.append(Row(f"Survey, {names[r.site]}: rise of the mean", planted, told, same))
    return rows
