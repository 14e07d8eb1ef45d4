"""Types of site, contrasts and groups: floors, exact tests against scipy, and what may not be tested."""

from dataclasses import replace
from math import comb, isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.methods.commonality import presence
from casestudy.methods.comparison import (
    attribute_coverage,
    attribute_table,
    by_group,
    contrast,
    floors,
    stakeholder_mix,
    types_of_site,
    typology,
)
from casestudy.methods.evidence import newcombe

SITES = ("ash", "birch", "cedar", "dogwood", "elm", "fir", "gum")
ATTRIBUTES = [
    {"attribute": "legal", "label": "Legal form", "theme": "governance", "type": "category"}
    | {"allowed": "company;charity;trust"},
    {"attribute": "staff", "label": "Staff", "theme": "leadership", "type": "number"},
]


def facts(values, attribute="legal"):
    """Turn {site: value or {variant: value}} into rows of `site_attributes`."""
    return [
        {"site": site, "attribute": attribute, "variant": variant, "value": value, "basis": "explicit"}
        for site, told in values.items()
        for variant, value in (told.items() if isinstance(told, dict) else [("", told)])
    ]


def sites_of(shares):
    """Four voices per site; shares = {site: (how many raise money, how many raise trust)}."""
    rows = []
    for site, numbers in shares.items():
        for n, group in enumerate(("clinicians", "patients", "clinicians", "patients")):
            rows.append((site, f"{site}{n}", group))
            rows += [
                (*rows[-1], code, "challenge") for code, k in zip(("money", "trust"), numbers, strict=True) if n < k
            ]
    return [row for row in rows if len(row) == 5 or not any(row == other[:3] for other in rows if len(other) == 5)]


SHARES = dict(zip(SITES, [(4, 1), (3, 2), (4, 0), (1, 3), (0, 1), (2, 2), (1, 4)], strict=True))
FORMS = dict(zip(SITES, ["company"] * 3 + ["charity"] * 4, strict=True))


@pytest.fixture
def seven(make_cohort):
    """Seven sites: three companies, four charities."""
    return make_cohort(
        sites_of(SHARES),
        plan={"k": 2, "m": 2},
        attributes=ATTRIBUTES,
        site_attributes=facts(FORMS),
        codes=["money", "trust"],
    )


def with_facts(cohort, rows):
    """Put other facts into a cohort that is at hand."""
    blank = dict.fromkeys(cohort.site_attributes.columns, "") | {"wave": 1}
    table = pd.DataFrame([{**blank, **row} for row in rows]).astype({"wave": "Int64"})
    return cohort.with_tables(site_attributes=table)


@pytest.mark.parametrize(
    ("sides", "one", "two"),
    [((1, 3), 0.25, 0.25), ((2, 2), 0.1667, 0.3333), ((3, 3), 0.05, 0.10), ((7, 7), 0.00029, 0.00058)],
)
def test_floors_are_the_smallest_p(sides, one, two):
    assert floors(*sides) == pytest.approx((one, two), abs=5e-5)


@given(a=st.integers(1, 8), b=st.integers(1, 8))
def test_floors_do_not_depend_on_which_side_is_which(a, b):
    assert floors(a, b) == floors(b, a) == (1 / comb(a + b, a), (2 if a == b else 1) / comb(a + b, a))


@pytest.mark.parametrize(("code", "place"), [("money", 0), ("trust", 1)])
def test_contrast_p_is_that_of_scipys_exact_permutation_test(seven, code, place):
    from scipy.stats import permutation_test

    with_, without = ([SHARES[s][place] / 4 for s in SITES if FORMS[s] == form] for form in ("company", "charity"))
    oracle = permutation_test(
        (with_, without),
        lambda x, y: abs(np.mean(x) - np.mean(y)),
        permutation_type="independent",
        alternative="greater",
        n_resamples=np.inf,
    )
    row = contrast(seven, "legal", reading="difficulty").query("value == 'company' and code == @code").iloc[0]
    assert row["p_site"] == pytest.approx(oracle.pvalue, abs=1e-12)
    assert row["estimate"] == pytest.approx(np.mean(with_) - np.mean(without))
    assert row["n"] == 7 and row["floor"] == 1 / 35


