"""The template context shared by the report and by every page of the site."""

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.frames import grouped, records
from analysis.measure.figures import NamedFigure
from analysis.measure.figures.findings import (
    SILENCE,
    counting_figure,
    finding_columns,
    shown_findings,
)
from analysis.measure.results import Results
from analysis.publish.context.published import recommendation_records
from analysis.show.drawing import Drawing, in_section
from analysis.show.symbols import places_note
from analysis.study import vocabulary as v
from analysis.study.sentences import written_findings
from analysis.wording import DOZEN, listed


def common_context(
    results: Results, named: Mapping[str, NamedFigure], charts: Iterable[Drawing]
) -> dict[str, Any]:
    """Return the shared context: the study, its names, named figures, findings and charts."""
    study, notices = results.study, grouped(results.study["notices"], "unit_id")
    one, many = study.settings.unit_noun.both
    read = study.lookup("sources", "extent_read")
    return {
        "study": study,
        "descriptor": study.descriptor,
        "settings": study.settings,
        "unit_noun": one,
        "unit_nouns": many,
        "names": study.lookup("units", "short_name"),
        "labels": study.lookup("criteria", "label"),
        "scales": study.lookup("criteria", "scale_id"),
        "sources_by_id": {row["source_id"]: row for row in records(study["sources"])},
        "unit_notices": {unit: [row["text"] for row in rows] for unit, rows in notices.items()},
        "places_note": places_note(study),
        "report_read": read.get(study.settings.report.source_id, ""),
        "authors": listed([contributor.title for contributor in study.descriptor.contributors]),
        "extents": v.EXTENT,
        "dozen": DOZEN,
        "recommended": recommendation_records(results),
        "findings": shown_findings(results),
        "finding_columns": finding_columns(results),
        "counting_figure": counting_figure,
        "silence": SILENCE,
        "written": written_findings(study, results.matrix),
        "text": lambda name: named[name].text,
        "value": lambda name: named[name].value,
        "has": lambda name: name in named,
        "charts": lambda section: in_section(charts, section),
    }
