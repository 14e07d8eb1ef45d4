"""`cohort.toml`: its keys, and the analysis plan with its defaults."""

from __future__ import annotations

from dataclasses import dataclass, field

# key -> (python type, needed, meaning)
TOML_KEYS = {
    "format": (str, True, 'Version of this format: "1.0".'),
    "id": (str, True, "Key of the cohort: the name of its folder."),
    "title": (str, True, "Title. A synthetic cohort's title says `synthetic`."),
    "summary": (str, True, "One or two sentences on what it is."),
    "evidence_level": (str, True, "`informant` (interviews) or `document`."),
    "synthetic": (bool, True, "true if generated or invented; real and synthetic data never mix."),
    "seed": (int, False, "Seed of a generated cohort."),
    "licence": (str, True, "Terms under which the cohort may be used."),
    "provenance": (str, False, "Where it comes from, in a sentence."),
    "edition": (str, False, "What an edition for sharing leaves out; `casestudy run --share` writes it."),
    "waves": (list, False, "Waves of data collection, as whole numbers."),
    "groups": (dict, True, "Stakeholder groups of informants: id = label."),
    "about_groups": (dict, False, "Groups a statement can be about: id = label."),
    "aliases": (list, False, "Informants to merge: informant, same_as, reason."),
    "plan": (dict, True, "The analysis plan."),
}
ALIAS_KEYS = ("informant", "same_as", "reason")
EVIDENCE_LEVELS = ("informant", "document")
RESOLVE = ("majority", "consensus", "single", "any", "all")
THEME_KEYS = ("governance", "leadership", "participation", "partners")
QCA_KEYS = {"expect": str, "anchors": list, "source": str, "selected": bool}
QCA_EXPECT = ("present", "absent")

# key -> meaning; the types are those of the defaults in Plan
PLAN_KEYS = {
    "set": "Date on which the plan was fixed.",
    "after_seeing_data": "Whether the data had been seen when the plan was fixed; printed wherever the plan is.",
    "j": "Segments an informant needs to count as raising a code.",
    "k": "Informants a site needs for the code to be present.",
    "m": "Stakeholder groups a site needs for the code to be present.",
    "resolve": "How codings of several coders become one: majority, consensus, single, any or all.",
    "valence": "Valences that make a difficulty.",
    "scope": "Scopes that count as evidence; empty = any.",
    "basis": "Bases that count as evidence; empty = any.",
    "checked": "Verdicts of the second reading that count as evidence; empty = any.",
    "period": "Years that count, such as 2005-2016: the year of what is stated, else of the source; undated statements "
    "are kept; empty = any.",
    "wave": "The wave that the analyses use.",
    "production_coder": "The coder that `single` uses; blank = the first coder assigned to the source.",
    "ci_level": "Level of the intervals.",
    "B": "Resamples of a bootstrap or permutation.",
    "seed": "Seed of the random numbers.",
    "alpha_ok": "Krippendorff's alpha from which a code is reliable.",
    "alpha_min": "Krippendorff's alpha from which a code is tentatively reliable.",
    "order_by": "Attribute that orders the sites in a case-ordered matrix; blank = declared order.",
    "qca": "Conditions of the configurational analysis.",
    "qca_rules": "How its sets are read, a table per attribute: `expect` (present or absent), `anchors` (full "
    "exclusion, crossover, full inclusion), the `source` of either; for the outcome `selected` (true if the sites were "
    "chosen by it).",
    "suppress_below": "Informants that a group needs at a site to be shown apart in what `casestudy run --share` "
    "makes; smaller groups are merged and their words withheld. 0 = a public record, shared as it is; 1 counts as 2.",
    "themes": "Codes that the governance, leadership, participation and partners displays look at.",
}


@dataclass(frozen=True)
class Plan:
    """The analysis plan: every threshold that a result depends on. See `PLAN_KEYS` for what each means."""

    set: str = ""
    after_seeing_data: bool = True
    j: int = 1
    k: int = 3
    m: int = 2
    resolve: str = "majority"
    valence: tuple[str, ...] = ("challenge", "barrier")
    scope: tuple[str, ...] = ("site",)
    basis: tuple[str, ...] = ("explicit",)
    checked: tuple[str, ...] = ()
    period: str = ""
    wave: int = 1
    production_coder: str = ""
    ci_level: float = 0.95
    B: int = 2000
    seed: int = 2007
    alpha_ok: float = 0.8
    alpha_min: float = 0.667
    order_by: str = ""
    qca: tuple[str, ...] = ()
    qca_rules: dict[str, dict] = field(default_factory=dict)
    suppress_below: int = 3
    themes: dict[str, tuple[str, ...]] = field(default_factory=dict)


# Interviews need several voices from several groups; a document cohort asks only whether a page says so.
LEVEL_DEFAULTS = {"informant": {}, "document": {"k": 1, "m": 1, "suppress_below": 0}}
