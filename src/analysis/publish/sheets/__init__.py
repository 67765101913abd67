"""The tables of the workbook, each as it is shown."""

from analysis.measure.results import Results
from analysis.measure.tree import TOTAL
from analysis.wording import capital

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"
"""What a cell says of which nothing is known, and to which what is counted does not apply."""


def unit_head(results: Results) -> str:
    """Return the head of a column of units, as the study calls one."""
    return capital(results.study.settings.unit_noun.singular)


def group_names(results: Results) -> dict[str, str]:
    """Return what each recommendation is called, and the whole."""
    return {**results.study.lookup("recommendations", "label"), TOTAL: "In all"}
