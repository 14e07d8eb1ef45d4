"""What is drawn of the codebook is what its tables hold, and no label lies on another."""

from itertools import combinations

import matplotlib
import pandas as pd
import pytest

from casestudy import load_cohort
from casestudy.methods.codebook import concept_tree, lineage
from casestudy.report import codebook_plots
from casestudy.report.codebook_plots import history

matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

LONG = "Choosing the right organisation and structure for governance"
HOSTILE = r"Cost $x^2$ \ {a}_b"  # an even number of dollar signs would be mathematics


def make_tree(codes=14, parts=2, kind="challenge", terms=10):
    """Return a tree of two domains with long labels."""
    words = "; ".join(f"term {n}" for n in range(terms))
    rows = [("domain", "", name, name.capitalize(), "domain", words) for name in ("inside", "outside")]
    for n in range(codes):
        rows.append(("code", ("inside", "outside")[n % 2], f"c{n}", f"{LONG} {n}", kind, ""))
        rows += [("part", f"c{n}", f"p{n}-{m}", f"Part {m} of {n}", "aspect", "") for m in range(parts)]
    return pd.DataFrame(rows, columns=["level", "parent", "child", "label", "kind", "terms"])


def make_edges(*edges):
    """Return edges from (version, code, version, code, event, reread, segments)."""
    names = ["from_version", "from_code", "to_version", "to_code", "event", "reread", "segments"]
    table = pd.DataFrame(edges, columns=names).astype({"segments": "Int64"})
    labels = {f"{side}_label": table[f"{side}_code"].str.capitalize() for side in ("from", "to")}
    return table.assign(coded=table["reread"], status="ok", reason="", **labels)


EDGES = make_edges(
    ("v1", "money", "v2", "resources", "merge", 10, 8),
    ("v1", "staffing", "v2", "resources", "merge", 6, 6),
    ("v1", "leading", "v2", "sharing", "split", 9, 4),
    ("v1", "leading", "v2", "roles", "split", 9, 2),
    ("v1", "trust", "v2", "trust", "same", 5, 0),
    ("v1", "", "v2", "office", "create", 0, pd.NA),
    ("v1", "habits", "v2", "", "retire", 3, pd.NA),
)


def texts(fig):
    return [" ".join(text.get_text().split()) for text in fig.axes[0].texts]


def overlapping(fig):
    """Return pairs of texts that lie on each other."""
    fig.canvas.draw()
    drawn = [text for text in fig.axes[0].texts if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in drawn]
    return [(a, b) for (a, one), (b, two) in combinations(boxes, 2) if one.overlaps(two)]


def outside(fig):
    """Return the texts that leave the box they start in, or the figure."""
    fig.canvas.draw()
    boxes = [patch.get_window_extent() for patch in fig.axes[0].patches if isinstance(patch, plt.Rectangle)]
    found = []
    for text in fig.axes[0].texts:
        extent = text.get_window_extent()
        around = [box for box in boxes if box.contains(extent.x0, (extent.y0 + extent.y1) / 2)] or [fig.bbox]
        if not all(around[0].contains(x, y) for x, y in extent.corners()):
            found.append(text.get_text())
    return found


# ---- the conceptual map ------------------------------------------------------------------------------------------


def test_plot_conceptual_map_writes_every_label_once():
    found = texts(codebook_plots.plot_conceptual_map(make_tree()))
    assert all(found.count(label) == 1 for label in make_tree()["label"])
    assert found.count("term 0, term 1, term 2, term 3, term 4, term 5, term 6, term 7, term 8, term 9") == 2


@pytest.mark.parametrize("shape", [(14, 2, 10), (2, 9, 40), (1, 0, 200), (19, 0, 0)])
def test_plot_conceptual_map_keeps_labels_apart_and_in_their_boxes(shape):
    codes, parts, terms = shape
    fig = codebook_plots.plot_conceptual_map(make_tree(codes, parts, terms=terms))
    assert overlapping(fig) == [] and outside(fig) == []


def test_plot_conceptual_map_joins_every_node_to_what_it_hangs_on():
    assert len(codebook_plots.plot_conceptual_map(make_tree(4, 2)).axes[0].lines) == 4 + 8


def test_plot_conceptual_map_cuts_long_lists_of_terms():
    found = texts(codebook_plots.plot_conceptual_map(make_tree(1, 0, terms=20)))
    assert any(text.endswith("term 13 and 6 more") for text in found)


def test_plot_conceptual_map_says_what_is_of_another_kind():
    tree = pd.concat([make_tree(2, 0), make_tree(1, 0, "factor").query("level == 'code'").assign(child="f")])
    found = texts(codebook_plots.plot_conceptual_map(tree))
    assert "Challenges and factors" in found and f"{LONG} 0 (factor)" in found and f"{LONG} 0" in found


def test_describe_conceptual_map_reads_the_tree():
    said = codebook_plots.describe_conceptual_map(make_tree(2, 1, terms=2))
    assert said == (
        "Conceptual map, 2 domains, 2 challenges, 2 aspects. "
        f"Inside (searched: term 0, term 1): {LONG} 0 (Part 0 of 0). "
        f"Outside (searched: term 0, term 1): {LONG} 1 (Part 0 of 1)."
    )


