"""The data dictionary: descriptions of every published table and column.

A column name means the same in every table, unless the table's own entry says otherwise. A table
based on one of the study's tables takes its column descriptions from the study's descriptor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.show.fields import (
    DAY,
    INTEGER,
    NUMBER,
    Field,
    count,
    identifier,
    one_of,
    score,
    share,
    yes_or_no,
)
from analysis.study import Study
from analysis.study.dates import DAY as DATED
from analysis.study.dates import REDUCED
from analysis.study.descriptor import Column


@dataclass(frozen=True)
class Published:
    """The description of a published table.

    Attributes:
        title: what one row is.
        key: the columns of the primary key; empty if there is none.
        based_on: the table of the study whose columns it repeats, such as units; it describes them.
        columns: the column descriptions that differ from :data:`COLUMNS`.
        sheet: the columns of its sheet in the workbook, in order; empty if it has no sheet.
        heads: the headings there that differ from :data:`analysis.publish.sheets.HEADS`.
        beside: the study's table from which the sheet takes further columns.
    """

    title: str
    key: tuple[str, ...] = ()
    based_on: str = ""
    columns: Mapping[str, Field] = field(default_factory=dict)
    sheet: tuple[str, ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""


def _sheet(columns: str) -> tuple[str, ...]:
    return tuple(columns.split())


COLUMNS = {
    "unit_id": identifier("The unit, as in units.csv"),
    "short_name": Field("The unit's name for charts and lists"),
    "criterion_id": identifier("The criterion, as in criteria.csv"),
    "recommendation_id": identifier("The recommendation or finding, as in recommendations.csv"),
    "group_id": identifier("The group scored: a recommendation_id, or total for all of it"),
    "state": identifier("The level that stands, or the code of the unknown"),
    "before": Field("The state of the cell before"),
    "after": Field("The state of the cell after"),
    "last_level": Field("The last level known, where the state is outdated"),
    "observed_on": Field("When it was so: a year, month or day; empty: undated or unknown"),
    "since_read": Field(
        "What became of the document behind it since it was read; empty: nothing seen"
    ),
    "evidence_ids": Field("The evidence behind it, as in evidence.csv, joined by ;"),
    "source_id": Field("The document, as in sources.csv"),
    "source_ids": Field("The documents to read, as in sources.csv, joined by ;"),
    "low": score("Worst score that the evidence allows, 0 to 100, not rounded"),
    "high": score("Best score that the evidence allows, 0 to 100, not rounded"),
    "known": share("Share of the weight in settled cells, 0 to 1"),
    "lowest": share("Least value that remains possible for the cell, 0 to 1"),
    "highest": share("Greatest value that remains possible for the cell, 0 to 1"),
    "settled_by_totals": yes_or_no("Whether published totals alone settle the cell"),
    "units": count("How many units are at the state"),
    "scored": yes_or_no("Whether it counts in the scores"),
    "as_of": Field("The day that it speaks of", DAY, required=True),
    "from_date": Field("The earlier date", DAY, required=True),
    "to_date": Field("The later date", DAY, required=True),
    "why": Field("Why the state differs"),
    "missing": Field("Criteria settled below the highest level, with their level, joined by '; '"),
    "unknown": Field(
        "Criteria on which we could not tell, with the kind of unknown, joined by '; '"
    ),
    "notices": Field("Sentences that must stand with the row"),
    "notice": Field("A sentence that must stand with these tables", required=True),
    "published_totals": Field("Published totals on it, as in published-totals.csv, joined by ;"),
    "named": count("How many units the evidence shows at the level"),
    "cannot_be_told": count("For how many units we could not tell"),
    "meets": count("How many units meet it: every cell settled at its highest level"),
    "falls_short": count("How many units fall short: a settled cell below its highest level"),
    "does_not_apply": count("To how many units it does not apply"),
    "status": one_of(
        "How it stands beside the evidence alone", "consistent", "open", "contradicted"
    ),
    "open_by": count("How much of it is still open"),
    "set_aside": yes_or_no("Whether it is left out, because it cannot be true beside others"),
    "clash": Field("The rows that it clashes with, itself among them, joined by ;"),
    "figure": one_of(
        "The mean value of the criterion (0 to 100), or how many units are at the level",
        "mean",
        "units",
    ),
    "level": Field("The level counted; empty for the mean"),
    "best": Field("The best rank that is possible", INTEGER, lowest=1),
    "worst": Field("The worst rank that is possible", INTEGER, lowest=1),
    "above": identifier("The unit that is surely above, as in units.csv"),
    "below": identifier("The unit that is surely below, as in units.csv"),
    "conservative": yes_or_no("Whether it rests on a bound that may miss other statements"),
    "weight": share("The cell's share of its unit's total, by which an answer narrows it"),
    "expected_pairs": Field(
        "By how many the sure statements on the unit would grow, on average over the levels that "
        "are possible. Each is taken to be equally likely. It orders questions and is no forecast",
        NUMBER,
    ),
    "step": one_of("What to do first", "read_whole", "ask", "search", "already_asked"),
    "ask_of": Field("Who holds the answer; empty: the unit itself"),
    "rank": Field("The order in which to ask, from 1", INTEGER, required=True, lowest=1),
    "reading": identifier("The coder whose readings count, or settled: what stands"),
    "reply_id": identifier("The reply, as in replies.csv"),
    "low_without": Field("Where it begins without the published totals", NUMBER),
    "high_without": Field("Where it ends without the published totals", NUMBER),
} | {
    f"{measure}_{when}": make(f"The unit's {name} {when} the reply took effect")
    for measure, name, make in (
        ("low", "worst score", score),
        ("high", "best score", score),
        ("known", "share of known weight", share),
    )
    for when in ("before", "after")
}
"""Every column of the results by name."""

TABLES = {
    "matrix": Published(
        "A cell: one unit on one criterion",
        ("unit_id", "criterion_id"),
        sheet=_sheet(
            "unit_id criterion_id state last_level observed_on confidence rationale evidence_ids "
            "notices"
        ),
        beside="assessments",
    ),
    "matrix-wide": Published("A unit: its state on every question, in words", ("unit_id",)),
    "scores": Published(
        "The score of one unit on one group",
        ("unit_id", "group_id"),
        sheet=_sheet("unit_id group_id low high known notices"),
    ),
    "national": Published(
        "How many units are at one state of one criterion", ("criterion_id", "state")
    ),
    "gaps": Published(
        "What one unit meets of one recommendation, what is missing and what is unknown",
        ("unit_id", "recommendation_id"),
        columns={
            "state": one_of(
                "How the unit stands on it",
                "meets",
                "falls_short",
                "cannot_be_told",
                "does_not_apply",
            ),
            "finding": one_of(
                "What is found: a unit that falls short does so in part, wholly, or in what is known",
                "meets",
                "in_part",
                "not_met",
                "falls_short",
                "cannot_be_told",
                "does_not_apply",
            ),
        },
        sheet=_sheet("unit_id recommendation_id finding missing unknown evidence_ids notices"),
    ),
    "national-gaps": Published(
        "How many units meet one recommendation, fall short, or could not be judged",
        ("recommendation_id",),
        sheet=_sheet(
            "recommendation_id asks scored meets falls_short cannot_be_told does_not_apply "
            "published_totals"
        ),
        beside="recommendations",
    ),
    "published-totals": Published(
        "A published count, beside what the evidence shows",
        ("total_id",),
        "published_totals",
        sheet=_sheet(
            "total_id criterion_id level as_of relation count of among named cannot_be_told "
            "status open_by set_aside clash source_id note"
        ),
    ),
    "published-scores": Published(
        "A published score, beside what the evidence allows",
        ("score_id",),
        "published_scores",
        {
            "lowest": score("Lower end between which and highest it lay before rounding"),
            "lowest_in": yes_or_no("Whether the lower end itself is possible"),
            "highest": score("Upper end, likewise"),
            "highest_in": yes_or_no("Whether the upper end itself is possible"),
            "low": score("Least score that the evidence allows by the publisher's weights"),
            "high": score("Greatest score that the evidence allows by the publisher's weights"),
            "effect": Field("What it does on the date of the results, in words; in sheets alone"),
        },
        _sheet(
            "score_id unit_id group_id as_of score rounding status effect set_aside clash "
            "source_id note"
        ),
        {"group_id": "Of"},
    ),
    "bounds": Published(
        "What remains possible for one open cell beside the published totals",
        ("unit_id", "criterion_id"),
    ),
    "national-bounds": Published(
        "Where a national figure lies on the day of a published total",
        ("as_of", "criterion_id", "figure", "level"),
        columns={
            "low": Field("Where it begins, with the published totals", NUMBER),
            "high": Field("Where it ends, with the published totals", NUMBER),
        },
    ),
    "ranks": Published("The outer limits of one unit's rank", ("unit_id",)),
    "pairs": Published("A sure statement: one unit is above another", ("above", "below")),
    "next": Published("An open cell, the first to ask about first", ("unit_id", "criterion_id")),
    "changes": Published(
        "A cell whose state differs between two dates of comparison",
        ("from_date", "to_date", "unit_id", "criterion_id"),
    ),
    "scores-by-reading": Published("One unit's score by one reading", ("unit_id", "reading")),
    "reply-effects": Published("A cell that an accepted reply changed, before and after"),
    "notices": Published("A sentence that must stand with these tables"),
    # The study's own tables, so that every id in the results refers to a published row.
    "replies": Published(
        "",
        based_on="replies",
        sheet=_sheet(
            "reply_id unit_id received_on criterion_id says evidence_ids decision reason assessment"
        ),
    ),
    "units": Published("", based_on="units"),
    "recommendations": Published("", based_on="recommendations"),
    "criteria": Published("", based_on="criteria"),
    "applicability": Published("", based_on="applicability"),
    "group-weights": Published("", based_on="group_weights"),
    "levels": Published("", based_on="levels"),
    "figures": Published("", based_on="figures"),
    "documents": Published("", based_on="documents"),
    "evidence": Published(
        "",
        based_on="evidence",
        sheet=_sheet(
            "evidence_id unit_id states extent_read source_id publisher title published url"
        ),
        heads={"unit_id": "About"},
        beside="sources",
    ),
    "sources": Published(
        "",
        based_on="sources",
        sheet=_sheet("source_id publisher title published extent_read read_on url"),
    ),
}
"""Every published table by name; an empty title stands for the title of the study's table."""

