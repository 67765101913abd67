"""The interval of every unit's total score."""

import numpy as np
from matplotlib.patches import Rectangle

from analysis.measure.results import Results
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.style import Chart, Named, label_rows, new_figure, styled
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
        f"{study.settings.unit_noun.plural} the evidence allows the whole range of scores"
    )
    row = 0.235
    all_ids = list(study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"])
    lines = [
        *notes(results, all_ids, list(table["unit_id"])),
        "Each bar runs from the worst to the best score that the evidence allows. Sorted by the share of weight known, then by name: it is no ranking.",
    ]
    figure, axes = new_figure(10, len(table) * row + 0.3, title, lines, left=1.95, right=1.9)
    axes.set(xlim=(0, 100), ylim=(len(table) - 0.5, -0.5 - 0.3 / row))
    label_rows(axes, table["short_name"])
    above, va, ha = axes.get_xaxis_text2_transform(-12)
    for value in (0, 25, 50, 75, 100):
        axes.text(value, 1, str(value), size=8, transform=above, va=va, ha=ha)
    axes.vlines([0, 25, 50, 75, 100], -0.5, len(table) - 0.5, color="#e3e3e3", lw=0.8, zorder=0)
    for place, one in enumerate(table.itertuples()):
        label = interval_words(one.low, one.high, one.known, display)
        if not np.isnan(one.low):
            known = one.known > 0
            axes.add_artist(
                Rectangle(
                    (one.low, place - 0.31),
                    max(one.high - one.low, 0.6),
                    0.62,
                    facecolor=style.PALETTE[0] if known else style.PAPER,
                    edgecolor=style.PALETTE[0] if known else "#8a8a8a",
                    lw=0.8,
                    ls="-" if known else (0, (4, 3)),
                )
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
