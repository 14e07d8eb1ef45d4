"""Figures, sentences and tables on alignment: they say what the tables say, and leave text of the data literal."""

from dataclasses import replace

import pytest
from looking import texts, tick_labels

from casestudy import load_cohort, load_reference
from casestudy.methods import alignment as al
from casestudy.report import alignment_plots as plots
from casestudy.report import alignment_words as words
from casestudy.report import factor_words
from casestudy.report.planted import planted_section
from casestudy.report.planted import surveyed as planted

HOSTILE = "<script>x</script> | `y` $a_b$ [c](d) *e*"


@pytest.fixture(scope="module")
def surveyed():
    return load_cohort("alignment-teaching").with_plan(B=200)


@pytest.fixture(scope="module")
def ends(surveyed):
    return al.extremes(al.alignment_index(surveyed))


@pytest.fixture(scope="module")
def hostile(surveyed):
    """Return the cohort with names, labels, groups and questions that would be markup, were they not escaped."""
    sites = surveyed.sites.assign(name=HOSTILE + surveyed.sites["site"])
    factors = surveyed.factors.assign(label=HOSTILE + surveyed.factors["factor"])
    items = surveyed.survey_items.assign(text=HOSTILE + surveyed.survey_items["item"])
    groups = {group: HOSTILE + group for group in surveyed.groups}
    return replace(surveyed.with_tables(sites=sites, factors=factors, survey_items=items), groups=groups)


def said(cohort):
    """Return every sentence of the notebook on a cohort."""
    index, classes = al.alignment_index(cohort), al.classify_factors(cohort)
    reliability = al.scale_reliability(cohort)
    return [
        words.response_in_words(al.frame_rates(cohort), cohort),
        words.scale_in_words(reliability, cohort),
        words.aggregation_in_words(al.aggregation(cohort), al.aggregation_overall(cohort), cohort, reliability),
        words.index_in_words(al.extremes(index), cohort),
        words.variants_in_words(al.index_variants(cohort)),
        words.stability_in_words(al.rank_stability(cohort), al.leave_out(cohort), cohort),
        factor_words.factors_in_words(classes),
        factor_words.gradient_in_words(al.factor_gradient(cohort), classes, cohort),
    ]


# ---- sentences ----------------------------------------------------------------------------------------------------


def test_every_sentence_is_one_reason_where_there_is_no_survey(tiny):
    assert all(text.startswith("Not assessable: ") and text.count("\n") == 0 for text in said(tiny))


def test_sentences_make_text_of_the_data_literal(hostile):
    for text in said(hostile):
        bare = text.replace("\\<", "").replace("\\`", "").replace("\\[", "").replace("\\$", "").replace("\\|", "")
        assert not {"<", "`", "[", "$", "|"} & set(bare), text


def test_response_in_words_counts_and_says_what_is_not_known(surveyed):
    told = words.response_in_words(al.frame_rates(surveyed), surveyed)
    assert "**816 respondents** at 14 sites" in told and "53% of 1528 invited" in told and "Consumers (42%)" in told
    bare = surveyed.with_tables(survey_frame=surveyed.survey_frame.iloc[:0])
    assert "nobody can say who is missing" in words.response_in_words(al.frame_rates(bare), bare)
    careful = surveyed.with_plan(suppress_below=6)
    assert "fewer than 6 respondents: such cells must not be" in words.response_in_words(
        al.frame_rates(careful), careful
    )


def test_scale_in_words_warns_of_items_that_measure_no_one_thing():
    cohort = load_cohort("teaching").with_plan(B=100)
    loose, firm = "The items do not hang together", "the mean measures one thing"
    told = said(cohort)
    assert loose in told[1] and "below 0.50, a cut of our own" in told[1] and firm not in told[1]
    assert told[2].startswith("rwg and ICC presuppose that the items are one scale, which these are not")
    assert "enough to tell" not in told[2] and "enough to tell" not in told[3]


def test_no_sentence_or_table_orders_the_sites_by_items_that_measure_no_one_thing():
    cohort = load_cohort("teaching").with_plan(B=100)
    told, why = said(cohort), "Not assessable: the items measure no one thing: alpha within sites is "
    assert [t.replace("\\", "").startswith(why) for t in (told[3], told[5])] == [True, True]
    assert told[4] == "Not assessable: there is no order of sites."
    assert words.variants_table(al.index_variants(cohort), cohort).empty
    assert plots.plot_index(al.extremes(al.alignment_index(cohort)), {}, "index") is None


