"""The state of every cell as of a date, exactly by the codebook's section on it."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.frames import each_row, places
from analysis.problems import refusal
from analysis.study import vocabulary as v
from analysis.study.cells import exempt_cells, searched_cells
from analysis.study.dates import exist_on, first_days, has_first_day, possible_days
from analysis.study.known import data_read_on, known
from analysis.study.load import Study
from analysis.study.requests import Asking

FIRST_REFUSAL = -2
"""The row number of the first request; that of each further request is one less."""


def outcomes(requests: pd.DataFrame) -> pd.Series:
    """Return the outcome of each request, or of the review or complaint that overturned it."""
    outcome = requests["outcome"]
    for later in ("review_outcome", "complaint_outcome"):
        outcome = outcome.where(~requests[later].isin(v.OVERTURNED), requests[later])
    return outcome


def check_someone_exists(study: Study, day: dt.date) -> None:
    """Refuse a day on which none of a study's units exists.

    Raises:
        StudyError: none exists; it names the next day on which one does or, if there is none, the
            last.
    """
    units = study.tables["units"]
    if exist_on(units, day).any():
        return
    noun, begin = study.settings.unit_noun.singular, units["exists_from"]
    later = begin[begin > day.isoformat()]
    when = f"the first day from then on which one does is {later.min()}"
    if later.empty:
        when = f"the last day on which one did is {units['exists_until'].max()}"
    rule, remedy = f"no {noun} exists on {day}; {when}", "ask for another day (--as-of)"
    raise refusal("units.csv", rule, remedy)


@dataclass(frozen=True)
class Matrix:
    """The cells (unit × criterion) at one date, for the units that exist on it.

    Attributes:
        as_of: the date of the state.
        known_by: the knowledge date: only what had been read by then counts.
        cells: one row per cell, units and criteria in the study's order: ``unit_id``,
            ``criterion_id``, ``state`` (a level or an unknown), ``observed_on`` and
            ``evidence_ids`` of the row behind it (empty where none), ``last_level`` (for
            ``outdated``) and ``row`` (index in the assessments; -1: derived from no row;
            :data:`FIRST_REFUSAL` or less: from a request that was refused).
        shape: number of units and of criteria.
    """

    as_of: dt.date
    known_by: dt.date
    cells: pd.DataFrame
    shape: tuple[int, int]

    def grid(self, column: str = "state") -> pd.DataFrame:
        """Return one column as a table, shape (units, criteria), in the study's order."""
        units, criteria = self.shape
        return pd.DataFrame(
            self.cells[column].to_numpy(dtype=object).reshape(self.shape),
            index=pd.Index(
                self.cells["unit_id"].to_numpy()[::criteria] if criteria else [], name="unit_id"
            ),
            columns=pd.Index(
                self.cells["criterion_id"].to_numpy()[:criteria] if units else [],
                name="criterion_id",
            ),
        )


