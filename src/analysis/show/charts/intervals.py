"""The interval of every unit's total score."""

import numpy as np

from analysis.measure.results import Results
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.style import Chart, Named, new_figure, styled
from analysis.show.words import interval_words


@styled
def intervals_chart(results: Results, named: Named) -> Chart:
    """Draw the interval of every unit's total score, sorted by the share known, then by name."""
    study, display = results.study, results.study.settings.display
    table = results.total.reset_index()[["unit_id", "low", "high", "known"]]
    table = table.merge(study["units"][["unit_id", "short_name"]], on="unit_id")
    table = table.sort_values(["known", "short_name"], ascending=[False, True], kind="stable")
    title = (
        f"For {named['units.no_weight_known'].text} of {named['study.units'].text} "
        f"{study.settings.unit_noun.plural} the evidence allows every score"
    )
    row = 0.235
    all_ids = list(study["criteria"].query("scored == 'yes'")["criterion_id"])
    lines = [
        *notes(results, all_ids, list(table["unit_id"])),
        "Each bar runs from the worst to the best score that the evidence allows. Sorted by the share of weight known, then by name: it is no ranking.",
    ]
    figure, axes = new_figure(10, len(table) * row + 0.3, title, lines, left=1.95, right=1.9)
    axes.set(xlim=(0, 100), ylim=(len(table) - 0.5, -0.5 - 0.3 / row))
    axes.set_yticks(range(len(table)), table["short_name"], size=8)
    axes.xaxis.tick_top()
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.tick_params(axis="x", pad=-12, labelsize=8)
    axes.vlines([0, 25, 50, 75, 100], -0.5, len(table) - 0.5, color="#e3e3e3", lw=0.8, zorder=0)
    for place, one in enumerate(table.itertuples()):
        label = interval_words(one.low, one.high, one.known, display)
        if not np.isnan(one.low):
            known = one.known > 0
            axes.barh(
                place,
                max(one.high - one.low, 0.6),
                left=one.low,
                height=0.62,
                color=style.PALETTE[0] if known else style.PAPER,
                edgecolor=style.PALETTE[0] if known else "#8a8a8a",
                lw=0.8,
                ls="-" if known else (0, (4, 3)),
            )
        axes.text(102, place, label, size=8, va="center", color=style.INK)
    known = table[table["known"] > 0]
    told = [
        f"{one.short_name} {interval_words(one.low, one.high, one.known, display)}"
        for one in known.itertuples()
    ]
    alt = (
        f"Horizontal bars: for each of {len(table)} {study.settings.unit_noun.plural} the worst "
        f"and best total score, 0 to 100, that the evidence allows. {title}. "
        f"With something known: {'; '.join(told) or 'none'}."
    )
    return Chart("intervals", title, alt, table.reset_index(drop=True), figure)