def test_items_for_reading_leave_no_gap_unsaid(surveyed):
    loose = words.items_for_reading(al.item_table(load_cohort("teaching")))
    assert set(loose["loading"]) == {"not fitted"}
    same = surveyed.survey_responses
    same = same.assign(value=same["value"].mask(same["item"] == "same_aims", 4.0))
    table = words.items_for_reading(al.item_table(surveyed.with_tables(survey_responses=same)))
    assert table["loading"].iloc[0] == "" and float(table["loading"].iloc[1]) > 0.5


def test_aggregation_in_words_leads_with_no_yardstick(surveyed):
    told = said(surveyed)[2]
    assert "at **14, 5 or 1 of 14 sites**, by the yardstick: rwg of 0.70" in told
    assert "reading (uniform)" in words.sites_for_reading(al.aggregation(surveyed), surveyed)


def test_scale_in_words_names_the_scale_that_the_index_rests_on(surveyed):
    items = surveyed.survey_items
    two = surveyed.with_tables(survey_items=items.assign(scale=["one"] * 3 + ["two"] * 3))
    told = words.scale_in_words(al.scale_reliability(two), two)
    assert told.count("Scale *") == 2 and "rests on the first scale, *one*" in told


def test_aggregation_in_words_warns_of_pseudo_agreement(surveyed):
    people = surveyed.survey_respondents
    mixed = people.assign(site=[surveyed.sites["site"][n % 14] for n in range(len(people))])
    cohort = surveyed.with_tables(survey_respondents=mixed)
    assert "pseudo-agreement" in said(cohort)[2] or "Below 0" in said(cohort)[2]
    assert "pseudo" not in said(surveyed)[2]


def test_index_in_words_names_the_ends_in_order(surveyed):
    told = said(surveyed)[3]
    assert told.index("Ginkgo") < told.index("Willow") < told.index("Spruce") < told.index("Hazel")
    assert "a quarter, rounded down, is 3" in told


def test_index_in_words_names_sites_left_out(surveyed):
    people = surveyed.survey_respondents
    some = people[~people["site"].isin(["oak"])]
    some = some[(some["site"] != "fir") | (some.groupby("site").cumcount() < 3)]
    told = said(surveyed.with_tables(survey_respondents=some))[3]
    assert "Too few answers to be called an extreme: Fir" in told and "Nobody answered at Oak" in told
    assert "Of 12 sites" in told


def test_stability_in_words_names_what_changes_the_ends(surveyed, ends):
    left = al.leave_out(surveyed)
    left.loc[0, ["same", "kept"]] = [False, 5]
    told = words.stability_in_words(al.rank_stability(surveyed), left, surveyed)
    assert "they change without the item “Those who sit" in told and "(5 of 6 stay)".replace("(", "\\(")[:5] in told


def test_factors_in_words_gives_the_floor_and_what_trying_many_does(surveyed):
    told = said(surveyed)[6]
    assert "**Distinguishing** (5)" in told and "**Common** (3)" in told
    assert "no p below 0.050" in told and "times the number tried: 0.40" in told


def reversed_trust(cohort):
    """Return the cohort with a factor that every site below the middle of the index has, and no other."""
    place = al.alignment_index(cohort).set_index("site")["place"]
    rows = cohort.site_factors
    low = rows["site"].map(place).gt(7).map({True: "3", False: "0"})
    return cohort.with_tables(site_factors=rows.assign(strength=rows["strength"].mask(rows["factor"] == "trust", low)))


def test_factors_in_words_name_the_direction_of_what_is_more_at_the_least_aligned(surveyed):
    cohort = reversed_trust(surveyed)
    kinds, gradient = al.classify_factors(cohort), al.factor_gradient(cohort)
    told = factor_words.factors_in_words(kinds)
    assert "**Distinguishing** (5)" in told and "**Distinguishing, more at the least aligned** (1): Trust" in told
    assert factor_words.factors_table(kinds).loc["Trust among members", "class"].endswith("more at the least aligned")
    assert "Trust among members \\(falls\\)" in factor_words.gradient_in_words(gradient, kinds, cohort)
    assert kinds.set_index("factor").loc["trust", "p"] == 1


# ---- tables -------------------------------------------------------------------------------------------------------


