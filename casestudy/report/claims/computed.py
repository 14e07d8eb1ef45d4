"""What claims are computed from: the tables, the cells that placeholders name, and the verdicts as they are now."""

from __future__ import annotations

import re
from functools import cached_property
from string import Template

import pandas as pd

from ...cohort.cohort import Cohort
from ...methods.agreement import agreement_by_code
from ...methods.commonality import presence, presence_flags, sensitivity, verdicts
from ...methods.comparison import by_group
from ...methods.evidence import OWN_VOICE, READINGS, in_reading, of_raisers, statements
from ..sentences.comparisons import p_in_words

KEYS = {  # table -> the columns whose values, joined by `/`, name a row
    "common_challenges": ("reading", "code"),
    "headline": ("reading",),
    "by_group": ("reading", "code", "group"),
    "presence": ("reading", "code", "site"),
    "agreement_by_code": ("code",),
    "plan": ("name",),
}
PLACE = re.compile(r"([A-Za-z_]+)=([a-z_]+):([^:;=]*):([a-z_]+)")
TIED = "; "  # between names in one cell, as in every table


class Computed:
    """The computed tables of one cohort, each made once, when first asked for."""

    def __init__(self, cohort: Cohort):
        self.cohort = cohort
        self._rows: dict[str, dict] = {}

    @cached_property
    def presence(self) -> pd.DataFrame:
        return presence(self.cohort)

    @cached_property
    def common_challenges(self) -> pd.DataFrame:
        """The verdicts, with the names of more sites: `absent_at` (judged, and failing) and `one_sided_at`."""
        cells = self.presence.assign(name=self.presence["site"].map(self.cohort.sites.set_index("site")["name"]))
        cells, table = cells[cells["status"] == "ok"], verdicts(self.presence, self.cohort)
        for column, kept in (("absent_at", ~there(cells)), ("one_sided_at", cells["ladder"] == "one-sided")):
            names = cells[kept].groupby(["reading", "code"])["name"].agg(TIED.join)
            keys = zip(table["reading"], table["code"], strict=True)
            table[column] = [names.get(key, "") for key in keys]
        return table

    @cached_property
    def headline(self) -> pd.DataFrame:
        """One row per reading in which a challenge can be judged: how many are common, and which reach furthest."""
        judged = self.common_challenges[self.common_challenges["status"] == "ok"]
        rows = [(reading, *_widest(table)) for reading, table in judged.groupby("reading", sort=False)]
        return pd.DataFrame(rows, columns=["reading", "common", "sites_judged", "most_sites", "widest"])

    @cached_property
    def by_group(self) -> pd.DataFrame:
        """The comparison of groups in both readings, with labels."""
        tables = [by_group(self.cohort, "source", reading).assign(reading=reading) for reading in READINGS]
        table = pd.concat(tables, ignore_index=True)
        labels = self.cohort.codebook.set_index("code")["label"]
        return table.assign(label=table["code"].map(labels), group_label=table["group"].map(self.group_labels))

    @property
    def group_labels(self) -> dict[str, str]:
        return {**self.cohort.groups, OWN_VOICE: "Alliance and funder (one voice)"}

    @cached_property
    def agreement_by_code(self) -> pd.DataFrame:
        return agreement_by_code(self.cohort)

    @cached_property
    def plan(self) -> pd.DataFrame:
        plan = self.cohort.plan
        return pd.DataFrame([("rule", plan.j, plan.k, plan.m)], columns=["name", "j", "k", "m"])

    @cached_property
    def flags(self) -> pd.DataFrame:
        return presence_flags(self.cohort)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        return sensitivity(self.cohort)

    @cached_property
    def said(self) -> pd.DataFrame:
        """Every resolved statement that counts as evidence."""
        return statements(self.cohort)

    @cached_property
    def telling(self) -> dict[str, pd.DataFrame]:
        """The statements of the voices that raise a code, by reading."""
        return {
            reading: of_raisers(self.said[in_reading(self.said["valence"], reading, self.cohort)], self.cohort)
            for reading in READINGS
        }

    def row(self, table: str, key: str) -> dict | None:
        """Return a row of a table by its key; None if there is no such table or row."""
        if table not in KEYS:
            return None
        if table not in self._rows:
            frame = getattr(self, table)
            keys = frame[list(KEYS[table])].astype(str).agg("/".join, axis=1) if len(frame) else []
            self._rows[table] = dict(zip(keys, frame.to_dict("records"), strict=True))
        return self._rows[table].get(key)

    def cells(self, claim) -> pd.DataFrame:
        """Return the rows of `presence` for the claim's challenge and reading."""
        return self.presence[(self.presence["code"] == claim.code) & (self.presence["reading"] == claim.reading)]


