"""What is shown of pairs and links: sentences that say none when there is none, figures with what they leave out."""

import numpy as np
import pandas as pd
import pytest

from casestudy import load_cohort
from casestudy.methods.cooccurrence import (
    edges,
    interdependence,
    links,
    overlaps,
    pair_stability,
    published_links,
)
from casestudy.methods.evidence import active_codes
from casestudy.report import cooccurrence_plots as plots
from casestudy.report import cooccurrence_words as words

HOSTILE = "<b>x</b> | `y` [a](b) $z$"


class Shown:
    """Everything that notebook 08 computes on a cohort."""

    def __init__(self, name, cohort=None):
        self.cohort = cohort or load_cohort(name).with_plan(B=99)
        self.found, self.stability = interdependence(self.cohort), pair_stability(self.cohort)
        self.voices, self.over = interdependence(self.cohort, level="informant"), overlaps(self.cohort)
        self.stated = links(self.cohort, self.found)
        self.published = published_links(self.cohort, self.found)
        self.firm = edges(self.found, self.stability, self.cohort)
        self.labels = self.cohort.codebook.set_index("code")["label"].to_dict()
        self.codes = active_codes(self.cohort, "challenge")

    def pairs(self):
        return words.pairs_in_words(self.found, self.stability, self.cohort)

    def told(self):
        return [
            words.segments_in_words(self.cohort),
            self.pairs(),
            words.informants_in_words(self.voices, self.cohort),
            words.passages_in_words(self.over, self.found, self.cohort),
            words.links_in_words(self.stated, self.cohort),
            words.published_in_words(self.published, self.found, self.cohort),
        ]


@pytest.fixture(scope="module")
def teaching():
    return Shown("teaching")


@pytest.fixture(scope="module")
def af4q():
    return Shown("af4q")


@pytest.fixture(scope="module")
def template():
    return Shown("template")


# ---- sentences ----------------------------------------------------------------------------------------------------


def test_segments_in_words_says_what_a_second_code_means(teaching, af4q, template):
    assert "restated from documents" in words.segments_in_words(af4q.cohort)
    assert "restated" not in words.segments_in_words(teaching.cohort)
    assert "none more than one" in words.segments_in_words(template.cohort)


def test_pairs_in_words_names_the_pairs_and_their_counts(teaching):
    told = teaching.pairs()
    assert "**3 meet more often" in told and "3 of 3" in told and "Not tested" not in told
    row = teaching.found.sort_values("z").iloc[-1]
    assert f"({row['n12']}, by chance {row['expected']:.1f}; lift {row['lift']:.1f})" in told


def test_pairs_in_words_calls_none_a_finding_and_lists_the_rare(af4q):
    told, few = af4q.pairs(), dict(zip(af4q.found["code_2"], af4q.found["n2"], strict=True))
    assert "**None meets more often than chance has it**" in told
    listed = told.partition("Not tested")[2].replace("\\", "")
    rare = [f"{af4q.labels[code]} ({n})" for code, n in few.items() if n < 5]
    assert len(rare) == 3 and [name for name in rare if name not in listed] == [] and listed.count(" (") == 3


def test_pairs_in_words_accounts_for_every_pair(af4q):
    import re

    untested = sum(int(n) for n in re.findall(r"in (\d+) pairs? ", af4q.pairs()))
    assert untested == (af4q.found["status"] != "ok").sum()


def test_pairs_in_words_says_when_nothing_can_be_tested(template, make_cohort):
    assert template.pairs().startswith("Not assessable: none of 10 pairs")
    single = Shown("", make_cohort([("north", "n1", "patients", "money", "challenge")]))
    assert single.pairs() == "Not assessable: there are no two challenges to pair."


def test_informants_in_words_warns_of_those_who_say_much(teaching, make_cohort):
    assert "does not take that out" in words.informants_in_words(teaching.voices, teaching.cohort)
    single = Shown("", make_cohort([("north", "n1", "patients", "money", "challenge")]))
    assert words.informants_in_words(single.voices, single.cohort).endswith("no pair can be tested.")


def test_passages_in_words_says_apart_unmarked_and_none(teaching, af4q, template):
    told = [words.passages_in_words(x.over, x.found, x.cohort) for x in (teaching, af4q, template)]
    assert f"no shared character {teaching.over['apart'].sum()}" in told[0]
    assert "no passage is marked" in told[1] and told[2].startswith("No two challenges meet")


def test_links_in_words_keeps_the_direction_and_says_where_both_agree(teaching, af4q):
    told = words.links_in_words(teaching.stated, teaching.cohort)
    assert "12 statements" in told and "the other way 1; also told together" in told
    assert words.links_in_words(af4q.stated, af4q.cohort).startswith("Not assessable: the cohort has no table")
    assert words.links_in_words(teaching.stated.head(0), teaching.cohort).startswith("No link")


def test_published_in_words_counts_every_link_and_claims_no_cause(teaching, af4q):
    told = teaching.told()[-1]
    assert (
        told.startswith("Of 13 links")
        and "1 told together, which has no direction" in told
        and "12 neither told together beyond" in told
    )
    assert teaching.published.query("verdict == 'told together'")["link"].tolist() == ["link_02"]
    assert "not coded together beyond chance" in af4q.told()[-1]  # nobody told documents so
    assert not any(word in told.lower() for word in ("cause", "leads to", "because"))


