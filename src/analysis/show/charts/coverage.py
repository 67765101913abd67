"""How much is known of each criterion."""

from matplotlib.patches import Patch, Rectangle

from analysis.measure.national import asked_criteria
from analysis.measure.results import COVERAGE, SETTLED, Results
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.style import Chart, Named, label_rows, new_figure, styled, wrapped
from analysis.show.words import listed, word


@styled
def coverage_chart(results: Results, named: Named) -> Chart:
    """Draw, for each criterion, how many units are settled, seen, searched or not looked at."""
    study = results.study
    criteria = asked_criteria(study)
    table = results.coverage.loc[criteria["criterion_id"]]
    kinds = [kind for kind in COVERAGE if kind == SETTLED or table[kind].any()]
    colours = dict(
        zip(
            COVERAGE,
            (style.PALETTE[0], "#9dbdd8", "#ececec", "#b9b9b9", "#ffffff", "#d0d0d0"),
            strict=True,
        )
    )
    most = table.iloc[:, 0].idxmax()
    labels = study.lookup("criteria", "label")
    title = (
        f"No criterion is settled for more than {named[f'coverage.{most}.settled'].text} of "
        f"{named['study.units'].text} {study.settings.unit_noun.plural}"
    )
    row = 0.42
    figure, axes = new_figure(
        10, len(table) * row + 0.55, title, notes(results, list(table.index)), left=1.75
    )
    axes.set(
        xlim=(0, max(len(study["units"]), 1) * 1.003), ylim=(len(table) - 0.5, -0.5 - 0.55 / row)
    )
    rows = [
        "\n".join(wrapped(labels[one] + ("" if scored else " (context)"), 1.7, 8))
        for one, scored in zip(table.index, criteria["scored"] == "yes", strict=True)
    ]
    label_rows(axes, rows)
    for place, counts in enumerate(table[kinds].itertuples(index=False)):
        start = 0
        for kind, count in zip(kinds, counts, strict=True):
            if count:
                axes.add_artist(
                    Rectangle(
                        (start, place - 0.33),
                        count,
                        0.66,
                        facecolor=colours[kind],
                        edgecolor="#6f6f6f",
                        lw=0.6,
                    )
                )
                ink = style.PAPER if kind == SETTLED else style.INK
                axes.text(
                    start + count / 2,
                    place,
                    str(count),
                    ha="center",
                    va="center",
                    size=8,
                    color=ink,
                )
            start += count
    patches = [
        Patch(facecolor=colours[kind], edgecolor="#6f6f6f", lw=0.6, label=word(kind))
        for kind in kinds
    ]
    axes.legend(
        handles=patches,
        loc="upper left",
        ncols=len(kinds),
        frameon=False,
        fontsize=8,
        borderaxespad=0,
        borderpad=0,
        handlelength=1.2,
        handleheight=1,
    )
    told = [
        f"{labels[one]}: {listed([f'{count} {word(kind)}' for kind, count in counts.items() if count])}"
        for one, counts in table[kinds].iterrows()
    ]
    alt = f"Stacked bars: for each criterion, the {study.settings.unit_noun.plural} by how much is known. {title}. {'; '.join(told)}."
    return Chart("coverage", title, alt, table.reset_index(), figure)
