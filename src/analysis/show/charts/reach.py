"""The sensitivity chart: the range of each known unit's interval over other scenarios."""

import numpy as np

from analysis.direction import isolated_name
from analysis.frames import each_row
from analysis.measure.results import Results
from analysis.measure.scenarios import DECLARED
from analysis.measure.sensitivity import ALL
from analysis.show.caveats import caveats_on_scores
from analysis.show.charts.intervals import Scale
from analysis.show.labels import ends_words
from analysis.show.lines import lines_high, width_of, wrapped
from analysis.show.sensitivity import KIND_WORDS
from analysis.show.sheet import Sheet
from analysis.show.style import LABEL, Chart, Lettering, Look, Named, styled
from analysis.show.symbols import PALETTE
from analysis.wording import stopped


@styled
def reach_chart(results: Results, named: Named) -> Chart:
    """Draw the interval as declared, and its sensitivity range over each kind of scenario.

    Only units with something known as declared are drawn. The other units have the whole range
    under every scenario, or no score at this date.

    Args:
        results: the results.
        named: the named figures, with those of
            :func:`analysis.measure.figures.sensitivity_figures`.
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
    lines = [
        *caveats_on_scores(results, known),
        "The dark bar is the interval as declared. Each bar below it runs from the lowest worst to the highest best score over the choices of a kind, one choice at a time. In the study’s order: it is not a ranking.",
    ]
    sheet = Sheet(title, lines)
    words = [ends_words(low, high, display) for low, high in table[["low", "high"]].to_numpy()]
    kinds = [KIND_WORDS[kind] for kind in table["kind"]]
    wide, beyond = (
        max((width_of(text, LABEL) for text in texts), default=0) + 0.08 for texts in (kinds, words)
    )
    scale = Scale(sheet, wide, beyond)
    y, places = sheet.top + 0.2, []
    for row in each_row(table):
        if row.kind == DECLARED:
            name = wrapped(names[row.unit_id], sheet.right - sheet.left, LABEL, bold=True)
            high = lines_high(name, LABEL)
            sheet.text(sheet.left, y + 0.08 + high / 2, name, Lettering(bold=True))
            y += high + 0.1
        places.append(y + _ROW / 2)
        y += _ROW
    scale.draw(sheet.top, y)
    places, own = np.array(places), (table["kind"] == DECLARED).to_numpy()
    for tall, where in (
        (0.13, own | (table["kind"] == ALL)),
        (0.08, ~own & (table["kind"] != ALL)),
    ):
        fill = np.where(own[where], *PALETTE[:2])
        scale.bars(table[where], places[where] - tall / 2, tall, Look(fill=fill))
    sheet.texts(scale.left - 0.08, places, kinds, Lettering(ha="right"))
    sheet.texts(scale.right + 0.08, places, words)
    details = []
    for unit, rows in table.groupby("unit_id", sort=False):
        parts = [
            f"{KIND_WORDS[row.kind]}: {ends_words(row.low, row.high, display)}"
            for row in each_row(rows)
        ]
        details.append(f"{isolated_name(names[str(unit)])}: {'; '.join(parts)}")
    alt = (
        f"Horizontal bars, 0 to 100, for each {study.settings.unit_noun.singular} of which "
        "anything is known. They show the range of its score as declared, and over "
        f"the choices of each kind. {title}. {stopped(details, 'behind the picture', '. ') if details else 'None is known'}."
    )
    return Chart("reach", title, alt, table, sheet.finished(y))


_ROW = 0.16  # inches, the height of a row
