"""`cohort.toml`: reading it, checking its keys and the plan, and the defaults."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from .checks import is_date
from .files import FileFault, decode, read_bytes
from .problems import Problem, nearest
from .schema import FORMAT, PLAN_KEYS, TOML_KEYS, TYPES, Plan
from .schema.plan import ALIAS_KEYS, EVIDENCE_LEVELS, LEVEL_DEFAULTS, QCA_EXPECT, QCA_KEYS, RESOLVE, THEME_KEYS

FILE = "cohort.toml"
CHOICES = {"scope": "scope", "basis": "basis", "checked": "checked", "valence": "valence"}
WITHIN = {
    **dict.fromkeys(("j", "k", "m", "wave"), (1, 999)),
    "B": (100, 1_000_000),
    "seed": (0, 10**9),
    "suppress_below": (0, 999),
}
SHARES = {"ci_level", "alpha_ok", "alpha_min"}
WORDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


def _problem(key: str, value: object, problem: str, fix: str, row: int = 0) -> Problem:
    return Problem(FILE, row, key, "" if value is None else str(value)[:80], problem, fix)


def read_settings(folder: Path) -> tuple[dict, list[Problem]]:
    """Return the content of the folder's `cohort.toml` and the faults of the file itself."""
    try:
        text = decode(read_bytes(folder / FILE), FILE)
        return tomllib.loads(text), []
    except FileFault as fault:
        return {}, [fault.problem]
    except (ValueError, RecursionError) as error:  # beside TOMLDecodeError: numbers too long, lists nested too deep
        line = re.search(r"line (\d+)", str(error))
        said = f"is not valid TOML: {error}"
        fix = "correct the line: texts in double quotes, lists in [ ]"
        return {}, [Problem(FILE, int(line[1]) if line else 0, "", "", said, fix)]


def read_aliases(settings: dict) -> dict[str, str]:
    """Return informant -> the informant it is merged into, from the complete entries under `aliases`."""
    listed = settings.get("aliases")
    entries = [alias for alias in (listed if isinstance(listed, list) else ()) if isinstance(alias, dict)]
    whole = [alias for alias in entries if all(isinstance(alias.get(key), str) and alias[key] for key in ALIAS_KEYS)]
    return {alias["informant"]: alias["same_as"] for alias in whole}


def _type_problem(key: str, value: object, wanted: type) -> list[Problem]:
    fits = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
    fits = fits or (wanted is float and isinstance(value, int) and not isinstance(value, bool))
    return [] if fits else [_problem(key, value, "is of the wrong type", f"write {WORDS[wanted]}")]


def _key_problems(settings: dict) -> Iterator[Problem]:
    for key in sorted(settings.keys() - TOML_KEYS.keys()):
        yield _problem(key, None, "is not a key of cohort.toml", nearest(key, TOML_KEYS))
    for key, (wanted, needed, means) in TOML_KEYS.items():
        if key in settings:
            yield from _type_problem(key, settings[key], wanted)
        elif needed:
            yield _problem(key, None, "key is missing", f"add it: {means}")


def _value_problems(settings: dict) -> Iterator[Problem]:
    if settings.get("format", FORMAT) != FORMAT:
        yield _problem("format", settings["format"], "is another version of the format", f'write "{FORMAT}"')
    level = settings.get("evidence_level", "document")
    if level not in EVIDENCE_LEVELS:
        yield _problem("evidence_level", level, "is not permitted", nearest(level, EVIDENCE_LEVELS))
    title = settings.get("title")
    if settings.get("synthetic") is True and isinstance(title, str) and "synthetic" not in title.lower():
        yield _problem(
            "title",
            settings.get("title"),
            "does not say that the cohort is synthetic",
            "put `synthetic` into it",
        )
    if not re.fullmatch(TYPES["id"][0], str(settings.get("id", "id"))):
        yield _problem("id", settings["id"], "is not an id", f"write {TYPES['id'][1]}")
    if settings.get("groups") == {}:
        yield _problem("groups", None, "is empty", "list the stakeholder groups of the informants: id = label")
    for wave in settings["waves"] if isinstance(settings.get("waves"), list) else ():
        yield from _type_problem("waves", wave, int)
    for name in ("groups", "about_groups"):
        table = settings.get(name, {})
        for key, label in table.items() if isinstance(table, dict) else ():
            if not re.fullmatch(TYPES["id"][0], key) or not isinstance(label, str):
                yield _problem(name, key, "is not an id with a label", f"write {TYPES['id'][1]}")
    aliases = settings.get("aliases", [])
    for alias in aliases if isinstance(aliases, list) else []:
        if not isinstance(alias, dict) or not all(isinstance(alias.get(key), str) and alias[key] for key in ALIAS_KEYS):
            yield _problem("aliases", alias, "is not complete", "write informant, same_as and reason for each alias")
    merged = read_aliases(settings)
    for slug in merged.values():
        if slug in merged:
            said = "is itself merged into another informant"
            yield _problem("aliases", slug, said, f"write `{merged[slug]}` for both")
        if not re.fullmatch(TYPES["id"][0], slug):
            yield _problem("aliases", slug, "is not an id", f"write {TYPES['id'][1]}")