def test_contrast_counts_and_names_both_sides(seven):
    row = contrast(seven, "legal", reading="difficulty").query("value == 'company' and code == 'money'").iloc[0]
    assert (row["sites_with"], row["sites_without"]) == ("Ash; Birch; Cedar", "Dogwood; Elm; Fir; Gum")
    assert (row["present_with"], row["present_without"]) == (3, 1)


def test_contrast_of_a_value_is_the_mirror_of_its_rest(seven):
    by = contrast(seven, "legal").set_index(["value", "reading", "code"])
    company, charity = by.loc["company"], by.loc["charity"]
    assert company["estimate"].to_list() == pytest.approx((-charity["estimate"]).to_list())
    assert company["p_site"].to_list() == pytest.approx(charity["p_site"].to_list())


def test_contrast_adjusts_upwards_and_never_below_the_floor(seven):
    ok = contrast(seven, "legal").query("status == 'ok'")
    assert len(ok) == 8 and (ok["p_adjusted"] >= ok["p_site"]).all()
    assert (ok["p_site"] >= ok["floor"] - 1e-12).all() and (ok["p_adjusted"] <= 1).all()


def test_contrast_adjusted_p_takes_the_largest_difference_over_codes(seven):
    from itertools import combinations

    shares = np.array([SHARES[s] for s in SITES]) / 4
    sides = [np.isin(range(7), chosen) for chosen in combinations(range(7), 3)]
    drawn = [np.abs(shares[side].mean(0) - shares[~side].mean(0)) for side in sides]
    observed = drawn[0]  # the companies are the first three
    expected = [np.mean([d.max() >= o - 1e-12 for d in drawn]) for o in observed]
    found = contrast(seven, "legal", reading="difficulty").query("value == 'company'")
    assert found["p_adjusted"].to_list() == pytest.approx(expected)


def test_contrast_gives_no_interval_and_says_it_is_exploratory(seven):
    table = contrast(seven, "legal")
    assert table[["lo", "hi"]].isna().all(axis=None) and table["method"].str.contains("exploratory").all()


@pytest.mark.parametrize("companies", [0, 1, 2, 5, 6])
def test_contrast_needs_three_sites_a_side(seven, companies):
    values = {site: "company" if n < companies else "charity" for n, site in enumerate(SITES)}
    rows = contrast(with_facts(seven, facts(values)), "legal").query("value == 'company'")
    assert set(rows["status"]) == {"not_assessable"} and rows[["p_site", "p_adjusted"]].isna().all(axis=None)
    why = f"{companies} site.* against {7 - companies}" if companies else "no site of this type"
    assert rows["reason"].str.contains(why).all()
    assert (rows["sites_with"].str.split("; ").map(lambda names: len([n for n in names if n])) == companies).all()


def test_contrast_leaves_sites_without_a_value_out(seven):
    known = {site: form for site, form in FORMS.items() if site != "gum"}
    row = contrast(with_facts(seven, facts(known)), "legal").query("value == 'company'").iloc[0]
    assert row["sites_without"] == "Dogwood; Elm; Fir" and (row["n"], row["floor"]) == (6, 0.1)


def test_contrast_leaves_sites_out_where_nobody_was_heard(seven):
    silent = seven.with_tables(**{t: seven.tables[t].query("site != 'gum'") for t in ("sources", "segments")})
    silent = silent.with_tables(codings=silent.codings[silent.codings["segment"].isin(silent.segments["segment"])])
    row = contrast(silent, "legal").query("value == 'company'").iloc[0]
    assert row["n"] == 6 and "Gum" not in row["sites_without"]


def test_contrast_runs_disputed_facts_both_ways(seven):
    values = {**FORMS, "dogwood": {"a": "company", "b": "charity"}}
    rows = contrast(with_facts(seven, facts(values)), "legal", reading="difficulty")
    rows = rows.query("value == 'company' and code == 'money'").set_index("variant")
    assert rows["sites_with"].to_dict() == {"a": "Ash; Birch; Cedar; Dogwood", "b": "Ash; Birch; Cedar"}
    assert rows["n"].tolist() == [7, 7]


