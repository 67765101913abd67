"""Records of cells: the state of each cell, and its provenance (the rows it comes from)."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.fieldwork.coded_cells import disputed
from analysis.frames import each_row, grouped, records, records_by_key
from analysis.study import Matrix, Study
from analysis.study import vocabulary as v
from analysis.study.codebook import assessed_under_earlier_rules, under_earlier_rules
from analysis.study.dates import date_in_words
from analysis.study.evidence import why_carried, with_sources
from analysis.study.requests import sent_requests
from analysis.study.sentences import reasons

Row = dict[str, Any]


@dataclass(frozen=True)
class CellRecord:
    """The state and provenance of one cell (one criterion of one unit) at a date.

    Attributes:
        unit_id: the unit.
        criterion: the row of the criterion.
        state: a level or an unknown.
        last_level: the outdated level; empty if there is none.
        reason: why the cell has its state, in a sentence.
        assessment: the assessment behind the state; if there is none, each column is empty.
        when: the date of that assessment, in words; empty if there is none.
        rule: the codebook's rule for its level; empty if there is none.
        why_carried: why the level stands although the copy that was read breaks off; else empty.
        earlier_rules: whether its assessment rests on codings under an earlier wording of the rules.
        disputed: whether it was assessed by consensus, and the codings do not agree (any more).
        evidence: the evidence behind the state, each with its source.
        notices: texts that must be shown with results on the criterion.
        codings: all codings of the cell, of any date, each with its date in words (``when``),
            the ids of its evidence (``evidence``) and ``earlier_rules``.
        assessments: all assessments of the cell, of any date, with ``when`` and ``evidence``.
        replaced: earlier codings and assessments that were replaced.
        not_adjudicated: decisions to leave the cell without an assessment, with the reason.
        requests: the requests sent about it.
        replies: the replies on it.
    """

    unit_id: str
    criterion: Row
    state: str
    last_level: str
    reason: str
    assessment: Row
    when: str
    rule: str
    why_carried: str
    earlier_rules: bool
    disputed: bool
    evidence: list[Row]
    notices: list[str]
    codings: list[Row]
    assessments: list[Row]
    replaced: list[Row]
    not_adjudicated: list[Row]
    requests: list[Row]
    replies: list[Row]

    @property
    def criterion_id(self) -> str:
        """The criterion's id."""
        return self.criterion["criterion_id"]

    @property
    def key(self) -> tuple[str, str]:
        """The ids of its unit and its criterion."""
        return self.unit_id, self.criterion_id

    @property
    def known(self) -> bool:
        """Whether its state is a level."""
        return self.state not in v.UNKNOWNS

    @property
    def rests_on_copy(self) -> bool:
        """Whether its level rests only on copies that break off (excerpts read whole)."""
        extents = {row["extent_read"] for row in self.evidence}
        return self.known and extents == {"whole_excerpt"}

    @property
    def since_read(self) -> str:
        """What happened to its documents after they were read; empty if no change was seen."""
        return " ".join(dict.fromkeys(row["since_read"] for row in self.evidence)).strip()

    @property
    def since_in_short(self) -> str:
        """``since_read`` without the name of the document, for use within a sentence."""
        return self.since_read.partition(":")[0].lower()

    @property
    def sources(self) -> list[Row]:
        """The sources of its evidence, each once."""
        return list({row["source_id"]: row["source"] for row in self.evidence}.values())


def cell_records(study: Study, matrix: Matrix, unit: str = "") -> list[CellRecord]:
    """Return the record of every cell of a matrix, in the order of the matrix.

    Args:
        study: the study, with the units of the matrix's date.
        matrix: the states.
        unit: the only unit to include; empty for all.
    """
    cells = matrix.cells[matrix.cells["unit_id"] == unit] if unit else matrix.cells
    criteria = {row["criterion_id"]: row for row in records(study["criteria"])}
    rules = {(row.criterion_id, row.level): row.rule for row in each_row(study["rules"])}
    notices = study["notices"].groupby("criterion_id")["text"].agg(list).to_dict()
    evidence = {row["evidence_id"]: row for row in with_sources(study, "evidence")}
    assessments, carried = records_by_key(study["assessments"]), why_carried(study)
    empty_row = dict.fromkeys(study["assessments"].columns, "")
    earlier, reopened = assessed_under_earlier_rules(study.tables), disputed(study)
    provenance = _rows_on_cells(study, unit)
    return [
        CellRecord(
            unit_id=cell.unit_id,
            criterion=criteria[cell.criterion_id],
            state=cell.state,
            last_level=cell.last_level,
            reason=reason,
            assessment=assessments.get(cell.row, empty_row),
            when=date_in_words(assessments[cell.row]) if cell.row in assessments else "",
            rule=rules.get((cell.criterion_id, cell.last_level or cell.state), ""),
            why_carried=carried.get(cell.row, ""),
            earlier_rules=cell.row in earlier,
            disputed=cell.row in reopened,
            evidence=[evidence[evidence_id] for evidence_id in listed_ids(cell.evidence_ids)],
            notices=notices.get(cell.criterion_id, []),
            **{
                name: rows.get((cell.unit_id, cell.criterion_id), [])
                for name, rows in provenance.items()
            },
        )
        for cell, reason in zip(each_row(cells), reasons(study, cells), strict=True)
    ]


def _rows_on_cells(study: Study, unit: str) -> dict[str, dict[tuple[str, str], list[Row]]]:
    """Return the rows on each cell, by the name of the record's attribute for them."""
    # ``under_earlier_rules`` covers all codings; those of units not in the study are dropped below.
    codings = study.tables["codings"].assign(earlier_rules=under_earlier_rules(study.tables))
    tables = {
        "codings": _with_dates_in_words(
            codings[codings["unit_id"].isin(study["units"]["unit_id"])]
        ),
        "assessments": _with_dates_in_words(study["assessments"]),
        "replaced": pd.concat([study["assessments_history"], study["codings_history"]]),
        "not_adjudicated": study["set_aside"],
        "requests": sent_requests(study),
        "replies": study["replies"],
    }
    return {
        name: grouped(rows[rows["unit_id"] == unit] if unit else rows, "unit_id", "criterion_id")
        for name, rows in tables.items()
    }


def _with_dates_in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with their date in words, and their evidence ids as a list."""
    return rows.assign(
        when=[date_in_words(row) for row in records(rows)],
        evidence=rows["evidence_ids"].map(listed_ids),
    )


def listed_ids(text: str) -> list[str]:
    """Return the ids in a cell that joins them by ";"."""
    return text.split(";") if text else []