_NONE = Field("")
_POINTS_TO = {
    "unit_id": "units",
    "above": "units",
    "below": "units",
    "criterion_id": "criteria",
    "recommendation_id": "recommendations",
    "source_id": "sources",
    "document_id": "documents",
    "reply_id": "replies",
}


def title_of(study: Study, about: Published) -> str:
    """Return what one row of a published table is."""
    return about.title or study.descriptor.tables[about.based_on].title


def table_schema(study: Study, name: str, columns: list[str], about: Published) -> dict:
    """Return the Table Schema of a published table.

    Args:
        study: the study with its descriptor.
        name: the name of the table, without folder and extension.
        columns: its columns, in order.
        about: its description.

    Raises:
        LookupError: a column has no description.
    """
    own = study.descriptor.tables.get(about.based_on)
    fields = [(column, field_of(study, name, column, about)) for column in columns]
    key = about.key or (own.data_schema.primaryKey if own and not about.title else ())
    # An empty part of a key means "none", such as the level of a mean; it is not a missing value.
    schema: dict = {"fields": [spec.as_dict(column) for column, spec in fields]}
    if key and all(spec.required for column, spec in fields if column in key):
        schema["primaryKey"] = list(key)
    pointing = [
        (column, _POINTS_TO[column], column if column not in ("above", "below") else "unit_id")
        for column in columns
        if column in _POINTS_TO and _POINTS_TO[column] != name
    ]
    if pointing:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": table, "fields": [target]}}
            for column, table, target in pointing
        ]
    return schema | {"missingValues": [""]}


