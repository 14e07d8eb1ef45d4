"""The published studies' findings, as tables. Not a cohort: no row is tied to a site its publication does not name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

STUDY = "Key in `studies`."
CODE = "The code of our codebooks that it concerns; blank if there is none."

# table -> column -> what a cell means. The first columns in KEYS are unique; data/reference/README.md says the same.
TABLES: dict[str, dict[str, str]] = {
    "studies": {
        "study": "Key of the study.",
        "title": "Title as published.",
        "author": "Authors as published, separated by `;`; an organisation if no person signs; blank if not shown.",
        "year": "Year of publication.",
        "venue": "Where it appeared.",
        "url": "Address, or the DOI as one.",
        "design": "How the study was done, in our words.",
        "site": "Which sites it is about, in our words.",
        "n_site": "Number of sites studied in depth; blank if it studied none.",
        "informant": "Who was heard, in our words.",
        "n_informant": "Number of interviews; blank if the publication gives none.",
        "read_extent": "How much we read: full, part or abstract.",
        "licence": "Rights in the publication itself; our wording is CC BY 4.0.",
    },
    "findings": {
        "study": STUDY,
        "finding": "Key of the finding.",
        "domain": "Domain of the code; blank for counts.",
        "code": CODE,
        "statement": "The finding in our words.",
        "status": "common (all sites studied), distinguishing (sets more from less aligned alliances apart), "
        "umbrella (heading over the distinguishing factors, our reading) or count (a published tally of sites).",
        "n": "Sites for which it is reported; blank if the publication gives no count.",
        "of": "Sites it is counted out of.",
        "note": "What is our reading, and what is not published.",
    },
    "search_terms": {
        "study": STUDY,
        "domain": "Domain the term was searched for.",
        "order": "Place within the domain.",
        "published_term": "The term as published.",
        "term": "Our rendering in the wildcards `*` and `?`, several separated by `;`; "
        "the patterns of the study itself are not published.",
        "note": "What the rendering leaves out or takes in.",
    },
    "trade_offs": {
        "study": STUDY,
        "trade_off": "Key of the trade-off.",
        "code": CODE,
        "pole_a": "First choice.",
        "pole_a_merit": "What speaks for it.",
        "pole_a_risk": "What it may cost.",
        "pole_b": "Second choice.",
        "pole_b_merit": "What speaks for it.",
        "pole_b_risk": "What it may cost.",
        "reported": "What is reported about the four alliances.",
        "n_a": "Alliances at the first pole, where a number is published.",
        "n_b": "Alliances at the second pole, where a number is published.",
        "of": "Alliances counted.",
        "explicit": "yes if the publication calls it a trade-off, partly if we join two of its remarks.",
        "section": "Section of the publication.",
        "inferred": "Columns of this row that are our inference, separated by `;`.",
    },
    "links": {
        "study": STUDY,
        "link": "Key of the link.",
        "from_code": "The challenge that acts.",
        "to_code": "The challenge acted on.",
        "relation": "enables, worsens, or either (it depends on how the first is handled).",
        "explicit": "yes if the publication says so, partly if we conclude it.",
        "statement": "The link in our words.",
        "section": "Section of the publication.",
        "note": "What is our reading.",
    },
    "role_statements": {
        "study": STUDY,
        "statement": "Key of the statement.",
        "group": "Role of the speakers: hospital_leadership, hospital_outreach or cbo (community organisations).",
        "theme": "health_improvements, financing, control, time or politics.",
        "valence": "hope or fear.",
        "paraphrase": "The statement in our words.",
        "stated_for": "all (reported once, of every group) or this (reported of this group).",
        "evidence": "Rows that rest on one and the same report share this id: count ids, not rows, as evidence.",
        "note": "What is our reading.",
    },
    "capabilities": {
        "study": STUDY,
        "item": "Key of the item.",
        "capability": "Key of the capability, in published order.",
        "label": "Name of the capability, as published.",
        "kind": "form, motive, lifecycle_stage, statement, tension or conflict_source.",
        "topic": "What the item is about.",
        "statement": "The item in our words.",
        "tag": "Our keywords, separated by `;`.",
    },
    "practices": {
        "study": "Key in `studies`; blank if the guide, as far as we read it, does not treat the practice.",
        "code": "The practice's code in the cohort `bqi`.",
        "label": "Name in words.",
        "definition": "What it covers, in our words.",
        "domain": "Top-level group of codes.",
        "parent": "The challenge that the practice answers; the grouping is ours.",
        "section": "Where the guide treats it.",
        "read_extent": "How much of these sections we read: full, opening or mixed.",
        "note": "Where else the idea comes from.",
    },
    "numbers": {
        "number": "Key of the number.",
        "study": "Key in `studies`; blank for other publications.",
        "paper": "The publication, by authors or publisher and short title.",
        "year": "Year of publication; blank if our copy does not show it.",
        "doi_or_url": "Address, or the DOI as one.",
        "scope": "programme, national, or the key of the `af4q` site that the publication itself names.",
        "quantity": "What was counted or estimated.",
        "bound": "`more than` or `less than` where only a limit is published; blank if the value is exact.",
        "value": "The number.",
        "unit": "Its unit.",
        "n": "What it is counted out of, or the sample.",
        "note": "How it can be reproduced, and doubts.",
        "read_extent": "How much we read: full, abstract, page or snippet (quoted by somebody else).",
    },
}
KEYS = {
    "studies": ["study"],
    "findings": ["finding"],
    "search_terms": ["domain", "order"],
    "trade_offs": ["trade_off"],
    "links": ["link"],
    "role_statements": ["statement"],
    "capabilities": ["item"],
    "practices": ["code"],
    "numbers": ["number"],
}
WHOLE = {"year", "n_site", "n_informant", "n", "of", "order", "n_a", "n_b"}


@dataclass(frozen=True)
class Reference:
    """The published findings, one DataFrame per table; `data/reference/README.md` explains the columns."""

    studies: pd.DataFrame
    findings: pd.DataFrame
    search_terms: pd.DataFrame
    trade_offs: pd.DataFrame
    links: pd.DataFrame
    role_statements: pd.DataFrame
    capabilities: pd.DataFrame
    practices: pd.DataFrame
    numbers: pd.DataFrame


def _find_folder() -> Path:
    repository = Path(__file__).resolve().parents[2]
    for parent in (Path.cwd(), *Path.cwd().parents, repository):
        if (parent / "data" / "reference").is_dir():
            return parent / "data" / "reference"
    raise FileNotFoundError(
        "There is no folder data/reference here or above; run this inside the repository, "
        "or give load_reference its path."
    )


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise FileNotFoundError(f"`{path}` is missing; restore it from the repository, or give another folder.")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if list(frame.columns) != list(TABLES[name]):
        raise ValueError(f"{path.name}: its columns must be {', '.join(TABLES[name])}.")
    for column in frame.columns.intersection([*WHOLE, "value"]):
        numbers = pd.to_numeric(frame[column].replace("", None))
        frame[column] = numbers.astype("float64" if column == "value" else "Int64")
    return frame


def load_reference(path: str | Path | None = None) -> Reference:
    """Load what the studies behind this project published.

    Parameters
    ----------
    path
        The folder. Without it `data/reference` is searched upward from the working folder, then in the repository
        that holds the package.

    Returns
    -------
    Reference
        A frozen object with a DataFrame per table: studies, findings, search_terms, trade_offs, links,
        role_statements, capabilities, practices, numbers. Blank text is ""; numeric columns hold numbers, missing
        where the publication gives none.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its tables is missing.
    ValueError
        If a table's columns are not the declared ones.

    Examples
    --------
    >>> findings = load_reference().findings
    >>> findings.query("status == 'common'").groupby("study").size().to_dict()
    {'alignment_study': 3, 'capacity_study': 10}
    """
    folder = _find_folder() if path is None else Path(path)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder `{folder}`; give the folder that holds studies.csv.")
    return Reference(**{name: _read(folder, name) for name in TABLES})