@pytest.mark.parametrize(("second", "named"), [("company", "Ash; Birch; Cedar"), ("charity", "Birch; Cedar")])
def test_contrast_takes_a_site_once_however_many_raters(seven, second, named):
    twice = [{**row, "rater": "ana"} for row in facts(FORMS)] + [{**facts({"ash": second})[0], "rater": "ben"}]
    row = contrast(with_facts(seven, twice), "legal").query("value == 'company'").iloc[0]
    assert (row["sites_with"], row["sites_without"]) == (named, "Dogwood; Elm; Fir; Gum")  # differing: undecided


def test_contrast_of_an_unknown_attribute_is_empty(seven):
    assert contrast(seven, "staff").empty


def test_contrast_uses_the_shares_of_presence(seven):
    shares = presence(seven, "difficulty").set_index(["site", "code"])["estimate"]
    assert shares.loc[("birch", "money")] == 0.75


def test_contrast_draws_when_there_are_too_many_relabellings(seven, monkeypatch):
    import casestudy.methods.comparison as comparison

    exact = contrast(seven, "legal", reading="difficulty").query("value == 'company'")
    for module in (comparison, *vars(comparison).values()):  # wherever the limit lives
        if getattr(module, "EXACT", None) == 20_000:
            monkeypatch.setattr(module, "EXACT", 0)
    drawn, again = (
        contrast(seven.with_plan(B=4000), "legal", reading="difficulty").query("value == 'company'") for _ in range(2)
    )
    assert drawn["p_site"].to_list() == pytest.approx(exact["p_site"].to_list(), abs=0.03)
    assert drawn["p_site"].to_list() == again["p_site"].to_list()
    assert (drawn["p_site"] > 0).all()


# ---- facts --------------------------------------------------------------------------------------------------------


def test_typology_keeps_blanks_and_variants(seven):
    values = {"ash": "company", "birch": {"a": "charity", "b": "trust"}}
    table = typology(with_facts(seven, facts(values)), "governance")
    assert table.groupby("site", sort=False).size().to_dict() == {**dict.fromkeys(SITES, 1), "birch": 2}
    assert table.query("site == 'birch'")["value"].tolist() == ["charity", "trust"]
    blank = table[table["value"] == ""]
    assert len(blank) == 5 and set(blank["status"]) == {"not_assessable"}
    assert set(blank["reason"]) == {"not documented in the sources read"}


def test_typology_keeps_to_the_plans_wave(seven):
    later = [{**row, "wave": 2} for row in facts({"ash": "trust"})]
    table = with_facts(seven, facts({"ash": "company"}) + later)
    table = table.with_tables(site_attributes=table.site_attributes.assign(wave=[1, 2]))
    assert typology(table).query("site == 'ash' and attribute == 'legal'")["value"].tolist() == ["company"]


@given(forms=st.lists(st.sampled_from(["company", "charity", "trust", ""]), min_size=7, max_size=7))
def test_types_of_site_add_up_to_the_number_of_sites(forms):
    table = types_of_site(bare({s: f for s, f in zip(SITES, forms, strict=True) if f}), "governance")
    assert table["value"].tolist() == ["company", "charity", "trust", ""]  # declared order, then blank
    assert table["sites"].tolist() == [forms.count(v) for v in table["value"]]
    assert table["sites"].sum() == 7 and (table["n"] == 7).all()


def bare(values):
    """Return as much of a cohort as the facts need."""
    from types import SimpleNamespace

    names = {"site": SITES, "name": [s.capitalize() for s in SITES]}
    columns = ["site", "attribute", "wave", "variant", "value", "basis", "year", "source_refs", "note"]
    rows = [{**dict.fromkeys(columns, ""), "wave": 1, **row} for row in facts(values)]
    return SimpleNamespace(
        sites=pd.DataFrame(names),
        attributes=pd.DataFrame(ATTRIBUTES).fillna(""),
        site_attributes=pd.DataFrame(rows, columns=columns),
        plan=SimpleNamespace(wave=1),
    )


