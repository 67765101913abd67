"""The gap tables as a workbook, whose first sheet is a summary of the findings.

``[x]`` means not available and ``[z]`` not applicable; 0 is always a true zero. Every sheet has the
same number of lines above its table, so that all column headings are on the same row.
"""

from collections.abc import Iterator
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
from analysis.publish.build_context import BuildContext
from analysis.publish.context.overview import how_much_is_known
from analysis.publish.sheets import evidence, national, units
from analysis.publish.sheets.front import criterion_tags, notes, summary, where_notices_stand
from analysis.show.caveats import caveats

_LINKS = {evidence.ADDRESS: web_address, evidence.ARCHIVED: web_address}
_CONTACT = "Whom to write to, and the licence, stand at the end."


def gap_workbook(results: Results, named: dict[str, NamedFigure]) -> bytes:
    """Return the workbook; the same results give the same bytes."""
    study, lines = results.study, caveats(results)
    about, tables = study.descriptor, _sheets(results)
    known = f"{how_much_is_known(results, named)} {where_notices_stand(study)}"
    first = Sheet(
        "Summary",
        f"{about.title}: what was found",
        [*lines, known],
        summary(results, criterion_tags(study)),
        line_links={known: place_of("Notes")},
    )
    # If units are named, the first two sheets answer what readers ask first.
    front = [first] if study.scope.public else [first, tables.pop(0)]
    version = f"Version {about.version} of the data. {_CONTACT}"
    explained = Sheet("Notes", "Notes", [*lines, version], notes(results))
    contents = contents_sheet(
        [*lines, "Every table has a sheet of its own."], [*front, explained, *tables]
    )
    sheets = [*front, contents, explained, *tables]
    return accessible_workbook(study, f"{about.title}: gap tables", sheets)


def _sheets(results: Results) -> list[Sheet]:
    """Return the sheets of the tables, each with its caveats above the table."""
    more = where_notices_stand(results.study)
    lines, leads = [*caveats(results), more], {more: place_of("Notes")}
    return [
        Sheet(tab, title, lines, table, _LINKS, leads) for tab, title, table in _tables(results)
    ]


def _tables(results: Results) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield the name of each sheet, the title of its table, and the table.

    Tables with a row for each unit are left out if no unit may be named.
    """
    one, many = results.study.settings.unit_noun.both
    is_public = results.study.scope.public
    if not is_public:
        yield (
            "Matrix wide",
            f"Every answer: a row for each {one}, a column for each question",
            units.wide(results, criterion_tags(results.study)),
        )
    yield (
        "National gaps",
        f"How many {many} meet each recommendation, how many fall short, and for how many we could not tell",
        national.national_gaps(results),
    )
    yield (
        "National figures",
        f"How many {many} are at each state of each criterion",
        national.national_figures(results),
    )
    yield (
        "Published totals",
        "Published totals beside what the evidence names",
        national.published_totals(results),
    )
    if len(results.published_scores):
        yield (
            "Published scores",
            "Published scores, how they were rounded, and what they settle",
            national.published_scores(results),
        )
    if not is_public:
        yield (
            "Gaps",
            f"What each {one} meets, what is missing and what is unknown, by recommendation",
            units.gaps(results),
        )
        yield (
            "Scores",
            f"Worst and best score that the evidence allows each {one}",
            units.scores(results),
        )
        yield "Matrix", f"The state of every {one} on every criterion", units.matrix(results)
        yield (
            "Evidence",
            "Evidence cited by a coding, in our own words, with its source",
            evidence.evidence(results),
        )
        yield (
            "Replies",
            f"What each {one} replied, in our own words, and what became of it",
            evidence.replies(results),
        )
    yield "Sources", "The documents listed", evidence.sources(results)


def write(context: BuildContext, folder: Path) -> None:
    """Write the workbook as a part of a build."""
    (folder / "gap-tables.xlsx").write_bytes(gap_workbook(context.results, context.named))
