"""The teaching cohort as a whole: what ships is what the generator gives, and its README tells no other numbers."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from casestudy import CohortError, check_cohort, load_cohort
from casestudy.cohort.synthetic import NAMES, SEEDS, hashes, make_synthetic, write_made
from casestudy.cohort.synthetic.answers import J, K, M, class_key, presence_key
from casestudy.cohort.synthetic.design import PANEL, SECOND_WAVE, SITES, SITES_2, TEACHING, Design
from casestudy.cohort.synthetic.teaching import Frame
from casestudy.methods.search import search_counts

DATA = Path(__file__).resolve().parents[1] / "data"
FOLDER = DATA / "teaching"
LEDGER = ("claims.csv", "claim_evidence.csv")


@pytest.fixture(scope="module")
def made():
    """Return the cohort of the shipped seed, generated anew."""
    return make_synthetic("teaching")


@pytest.fixture(scope="module")
def other():
    return make_synthetic("teaching", 5)


@pytest.fixture(scope="module")
def shipped():
    return load_cohort(FOLDER)


@pytest.fixture(scope="module")
def readme():
    return " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())


def with_truth(cohort):
    """Return the cohort coded without error."""
    true = cohort.truth("codings").assign(coder="c1", round="independent", is_primary="", exemplar="")
    readers = pd.DataFrame({"coder": "c1", "source": cohort.sources["source"], "round": "independent"})
    return cohort.with_tables(codings=true[cohort.codings.columns.tolist()], assignments=readers)


# ---- what ships ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_shipped_cohort_is_what_the_generator_gives(name, made, tmp_path):
    """So the same seed gives the same files, in another process and on another day."""
    again = made if name == "teaching" else make_synthetic(name)
    found, given = hashes(DATA / name), hashes(write_made(again, tmp_path / name))
    found = {path: sha for path, sha in found.items() if path not in LEDGER}  # drafted from it, not generated
    differing = sorted(path for path in found.keys() | given.keys() if found.get(path) != given.get(path))
    assert differing == [], (
        f"data/{name} is not what the generator gives now. If that is meant, make it again, "
        f"and its notebooks too: rm -r data/{name}; casestudy synth {name} --seed {SEEDS[name]} --out data/{name}; "
        f"for teaching then: python -m casestudy.report.claims data/teaching"
    )


def test_another_seed_plants_the_same_and_says_it_otherwise(made, other):
    alike = ("presence", "presence_wave_2", "classes", "coders", "pairs", "positions", "panel", "sizes", "survey")
    alike += tuple(name for name in made.truth if name.endswith("_raised"))
    assert [name for name in alike if not other.truth[name].equals(made.truth[name])] == []
    changed = ("segments", "codings", "assignments", "memberships", "survey_responses", "links")
    assert [name for name in changed if other.tables[name].equals(made.tables[name])] == []


def test_another_seed_passes_the_check_and_names_its_seed(other, tmp_path):
    folder = write_made(other, tmp_path / "other")
    assert check_cohort(folder).empty and load_cohort(folder).plan.seed == 5
    assert other.settings["seed"] == 5 and "--seed 5 " in other.readme


@pytest.mark.parametrize(("name", "seed", "words"), [("teeching", None, "did you mean"), ("teaching", -1, "-1"),
                                                     ("teaching", 10**9, "999999999")])  # fmt: skip
def test_make_synthetic_refuses_other_names_and_seeds(name, seed, words):
    with pytest.raises(CohortError, match=words):
        make_synthetic(name, seed)


def test_segments_stay_below_five_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 5_000_000


# ---- synthetic, and nothing else ----------------------------------------------------------------------------------


def test_no_table_mixes_real_and_synthetic(shipped):
    assert shipped.synthetic and "synthetic" in shipped.title.lower()
    assert set(shipped.segments["text_kind"]) == {"synthetic"} and set(shipped.coders["kind"]) == {"synthetic"}
    assert shipped.sources["title"].str.startswith("SYNTHETIC").all() and set(shipped.sources["url"]) == {""}
    assert shipped.sites["name"].str.endswith("(synthetic)").all() and set(shipped.sites["same_as"]) == {""}


def test_no_site_has_the_name_of_a_real_one(shipped):
    real = {site for name in ("af4q", "bqi") for site in load_cohort(DATA / name).sites["site"]}
    assert not real & set(shipped.sites["site"])


def test_label_stands_first_in_every_interview(shipped):
    first = shipped.segments.sort_values("seq", kind="stable").drop_duplicates("source")
    assert len(first) == 132 and first["text"].str.startswith("SYNTHETIC:").all() and set(first["speaker"]) == {"other"}


# ---- people, waves and coders -------------------------------------------------------------------------------------


def test_panel_is_forty_and_all_others_are_new(shipped):
    waves = [shipped.sources.query("wave == @wave") for wave in (1, 2)]
    both = set(waves[0]["informant"]) & set(waves[1]["informant"])
    groups = shipped.sources.drop_duplicates(["informant", "group"])
    assert len(both) == 40 and len(groups) == groups["informant"].nunique() == 68 + 64 - 40
    counts = waves[1][waves[1]["informant"].isin(both)].groupby("site").size()
    assert counts.to_dict() == dict(zip(SITES, PANEL, strict=True))
    last = waves[0].groupby("site")["informant"].max()
    new = waves[1][~waves[1]["informant"].isin(both)]
    assert (new["informant"] > new["site"].map(last)).all()


def test_second_wave_changes_two_verdicts_and_no_more(shipped):
    cells = [shipped.truth(name).set_index(["code", "site"]) for name in ("presence", "presence_wave_2")]
    changed = cells[0].index[cells[0]["present"] != cells[1]["present"].reindex(cells[0].index)]
    told = shipped.truth("waves").set_index(["code", "site"])["change"]
    assert set(changed) == set(told.index)
    after = cells[1]["present"].reindex(told.index).map({"yes": "emerged", "no": "resolved"})
    assert after.tolist() == told.tolist()


def test_consensus_is_the_truth_of_doubled_interviews(shipped):
    columns = ["segment", "code", "start", "end", "valence", "about_group", "pole"]
    settled = shipped.codings.query("round == 'consensus'")[columns].astype(str)
    doubled = shipped.assignments.query("round == 'consensus'")["source"]
    truth = shipped.truth("codings")
    own = truth[truth["segment"].str.rsplit("-", n=1).str[0].isin(doubled)][columns]
    assert len(doubled) == 24 and sorted(map(tuple, settled.to_numpy())) == sorted(map(tuple, own.to_numpy()))


def test_first_of_two_coders_stands_first_in_the_coders_table(shipped):
    order = {coder: n for n, coder in enumerate(shipped.coders["coder"])}
    own = shipped.assignments.query("round == 'independent'").assign(place=lambda t: t["coder"].map(order))
    assert own.groupby("source")["place"].apply(lambda places: places.is_monotonic_increasing).all()


def test_second_wave_is_read_once(shipped):
    later = shipped.sources.query("wave == 2")["source"]
    read = shipped.assignments[shipped.assignments["source"].isin(later)]
    assert len(read) == 64 == read["source"].nunique() and set(read["round"]) == {"independent"}


def test_every_coding_was_assigned(shipped):
    home = shipped.segments.set_index("segment")["source"]
    given = shipped.codings.assign(source=shipped.codings["segment"].map(home))
    key = ["coder", "source", "round"]
    assert set(map(tuple, given[key].to_numpy())) <= set(map(tuple, shipped.assignments[key].to_numpy()))


def test_codings_are_cut_out_of_answers_by_their_offsets(shipped):
    rows = shipped.codings.merge(shipped.segments[["segment", "text", "speaker"]], on="segment")
    cut = rows[rows["start"].notna()]
    assert set(rows["speaker"]) == {"informant"} and (cut["start"] < cut["end"]).all()
    assert all(text[a:b].endswith((".", "?", "!")) for text, a, b in cut[["text", "start", "end"]].to_numpy())
    assert 0.95 < len(cut) / len(rows) < 0.99  # what a coder imagined stands nowhere


def test_codings_without_offsets_are_the_imagined_ones(shipped):
    bare = shipped.codings[shipped.codings["start"].isna()]
    truth = set(map(tuple, shipped.truth("codings")[["segment", "code"]].to_numpy()))
    assert set(bare["round"]) == {"independent"} and not set(map(tuple, bare[["segment", "code"]].to_numpy())) & truth


def test_second_wave_is_shorter_but_longer_than_designed(shipped):
    """Sentences on codes are never cut: in short answers they tell."""
    answers = shipped.segments.query("speaker == 'informant'").merge(shipped.sources[["source", "wave"]], on="source")
    words = answers["text"].str.split().str.len().groupby(answers["wave"]).sum()
    assert 1.005 < words[1] / (68 * TEACHING.words) < 1.017 and 1.25 < words[2] / (64 * SECOND_WAVE.words) < 1.35


# ---- the answer key -----------------------------------------------------------------------------------------------


def test_truth_of_presence_is_counted_from_the_truth_of_codings(shipped):
    rows = shipped.truth("codings").query("valence in ('challenge', 'barrier')").merge(shipped.segments, on="segment")
    rows = rows.merge(shipped.sources[["source", "group"]], on="source")
    counts = rows.groupby(["site", "code", "source", "group"]).size()
    people = counts[counts >= shipped.plan.j].reset_index()
    for row in shipped.truth("presence").itertuples():
        cell = people.query("site == @row.site and code == @row.code")
        present = len(cell) >= shipped.plan.k and cell["group"].nunique() >= shipped.plan.m
        assert (len(cell), cell["group"].nunique(), present) == (int(row.raised), int(row.groups), row.present == "yes")


def test_truth_of_the_search_is_what_the_search_finds(shipped):
    key = shipped.truth("search").set_index("domain").astype(float)
    found = search_counts(with_truth(shipped)).set_index("domain").loc[key.index]
    assert found["retrieved"].tolist() == key["with_term"].tolist() and found["tp"].tolist() == key["both"].tolist()
    assert (found["tp"] + found["fn"]).tolist() == key["coded"].tolist() and found["n"].tolist() == key[
        "answers"
    ].tolist()


def test_truth_of_the_plan_is_that_of_the_key(shipped):
    plan = shipped.plan
    assert (plan.j, plan.k, plan.m) == (J, K, M)


def test_class_key_names_every_class_and_the_weakest_site():
    design = Design(dict.fromkeys("abcd", 9), {})
    cells = presence_key(design, {}, dict.fromkeys([(s, "x") for s in "abcd"], 9), ["x"])
    for n, name in enumerate(("absent", "site_specific", "mixed", "widespread", "common")):
        raised = [5] * n + [1] * (4 - n)
        matrix = cells.assign(raised=raised, present=["yes"] * n + ["no"] * (4 - n))
        assert class_key(matrix).iloc[0].tolist() == ["x", name, min(raised), ";".join("abcd"[n:]) or "a;b;c;d"]


# ---- facts and codebook -------------------------------------------------------------------------------------------


def test_facts_count_the_members_of_the_membership_table(shipped):
    facts = shipped.site_attributes.query("attribute == 'member_count'").set_index("site")["value"].astype(int)
    there = shipped.memberships.query("left == '' or left > '2011-12-31'").groupby("site").size()
    assert facts.to_dict() == there.to_dict()


def test_facts_refer_to_sources_of_their_site(shipped):
    home = shipped.sources.set_index("source")["site"]
    rows = shipped.site_attributes.query("source_refs != ''")
    assert all(home[ref] == r.site for r in rows.itertuples() for ref in r.source_refs.split(";"))


def test_codebook_gives_an_example_that_truly_carries_the_code(shipped):
    active = shipped.codebook.query("active == 'yes'")
    truth = set(map(tuple, shipped.truth("codings")[["segment", "code"]].to_numpy()))
    assert set(map(tuple, active[["example_segment", "code"]].to_numpy())) <= truth
    assert set(shipped.codebook.query("active == 'no'")["example_segment"]) == {""}


def test_codes_of_every_wave_and_round_are_in_the_codebook(shipped):
    earlier = set(shipped.codebook.query("active == 'no'")["code"])
    by_round = shipped.codings.groupby("round")["code"].agg(set)
    assert by_round["v1"] & earlier == {"money", "staffing", "leadership", "recruiting", "meeting_habits"}
    assert (
        by_round["v2"] & earlier == {"meeting_habits"}
        and not (by_round["independent"] | by_round["consensus"]) & earlier
    )


def test_frame_reads_codebook_and_protocol():
    frame = Frame()
    assert len(frame.challenges) == 14 and frame.modules[0] == "background"
    assert frame.covers["no_successor"] == "leadership" and "it_vendor" not in frame.covers
    assert frame.parents["thin_staff"] == "resource_capacity" and "it_vendor" not in frame.domains


# ---- the README ---------------------------------------------------------------------------------------------------


def listed(numbers):
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}"


def test_readme_tells_the_interviews_of_both_waves(shipped, readme):
    spoken = shipped.segments.query("speaker == 'informant'").groupby("source").size()
    first = shipped.sources.query("wave == 1")
    turns = spoken[first["source"]]
    sizes = [shipped.sources.query("wave == @w").groupby("site", sort=False).size().tolist() for w in (1, 2)]
    assert sizes == [list(SITES.values()), list(SITES_2.values())]
    assert f"First wave: {listed(sizes[0])} informants, {turns.min()} to {turns.max()} answers each." in readme
    assert f"Second wave: {listed(sizes[1])}, of whom {listed(PANEL)} had been interviewed before" in readme


def test_readme_tells_the_coders_and_the_seed(shipped, readme):
    doubled = shipped.assignments.query("round == 'consensus'").merge(shipped.sources, on="source")
    assert set(doubled.groupby("site").size()) == {6} and "six interviews a site are read by two" in readme
    early = shipped.assignments.query("round == 'v1'")
    assert (
        len(early) == 8
        and "Eight of these were read before" in readme
        and set(early["source"]) <= set(doubled["source"])
    )
    assert f"--seed {SEEDS['teaching']} --out" in readme and shipped.coders["blind"].eq("yes").sum() == 5


def test_readme_tells_the_classes_of_the_key(shipped, readme):
    key = shipped.truth("classes").set_index("code")["class"]
    assert (key == "common").sum() == 9 and "| nine challenges | present at all four sites: common |" in readme
    words = {"staff_vs_member_roles": "widespread", "it_vendor": "site-specific", "state_policy": "mixed"}
    for code, name in words.items():
        (row,) = re.findall(rf"\| `{code}` \| ([^|]*) \|", readme)
        assert name in row and key[code] == name.replace("-", "_")
    assert set(re.findall(r"\| `(\w+)` \|", readme)) <= set(key.index)


def test_readme_tells_the_shares_of_the_search_and_the_denials(shipped, readme):
    key = shipped.truth("search").drop(columns="domain").astype(float)
    stray = (key["with_term"] - key["both"]) / (key["answers"] - key["coded"])
    assert (key["recall"].round(2) == 0.80).all() and (stray.round(2) == 0.10).all()
    assert "four in five answers of a domain hold one of its terms, one in ten of the others do" in readme
    denied = shipped.truth("codings").query("valence == 'not_here'").merge(shipped.segments, on="segment")
    assert denied["source"].nunique() == 7 and "at Dogwood seven informants say" in readme


def test_readme_tells_who_was_not_asked(shipped, readme):
    led = set(shipped.asked.query("module == 'leadership'")["source"])
    silent = shipped.sources[~shipped.sources["source"].isin(led)]
    assert silent["site"].tolist() == ["dogwood"] * 3 and "three informants at Dogwood were not asked" in readme


def test_readme_tells_by_whom_long_term_aims_and_data_law_are_raised(shipped):
    true = shipped.truth("codings").merge(shipped.segments, on="segment").merge(shipped.sources, on="source")
    people = true.drop_duplicates(["code", "informant"]).groupby(["code", "group"]).size()
    heard = shipped.sources.query("wave == 1").groupby("group").size()
    assert people["data_law"].to_dict() == {"provider": heard["provider"]}
    aims = people["short_vs_long_term"]
    assert aims["purchaser"] == heard["purchaser"]
    assert 0.45 < aims.drop("purchaser").sum() / heard.drop("purchaser").sum() < 0.55


# ---- writing ------------------------------------------------------------------------------------------------------


def test_write_made_refuses_a_cohort_that_would_not_load(made, tmp_path):
    broken = replace(made, tables={**made.tables, "sites": made.tables["sites"].iloc[:2]})
    with pytest.raises(CohortError, match="was not written"):
        write_made(broken, tmp_path / "broken")
    assert list(tmp_path.iterdir()) == []


def test_tables_hold_no_row_twice(made):
    doubled = Counter({name: int(table.duplicated().sum()) for name, table in made.tables.items()})
    assert +doubled == Counter()