def test_types_of_site_count_a_disputed_site_under_each_value():
    table = types_of_site(bare({"ash": "company", "birch": {"a": "company", "b": "charity"}}), "governance")
    table = table.set_index("value")
    assert table["sites"].to_dict() == {"company": 2, "charity": 1, "trust": 0, "": 5}
    assert table["disputed"].to_dict() == {"company": "Birch", "charity": "Birch", "trust": "", "": ""}
    assert table.loc["company", "names"] == "Ash; Birch"


def test_types_of_site_without_categories_is_empty():
    assert types_of_site(bare(FORMS), "leadership").empty


def test_attribute_coverage_counts_sites_not_rows():
    table = attribute_coverage(bare({"ash": "company", "birch": {"a": "company", "b": "charity"}})).set_index(
        "attribute"
    )
    assert table.loc["legal", ["sites", "n", "disputed"]].tolist() == [2, 7, 1]
    assert table.loc["staff", ["sites", "n", "disputed"]].tolist() == [0, 7, 0]


def test_attribute_table_keeps_every_site_and_both_variants():
    cohort = bare({"ash": "company", "birch": {"a": "company", "b": "charity"}})
    table = attribute_table(cohort, "governance")
    assert table.index.tolist() == [s.capitalize() for s in SITES]
    assert table["Legal form"].tolist()[:3] == ["company", "a: company; b: charity", ""]
    cohort.site_attributes = cohort.site_attributes.assign(basis="inferred")
    assert attribute_table(cohort, "governance").columns.empty  # a category that we concluded is not their wording


# ---- groups -------------------------------------------------------------------------------------------------------


def crossed(told):
    """Make statements from {site: {group: (raise money, stay silent)}}."""
    for site, groups in told.items():
        for group, (yes, no) in groups.items():
            yield from ((site, f"{site}-{group}{n}", group, "money", "challenge") for n in range(yes))
            yield from ((site, f"{site}-{group}{n + yes}", group) for n in range(no))


def test_by_group_permutes_within_sites(make_cohort):
    # ash raises all and is mostly clinicians, birch raises nothing and is mostly patients: the site explains it all
    told = {"ash": {"clinicians": (8, 0), "patients": (2, 0)}, "birch": {"clinicians": (0, 2), "patients": (0, 8)}}
    table = by_group(make_cohort(crossed(told))).set_index("group")
    assert table["estimate"].to_dict() == pytest.approx({"clinicians": 0.6, "patients": -0.6})
    assert (table["p"] == 1).all() and (table["p_adjusted"] == 1).all()


def test_by_group_finds_a_planted_difference(make_cohort):
    told = {s: {"clinicians": (6, 0), "patients": (0, 6)} for s in ("ash", "birch")}
    table = by_group(make_cohort(crossed(told)))
    assert (table["p_adjusted"] < 0.01).all()
    assert (table[["p", "p_adjusted"]] >= 1 / 2001).all(axis=None)  # never 0: the observed labelling is one of them


def test_by_group_gives_counts_with_their_denominators(make_cohort):
    told = {"ash": {"clinicians": (2, 1), "patients": (1, 2)}, "birch": {"clinicians": (0, 1), "patients": (1, 0)}}
    table = by_group(make_cohort(crossed(told))).set_index("group")
    assert table[["raised", "could", "n"]].to_dict("index") == {
        "clinicians": {"raised": 2, "could": 4, "n": 8},
        "patients": {"raised": 2, "could": 4, "n": 8},
    }
    assert table["sites"].to_dict() == {"clinicians": "ash", "patients": "ash;birch"}


def test_by_group_p_against_enumeration_of_one_small_site(make_cohort):
    table = by_group(make_cohort(crossed({"ash": {"clinicians": (3, 0), "patients": (0, 3)}}), plan={"B": 20_000}))
    assert table["p"].to_list() == pytest.approx([0.1, 0.1], abs=0.01)  # 2 of the 20 labellings are as extreme


