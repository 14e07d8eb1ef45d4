"""What several coders' codings come to, which statements count, and who raised what: small cases worked by hand."""

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casestudy.methods.evidence import (
    OWN_VOICE,
    active_codes,
    assigned,
    eligible,
    evidence_funnel,
    evidence_steps,
    generator,
    heard,
    in_reading,
    left_out,
    raised,
    raised_in,
    report_by_code,
    resolve_codings,
    stated_year,
    statements,
    theme_codes,
    uncoded,
    voices,
)

LOOSE = {"k": 1, "m": 1}
RULES = ("majority", "all", "any", "single", "consensus")
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_by(n, *given, about=()):
    """One segment in a source that `n` coders read; the first ones give it the valences."""
    about = [*about, *[""] * n]
    first = ("north", "n1", "clinicians", "money")
    rows = [(*first, v, {"segment": "a", "coder": f"c{i}", "about_group": about[i]}) for i, v in enumerate(given)]
    return rows, {"assignments": [(f"c{i}", "north-n1") for i in range(n)], "coders": coders(n)}


def coders(n):
    return [(f"c{i}", f"Coder {i}", "human") for i in range(n)]


def valence(cohort, how=None):
    """What the only segment comes to, "" if the code does not stand."""
    return next(iter(resolve_codings(cohort, how)["valence"]), "")


@pytest.mark.parametrize(
    ("readers", "givers", "stands"),
    [(1, 1, True), (2, 1, False), (2, 2, True), (3, 1, False), (3, 2, True), (4, 2, False), (4, 3, True)],
)
def test_resolve_codings_needs_more_than_half_of_the_assigned(make_cohort, readers, givers, stands):
    rows, tables = read_by(readers, *["challenge"] * givers)
    assert (valence(make_cohort(rows, **tables)) == "challenge") is stands


@pytest.mark.parametrize("how", RULES)
@pytest.mark.parametrize("givers", [1, 2, 3])
def test_resolve_codings_by_each_rule(make_cohort, how, givers):
    rows, tables = read_by(3, *["barrier"] * givers)
    needed = {"majority": 2, "consensus": 2, "all": 3, "any": 1, "single": 1}  # c0 is the first coder assigned
    assert (valence(make_cohort(rows, **tables), how) == "barrier") is (givers >= needed[how])


def test_resolve_codings_settles_the_code_first_and_the_valence_second(make_cohort):
    rows, tables = read_by(5, "challenge", "challenge", "strategy")  # 3 of 5 give the code, only 2 of 5 a challenge
    assert valence(make_cohort(rows, **tables)) == "challenge"


@pytest.mark.parametrize(
    "given", [("challenge", "strategy"), ("challenge", "barrier"), ("challenge", "strategy", "neutral")]
)
def test_resolve_codings_calls_a_tie_of_valences_contested(make_cohort, given):
    rows, tables = read_by(3, *given)
    cohort = make_cohort(rows, **tables)
    assert valence(cohort) == "contested" and resolve_codings(cohort)["contested"].tolist() == [True]
    assert not raised(cohort, "difficulty")["raised"].any()
    assert raised(cohort, "documented")["raised"].all()


def test_resolve_codings_does_not_count_a_coder_twice_for_two_passages_of_a_segment(make_cohort):
    at = {"segment": "a", "text": "Money and money.", "coder": "c0"}
    base = ("north", "n1", "clinicians", "money", "challenge")
    rows = [(*base, {**at, "start": 0, "end": 5}), (*base, {**at, "start": 10, "end": 15})]
    _, tables = read_by(2)
    assert valence(make_cohort(rows, **tables)) == ""  # one of two coders, however often
    assert valence(make_cohort(rows, **tables), "any") == "challenge"


def test_resolve_codings_single_uses_the_production_coder(make_cohort):
    rows, tables = read_by(3, "challenge", "barrier", "neutral")
    assert valence(make_cohort(rows, plan={"production_coder": "c2"}, **tables), "single") == "neutral"


def test_resolve_codings_single_uses_the_first_coder_of_each_source(make_cohort):
    rows = [
        ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": "c0"}),
        ("north", "n2", "clinicians", "money", "barrier", {"segment": "b", "coder": "c1"}),
    ]
    tables = {"coders": coders(2), "assignments": [("c0", "north-n1"), ("c1", "north-n1"), ("c1", "north-n2")]}
    found = resolve_codings(make_cohort(rows, **tables), "single")
    assert found["coders"].tolist() == ["c0", "c1"]


