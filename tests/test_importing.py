"""Bring in a table of five made-up pools, wide and long, and everything that can be wrong with one."""

import csv
import datetime as dt
import hashlib
import shutil
from pathlib import Path

import openpyxl
import pytest
from helpers import contents, edit_cell, edit_descriptor, read_rows, write_rows
from made import replaced
from test_groups import grouped

from analysis.cli import main
from analysis.fieldwork.agreement import disagreements
from analysis.fieldwork.coded_cells import cells_read
from analysis.fieldwork.import_table import import_table
from analysis.fieldwork.names import near_units
from analysis.measure.figures import named_figures
from analysis.measure.imported import import_notices
from analysis.measure.results import measure
from analysis.publish.briefings import _common_context, _environment, _unit_contexts
from analysis.publish.report import report_html
from analysis.show.caveats import caveats
from analysis.study import StudyError, create, load, states, validate
from analysis.study.journal import LOCK

GIVEN = Path(__file__).parent / "filling"
POOLS = (
    "Northpool Baths",
    "Eastwater Lido",
    "Southmere Pool",
    "Westbrook Baths",
    "Middleford Pool",
)
IDS = [name.lower().replace(" ", "-") for name in POOLS]
MAP = """
unit: Pool
criteria: {Lifeguard: lifeguard, Signs: depth-signs}
answers: {"Yes": met, "No": not_met}
blank: nobody_looked
confidence: low
"""


@pytest.fixture
def unfilled(tmp_path):
    """A study with its questions, and neither units nor answers."""
    create(folder := tmp_path / "study")
    for name in ("levels", "recommendations", "criteria", "rules", "notices"):
        shutil.copy(GIVEN / f"{name}.csv", folder)

    def describe(held: dict) -> None:
        held["study"]["report"]["date"] = "2024-03-01"
        held["study"]["unit_noun"] = {"singular": "pool", "plural": "pools"}

    edit_descriptor(folder, describe)
    return folder


@pytest.fixture
def pools(unfilled):
    """The same with its units, each with a tile, a region and a country."""
    header = read_rows(unfilled, "units")[0]
    rows = [
        {"unit_id": one, "name": name, "short_name": name, "region": "R", "country": "C"}
        | {"tile_column": str(place), "tile_row": "1"}
        for place, (one, name) in enumerate(zip(IDS, POOLS, strict=True), start=1)
    ]
    cells = [[row.get(name, "") for name in header] for row in rows]
    write_rows(unfilled, "units", [header, *cells])
    return unfilled


def table(folder: Path, rows: list[list], name: str = "table.csv") -> Path:
    """Write a table beside the study; return it."""
    path = folder.parent / name
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path
    book = openpyxl.Workbook()
    book.active.title = "Scores"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def a_map(folder: Path, text: str) -> Path:
    path = folder.parent / "map.yml"
    path.write_text(text, "utf-8")
    return path


def everyone(*rows: list, blanks: int = 2) -> list[list]:
    """Return rows of a wide table, and a blank one for every pool that they do not name."""
    named = {row[0] for row in rows}
    return [*rows, *([name, *[""] * blanks] for name in POOLS if name not in named)]


def cells_of(folder: Path) -> dict[tuple[str, str], str]:
    cells = states(load(folder)).cells
    return {(row.unit_id, row.criterion_id): row.state for row in cells.itertuples()}


def rows_of(folder: Path, name: str) -> list[dict]:
    header, *rows = read_rows(folder, name)
    return [dict(zip(header, row, strict=True)) for row in rows]


def refused(path: Path, folder: Path, named: Path | None = None) -> list[str]:
    """Return what is said of a table that is refused, after checking that nothing changed."""
    before = contents(folder)
    with pytest.raises(StudyError) as error:
        import_table(path, folder, named)
    assert {**contents(folder), LOCK: ""} == {**before, LOCK: ""}
    problems = error.value.problems
    assert all(one.rule and one.remedy for one in problems)
    return [str(one) for one in problems]


# --- a table with a row a unit ---------------------------------------------------------------


