"""The coverage chart: how much is known about each criterion."""

import numpy as np
import pandas as pd

from analysis.direction import isolated_name
from analysis.frames import records_by_key
from analysis.measure.national import criteria_in_use
from analysis.measure.results import COVERAGE, SETTLED, Results
from analysis.show import style
from analysis.show.caveats import caveats
from analysis.show.charts.pages import left_out, over_pages
from analysis.show.fields import count
from analysis.show.labels import word
from analysis.show.lines import width_of
from analysis.show.sheet import Sheet
from analysis.show.style import LABEL, Chart, Lettering, Look, Named, fit_row_labels, styled
from analysis.show.symbols import PALETTE
from analysis.wording import agreeing, stopped

COLUMNS = {
    "settled": count("How many units are at a level"),
    "not_settled": count("How many units have a source that settles no level"),
    "not_found": count("For how many units nothing was found in what was searched"),
    "withheld": count("How many units were asked, and withheld it"),
    "not_assessed": count("For how many units nobody has looked yet"),
}
_FILLS = (PALETTE[0], "#9dbdd8", "#ececec", "#b9b9b9", "#ffffff", "#d0d0d0")
_EDGE, _LINE = "#6f6f6f", 0.6


@styled
def coverage_chart(results: Results, named: Named) -> Chart:
    """Draw how many units are known on each criterion, and why the others are not."""
    study = results.study
    criteria = criteria_in_use(study)
    table = results.coverage.loc[criteria["criterion_id"]]
    kinds = [kind for kind in COVERAGE if kind == SETTLED or table[kind].any()]
    best_covered = table.iloc[:, 0].idxmax()
    labels = study.lookup("criteria", "label")
    settled, units = named[f"coverage.{best_covered}.settled"], named["study.units"]
    noun = agreeing(len(study["units"]), *study.settings.unit_noun.both)
    which = (
        f"more than {settled.text} of"
        if settled.value
        else agreeing(len(study["units"]), "the", "any of the")
    )
    title = f"No question has an answer for {which} {units.text} {noun}"
    names = {
        criterion: labels[criterion] + ("" if scored else " (context)")
        for criterion, scored in zip(table.index, criteria["scored"] == "yes", strict=True)
    }

    def by_group() -> Chart:
        """Draw one bar for each recommendation, if there are too many criteria for a bar each."""
        groups = criteria.set_index("criterion_id")["recommendation_id"]
        sums = table.groupby(groups.reindex(table.index), sort=False).sum()
        group_names = {**study.lookup("recommendations", "label"), "": "context"}
        short = f"How much is known of the {len(table):,} criteria, by recommendation"
        what = f"A bar for each of {len(table):,} criteria"
        return over_pages(
            sums,
            lambda sums, place: [_page(results, sums, group_names, kinds, short + place)],
            whole,
            lambda: left_out("coverage", title, whole, what, "data/national.csv"),
        )

    whole = table.reset_index()
    return over_pages(
        table,
        lambda table, place: [_page(results, table, names, kinds, title + place)],
        whole,
        by_group,
    )


def _page(
    results: Results, table: pd.DataFrame, labels: dict[str, str], kinds: list[str], title: str
) -> Chart:
    """Draw a stacked bar for each row of the table; the longest bar has the full width."""
    study = results.study
    fills: dict[str, str] = dict(zip(COVERAGE, _FILLS, strict=True))
    names = [labels[key] for key in table.index]
    counts = table[kinds].to_numpy()
    starts = np.cumsum(counts, axis=1) - counts
    sheet = Sheet(
        title,
        caveats(
            results, [key for key in table.index if key in set(study["criteria"]["criterion_id"])]
        ),
    )
    signs, down, top = sheet.flowed(sheet.top, [word(kind) for kind in kinds], key=0.25)
    top += 0.08
    labels_in_rows = fit_row_labels(names, sheet.room - (top - sheet.top), usual=0.3, most=1.8)
    row = labels_in_rows.high
    left = sheet.left + labels_in_rows.wide + 0.08
    unit = (sheet.right - left) / max(counts.sum(axis=1).max(initial=0), len(study["units"]), 1)
    y = top + row * (np.arange(len(names)) + 0.5)
    tall = 0.72 * row
    for place, label in zip(y, labels_in_rows.labels, strict=True):
        sheet.text(left - 0.08, place, label, Lettering(size=labels_in_rows.size, ha="right"))
    for number, kind in enumerate(kinds):
        look = Look(fills[kind], _EDGE, _LINE)
        sheet.bars([signs[number]], down[number] - 0.055, 0.17, 0.11, look)
        present = counts[:, number] > 0
        begin, count = left + starts[present, number] * unit, counts[present, number]
        if present.any():
            sheet.bars(begin, y[present] - tall / 2, count * unit, tall, look)
        # Left out if it is wider than its part of the bar: it would overlap the next part.
        fits = np.array([width_of(str(n), LABEL) for n in count]) < count * unit - 0.02
        sheet.texts(
            (begin + count * unit / 2)[fits],
            y[present][fits],
            [str(n) for n in count[fits]],
            Lettering(ha="center", color=style.PAPER if kind == SETTLED else style.INK),
        )
    details = [
        f"{isolated_name(labels[key])} ({', '.join(f'{word(kind)}: {count}' for kind, count in counts.items() if count)})"
        for key, counts in records_by_key(table[kinds]).items()
    ]
    alt = f"Stacked bars: for each criterion, the {study.settings.unit_noun.plural} by how much is known. {title}. {stopped(details, 'data/charts/coverage.csv')}."
    figure = sheet.finished(top + row * len(names))
    return Chart("coverage", title, alt, table, figure)
