"""The parts of a build, by the names that ``--only`` takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from analysis.problems import Problem, StudyError

REPORT = "report.html"


class Needs(IntEnum):
    """The inputs that a part needs, which decide when it is built."""

    RESULTS = 0  # Built first, while the charts are drawn in the background.
    CHARTS = 1
    FILES = 2  # It lists the files in the folder, and those still to come from the background.
    BACKGROUND = 3  # Files that a background task makes meanwhile.


@dataclass(frozen=True)
class Part:
    """A part of a build.

    Attributes:
        name: the name that ``--only`` takes.
        module: the module whose ``write`` builds it, given the build context and the output folder.
        needs: the inputs that it needs.
        files: the description of each of its files on the downloads page.
        folders: the heading of each of its folders on the downloads page.
        of_unit: the label of a file about one unit, on that unit's page.
        of_units: whether each of its files is about one unit, so that a public draft has none.
        awaited: the path of the files that the background will make; ``{unit}`` is a unit's id.
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
"""The parts, in the order in which the downloads page lists their folders."""

ORDER = {part.name: part for part in sorted(PARTS, key=lambda part: part.needs)}
"""The parts by name, in the order in which they are built."""

IN_BACKGROUND = (
    "analysis.show.charts",
    "analysis.publish.build_context",
    "analysis.publish.briefings",
)
"""Names of the modules that the background process of a build imports."""


def in_order(names: Sequence[str], public: bool = False) -> tuple[str, ...]:
    """Return the named parts in the order in which they are built; without names, all parts.

    With ``public``, only the parts that name no unit.

    Raises:
        StudyError: there is no such part, or it is about single units although ``public`` is set.
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
    """Return the paths of the files that the background will make for these parts."""
    return {ORDER[name].awaited.format(unit=unit) for name in names for unit in units} - {""}
