"""The context of tables over all units: national figures, scores by coder, open questions."""

from itertools import chain

import pandas as pd

from analysis.frames import each_row, grouped, records
from analysis.measure.gaps import notices
from analysis.measure.national import criteria_in_use
from analysis.measure.priorities import national_questions
from analysis.measure.results import Results
from analysis.measure.score_basis import known_units
from analysis.measure.scores import shown
from analysis.show.labels import STEP, interval_words
from analysis.show.symbols import MOST_LEVELS
from analysis.study import vocabulary as v
from analysis.study.rounding import rounded


def national_counts(results: Results) -> list[dict]:
    """Return the criteria in use, each with the number of units at every state.

    On a scale of many levels, levels that no unit has on any criterion are left out; ``left_out``
    is their number.
    """
    study = results.study
    counts_of = {
        name: [(row["state"], int(row["units"])) for row in rows]
        for name, rows in grouped(results.national, "criterion_id").items()
    }
    scales = study.lookup("criteria", "scale_id")
    used = {(scales[name], state) for name, counts in counts_of.items() for state, n in counts if n}
    kept: dict[str, list[str]] = {}
    left_out: dict[str, int] = {}
    for criterion, scale in scales.items():
        states = [state for state, _ in counts_of[criterion]]
        few = len(states) - len(v.UNKNOWNS) <= MOST_LEVELS
        kept[scale] = [s for s in states if few or s in v.UNKNOWNS or (scale, s) in used]
        left_out[scale] = len(states) - len(kept[scale])
    return [
        {
            **criterion,
            "counts": [
                (state, count)
                for state, count in counts_of[criterion["criterion_id"]]
                if state in kept[criterion["scale_id"]]
            ],
            "left_out": left_out[criterion["scale_id"]],
            "notices": notices(study, criteria=[criterion["criterion_id"]]),
        }
        for criterion in records(criteria_in_use(study))
    ]


def units_by_state(results: Results) -> list[dict]:
    """Return the criteria in use, each with the units at every state that occurs (``states``)."""
    study = results.study
    cells = results.matrix.cells.groupby(["criterion_id", "state"], sort=False)["unit_id"].agg(list)
    order = [*study["levels"].sort_values("value", key=pd.to_numeric, ascending=False)["level"]]
    order = list(dict.fromkeys([*order, *v.UNKNOWNS]))
    return [
        {
            **criterion,
            "states": sorted(
                cells[criterion["criterion_id"]].items(), key=lambda pair: order.index(pair[0])
            ),
            "notices": notices(study, criteria=[criterion["criterion_id"]]),
        }
        for criterion in records(criteria_in_use(study))
    ]


def reading_table(results: Results) -> dict:
    """Return the intervals by coder and by consensus, for units with something known."""
    study, table = results.study, results.readings
    names, display = study.lookup("units", "short_name"), study.settings.display
    words = {
        (row.unit_id, row.reading): interval_words(row.low, row.high, row.known, display)
        for row in each_row(table)
    }
    readings = list(dict.fromkeys(table["reading"]))
    # Applicability is the same for every coder, so a coder without an interval did not read the unit.
    rows = [
        (unit, names[unit], [words.get((unit, reading), "not read") for reading in readings])
        for unit in known_units(table)
    ]
    return {"names": readings, "rows": rows}


def open_questions(results: Results) -> dict[str, list[dict]]:
    """Return the open questions on each unit, the one with the largest weight first."""
    study, display = results.study, results.study.settings.display
    labels = study.lookup("criteria", "label")
    sources = {row["source_id"]: row for row in records(study["sources"])}
    of_units = grouped(results.next_questions, "unit_id")
    for row in chain.from_iterable(of_units.values()):
        row |= {
            "label": labels[row["criterion_id"]],
            "share": shown(100 * row["weight"], display, positive=True),
            "step_words": _step(row["step"], row["ask_of"]),
            "sources": [sources[part] for part in row["source_ids"].split(";") if part],
        }
    return of_units


def open_by_criterion(results: Results) -> list[dict]:
    """Return the open questions by criterion, over all units, with their total weight."""
    study, rounding = results.study, results.study.settings.display.rounding
    labels = study.lookup("criteria", "label")
    return [
        {
            **row,
            "label": labels[row["criterion_id"]],
            "weight": rounded(row["weight"], 1, rounding, positive=True),
        }
        for row in records(national_questions(study, results.next_questions))
    ]


def _step(step: str, body: str) -> str:
    """Return in words the first step towards an answer, and whom to ask if another body holds it."""
    return f"ask {body} for it" if body and step == "ask" else STEP[step]