def there(cells: pd.DataFrame) -> pd.Series:
    """Return in which cells that can be judged the challenge is present."""
    return cells["present"].fillna(False).astype(bool)


def _widest(table: pd.DataFrame) -> tuple[int, str, int, str]:
    fewest, most = table["sites_assessable"].min(), table["sites_assessable"].max()
    top = table[table["sites_present"] == table["sites_present"].max()]
    judged = str(most) if fewest == most else f"{fewest} to {most}"
    return int(table["class"].eq("common").sum()), judged, int(top["sites_present"].iloc[0]), TIED.join(top["label"])


# ---- sentences ----------------------------------------------------------------------------------------------------


def in_text(value, column: str) -> str | None:
    """Return a cell as it stands in a sentence; None if it has no value."""
    if pd.isna(value):
        return None
    if column in ("class", "decision"):
        return str(value).replace("site_specific", "site-specific").replace("_", " ")
    if isinstance(value, float):
        return p_in_words(value, "") if column.startswith("p") else f"{value:.2f}"
    return str(value) or "none"


def places_of(claim) -> dict[str, tuple[str, str, str]]:
    """Return for every placeholder of `computed_from` its table, row and column; entries that cannot be read fall
    away, so that their placeholder does not resolve."""
    found = (PLACE.fullmatch(entry.strip()) for entry in claim.computed_from.split(";"))
    return {match[1]: (match[2], match[3], match[4]) for match in found if match}


def fill(claim, computed: Computed) -> tuple[str, list[str]]:
    """Return the sentence of a claim with its placeholders filled, and what keeps it from being filled."""
    template, places, values, faults = Template(claim.template), places_of(claim), {}, []
    if not template.is_valid():
        return "", ["has a `$` in its template that begins no placeholder"]
    for name in template.get_identifiers():
        table, key, column = places.get(name, ("", "", ""))
        value = in_text((computed.row(table, key) or {}).get(column), column)
        values[name] = value
        if name not in places:
            faults.append(f"has the placeholder ${name}, and `computed_from` does not say where it comes from")
        elif value is None:
            faults.append(f"has the placeholder ${name}, which has no value at {table}:{key}:{column}")
    return ("" if faults else template.substitute(values)), faults


# ---- verdicts -----------------------------------------------------------------------------------------------------


def verdict_now(claim, computed: Computed) -> tuple[str, list[str]]:
    """Return what is found now for a claim, and the sites it then names."""
    key = f"{claim.reading}/{claim.code}"
    if claim.kind == "reach":
        row, cells = computed.row("common_challenges", key), computed.cells(claim)
        return (row["class"] if row else "not_assessable"), cells.loc[there(cells), "site"].tolist()
    if claim.kind == "none_common":
        row = computed.row("headline", claim.reading)
        return ("none_common" if row and not row["common"] else "common" if row else "not_assessable"), []
    if claim.kind == "one_sided":
        cells = computed.cells(claim)
        sites = cells.loc[(cells["status"] == "ok") & (cells["ladder"] == "one-sided"), "site"].tolist()
        return ("one_sided" if sites else "not one-sided"), sites
    return _group_now(computed.row("by_group", f"{key}/{claim.group}"), computed.cohort)


def _group_now(row: dict | None, cohort: Cohort) -> tuple[str, list[str]]:
    if row is None or row["status"] != "ok":
        return "not_assessable", []
    if not row["p_adjusted"] < 1 - cohort.plan.ci_level:
        return "no different", []
    return ("more" if row["estimate"] > 0 else "less"), [site for site in row["sites"].split(";") if site]
