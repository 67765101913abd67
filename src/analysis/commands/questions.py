"""Commands that answer a question about a study, without changing or building anything."""

from __future__ import annotations

import argparse

from analysis.commands.shared import (
    SHOWN_AT_MOST,
    loaded,
    measured,
    print_problems_found,
    shown_progress,
)
from analysis.problems import WARNING, refusal, shown_first
from analysis.wording import capital


def validate(arguments: argparse.Namespace) -> int:
    """List every problem of a study."""
    from analysis.documents.quotations import quotation_problems
    from analysis.study import load, problems_and_warnings

    all_problems = problems_and_warnings(arguments.study)
    if not any(problem.severity != WARNING for problem in all_problems):
        all_problems += quotation_problems(load(arguments.study))
        all_problems.sort(key=lambda problem: problem.severity == WARNING)
    problems = [problem for problem in all_problems if problem.severity != WARNING]
    warnings = all_problems[len(problems) :]
    if arguments.format == "json":
        print_problems_found(all_problems, "json")
        return 1 if problems else 0
    if problems:
        print_problems_found(problems, "text")
        return 1
    print(f"{arguments.study} is a valid study.")
    if warnings:
        shown, left_out = shown_first(warnings, SHOWN_AT_MOST)
        print(f"For a person to look at ({len(warnings)}):")
        print(*shown, *(f"Not shown: {line}." for line in left_out), sep="\n")
        if left_out:
            print(
                f"The first {SHOWN_AT_MOST} are shown; policygap validate STUDY --format json gives all."
            )
    return 0


def agreement(arguments: argparse.Namespace) -> int:
    """Print how far the coders agree."""
    from analysis.fieldwork.agreement import as_table, confusion, disagreements, in_words
    from analysis.fieldwork.coded_cells import coded_states, disputed, left_out
    from analysis.fieldwork.rounds import agreement_by_round
    from analysis.frames import each_row
    from analysis.study import data_read_on
    from analysis.study.codebook import EARLIER_RULES, under_earlier_rules

    study = loaded(arguments.study)
    study = study.at(data_read_on(study))
    coded = coded_states(study)
    results = agreement_by_round(study, coded)
    if arguments.format == "json":
        print(as_table(results).to_json(orient="records", indent=1))
        return 0
    print(f"{study.settings.coders} {left_out(study)}".strip())
    for result in results:
        named = ", ".join(filter(None, (result.round, result.criterion_id, result.measure)))
        print(f"{named}: {in_words(result)}")
    confusion_table = confusion(study, table=coded)
    if len(confusion_table):
        print(
            f"\nWhat met what, over every pair of coders of a cell:\n{confusion_table.to_string()}"
        )
    reopened = study["assessments"].loc[sorted(disputed(study))]
    print(f"\nSettled by agreement, although the codings do not agree (any more): {len(reopened)}.")
    for row in each_row(reopened):
        print(f"  {row.unit_id}, {row.criterion_id}: {row.level}")
    under_earlier = study.tables["codings"][under_earlier_rules(study.tables)]
    under_earlier = under_earlier[under_earlier["unit_id"].isin(study["units"]["unit_id"])]
    if len(under_earlier):
        print(f"\n{capital(EARLIER_RULES)}: {len(under_earlier)} codings.")
    for row in each_row(under_earlier):
        print(f"  {row.unit_id}, {row.criterion_id}, {row.coder}: {row.level}")
    differing = disagreements(study, table=coded).groupby(["unit_id", "criterion_id"], sort=False)
    print(f"\nCells on which they differ: {len(differing)}.")
    for (unit, criterion), rows in differing:
        print(f"\n{unit}, {criterion}")
        for row in each_row(rows):
            cited = f" [{row.evidence_ids.replace(';', ', ')}]" if row.evidence_ids else ""
            print(f"  {row.coder}: {row.state}{cited} {row.rationale}".rstrip())
    return 0


def compare(arguments: argparse.Namespace) -> int:
    """Print what differs between two versions of a study."""
    from analysis.commands.comparison import run

    return run(
        arguments.old,
        arguments.new,
        arguments.study,
        arguments.as_of,
        arguments.format,
        arguments.out,
    )


def compare_units(arguments: argparse.Namespace) -> int:
    """Print what is certain about two units, and what would decide the rest."""
    from analysis.fieldwork.names import meant_units
    from analysis.show.caveats import caveats
    from analysis.show.pairs import compared

    with shown_progress() as progress:
        results = measured(arguments, progress)
    units = meant_units(results.study, arguments.units)
    if len(units) < 2:
        raise refusal("units", "both name the same", "name two", " and ".join(arguments.units))
    print(" ".join(compared(results, *units)))
    print(*caveats(results, units=units), sep="\n")
    return 0