def test_response_table_keeps_declared_order_and_blanks(surveyed):
    rates = al.frame_rates(surveyed)
    table = words.response_table(rates[(rates["site"] != "elm") | (rates["group"] != "plan")], surveyed)
    assert table.index.tolist() == surveyed.sites["name"].tolist()
    assert table.columns.tolist() == list(surveyed.groups.values())
    assert table.iloc[0].tolist() == ["11 of 18", "", "10 of 21", "10 of 29", "11 of 15"]


def test_variants_table_stands_in_the_order_of_the_index(surveyed):
    table = words.variants_table(al.index_variants(surveyed), surveyed)
    assert table["groups"].tolist() == [str(n) for n in range(1, 15)] and table.shape == (14, 6)


def test_firmness_table_never_shows_a_p_of_0(surveyed):
    cohort = surveyed.with_plan(B=2000)
    table = factor_words.firmness_table(al.factor_gradient(cohort), al.factor_stability(cohort), cohort)
    assert "< 0.001" in set(table["p adjusted"]) and not table["p adjusted"].str.startswith("0.000").any()
    assert table["raters differ at"].tolist().count("") == 6


def test_factor_sides_hold_strength_and_statements(surveyed):
    sides = factor_words.factor_sides(surveyed)
    assert len(sides) == 14 * 8 and sides["strength"].notna().all()
    cell = sides.set_index(["site", "factor"]).loc[("elm", "history_of_collaboration")]
    assert cell["strength"] == 0 and cell["difficulty"] == 1 and cell["segments"].startswith("elm-")


def test_sides_table_sets_barriers_beside_strategies(surveyed, ends):
    table = factor_words.sides_table(surveyed, ends)
    assert table["sites"].tolist() == ["most aligned", "least aligned"] * 8
    assert table.iloc[0, 1] == "" and "Elm Alliance (synthetic) 1" in table.iloc[1, 1]


def test_sides_table_is_empty_where_no_factor_is_a_code(surveyed, ends):
    other = surveyed.with_tables(factors=surveyed.factors.assign(factor="f" + surveyed.factors["factor"]))
    assert factor_words.sides_table(other, ends).empty


def test_published_factors_stand_beside_ours_by_name(surveyed):
    table = factor_words.published_factors(surveyed, load_reference(), al.classify_factors(surveyed))
    assert table["published"].value_counts().to_dict() == {"distinguishing": 5, "common": 3, "umbrella": 1}
    known = table[table["here"] != ""]
    assert (known["published"] == known["here"]).all() and len(known) == 8


def test_published_factors_have_no_counterpart_in_another_cohort(tiny):
    table = factor_words.published_factors(tiny, load_reference(), al.classify_factors(tiny))
    assert len(table) == 9 and set(table["here"]) == {""}


# ---- figures ------------------------------------------------------------------------------------------------------


def test_plot_index_puts_the_highest_first_and_marks_the_ends(surveyed, ends):
    names = words.names_of(surveyed)
    ax = plots.plot_index(ends, names, "index").axes[0]
    assert tick_labels(ax.yaxis)[0].startswith("Ginkgo") and tick_labels(ax.yaxis)[-1].startswith("Hazel")
    assert [line.get_marker() for line in ax.lines] == ["^", "o", "v"]
    assert [len(line.get_xdata()) for line in ax.lines] == [3, 8, 3]
    told = plots.describe_index(ends, names)
    assert told.count("most aligned") == told.count("least aligned") == 3 and told.count(";") == 13


def test_plot_ranks_frames_the_ends_and_leaves_nothing_blank_but_never(surveyed, ends):
    shares, names = al.rank_probabilities(surveyed), words.names_of(surveyed)
    ax = plots.plot_ranks(shares, ends, names).axes[0]
    blank = [text for text in texts(ax) if text == ""]
    assert len(blank) == (shares == 0).to_numpy().sum() and "0" not in texts(ax)
    assert [line.get_xdata()[0] for line in ax.lines[::2]] == [3, 11]
    assert plots.describe_ranks(shares, names).count(";") == 13


def test_plot_factors_has_a_panel_for_each_end(surveyed, ends):
    strength, labels = al.strengths(surveyed), factor_words.labels_of(surveyed)
    fig = plots.plot_factors(strength, ends, words.names_of(surveyed), labels)
    assert [ax.get_title() or ax.get_title("left") for ax in fig.axes] == ["Most aligned", "Between", "Least aligned"]
    assert sum(len(texts(ax)) for ax in fig.axes) == 14 * 8
    told = plots.describe_factors(strength, ends, labels, al.PRESENT)
    assert "History of collaboration: most aligned 3 of 3, between 3 of 8, least aligned 1 of 3" in told


