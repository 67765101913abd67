"""How far the interval of each known unit reaches under other choices."""

from matplotlib.patches import Rectangle

from analysis.measure.choices import DECLARED
from analysis.measure.results import Results
from analysis.measure.sensitivity import ALL
from analysis.show import style
from analysis.show.notes import notes
from analysis.show.sensitivity import KIND_WORDS, ends_words
from analysis.show.style import Chart, Named, new_figure, styled


@styled
def reach_chart(results: Results, named: Named) -> Chart:
    """Draw the interval as declared, and how far it reaches over each kind of choice.

    For the units of which anything is known as declared; of the others the evidence allows
    the whole range whatever is chosen, or nothing at this date.

    Args:
        results: the results.
        named: with those of :func:`analysis.measure.statements.sensitivity_statements`.
    """
    study, display = results.study, results.study.settings.display
    reach, known = results.sensitivity.reach, results.sensitivity.known
    table = reach[reach["unit_id"].isin(known)].reset_index(drop=True)
    names = study.lookup("units", "short_name")
    title = (
        f"Other choices move the interval of {named['sensitivity.units.moved'].text} of the "
        f"{named['sensitivity.units.known'].text} {study.settings.unit_noun.plural} of which "
        "anything is known"
    )
    scored = list(study["criteria"].loc[study["criteria"]["scored"] == "yes", "criterion_id"])
    lines = [
        *notes(results, scored, known),
        "The dark bar is the interval as declared. Each bar below it runs from the lowest worst to the highest best score over the choices of a kind, one choice at a time. In the study’s order: it is no ranking.",
    ]
    row, head = 0.215, 0.34
    places, y = [], 0.0
    for one in table.itertuples():
        y += head if one.kind == DECLARED else 0
        places.append(y)
        y += row
    figure, axes = new_figure(10, y + 0.45, title, lines, left=2.35, right=1.15)
    axes.set(xlim=(0, 100), ylim=(y + 0.05, -0.4))
    beside, va, ha = axes.get_yaxis_text1_transform(3.5)
    above, above_va, above_ha = axes.get_xaxis_text2_transform(-12)
    for value in (0, 25, 50, 75, 100):
        axes.text(value, 1, str(value), size=8, transform=above, va=above_va, ha=above_ha)
    axes.vlines([0, 25, 50, 75, 100], 0, y, color="#e3e3e3", lw=0.8, zorder=0)
    for place, one in zip(places, table.itertuples(), strict=True):
        own = one.kind == DECLARED
        if own:
            name = names[one.unit_id]
            axes.text(0, place - row, name, size=9, weight="bold", transform=beside, va=va, ha=ha)
        label = KIND_WORDS[one.kind]
        axes.text(0, place, label, size=8, transform=beside, va=va, ha=ha)
        half = 0.085 if own or one.kind == ALL else 0.05
        bar = Rectangle(
            (one.low, place - half),
            max(one.high - one.low, 0.6),
            2 * half,
            facecolor=style.PALETTE[0] if own else style.PALETTE[1],
            edgecolor="none",
        )
        axes.add_artist(bar)
        words = ends_words(one.low, one.high, display)
        axes.text(102, place, words, size=8, va="center", color=style.INK)
    told = []
    for unit, rows in table.groupby("unit_id", sort=False):
        parts = [
            f"{KIND_WORDS[one.kind]} {ends_words(one.low, one.high, display)}"
            for one in rows.itertuples()
        ]
        told.append(f"{names[unit]}: {', '.join(parts)}")
    alt = (
        f"Horizontal bars, 0 to 100: for each {study.settings.unit_noun.singular} of which "
        "anything is known the interval of its score as declared, and how far it reaches over "
        f"the choices of each kind. {title}. {'; '.join(told) or 'None is known'}."
    )
    return Chart("reach", title, alt, table, figure)
