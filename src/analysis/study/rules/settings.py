"""Rules on the settings in datapackage.json that name rows of the tables."""

from analysis.problems import Problem, shorten
from analysis.study.rules.engine import SETTINGS, Draft, needs


@needs("units", SETTINGS)
def _laws_cover_units(draft: Draft):
    held = set(draft.frames["units"]["country"])
    for number, law in enumerate(draft.settings.requests.laws):
        for country in sorted(set(law.countries) - held):
            place = f"study.requests.laws.{number}.countries"
            rule, remedy = (
                "no unit is of this country",
                "write it as units.csv does, or leave it out",
            )
            yield Problem("datapackage.json", None, place, shorten(country), rule, remedy)


@needs("sources", SETTINGS)
def _report_is_a_source(draft: Draft):
    source = draft.settings.report.source_id
    if source and source not in set(draft.frames["sources"]["source_id"]):
        yield Problem(
            "datapackage.json",
            None,
            "study.report.source_id",
            shorten(source),
            "it is no source of sources.csv",
            "name the report's source_id, or leave it empty",
        )


@needs("recommendations", SETTINGS)
def _weight_box_names_nodes(draft: Draft):
    held = {"total", *draft.frames["recommendations"]["recommendation_id"]}
    for node in draft.settings.weight_box.nodes:
        if node not in held:
            yield Problem(
                "datapackage.json",
                None,
                "study.weight_box.nodes",
                shorten(node),
                "it is no group of recommendations.csv",
                "name total, or a recommendation_id",
            )
        elif draft.settings.aggregation == "pooled" and node != "total":
            yield Problem(
                "datapackage.json",
                None,
                "study.weight_box.nodes",
                shorten(node),
                "study.aggregation is pooled, so that the weights of all criteria vary together",
                "name total, or nothing",
            )