def test_plot_factors_leaves_a_site_that_nobody_judged_without_a_number(surveyed, ends):
    strength = al.strengths(surveyed)
    strength.loc["trust", "elm"] = float("nan")
    fig = plots.plot_factors(strength, ends, words.names_of(surveyed), factor_words.labels_of(surveyed))
    assert sum(text != "" for ax in fig.axes for text in texts(ax)) == 14 * 8 - 1


def test_figures_of_nothing_are_none(tiny):
    ends, names = al.extremes(al.alignment_index(tiny)), words.names_of(tiny)
    assert plots.plot_index(ends, names, words.index_label(tiny)) is None
    assert plots.plot_ranks(al.rank_probabilities(tiny), ends, names) is None
    assert plots.plot_factors(al.strengths(tiny), ends, names, {}) is None
    assert plots.describe_index(ends, names) == "No index."


def test_figures_draw_hostile_names_as_text(hostile, tmp_path):
    ends, names, labels = (
        al.extremes(al.alignment_index(hostile)),
        words.names_of(hostile),
        factor_words.labels_of(hostile),
    )
    for fig in (
        plots.plot_index(ends, names, words.index_label(hostile)),
        plots.plot_ranks(al.rank_probabilities(hostile), ends, names),
        plots.plot_factors(al.strengths(hostile), ends, names, labels),
    ):
        fig.savefig(tmp_path / "figure.png")
        assert any(r"\$a_b\$" in label for ax in fig.axes for label in tick_labels(ax.yaxis))


def test_plot_index_names_ties(surveyed):
    index = al.alignment_index(surveyed)
    index.loc[index["place"] == 4, "estimate"] = index.loc[index["place"] == 3, "estimate"].iloc[0]
    tied = al.extremes(index)
    assert "equal at a cut" in plots.plot_index(tied, words.names_of(surveyed), "index").axes[0].get_xlabel()
    assert "narrower interval decides" in words.index_in_words(tied, surveyed)


# ---- planted ------------------------------------------------------------------------------------------------------


def same(rows):
    return [row.same for row in rows]


def changed_key(cohort, **keys):
    """Return the cohort with an answer key in which tables are replaced; a cohort is frozen, so by a subclass."""

    class Keyed(type(cohort)):
        def truth(self, name):
            return keys[name].copy() if name in keys else super().truth(name)

    return Keyed(**{field: getattr(cohort, field) for field in cohort.__dataclass_fields__})


@pytest.mark.parametrize(
    ("finder", "table", "line", "column", "value"),
    [
        (planted.directions, "items", 0, "reverse", "yes"),
        (planted.item_loadings, "items", 0, "loading", "30"),
        (planted.extremes, "sites", 0, "extreme", ""),
        (planted.factor_classes, "factors", 0, "class", "common"),
    ],
)
def test_finder_finds_what_is_planted_and_misses_what_is_not(surveyed, finder, table, line, column, value):
    rows, key = finder(surveyed), surveyed.truth(table)
    key.loc[line, column] = value
    assert rows and all(same(rows)) and same(finder(changed_key(surveyed, **{table: key}))).count(False) == 1


def test_planted_section_counts_every_finding(surveyed):
    section = planted_section(surveyed, "09")
    assert "**17 of 17** planted findings" in section and section.count("| yes |") == 17


@pytest.mark.parametrize(
    "finder", [planted.directions, planted.item_loadings, planted.extremes, planted.factor_classes]
)
def test_finder_of_a_cohort_without_such_a_key_finds_nothing(finder, tiny):
    assert finder(tiny) == [] == finder(load_cohort("teaching"))


def test_planted_section_makes_text_of_the_data_literal(hostile):
    rows = [line for line in planted_section(hostile, "09").splitlines() if line.startswith("| ")]
    bare = [line.replace("\\|", "").replace("\\<", "").replace("\\`", "").replace("\\[", "") for line in rows]
    assert {line.count("|") for line in bare} == {5} and not [line for line in bare if {"<", "`", "["} & set(line)]


def test_directions_are_told_from_the_answers_not_from_the_table(surveyed):
    plain = surveyed.with_tables(survey_items=surveyed.survey_items.assign(reverse="no"))
    assert same(planted.directions(plain)) == [True] and False in same(planted.item_loadings(plain))