# ---- the lineage -------------------------------------------------------------------------------------------------


def bands(fig):
    """Return the patches between the boxes: (line style, height at the left) from the outlines."""
    patches = [patch for patch in fig.axes[0].patches if not isinstance(patch, plt.Rectangle)]
    return [(p.get_linestyle(), p.get_path().vertices[7][1] - p.get_path().vertices[0][1]) for p in patches]


def test_plot_lineage_draws_bands_as_wide_as_their_segments():
    found = [height for _, height in bands(codebook_plots.plot_lineage(EDGES))]
    assert found[:4] == pytest.approx([found[0] * n / 8 for n in (8, 6, 4, 2)])
    assert found[4] == pytest.approx(history.THIN) and len(found) == 5


def test_plot_lineage_tells_events_by_line_and_by_word():
    fig = codebook_plots.plot_lineage(EDGES)
    styles = [style for style, _ in bands(fig)]
    assert styles == ["-", "-", "--", "--", "-"]
    found = texts(fig)
    for said in ("merge 8 of 10", "split 2 of 9", "0 of 5", "Office (new)", "Habits (then retired)", "v1: 5 codes"):
        assert found.count(said) == 1
    legend = [text.get_text() for text in fig.axes[0].get_legend().get_texts()]
    assert legend == ["merge", "split", "same"]


def test_plot_lineage_stacks_bands_inside_their_boxes():
    fig = codebook_plots.plot_lineage(EDGES)
    boxes = [patch for patch in fig.axes[0].patches if isinstance(patch, plt.Rectangle)]
    for patch in (patch for patch in fig.axes[0].patches if not isinstance(patch, plt.Rectangle)):
        corners = patch.get_path().vertices
        for place in ((0, 7), (3, 4)):  # left and right end: top and bottom
            (x, top), (_, bottom) = corners[list(place)]
            assert any(
                x in (b.get_x(), pytest.approx(b.get_x() + b.get_width()))
                and b.get_y() - 1e-9 <= top <= bottom <= b.get_y() + b.get_height() + 1e-9
                for b in boxes
            )


def test_plot_lineage_keeps_labels_apart():
    codes = [f"a long name of code {n} for several lines" for n in range(14)]
    steps = [(f"v{v}", c, f"v{v + 1}", c, "same", n, n) for v in (1, 2) for n, c in enumerate(codes, 1)]
    fig = codebook_plots.plot_lineage(make_edges(*steps))
    assert overlapping(fig) == [] and outside(fig) == []


def test_plot_lineage_orders_earlier_codes_by_what_they_became():
    pairs = (("z", "first"), ("a", "second"), ("m", "first"))
    edges = make_edges(*[("v1", a, "v2", b, "merge", 1, 1) for a, b in pairs])
    assert history._orders(edges) == {"v1": ["z", "m", "a"], "v2": ["first", "second"]}


def test_plot_lineage_draws_thin_bands_where_nothing_was_read_again():
    fig = codebook_plots.plot_lineage(EDGES.assign(reread=0, segments=0))
    assert {round(height, 9) for _, height in bands(fig)} == {history.THIN}
    assert "merge" in texts(fig) and not any(" of " in text for text in texts(fig))


def test_describe_lineage_tells_changes_before_what_stays():
    said = codebook_plots.describe_lineage(EDGES)
    assert said.startswith(
        "History of the codes. From v1 to v2: merge: Money to Resources (8 of 10 segments); "
        "merge: Staffing to Resources (6 of 6 segments); split: Leading to Sharing (4 of 9 segments)"
    )
    assert said.endswith("new: Office; retired: Habits (3 segments); Trust stays (0 of 5 segments).")


# ---- both --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["af4q", "bqi", "template"])
def test_plots_answer_for_a_single_version(name):
    cohort = load_cohort(name)
    assert codebook_plots.plot_conceptual_map(concept_tree(cohort)) is not None
    assert codebook_plots.plot_lineage(lineage(cohort)) is None
    assert "single version" in codebook_plots.describe_lineage(lineage(cohort))


def test_plots_of_nothing_are_none():
    assert codebook_plots.plot_conceptual_map(make_tree().head(0)) is None
    assert codebook_plots.plot_lineage(EDGES.head(0)) is None and not plt.get_fignums()
    assert codebook_plots.describe_conceptual_map(make_tree().head(0)).endswith("without any domain.")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: codebook_plots.plot_conceptual_map(make_tree().replace(f"{LONG} 0", HOSTILE)),
        lambda: codebook_plots.plot_lineage(
            EDGES.replace({"from_label": {"Money": HOSTILE}, "from_version": {"v1": HOSTILE}})
        ),
    ],
)
def test_plots_take_a_dollar_sign_as_text(draw):
    fig = draw()
    fig.canvas.draw()  # broken mathematics would raise here
    hostile = [text for text in fig.axes[0].texts if "x^2" in text.get_text()]
    assert hostile and not any(text.get_parse_math() for text in hostile)