def field_of(study: Study, name: str, column: str, about: Published) -> Field:
    """Return the description of a column of a published table or of its sheet.

    Raises:
        LookupError: the column has no description.
    """
    own, beside = (
        {spec.name: _study_field(spec) for spec in study.descriptor.tables[table].fields}
        if table
        else {}
        for table in (about.based_on, about.beside)
    )
    columns = {**beside, **COLUMNS, **own, **about.columns}
    if column not in columns:
        raise LookupError(
            f"the column {column} of {name} is described nowhere. Add it to COLUMNS in publish/data_dictionary.py. For a chart, give columns or based_on in show/charts/__init__.py."
        )
    return columns[column]


def holds_dates(study: Study, name: str, column: str) -> bool:
    """Return whether a column of a published table, or of its sheet, holds dates."""
    about = TABLES[name]
    patterns = {
        spec.constraints.pattern
        for table in (about.based_on, about.beside)
        if table
        for spec in study.descriptor.tables[table].fields
        if spec.name == column
    }
    return bool(patterns & {REDUCED, DATED}) or COLUMNS.get(column, _NONE).type == DAY


def _study_field(column: Column) -> Field:
    limits = column.constraints
    return Field(
        column.description,
        column.type,
        limits.required,
        limits.enum or (),
        limits.minimum,
        limits.maximum,
    )
