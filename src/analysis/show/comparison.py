"""Tables and sentences that describe the differences between two versions of a study."""

from fractions import Fraction

import pandas as pd

from analysis.frames import each_row
from analysis.measure.attribution import MEASURES, Comparison
from analysis.measure.changes import (
    CAUSES,
    CODEBOOK,
    CODER,
    EVIDENCE,
    IN_FORCE,
    NEW_STATE,
    REPLY,
    SETTLED,
    TOTALS,
    WITHDRAWN,
)
from analysis.measure.figures.named import unit_names
from analysis.measure.gaps import notices
from analysis.measure.scores import shown
from analysis.problems import shorten
from analysis.show.labels import interval_words
from analysis.study import vocabulary as v
from analysis.study.settings import Display
from analysis.study.warnings import open_searches
from analysis.wording import capital, listed, spoken

CAUSE_WORDS = {
    NEW_STATE: "a new state",
    EVIDENCE: "new or re-read evidence",
    REPLY: "a reply",
    SETTLED: "a settled difference",
    CODEBOOK: "the codebook",
    IN_FORCE: "criteria in force, or the date",
    TOTALS: "published totals",
    WITHDRAWN: "a withdrawn source",
    CODER: "whose codings are shown",
}
IN_ALL = "in all"

ROUNDED = (
    "Parts are rounded for show, each by itself, so they may seem not to add up; exact, they do."
)
SHARED = (
    "Where causes act together, each has the part that it adds on average over all orders in "
    "which they can come (Shapley value)."
)


def cause_words(causes: str) -> str:
    """Return causes joined by ``;`` as words."""
    return listed(
        [CAUSE_WORDS[part] for part in causes.split(";") if part] or ["no cause told apart"]
    )


def signed(value: Fraction, display: Display) -> str:
    """Return a difference with its sign, rounded by the study's rule; ``0`` means no difference."""
    if value == 0:
        return "0"
    return ("+" if value > 0 else "−") + shown(float(abs(value)), display)