def test_by_group_same_seed_same_numbers(make_cohort):
    told = {"ash": {"clinicians": (3, 2), "patients": (1, 4)}}
    cohort = make_cohort(crossed(told))
    pd.testing.assert_frame_equal(by_group(cohort), by_group(cohort))
    other = by_group(cohort.with_plan(seed=1))
    assert (other["p"] != by_group(cohort)["p"]).any()
    assert other["p"].to_list() == pytest.approx(by_group(cohort)["p"].to_list(), abs=0.08)


def test_by_group_does_not_test_groups_under_three_voices(make_cohort):
    told = {"ash": {"clinicians": (3, 1), "patients": (1, 3), "payers": (2, 0)}}
    table = by_group(make_cohort(crossed(told))).set_index("group")
    assert table["status"].to_dict() == {"clinicians": "ok", "patients": "ok", "payers": "not_assessable"}
    assert table.loc["payers", ["p", "p_adjusted"]].isna().all() and table.loc["payers", "could"] == 2
    assert table.loc["payers", "reason"].startswith("fewer than 3 voices")


def test_by_group_with_one_group_says_so(make_cohort):
    table = by_group(make_cohort(crossed({"ash": {"clinicians": (3, 1)}})))
    assert set(table["status"]) == {"not_assessable"} and table["p"].isna().all()
    assert set(table["reason"]) == {"1 stakeholder group heard: nothing to compare"}


def test_by_group_does_not_test_a_code_that_only_one_group_was_asked(make_cohort):
    rows = list(crossed({"ash": {"clinicians": (2, 2), "patients": (0, 4)}}))
    asked = [(f"ash-ash-clinicians{n}", "m") for n in range(4)]
    modules = [{"module": "m", "label": "M", "codes": "money"}]
    spoken = ("ash", "ash-patients0", "patients", "trust", "challenge")
    table = by_group(make_cohort([*rows, spoken], modules=modules, asked=asked)).query("code == 'money'")
    assert table["p"].isna().all() and set(table["status"]) == {"not_assessable"}


def test_by_group_takes_those_who_could_not_as_missing_not_as_no(make_cohort):
    rows = list(crossed({"ash": {"clinicians": (3, 1), "patients": (0, 4)}}))
    asked = [
        (f"ash-ash-{g}{n}", "m") for g, n in (("clinicians", 3), ("patients", 0), ("patients", 1), ("patients", 2))
    ]
    modules = [{"module": "m", "label": "M", "codes": "money"}]
    table = by_group(make_cohort(rows, modules=modules, asked=asked)).set_index("group")
    assert table["could"].to_dict() == {"clinicians": 4, "patients": 3}
    assert table.loc["clinicians", "estimate"] == pytest.approx(0.75)


def test_by_group_about_counts_statements_and_keeps_zeros(make_cohort):
    rows = [
        ("ash", "n1", "clinicians", "money", "challenge", {"about_group": "patients;payers"}),
        ("birch", "n2", "clinicians", "money", "challenge", {"about_group": "patients"}),
        ("birch", "n2", "clinicians", "money", "challenge"),
        ("birch", "n2", "clinicians", "trust", "strategy", {"about_group": "patients"}),
    ]
    table = by_group(make_cohort(rows), by="about").set_index(["code", "about_group"])
    assert table.loc["money", "statements"].to_dict() == {"clinicians": 0, "patients": 2, "payers": 1}
    assert table.loc["money", "estimate"].to_list() == pytest.approx([0, 2 / 3, 1 / 3])
    assert table.loc[("money", "patients"), "sites"] == "ash;birch"
    assert set(table.loc["trust", "status"]) == {"not_assessable"} and table.loc["trust", "estimate"].isna().all()
    assert table.loc["trust", "reason"].iloc[0] == "no statement of difficulty under this code"


