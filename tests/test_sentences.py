"""Sentences: every number in them comes from the data, with its denominator, and names are taken as text."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy.cohort.cohort import CohortError
from casestudy.methods.agreement import agreement_by_code
from casestudy.methods.commonality import leave_one_site_out, sensitivity
from casestudy.methods.comparison import by_group, contrast
from casestudy.report import sentences as say
from casestudy.report.escaping import escape_markdown

GROUPS = ("clinicians", "patients", "payers")


def statements(told):
    """Make statements from {site: {code: how many of three voices of three groups raise it}}."""
    for site, codes in told.items():
        for n, group in enumerate(GROUPS):
            yield (site, f"{site}{n}", group)
            yield from ((site, f"{site}{n}", group, code, "challenge") for code, k in codes.items() if n < k)


def heard(told):
    """The same without the bare line of a voice that says something anyway."""
    rows = list(statements(told))
    speaking = {row[:3] for row in rows if len(row) == 5}
    return [row for row in rows if len(row) == 5 or row not in speaking]


@pytest.fixture
def three(make_cohort):
    """Money is raised by all at two sites and by two of three at the third; trust by one voice at one site."""
    told = {"north": {"money": 3, "trust": 1}, "south": {"money": 3, "trust": 0}, "east": {"money": 2, "trust": 0}}
    return make_cohort(heard(told), plan={"k": 2, "m": 2}, codes=["money", "trust"])


@pytest.mark.parametrize(
    ("names", "words"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "", "b", "c"], "a, b and c")]
)
def test_listing_in_words(names, words):
    assert say.listing(names) == words


@given(n=st.integers(0, 99))
def test_count_agrees_in_number(n):
    assert say.count(n, "site") == (f"{n} site" if n == 1 else f"{n} sites")


def test_who_was_heard_counts_with_denominators_and_names_the_thinnest(three):
    assert say.who_was_heard(three) == (
        "**3 sites**, 9 sources, 9 voices heard (a voice is one informant, or one publisher, at one site); "
        "**9 of 9 statements**, from 8 sources, count as evidence under the plan. "
        "Fewest voices: North \\(3\\), South \\(3\\) and East \\(3\\)."
    )


def test_who_was_heard_says_how_many_count(make_cohort):
    rows = [("north", "n1", "payers", "money", "challenge", {"scope": s}) for s in ("site", "host", "market")]
    cohort = make_cohort([*rows, ("south", "s1", "payers")], sites=["north", "south", "east"])
    words = say.who_was_heard(cohort)
    assert "**1 of 3 statements**" in words and "Fewest voices: East \\(0\\)." in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"k": 7}, "k = 7 voices"),
        ({"k": 1}, "k = 1 voice "),
        ({"m": 5}, "m = 5 groups"),
        ({"j": 4}, "j = 4 statements"),
        ({"resolve": "all"}, "only if every assigned coder gave it"),
        ({"scope": ()}, "What counts: said outright by the source."),
        ({"scope": (), "basis": ()}, "every statement tied to a site"),
        ({"period": "2005-2016"}, "years 2005\\-2016 or undated"),
        ({"after_seeing_data": True}, "after the data had been seen"),
        ({"after_seeing_data": False}, "before the data had been seen"),
        ({"set": "2030-12-31"}, "2030\\-12\\-31"),
    ],
)
def test_plan_in_words_tells_each_setting(tiny, change, words):
    assert words in say.plan_in_words(tiny.with_plan(**change))


def test_common_headline_names_what_is_common_and_how_far_it_holds(three):
    assert say.common_headline(three) == (
        "At k = 2, **1 of 2 challenges** is a difficulty at all 3 sites that can be judged: "
        "Money \\(holds up to k \\= 2\\)."
    )


def test_common_headline_says_that_none_is_common_and_what_comes_nearest(three):
    assert say.common_headline(three, k=3) == (
        "At k = 3, **no challenge is a difficulty at all 3 sites** that can be judged. "
        "The widest reach is 2 of 3 sites: Money."
    )


def test_common_headline_says_why_it_cannot_be_judged(three):
    words = say.common_headline(three, k=4)
    assert words == (
        "Whether any challenge is a difficulty at all sites cannot be judged: "
        "0 sites can be judged\\: nothing can be common."
    )


@pytest.mark.parametrize("reading", ["difficulty", "documented"])
def test_common_headline_without_a_challenge_says_so(make_cohort, reading):
    cohort = make_cohort([("north", "n1", "payers", "meeting", "strategy")], codes={"meeting": "practice"})
    assert say.common_headline(cohort, reading).endswith("cannot be judged: no code.")


def test_common_headline_counts_the_sites_at_which_that_challenge_can_be_judged(make_cohort):
    told = {s: {"money": 3, "trust": 1} for s in ("north", "south")} | {"east": {"trust": 1}}
    asked = [(f"{s}-{s}{n}", "m") for s in ("north", "south") for n in range(3)]
    modules = [{"module": "m", "label": "M", "codes": "money"}]
    cohort = make_cohort(heard(told), plan={"k": 3, "m": 2}, modules=modules, asked=asked)
    assert "at all 2 sites" in say.common_headline(cohort)  # money was not asked in the east


@pytest.mark.parametrize(("reading", "words"), [("difficulty", "a difficulty"), ("documented", "raised in any way")])
def test_common_headline_uses_the_word_for_interviews(three, reading, words):
    assert words in say.common_headline(three, reading)


def test_in_words_calls_documents_documented(make_cohort):
    cohort = make_cohort([("north", "n1", "news", "money", "challenge")], evidence_level="document")
    assert say.in_words("documented", cohort) == "documented in any way"


def test_breaking_in_words_gives_reach_and_denominator_at_each_k(three):
    assert say.breaking_in_words(three, top=1) == (
        "How the reach as a difficulty shrinks when more voices are asked for, where it is widest: "
        "Money (k = 1 to 2: 3 of 3, k = 3: 2 of 3, k = 4: no site has so many voices)."
    )


def test_breaking_in_words_speaks_even_if_the_plan_asks_for_more_voices_than_any_site_has(three):
    assert "Money (k = 1 to 2: 3 of 3" in say.breaking_in_words(three.with_plan(k=9))


def test_differences_in_words_names_the_site(three):
    words = say.differences_in_words(three.with_plan(k=1, m=1))
    assert words == "As a difficulty at one site only: Trust \\(North\\). At none: none."


def test_not_judged_in_words_names_sites_and_silent_groups(make_cohort):
    rows = [*heard({"north": {"money": 2}}), ("south", "s1", "payers", "money", "challenge")]
    words = say.not_judged_in_words(make_cohort(rows, plan={"k": 2, "m": 1}))
    assert "South: only 1 voice heard here that could have raised it; the rule needs 2" in words.replace("\\", "")
    assert words.endswith("Groups from which nothing counts at any site: none.")


def test_not_judged_in_words_says_that_every_site_can_be_judged(three):
    assert say.not_judged_in_words(three).startswith("Every site has voices enough")


def test_not_judged_in_words_names_groups_of_which_nothing_counts(three):
    silent = replace(three, groups={**three.groups, "press": "The press"})
    assert say.not_judged_in_words(silent).endswith("nothing counts at any site: The press.")


def test_sensitivity_in_words_tells_what_changes(three):
    words = say.sensitivity_in_words(sensitivity(three), three)
    tried = sensitivity(three).query("varied != 'as planned'").drop_duplicates(["varied", "to"])
    assert words.startswith(f"Of {len(tried)} single changes of the plan, read as a difficulty: ")
    assert "k = 3 ends Money" in words


def test_sensitivity_in_words_says_that_nothing_changes(make_cohort):
    told = {s: {"money": 3} for s in ("north", "south", "east")}
    cohort = make_cohort(heard(told), plan={"k": 1, "m": 1})
    assert say.sensitivity_in_words(sensitivity(cohort), cohort).endswith(
        "none of them changes which challenges are common, nor any other verdict."
    )


@pytest.mark.parametrize(("kind", "cautioned"), [("model", True), ("human", False)])
def test_agreement_in_words_calls_model_coders_what_they_are(tiny, kind, cautioned):
    cohort = tiny.with_tables(coders=tiny.coders.assign(kind=kind))
    words = say.agreement_in_words(agreement_by_code(cohort), cohort)
    assert ("language models: their agreement is consistency, not validity" in words) is cautioned
    assert words.startswith("Of 3 codes: ")


def test_agreement_in_words_says_if_nobody_recorded_who_read_what(tiny):
    bare = tiny.with_tables(assignments=tiny.assignments.head(0))
    told = [say.agreement_in_words(agreement_by_code(cohort), cohort) for cohort in (tiny, bare)]
    assert ["Who read what is not recorded" in words for words in told] == [False, True]


def test_agreement_in_words_says_why_it_cannot_be_estimated(make_cohort):
    cohort = make_cohort([("north", "n1", "payers", "money", "challenge")])
    table = agreement_by_code(cohort)
    words = say.agreement_in_words(table, cohort)
    assert words.startswith("Agreement cannot be estimated: ") and escape_markdown(table["reason"][0]) in words


def test_agreement_in_words_counts_every_code(tiny):
    table = agreement_by_code(tiny)
    words = say.agreement_in_words(table, tiny)
    assert sum(map(int, re.findall(r"(\d+) (?:reliable|tentative|unreliable|too rare|not estimable)", words))) == len(
        table
    )


# ---- reading/NN.md ------------------------------------------------------------------------------------------------


def with_reading(cohort, text):
    folder = cohort.folder / "reading"
    folder.mkdir(exist_ok=True)
    (folder / "07.md").write_text(text, encoding="utf-8")
    return cohort


def test_reading_section_fills_the_placeholders(three):
    text = "$n_sites sites, $n_common_difficulty common, $widest_difficulty at $most_sites_difficulty."
    words = say.reading_section(with_reading(three, text), "07")
    assert words == "## Reading this cohort\n\n3 sites, 1 common, Money at 3."


def test_reading_section_refuses_an_unknown_placeholder(three):
    with pytest.raises(CohortError, match=r"nothing is known as `\$n_site`; .*n_sites"):
        say.reading_section(with_reading(three, "There are $n_site."), "07")


def test_reading_section_of_a_cohort_without_one_is_a_comment(three):
    assert say.reading_section(three, "07") == "<!-- no reading of this cohort -->"


def test_reading_section_takes_html_as_text(three):
    assert "<" not in say.reading_section(with_reading(three, "<script>alert(1)</script>"), "07")


def test_reading_values_follow_the_data(three, make_cohort):
    assert {k: v for k, v in say.reading_values(three).items() if k.startswith("n_")} == {
        "n_sites": 3,
        "n_sources": 9,
        "n_statements": 9,
        "n_counted": 9,
        "n_voices": 9,
        "n_coders": 1,
        "n_reliable": 0,
        "n_codes": 2,
        "n_common_difficulty": 1,
        "n_common_documented": 1,
    }


def test_reading_values_without_a_challenge_are_there(make_cohort):
    cohort = make_cohort([("north", "n1", "payers", "meeting", "strategy")], codes={"meeting": "practice"})
    values = say.reading_values(cohort)
    assert (values["n_common_difficulty"], values["most_sites_difficulty"], values["widest_difficulty"]) == (
        0,
        0,
        "none",
    )


# ---- comparisons --------------------------------------------------------------------------------------------------

LEGAL = {
    "attribute": "legal",
    "label": "Legal form",
    "theme": "governance",
    "type": "category",
    "allowed": "company;charity",
}


@pytest.fixture
def six(make_cohort):
    """Three companies that all raise money, three charities that do not."""
    sites = ["ash", "birch", "cedar", "dogwood", "elm", "fir"]
    told = {s: {"money": 3 if n < 3 else 0, "trust": 1} for n, s in enumerate(sites)}
    values = [{"site": s, "attribute": "legal", "value": ("company", "charity")[n // 3]} for n, s in enumerate(sites)]
    return make_cohort(heard(told), plan={"k": 1, "m": 1}, attributes=[LEGAL], site_attributes=values)


def test_contrasts_in_words_give_p_beside_its_floor(six):
    words = say.contrasts_in_words(contrast(six, "legal"), six)
    assert words.startswith("4 contrasts of 4 had three sites a side, each over 2 challenges.")
    assert "**0.100** (smallest possible: 0.100): Money, Legal form = company" in words
    assert "None is small" in words


def test_contrasts_in_words_say_that_none_can_be_made(six):
    few = six.with_tables(site_attributes=six.site_attributes.head(5))
    assert say.contrasts_in_words(contrast(few, "legal"), few).startswith(
        "No contrast between types of site can be made"
    )


def test_groups_in_words_give_voices_of_voices(six):
    words = say.groups_in_words(by_group(six), six)
    found = re.search(r"The largest difference: (\w+) on (\w+), (\d) of (\d) voices", words)
    row = by_group(six).query("group == @found[1].lower() and code == @found[2].lower()").iloc[0]
    assert (row["raised"], row["could"]) == (int(found[3]), int(found[4]))


def test_groups_in_words_say_why_not(make_cohort):
    cohort = make_cohort([("north", "n1", "payers", "money", "challenge")])
    assert say.groups_in_words(by_group(cohort), cohort) == (
        "Not assessable: 1 stakeholder group heard\\: nothing to compare."
    )


def test_words_never_say_that_p_is_zero(make_cohort):
    rows = [("ash", f"c{n}", "payers", "money", "challenge") for n in range(12)] + [
        ("ash", f"p{n}", "patients") for n in range(12)
    ]
    cohort = make_cohort(rows)
    groups = by_group(cohort)
    assert groups["p_adjusted"].min() < 0.0005
    assert "0.000" not in say.groups_in_words(groups, cohort)
    made = contrast(cohort, "legal")
    row = {"attribute": "legal", "value": "a", "variant": "", "reading": "difficulty", "code": "money", "status": "ok"}
    made = pd.DataFrame([{**dict.fromkeys(made.columns, ""), **row, "p_adjusted": 0.0001, "floor": 0.00005}])
    cohort = cohort.with_tables(attributes=pd.DataFrame([LEGAL]))
    assert "0.000" not in say.contrasts_in_words(made, cohort)


def test_pivotal_in_words_names_site_and_challenge(make_cohort):
    told = {"north": {"money": 3}, "south": {"money": 3}, "east": {"money": 0}}
    cohort = make_cohort(heard(told), plan={"k": 2, "m": 2})
    assert say.pivotal_in_words(leave_one_site_out(cohort), cohort) == (
        "Of 3 sites left out in turn: leaving out East makes common Money (a difficulty); "
        "leaving out East makes common Money (raised in any way)."
    )


def test_pivotal_in_words_of_two_sites_is_not_assessable(make_cohort):
    cohort = make_cohort(heard({"north": {"money": 3}, "south": {"money": 3}}))
    assert say.pivotal_in_words(leave_one_site_out(cohort), cohort).startswith("Not assessable: fewer than three sites")


def test_numbers_in_words_give_range_and_denominator():
    table = pd.DataFrame({"Staff_": [3.0, None, 12.0], "None known": [None] * 3}).astype("Float64")
    assert say.numbers_in_words(table) == (
        "Staff\\_: documented at 2 of 3 sites, from 3 to 12. None known: documented at 0 of 3 sites."
    )
    assert say.numbers_in_words(table[[]]).startswith("Not assessable")


def test_changes_in_words_count_verdicts():
    table = pd.DataFrame({"to": ["any", "any", "all"], "changed": [True, False, False], "status": "ok"})
    assert say.changes_in_words(table) == "Tried: any, all. 1 of 3 verdicts differ from those of the plan.".replace(
        ",", "\\,"
    )
    assert "no other way" in say.changes_in_words(table.head(0))


def test_sentences_of_one_site_say_that_nothing_can_be_common(make_cohort):
    cohort = make_cohort(statements({"north": {"money": 3}}), plan={"k": 2, "m": 2})
    varied, why = sensitivity(cohort), "1 site can be judged\\: nothing can be common."
    assert say.changes_in_words(varied) == f"Not assessable: {why}"
    assert say.sensitivity_in_words(varied, cohort) == f"Not assessable as a difficulty: {why}"
    assert say.differences_in_words(cohort) == f"Not assessable: {why}"


def test_sentences_do_not_rank_what_nobody_raises(make_cohort):
    told = {site: {"money": 3} for site in ("north", "south")}
    cohort = make_cohort([(*row[:4], "strategy") if len(row) > 3 else row for row in statements(told)], plan={"k": 2})
    assert "is a difficulty at any of 2 sites" in say.common_headline(cohort)
    assert say.breaking_in_words(cohort) == "No challenge is a difficulty at any site, even at k = 1."
    assert say.carriers_in_words(cohort) == "No statement tells of a difficulty."
    assert say.groups_in_words(by_group(cohort), cohort).startswith("Not assessable for any group: fewer than 3 voices")


def test_common_headline_tells_of_contested_codings(make_cohort):
    def ties(site, who, group):
        yield (site, who, group, "money", "challenge", {"segment": f"{who}s", "coder": "ana"})
        yield (site, who, group, "money", "strategy", {"segment": f"{who}s", "coder": "ben"})

    people = [(s, f"{s}{g}", g) for s in ("north", "south") for g in ("payers", "patients")]
    cohort = make_cohort([row for person in people for row in ties(*person)], plan={"k": 2, "m": 2})
    assert "In 4 of 4 codings the coders tie on the valence" in say.common_headline(cohort)
    assert "tie" not in say.common_headline(cohort, "documented")


def test_who_was_heard_names_the_wave_and_who_was_heard_again(make_cohort):
    rows = [("north", "n1", "payers", "money", "challenge", {"wave": wave}) for wave in (1, 2)]
    rows += [("north", "n2", "payers", "money", "challenge", {"wave": 2})]
    words = say.who_was_heard(make_cohort(rows, plan={"k": 1, "m": 1}))
    assert "1 voice heard in wave 1" in words
    assert words.endswith("1 of 2 informants were heard in more than one wave.")


# ---- hostile names ------------------------------------------------------------------------------------------------

BAD = "<b>x</b> `y` [z](javascript:1) $q$ *w*"


def hostile(cohort):
    groups = dict.fromkeys(cohort.groups, BAD)
    tables = {"sites": cohort.sites.assign(name=BAD), "codebook": cohort.codebook.assign(label=BAD)}
    tables["attributes"] = cohort.attributes.assign(label=BAD)
    return replace(cohort.with_tables(**tables), groups=groups, title=BAD, summary=BAD, synthetic=True)


@pytest.mark.parametrize(
    "words",
    [
        say.banner,
        say.who_was_heard,
        say.plan_in_words,
        say.common_headline,
        lambda c: say.common_headline(c, k=3),
        say.breaking_in_words,
        lambda c: say.differences_in_words(c.with_plan(k=3)),
        lambda c: say.not_judged_in_words(c.with_plan(k=9)),
        lambda c: say.sensitivity_in_words(sensitivity(c), c),
        lambda c: say.contrasts_in_words(contrast(c, "legal"), c),
        lambda c: say.groups_in_words(by_group(c), c),
        lambda c: say.pivotal_in_words(leave_one_site_out(c), c),
        lambda c: str(say.reading_values(c)["widest_difficulty"]),
    ],
)
def test_sentences_take_names_as_text(six, words):
    said = re.sub(r"(?m)^> ", "", words(hostile(six)))  # the banner's own quotation mark
    assert not re.search(r"(?<!\\)[<>`$\[\]_]", said)
    assert not re.search(r"(?<!\\)\*(?!\*)(?<!\*\*)", said.replace("**", ""))


def test_banner_cautions_as_the_cohort_needs(make_cohort, tiny):
    assert "SYNTHETIC" in say.banner(tiny)
    rows = [("north", "n1", "news", "money", "challenge")]
    real = make_cohort(rows, evidence_level="document", synthetic=False)
    assert "not verified" in say.banner(real) and "Language models" in say.banner(real)
