"""The report: one self-contained page that needs no network and no script."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from analysis.frames import records
from analysis.measure.figures import NamedFigure
from analysis.measure.gaps import notices
from analysis.measure.imported import imported_said
from analysis.measure.national import asked_criteria
from analysis.measure.results import Results
from analysis.measure.side_by_side import irreconcilable
from analysis.publish.context import MOST_COLUMNS, MOST_ROWS
from analysis.publish.context.dates import dates_compared
from analysis.publish.context.method import group_rules, states_key
from analysis.publish.context.published import events, implied_totals, recommendation_records
from analysis.publish.context.tables import (
    coverage_table,
    national_counts,
    open_questions,
    reading_table,
    score_table,
)
from analysis.publish.context.units import uncited_evidence, unit_sections
from analysis.publish.markup import isolating, mark_of, plain, quotation_rules, template_text
from analysis.publish.material import Material
from analysis.publish.parts import ORDER, REPORT
from analysis.show.caveats import draft_line
from analysis.show.drawing import Drawing, in_section
from analysis.show.pairs import comparison_sentences
from analysis.show.symbols import places_note, ramp_rules
from analysis.study import vocabulary as v
from analysis.study.sources import with_sources
from analysis.wording import DOZEN, further, listed, spoken


def report_html(
    results: Results,
    named: dict[str, NamedFigure],
    charts: Sequence[Drawing],
    parts: Sequence[str] = tuple(ORDER),
) -> str:
    """Return the report as HTML. All text from the data is escaped by the template.

    Args:
        results: what the report is of.
        named: the named figures.
        charts: the charts.
        parts: the parts of the build; what is no part of it is not said to lie beside.
    """
    study = results.study
    css = template_text("report.css") + ramp_rules(study) + quotation_rules(study)
    templates = isolating()
    templates.filters.update(mark=mark_of(study), further=further)
    template = templates.get_template("report.html.j2")
    return template.render(
        say=lambda name: named[name].text,
        figure=lambda name: named.get(name),
        parts=parts,
        css=Markup(css),
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        draft=draft_line(study),
        study=study,
        descriptor=study.descriptor,
        settings=study.settings,
        charts=lambda section: in_section(charts, section),
        picture=picture,
        dozen=DOZEN,
        most_rows=MOST_ROWS,
        most_columns=MOST_COLUMNS,
        notices=[
            *imported_said(results),
            *study["notices"].loc[study["notices"]["scope"] == "study", "text"],
        ],
        particular=notices(
            study, list(study["criteria"]["criterion_id"]), list(study["units"]["unit_id"])
        ),
        states=states_key(study),
        places_note=places_note(study),
        criteria=records(asked_criteria(study)),
        groups=study.lookup("recommendations", "label"),
        labels=study.lookup("criteria", "label"),
        scales=study.lookup("criteria", "scale_id"),
        group_weights=study.lookup("recommendations", "weight"),
        group_rules=group_rules(study),
        report_read=study.lookup("sources", "extent_read").get(study.settings.report.source_id, ""),
        recommendations=recommendation_records(results),
        national=national_counts(results),
        scores=score_table(results),
        coverage=coverage_table(results),
        steps=dates_compared(results),
        readings=reading_table(results),
        totals=implied_totals(results),
        bearings=[bearing.text for bearing in results.bearings],
        clash_count=len(results.clashes),
        comparisons=[sentence.text for sentence in comparison_sentences(results)],
        next=open_questions(results),
        extents=v.EXTENT,
        clashes=records(irreconcilable(study)),
        figures=with_sources(study, "figures"),
        events=events(study),
        units=unit_sections(results),
        context=with_sources(study, "evidence", study["evidence"]["scope"] != "unit"),
        uncited=uncited_evidence(study),
        sources=records(study["sources"]),
        spoken=spoken,
        authors=listed([contributor.title for contributor in study.descriptor.contributors]),
    )


def picture(chart: Drawing) -> Markup:
    """Return a chart as an image element that carries its own drawing and text alternative."""
    drawing = base64.b64encode(chart.svg()).decode()
    return Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(
        drawing, plain(chart.alt)
    )


def write(material: Material, folder: Path) -> None:
    """Write the report as a part of a build."""
    (folder / REPORT).write_text(material.page, encoding="utf-8", newline="\n")
    if "pdf" in material.parts:
        material.report_pdf  # noqa: B018 - started here, since it takes the longest