def _plan_key_problems(plan: dict, defaults: Plan) -> Iterator[Problem]:
    for key in sorted(plan.keys() - PLAN_KEYS.keys()):
        yield _problem(f"plan.{key}", None, "is not a key of the plan", nearest(key, PLAN_KEYS))
    for key in ("set", "after_seeing_data"):
        if key not in plan:
            yield _problem(f"plan.{key}", None, "key is missing", f"add it: {PLAN_KEYS[key]}")
    for key in PLAN_KEYS.keys() & plan.keys():
        wanted = type(getattr(defaults, key))
        wanted = list if wanted is tuple else wanted
        yield from _type_problem(f"plan.{key}", plan[key], wanted)


def _is_period(text: str) -> bool:
    return bool(re.fullmatch(r"[12][0-9]{3}-[12][0-9]{3}", text)) and text[:4] <= text[5:]


def _theme_problems(themes: dict) -> Iterator[Problem]:
    for theme, listed in themes.items():
        if theme not in THEME_KEYS:
            yield _problem("plan.themes", theme, "is not a theme", nearest(theme, THEME_KEYS))
        yield from _type_problem(f"plan.themes.{theme}", listed, list)


def _is_anchors(anchors: list) -> bool:
    """Return whether these are three numbers that rise, or three that fall."""
    numbers = [a for a in anchors if isinstance(a, int | float) and not isinstance(a, bool)]
    rising = sorted(set(numbers))
    return len(anchors) == len(rising) == 3 and numbers in (rising, rising[::-1])


def _qca_problems(rules: dict) -> Iterator[Problem]:
    for name, rule in rules.items():
        key = f"plan.qca_rules.{name}"
        yield from _type_problem(key, rule, dict)
        for part, value in rule.items() if isinstance(rule, dict) else ():
            if part not in QCA_KEYS:
                yield _problem(key, part, "is not a key of a rule", nearest(part, QCA_KEYS))
            elif faults := _type_problem(f"{key}.{part}", value, QCA_KEYS[part]):
                yield from faults
            elif part == "expect" and value not in QCA_EXPECT:
                yield _problem(f"{key}.{part}", value, "is not permitted", nearest(value, QCA_EXPECT))
            elif part == "anchors" and not _is_anchors(value):
                yield _problem(f"{key}.{part}", value, "are not anchors", "write three numbers that rise, or that fall")


