"""Tables of how far the results depend on the choices made: the sensitivity analysis in words."""

import math

import pandas as pd

from analysis.frames import each_row
from analysis.measure.figures.named import unit_names
from analysis.measure.results import Results
from analysis.measure.scenario_dominance import NOTHING
from analysis.measure.scenarios import (
    AGGREGATION,
    CODER,
    CRITERION,
    DATE,
    DECLARED,
    KINDS,
    LEVEL,
    WEIGHTS,
)
from analysis.measure.sensitivity import ALL
from analysis.show.labels import ends_words
from analysis.study.settings import Display

KIND_WORDS = {
    DECLARED: "as declared",
    WEIGHTS: "weights, whole range",
    LEVEL: "value of a middle level",
    AGGREGATION: "the weakest link",
    CRITERION: "one criterion left out",
    CODER: "one coder alone",
    DATE: "another date",
    ALL: "any of these but the date",
}

KIND_MEANING = {
    WEIGHTS: "any weights within the study’s declared range",
    LEVEL: "a level between the highest and the lowest counts for less, or for more",
    AGGREGATION: "a score is that of the worst question that counts, and no mean",
    CRITERION: "one scored question is left out",
    CODER: "what one coder read stands, and nothing else",
    DATE: "the state of another date, on the questions in force at both",
}
"""What each kind of scenario changes, for readers who do not know the method."""


def national_table(results: Results) -> pd.DataFrame:
    """Return the national figures under every scenario, in words.

    Returns:
        ``choice``, ``mean worst to mean best``, ``as declared, same criteria`` (empty where it is
        the same as the declared figure) and ``something known``, the number of units.
    """
    table, display = results.sensitivity.national, _decimal(results)
    own = table[table["kind"] == DECLARED].iloc[0]
    rows = [
        (
            row.label,
            ends_words(row.low, row.high, display),
            ""
            if _same(row.beside_low, own["low"]) and _same(row.beside_high, own["high"])
            else ends_words(row.beside_low, row.beside_high, display),
            row.known,
        )
        for row in each_row(table)
    ]
    columns = ["choice", "mean worst to mean best", "as declared, same criteria"]
    return pd.DataFrame(rows, columns=[*columns, "something known"])


def _decimal(results: Results) -> Display:
    # One decimal at least: national means often move by less than a point.
    display = results.study.settings.display
    return display.model_copy(update={"decimals": max(1, display.decimals)})


def _same(first: float, second: float) -> bool:
    return (math.isnan(first) and math.isnan(second)) or abs(first - second) < 1e-9


def level_table(results: Results) -> pd.DataFrame:
    """Return how many units are at each level, with a column for each scenario by coder or date."""
    table = results.sensitivity.levels
    wide = table.pivot(index=["criterion_id", "level"], columns="label", values="units")
    rows = pd.MultiIndex.from_frame(table[["criterion_id", "level"]].drop_duplicates())
    wide = wide.reindex(index=rows, columns=table["label"].unique())
    words = wide.map(lambda count: "not in force" if pd.isna(count) else int(count))
    return words.reset_index()


def interval_table(results: Results, units: list[str]) -> pd.DataFrame:
    """Return the intervals of these units: a row for each scenario, a column for each unit.

    A cell is empty if the scenario does not move the interval, or if the unit has no score. A
    scenario that moves none of these units has no row.
    """
    table, display = results.sensitivity.units, results.study.settings.display
    names = results.study.lookup("units", "short_name")
    table = table[table["unit_id"].isin(units)].assign(
        words=lambda rows: [
            ends_words(row.low, row.high, display) if row.moved or row.kind == DECLARED else ""
            for row in each_row(rows)
        ]
    )
    wide = table.pivot(index="choice", columns="unit_id", values="words")
    wide = wide.reindex(index=table["choice"].unique(), columns=units, fill_value="").fillna("")
    wide = wide[(wide != "").any(axis=1)]
    wide.insert(0, "label", table.drop_duplicates("choice").set_index("choice")["label"])
    return wide.rename(columns={"label": "choice", **names}).reset_index(drop=True)


def statement_table(results: Results) -> pd.DataFrame:
    """Return the dominance statements at the study's own weights, and what breaks each."""
    table = results.sensitivity.statements
    labels = {scenario.id: scenario.label for scenario in results.sensitivity.scenarios}
    names = unit_names(results.study)
    return pd.DataFrame(
        {
            "at the study’s own weights": [
                f"{names[row.above]} {row.relation} {names[row.below]}" for row in each_row(table)
            ],
            "over the range of the weights": table["over_range"].replace(NOTHING, "not sure"),
            "falls first to": [KIND_WORDS.get(kind, "nothing") for kind in table["first"]],
            "falls to": [
                "; ".join(labels[part] for part in to.split(";") if part) or "nothing"
                for to in table["falls_to"]
            ],
        },
        dtype=object,
    )


def fall_table(results: Results) -> pd.DataFrame:
    """Return how many statements each kind of scenario breaks, and how many it breaks first."""
    table = results.sensitivity.statements
    kinds = {scenario.id: scenario.kind for scenario in results.sensitivity.scenarios}
    falls = [{kinds[part] for part in to.split(";") if part} for to in table["falls_to"]]
    rows = [
        (KIND_WORDS[kind], sum(kind in to for to in falls), int((table["first"] == kind).sum()))
        for kind in KINDS
    ]
    rows.append(("survive all", sum(not to for to in falls), int((table["first"] == "").sum())))
    return pd.DataFrame(rows, columns=["choice", "fall to it", "fall to it first"])