def moved_scores(comparison: Comparison) -> pd.DataFrame:
    """Return the scores that moved, before and after, and how much each cause contributed.

    Returns:
        One row for each unit whose score moved and each cause that moved it. A unit with several
        causes has one more row, for their sum. Columns: ``unit_id``, ``before`` and ``after`` in words,
        ``cause`` in words, and ``lowest``, ``highest`` (points of 100) and ``known``
        (percentage points) as text with signs.
    """
    display = comparison.new.settings.display
    parts = comparison.parts[comparison.parts["unit_id"].isin(comparison.moved)]
    rows = []
    for unit, unit_parts in parts.groupby("unit_id", sort=False):
        ends = [
            unit_parts.drop_duplicates("measure").set_index("measure")[side].loc[list(MEASURES)]
            for side in ("before", "after")
        ]
        words = [interval_words(*map(float, end), display=display) for end in ends]
        table = unit_parts.pivot(index="cause", columns="measure", values="part")
        table = table.loc[unit_parts["cause"].unique(), list(MEASURES)]
        table = table[(table != 0).any(axis=1)]
        differences = {cause_words(str(cause)): list(row) for cause, row in table.iterrows()}
        if len(differences) > 1:
            differences[IN_ALL] = [after - before for before, after in zip(*ends, strict=True)]
        for cause, (low, high, known) in differences.items():
            moved = (signed(change, display) for change in (low, high, 100 * known))
            rows.append((unit, *words, cause, *moved))
    columns = ["unit_id", "before", "after", "cause", "lowest", "highest", "known"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def changed_cells(comparison: Comparison, worth_differs: bool) -> pd.DataFrame:
    """Return the cells whose state differs, with the causes in words.

    Cells that only moved between "nothing found" and "not assessed" are left out.

    Args:
        comparison: the two versions.
        worth_differs: whether to return the cells that can move a score, or those that cannot.

    Returns:
        ``unit_id``, ``criterion_id``, ``before``, ``after``, ``cause``, ``evidence_ids``, and the
        row numbers of the assessments, ``row_before`` and ``row_after`` (empty: no assessment).
    """
    cells = comparison.cells[~_differ_only_by_search(comparison)]
    table = cells[cells["worth_differs"] == worth_differs].drop(columns="worth_differs")
    table = table.assign(cause=[cause_words(causes) for causes in table["cause"]])
    for column in ("row_before", "row_after"):
        table[column] = [str(row or "") for row in table[column]]
    return table.reset_index(drop=True)


def searched_since(comparison: Comparison) -> pd.DataFrame:
    """Count, by criterion, the cells that differ only because a search was made or dropped.

    Returns:
        ``criterion_id``, ``before``, ``after``, and ``units``, the number of units.
    """
    cells = comparison.cells[_differ_only_by_search(comparison)]
    counts = cells.groupby(["criterion_id", "before", "after"], sort=False).size()
    return counts.reset_index(name="units")


def _differ_only_by_search(comparison: Comparison) -> pd.Series:
    cells, searched = comparison.cells, [v.NOT_FOUND, v.NOT_ASSESSED]
    return cells["before"].isin(searched) & cells["after"].isin(searched)


def changed_evidence(comparison: Comparison) -> pd.DataFrame:
    """Return the evidence that is new, corrected or taken out.

    Returns:
        ``unit_id`` (empty: about many units), ``evidence_id``, ``what`` (new, taken out, or the
        columns corrected), ``cited`` (whether an assessment of the later version cites it) and
        ``says``, shortened: the statement in the later version, or in the earlier one if taken out.
    """
    changes = comparison.changes[comparison.changes["table"] == "evidence"]
    assessed = ";".join(comparison.new["assessments"]["evidence_ids"]).split(";")
    rows = []
    for row in each_row(changes):
        gone = not row.row_after
        says = (comparison.old if gone else comparison.new).lookup("evidence", "states")[row.what]
        what = f"corrected: {row.column.replace(';', ', ')}" if row.column else "new"
        what = "taken out" if gone else what
        cited = "yes" if row.what in assessed else "no"
        rows.append((row.unit_id, row.what, what, cited, shorten(says, 100)))
    columns = ["unit_id", "evidence_id", "what", "cited", "says"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def changed_settings(comparison: Comparison) -> pd.DataFrame:
    """Return the differences that affect all units: the codebook, the dates, published totals.

    Returns:
        ``cause`` in words, ``table``, ``what``, ``column`` (empty: the whole row), ``before``
        and ``after``, shortened.
    """
    table = comparison.changes.query("(unit_id == '' or table == 'units') and table != 'evidence'")
    table = table[["cause", "table", "what", "column", "before", "after"]]
    table = table.assign(cause=table["cause"].map(CAUSE_WORDS))
    for column in ("before", "after"):
        table[column] = [shorten(text) for text in table[column]]
    return table.reset_index(drop=True)


_PARTS = "that --format csv gives"


def in_sentences(comparison: Comparison) -> list[str]:
    """Return sentences on what differs between two versions, and on what could not be compared."""
    changed = [f"{old} (now {new})" for old, new in comparison.changed_ids.items()]
    joined = [f"Under another id in the earlier version: {listed(changed)}."] if changed else []
    if comparison.same:
        return ["Nothing that bears on a result differs between the two versions.", *joined]
    noun = comparison.new.settings.unit_noun
    names = unit_names(comparison.old) | unit_names(comparison.new)
    counts = comparison.changes["cause"].value_counts()
    causes = [f"{CAUSE_WORDS[cause]} ({counts[cause]})" for cause in CAUSES if cause in counts]
    days = (comparison.before.as_of, comparison.after.as_of)
    # The number of units that exist at both dates.
    both = len(set(comparison.before.cells["unit_id"]) & set(comparison.after.cells["unit_id"]))
    sentences = [
        f"The position on {spoken(days[0])} before, and on {spoken(days[1])} after.",
        f"Differences that bear on a result, by cause: {listed(causes)}.",
        f"{capital(noun.plural)} whose score moved: {len(comparison.moved)} of {both}.",
        *joined,
    ]
    for side, units in (("earlier", comparison.only_old), ("later", comparison.only_new)):
        if units:
            unit_list = listed([names[unit] for unit in units], "of units")
            sentences.append(f"Only the {side} version holds {unit_list}: compared with nothing.")
    for row in each_row(comparison.unscored):
        side, matrix = ("after", comparison.after) if row.before else ("before", comparison.before)
        exists = row.unit_id in set(matrix.cells["unit_id"])
        absent = f"it does not exist on {spoken(matrix.as_of)}"
        why = "nothing of it is in the sum" if exists else absent
        sentences.append(
            f"{names[row.unit_id]} has no score {side}, as {why}: we could not tell a difference."
        )
    joint = comparison.parts[comparison.parts["cause"].str.contains(";")]["unit_id"].unique()
    if len(joint):
        sentences.append(
            f"With only some of the causes applied, {listed([names[unit] for unit in joint], _PARTS)} "
            "would have no score: the causes have one part together."
        )
    if comparison.in_order:
        unit_list = listed([names[unit] for unit in comparison.in_order], _PARTS)
        order = ", ".join(CAUSE_WORDS.values())
        sentences.append(f"Of {unit_list}, the causes were taken in one order: {order}.")
    if TOTALS in counts:
        sentences.append("No score uses a published total yet, so their part is 0.")
    searches = open_searches(comparison.old)
    if searches:
        sentences.append(f"In the earlier version, {searches}")
    return sentences


def what_must_stand(comparison: Comparison) -> list[str]:
    """Return the caveats on the differences: the draft mark and the notices that apply."""
    old, new = comparison.old, comparison.new
    stated = [
        f"In the {side} version, {sentence[0].lower()}{sentence[1:]}"
        for side, study in (("earlier", old), ("later", new))
        for sentence in study.scope.stated
    ]
    draft = " ".join(filter(None, [new.settings.draft_mark or old.settings.draft_mark, *stated]))
    general = new["notices"].loc[new["notices"]["scope"] == "study", "text"]
    units = [*comparison.moved, *comparison.cells["unit_id"]]
    special = notices(new, list(comparison.cells["criterion_id"]), units)
    return [text for text in (draft, *general, *special) if text]
