"""A sheet of survey answers becomes the survey of a cohort, or every fault is told and nothing is written."""

import csv
import re
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casestudy import CohortError, check_cohort, load_cohort
from casestudy.cli import app
from casestudy.cohort.surveys import add_survey, read_survey
from casestudy.cohort.surveys.reading import FIELDS, SURVEY

HEADER = ["site", "respondent", "group", "item", "value", "min", "max", "reverse"]
ROWS = [
    ["North", "1", "Clinicians", "Same aims", "4", "1", "5", "no"],
    ["North", "1", "Clinicians", "Apart", "2", "1", "5", "yes"],
    ["north", "2", "patients", "same aims", "", "1", "5", "no"],
    ["South", "1", "Patients", "Same aims", "5", "1", "5", "no"],
]


def write(folder, rows, header=HEADER, name="answers.csv", delimiter=","):
    path = folder / name
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return path


def changed(row, column, value):
    """Return the rows with one cell changed."""
    rows = [list(cells) for cells in ROWS]
    rows[row][HEADER.index(column)] = value
    return rows


def faults(path, cohort=None):
    """Return (row, column, problem) of every fault."""
    with pytest.raises(CohortError) as error:
        read_survey(path, cohort)
    return list(error.value.problems[["row", "column", "problem"]].itertuples(index=False, name=None))


# ---- a sheet in order ---------------------------------------------------------------------------------------------


def test_read_survey_gives_the_survey_tables(tmp_path):
    tables = read_survey(write(tmp_path, ROWS))
    assert tuple(tables) == ("survey_items", "survey_respondents", "survey_responses", "survey_frame")
    assert tables["survey_items"].to_numpy().tolist() == [
        ["same_aims", "survey", "Same aims", "no", "1", "5"],
        ["apart", "survey", "Apart", "yes", "1", "5"],
    ]
    assert tables["survey_respondents"]["respondent"].tolist() == ["north-1", "north-2", "south-1"]
    assert tables["survey_responses"].to_numpy().tolist()[2] == ["north-2", "same_aims", ""]
    assert tables["survey_frame"].empty and set(tables["survey_respondents"]["panel"]) == {""}


def test_read_survey_uses_the_sites_and_groups_of_the_cohort_by_key_or_name(tmp_path, tiny):
    rows = [["North alliance", *ROWS[0][1:]], ["south", *ROWS[3][1:]]]
    people = read_survey(write(tmp_path, rows), tiny)["survey_respondents"]
    assert people[["site", "group"]].to_numpy().tolist() == [["north", "clinicians"], ["south", "patients"]]


def test_read_survey_ties_the_waves_of_one_person_together(tmp_path):
    rows = [[*row, wave] for wave in ("1", "2") for row in ROWS[:2]]
    people = read_survey(write(tmp_path, rows, [*HEADER, "Wave"]))["survey_respondents"]
    assert people["respondent"].tolist() == ["north-1-w1", "north-1-w2"] and people["panel"].nunique() == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_read_survey_finds_synonyms_and_separators(tmp_path, delimiter):
    header = ["Alliance", "Respondent ID", "Stakeholder group", "Question", "Answer", "Minimum", "Maximum", "Reversed"]
    assert len(read_survey(write(tmp_path, ROWS, header, delimiter=delimiter))["survey_responses"]) == len(ROWS)


