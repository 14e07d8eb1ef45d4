"""Members and respondents of a survey: the same merging, each in its own tables."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort
from ..alignment.answers import answers, scores
from .cells import MERGED, coarse, merged_people, rows_in, small
from .people import SMALL, Told

FEW = "fewer than {least} {who} there"


def _merged(held: pd.DataFrame, least: int) -> tuple[pd.DataFrame, dict[tuple[str, str], str]]:
    """Return the sites and waves that are too small in all, and for every site and group that under which it counts."""
    held = held.assign(code="")
    gone = small(held, least)[["site", "wave"]].drop_duplicates()
    held = held[~rows_in(held, gone)]
    new = coarse(held, merged_people(held, least))["group"]
    return gone, dict(zip(zip(held["site"], held["group"], strict=True), new, strict=True))


def _regrouped(table: pd.DataFrame, gone: pd.DataFrame, groups: dict) -> pd.DataFrame:
    table = table[~rows_in(table, gone)].reset_index(drop=True)
    pairs = list(zip(table["site"], table["group"], strict=True))
    # a group of nobody, in a frame that says so, goes where the small ones went: else it would tell who they are not
    at = {site for (site, _), new in groups.items() if new == MERGED}
    new = [groups.get(pair, MERGED if pair[0] in at else pair[1]) for pair in pairs]
    return table.assign(group=pd.array(new, dtype="str"))


def _told(cohort: Cohort, table: str, who: str, gone: pd.DataFrame, groups: dict, least: int) -> list[Told]:
    few = [(r.site, str(r.wave)) for r in gone.itertuples()]
    rows = [
        Told(s, table, w if table == "survey" else "", "", pd.NA, "withheld", FEW.format(least=least, who=who))
        for s, w in few
    ]
    for site in cohort.sites["site"]:
        if groups and MERGED in {new for (s, _), new in groups.items() if s == site}:
            shown = {new for (s, _), new in groups.items() if s == site}
            hidden = "; ".join(label for group, label in cohort.groups.items() if group not in shown)
            rows.append(Told(site, table, "", hidden, pd.NA, "merged", SMALL.format(least=least)))
    return rows


def members(cohort: Cohort, least: int) -> tuple[Cohort, list[Told]]:
    """Merge small groups among the members of each site; blank the seats of a group where one seat has too few."""
    table = cohort.memberships
    held = table.assign(basis="member", wave=1, informant=table["member"])
    gone, groups = _merged(held, least)
    table = _regrouped(table, gone[["site"]], groups)
    seats = table.groupby(["site", "group"])["seat"].transform(lambda s: s.map(s.value_counts()).min())
    told = _told(cohort, "members", "members", gone, groups, least)
    return cohort.with_tables(memberships=table.assign(seat=table["seat"].mask(seats < least, ""))), told


def _singled_out(people: pd.DataFrame, least: int) -> bool:
    """Return whether those who answered again, or did not, are too few in some group of a site."""
    people = people[people["panel"] != ""].sort_values("wave")
    path = people["wave"].astype(str) + " " + people["group"]
    paths = people.assign(path=path).groupby(["site", "panel"])["path"].agg("|".join).reset_index()
    return bool((paths.groupby(["site", "path"]).size() < least).any())


def _scored(cohort: Cohort) -> list[pd.DataFrame]:
    """Return who has a score on which scale: a site of many respondents can have the score of one."""
    parts = []
    for wave in cohort.survey_respondents["wave"].unique() if len(cohort.survey_responses) else ():
        for scale in cohort.survey_items["scale"].unique():
            score = scores(answers(cohort.with_plan(wave=int(wave)), scale)).dropna()
            rows = score.index.to_frame(index=False).rename(columns={"respondent": "informant"})
            parts.append(rows.assign(basis=f"score on {scale}", wave=wave))
    return parts


def survey(cohort: Cohort, least: int) -> tuple[Cohort, list[Told]]:
    """Merge small groups among respondents, invited, answering and scored, per site; break the panel where it singles
    out. Respondents without any answer are left out."""
    given = cohort.survey_responses.dropna(subset="value")["respondent"]
    people, frame = cohort.survey_respondents, cohort.survey_frame
    people = people[people["respondent"].isin(given)]
    held = people.assign(basis="answered", informant=people["respondent"])
    parts = [held[["basis", "site", "wave", "informant", "group"]], *_scored(cohort)]
    for column in ("invited", "responded"):
        rows = frame.loc[frame.index.repeat(frame[column].clip(lower=0))].reset_index(drop=True)
        parts.append(
            rows[["site", "wave", "group"]].assign(basis=column, informant=rows.index.map(f"{column} {{}}".format))
        )
    gone, groups = _merged(pd.concat(parts, ignore_index=True), least)
    people, frame = _regrouped(people, gone, groups), _regrouped(frame, gone, groups)
    kept = cohort.survey_responses[cohort.survey_responses["respondent"].isin(people["respondent"])]
    sums = frame.groupby(["site", "wave", "group"], sort=False, as_index=False)[["invited", "responded"]].sum()
    done = cohort.with_tables(
        survey_frame=sums.reindex(columns=frame.columns),
        survey_respondents=people.assign(panel="") if _singled_out(people, least) else people,
        survey_responses=kept.reset_index(drop=True),
    )
    return done, _told(cohort, "survey", "people", gone, groups, least)
