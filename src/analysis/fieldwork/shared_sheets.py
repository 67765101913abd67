"""Sheets and drop-down lists that several kinds of workbook share, such as the codebook."""

import re
from collections.abc import Sequence

from analysis.fieldwork.forms import MOST_EVIDENCE, NEW_EVIDENCE, NEW_SEARCHES, NEW_SOURCES
from analysis.fieldwork.row_reader import extents
from analysis.fieldwork.workbook_writer import FormRow, Page, WorkbookMaker
from analysis.frames import each_row
from analysis.study import Study
from analysis.study import vocabulary as v
from analysis.study.codebook import level_rules


def codebook_page(study: Study) -> Page:
    """Return the sheet with every criterion's question, levels and rules, and the unknown codes."""
    rules = level_rules(study.tables)
    recommendation = study.lookup("recommendations", "label")
    rows = [
        (
            row.label,
            row.question,
            recommendation.get(row.recommendation_id, "context"),
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


SPARE_DOCUMENTS = 30


def offer_lists(maker: WorkbookMaker, study: Study, further: Sequence[str] = ()) -> None:
    """Add the drop-down lists to a workbook; ``further`` has additional choices of level."""
    levels = study["levels"].groupby("scale_id", sort=False)["level"].agg(list)
    extra = [*v.TYPED, *further]
    maker.offer(
        units=study["units"]["name"],
        criteria=study["criteria"]["label"],
        confidence=v.CONFIDENCE[::-1],
        evidence=study["evidence"]["evidence_id"],
        sources=study["sources"]["source_id"],
        extents=extents(study),
        kinds=sorted(set(study["sources"]["kind"]) - {""}),
        scopes=list(dict.fromkeys(["unit", *study["evidence"]["scope"]])),
        levels=[*(name for names in levels for name in names), *extra],
        **{f"scale {scale}": [*names, *extra] for scale, names in levels.items()},
    )


def source_and_evidence_pages(study: Study, units: Sequence[str]) -> list[Page]:
    """Return the sheets with the study's sources and evidence for some units."""
    sources, names = study["sources"], study.lookup("units", "name")
    evidence = study["evidence"]
    evidence = evidence[evidence["unit_id"].isin(units) | (evidence["scope"] != "unit")]
    sources = sources[sources["source_id"].isin(evidence["source_id"])]
    source_columns = ["source_id", "publisher", "title", "published", "extent_read", "url"]
    about = evidence["unit_id"].map(names).fillna(evidence["scope"])
    # Leave out the note of a piece of evidence: it may reveal another coder's judgement.
    evidence_columns = ["evidence_id", "about", "states", "extent_read", "source_id", "published"]
    evidence_columns += ["not_before", "not_after"]
    source_headings = [("Source", 10), ("Publisher", 30), ("Title", 60), ("Published", 12)]
    source_headings += [("How much was read", 16), ("Address", 60)]
    evidence_headings = [("Evidence", 10), ("About", 26), ("What it says, in our own words", 90)]
    evidence_headings += [("How much was read", 16), ("Source", 10), ("Published", 12)]
    evidence_headings += [("If undated: not before", 12), ("If undated: not after", 12)]
    return [
        Page("Sources held", source_headings, each_row(sources[source_columns])),
        Page(
            "Evidence held",
            evidence_headings,
            each_row(evidence.assign(about=about)[evidence_columns]),
        ),
    ]


def add_document_forms(maker: WorkbookMaker, study: Study, owner: str) -> list[str]:
    """Add the sheets for new sources, evidence and searches; return the free ids of evidence."""
    stem = re.sub(r"[^a-z0-9]+", "-", owner.lower()).strip("-") or "new"
    for form, table, letter in ((NEW_SOURCES, "sources", "s"), (NEW_EVIDENCE, "evidence", "e")):
        key = form.fields[0].name
        ids = _free_ids(set(study[table][key]), f"{stem}-{letter}")
        maker.form(form, [FormRow({key: row_id}) for row_id in ids], frozen=1)
    maker.form(NEW_SEARCHES, [], SPARE_DOCUMENTS, frozen=1)
    return ids


def _free_ids(existing: set[str], stem: str) -> list[str]:
    numbers = (re.fullmatch(rf"{re.escape(stem)}(\d+)", row_id) for row_id in existing)
    last = max((int(match[1]) for match in numbers if match), default=0)
    return [f"{stem}{number}" for number in range(last + 1, last + SPARE_DOCUMENTS + 1)]


def coded_texts(row: dict[str, str]) -> dict[str, str]:
    """Return a coding or assessment as the columns of a form, with one evidence id per column."""
    texts = {name: row.get(name, "") for name in row if name != "evidence_ids"}
    ids = row.get("evidence_ids", "").split(";")
    first, rest = ids[: MOST_EVIDENCE - 1], ids[MOST_EVIDENCE - 1 :]
    columns = [*first, *([";".join(rest)] if rest else [])]
    return texts | {f"evidence_{number}": text for number, text in enumerate(columns, start=1)}