def _plan_value_problems(plan: dict) -> Iterator[Problem]:
    from .schema import TABLES

    choices = {c.name: c.allowed for t in ("segments", "codings") for c in TABLES[t].columns}
    for key in CHOICES.keys() & plan.keys():
        for value in plan[key] if isinstance(plan[key], list) else ():
            if value not in choices[key]:
                yield _problem(f"plan.{key}", value, "is not permitted", nearest(value, choices[key]))
    if plan.get("resolve", "majority") not in RESOLVE:
        yield _problem("plan.resolve", plan["resolve"], "is not permitted", nearest(plan["resolve"], RESOLVE))
    if plan.get("valence") == []:
        yield _problem("plan.valence", None, "is empty", 'write the valences that make a difficulty, as ["challenge"]')
    for key in WITHIN.keys() & plan.keys():
        least, most = WITHIN[key]
        if isinstance(plan[key], int) and not least <= plan[key] <= most:
            yield _problem(f"plan.{key}", plan[key], "is out of range", f"write a number from {least} to {most}")
    for key in SHARES & plan.keys():
        if isinstance(plan[key], int | float) and not 0 < plan[key] < 1:
            yield _problem(f"plan.{key}", plan[key], "is not between 0 and 1", "write a number such as 0.95")
    period = plan.get("period", "")
    if isinstance(period, str) and period and not _is_period(period):
        yield _problem("plan.period", period, "is not a period", "write it as 2005-2016")
    if isinstance(plan.get("set"), str) and not is_date(plan["set"]):
        yield _problem("plan.set", plan["set"], "is not a date", "write it as 2026-05-31")


def setting_problems(settings: dict) -> Iterator[Problem]:
    """Yield every problem in the keys and values of `cohort.toml`, names of codes and attributes aside."""
    yield from _key_problems(settings)
    yield from _value_problems(settings)
    plan = settings.get("plan")
    if isinstance(plan, dict):
        yield from _plan_key_problems(plan, Plan())
        yield from _plan_value_problems(plan)
        yield from _theme_problems(plan["themes"] if isinstance(plan.get("themes"), dict) else {})
        yield from _qca_problems(plan["qca_rules"] if isinstance(plan.get("qca_rules"), dict) else {})


def _theme_lists(themes: dict) -> dict[str, list]:
    return {theme: listed for theme, listed in themes.items() if isinstance(listed, list)}


def _named(settings: dict) -> list[tuple[str, object, str]]:
    """Return (key, name, column it must be found in) for every name in the plan and the aliases."""
    plan = settings.get("plan") if isinstance(settings.get("plan"), dict) else {}
    themes = plan.get("themes") if isinstance(plan.get("themes"), dict) else {}
    qca = plan.get("qca") if isinstance(plan.get("qca"), list) else []
    rules = plan.get("qca_rules") if isinstance(plan.get("qca_rules"), dict) else {}
    return [
        *((f"plan.themes.{theme}", code, "code") for theme, listed in _theme_lists(themes).items() for code in listed),
        *(("plan.qca", name, "attribute") for name in qca),
        *(("plan.qca_rules", name, "attribute") for name in rules),
        *(("plan.order_by", name, "attribute") for name in [plan.get("order_by")] if name),
        *(("plan.production_coder", name, "coder") for name in [plan.get("production_coder")] if name),
        *(("plan.wave", str(wave), "wave") for wave in [plan.get("wave", 1)] if isinstance(wave, int)),
        *(("aliases", name, "informant") for name in read_aliases(settings)),
    ]


def name_problems(settings: dict, frames: dict, lost: set[str]) -> Iterator[Problem]:
    """Yield every name in the plan and the aliases that the tables do not know; `lost` tables are not asked."""
    coders = "coders" if len(frames["coders"]) else "codings"
    homes = {"code": "codebook", "attribute": "attributes", "coder": coders, "informant": "sources", "wave": "sources"}
    valid = {column: frames[table][column].unique().tolist() for column, table in homes.items()}
    for key, name, column in _named(settings):
        if name not in valid[column] and homes[column] not in lost:
            said = f"is not in {homes[column]}.csv"
            yield _problem(key, name, said, nearest(str(name), valid[column]))


def make_plan(settings: dict) -> Plan:
    """Return the plan of a cohort whose settings have no problem, with defaults by its evidence level."""
    given = {**LEVEL_DEFAULTS[settings["evidence_level"]], **settings["plan"]}
    if settings["evidence_level"] == "informant":  # several readers' consensus needs one segment, one reader two
        given.setdefault("j", 1 if given.get("resolve", "majority") in ("consensus", "majority", "all") else 2)
    types = {f.name: type(getattr(Plan(), f.name)) for f in fields(Plan)}
    given = {key: tuple(value) if types[key] is tuple else value for key, value in given.items()}
    given["themes"] = {theme: tuple(codes) for theme, codes in given.get("themes", {}).items()}
    return Plan(**given)
