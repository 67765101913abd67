"""Tables for reading: names for ids, words for states, the study's rounding, what must stand."""

import datetime as dt
from collections.abc import Callable, Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from analysis.measure.change import came_into_force
from analysis.measure.gaps import GAP_STATES
from analysis.measure.national import asked_criteria
from analysis.measure.next_questions import national_questions
from analysis.measure.readings import known_units
from analysis.measure.results import Results
from analysis.measure.scores import in_force_at_all, scores, shown
from analysis.measure.tree import TOTAL
from analysis.problems import Problem, StudyError
from analysis.show import sensitivity as choices
from analysis.show.notes import notes
from analysis.show.words import gap_words, interval_words, level_word, word
from analysis.spreadsheet import put_text
from analysis.study import Study
from analysis.study.rounding import rounded

NOTHING = "–"
"""What stands in a cell that has nothing in it: a blank could be taken for a pass."""

_STATES = ("state", "before", "after", "level", "last_level")
_DROPPED = ("row", "notices", "place")


class Table(Styler):
    """A table with its caption; a notebook shows it, and it is written to a spreadsheet."""

    def __init__(self, frame: pd.DataFrame, caption: str = "", lines: Sequence[str] = ()):
        """Show a frame of text.

        Args:
            frame: what is shown.
            caption: what it is.
            lines: what must stand with it.
        """
        frame = frame.reset_index(drop=True)
        super().__init__(frame, uuid="table", cell_ids=False, caption=" ".join([caption, *lines]))
        self._lines = [caption, *lines]
        self.hide(axis="index")

    @property
    def frame(self) -> pd.DataFrame:
        """The text that is shown, as a frame of its own."""
        return self.data.copy()

    def __repr__(self) -> str:
        """Return the caption and the table as text."""
        return "\n".join([*self._lines, self.data.to_string(index=False)])

    def to_excel(self, excel_writer, sheet_name: str = "Sheet1", **options) -> None:
        """Write the table to a workbook, below what must stand with it."""
        from analysis.publish.data import guarded

        if not isinstance(excel_writer, pd.ExcelWriter):
            with pd.ExcelWriter(excel_writer, engine="openpyxl") as writer:
                self.to_excel(writer, sheet_name, **options)
            return
        first = options.pop("startrow", 0)
        options = {"index": False, **options, "startrow": first + len(self._lines) + 1}
        guarded(self.data).to_excel(excel_writer, sheet_name=sheet_name, **options)
        sheet = excel_writer.sheets[sheet_name]
        for number, line in enumerate(self._lines, start=first + 1):
            put_text(sheet, number, options.get("startcol", 0) + 1, line)


def table_of(results: Results, name: str) -> Table:
    """Return a table of results for reading.

    Raises:
        StudyError: there is no table of this name.
    """
    if name not in TABLES:
        rule, remedy = "no table has this name", f"use one of: {', '.join(TABLES)}"
        raise StudyError([Problem("table", None, "", name, rule, remedy)])
    title, make = TABLES[name]
    return Table(labelled(results.study, make(results)), f"{title}.", notes(results))