CONSENSUS = {"segment": "a", "coder": "c0", "round": "consensus"}


def with_consensus(*extra):
    """Interview n1 was settled together (a strategy), interview n2 was not."""
    settled = ("north", "n1", "clinicians", "money", "strategy", CONSENSUS)
    rows = [("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "coder": c}) for c in ("c0", "c1")]
    rows += [("north", "n2", "clinicians", "money", "barrier", {"segment": "b", "coder": c}) for c in ("c0", "c1")]
    return [*rows, settled, *extra]


def test_resolve_codings_consensus_prefers_the_consensus_round_and_falls_back_elsewhere(make_cohort):
    found = resolve_codings(make_cohort(with_consensus()), "consensus").set_index("segment")["valence"]
    assert found.to_dict() == {"a": "strategy", "b": "barrier"}


def test_resolve_codings_consensus_drops_what_the_coders_took_back(make_cohort):
    taken_back = ("north", "n1", "clinicians", "trust", "challenge", {"segment": "a", "coder": "c0"})
    also = ("north", "n1", "clinicians", "trust", "challenge", {"segment": "a", "coder": "c1"})
    cohort = make_cohort(with_consensus(taken_back, also))
    assert "trust" in resolve_codings(cohort, "majority")["code"].tolist()
    assert "trust" not in resolve_codings(cohort, "consensus")["code"].tolist()


def test_resolve_codings_consensus_does_not_need_its_round_among_the_assignments(make_cohort):
    given = list(product(("c0", "c1"), ("north-n1", "north-n2")))  # round blank = independent
    found = resolve_codings(make_cohort(with_consensus(), assignments=given), "consensus").set_index("segment")
    assert found["valence"].to_dict() == {"a": "strategy", "b": "barrier"}


@pytest.mark.parametrize("how", ["majority", "all", "any", "single"])
def test_resolve_codings_leaves_the_consensus_round_out_of_the_other_rules(make_cohort, how):
    found = resolve_codings(make_cohort(with_consensus()), how).set_index("segment")["valence"]
    assert found.to_dict() == {"a": "challenge", "b": "barrier"}


@pytest.mark.parametrize(
    ("about", "settled"),
    [
        (("patients", "patients", ""), "patients"),
        (("patients", "", ""), ""),
        (("funders;patients", "patients;funders", "funders"), "patients;funders"),  # in declared order
        (("funders", "patients", "funders;clinicians"), "funders"),
    ],
)
def test_resolve_codings_names_whom_a_statement_concerns_by_majority(make_cohort, about, settled):
    rows, tables = read_by(3, *["challenge"] * 3, about=about)
    declared = dict.fromkeys(["clinicians", "patients", "funders"], "")
    cohort = replace(make_cohort(rows, **tables), about_groups=declared)
    assert resolve_codings(cohort)["about_group"].tolist() == [settled]


def test_resolve_codings_counts_the_about_votes_among_those_who_gave_the_code(make_cohort):
    rows, tables = read_by(5, *["challenge"] * 3, about=("patients", "patients"))  # 2 of 3, although 2 of 5 readers
    assert resolve_codings(make_cohort(rows, **tables))["about_group"].tolist() == ["patients"]


def test_resolve_codings_works_where_nobody_names_a_group(make_cohort):
    assert resolve_codings(make_cohort(read_by(1, "challenge")[0]))["about_group"].tolist() == [""]


def test_assigned_without_a_table_takes_who_coded_in_the_source(make_cohort):
    rows, tables = read_by(3, "challenge", "challenge")
    cohort = make_cohort(rows, **{**tables, "assignments": None})
    assert assigned(cohort).values.tolist() == [
        ["c0", "north-n1", "independent"],
        ["c1", "north-n1", "independent"],
    ]
    assert valence(cohort, "all") == "challenge"  # the third is not known to have read it


def test_resolve_codings_of_the_tiny_cohort(tiny):
    found = resolve_codings(tiny).set_index(["segment", "code"])["valence"].to_dict()
    assert found == {
        ("n1-money", "money"): "challenge",
        ("n1-trust", "trust"): "barrier",
        ("n1-meetings", "meetings"): "strategy",
        ("n2-money", "money"): "challenge",
        ("n2-meetings", "meetings"): "contested",
        ("n3-money", "money"): "barrier",
        ("s1-money", "money"): "challenge",
        ("s1-trust", "trust"): "challenge",
        ("s2-money", "money"): "challenge",
        ("s2-meetings", "meetings"): "neutral",
        ("e1-money", "money"): "challenge",
        ("e1-meetings", "meetings"): "facilitator",
        ("e2-money", "money"): "not_here",
        ("e2-trust", "trust"): "strategy",
    }
    places = {segment: n for n, segment in enumerate(tiny.segments["segment"])}
    assert [places[s] for s, _ in found] == sorted(places[s] for s, _ in found)  # in the order of the segments


@quick
@given(votes=st.lists(st.sampled_from(["challenge", "strategy", "not_here", ""]), min_size=1, max_size=5))
def test_resolve_codings_all_implies_majority_implies_any(tiny, votes):
    rows = [("n1-money", "money", f"c{i}", "independent", v) for i, v in enumerate(votes) if v]
    codings = pd.DataFrame(rows, columns=["segment", "code", "coder", "round", "valence"]).assign(about_group="")
    readers = pd.DataFrame([(f"c{i}", "i-n1", "independent") for i in range(len(votes))])
    cohort = tiny.with_tables(codings=codings, assignments=readers.set_axis(["coder", "source", "round"], axis=1))
    n = {how: len(resolve_codings(cohort, how)) for how in ("all", "majority", "any")}
    assert n["all"] <= n["majority"] <= n["any"] == min(len(rows), 1)
    assert n["majority"] == (len(rows) > len(votes) / 2)


# ---- which statements count ---------------------------------------------------------------------------------------

FILTERS = {"scope": ["site"], "basis": ["explicit"], "checked": ["supported", "mended"], "period": "2005-2016"}


def one(make_cohort, *, plan=FILTERS, **cells):
    """A cohort with one sound statement beside one with the given cells; returns whether the latter counts."""
    sound = ("north", "n2", "patients", "money", "challenge", {"checked": "supported"})
    told = ("north", "n1", "clinicians", "money", "challenge", {"checked": "supported", "segment": "a", **cells})
    return "a" in eligible(make_cohort([sound, told], plan=plan))["segment"].tolist()


@pytest.mark.parametrize(
    "cells",
    [
        {"scope": "market"},
        {"scope": "host"},
        {"scope": "programme"},
        {"scope": ""},
        {"basis": "inferred"},
        {"basis": ""},
        {"checked": "not_seen"},
        {"checked": ""},
        {"year": 2004},
        {"year": 2017},
        {"wave": 2},
    ],
)
def test_eligible_leaves_out_what_the_plan_does_not_admit(make_cohort, cells):
    assert not one(make_cohort, **cells)


@pytest.mark.parametrize("cells", [{}, {"checked": "mended"}, {"year": 2005}, {"year": 2016}, {"year": ""}])
def test_eligible_keeps_the_ends_of_the_period_and_the_undated(make_cohort, cells):
    assert one(make_cohort, **cells)


@pytest.mark.parametrize(("column", "cell"), [("scope", "market"), ("basis", "inferred"), ("checked", "not_seen")])
def test_eligible_does_not_filter_on_an_empty_list(make_cohort, column, cell):
    assert one(make_cohort, plan={**FILTERS, column: []}, **{column: cell})


def test_eligible_never_counts_the_interviewer(make_cohort):
    rows = [("north", "n1", "clinicians", "money", "challenge", {"segment": "answer"})]
    question = ("north", "n1", "clinicians", "", "", {"segment": "question", "speaker": "interviewer"})
    assert eligible(make_cohort([*rows, question]))["segment"].tolist() == ["answer"]


@pytest.mark.parametrize(("published", "counts"), [("2003", False), ("2010", True), ("", True)])
def test_stated_year_falls_back_to_the_year_of_the_source(make_cohort, published, counts):
    cohort = make_cohort([("north", "n1", "clinicians", "money", "challenge")], plan={"period": "2005-2016"})
    cohort = cohort.with_tables(sources=cohort.sources.assign(year=pd.array([published or None], dtype="Int64")))
    assert stated_year(cohort).tolist() == [int(published)] if published else stated_year(cohort).isna().all()
    assert (len(eligible(cohort)) == 1) is counts


def test_stated_year_prefers_what_is_stated(make_cohort):
    cohort = make_cohort([("north", "n1", "clinicians", "money", "challenge", {"year": 2010})])
    cohort = cohort.with_tables(sources=cohort.sources.assign(year=pd.array([1999], dtype="Int64")))
    assert stated_year(cohort).tolist() == [2010]


def test_eligible_keeps_advice_tied_to_no_site_outside(make_cohort):
    rows = [
        ("north", "n1", "clinicians", "money", "challenge"),
        ("", "guide", "clinicians", "money", "challenge", {"segment": "advice"}),
    ]
    cohort = make_cohort(rows, evidence_level="document", synthetic=True, sites=["north"])
    assert "advice" not in eligible(cohort)["segment"].tolist() and set(heard(cohort)["site"]) == {"north"}
    assert left_out(cohort)["advice"] == "not tied to a site"


def test_statements_follow_the_site_of_the_segment_not_of_the_source(make_cohort):
    row = ("north", "guide", "clinicians", "money", "challenge", {"source_site": ""})
    cohort = make_cohort([row], evidence_level="document")
    assert cohort.sources["site"].tolist() == [""]
    assert statements(cohort)[["site", "informant"]].values.tolist() == [["north", "guide"]]
    assert raised(cohort)["raised"].tolist() == [True]


def test_left_out_agrees_with_eligible_and_gives_the_first_reason(make_cohort):
    row = ("north", "n1", "clinicians", "money", "challenge", {"segment": "a", "scope": "host", "basis": "inferred"})
    cohort = make_cohort([row, ("north", "n1", "clinicians", "money", "challenge", {"segment": "b"})])
    assert left_out(cohort).to_dict() == {"a": "not scope: site", "b": ""}
    assert eligible(cohort)["segment"].tolist() == ["b"]


def test_evidence_funnel_loses_nothing_unsaid(make_cohort):
    rows = [("north", f"n{i}", "clinicians", "money", "challenge", {"scope": s}) for i, s in enumerate("abc")]
    rows = [(*r[:-1], {"scope": s}) for r, s in zip(rows, ("site", "host", "market"), strict=True)]
    funnel = evidence_funnel(make_cohort(rows)).set_index("step")
    assert funnel.loc["scope: site", ["segments", "left_out"]].tolist() == [1, 2]
    assert funnel["segments"].iloc[0] - funnel["left_out"].sum() == funnel["segments"].iloc[-1] == 1


def test_evidence_steps_name_every_condition_of_the_plan(make_cohort):
    cohort = make_cohort([("north", "n1", "clinicians", "money", "challenge")], plan=FILTERS)
    named = " / ".join(name for name, _ in evidence_steps(cohort))
    for words in ("informant's words", "wave 1", "site", "explicit", "supported or mended", "2005-2016 or undated"):
        assert words in named


# ---- voices -------------------------------------------------------------------------------------------------------

OWN = [
    ("north", "north-alliance", "alliance", "money", "challenge"),
    ("north", "foundation", "funder", "money", "challenge"),
    ("north", "gazette", "news", "money", "challenge"),
]


@pytest.mark.parametrize(("level", "expected"), [("document", 2), ("informant", 3)])
def test_heard_takes_alliance_and_funder_as_one_voice_in_documents_only(make_cohort, level, expected):
    cohort = make_cohort(OWN, evidence_level=level)
    assert len(heard(cohort)) == raised(cohort)["raised"].sum() == expected
    assert heard(cohort)["group"].nunique() == expected


def test_heard_takes_the_funder_as_another_voice_at_another_site(make_cohort):
    elsewhere = ("south", "foundation", "funder", "money", "challenge")
    found = heard(make_cohort([*OWN, elsewhere], evidence_level="document"))
    assert found[["site", "informant"]].values.tolist() == [
        ["north", OWN_VOICE],
        ["north", "gazette"],
        ["south", OWN_VOICE],
    ]


@pytest.mark.parametrize(("level", "expected"), [("informant", ["n1", "n2"]), ("document", ["n1"])])
def test_heard_counts_a_silent_interview_but_not_a_silent_document(make_cohort, level, expected):
    rows = [("north", "n1", "clinicians", "money", "challenge"), ("north", "n2", "clinicians")]
    assert heard(make_cohort(rows, evidence_level=level))["informant"].tolist() == expected


def test_voices_merge_aliases(make_cohort):
    rows = [("north", who, "news", "money", "challenge") for who in ("crains", "crains-detroit")]
    alias = {"informant": "crains-detroit", "same_as": "crains", "reason": "the same newspaper"}
    assert len(heard(make_cohort(rows, evidence_level="document"))) == 2
    merged = make_cohort(rows, evidence_level="document", settings={"aliases": [alias]})
    assert heard(merged)["informant"].tolist() == ["crains"]
    assert raised(merged)["segments"].tolist() == [2]


def test_voices_are_those_of_the_plans_wave(make_cohort):
    rows = [("north", "n1", "clinicians", "money", "challenge", {"wave": w}) for w in (1, 2)]
    cohort = make_cohort([*rows, ("north", "n2", "clinicians", "money", "challenge", {"wave": 2})])
    assert voices(cohort)["informant"].tolist() == ["n1"]
    assert sorted(voices(cohort.with_plan(wave=2))["informant"]) == ["n1", "n2"]
    assert raised(cohort)["segments"].tolist() == [1]


# ---- who raised what ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("j", "expected"), [(1, True), (2, True), (3, False)])
def test_raised_needs_j_segments(make_cohort, j, expected):
    row = ("north", "n1", "clinicians", "money", "challenge")
    assert raised(make_cohort([row, row], plan={"j": j}))["raised"].tolist() == [expected]


def test_raised_counts_segments_not_codings(make_cohort):
    rows, tables = read_by(3, "challenge", "challenge", "challenge")
    assert raised(make_cohort(rows, **tables))["segments"].tolist() == [1]


def test_raised_meets_every_voice_with_every_active_code(tiny):
    grid = raised(tiny)
    assert len(grid) == len(heard(tiny)) * len(active_codes(tiny)) == 7 * 3
    assert not grid.duplicated(["site", "informant", "code"]).any() and grid["could"].all()


def test_raised_leaves_inactive_codes_out(make_cohort):
    book = [{"code": "money", "label": "Money", "kind": "challenge"}]
    book += [{"code": "old", "label": "Old", "kind": "challenge", "active": "no"}]
    cohort = make_cohort([("north", "n1", "clinicians", "money", "challenge")], codebook=book)
    assert active_codes(cohort) == ["money"] and raised(cohort)["code"].tolist() == ["money"]


@pytest.mark.parametrize(
    ("valence", "difficulty", "documented"),
    [
        ("challenge", True, True),
        ("barrier", True, True),
        ("strategy", False, True),
        ("facilitator", False, True),
        ("neutral", False, True),
        ("not_here", False, False),
    ],
)
def test_raised_reads_each_valence(make_cohort, valence, difficulty, documented):
    cohort = make_cohort([("north", "n1", "clinicians", "money", valence)])
    assert raised(cohort, "difficulty")["raised"].tolist() == [difficulty]
    assert raised(cohort, "documented")["raised"].tolist() == [documented]


def test_raised_takes_the_difficulties_from_the_plan(make_cohort):
    cohort = make_cohort([("north", "n1", "clinicians", "money", "barrier")], plan={"valence": ["challenge"]})
    assert not raised(cohort, "difficulty")["raised"].any()


def test_in_reading_refuses_an_unknown_reading(tiny):
    with pytest.raises(ValueError, match="problems"):
        in_reading(pd.Series(["challenge"]), "problems", tiny)


ASKED = {
    "modules": [{"module": "m1", "label": "Money", "codes": "money"}, {"module": "m2", "label": "Other"}],
    "asked": [("north-n1", "m1"), ("north-n1", "m2"), ("north-n2", "m2"), ("north-n3", "m2")],
}


def test_raised_could_only_where_asked_or_raised_unasked(make_cohort):
    rows = [
        ("north", "n1", "clinicians"),  # asked, silent: a no
        ("north", "n2", "clinicians"),  # not asked, silent: could not
        ("north", "n3", "clinicians", "money", "challenge"),  # not asked, spoke unasked
        ("north", "n1", "clinicians", "trust", "challenge"),  # a code that no module covers
    ]
    grid = raised(make_cohort(rows, **ASKED)).set_index(["code", "informant"])
    assert grid.loc["money", "could"].to_dict() == {"n1": True, "n2": False, "n3": True}
    assert grid.loc["money", "raised"].to_dict() == {"n1": False, "n2": False, "n3": True}
    assert grid.loc["trust", "could"].all()


def test_raised_without_asked_takes_everyone_as_asked(make_cohort):
    rows = [("north", "n1", "clinicians"), ("north", "n2", "clinicians", "money", "challenge")]
    cohort = make_cohort(rows, modules=ASKED["modules"])
    assert raised(cohort)["could"].all()


def test_statements_parts_make_the_whole(tiny):
    said, grid = statements(tiny), raised(tiny, "documented")
    documented = said[said["valence"] != "not_here"]
    assert grid["segments"].sum() == len(documented) == 13
    by_site = [len(statements(alone(tiny, site))) for site in tiny.sites["site"]]
    assert sum(by_site) == len(said) == 14


def alone(cohort, site):
    return cohort.with_tables(
        sites=cohort.sites.query("site == @site"), segments=cohort.segments.query("site == @site")
    )


@quick
@given(seed=st.integers(0, 10_000))
def test_statements_do_not_depend_on_the_order_of_rows(tiny, seed):
    mixed = {name: tiny.tables[name].sample(frac=1, random_state=seed) for name in ("codings", "assignments")}
    pd.testing.assert_frame_equal(statements(tiny.with_tables(**mixed)), statements(tiny))


def test_report_by_code_shows_what_counts_and_what_does_not(make_cohort):
    rows = [
        ("south", "s1", "clinicians", "money", "challenge", {"segment": "a"}),
        ("north", "n1", "clinicians", "money", "not_here", {"segment": "b"}),
        ("north", "n1", "clinicians", "money", "challenge", {"segment": "c", "scope": "host"}),
        ("", "n1", "clinicians", "money", "challenge", {"segment": "d", "source": "north-n1"}),
    ]
    report = report_by_code(make_cohort(rows, sites=["north", "south"], evidence_level="document"), "money")
    report["counts"] = report["reason"] == ""
    assert report[["site", "segment", "reason"]].values.tolist() == [
        ["north", "b", ""],
        ["north", "c", "not scope: site"],
        ["south", "a", ""],
        ["", "d", "not tied to a site"],
    ]


def test_theme_codes_keep_the_order_of_the_codebook(tiny):
    cohort = tiny.with_plan(themes={"governance": ("meetings", "money")})
    assert theme_codes(cohort, "governance") == ["money", "meetings"] and theme_codes(cohort, "partners") == []


def test_generator_differs_by_name_and_repeats_by_seed(tiny):
    draw = [generator(tiny, name).random() for name in ("a", "a", "b")]
    assert draw[0] == draw[1] != draw[2]
    assert generator(tiny.with_plan(seed=1), "a").random() != draw[0]


def test_raised_in_gives_both_readings_the_same_who_could(make_cohort):
    """A voice that was not asked and offers a strategy spoke of it: it could have raised the difficulty too."""
    rows = [("north", "n1", "clinicians", "money", "strategy"), ("north", "n2", "clinicians", "trust", "challenge")]
    asked = {"modules": [("m1", "Money", "1", "money")], "asked": [("north-n2", "m1")]}
    tables = raised_in(make_cohort(rows, **asked))
    assert tables["difficulty"]["could"].tolist() == tables["documented"]["could"].tolist()
    assert tables["difficulty"].query("informant == 'n1' and code == 'money'")["could"].item()


def test_uncoded_tells_a_cohort_that_nobody_read_from_one_in_which_nothing_was_found(make_cohort):
    said = [("north", "n1", "payers", "", "", {"segment": "a"})]
    names = {"codes": ["money"], "coders": [("ana", "Ana", "human")]}
    assert uncoded(make_cohort(said, **names)) == "no source of wave 1 was read by a coder"
    assert uncoded(make_cohort(said, **names, assignments=[("ana", "north-n1")])) == ""
