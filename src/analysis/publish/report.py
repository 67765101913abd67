"""The report: one self-contained page that needs no network and no script."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from analysis.frames import records
from analysis.measure.figures import NamedFigure
from analysis.measure.national import criteria_in_use
from analysis.measure.results import Results
from analysis.publish.build_context import BuildContext
from analysis.publish.context import MOST_CHANGES, MOST_FINDINGS, MOST_ROWS
from analysis.publish.context.common import common_context
from analysis.publish.context.method import dates_compared, group_rules, states_key
from analysis.publish.context.overview import (
    cited_sources,
    finding_groups,
    finding_sources,
    findings_of,
    numbered_notes,
    something_known,
    state_groups,
)
from analysis.publish.context.published import (
    counts_on_recommendations,
    implied_totals,
)
from analysis.publish.context.tables import open_by_criterion
from analysis.publish.context.units import unit_sections
from analysis.publish.markup import isolating, mark_of, plain, quotation_rules, template_text
from analysis.publish.parts import ORDER, REPORT
from analysis.show.caveats import caveats, draft_line
from analysis.show.drawing import Drawing
from analysis.show.labels import STEP
from analysis.show.pairs import comparison_sentences
from analysis.show.symbols import ramp_rules
from analysis.study import Study
from analysis.wording import DOZEN, further


def report_html(
    results: Results,
    named: dict[str, NamedFigure],
    charts: Sequence[Drawing],
    parts: Sequence[str] = tuple(ORDER),
) -> str:
    """Return the report as HTML. All text from the data is escaped by the template.

    Args:
        results: the results to report.
        named: the named figures.
        charts: the charts.
        parts: the parts of the build; the report refers only to the files of these parts.
    """
    study = results.study
    css = template_text("report.css") + ramp_rules(study) + quotation_rules(study)
    common, units = common_context(results, named, charts), _units(results)
    recommended, behind = common["recommended"], finding_sources(results)
    published = _published(results, recommended)
    templates = isolating()
    templates.filters.update(mark=mark_of(study), further=further)
    return templates.get_template("report.html.j2").render(
        css=Markup(css),
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        parts=parts,
        **common,
        say=common["text"],
        tell=common["text"],
        **_questions(study),
        **_findings(results, named),
        **units,
        **published,
        finding_sources=behind,
        sources=_sources_cited(results, units["entries"], recommended, published["counts"], behind),
        picture=picture,
    )


def _questions(study: Study) -> dict[str, Any]:
    """Return the template context on the questions."""
    criteria = records(criteria_in_use(study))
    return {
        "asked": [row["criterion_id"] for row in criteria],
        "scored_criteria": [row["criterion_id"] for row in criteria if row["scored"] == "yes"],
        "unattached": [row for row in criteria if not row["recommendation_id"]],
        "group_rules": group_rules(study),
    }


def _findings(results: Results, named: dict[str, NamedFigure]) -> dict[str, Any]:
    """Return the template context on the findings, the caveats and the open questions."""
    questions = open_by_criterion(results)
    clashes = [named[f"totals.clash.{place}"].text for place, _ in enumerate(results.clashes, 1)]
    return {
        "notes": numbered_notes(results, clashes),
        "dates_said": caveats(results)[0].removeprefix(draft_line(results.study)),
        "comparisons": [sentence.text for sentence in comparison_sentences(results)],
        "next": questions,
        "steps_to_answer": {
            step: words for step, words in STEP.items() if any(row[step] for row in questions)
        },
        "steps": dates_compared(results),
        "most_changes": MOST_CHANGES,
    }


def _units(results: Results) -> dict[str, Any]:
    """Return the template context on the units and the findings on each."""
    units = unit_sections(results)
    known = [unit for unit in units if something_known(unit)]
    count = sum(len(findings_of(unit)) for unit in known)
    cells = [cell for unit in units for cell in unit["cells"]]
    states = {cell.state for cell in cells}
    return {
        "units": units,
        "regions": any(unit["region"] for unit in units),
        "silent": [unit for unit in units if unit not in known],
        "entries": known if count <= MOST_FINDINGS else [],
        "finding_count": count,
        "finding_groups": finding_groups,
        "groups_of": lambda unit: state_groups(unit["cells"]),
        "labels_printed": len(cells) <= MOST_ROWS,
        "states": [row for row in states_key(results.study) if row["state"] in states],
    }


def _published(results: Results, recommended: list[dict]) -> dict[str, Any]:
    """Return the template context on what others published."""
    counts = counts_on_recommendations(results, recommended)
    return {
        "counts": counts,
        "first_total": counts[:1],
        "implied": implied_totals(results),
        "bearings": [bearing.text for bearing in results.bearings],
    }


def _sources_cited(
    results: Results,
    entries: list[dict],
    recommended: list[dict],
    counts: list[dict],
    behind: dict[str, list[dict]],
) -> list[dict]:
    """Return the sources that the report cites: for recommendations, counts and findings."""
    asked = [row["source_id"] for row in recommended if row["asks"]]
    counted = [row["source_id"] for row in counts]
    named = (sources for sources in behind.values() if len(sources) <= DOZEN)
    found = [row["source_id"] for sources in named for row in sources]
    return cited_sources(results.study, [*asked, *counted, *found], entries)


def picture(chart: Drawing) -> Markup:
    """Return a chart as an image element with an embedded SVG and its text alternative."""
    drawing = base64.b64encode(chart.svg()).decode()
    return Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(
        drawing, plain(chart.alt)
    )


def write(context: BuildContext, folder: Path) -> None:
    """Write the report as a part of a build."""
    (folder / REPORT).write_text(context.page, encoding="utf-8", newline="\n")
    if "pdf" in context.parts:
        context.report_pdf  # noqa: B018 - started here, since it takes the longest
