"""The codebook as coders see it, and what tells one version of it from another."""

import hashlib

from analysis.fieldwork.workbooks import Page
from analysis.study import Study
from analysis.study import vocabulary as v

NO_RULE = "no rule is written for this criterion yet"


def codebook_page(study: Study) -> Page:
    """Return the sheet with every criterion's question, levels and rules, and the unknown codes."""
    behind = study.lookup("recommendations", "label")
    rows = [
        (
            one.label,
            one.question,
            behind.get(one.recommendation_id, "context"),
            "yes" if one.scored == "yes" else "no, context",
            one.applies_from or "always",
            "\n".join(f"{level}: {rule}" for level, rule in level_rules(study, one.criterion_id)),
        )
        for one in study["criteria"].itertuples()
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


def level_rules(study: Study, criterion: str) -> list[tuple[str, str]]:
    """Return the levels of a criterion's scale, as listed, each with its rule or its meaning."""
    scale = study.lookup("criteria", "scale_id")[criterion]
    levels = study["levels"][study["levels"]["scale_id"] == scale]
    rules = {(one.criterion_id, one.level): one.rule for one in study["rules"].itertuples()}
    return [
        (one.level, rules.get((criterion, one.level), f"{one.meaning} ({NO_RULE})"))
        for one in levels.itertuples()
    ]


def codebook_marks(study: Study) -> dict[str, str]:
    """Return a short mark of each criterion that changes when its question or rules do.

    Its weight is no part of it: a coder does not code by weight.
    """
    return {
        one.criterion_id: short_mark(
            one.question, *(text for pair in level_rules(study, one.criterion_id) for text in pair)
        )
        for one in study["criteria"].itertuples()
    }


def short_mark(*texts: str) -> str:
    """Return ten signs that tell these texts from others (the start of a SHA-256 hash)."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:10]
