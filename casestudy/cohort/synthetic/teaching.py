"""The cohort `teaching`: four invented alliances, their transcripts, five coders, and the answers planted in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from string import Template

import pandas as pd

from ..made import Made, made_table
from .answers import class_key, coder_key, presence_key, raising, search_key, small_keys
from .design import GROUPS, PANEL, READERS, SECOND_WAVE, TEACHING, Design
from .draws import Draw
from .planting import Interview, Mark, Person, deal_people, hold_interviews, plant
from .readers import AGREED, assign, code_all
from .surroundings import EARLY_CODER, code_early, early_interviews, join_members, plant_spare, say_links, survey
from .transcripts import plant_terms, sources_of, transcribe

STUDY = Path(__file__).parent / "study"  # what is the same for every seed: codebook, protocol, facts, history
SETTINGS = {
    "format": "1.0",
    "id": "teaching",
    "title": "Synthetic teaching cohort: four invented alliances, with the answers planted",
    "summary": f"Generated interviews in two waves, with {sum(TEACHING.sites.values())} invented informants at four "
    "invented alliances in the first, read by five invented coders with known errors. It says nothing about any real "
    "alliance; it shows what the methods find and miss.",
    "evidence_level": "informant",
    "synthetic": True,
    "licence": "CC BY 4.0",
    "provenance": "Written by `casestudy synth teaching` from a phrase grammar; every person and alliance is invented.",
    "waves": [1, 2],
    "groups": GROUPS,
    "about_groups": GROUPS,
    "plan": {
        "set": "2026-11-22",
        "after_seeing_data": True,
        "j": 2,
        "k": 3,
        "m": 2,
        "resolve": "single",
        "valence": ["challenge", "barrier"],
        "scope": ["site"],
        "basis": ["explicit"],
        "checked": [],
        "period": "",
        "wave": 1,
        "ci_level": 0.95,
        "B": 2000,
        "alpha_ok": 0.8,
        "alpha_min": 0.667,
        "order_by": "founded_year",
        "suppress_below": 3,
        "themes": {
            "governance": ["governance_structure", "balancing_power", "inclusive_vs_efficient"],
            "leadership": ["collateral_leadership", "staff_vs_member_roles"],
            "participation": ["soliciting_participation", "sustaining_participation"],
            "partners": ["culture_history", "soliciting_participation"],
        },
    },
}


def study_table(name: str) -> pd.DataFrame:
    """Return a table that is the same for every seed, as text."""
    return pd.read_csv(STUDY / f"{name}.csv", dtype=str, keep_default_na=False)


class Frame:
    """What the codebook and the protocol say: kinds, parents and domains of codes, modules and what they cover."""

    def __init__(self) -> None:
        book, modules = study_table("codebook"), study_table("modules")
        self.modules = modules["module"].tolist()
        self.covers = {code: row.module for row in modules.itertuples() for code in row.codes.split(";") if code}
        self.kinds = dict(zip(book["code"], book["kind"], strict=True))
        self.parents = {row.code: row.parent for row in book.itertuples() if row.parent}
        terms = set(study_table("search_terms")["domain"])
        self.domains = {row.code: row.domain for row in book.itertuples() if row.domain in terms}
        self.challenges = book.query("active == 'yes' and kind == 'challenge'")["code"].tolist()


class Wave:
    """One wave of interviews: what is planted, who reads it, what is said and what is coded."""

    def __init__(self, seed: int, design: Design, people: list[Person], number: int, frame: Frame):
        self.design, self.frame, first = design, frame, number == 1
        self.interviews = hold_interviews(seed, design, people, frame.modules, number)
        self.marks = plant(seed, design, self.interviews, frame.covers, frame.parents)
        self.readers = assign(seed, self.interviews, doubled=first)
        self.early = early_interviews(seed, self.interviews, self.readers) if first else []
        self.spare = plant_spare(seed, self.early, self.marks)
        self.said = plant_terms(seed, self.interviews, self.marks, frame.domains)
        every = [*self.marks, *self.spare]
        self.segments, self.places = transcribe(seed, design, self.interviews, every, self.said)
        self.names = {(r["source"], r["turn"]): r["segment"] for r in self.segments if "turn" in r}
        read = code_all(seed, self.interviews, self.marks, self.readers, frame.challenges, frame.parents)
        self.codings = code_early(self.early, self.marks, self.spare, frame.kinds) + read

    def assignments(self) -> list[dict]:
        """Return who could have coded what."""
        rows = [(EARLY_CODER, i.source, version) for version in ("v1", "v2") for i in self.early]
        rows += [(coder, source, "independent") for source, coders in self.readers.items() for coder in coders]
        rows += [(AGREED, source, "consensus") for source, coders in self.readers.items() if len(coders) > 1]
        return [dict(zip(("coder", "source", "round"), row, strict=True)) for row in rows]

    def coding_rows(self) -> list[dict]:
        """Return the rows of `codings`."""
        return [self._coding(mark) | {"coder": coder, "round": round_} for mark, coder, round_ in self.codings]

    def _coding(self, mark: Mark) -> dict:
        start, end = self.places.get((mark.source, mark.turn, mark.told), ("", ""))
        row = {"segment": self.names[mark.source, mark.turn], "code": mark.code, "start": start, "end": end}
        return row | {"valence": mark.valence, "about_group": mark.about, "pole": mark.pole}

    def truth_rows(self) -> pd.DataFrame:
        """Return every mark that was planted: segment, code, start, end, valence, about_group, pole."""
        return pd.DataFrame([self._coding(mark) for mark in self.marks])


def panel(seed: int, people: list[Person]) -> list[Person]:
    """Return who is interviewed again in the second wave."""
    kept: list[Person] = []
    for site, n in zip(TEACHING.sites, PANEL, strict=True):
        chosen = Draw(seed, f"panel {site}").sample([p for p in people if p.site == site], n)
        kept += sorted(chosen)
    return kept


def _could(interviews: list[Interview], frame: Frame) -> dict:
    return {
        (site, code): sum(frame.covers.get(code) in (None, *i.modules) for i in interviews if i.person.site == site)
        for site in dict.fromkeys(i.person.site for i in interviews)
        for code in frame.challenges
    }


def _keys(wave: Wave, later: Wave, frame: Frame) -> dict[str, pd.DataFrame]:
    """Return the answer key."""
    matrices = []
    for one, any_way in ((wave, False), (wave, True), (later, False)):
        found = raising(one.interviews, one.marks, frame.challenges, any_way)
        matrices.append(presence_key(one.design, found, _could(one.interviews, frame), frame.challenges))
    return {
        "presence": matrices[0],
        "presence_raised": matrices[1],
        "presence_wave_2": matrices[2],
        "classes": class_key(matrices[0]),
        "classes_raised": class_key(matrices[1]),
        "codings": wave.truth_rows(),
        "coders": coder_key(),
        "search": search_key(wave.said, wave.marks, frame.domains, wave.interviews),
        **small_keys(wave.design),
    }


def _coders() -> list[dict]:
    rows = [{"coder": r.coder, "label": f"Coder {r.coder[1:]} (synthetic)", "kind": "synthetic"} for r in READERS]
    settled = {"coder": AGREED, "label": "Settled by both coders (synthetic)", "kind": "synthetic"}
    return [{**row, "blind": "yes"} for row in rows] + [settled]


def _filled_book(book: pd.DataFrame, wave: Wave) -> pd.DataFrame:
    """Return the codebook with an example for every code in use."""
    first: dict[str, str] = {}
    for mark in wave.marks:
        first.setdefault(mark.code, wave.names[mark.source, mark.turn])
    return book.assign(example_segment=[first.get(code, "") for code in book["code"]])


def _facts(members: list[dict]) -> pd.DataFrame:
    """Return the facts about the sites, with the number of members after one year."""
    facts = study_table("site_attributes")
    known = pd.DataFrame(members)
    counts = known[(known["left"] == "") | (known["left"] > "2011-12-31")].groupby("site").size()
    rows = [
        {"site": site, "attribute": "member_count", "wave": 1, "value": n, "basis": "explicit", "year": 2011}
        for site, n in counts.items()
    ]
    return pd.concat([facts, made_table("site_attributes", rows)], ignore_index=True)


def interview_tables(waves: Iterable[Wave]) -> dict[str, pd.DataFrame]:
    """Return the tables that follow from interviews alone, one wave after the other."""
    waves = list(waves)
    names = {site: f"{site.capitalize()} Alliance (synthetic)" for site in waves[0].design.sites}
    rows = {
        "sites": [{"site": s, "name": name, "note": "Invented."} for s, name in names.items()],
        "sources": [row for wave in waves for row in sources_of(wave.interviews, wave.segments)],
        "segments": [row for wave in waves for row in wave.segments],
        "codings": [row for wave in waves for row in wave.coding_rows()],
        "coders": _coders(),
        "assignments": [row for wave in waves for row in wave.assignments()],
        "asked": [{"source": i.source, "module": m} for wave in waves for i in wave.interviews for m in i.modules],
    }
    tables = {name: made_table(name, content) for name, content in rows.items()}
    tables |= {name: study_table(name) for name in ("modules", "search_terms", "codebook_events", "memos")}
    return tables | {"codebook": _filled_book(study_table("codebook"), waves[0])}


def _tables(seed: int, wave: Wave, later: Wave) -> dict[str, pd.DataFrame]:
    sites = list(wave.design.sites)
    members = join_members(seed, sites)
    links = say_links(seed, wave.marks, wave.names, wave.readers)
    rows = {"links": links, "memberships": members, **survey(seed, sites)}
    return {
        **interview_tables((wave, later)),
        **{name: made_table(name, content) for name, content in rows.items()},
        **{name: study_table(name) for name in ("axes", "predictions", "attributes")},
        "site_attributes": _facts(members),
    }


def teaching(seed: int) -> Made:
    """Return the teaching cohort: two waves of transcripts, their codings, and the answer key.

    Sizes: four sites, 68 informants in the first wave (about 2,700 answers, 336,000 words), 64 in the second, of whom
    40 were interviewed before (shorter follow-ups). `settings`, `tables` and `truth` are those of `Made`.
    """
    frame = Frame()
    people = deal_people(TEACHING.sites)
    wave = Wave(seed, TEACHING, people, 1, frame)
    later = Wave(seed, SECOND_WAVE, deal_people(SECOND_WAVE.sites, panel(seed, people), TEACHING.sites), 2, frame)
    settings = SETTINGS | {"seed": seed, "plan": SETTINGS["plan"] | {"seed": seed}}
    readme = Template((STUDY / "README.md").read_text("utf-8")).substitute(seed=seed)
    return Made(settings, _tables(seed, wave, later), _keys(wave, later, frame), readme)