def test_read_survey_reads_a_workbook(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in [HEADER, *[[*r[:4], int(r[4] or 0) or None, 1, 5, r[7]] for r in ROWS]]:
        book.active.append(row)
    book.save(tmp_path / "answers.xlsx")
    write(tmp_path, ROWS)
    both = [read_survey(tmp_path / f"answers.{kind}") for kind in ("xlsx", "csv")]
    assert all(both[0][name].equals(both[1][name]) for name in SURVEY)


def test_fields_are_words_of_their_own():
    words = [word for synonyms in FIELDS.values() for word in synonyms]
    assert len(words) == len(set(words))


# ---- a sheet at fault ---------------------------------------------------------------------------------------------

FAULTY = [
    ("value", "=1+1", "is not valid here"),
    ("value", "4,5", "is not valid here"),
    ("value", "9" * 40, "is not valid here"),
    ("value", "1e308", "is not valid here"),
    ("value", "nan", "is not valid here"),
    ("value", "6", "lies outside 1 to 5"),
    ("value", "-1", "lies outside 1 to 5"),
    ("reverse", "perhaps", "is not yes or no"),
    ("max", "", "is blank"),
    ("respondent", "", "is blank"),
    ("group", "", "is blank"),
]


@pytest.mark.parametrize(("column", "value", "problem"), FAULTY)
def test_read_survey_names_row_and_column_of_a_faulty_cell(tmp_path, column, value, problem):
    assert (5, column, problem) in faults(write(tmp_path, changed(3, column, value)))


def test_read_survey_tells_what_one_item_or_person_says_twice(tmp_path):
    rows = [*ROWS, ["North", "1", "Patients", "Same aims", "4", "1", "7", "no"]]
    told = {column: problem for _, column, problem in faults(write(tmp_path, rows))}
    assert "clinicians" in told["group"] and "`5`" in told["max"] and "in row 2" in told["item"]


def test_read_survey_refuses_a_range_upside_down(tmp_path):
    rows = [[*row[:5], "5", "1", row[7]] for row in ROWS]
    assert {(column, problem) for _, column, problem in faults(write(tmp_path, rows))} >= {
        ("min", "is not below `max` (1)")
    }


def test_read_survey_tells_all_faults_at_once(tmp_path, tiny):
    rows = changed(0, "value", "six")
    rows[1][0], rows[2][7], rows[3][2] = "Nroth", "maybe", "clowns"
    told = faults(write(tmp_path, rows), tiny)
    assert {(row, column) for row, column, _ in told} >= {(2, "value"), (3, "site"), (4, "reverse"), (5, "group")}


def test_read_survey_suggests_the_site_that_is_meant(tmp_path, tiny):
    with pytest.raises(CohortError, match="did you mean `north`"):
        read_survey(write(tmp_path, changed(0, "site", "nroth")), tiny)


def test_read_survey_names_every_missing_column(tmp_path):
    told = faults(write(tmp_path, [["North", "1"]], ["site", "respondent"]))
    assert {column for _, column, _ in told} == {"group", "item", "value", "min", "max"}


@pytest.mark.parametrize("content", [b"", b"site,respondent\n", b"\x00\x01\x02", b'site,"open\n1,2\n'])
def test_read_survey_refuses_what_is_no_sheet(tmp_path, content):
    (tmp_path / "answers.csv").write_bytes(content)
    assert faults(tmp_path / "answers.csv")


def test_read_survey_refuses_other_files(tmp_path):
    (tmp_path / "answers.sav").write_bytes(b"$FL2")
    assert faults(tmp_path / "answers.sav") and faults(tmp_path / "none.csv")


cells = st.one_of(
    st.sampled_from(["", "=2", "yes", "3", "North", "$x$", "[red]", "\u202e", "1" * 30]), st.text(max_size=8)
)


@settings(max_examples=40)
@given(st.lists(st.lists(cells, min_size=8, max_size=8), min_size=1, max_size=5))
def test_read_survey_of_anything_gives_tables_or_a_list_of_faults(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    clean = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
    try:
        tables = read_survey(write(folder, clean))
    except CohortError as error:
        assert len(error.problems)
    else:
        assert all(re.fullmatch(r"[\w.\-]+", key, re.ASCII) for key in tables["survey_respondents"]["respondent"])


# ---- into a cohort ------------------------------------------------------------------------------------------------


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_add_survey_gives_a_cohort_that_passes_the_check(tmp_path, tiny_folder):
    cohort, notes = add_survey(write(tmp_path, ROWS), tiny_folder)
    assert check_cohort(tiny_folder).empty and len(cohort.survey_responses) == len(ROWS)
    assert any("survey_frame.csv" in note for note in notes) and any("apart" in note for note in notes)
    assert not [name for name in files(tiny_folder) if name.startswith(".")]


@pytest.mark.parametrize("rows", [changed(0, "value", "77"), changed(0, "site", "nowhere"), []])
def test_add_survey_leaves_the_cohort_as_it_was_when_the_sheet_is_at_fault(tmp_path, tiny_folder, rows):
    before = files(tiny_folder)
    with pytest.raises(CohortError):
        add_survey(write(tmp_path, rows), tiny_folder)
    assert files(tiny_folder) == before


def test_add_survey_takes_back_what_it_placed_when_a_file_cannot_be_written(tmp_path, tiny_folder, monkeypatch):
    from pathlib import Path

    rename, before = Path.rename, files(tiny_folder)

    def fails(self, target):
        if self.name == "survey_responses.csv":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(CohortError, match="No space left"):
        add_survey(write(tmp_path, ROWS), tiny_folder)
    assert files(tiny_folder) == before


def test_add_survey_never_overwrites_a_survey(tmp_path, tiny_folder):
    add_survey(write(tmp_path, ROWS), tiny_folder)
    before = files(tiny_folder)
    with pytest.raises(CohortError, match="has a survey already"):
        add_survey(write(tmp_path, ROWS), tiny_folder)
    assert files(tiny_folder) == before


def test_add_survey_warns_of_names(tmp_path, tiny_folder):
    rows = [[row[0], "Ann Other", *row[2:]] for row in ROWS[:2]]
    assert any("names of people" in note for note in add_survey(write(tmp_path, rows), tiny_folder)[1])


def test_survey_command_adds_and_says_what_is_next(tmp_path, tiny_folder):
    told = CliRunner().invoke(app, ["survey", str(write(tmp_path, ROWS)), "--into", str(tiny_folder)])
    assert told.exit_code == 0 and "3 respondents, 2 items, 3 answers in 1 wave" in told.output
    assert f"casestudy check {tiny_folder}" in told.output


def test_survey_command_ends_with_2_and_shows_data_literally(tmp_path, tiny_folder):
    path = write(tmp_path, changed(0, "value", "[red]"))
    told = CliRunner().invoke(app, ["survey", str(path), "--into", str(tiny_folder)])
    assert told.exit_code == 2 and "[red]" in told.output
    assert CliRunner().invoke(app, ["survey", str(path), "--into", "nowhere"]).exit_code == 2


# ---- the survey of a cohort ---------------------------------------------------------------------------------------


def test_check_cohort_finds_an_answer_outside_its_range(tmp_path, tiny_folder):
    add_survey(write(tmp_path, ROWS), tiny_folder)
    path = tiny_folder / "survey_responses.csv"
    path.write_text(path.read_text("utf-8").replace("same_aims,4", "same_aims,40"), encoding="utf-8")
    (problem,) = check_cohort(tiny_folder).itertuples()
    assert (problem.file, problem.row, problem.problem) == ("survey_responses.csv", 2, "lies outside 1 to 5")


def test_check_cohort_finds_a_range_upside_down(tmp_path, tiny_folder):
    add_survey(write(tmp_path, ROWS[:1]), tiny_folder)
    path = tiny_folder / "survey_items.csv"
    path.write_text(path.read_text("utf-8").replace("1,5", "5,1"), encoding="utf-8")
    assert "is not below `max`" in set(check_cohort(tiny_folder)["problem"])


def test_shipped_survey_goes_out_and_in_again(tmp_path):
    """The long form of a shipped survey gives the same answers back."""
    cohort = load_cohort("alignment-teaching")
    wide = cohort.survey_responses.merge(cohort.survey_respondents, on="respondent")
    wide = wide.merge(cohort.survey_items, on="item")
    number = wide["value"].map(lambda v: "" if v != v else f"{v:g}")
    rows = wide.assign(value=number)[["site", "respondent", "group", "item", "value", "min", "max", "reverse", "scale"]]
    shutil.copytree(cohort.folder, tmp_path / "alignment-teaching", ignore=shutil.ignore_patterns("survey_*"))
    path = write(tmp_path, rows.astype(str).to_numpy().tolist(), [*HEADER, "scale"])
    again = add_survey(path, tmp_path / "alignment-teaching")[0]
    assert again.survey_responses["value"].tolist() == pytest.approx(wide["value"].tolist(), nan_ok=True)
    assert len(again.survey_respondents) == len(cohort.survey_respondents)