def test_by_group_keeps_the_declared_order_of_groups(make_cohort):
    cohort = make_cohort(crossed({"ash": {"patients": (3, 1), "clinicians": (1, 3)}}))
    cohort = replace(cohort, groups={"clinicians": "Clinicians", "patients": "Patients"})
    assert by_group(cohort)["group"].tolist() == ["clinicians", "patients"]


def test_newcombe_gives_the_worked_example():
    """20 of 33 against 5 of 35 (R; Newcombe 1998, method 10)."""
    assert newcombe(20, 33, 5, 35, 0.95) == pytest.approx((0.2365, 0.6308), abs=5e-5)
    assert all(isnan(x) for x in newcombe(1, 2, 0, 0, 0.95))


def two_sides(make_cohort, high, low, group=lambda n: "clinicians"):
    """Three sites a side of six voices, of whom `high` raise money on one side and `low` on the other."""
    rows = [
        (f"{side}{site}", f"{side}{site}v{n}", group(n), *(("money", "challenge") if n < raisers else ()))
        for side, raisers in (("a", high), ("b", low))
        for site in range(3)
        for n in range(6)
    ]
    cohort = make_cohort(rows)
    facts = [(site, "kind", site[0]) for site in cohort.sites["site"]]
    return with_types(cohort, facts)


def with_types(cohort, facts):
    """Give sites a category attribute; facts are (site, attribute, value)."""
    book = dict.fromkeys(cohort.attributes.columns, "") | {"attribute": "kind", "label": "Kind", "theme": "governance"}
    attributes = pd.DataFrame([book | {"type": "category", "allowed": "a;b"}])
    blank = dict.fromkeys(cohort.site_attributes.columns, "")
    rows = [blank | {"site": s, "attribute": a, "wave": 1, "value": v} for s, a, v in facts]
    return cohort.with_tables(attributes=attributes, site_attributes=pd.DataFrame(rows))


def test_contrast_answers_for_given_sites_and_for_drawn_ones(make_cohort):
    """With three sites a side the sites cannot give p < .10, however clear the voices are."""
    row = contrast(two_sides(make_cohort, 5, 1), "kind", reading="difficulty").query("code == 'money'").iloc[0]
    assert row["voices_difference"] == pytest.approx(15 / 18 - 3 / 18)
    assert row["p_voices"] < 0.01 and row["p_site"] == pytest.approx(row["floor"]) == pytest.approx(0.1)
    assert row["voices_lo"] > 0


def test_contrast_of_voices_is_blind_to_a_difference_between_groups(make_cohort):
    """Plans raise money and are heard on one side only: within a group nothing differs."""
    rows = [(f"a{s}", f"a{s}v{n}", "plans", "money", "challenge") for s in range(3) for n in range(3)]
    rows += [(f"b{s}", f"b{s}v{n}", "clinicians") for s in range(3) for n in range(3)]
    cohort = make_cohort(rows)
    cohort = with_types(cohort, [(site, "kind", site[0]) for site in cohort.sites["site"]])
    row = contrast(cohort, "kind", reading="difficulty").query("code == 'money'").iloc[0]
    assert isnan(row["p_voices"]) and row["voices_difference"] == 1


def test_stakeholder_mix_of_known_sites(make_cohort):
    rows = [("north", f"n{n}", group) for n, group in enumerate(["plans", "plans", "clinicians", "clinicians"])]
    rows += [("south", "s1", "plans", "money", "challenge")]
    mix = stakeholder_mix(make_cohort(rows, sites=["north", "south", "none"])).set_index("site")
    assert mix.loc["north", ["blau", "effective_groups", "largest_share"]].tolist() == pytest.approx([0.5, 2, 0.5])
    assert mix.loc["south", ["blau", "effective_groups"]].tolist() == [0, 1]
    assert mix.loc["none", "status"] == "not_assessable"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("by", ["source", "about"])
def test_by_group_stands_a_cohort_in_which_nobody_raises_anything(make_cohort, by):
    people = [("north", f"{group}{n}", group) for group in ("payers", "patients") for n in range(3)]
    rows = [(*person, "money", "strategy") for person in people]
    table = by_group(make_cohort(rows), by)
    assert set(table["sites"]) <= {""}