def test_a_wide_table_fills_an_empty_study(unfilled):
    path = GIVEN / "pools.csv"
    came = import_table(path, unfilled, GIVEN / "map.yml")
    assert [row["name"] for row in rows_of(unfilled, "units")] == list(POOLS)
    assert rows_of(unfilled, "units")[0]["region"] == "Northpool"
    north, east, south, west, middle = IDS
    assert cells_of(unfilled) == {
        (north, "lifeguard"): "met",
        (north, "depth-signs"): "met",
        (north, "step-free"): "partly",
        (east, "lifeguard"): "not_met",
        (east, "depth-signs"): "met",
        (east, "step-free"): "not_found",
        (south, "lifeguard"): "not_found",
        (south, "depth-signs"): "met",
        (south, "step-free"): "met",
        (west, "lifeguard"): "met",
        (west, "depth-signs"): "inconclusive",
        (west, "step-free"): "not_met",
        (middle, "lifeguard"): "met",
        (middle, "depth-signs"): "not_assessed",
        (middle, "step-free"): "not_applicable",
    }
    (source,) = rows_of(unfilled, "sources")
    assert source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (source["title"], source["title_kind"]) == ("pools.csv", "described")
    assert source["publisher"] == "The Swimmers’ Circle"
    assert rows_of(unfilled, "codings") == []
    searches = {row["unit_id"]: row["criterion_ids"] for row in rows_of(unfilled, "searches")}
    assert searches == {east: "step-free", south: "lifeguard"}
    assert came.notes == ["The column “Remarks” is not in the map, and was left out: pools!F1."]
    assert validate(unfilled) == []


def test_nothing_is_said_that_the_table_does_not_say(unfilled):
    import_table(GIVEN / "pools.csv", unfilled, GIVEN / "map.yml")
    held = {row["evidence_id"].rpartition("-")[2]: row for row in rows_of(unfilled, "evidence")}
    said = "Row 3, column “Lifeguard on duty”, of pools.csv says: “No”."
    assert held["C3"]["states"] == said
    # Blanks that nobody searched for are kept beside their unit, in the map's words.
    assert "“Depth signs” (not asked)" in held["A6"]["states"]
    row = next(
        row
        for row in rows_of(unfilled, "assessments")
        if (row["unit_id"], row["criterion_id"]) == (IDS[1], "lifeguard")
    )
    assert row["rationale"] == "As the imported table has it: “No”."
    assert row["settled_by"] == "imported table"
    assert row["evidence_ids"] == held["C3"]["evidence_id"]
    assert (row["observed_on"], row["confidence"]) == ("2024-05", "medium")
    assert row["read_on"] == dt.date.today().isoformat()
    # A table shows no document: a rule that needs the complete reply is not met by it.
    assert {one["extent_read"] for one in held.values()} == {"whole_excerpt"}


def test_a_sheet_of_a_workbook_is_read_as_a_program_holds_it(pools):
    rows = [["Results of the spring"], [], ["Pool", "Lifeguard", "Signs", "Seen"]]
    rows += [["northpool  baths", 1, "Yes", dt.datetime(2024, 5, 3)], ["Eastwater Lido", 0, None]]
    rows += [["Southmere Pool"], ["Westbrook Baths"], ["Middleford Pool"], ["Total", 1, 1]]
    text = (
        MAP
        + "headings_row: 3\nlast_row: 8\ndate: Seen\nobserved_on: 2024\ncriteria: {Lifeguard: {criterion: lifeguard, answers: {1: met, 0: not_met}}, Signs: depth-signs}\n"
    )
    text = text.replace("criteria: {Lifeguard: lifeguard, Signs: depth-signs}\n", "", 1)
    import_table(table(pools, rows, "table.xlsx"), pools, a_map(pools, text))
    held = {(row["unit_id"], row["criterion_id"]): row for row in rows_of(pools, "assessments")}
    assert {cell: (row["level"], row["observed_on"]) for cell, row in held.items()} == {
        (IDS[0], "lifeguard"): ("met", "2024-05-03"),
        (IDS[0], "depth-signs"): ("met", "2024-05-03"),
        (IDS[1], "lifeguard"): ("not_met", "2024"),
    }