def states(study: Study, as_of: dt.date | None = None, known_by: dt.date | None = None) -> Matrix:
    """Return the state of every cell.

    Args:
        study: a valid study.
        as_of: the date of the state; default: the day by which all data had been read.
        known_by: count only rows read, and searches made, by this day; default: all.

    A row of ``applicability.csv`` overrides every other row from its day on.

    Measures on the matrix need the study with the units of its date:
    ``study.at(matrix.as_of)``.

    The steps are those of the codebook, "The state of a cell as of a date D". An unknown says what
    had been read, not what was in force. So the codebook's fourth step uses every known row,
    whatever the row's date, just as a search counts whenever it was made.
    """
    if as_of is None or known_by is None:
        read_on = data_read_on(study)
        as_of, known_by = as_of or read_on, known_by or read_on
    study, day = known(study, known_by).at(as_of), as_of.toordinal()
    units, criteria = study["units"]["unit_id"], study["criteria"]
    shape = (len(units), len(criteria))

    rows = _ordered(_assessed_rows(study))
    in_effect = rows[rows["takes_effect"] & (rows["last"] <= day)]
    possibly_in_effect = rows[rows["at_level"] & (rows["first"] <= day) & (rows["last"] > day)]
    unknown = rows[~rows["at_level"]]
    refused = _refused_rows(study, known_by)
    if refused is not None:
        # A criterion that cannot apply to a unit cannot be withheld by it either.
        latest = _latest(unknown)
        not_applicable = latest.loc[latest["level"] == v.NOT_APPLICABLE, "cell"]
        unknown = _ordered(pd.concat([refused[~refused["cell"].isin(not_applicable)], unknown]))

    # Later assignments overwrite earlier ones, so the codebook's last step is taken first.
    vocabulary = [*dict.fromkeys(study["levels"]["level"]), *v.UNKNOWNS]
    code = {name: number for number, name in enumerate(vocabulary)}
    state = np.full(shape[0] * shape[1], code[v.NOT_ASSESSED], dtype=np.int32)
    row = np.full(state.shape, -1, dtype=np.int64)
    last_level = np.full(state.shape, -1, dtype=np.int32)

    state.reshape(shape)[searched_cells(study)] = code[v.NOT_FOUND]

    def assign(chosen: pd.DataFrame, states: np.ndarray | int) -> np.ndarray:
        cells = chosen["cell"].to_numpy()
        state[cells] = states
        row[cells] = chosen.index
        return cells

    unknown = _latest(unknown)
    assign(unknown, unknown["level"].map(code).to_numpy(dtype=np.int32))
    assign(_latest(possibly_in_effect), code[v.INCONCLUSIVE])
    in_effect = _latest(in_effect)
    level = in_effect["level"].map(code).to_numpy(dtype=np.int32)
    report = study.settings.report.date.toordinal()
    is_outdated = in_effect["at_level"] & (in_effect["last"] < report) & (day > report)
    is_outdated = is_outdated.to_numpy(dtype=bool)
    cells = assign(in_effect, np.where(is_outdated, code[v.OUTDATED], level))
    last_level[cells[is_outdated]] = level[is_outdated]

    exempt = exempt_cells(study, as_of).ravel() >= 0
    state[exempt], row[exempt], last_level[exempt] = code[v.NOT_APPLICABLE], -1, -1

    starts = first_days(criteria["applies_from"])
    early = np.tile(day < starts, shape[0])
    state[early], row[early], last_level[early] = code[v.NOT_IN_FORCE], -1, -1
    return Matrix(as_of, known_by, _cells(study, vocabulary, state, row, last_level), shape)


def _assessed_rows(study: Study) -> pd.DataFrame:
    rows = study["assessments"]
    rows = rows[~_overturned(study, rows)]
    first, last = possible_days(rows, study["units"])
    at_level = ~rows["level"].isin(v.UNKNOWNS)
    return pd.DataFrame(
        {
            "cell": _cell_numbers(study, rows),
            "level": rows["level"],
            "at_level": at_level,
            "takes_effect": at_level | ((rows["level"] == v.NOT_APPLICABLE) & has_first_day(rows)),
            "first": first,
            "last": last,
            "confidence": rows["confidence"].map({name: n for n, name in enumerate(v.CONFIDENCE)}),
        }
    )