def labelled(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as text for reading: labels for ids, words for states, rounded numbers."""
    labels, display = study.lookup("criteria", "label"), study.settings.display
    units = study.lookup("units", "short_name")
    names = {
        **dict.fromkeys(("unit_id", "above", "below"), units),
        "criterion_id": labels,
        "recommendation_id": study.lookup("recommendations", "label"),
        "group_id": {**study.lookup("recommendations", "label"), TOTAL: "in all"},
    }
    in_words = level_word if "criterion_id" in table else word
    columns = {}
    for column in table.columns.drop(list(_DROPPED), errors="ignore"):
        cells = table[column].astype(object)
        if column in names:
            cells = cells.map(lambda one, held=names[column]: held.get(one, one))
        elif column in _STATES:
            cells = cells.map(in_words)
        elif column in ("missing", "unknown"):
            empty = "none shown" if column == "missing" else "none"
            cells = cells.map(lambda text, empty=empty: gap_words(text, labels, empty))
        elif column in ("low", "high"):
            cells = cells.map(lambda one: shown(one, display) if _is_score(one) else one)
        elif column == "known":
            cells = cells.map(
                lambda one: f"{shown(100 * one, display)}%" if _is_score(one) else one
            )
        head = study.settings.unit_noun.singular if column == "unit_id" else str(column)
        columns[head.removesuffix("_id").replace("_", " ")] = [_text(one, study) for one in cells]
    return pd.DataFrame(columns, dtype=object)


def _is_score(cell: object) -> bool:
    return isinstance(cell, float) and not pd.isna(cell)


def _text(cell: object, study: Study) -> str:
    if _is_score(cell):
        return rounded(cell, 2, study.settings.display.rounding)
    if isinstance(cell, dt.date) and not pd.isna(cell):
        return f"{cell:%Y-%m-%d}"
    return NOTHING if pd.isna(cell) or cell == "" else str(cell)


def _national(results: Results) -> pd.DataFrame:
    wide = results.national.pivot(index="criterion_id", columns="state", values="units")
    asked = _asked(results)
    wide = wide.reindex(index=asked, columns=results.national["state"].unique())
    wide = wide.rename(columns=level_word).astype("Int64")
    return wide.assign(sum=wide.sum(axis=1)).reset_index()


def _asked(results: Results) -> list[str]:
    return list(asked_criteria(results.study)["criterion_id"])


def _of_asked(results: Results, table: pd.DataFrame) -> pd.DataFrame:
    return table[table["criterion_id"].isin(_asked(results))]


def _matrix(results: Results) -> pd.DataFrame:
    labels = results.study.lookup("criteria", "label")
    grid = results.matrix.grid()[_asked(results)].map(level_word)
    return grid.rename(columns=labels).rename_axis(index="unit_id").reset_index()


def _over_time(results: Results) -> pd.DataFrame:
    """Return the interval of every unit at each date, on the criteria in force at all of them."""
    study, steps = results.study, results.over_time
    criteria = in_force_at_all(study, [matrix.as_of for _, matrix in steps])
    columns = {}
    for label, matrix in steps:
        table = scores(study.at(matrix.as_of), matrix, criteria)
        table = table[table["group_id"] == TOTAL].set_index("unit_id")
        columns[f"{label} ({matrix.as_of})"] = {
            unit: interval_words(row["low"], row["high"], row["known"], study.settings.display)
            for unit, row in table.iterrows()
        }
    held = pd.DataFrame(columns).reindex(study["units"]["unit_id"])
    moved = held[held.nunique(axis=1, dropna=False) > 1]
    return moved.rename_axis("unit_id").reset_index()


def _changes(results: Results) -> pd.DataFrame:
    days = [str(matrix.as_of) for _, matrix in results.over_time][1:]
    tables = [
        table[~came_into_force(table)].assign(to_date=day)
        for day, table in zip(days, results.changes, strict=True)
    ]
    columns = ["to_date", "unit_id", "criterion_id", "before", "after", "why", "evidence_ids"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def _readings(results: Results) -> pd.DataFrame:
    table, display = results.readings, results.study.settings.display
    table = table[table["unit_id"].isin(known_units(table))]
    words = [interval_words(one.low, one.high, one.known, display) for one in table.itertuples()]
    wide = table.assign(interval=words).pivot(index="unit_id", columns="reading", values="interval")
    return wide.reindex(
        index=table["unit_id"].unique(), columns=table["reading"].unique()
    ).reset_index()


def _ranked(results: Results) -> pd.DataFrame:
    return results.ranks.rename(columns={"best": "best rank", "worst": "worst rank"})


def _reach(results: Results, units: list[str]) -> pd.DataFrame:
    return choices.interval_table(results, units) if units else pd.DataFrame({"choice": []})


Make = Callable[[Results], pd.DataFrame]

TABLES: dict[str, tuple[str, Make]] = {
    "matrix": ("The state of every cell", _matrix),
    "scores": (
        "The total score of each, from the worst to the best that the evidence allows",
        lambda r: r.scores[r.scores["group_id"] == TOTAL].drop(columns="group_id"),
    ),
    "groups": (
        "The score of each on each recommendation",
        lambda r: r.scores[r.scores["group_id"] != TOTAL],
    ),
    "national": ("How many are at each state of each criterion", _national),
    "coverage": (
        "How much is known of each criterion",
        lambda r: r.coverage.loc[_asked(r)].rename(columns=word).reset_index(),
    ),
    "gaps": ("What is missing and what is unknown, by recommendation", lambda r: r.gaps),
    "national gaps": (
        "How many meet each recommendation, fall short, or cannot be told",
        lambda r: r.national_gaps.rename(columns={one: word(one) for one in GAP_STATES}),
    ),
    "ranks": ("The best and the worst rank that each can have", _ranked),
    "pairs": ("Who is surely above whom", lambda r: r.pairs),
    "priorities": ("What to ask next", lambda r: _of_asked(r, r.next_questions)),
    "national priorities": (
        "What to ask next, by criterion",
        lambda r: _of_asked(r, national_questions(r.study, r.next_questions)),
    ),
    "published totals": ("Published counts beside what the evidence shows", lambda r: r.totals),
    "bounds": (
        "National figures, with the published counts and without",
        lambda r: r.national_bounds.rename(columns={"low": "lowest", "high": "highest"}),
    ),
    "changes": ("Cells that differ between two dates, and why", _changes),
    "over time": ("Scores that differ between dates, on the criteria in force at all", _over_time),
    "readings": ("The score under each coder’s own codings, and as settled", _readings),
    "choices": ("National figures under other choices", lambda r: choices.national_table(r)),
    "choices by level": ("Counts of levels under other choices", lambda r: choices.level_table(r)),
    "choices by unit": (
        "Scores under other choices, of those of which anything is known",
        lambda r: _reach(r, r.sensitivity.known),
    ),
    "choices otherwise known": (
        "Scores of those of which anything is known only under another choice",
        lambda r: _reach(r, r.sensitivity.known_otherwise),
    ),
    "choices and statements": (
        "What would hold at the study’s own weights, and what it falls to",
        lambda r: choices.statement_table(r),
    ),
    "choices by kind": ("How many statements fall to each choice", lambda r: choices.fall_table(r)),
}
"""Every table for reading: its title, and what makes it."""
