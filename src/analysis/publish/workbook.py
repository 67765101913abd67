"""The gap tables as a workbook, which opens on a summary of what was found.

``[x]`` stands for not available and ``[z]`` for not applicable; 0 is a true zero only. The lines
above the tables are as many on every sheet, so that all have their headings on the same row.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.measure.figures import NamedFigure
from analysis.measure.results import Results
from analysis.publish.accessible_workbook import (
    Sheet,
    accessible_workbook,
    contents_sheet,
    place_of,
    web_address,
)
from analysis.publish.context.overview import how_much_is_known
from analysis.publish.material import Material
from analysis.publish.sheets import evidence, national, units
from analysis.publish.sheets.front import criterion_tags, notes, summary, where_notices_stand
from analysis.show.caveats import caveats
from analysis.study.settings import UnitNoun

_Table = tuple[str, str, Callable[[Results], pd.DataFrame]]
"""The name of a sheet, the title of its table, and what makes that of results."""
_LINKS = {evidence.ADDRESS: web_address, evidence.ARCHIVED: web_address}


def gap_workbook(results: Results, named: dict[str, NamedFigure]) -> bytes:
    """Return the workbook; the same results give the same bytes."""
    title = f"{results.study.descriptor.title}: gap tables"
    known, lines = how_much_is_known(results, named), caveats(results)
    table = summary(results, criterion_tags(results.study))
    known = f"{known} {where_notices_stand(results.study)}"
    leads = {known: place_of("Notes")}
    first = Sheet("Summary", _summary_title(results), [*lines, known], table, line_links=leads)
    tables = _sheets(results)
    wide, tables = ([], tables) if results.study.scope.public else (tables[:1], tables[1:])
    explained = Sheet("Notes", "Notes", [*lines, _licence_line(results)], notes(results))
    contents = contents_sheet(
        [*lines, "Every table has a sheet of its own."], [first, *wide, explained, *tables]
    )
    sheets = [first, *wide, contents, explained, *tables]
    return accessible_workbook(results.study, title, sheets)


def _summary_title(results: Results) -> str:
    return f"{results.study.descriptor.title}: what was found"


def _licence_line(results: Results) -> str:
    return f"Version {results.study.descriptor.version} of the data. {_CONTACT}"


_CONTACT = "Whom to write to, and the licence, stand at the end."


def _sheets(results: Results) -> list[Sheet]:
    """Return the sheets of the tables; where units are named, the wide matrix first."""
    study, noun = results.study, results.study.settings.unit_noun
    more = where_notices_stand(study)
    lines, leads = [*caveats(results), more], {more: place_of("Notes")}
    wide = (
        "Matrix wide",
        f"Every answer: a row for each {noun.singular}, a column for each question",
        lambda results: units.wide(results, criterion_tags(study)),
    )
    return [
        Sheet(tab, title, lines, table(results), _LINKS, leads)
        for tab, title, table in (
            *([] if study.scope.public else [wide]),
            (
                "National gaps",
                f"How many {noun.plural} meet each recommendation, how many fall short, and for how many we could not tell",
                national.national_gaps,
            ),
            (
                "National figures",
                f"How many {noun.plural} are at each state of each criterion",
                national.national_figures,
            ),
            (
                "Published totals",
                "Published totals beside what the evidence names",
                national.published_totals,
            ),
            *_published_scores(results),
            *([] if study.scope.public else _of_units(noun)),
            ("Sources", "The documents listed", evidence.sources),
        )
    ]


def _of_units(noun: UnitNoun) -> list[_Table]:
    """Return the tables of which a row is about one unit."""
    return [
        (
            "Gaps",
            f"What each {noun.singular} meets, what is missing and what is unknown, by recommendation",
            units.gaps,
        ),
        (
            "Scores",
            f"Worst and best score that the evidence allows each {noun.singular}",
            units.scores,
        ),
        ("Matrix", f"The state of every {noun.singular} on every criterion", units.matrix),
        (
            "Evidence",
            "Evidence cited by a coding, in our own words, with its source",
            evidence.evidence,
        ),
        (
            "Replies",
            f"What each {noun.singular} replied, in our own words, and what became of it",
            evidence.replies,
        ),
    ]


def _published_scores(results: Results) -> list[_Table]:
    """Return the sheet of published scores, where there are any."""
    if not len(results.published_scores):
        return []
    title = "Published scores, how they were rounded, and what they settle"
    return [("Published scores", title, national.published_scores)]


def write(material: Material, folder: Path) -> None:
    """Write the workbook as a part of a build."""
    (folder / "gap-tables.xlsx").write_bytes(gap_workbook(material.results, material.named))
