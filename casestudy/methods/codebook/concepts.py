"""What was looked for: domains, the words searched in them, their challenges, and the aspects of these."""

from __future__ import annotations

import pandas as pd

from ...cohort.cohort import Cohort

MAPPED = ("challenge", "factor", "aspect")  # practices and trade-offs are answers and choices, not what was looked for


def active_rows(cohort: Cohort) -> pd.DataFrame:
    """Return the rows of the codebook that are in use."""
    return cohort.codebook[cohort.codebook["active"] != "no"].reset_index(drop=True)


def _terms(cohort: Cohort) -> dict[str, list[str]]:
    """Return the words searched for in each domain, each once; a term of a code belongs to the code's domain.

    A term may hold several spellings, separated by `;` in its file and by ` / ` here.
    """
    searched = cohort.search_terms
    own = searched["code"].map(dict(zip(cohort.codebook["code"], cohort.codebook["domain"], strict=True)))
    domain = searched["domain"].mask(searched["domain"] == "", own.fillna(""))
    said = searched["term"].str.replace(" *; *", " / ", regex=True)
    return {name: list(dict.fromkeys(terms)) for name, terms in said.groupby(domain, sort=False)}


def _domains(codes: pd.DataFrame, terms: dict[str, list[str]]) -> list[str]:
    return [domain for domain in dict.fromkeys([*codes["domain"], *terms]) if domain]


def _unsearched(cohort: Cohort, terms: list[str]) -> tuple[str, str]:
    """Return status and reason of the search terms of a domain."""
    if terms:
        return "ok", ""
    whole = "this cohort has no table of search terms"
    return "not_assessable", "no search terms for this domain" if len(cohort.search_terms) else whole


def conceptual_map(cohort: Cohort) -> pd.DataFrame:
    """Return the conceptual map as a table: each domain, the words searched for in it, and its challenges.

    Returns
    -------
    DataFrame
        domain, terms (the words, separated by `; `), n_terms (missing where the cohort lists no search terms at all),
        challenges (labels, separated by `; `), n_challenges, deductive, emergent (of these; the codebook may leave
        the origin of a code open), others (labels of active codes of another kind that are no part of a code),
        n_others, status, reason (whether there are search terms). Domains in codebook order, then those with search
        terms only; codes without a domain are on no map.

    >>> from casestudy import load_cohort
    >>> conceptual_map(load_cohort("template"))[["domain", "n_challenges"]].to_numpy().tolist()
    [['infrastructure_governance', 3], ['stakeholder_relations', 2], ['practices', 0]]
    """
    columns = ["domain", "terms", "n_terms", "challenges", "n_challenges", "deductive", "emergent"]
    columns += ["others", "n_others", "status", "reason"]
    codes, terms, rows = active_rows(cohort), _terms(cohort), []
    for domain in _domains(codes, terms):
        words, here = terms.get(domain, []), codes[codes["domain"] == domain]
        found, others = here[here["kind"] == "challenge"], here[(here["kind"] != "challenge") & (here["parent"] == "")]
        origin = [int((found["origin"] == name).sum()) for name in ("deductive", "emergent")]
        row = [domain, "; ".join(words), len(words) if len(cohort.search_terms) else pd.NA]
        row += ["; ".join(found["label"]), len(found), *origin, "; ".join(others["label"]), len(others)]
        rows.append([*row, *_unsearched(cohort, words)])
    return pd.DataFrame(rows, columns=columns).astype({"n_terms": "Int64"})


def _top(code: str, parents: dict[str, str]) -> str:
    """Return the code at the top above a code; a code whose parents go round in a circle is its own top."""
    path = [code]
    while parents[path[-1]] in parents:
        path.append(parents[path[-1]])
        if path[-1] in path[:-1]:
            return code
    return path[-1]


def concept_tree(cohort: Cohort, kinds: tuple[str, ...] = MAPPED) -> pd.DataFrame:
    """Return the conceptual map as a tree, for a figure: domains, their codes, and the parts of these.

    Parameters
    ----------
    cohort : Cohort
    kinds : tuple of str
        Kinds of code to show. Default: challenges, factors and aspects.

    Returns
    -------
    DataFrame
        level (`domain`, `code` or `part`), parent (domain or code; "" for a domain), child, label, kind (`domain` or
        the code's), terms (of a domain, separated by `; `). Each domain is followed by its codes, each code by its
        parts, parts of parts among them. A part stands under its code, whatever its own domain. Domains without a
        code of these kinds are left out, and so are codes without a domain.

    >>> from casestudy import load_cohort
    >>> concept_tree(load_cohort("template"))["level"].value_counts().to_dict()
    {'code': 6, 'domain': 2}
    """
    codes, terms, rows = active_rows(cohort), _terms(cohort), []
    codes = codes[codes["kind"].isin(kinds)]
    parents = dict(zip(codes["code"], codes["parent"], strict=True))
    codes = codes.assign(top=[_top(code, parents) for code in codes["code"]])
    for domain in _domains(codes[codes["top"] == codes["code"]], {}):
        name = domain.replace("_", " ")
        rows.append(("domain", "", domain, name[:1].upper() + name[1:], "domain", "; ".join(terms.get(domain, []))))
        for code in codes[(codes["top"] == codes["code"]) & (codes["domain"] == domain)].itertuples():
            rows.append(("code", domain, code.code, code.label, code.kind, ""))
            parts = codes[(codes["top"] == code.code) & (codes["code"] != code.code)]
            rows += [("part", code.code, part.code, part.label, part.kind, "") for part in parts.itertuples()]
    return pd.DataFrame(rows, columns=["level", "parent", "child", "label", "kind", "terms"])
