"""The answer key of the teaching cohort: what was planted, as tables beside the data."""

from __future__ import annotations

from collections import Counter, defaultdict

import pandas as pd

from .design import PANEL, READERS, WHOLE_GROUPS, Design
from .planting import Interview, Mark
from .surroundings import ORPHANS, STAY, STAY_OTHERS

K, M, J = 3, 2, 2  # the rule under which the classes below are true; the cohort's plan has the same numbers
CLASSES = {4: "common", 3: "widespread", 2: "mixed", 1: "site_specific", 0: "absent"}
VERSIONS = {"v1": 14, "v2": 15, "v3": 14}  # challenges in each version of the codebook
WAVES = (
    ("soliciting_participation", "alder", "resolved"),
    ("state_policy", "dogwood", "emerged"),
)


DIFFICULTY = ("challenge", "barrier")


def raising(interviews: list[Interview], marks: list[Mark], codes: list[str], any_way: bool = False) -> dict:
    """Return (site, code) -> the people who truly raise it as a difficulty, or in any way but a denial, in at least
    J passages."""
    person = {i.source: i.person for i in interviews}
    counts = Counter(
        (m.source, m.code) for m in marks if m.valence in DIFFICULTY or (any_way and m.valence != "not_here")
    )
    found = defaultdict(list)
    for (source, code), n in counts.items():
        if n >= J and code in codes:
            found[person[source].site, code].append(person[source])
    return found


def presence_key(design: Design, found: dict, could: dict, codes: list[str]) -> pd.DataFrame:
    """Return site, code, raised, could, groups, present: the truth of the matrix."""
    rows = []
    for code in codes:
        for site in design.sites:
            people = found.get((site, code), [])
            groups = len({p.group for p in people})
            present = "yes" if len(people) >= K and groups >= M else "no"
            rows.append((site, code, len(people), could[site, code], groups, present))
    return pd.DataFrame(rows, columns=["site", "code", "raised", "could", "groups", "present"])


def class_key(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return code, class, k_star, weakest_site: the truth of the verdicts."""
    rows = []
    for code, cells in matrix.groupby("code", sort=False):
        sites, weakest = (cells["present"] == "yes").sum(), cells["raised"].min()
        names = ";".join(cells.loc[cells["raised"] == weakest, "site"])
        rows.append((code, CLASSES[sites], weakest, names))
    return pd.DataFrame(rows, columns=["code", "class", "k_star", "weakest_site"])


def coder_key() -> pd.DataFrame:
    """Return coder, code, seen, false, taken_for: how each coder reads ("" = every code)."""
    rows = [(r.coder, "", r.seen / 1000, r.false / 1000, "", "") for r in READERS]
    rows += [(r.coder, code, s / 1000, f / 1000, "", "") for r in READERS for code, (s, f) in r.loose.items()]
    rows += [(r.coder, a, "", "", b, n / 100) for r in READERS for (a, b), n in r.mistakes.items()]
    return pd.DataFrame(rows, columns=["coder", "code", "seen", "false", "taken_for", "share"])


def search_key(said: dict, marks: list[Mark], domains: dict, interviews: list[Interview]) -> pd.DataFrame:
    """Return domain, answers, coded, with_term, both, precision, recall: the truth of the word search."""
    rows, answers = [], sum(i.turns for i in interviews)
    for domain in dict.fromkeys(domains.values()):
        coded = {(m.source, m.turn) for m in marks if domains.get(m.code) == domain}
        found = {turn for turn, names in said.items() if domain in names}
        both = len(coded & found)
        shares = (round(both / len(found), 4), round(both / len(coded), 4))
        rows.append((domain, answers, len(coded), len(found), both, *shares))
    return pd.DataFrame(rows, columns=["domain", "answers", "coded", "with_term", "both", "precision", "recall"])


def small_keys(design: Design) -> dict[str, pd.DataFrame]:
    """Return the keys that need no counting."""
    rows = [
        (axis, site, *counts)
        for axis, places in design.poles.items()
        for site, counts in zip(design.sites, places, strict=True)
    ]
    poles = pd.DataFrame(rows, columns=["axis", "site", "a", "b", "both"])
    speakers = poles[["a", "b", "both"]].sum(axis=1)
    poles["position"] = ((poles["b"] - poles["a"]) / speakers.where(speakers > 0)).round(3)
    stay = [(group, share) for group, share in STAY.items()] + [("others", STAY_OTHERS)]
    return {
        "pairs": pd.DataFrame(design.pairs, columns=["code_1", "code_2"]),
        "groups": pd.DataFrame(WHOLE_GROUPS.items(), columns=["code", "group"]),
        "positions": poles,
        "members": pd.DataFrame(stay, columns=["group", "stay_12_months_percent"]),
        "waves": pd.DataFrame(WAVES, columns=["code", "site", "change"]),
        "panel": pd.DataFrame(zip(design.sites, PANEL, strict=True), columns=["site", "in_both_waves"]),
        "orphans": pd.DataFrame([("meeting_habits", ORPHANS)], columns=["code", "segments"]),
        "survey": pd.DataFrame(
            [
                ("alder", 0, 0, "nothing changes"),
                ("birch", 0.3, 0, "only newcomers answer higher"),
                ("cedar", 0.4, 0.4, "those who stay answer higher, newcomers as they do"),
                ("dogwood", 0, 0, "nothing changes"),
            ],
            columns=["site", "rise", "stayers", "why"],
        ),
        "versions": pd.DataFrame(VERSIONS.items(), columns=["version", "codes"]),
        "sizes": pd.DataFrame(design.sites.items(), columns=["site", "informants"]),
        "disputed": pd.DataFrame([("decision_making", "cedar")], columns=["attribute", "site"]),
        "predictions": pd.DataFrame(
            [("p1", "yes"), ("p2", "yes"), ("p3", "no"), ("r1", "no"), ("r2", "no"), ("r3", "no")],
            columns=["prediction", "holds"],
        ),
    }
