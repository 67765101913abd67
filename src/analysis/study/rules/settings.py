"""Rules on those settings in datapackage.json that name rows of the tables."""

from collections.abc import Iterator

from analysis.problems import Problem, shorten
from analysis.study.descriptor import FILE
from analysis.study.rules.engine import SETTINGS, Check, Draft


def _setting(place: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(FILE, None, f"study.{place}", shorten(value), rule, remedy)


def _laws_without_units(draft: Draft) -> Iterator[Problem]:
    countries = set(draft.frames["units"]["country"])
    rule, remedy = "no unit is in this country", "write it as units.csv does, or leave it out"
    for number, law in enumerate(draft.stated.requests.laws):
        for country in sorted(set(law.countries) - countries):
            yield _setting(f"requests.laws.{number}.countries", country, rule, remedy)


def _report_without_source(draft: Draft) -> Iterator[Problem]:
    source = draft.stated.report.source_id
    if source and source not in set(draft.frames["sources"]["source_id"]):
        rule = "it is not a source of sources.csv"
        remedy = "name the report's source_id, or leave it empty"
        yield _setting("report.source_id", source, rule, remedy)


def _weights_without_nodes(draft: Draft) -> Iterator[Problem]:
    nodes = {"total", *draft.frames["recommendations"]["recommendation_id"]}
    for node in draft.stated.weight_box.nodes:
        if node not in nodes:
            rule = "it is not a group of recommendations.csv"
            yield _setting("weight_box.nodes", node, rule, "name total, or a recommendation_id")
        elif draft.stated.aggregation == "pooled" and node != "total":
            rule = "study.aggregation is pooled, so that the weights of all criteria vary together"
            yield _setting("weight_box.nodes", node, rule, "name total, or nothing")


RULES = (
    Check(_laws_without_units, needs=("units", SETTINGS)),
    Check(_report_without_source, needs=("sources", SETTINGS)),
    Check(_weights_without_nodes, needs=("recommendations", SETTINGS)),
)