def test_links_are_read_and_comments_are_named(pools):
    rows = [["Pool", "Lifeguard", "Signs", "From"], *everyone([POOLS[0], "Yes", "", "page 3"])]
    path = table(pools, rows, "table.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["D2"].hyperlink = "https://north.example/rules"
    book.active["B2"].comment = openpyxl.comments.Comment("not on Mondays", "somebody")
    book.save(path)
    came = import_table(path, pools, a_map(pools, MAP + "source: From\n"))
    assert any("omment" in note and "Scores!B2" in note for note in came.notes)
    assert not any("left out" in note for note in came.notes)
    (held,) = (row for row in rows_of(pools, "evidence") if row["evidence_id"].endswith("B2"))
    assert "https://north.example/rules" in held["states"]


@pytest.mark.parametrize("sign", [";", "|", ","])
def test_the_separator_that_a_first_line_declares_is_taken(sign, pools):
    path = pools.parent / "table.csv"
    rows = [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", "No"])]
    lines = [f"sep={sign}", *(sign.join(row) for row in rows)]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    import_table(path, pools, a_map(pools, MAP))
    assert cells_of(pools)[IDS[0], "lifeguard"] == "met"
    assert cells_of(pools)[IDS[0], "depth-signs"] == "not_met"


def test_a_blank_that_nobody_looked_for_hides_no_later_search(pools):
    import_table(
        table(pools, [["Pool", "Lifeguard", "Signs"], *everyone()]), pools, a_map(pools, MAP)
    )
    assert set(cells_of(pools).values()) == {"not_assessed"}
    header = read_rows(pools, "searches")[0]
    search = {"unit_id": IDS[0], "searched_on": "2024-06-01", "where": "w", "queries": "q"}
    search |= {"queries_count": "1", "criterion_ids": "lifeguard"}
    write_rows(pools, "searches", [header, [search.get(name, "") for name in header]])
    assert cells_of(pools)[IDS[0], "lifeguard"] == "not_found"


# --- a table with a row an answer ------------------------------------------------------------

LONG = ["unit_id", "criterion_id", "answer", "date", "source", "note", "coder"]


def long(*rows: str) -> list[list[str]]:
    """Return a long table with the study's own headings; a blank answer for every other pool."""
    cells = [[part.strip() for part in row.split("|")] for row in rows]
    cells += [[one, "step-free", "nobody_looked"] for one in IDS]
    return [LONG, *([*row, *[""] * (len(LONG) - len(row))] for row in cells)]


def test_a_long_table_needs_no_map_where_it_has_our_headings(pools):
    path = table(
        pools,
        long(
            f"{IDS[0]} | lifeguard | met | 2024-05-03 | https://north.example/r | on the door | Ada; Ben",
            f"{IDS[0]} | depth-signs | partly | May 2024 | | | Ada",
            f"{IDS[0]} | depth-signs | met | 2024-05 | | | Ben",
            f"{IDS[1]} | lifeguard | not_met | 2023",
            f"{IDS[1]} | lifeguard | met | 2024",
        ),
    )
    came = import_table(path, pools)
    codings = {
        (row["criterion_id"], row["coder"], row["level"], row["observed_on"])
        for row in rows_of(pools, "codings")
    }
    assert codings == {
        ("lifeguard", "Ada", "met", "2024-05-03"),
        ("lifeguard", "Ben", "met", "2024-05-03"),
        ("depth-signs", "Ada", "partly", "2024-05"),
        ("depth-signs", "Ben", "met", "2024-05"),
    }
    # Two coders who differ leave the cell open; two dates of a cell are two rows.
    assert [
        (row["unit_id"], row["criterion_id"], row["observed_on"], row["level"], row["confidence"])
        for row in rows_of(pools, "assessments")
    ] == [
        (IDS[1], "lifeguard", "2023", "not_met", "low"),
        (IDS[1], "lifeguard", "2024", "met", "low"),
        (IDS[0], "lifeguard", "2024-05-03", "met", "low"),
    ]
    assert any(
        note.startswith("Coders differ") and note.endswith("table!C3.") for note in came.notes
    )
    held = next(row for row in rows_of(pools, "evidence") if row["note"])
    assert held["note"] == "on the door"
    assert held["states"].endswith("“met”. It names as its source: https://north.example/r")
    assert validate(pools) == []


def test_what_stands_beside_a_blank_is_kept(pools):
    head = ["Pool", "Question", "Finding", "Seen", "Link", "Comment", "Reader"]
    rows = [
        [POOLS[0], "lifeguard", "", "2024-04-03", "https://a.example", "gate locked", "Ann"],
        [POOLS[1], "lifeguard", "-", "2024-04-09", "https://b.example", "asked inside", "Ann"],
        [POOLS[1], "depth-signs", "-", "2024-04", "", "", ""],
        *([name, "lifeguard", "Yes", "2024-04-03", "", "", "Ann"] for name in POOLS[2:]),
    ]
    text = """
unit: Pool
criterion: Question
answer: Finding
date: Seen
source: Link
note: Comment
coder: Reader
answers: {"-": looked_and_found_nothing, "Yes": met}
blank: nobody_looked
confidence: low
searched: {on: 2024-05-02, where: the web, queries: [pools]}
"""
    path, named = table(pools, [head, *rows]), a_map(pools, text)
    import_table(path, pools, named)
    (blank,) = [row for row in rows_of(pools, "evidence") if row["unit_id"] == IDS[0]]
    assert blank["states"] == (
        "No answer stands in table.csv on “lifeguard” (nobody looked). What no answer means is "
        "what was declared when the table was brought in. Beside “lifeguard” it has: "
        "date 2024-04-03; source https://a.example; coder Ann."
    )
    assert blank["note"] == "Beside “lifeguard” it has: note gate locked."
    said = "Imported from table.csv, where the answer is “-”: that was declared to mean that it was looked for and not found."
    assert [
        (row["searched_on"], row["criterion_ids"], row["note"])
        for row in rows_of(pools, "searches")
    ] == [
        (
            "2024-04-09",
            "lifeguard",
            f"{said} Beside “lifeguard” it has: source https://b.example; note asked inside; coder Ann.",
        ),
        ("2024-05-02", "depth-signs", f"{said} Beside “depth-signs” it has: date 2024-04."),
    ]
    assert not import_table(path, pools, named).written


def test_a_cell_that_a_table_has_of_one_coder_alone_is_no_difference(pools):
    head = ["unit_id", "criterion_id", "answer", "coder"]
    rows = [[IDS[0], "lifeguard", "met", "Ann"], [IDS[0], "lifeguard", "met", "Ben"]]
    rows += [[IDS[0], "depth-signs", "met", "Ben"]]
    rows += [[name, "lifeguard", "met", "Ann"] for name in IDS[1:]]
    import_table(table(pools, [head, *rows]), pools)
    study = load(pools)
    read = cells_read(study)
    assert read["Ann"] == {(name, "lifeguard") for name in IDS}
    assert read["Ben"] == {(IDS[0], "lifeguard"), (IDS[0], "depth-signs")}
    assert disagreements(study).empty


def test_questions_of_a_long_table_are_mapped_by_what_it_calls_them(pools):
    text = "unit: Pool\ncriterion: Question\nanswer: Answer\nconfidence: high\nblank: not_asked\n"
    text += 'criteria: {Q1: {criterion: lifeguard, answers: {"Yes": met}}, Q2: {criterion: depth-signs, answers: {"Yes": partly}}}'
    rows = [["Pool", "Question", "Answer"], *([name, "Q1", ""] for name in POOLS[1:])]
    rows += [[POOLS[0], "Q1", "Yes"], [POOLS[0], "q2", "yes"]]
    import_table(table(pools, rows), pools, a_map(pools, text))
    assert cells_of(pools)[IDS[0], "lifeguard"] == "met"
    assert cells_of(pools)[IDS[0], "depth-signs"] == "partly"


def test_semicolons_may_part_the_cells(pools):
    path = pools.parent / "table.csv"
    rows = [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes, always", "No"])]
    path.write_text("\ufeff" + "\n".join(";".join(row) for row in rows), "utf-8")
    text = MAP.replace('{"Yes": met,', '{"Yes, always": met,')
    import_table(path, pools, a_map(pools, text))
    assert cells_of(pools)[IDS[0], "lifeguard"] == "met"


# --- twice, and once more --------------------------------------------------------------------


def test_the_same_table_changes_nothing_the_second_time(unfilled, capsys):
    for _ in range(2):
        assert (
            main(
                [
                    "import",
                    str(GIVEN / "pools.csv"),
                    "--into",
                    str(unfilled),
                    "--map",
                    str(GIVEN / "map.yml"),
                ]
            )
            == 0
        )
    assert "The study has all of this already. Nothing was written." in capsys.readouterr().out


def test_a_table_of_which_more_is_mapped_later_is_one_source(pools):
    path = table(pools, [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", "No"])])
    first = MAP.replace(", Signs: depth-signs", "")
    import_table(path, pools, a_map(pools, first))
    import_table(path, pools, a_map(pools, MAP))
    (source,) = rows_of(pools, "sources")
    assert source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(rows_of(pools, "assessments")) == 2


def test_a_dry_run_writes_nothing(unfilled, capsys):
    before = contents(unfilled)
    asked = ["import", str(GIVEN / "pools.csv"), "--into", str(unfilled)]
    assert main([*asked, "--map", str(GIVEN / "map.yml"), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "assessments: 12 added" in said
    assert "depth-signs: 1 blank: not_asked, 1 inconclusive, 3 met" in said
    assert contents(unfilled) == before


def test_a_later_table_needs_its_date_to_change_a_level(pools):
    first = [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", ""])]
    import_table(table(pools, first), pools, a_map(pools, MAP))
    second = table(pools, [*first[:1], *everyone([POOLS[0], "No", ""])])
    (said,) = refused(second, pools, a_map(pools, MAP))
    assert "table!B2 (No)" in said
    assert "the study holds met of that date, settled by imported table" in said
    import_table(second, pools, a_map(pools, MAP + "not_before: 2024-06-01\n"))
    assert cells_of(pools)[IDS[0], "lifeguard"] == "not_met"


# --- what is refused, each with its place, value, rule and remedy ------------------------------

FAULTS = {
    "an answer that the map does not name": (
        [POOLS[0], "Maybe", ""],
        "",
        ["table!B2 (Maybe)", "the map does not say what this answer means", "add it to answers"],
    ),
    "a footnote is part of an answer": (
        [POOLS[0], "Yes*", ""],
        "",
        ["table!B2 (Yes*)", "the map does not say what this answer means"],
    ),
    "a unit that the study does not hold": (
        ["Northpol Baths", "Yes", ""],
        "",
        [
            "table!A2 (Northpol Baths)",
            "the study has no such pool",
            "did you mean Northpool Baths",
        ],
    ),
    "a row without a unit": (["", "Yes", ""], "", ["table!A2", "the row names no pool"]),
    "another answer of the same cell": (
        [POOLS[1], "No", ""],
        "",
        ["table!B3 (Yes)", "table!B2 says No of the same unit, criterion and date"],
    ),
    "a blank that is not explained": (
        [POOLS[0], "Yes", ""],
        ("blank: nobody_looked\n", ""),
        ["table!C2", "nothing says what a blank means", "say in the map (blank)"],
    ),
    "a level of another scale": (
        [POOLS[0], "Yes", ""],
        ('"Yes": met', '"Yes": open'),
        ["table!B2 (Yes)", "it means open, which is not a level of lifeguard"],
    ),
    "a level of no scale": (
        [POOLS[0], "Yes", ""],
        ('"Yes": met', '"Yes": mett'),
        ["map.yml, answers.Yes (mett)", "it is neither a level of levels.csv"],
    ),
    "an unknown that is derived": (
        [POOLS[0], "Yes", ""],
        ('"Yes": met', '"Yes": not_found'),
        ["map.yml, answers.Yes (not_found)", "derived and never typed"],
    ),
    "a criterion that the study does not hold": (
        [POOLS[0], "Yes", ""],
        ("Signs: depth-signs", "Signs: depth"),
        ["map.yml, criteria.Signs (depth)", "the study has no such criterion"],
    ),
    "a heading that the table does not have": (
        [POOLS[0], "Yes", ""],
        ("Signs: depth-signs", "Sign: depth-signs"),
        ["map.yml, criteria.Sign (Sign)", "no such heading", "Pool, Lifeguard, Signs"],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_said_with_its_place_and_remedy(fault, pools):
    row, change, expected = FAULTS[fault]
    rows = [*read_rows(pools, "levels"), ["doors", "open", "1", "-"], ["doors", "shut", "0", "-"]]
    write_rows(pools, "levels", rows)
    others = [[POOLS[1], "Yes", "Yes"]] if row[0] == POOLS[1] else []
    path = table(pools, [["Pool", "Lifeguard", "Signs"], *everyone(row, *others)])
    said = refused(path, pools, a_map(pools, MAP.replace(*change) if change else MAP))
    assert any(all(part in one for part in expected) for one in said), said


def test_a_fault_of_many_cells_is_said_once(pools):
    rows = [["Pool", "Lifeguard", "Signs"], *([name, "Maybe", ""] for name in POOLS)]
    (said,) = refused(table(pools, rows), pools, a_map(pools, MAP))
    assert "table!B2 (Maybe)" in said
    assert "(and in 4 more cells of the table)" in said


MAPS = {
    "an entry twice": (MAP + "unit: Place\n", "line 7", "unit stands in it twice"),
    "no YAML": (MAP + "note: [a\n", "line", "it is not YAML"),
    "a reference": (MAP + "note: *a\n", "line 7", "begins with * points to another"),
    "an entry that no map has": (MAP + "levels: a\n", "levels", "a map has no such entry"),
    "no confidence": (MAP.replace("confidence: low\n", ""), "confidence", "does not say it"),
    "a blank of another meaning": (
        MAP.replace("nobody_looked", "unknown"),
        "blank",
        "it should be",
    ),
    "a search without its words": (
        MAP.replace("nobody_looked", "looked_and_found_nothing"),
        "",
        "looked_and_found_nothing needs searched",
    ),
    "a day to come": (MAP + "read_on: 2999-01-01\n", "read_on (2999-01-01)", "still to come"),
    "a date that does not exist": (MAP + "observed_on: 2024-02-30\n", "(2024-02-30)", "not a date"),
    "neither wide nor long": (
        MAP.replace("criteria: {Lifeguard: lifeguard, Signs: depth-signs}\n", ""),
        "",
        "neither criteria",
    ),
    "a list": ("- a\n- b\n", "", "entries"),
}


@pytest.mark.parametrize("fault", MAPS)
def test_a_map_that_is_none_is_refused(fault, pools):
    text, place, rule = MAPS[fault]
    path = table(pools, [["Pool", "Lifeguard", "Signs"], *everyone()])
    said = refused(path, pools, a_map(pools, text))
    assert any(one.startswith("map.yml") and place in one and rule in one for one in said), said


def test_a_file_that_is_no_table_is_refused(pools):
    folder, named = pools.parent, a_map(pools, MAP)
    (folder / "latin.csv").write_bytes("Pool,Lifeguard\nS\u00fcdbad,Yes\n".encode("latin-1"))
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "quote.csv").write_text('Pool,Lifeguard,Signs\nA,"Yes,No\n')
    (folder / "empty.csv").touch()
    for name, part in (
        ("latin.csv", "line 2: the file is not UTF-8"),
        ("old.xls", "neither .csv nor .xlsx"),
        ("quote.csv", "row 2: the text is not CSV"),
        ("empty.csv", "nothing stands in it"),
        ("gone.csv", "there is no such file"),
    ):
        (said,) = refused(folder / name, pools, named)
        assert part in said


def test_rows_that_a_quotation_mark_has_swallowed_are_not_lost(pools):
    path = pools.parent / "table.csv"
    rows = [
        "Pool,Lifeguard,Signs,Note",
        f'{POOLS[0]},Yes,Yes,"new',
        f"{POOLS[1]},No,No,",
        f'{POOLS[2]},No,No,"',
    ]
    path.write_text("\n".join([*rows, *(f"{name},,," for name in POOLS[3:])]), "utf-8")
    said = refused(path, pools, a_map(pools, MAP + "note: Note\n"))
    assert any("table!D2 (new" in one and "swallowed" in one for one in said)


@pytest.mark.parametrize("name", ["table.csv", "table.xlsx"])
def test_what_stands_under_no_heading_is_refused(name, pools):
    long = [["Pool", "Lifeguard", "Signs", "Note"], *everyone(blanks=3)]
    long[2] += ["mast broken", "see file 7"]  # an unquoted comma has split the note
    (said,) = refused(table(pools, long, name), pools, a_map(pools, MAP + "note: Note\n"))
    assert (
        "!E3 (mast broken)" in said and "no heading stands above the cell (nor above 1 more" in said
    )
    within = [["Pool", "", "Lifeguard", "Signs"], *everyone(blanks=3)]
    within[1][1] = "closed"
    (said,) = refused(table(pools, within, name), pools, a_map(pools, MAP))
    assert "!B2 (closed)" in said and "no heading stands above the cell:" in said


def test_merged_cells_of_a_table_are_refused(pools):
    path = table(
        pools, [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", ""])], "t.xlsx"
    )
    book = openpyxl.load_workbook(path)
    book.active.insert_rows(1)
    book.active["A1"] = "A title"
    book.active.merge_cells("A1:C1")
    book.save(path)
    import_table(path, pools, a_map(pools, MAP + "headings_row: 2\n"), dry_run=True)
    book.active.merge_cells("B3:B4")
    book.save(path)
    (said,) = refused(path, pools, a_map(pools, MAP + "headings_row: 2\n"))
    assert "Scores!B3:B4 (Yes)" in said and "the cells are merged" in said


def test_rows_below_the_last_one_are_named(pools):
    rows = [["Pool", "Lifeguard", "Signs"], *everyone(), [], ["Total", "1"], ["Mean", "1"]]
    came = import_table(table(pools, rows), pools, a_map(pools, MAP + "last_row: 6\n"))
    (said,) = [note for note in came.notes if "was left out" in note]
    assert "below the last row" in said and "table!A8:A9" in said


@pytest.mark.parametrize("note", [",", ",in winter"])
def test_the_end_of_a_row_and_the_beginning_of_the_next_do_not_make_one(pools, note):
    path = pools.parent / "table.csv"
    rows = [f'{POOLS[0]},"Yes,No{note}', f'{POOLS[1]},No",Yes,in winter', f"{POOLS[2]},,Yes,"]
    path.write_text("\n".join(["Pool,Lifeguard,Signs,Note", *rows]), "utf-8")
    said = refused(path, pools, a_map(pools, MAP + "note: Note\n"))
    assert any("table!B2 (Yes" in one and "swallowed" in one for one in said), said
    # A note of two sentences is none.
    rows = [f'{POOLS[0]},Yes,"No, never\nYes, it is, today",', *(f"{one},,," for one in POOLS[1:])]
    path.write_text("\n".join(["Pool,Lifeguard,Note,Signs", *rows]), "utf-8")
    import_table(path, pools, a_map(pools, MAP.replace(", Signs: depth-signs", "")), dry_run=True)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("column", range(4))
def test_a_line_break_inside_a_name_or_an_answer_is_not_tidied_away(unfilled, column, suffix):
    rows = [["Pool", "Town", "Lifeguard", "Coder"], [POOLS[0], "Northpool", "Yes", "Ada"]]
    rows.append([POOLS[1], "Eastwater", "Yes", "Bo"])
    rows[2][column] = f"{rows[2][column]}\nYes"
    text = "unit: Pool\nunits: {region: Town}\ncoder: Coder\ncriteria: {Lifeguard: lifeguard}\n"
    text += 'answers: {"Yes": met}\nblank: nobody_looked\nconfidence: low\n'
    said = refused(table(unfilled, rows, f"table.{suffix}"), unfilled, a_map(unfilled, text))
    place = f"!{'ABCD'[column]}3 ("
    assert any(place in one and "a line break stands inside" in one for one in said), said
    rows[2][column] = f"{rows[2][column].split()[0]}\n"
    if column == 0:
        rows[2][0] = POOLS[1] + "\n"
    path = table(unfilled, rows, f"table.{suffix}")
    notes = import_table(path, unfilled, a_map(unfilled, text), dry_run=True).notes
    (normalised,) = (one for one in notes if one.startswith("Stray spaces"))
    assert normalised.count(f"{'ABCD'[column]}3") == 1


def test_one_of_several_sheets_is_named(pools):
    path = table(pools, [["Pool", "Lifeguard", "Signs"], *everyone()], "table.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Notes")["A1"] = "made in spring"
    book.save(path)
    (said,) = refused(path, pools, a_map(pools, MAP))
    assert "several sheets hold something" in said
    assert "Scores, Notes" in said
    import_table(path, pools, a_map(pools, MAP + "sheet: scores\n"))


def test_a_heading_that_is_not_ours_needs_a_map(pools):
    (said,) = refused(
        table(pools, [["unit_id", "lifeguard", "signs"], [IDS[0], "met", "met"]]), pools
    )
    assert "table!C1 (signs)" in said
    assert "write a map" in said


def test_a_study_without_units_says_how_to_get_them(unfilled):
    path = table(unfilled, [["Pool", "Lifeguard", "Signs"], *everyone()])
    (said,) = refused(path, unfilled, a_map(unfilled, MAP))
    assert "the study has no units yet" in said
    assert "under units" in said


def test_rows_that_differ_on_a_unit_are_refused(unfilled):
    text = MAP + "units: {region: Town}\n"
    rows = [["Pool", "Town", "Lifeguard", "Signs"], ["A", "x", "Yes", ""], ["A", "y", "", "Yes"]]
    (said,) = refused(table(unfilled, rows), unfilled, a_map(unfilled, text))
    assert "table!B3 (y)" in said
    assert "an earlier row says x of this unit (A)" in said


def test_a_rule_of_the_study_is_said_at_the_cell_that_breaks_it(pools):
    edit_cell(pools, "criteria", 2, "applies_from", "2024-01-01")
    path = table(pools, [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", ""])])
    (said,) = refused(path, pools, a_map(pools, MAP))
    assert "table.csv, table!B2 (met): its first possible day is unknown" in said


def test_a_table_does_not_carry_a_level_that_needs_the_complete_reply(pools):
    edit_cell(pools, "rules", 4, "needs", "complete_reply")  # lifeguard, not_met
    rows = [
        ["Pool", "Lifeguard", "Signs"],
        *everyone([POOLS[0], "Yes", "No"], [POOLS[1], "No", ""]),
    ]
    (said,) = refused(table(pools, rows), pools, a_map(pools, MAP))
    assert "table!B3 (not_met): the rule for not_met on lifeguard needs the complete reply" in said


# --- what the results say of it ----------------------------------------------------------------


def test_results_say_what_rests_on_an_imported_table(pools):
    rows = [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", "No"])]
    import_table(table(pools, rows), pools, a_map(pools, MAP))
    results = measure(load(pools))
    said = "is taken from an imported table (table.csv), as it stands there. We did not read the documents behind it."
    whole = f"For 2 of 15 questions on pools, what is shown {said}"
    assert whole in caveats(results)
    assert named_figures(results)["cells.imported"].value == 2
    assert whole in report_html(results, named_figures(results), [])
    of_one = f"For 2 of 3 questions on {POOLS[0]}, what is shown {said}"
    assert import_notices(results, [IDS[0]]) == [of_one]
    assert import_notices(results, [IDS[1]]) == []
    template = _environment(results).get_template("briefing.html.j2")
    briefing = dict(_unit_contexts(results))[IDS[0]]
    form = {"letters": 100, "rows": 9, "by_name": True, "part": "known"}
    assert of_one in template.render(**_common_context(results), **briefing, **form)


def test_a_level_that_was_settled_since_rests_on_the_table_no_more(pools):
    rows = [["Pool", "Lifeguard", "Signs"], *everyone([POOLS[0], "Yes", "No"])]
    import_table(table(pools, rows), pools, a_map(pools, MAP))
    edit_cell(pools, "assessments", 2, "settled_by", "Ada")
    assert import_notices(measure(load(pools)))[0].startswith("For 1 of 15 questions")


def test_a_misspelt_name_is_given_the_few_nearest_units():
    study = grouped()
    names = ["North Town", "North Tower", "South End"]
    study = replaced(study, units=study["units"].assign(name=names))
    assert near_units(study, "North Towm") == ["North Town", "North Tower"]
    assert near_units(study, "NORTH TOWN") == ["North Town", "North Tower"]
    assert near_units(study, "South Ent") == ["South End"]
    assert near_units(study, "Elsewhere") == []
    study = replaced(study, units=study["units"].assign(name=["North A", "North B", "North C"]))
    assert len(near_units(study, "North", 2)) == 2