def test_tables_hold_the_foremost_pairs_first(teaching):
    table = words.pairs_table(teaching.found, teaching.stability, teaching.voices, teaching.cohort, most=4)
    best = teaching.found.sort_values("z", ascending=False).head(4)
    assert table["n12"].tolist() == best["n12"].tolist() and table["sites"].iloc[0] == "4 of 4"
    strength = words.strength_table(teaching.found, teaching.over, teaching.stability, teaching.cohort, most=4)
    assert strength.index.equals(table.index) and strength["c"].tolist() == best["estimate"].round(3).tolist()
    assert table.notna().all(axis=None) and strength.notna().all(axis=None)


def test_tables_without_a_tested_pair_are_empty(template):
    assert words.pairs_table(template.found, template.stability, template.voices, template.cohort).empty
    assert words.strength_table(template.found, template.over, template.stability, template.cohort).empty


def test_published_table_never_shows_a_p_of_0(teaching):
    table = words.published_table(teaching.published.assign(p_adjusted=0.0001), teaching.cohort)
    assert set(table["p_adjusted"]) == {"< 0.001"} and len(table) == 13


def test_words_escape_what_comes_from_the_data(teaching):
    cohort = teaching.cohort.with_tables(codebook=teaching.cohort.codebook.assign(label=HOSTILE))
    shown = [
        words.pairs_in_words(teaching.found, teaching.stability, cohort),
        words.links_in_words(teaching.stated, cohort),
        words.published_in_words(teaching.published, teaching.found, cohort),
    ]
    assert not [text for text in shown if "<b>" in text or "`y`" in text]


# ---- figures ------------------------------------------------------------------------------------------------------


def texts(fig):
    return [text.get_text() for ax in fig.axes for text in ax.texts]


def test_plot_lifts_marks_small_p_and_writes_every_tested_lift(teaching):
    fig = plots.plot_lifts(teaching.found, teaching.labels, 0.05)
    written = [text for text in texts(fig) if text]
    assert len(written) == 91 and sum(plots.DOT in text for text in written) == 3 and "0.0" in written


def test_plot_lifts_hatches_what_was_not_tested(af4q):
    fig = plots.plot_lifts(af4q.found, af4q.labels, 0.05)
    drawn = plots.half_matrix(af4q.found, af4q.labels)
    below = np.tril(np.ones(drawn.shape, bool))
    hatched = [patch for patch in fig.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == (below & drawn.isna().to_numpy()).sum() > 0
    assert len([text for text in texts(fig) if text]) == (af4q.found["status"] == "ok").sum()


def test_plot_lifts_of_nothing_is_none(template):
    assert plots.plot_lifts(template.found, template.labels, 0.05) is None
    assert plots.describe_lifts(template.found, template.labels, 0.05).endswith("none. Other pairs tested: 0.")


def test_half_matrix_keeps_the_order_of_the_codebook(teaching):
    wide = plots.half_matrix(teaching.found, teaching.labels)
    names = [teaching.labels[code] for code in teaching.codes]
    assert wide.index.tolist() == names[1:] and wide.columns.tolist() == names[:-1]
    assert wide.isna().to_numpy()[~np.tril(np.ones(wide.shape, bool))].all()


def test_plot_network_places_codes_by_the_codebook_alone(teaching):
    places = plots._places(teaching.codes)
    assert list(places) == teaching.codes and places[teaching.codes[0]] == pytest.approx((0, 1))
    fig = plots.plot_network(teaching.codes, teaching.firm, teaching.stated, teaching.labels)
    assert {"12", "1", "5.2", "4.9"} <= set(texts(fig))
    names = [text for text in fig.axes[0].texts if len(text.get_text()) > 5]
    assert len(names) == len(teaching.codes) and min(np.hypot(*text.get_position()) for text in names) > 1.05


def test_plot_network_draws_links_without_edges_and_nothing_without_either(teaching, af4q):
    fig = plots.plot_network(teaching.codes, teaching.firm.head(0), teaching.stated, teaching.labels)
    assert {"12", "1"} <= set(texts(fig)) and "5.9" not in texts(fig)
    assert plots.plot_network(af4q.codes, af4q.firm, af4q.stated, af4q.labels) is None
    assert "Told together: none" in plots.describe_network(af4q.codes, af4q.firm, af4q.stated, af4q.labels)


def test_describe_network_tells_every_edge_and_link(teaching):
    alt = plots.describe_network(teaching.codes, teaching.firm, teaching.stated, teaching.labels)
    assert alt.count(" with ") - 1 == len(teaching.firm) and "Keeping participants, 12" in alt


def test_plots_draw_dollar_signs_and_markup_as_they_are(teaching):
    labels = dict.fromkeys(teaching.labels, HOSTILE)
    for fig in (
        plots.plot_lifts(teaching.found, dict.fromkeys(labels, "$z$") | {"it_vendor": HOSTILE}, 0.05),
        plots.plot_network(teaching.codes, teaching.firm, teaching.stated, labels),
    ):
        fig.canvas.draw()


def test_plot_network_adds_relations_of_one_direction(teaching):
    row = teaching.stated.head(1)
    both = pd.concat([row, row.assign(relation="enables", statements=3)])
    assert str(row["statements"].iloc[0] + 3) in texts(
        plots.plot_network(teaching.codes, teaching.firm, both, teaching.labels)
    )
