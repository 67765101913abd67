"""The parts of a build, by the names that ``--only`` takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from analysis.problems import Problem, StudyError

REPORT = "report.html"


class Needs(IntEnum):
    """What a part is made from, which says when it is made."""

    RESULTS = 0  # First, while charts are on their way.
    CHARTS = 1
    FILES = 2  # It offers what lies in the folder by then, and what is still on its way.
    BACKGROUND = 3  # What the background makes meanwhile.


@dataclass(frozen=True)
class Part:
    """A part of a build.

    Attributes:
        name: as ``--only`` takes it.
        module: the module whose ``write`` makes it, from the build context and the folder of the build.
        needs: what it is made from.
        files: what the downloads page says of each of its files.
        folders: the heading there of each of its folders.
        of_unit: what the page on a unit calls a file in the first of them that is about the unit.
        of_units: whether all in it is about one unit or another.
        awaited: the files that a part made in the background will have: one of each unit.
    """

    name: str
    module: str
    needs: Needs = Needs.CHARTS
    files: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    of_unit: str = ""
    of_units: bool = False
    awaited: str = ""


PARTS = (
    Part(
        "briefings",
        "analysis.publish.briefings",
        Needs.BACKGROUND,
        folders={"briefings": "Briefings"},
        of_unit="Briefing",
        of_units=True,
        awaited="briefings/{unit}.pdf",
    ),
    Part(
        "statements",
        "analysis.publish.statements",
        Needs.RESULTS,
        {
            "statements.json": "Every figure that prose uses, with its definition and the rows behind it"
        },
    ),
    Part(
        "requests",
        "analysis.publish.requests",
        Needs.RESULTS,
        folders={"requests": "Requests for information"},
        of_unit="Request for information",
        of_units=True,
    ),
    Part(
        "workbook",
        "analysis.publish.workbook",
        Needs.RESULTS,
        {"gap-tables.xlsx": "The gap tables, and all behind them, as a spreadsheet"},
    ),
    Part(
        "report",
        "analysis.publish.report",
        files={REPORT: "The report on one page, which needs no network"},
    ),
    Part(
        "tables",
        "analysis.publish.data",
        folders={"data": "Tables", "data/charts": "Tables behind the pictures"},
    ),
    Part(
        "document",
        "analysis.publish.report_docx",
        files={"report.docx": "The report as a document to edit"},
    ),
    Part("site", "analysis.publish.site.pages", Needs.FILES),
    Part(
        "pdf",
        "analysis.publish.report_pdf",
        Needs.BACKGROUND,
        {"report.pdf": "The report as PDF"},
        awaited="report.pdf",
    ),
)
"""In the order in which the downloads page lists their folders."""

ORDER = {part.name: part for part in sorted(PARTS, key=lambda part: part.needs)}
"""The parts by name, in the order in which they are built."""

IN_BACKGROUND = (
    "analysis.show.charts",
    "analysis.publish.build_context",
    "analysis.publish.briefings",
)
"""Modules that the background of a build needs: named and not imported."""


def in_order(names: Sequence[str], public: bool = False) -> tuple[str, ...]:
    """Return the parts of these names in the order in which they are built; of no name, all.

    ``public``: those that name no unit.

    Raises:
        StudyError: there is no part of such a name, or it is about units that are not named.
    """
    unknown = [name for name in names if name not in ORDER]
    if unknown:
        rule = "no part of a report has this name"
        remedy = f"name some of these, with commas between them: {', '.join(ORDER)}"
        raise StudyError([Problem("--only", None, "", name, rule, remedy) for name in unknown])
    naming = [name for name in names if public and ORDER[name].of_units]
    if naming:
        rule = "it goes to one unit or about it, and --public names none while this is a draft"
        remedy = "leave it out, or build without --public"
        raise StudyError([Problem("--only", None, "", name, rule, remedy) for name in naming])
    return tuple(
        name
        for name, part in ORDER.items()
        if (name in names or not names) and not (public and part.of_units)
    )


def awaited(names: Iterable[str], units: Iterable[str]) -> set[str]:
    """Return the files that parts made in the background will have."""
    return {ORDER[name].awaited.format(unit=unit) for name in names for unit in units} - {""}
