"""The claim ledger: what is claimed, on which statements, how firmly, and what a change does to it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from conftest import write_tiny
from degenerate import DEGENERATE, build
from typer.testing import CliRunner

from casestudy import load_cohort
from casestudy.cli import app
from casestudy.report.claims import (
    Computed,
    check_claims,
    claims,
    claims_in_words,
    draft_claims,
    evidence_of_claims,
    grade,
    redraft,
    tell_claims,
    write_ledger,
)
from casestudy.report.claims.__main__ import main

DATA = Path(__file__).resolve().parents[1] / "data"
TIED = [("clinicians", 1), ("patients", 2), ("clinicians", 3), ("patients", 4)]


def with_ledger(cohort, **changes):
    """Return the cohort with its ledger, drafted if it has none, some columns of the claims replaced."""
    ledger, evidence = (cohort.claims, cohort.claim_evidence) if len(cohort.claims) else draft_claims(cohort)
    return cohort.with_tables(claims=ledger.assign(**changes), claim_evidence=evidence)


def told(cohort):
    return [f"claim {r.claim} {r.problem}; {r.fix}" for r in check_claims(cohort).itertuples()]


def recoded(cohort, segments, **changes):
    """Return the cohort with the codings of some segments changed."""
    there = cohort.codings["segment"].isin(segments)
    return cohort.with_tables(codings=pd.concat([cohort.codings[~there], cohort.codings[there].assign(**changes)]))


def without(cohort, segment):
    """Return the cohort without one statement and its codings."""
    kept = {name: getattr(cohort, name)[lambda t: t["segment"] != segment] for name in ("segments", "codings")}
    return cohort.with_tables(**kept)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """Return the tiny cohort with its ledger; drafting takes a while."""
    return with_ledger(load_cohort(write_tiny(tmp_path_factory.mktemp("held") / "tiny")))


@pytest.fixture
def alike(make_cohort):
    """Three sites where four voices of two groups raise money, and one where nobody of four does."""
    rows = [
        (site, f"{site}{n}", group, "money", "challenge") for site in ("north", "south", "east") for group, n in TIED
    ]
    rows += [("west", f"west{n}", group) for group, n in TIED]
    return make_cohort(rows, plan={"k": 2, "m": 2, "B": 100})


# ---- drafting -----------------------------------------------------------------------------------------------------


def test_draft_claims_makes_the_claims_that_can_be_counted_by_hand(held):
    ledger = held.claims
    rows = ledger[["kind", "reading", "code", "verdict", "sites"]].to_numpy().tolist()
    assert rows == [
        ["none_common", "difficulty", "", "none_common", ""],
        ["reach", "difficulty", "money", "widespread", "north;south"],
        ["none_common", "documented", "", "none_common", ""],
        ["reach", "documented", "money", "widespread", "north;south"],
    ]
    assert ledger["claim"].tolist() == ["c01", "c02", "c03", "c04"]


def test_draft_claims_cites_raisers_for_and_denials_against(held):
    evidence = held.claim_evidence.query("claim == 'c02'")
    cited = {stance: set(rows["segment"]) for stance, rows in evidence.groupby("stance")}
    assert cited["for"] == {"n1-money", "n2-money", "n3-money", "s1-money", "s2-money"}
    assert cited["against"] == {"e2-money"}


def test_draft_claims_types_no_number_and_no_name(held):
    for template in held.claims["template"]:
        assert not any(sign.isdigit() for sign in template) and "Money" not in template and "North" not in template


def test_draft_claims_tells_one_sided_cells_apart(make_cohort):
    rows = [(site, f"{site}{n}", group) for site in ("north", "south") for group, n in TIED]
    rows = [(*row, "law", "barrier") if row[2] == "clinicians" else row for row in rows]
    cohort = make_cohort(rows, plan={"k": 2, "m": 2, "B": 100})
    table = claims(cohort).query("kind == 'one_sided' and reading == 'difficulty'")
    assert table["sites"].tolist() == ["North; South"] and "k = 2 or more voices" in table["sentence"].iloc[0]
    assert not (claims(cohort)["kind"] == "reach").any()


def test_draft_claims_finds_the_group_that_says_more(make_cohort):
    rows = [(site, f"{site}{n}", "doctors", "law", "barrier") for site in ("north", "south") for n in range(6)]
    rows += [(site, f"{site}{n}", "patients") for site in ("north", "south") for n in range(6, 12)]
    table = claims(make_cohort(rows, plan={"k": 2, "m": 2, "B": 100})).query("reading == 'difficulty'")
    found = table.set_index("group").loc["doctors"]
    assert found["verdict"] == "more" and "12 of 12 voices" in found["sentence"] and found["statements_for"] == 12


def test_contested_statement_is_context_of_a_difficulty_and_for_its_being_documented(make_cohort):
    rows = [(site, f"{site}{n}", group, "money", "challenge") for site in ("north", "south") for group, n in TIED]
    row = ("north", "north1", "clinicians", "money")
    rows += [(*row, v, {"segment": "split", "coder": c}) for v, c in (("challenge", "ana"), ("strategy", "ben"))]
    cohort = make_cohort(rows, plan={"k": 2, "m": 2, "B": 100, "j": 1, "resolve": "any"})
    ledger, evidence = draft_claims(cohort)
    readings = evidence.merge(ledger).query("kind == 'reach' and segment == 'split'").set_index("reading")["stance"]
    assert readings.to_dict() == {"difficulty": "context", "documented": "for"}


# ---- sentences and confidence -------------------------------------------------------------------------------------


def test_claims_of_commonness_name_k_star_m_star_and_the_weakest_site(held):
    row = claims(held).set_index("claim").loc["c02"]
    assert (row["k_star"], row["m_star"], row["weakest_site"]) == (1, 1, "East alliance")
    assert "2 of 3 sites" in row["sentence"] and "m* = 1; fewest voices: k* = 1, at East alliance." in row["sentence"]


def test_claims_keep_the_readings_apart(held):
    table = claims(held)
    assert table[table["sentence"].str.contains("difficulty")]["reading"].unique().tolist() == ["difficulty"]
    assert table[table["sentence"].str.contains("raised")]["reading"].unique().tolist() == ["documented"]


def test_claims_change_their_sentence_when_codings_flip(held):
    before = with_ledger(held)
    after = recoded(before, ["s1-money"], valence="strategy")
    sentences = [claims(cohort).set_index("claim").loc["c02", "sentence"] for cohort in (before, after)]
    assert "2 of 3 sites" in sentences[0] and "1 of 3 sites" in sentences[1] and "(site-specific)" in sentences[1]


def test_claims_give_a_placeholder_without_a_value_as_a_reason(held):
    cohort = with_ledger(held, template="$label at $nowhere.")
    row = claims(cohort).iloc[1]
    assert row["status"] == "not_assessable" and "$nowhere" in row["reason"] and row["sentence"] == ""


def test_claims_show_the_confidence_that_a_person_set(held):
    row = claims(with_ledger(held, confidence_final="high", reason="Seen it.", decided_by="ana")).iloc[1]
    assert (row["confidence"], row["why"]) == ("high", "Seen it.") and row["confidence_suggested"] != ""


def test_concerns_come_with_their_numbers(held):
    said = claims(held).set_index("claim").loc["c02", "concerns"]
    assert "at 1 site a third or more of those who speak of it deny it (1 of 7 voices over all sites)" in said
    assert "single changes of the plan change the verdict" in said and "(k = 2)" in said


def test_concerns_name_model_coders(held):
    models = held.with_tables(coders=held.coders.assign(kind="model"))
    assert "all 3 coders are language models" in claims(models)["concerns"].iloc[0]


def test_concerns_name_sites_that_cannot_be_judged_and_groups_not_heard(alike):
    fewer = alike.with_tables(sources=alike.sources[~alike.sources["informant"].isin(["west2", "west3", "west4"])])
    groups = fewer.groups | {"plans": "Health plans"}
    said = claims(replace(fewer, groups=groups)).iloc[0]["concerns"]
    assert "1 of 4 sites cannot be judged" in said and "nothing counts from 1 of 3 groups: Health plans" in said


def test_grade_goes_down_one_step_per_component():
    found = [(name, "") for name in ("a", "a", "b", "c", "d")]
    assert [grade(found[:n]) for n in range(6)] == ["high", "moderate", "moderate", "low", "very_low", "very_low"]


def test_claims_in_words_makes_hostile_text_literal(held):
    bad = "<script>x</script>[a](javascript:b)"
    hostile = held.with_tables(codebook=held.codebook.assign(label=lambda t: bad + t["label"]))
    hostile = with_ledger(hostile, confidence_final="low", reason="<b>|`", decided_by="{{x}}")
    page = claims_in_words(claims(hostile))
    assert (
        "<" not in page.replace("\\<", "") and "[" not in page.replace("\\[", "") and "{" not in page.replace("\\{", "")
    )


def test_evidence_of_claims_gives_site_and_text(held):
    row = evidence_of_claims(held).query("claim == 'c02' and segment == 's1-money'").iloc[0]
    assert (row["stance"], row["site"], row["text"]) == ("for", "south", "On money, says s1.")


@pytest.mark.parametrize("name", DEGENERATE)
def test_claims_answer_where_something_is_lacking(name, tmp_path):
    cohort = build(name, tmp_path)
    computed = Computed(cohort)
    table = claims(cohort, computed)
    assert len(table) and set(table["status"]) <= {"ok", "not_assessable"}
    assert (table["sentence"].ne("") | table["reason"].ne("")).all()
    ledger, evidence = draft_claims(cohort, computed)
    assert told(cohort.with_tables(claims=ledger, claim_evidence=evidence)) == []


# ---- the check ----------------------------------------------------------------------------------------------------


def test_check_claims_passes_what_was_drafted(tiny, held, alike):
    assert told(held) == told(with_ledger(alike)) == told(tiny) == []


def test_check_claims_names_a_cited_statement_that_is_gone(alike):
    ledger = with_ledger(alike)
    gone = "cites statement t1, which is no longer in segments.csv; restore it, or withdraw the claim with a reason"
    assert [f"claim {claim} {gone}" for claim in ("c01", "c02", "c03", "c04")] == [
        s for s in told(without(ledger, "t1")) if "t1" in s
    ]


def test_check_claims_says_which_sites_a_changed_verdict_lost(alike):
    flipped = recoded(with_ledger(alike), ["t9", "t10", "t11"], valence="strategy")
    said = [line for line in told(flipped) if "verdict" in line]
    assert len(said) == 1
    assert said[0].startswith(
        "claim c02 was written when the verdict was widespread; it is mixed now: sites lost: East;"
    )


def test_check_claims_says_which_site_was_gained_at_the_same_verdict(make_cohort):
    rows = [(site, f"{site}{n}", group, "money", "challenge") for site in ("a", "b", "c") for group, n in TIED]
    rows += [(site, f"{site}{n}", group, "law", "neutral") for site in ("c", "d", "e") for group, n in TIED]
    cohort = with_ledger(make_cohort(rows[:8] + rows[12:], plan={"k": 2, "m": 2}))
    assert told(cohort) == []
    moved = cohort.with_tables(claims=cohort.claims.assign(sites=cohort.claims["sites"].str.replace("a;b", "a")))
    assert any("sites gained: B" in line for line in told(moved))


def test_check_claims_says_which_cited_statement_turned(alike):
    turned = recoded(with_ledger(alike), ["t1"], valence="strategy")
    assert [line.split(";")[0] for line in told(turned)] == [
        "claim c02 cites statement t1 for it, which no longer speaks so: by its coding, or by the plan"
    ]


def test_check_claims_wants_two_informants_at_every_named_site(alike):
    cohort = with_ledger(alike)
    few = cohort.with_tables(
        claim_evidence=cohort.claim_evidence[~cohort.claim_evidence["segment"].isin(["t1", "t2", "t3"])]
    )
    assert "names North, for which it cites statements of 1 informants, where it needs 2" in told(few)[0]


def test_check_claims_wants_what_speaks_against_a_contested_cell(make_cohort):
    rows = [(site, f"{site}{n}", group, "money", "challenge") for site in ("north", "south") for group, n in TIED]
    rows += [("north", f"n{n}", "patients", "money", "not_here") for n in range(3)]
    cohort = with_ledger(make_cohort(rows, plan={"k": 2, "m": 2}))
    assert told(cohort) == []
    bare = cohort.with_tables(claim_evidence=cohort.claim_evidence.query("stance != 'against'"))
    assert "cites nothing against it at North, where 3 voices deny it" in told(bare)[0]


def test_check_claims_wants_the_breaking_points_of_commonness(alike):
    cohort = with_ledger(alike)
    short = cohort.claims["template"].str.replace(", at $weakest_site", "").str.replace("m* = $m_star", "few")
    said = told(cohort.with_tables(claims=cohort.claims.assign(template=short)))
    assert "says that a challenge is widespread and does not name m* and the weakest site" in said[0]


def test_check_claims_refuses_typed_numbers_and_loose_dollars(held):
    assert any("has the number 16 typed" in line for line in told(with_ledger(held, template="At 16 sites.")))
    assert any("begins no placeholder" in line for line in told(with_ledger(held, template="It costs $.")))


def test_check_claims_wants_the_plan_under_which_it_was_written(held):
    said = told(with_ledger(held).with_plan(resolve="any"))
    assert any("(coders: majority; now coders: any)" in line for line in said)


def test_check_claims_wants_the_mark_of_an_unreliable_code(make_cohort):
    rows = []
    for n, (site, coder) in enumerate((s, c) for s in ("north", "south") for c in ("ana", "ben") for _ in range(8)):
        row = (site, f"{site}{n}", "patients", "money", "challenge", {"segment": f"s{n}", "coder": coder})
        rows.append(row)
    cohort = with_ledger(make_cohort(rows, plan={"k": 2, "m": 1, "resolve": "any", "j": 1, "B": 100}))
    assert "$agreement" in cohort.claims["template"].iloc[0] and told(cohort) == []
    bare = cohort.claims["template"].str.split(" Its code is marked").str[0]
    unmarked = cohort.claims.assign(
        template=bare,
        computed_from=cohort.claims["computed_from"]
        .str.replace("agreement=", "other=")
        .str.replace(":decision", ":label"),
    )
    assert any("the code money, which is unreliable" in line for line in told(cohort.with_tables(claims=unmarked)))


def test_check_claims_wants_a_reason_for_a_decision(held):
    assert "has a final confidence (high) and no reason" in told(with_ledger(held, confidence_final="high"))[0]
    assert "is withdrawn without a reason" in told(with_ledger(held, verdict="withdrawn"))[0]
    assert told(without(with_ledger(held, verdict="withdrawn", reason="Too thin."), "n1-money")) == []


def test_check_claims_compares_quotations_letter_by_letter(held):
    assert told(with_ledger(held, reason="As one said: “On money, says s1.”")) == []
    said = told(with_ledger(held, reason="As one said: “On money, said s1.”"))
    assert any("quotes “On money, said s1.”" in line for line in said)


def test_tell_claims_prints_five_of_a_kind(alike):
    problems = pd.DataFrame(
        [(f"c{n}", f"cites statement s{n}, gone", "restore it") for n in range(8)], columns=["claim", "problem", "fix"]
    )
    assert "... and 3 more of this kind" in tell_claims(problems)


# ---- drafting again -----------------------------------------------------------------------------------------------


def test_redraft_keeps_key_and_decision_while_the_verdict_stays(held):
    cohort = with_ledger(held, confidence_final="low", reason="Thin.", decided_by="ana", date="2012-05-01")
    again = redraft(cohort.with_tables(claims=cohort.claims.iloc[[1]].assign(claim="c07")))[0].set_index("claim")
    assert again.index.tolist() == ["c08", "c07", "c09", "c10"] and again.loc["c07", "reason"] == "Thin."
    assert (again.loc[["c08", "c09", "c10"], "confidence_final"] == "").all()


def test_redraft_drops_a_decision_whose_verdict_changed_and_says_so(held):
    cohort = recoded(with_ledger(held, confidence_final="low", reason="Thin."), ["s1-money"], valence="strategy")
    ledger, evidence, notes = redraft(cohort)
    assert ledger.set_index("claim").loc["c02", ["verdict", "confidence_final"]].tolist() == ["site_specific", ""]
    assert notes == ["claim c02 was widespread and is site_specific now: decide on its confidence anew"]
    assert told(cohort.with_tables(claims=ledger, claim_evidence=evidence)) == []


def test_redraft_leaves_withdrawn_what_was_withdrawn(held):
    cohort = with_ledger(held, verdict="withdrawn", reason="No.")
    assert set(redraft(cohort)[0]["verdict"]) == {"withdrawn"}


def test_write_ledger_can_be_loaded_and_leaves_nothing_else(held, tiny, tiny_folder):
    before = {path.name for path in tiny_folder.iterdir()}
    write_ledger(tiny, held.claims, held.claim_evidence)
    again = load_cohort(tiny_folder)
    assert {p.name for p in tiny_folder.iterdir()} == before | {"claims.csv", "claim_evidence.csv"}
    assert again.claims.equals(held.claims) and told(again) == []


def test_main_drafts_and_says_what_is_wrong(tiny_folder, capsys):
    assert main([str(tiny_folder)]) == 0 and "4 claims" in capsys.readouterr().out
    assert main([str(tiny_folder / "nowhere")]) == 2 and "nowhere" in capsys.readouterr().err


# ---- the command line and what ships ------------------------------------------------------------------------------


def test_check_ends_with_2_when_one_cited_statement_of_af4q_is_deleted(tmp_path):
    folder = shutil.copytree(DATA / "af4q", tmp_path / "af4q")
    cited = load_cohort(folder).claim_evidence.query("stance == 'for'").iloc[0]
    for name in ("segments", "codings"):
        table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        table[table["segment"] != cited["segment"]].to_csv(folder / f"{name}.csv", index=False)
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 2 and "no longer hold" in done.output
    assert (
        f"claim {cited['claim']} cites statement {cited['segment']}, which is no longer in segments.csv" in done.output
    )
    assert "restore it, or withdraw the claim with a reason" in done.output


@pytest.mark.parametrize("name", ["af4q", "bqi", "teaching"])
def test_shipped_ledger_holds_and_is_what_is_drafted(name):
    cohort = load_cohort(DATA / name)
    assert len(cohort.claims) and told(cohort) == [], f"run `python -m casestudy.report.claims data/{name}`"
    again = redraft(cohort)
    assert again[2] == [] and again[0].equals(cohort.claims)
    assert again[1].equals(cohort.claim_evidence)


def test_claim_that_one_group_alone_tells_says_so(make_cohort):
    """Twelve newspapers and no alliance are one side of a story, however many statements they make."""
    rows = [(site, f"{site}{n}", "patients", "money", "challenge") for site in "ab" for n in range(2)]
    rows += [(site, f"{site}9", "clinicians", "trust", "strategy") for site in "ab"]
    ledger = claims(make_cohort(rows, plan={"k": 1, "m": 1, "j": 1, "B": 100}))
    concerns = ledger.query("code == 'money' and reading == 'difficulty'")["concerns"].tolist()
    assert ["relevance: all 4 statements for it come from one group: Patients" in said for said in concerns] == [True]
