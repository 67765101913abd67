"""The parts of a build, by the names that ``--only`` takes."""

from collections.abc import Sequence

from analysis.problems import Problem, StudyError

PARTS = (
    # First what needs no chart: they are on their way.
    "statements",
    "requests",
    "workbook",
    "report",
    "tables",
    "document",
    # It offers what lies in the folder by then, and what is still on its way.
    "site",
    "briefings",
    "pdf",
)
"""In the order in which they are built."""

IN_BACKGROUND = ("analysis.show.charts", "analysis.publish.tasks", "analysis.publish.briefings")
"""Modules that the background of a build needs: named and not imported."""


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return the parts of these names in the order in which they are built; of no name, all.

    Raises:
        StudyError: there is no part of such a name.
    """
    unknown = [one for one in names if one not in PARTS]
    if unknown:
        rule = "no part of a report has this name"
        remedy = f"name some of these, with commas between them: {', '.join(PARTS)}"
        raise StudyError([Problem("--only", None, "", one, rule, remedy) for one in unknown])
    return tuple(one for one in PARTS if one in names or not names)
