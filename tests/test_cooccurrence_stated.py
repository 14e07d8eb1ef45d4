"""Links that are stated: counted once, in their direction; and the published links beside what the data show."""

import pandas as pd
import pytest

from casestudy import load_cohort, load_reference
from casestudy.methods.cooccurrence import VERDICTS, interdependence, links, published_links
from casestudy.methods.cooccurrence.stated import COLUMNS, PUBLISHED

TURNS, CODES = 12, ("money", "power", "trust")


def link(number, segment, one="money", other="power", relation="worsens", coder="ana"):
    return {"link": f"k{number}", "coder": coder, "segment": segment, "from_code": one, "to_code": other} | {
        "relation": relation
    }


@pytest.fixture
def told(make_cohort):
    """Return a function from links to a cohort: money and power on the same turns, trust on others."""

    def build(*given, **plan):
        rows = []
        for site in ("east", "west"):
            for turn in range(TURNS):
                codes = ("money", "power") if turn < 4 else ("trust",) if turn < 8 else ()
                cell = {"segment": f"{site}-{turn}"}
                rows += [(site, f"{site}0", "patients", code, "challenge", cell) for code in codes]
                rows += [] if codes else [(site, f"{site}0", "patients", cell)]
        return make_cohort(rows, plan={"B": 199, **plan}, codes=CODES, links=list(given) or None)

    return build


def published(*rows):
    return pd.DataFrame(
        [(f"p{n}", *row, "yes", "Said.") for n, row in enumerate(rows)],
        columns=["link", "from_code", "to_code", "relation", "explicit", "statement"],
    )


def test_links_counts_each_statement_once_and_keeps_the_direction(told):
    cohort = told(
        link(1, "east-0"),
        link(2, "east-0", coder="ben"),
        link(3, "west-1"),
        link(4, "west-2", "power", "money"),
        link(5, "west-2", relation="enables"),
    )
    table = links(cohort)
    assert table[["from_code", "to_code", "relation", "statements", "informants", "back"]].to_numpy().tolist() == [
        ["money", "power", "worsens", 2, 2, 1],
        ["money", "power", "enables", 1, 1, 0],
        ["power", "money", "worsens", 1, 1, 2],
    ]
    assert table["sites"].tolist() == ["East; West", "West", "West"] and set(table["together"]) == {"yes"}
    assert table["lift"].nunique() == 1


def test_links_says_whether_the_pair_is_told_together(told):
    cohort = told(link(1, "east-0", "money", "trust"), link(2, "east-0", "money", "money"))
    table = links(cohort).set_index("to_code")
    assert table["together"].to_dict() == {"trust": "no", "money": "not assessable"}
    assert table["lift"].isna().to_dict() == {"trust": False, "money": True}


def test_links_leaves_out_what_is_no_evidence(told):
    assert links(told(link(1, "east-0"), scope=["market"])).empty


def test_links_without_the_table_are_empty(told):
    assert links(told()).columns.tolist() == COLUMNS and links(told()).empty


def test_links_of_the_teaching_cohort_are_those_in_its_file():
    cohort = load_cohort("teaching").with_plan(B=19)
    table = links(cohort).set_index(["from_code", "to_code"])
    assert table.loc[("resource_capacity", "sustaining_participation"), "statements"] == 12
    assert table.loc[("sustaining_participation", "resource_capacity"), "statements"] == 1
    assert len(table) == 2 and table["statements"].sum() == len(cohort.links)


def test_published_links_gives_every_verdict_its_case(told):
    cohort = told(link(1, "east-0"), link(2, "east-5", "trust", "power"))
    rows = [("money", "power", "worsens"), ("power", "money", "worsens"), ("trust", "power", "either")]
    rows += [("power", "trust", "enables"), ("money", "unknown", "worsens")]
    table = published_links(cohort, published=published(*rows))
    assert table["verdict"].tolist() == ["told together and said", "told together", "said", "neither", "not assessable"]
    assert table["said"].tolist() == [1, 0, 1, 0, 0] and table["said_otherwise"].tolist() == [0, 1, 0, 1, 0]
    assert table["status"].tolist() == ["ok"] * 4 + ["not_assessable"] and table.columns.tolist() == PUBLISHED


def test_published_links_asks_for_the_relation_unless_left_open(told):
    cohort = told(link(1, "east-0"))
    rows = [("money", "power", relation) for relation in ("worsens", "enables", "either")]
    assert published_links(cohort, published=published(*rows))["said"].tolist() == [1, 0, 1]


def test_published_links_does_not_call_silence_a_no_where_links_were_not_coded(told):
    row = published_links(told(), published=published(("money", "trust", "worsens"))).iloc[0]
    assert (
        row["verdict"] == "not beyond chance"
        and row[["said", "said_otherwise"]].isna().all()
        and row["reason"] == "whether anybody says so was not coded"
    )


def test_published_links_says_why_a_link_cannot_be_judged(told):
    cohort = told(link(1, "east-0"))
    rare = cohort.with_tables(codings=cohort.codings[cohort.codings["code"] != "trust"])
    rows = published(("money", "trust", "worsens"), ("money", "far_away", "worsens"))
    table = published_links(rare, published=rows)
    assert table["reason"].str[:16].tolist() == ["too few segments", "not among the ch"]
    assert "far away" in table["reason"][1] and table["lift"].isna().all()


def test_published_links_of_kin_are_not_assessable(told):
    cohort = told(link(1, "west-1", "trust", "money"))
    kin = cohort.with_tables(codebook=cohort.codebook.assign(parent=["", "money", ""]))
    row = published_links(kin, published=published(("power", "money", "worsens"))).iloc[0]
    assert (row["verdict"], row["reason"]) == ("not assessable", "kin are not paired")


@pytest.mark.parametrize("name", ["af4q", "bqi", "template", "alignment-teaching"])
def test_published_links_on_every_cohort(name):
    cohort = load_cohort(name).with_plan(B=99)
    table = published_links(cohort, interdependence(cohort))
    assert table["link"].tolist() == load_reference().links["link"].tolist()
    assert set(table["verdict"]) <= set(VERDICTS) and (table["lo"].isna()).all()
    assert table.loc[table["status"] != "ok", "reason"].ne("").all()
