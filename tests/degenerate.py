"""Cohorts that lack what a method needs: one builder each, from one plain cohort of twelve interviews.

`DEGENERATE` name -> builder, which returns the settings and the tables; `build` writes and loads one of them.
"""

from itertools import product
from pathlib import Path

from conftest import settings_for, write_cohort

from casestudy.cohort.cohort import load_cohort

SITES = ("alder", "birch", "cedar")
GROUPS = ("clinicians", "patients", "clinicians", "patients")  # of the four informants at each site
CODES = {"power": ("Balancing power", "governance"), "money": ("Money", "resources"), "trust": ("Trust", "relations")}
PLAN = {"k": 2, "m": 2, "B": 200, "themes": {"governance": ["power"], "leadership": ["trust"]}}
PLAN["themes"] |= {"participation": ["trust"], "partners": ["trust"]}

# Which of the four informants speak of the code, as what; the same at every site but for trust, told at alder only
TOLD = {"power": ("challenge", "barrier", "", "strategy"), "money": ("challenge", "", "", "challenge")}
TRUST = ("", "facilitator", "challenge", "")


def _settings(name: str, **plan) -> dict:
    return settings_for(name, plan={**PLAN, **plan})


def _people() -> list[tuple[str, str, str]]:
    return [(site, f"{site[0]}{n}", group) for site in SITES for n, group in enumerate(GROUPS, 1)]


def _words(sources: list[dict]) -> list[dict]:
    """Return one segment per source and code; in the order of CODES."""
    return [
        {"segment": f"{source['source']}-{code}", "source": source["source"], "site": source["site"], "seq": n}
        | {"module": code, "text": f"{source['informant']} on {label.lower()}.", "text_kind": "synthetic"}
        | {"scope": "site", "basis": "explicit"}
        for source in sources
        for n, (code, (label, _)) in enumerate(CODES.items(), 1)
    ]


def _given(sources: list[dict], coders: tuple = ("ana", "ben")) -> list[dict]:
    """Return the codings: the coders agree, but the second leaves out what patients say of money."""
    rows = []
    for source in sources:
        n = int(source["informant"][1:]) - 1
        told = TOLD | ({"trust": TRUST} if source["site"] == "alder" else {})
        for (code, valences), coder in product(told.items(), coders):
            left_out = coder == "ben" and code == "money" and source["group"] == "patients"
            if valences[n] and not left_out:
                row = {"segment": f"{source['source']}-{code}", "code": code, "coder": coder}
                rows.append(row | {"valence": valences[n], "about_group": "patients"})
    return rows


def _tables(people: list | None = None, wave: int = 1, coders: tuple = ("ana", "ben")) -> dict[str, list]:
    """Return the tables of a cohort in which nothing is lacking."""
    people = people or _people()
    sources = [
        {"source": f"i-{who}", "site": site, "kind": "interview", "group": group, "informant": who, "wave": wave}
        for site, who, group in people
    ]
    sites = list(dict.fromkeys(site for site, *_ in people))
    facts = {"legal": ("charity", "company", "charity"), "staff": (4, 7, 9), "ties": ("A council.", "None.", "A fair.")}
    return {
        "sites": [(site, site.capitalize()) for site in sites],
        "sources": sources,
        "segments": _words(sources),
        "codebook": [
            {"code": code, "label": label, "kind": "challenge", "domain": domain}
            for code, (label, domain) in CODES.items()
        ],
        "codings": _given(sources, coders),
        "coders": [(coder, coder.capitalize(), "synthetic") for coder in coders],
        "assignments": [(coder, source["source"]) for coder, source in product(coders, sources)],
        "modules": [
            {"module": code, "label": label, "order": n, "codes": code}
            for n, (code, (label, _)) in enumerate(CODES.items())
        ],
        "asked": [(source["source"], code) for source, code in product(sources, CODES)],
        "attributes": [
            {"attribute": "legal", "label": "Legal form", "theme": "governance", "type": "category"}
            | {"allowed": "charity;company"},
            {"attribute": "staff", "label": "Paid staff", "theme": "leadership", "type": "number"},
            {"attribute": "ties", "label": "Ties", "theme": "participation", "type": "text"},
        ],
        "site_attributes": [
            {"site": site, "attribute": fact, "value": str(values[n]), "basis": "explicit"}
            for fact, values in facts.items()
            for n, site in enumerate(sites)
        ],
    }


def one_site() -> tuple[dict, dict]:
    """Four informants at one alliance: nothing can be common, nothing compared."""
    return _settings("one-site"), _tables([person for person in _people() if person[0] == "alder"])


def one_coder() -> tuple[dict, dict]:
    """Every interview was read by the same single coder."""
    return _settings("one-coder", resolve="single", j=1), _tables(coders=("ana",))


def one_group_site() -> tuple[dict, dict]:
    """At cedar only clinicians were heard, four of them."""
    people = [(site, who, "clinicians" if site == "cedar" else group) for site, who, group in _people()]
    return _settings("one-group-site"), _tables(people)


def no_text() -> tuple[dict, dict]:
    """The words are withheld: only the codings may be shared."""
    tables = _tables()
    bare = [{**row, "text": "", "text_kind": "withheld"} for row in tables["segments"]]
    return _settings("no-text"), {**tables, "segments": bare}


def empty_codings() -> tuple[dict, dict]:
    """Interviews and a codebook, before anybody coded: `codings.csv` has only its header."""
    return _settings("empty-codings"), {**_tables(), "codings": [], "coders": [], "assignments": []}


def nothing_found() -> tuple[dict, dict]:
    """Two coders read everything and gave no code."""
    return _settings("nothing-found"), {**_tables(), "codings": []}


def all_ties() -> tuple[dict, dict]:
    """What one coder takes for a difficulty the other takes for an answer, everywhere."""
    tables = _tables()
    rows = [row for row in tables["codings"] if row["coder"] == "ana"]
    ties = [{**row, "coder": c, "valence": v} for row in rows for c, v in (("ana", "challenge"), ("ben", "strategy"))]
    return _settings("all-ties"), {**tables, "codings": ties}


def no_survey() -> tuple[dict, dict]:
    """Only the tables without which there is no cohort: no facts, modules, coders or assignments."""
    needed = ("sites", "sources", "segments", "codebook", "codings")
    tables = {name: rows for name, rows in _tables().items() if name in needed}
    bare = [{key: value for key, value in row.items() if key != "module"} for row in tables["segments"]]
    return _settings("no-survey"), {**tables, "segments": bare}


def two_waves_no_panel() -> tuple[dict, dict]:
    """Two people of each site were heard in wave 1, two others in wave 2: nobody twice."""
    people = _people()
    first, second = ([p for p in people if p[1][1] in numbers] for numbers in ("12", "34"))
    tables, later = _tables(first), _tables(second, wave=2)
    both = ("sources", "segments", "codings", "assignments", "asked")
    settings = {**_settings("two-waves-no-panel", wave=1), "waves": [1, 2]}
    return settings, {**tables, **{name: tables[name] + later[name] for name in both}}


DEGENERATE = {
    builder.__name__.replace("_", "-"): builder
    for builder in (
        one_site,
        one_coder,
        one_group_site,
        no_text,
        empty_codings,
        nothing_found,
        all_ties,
        no_survey,
        two_waves_no_panel,
    )
}


def write(name: str, folder: Path) -> Path:
    """Write one of the cohorts into a folder of its name below `folder`, and return it."""
    return write_cohort(folder / name, *DEGENERATE[name]())


def build(name: str, folder: Path):
    """Write and load one of the cohorts."""
    return load_cohort(write(name, folder))
