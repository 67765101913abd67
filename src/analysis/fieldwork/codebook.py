"""The codebook as coders see it."""

from analysis.fieldwork.workbook_writer import Page
from analysis.frames import each_row
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_rules


def codebook_page(study: Study) -> Page:
    """Return the sheet with every criterion's question, levels and rules, and the unknown codes."""
    rules = level_rules(study.tables)
    behind = study.lookup("recommendations", "label")
    rows = [
        (
            row.label,
            row.question,
            behind.get(row.recommendation_id, "context"),
            "yes" if row.scored == "yes" else "no, context",
            row.applies_from or "always",
            "\n".join(f"{level}: {rule}" for level, rule in rules[row.criterion_id]),
        )
        for row in each_row(study["criteria"])
    ]
    unknowns = [
        (code, f"Unknown code: {v.MEANING[code]}.", "any criterion", "", "", "") for code in v.TYPED
    ]
    headings = [
        ("Criterion", 24),
        ("Question", 50),
        ("Behind it", 28),
        ("Scored", 12),
        ("Applies from", 13),
        ("Levels, and the rule for each", 90),
    ]
    return Page("Codebook", headings, [*rows, *unknowns])