def _overturned(study: Study, rows: pd.DataFrame) -> np.ndarray:
    """Return which assessments are at withheld because of a refusal that was overturned later.

    Such a row is about a criterion of the request and from before the review or the decision on the
    complaint. It cites the request's evidence, or is of the day of its answer.
    """
    is_overturned = np.zeros(len(rows), dtype=bool)
    requests, withheld = study["requests"], (rows["level"] == v.WITHHELD).to_numpy()
    requests = requests[requests["outcome"].isin(v.REFUSED) & ~outcomes(requests).isin(v.REFUSED)]
    if requests.empty or not withheld.any():
        return is_overturned
    asking, (first, _) = Asking(study), possible_days(rows)
    cited = [set(filter(None, ids.split(";"))) for ids in rows["evidence_ids"]]
    for row in each_row(requests):
        criteria = [row.criterion_id] if row.criterion_id else asking.criteria(row)
        evidence_ids = set(row.evidence_ids.split(";"))
        is_based_on = np.array([bool(ids) and ids <= evidence_ids for ids in cited], dtype=bool)
        is_based_on |= (rows["observed_on"] == row.answered_on).to_numpy()
        is_about = (rows["unit_id"] == row.unit_id) & rows["criterion_id"].isin(criteria)
        by_review = row.review_outcome in v.OVERTURNED
        overturned_on = row.reviewed_on if by_review else row.complaint_decided_on
        before = first <= dt.date.fromisoformat(overturned_on).toordinal()
        is_overturned |= withheld & is_about.to_numpy() & is_based_on & before
    return is_overturned


def _refused_rows(study: Study, known_by: dt.date) -> pd.DataFrame | None:
    """Return the requests refused by a day, as rows at withheld dated to the day of refusal.

    A request that names no criterion counts for all whose answers the body holds. ``None``: nothing
    was refused.
    """
    requests = study["requests"]
    if requests.empty:
        return None
    answered = first_days(requests["answered_on"])
    requests = requests.assign(day=answered, number=range(len(requests)))
    refused = requests[outcomes(requests).isin(v.REFUSED) & (answered <= known_by.toordinal())]
    if refused.empty:
        return None
    asking = Asking(study)
    criteria = pd.Series([asking.criteria(row) for row in each_row(refused)], refused.index)
    rows = (
        refused.assign(criterion_id=criteria).explode("criterion_id").dropna(subset="criterion_id")
    )
    return pd.DataFrame(
        {
            "cell": _cell_numbers(study, rows),
            "level": v.WITHHELD,
            "at_level": False,
            "takes_effect": False,
            "first": rows["day"].astype(float),
            "last": rows["day"].astype(float),
            "confidence": len(v.CONFIDENCE) - 1,
        },
    ).set_axis(FIRST_REFUSAL - rows["number"].to_numpy())


def _cell_numbers(study: Study, rows: pd.DataFrame) -> np.ndarray:
    """Return the position of each row's cell in the matrix, flattened row by row."""
    place = places(rows["unit_id"], study["units"]["unit_id"])
    column = places(rows["criterion_id"], study["criteria"]["criterion_id"])
    return place * len(study["criteria"]) + column


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort rows by the codebook's order; the last row of a cell decides it."""
    return rows.sort_values(["first", "last", "confidence"], kind="stable")


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop_duplicates("cell", keep="last")


def _cells(
    study: Study, vocabulary: list[str], state: np.ndarray, row: np.ndarray, last_level: np.ndarray
) -> pd.DataFrame:
    units, criteria = study["units"]["unit_id"], study["criteria"]["criterion_id"]
    state_names = np.array([*vocabulary, ""], dtype=object)
    rows = study["assessments"]

    requests = study["requests"]
    numbers = rows.index.append(pd.Index(FIRST_REFUSAL - np.arange(len(requests))))
    place = places(row, numbers)  # -1 (no row behind the cell) selects the last, empty entry

    def source_column(column: str, of_request: str) -> np.ndarray:
        return np.array([*rows[column], *requests[of_request], ""], dtype=object)[place]

    return pd.DataFrame(
        {
            "unit_id": np.repeat(units.to_numpy(dtype=object), len(criteria)),
            "criterion_id": np.tile(criteria.to_numpy(dtype=object), len(units)),
            "state": state_names[state],
            "observed_on": source_column("observed_on", "answered_on"),
            "evidence_ids": source_column("evidence_ids", "evidence_ids"),
            "last_level": state_names[last_level],
            "row": row,
        }
    )
