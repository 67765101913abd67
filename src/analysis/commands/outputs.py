"""Commands that build and verify outputs."""

from __future__ import annotations

import argparse
import datetime as dt
from functools import partial

from analysis.commands.shared import (
    loaded,
    measured,
    possible_details,
    print_checks_before_sending,
    print_not_shown,
    print_open_cell_warnings,
    print_placeholders,
    print_possible_details,
    refuse_foreign_folder,
    refuse_nonempty_folder,
    shown_progress,
    unit_meant,
)
from analysis.problems import refusal

MANIFEST = "manifest.json"


def report(arguments: argparse.Namespace) -> int:
    """Build the report and all that goes with it."""
    from analysis.publish.parts import IN_BACKGROUND, in_order

    in_order(arguments.only)  # refuses unknown parts before any slow work
    refuse_foreign_folder(arguments)
    unchanged_output = None if arguments.again else _unchanged_output(arguments)
    if unchanged_output is not None:
        since = dt.datetime.fromtimestamp((arguments.out / MANIFEST).stat().st_mtime)
        print_placeholders(unchanged_output.placeholders)
        print(f"Nothing has changed since {since:%Y-%m-%d %H:%M}: {arguments.out} is as it was.")
        return 0
    from analysis.background import background

    with shown_progress() as progress, background(*IN_BACKGROUND) as executor:
        from analysis.measure.shown import unnamed
        from analysis.publish.manifest import input_hashes

        progress("study")
        inputs = input_hashes(arguments.study)
        results = measured(arguments, progress)
        results = unnamed(results) if arguments.public else results
        parts = in_order(arguments.only, results.study.scope.public)
        progress("statements")
        from analysis.publish.build_context import BuildContext

        context = BuildContext(results, executor, parts)
        # Both steps are slow, so they run only after the background tasks have started.
        details_sentence = possible_details(results.study)
        from analysis.publish.build import build

        path = build(results, arguments.out, progress, inputs, context, parts)
    print_placeholders(results.study.descriptor.placeholders)
    if details_sentence:
        print(details_sentence)
    print_open_cell_warnings(results.study)
    print_not_shown(results.study)
    built = "The report is" if "report" in parts else f"Built {', '.join(parts)} into"
    print(f"{built} {path}")
    return 0


def notebooks(arguments: argparse.Namespace) -> int:
    """Run the notebooks on a study."""
    study = loaded(arguments.study)
    from analysis.publish.run_notebooks import run_notebooks
    from analysis.study import check_someone_exists

    if arguments.as_of:
        check_someone_exists(study, arguments.as_of)
    day = arguments.as_of and arguments.as_of.isoformat()
    with shown_progress() as progress:
        made = run_notebooks(arguments.study, arguments.out, day, progress)
    print_checks_before_sending(study)
    print(f"Notebooks: {len(made)}; they are in {arguments.out}")
    return 0


def _unchanged_output(arguments: argparse.Namespace):
    if not (arguments.out / MANIFEST).exists():
        return None
    from analysis.publish.verify import unchanged

    return unchanged(
        arguments.out,
        arguments.study,
        arguments.as_of,
        arguments.known_by,
        arguments.only,
        arguments.public,
    )


def verify(arguments: argparse.Namespace) -> int:
    """Check an output against its manifest and its study."""
    from analysis.commands.verification import run

    return run(arguments.output, arguments.study, shown_progress)


def score(arguments: argparse.Namespace) -> int:
    """Write the tables of results alone."""
    refuse_foreign_folder(arguments)
    from analysis.publish.build import build_data

    with shown_progress() as progress:
        progress("study")
        results = measured(arguments, progress)
        build_data(results, arguments.out)
    print_possible_details(results.study)
    print_open_cell_warnings(results.study)
    print(f"The tables are in {arguments.out}")
    return 0


def brief(arguments: argparse.Namespace) -> int:
    """Write the briefing on one unit, with its page if asked for, or the briefings on all units."""
    if arguments.unit is None:
        return _brief_all(arguments)
    from analysis.fieldwork.workbook_writer import save_new
    from analysis.publish.briefings import Briefings

    results = measured(arguments)
    unit = unit_meant(results.study, arguments.unit)
    save = partial(save_new, arguments.out, Briefings(results).pdf(unit), results.study, ".pdf")
    if arguments.page is None:
        save()
    else:
        from analysis.publish.site.page_alone import page_alone

        page = page_alone(results, unit)
        # Write both or none: the briefing is renamed into place only after the page is written.
        save(partial(save_new, arguments.page, page, results.study, ".html"))
    print_checks_before_sending(results.study)
    print_not_shown(results.study)
    print(f"The briefing on {unit} is {arguments.out}")
    if arguments.page is not None:
        print(f"Its page is {arguments.page}")
    return 0


def _brief_all(arguments: argparse.Namespace) -> int:
    from analysis.publish.briefings import Briefings
    from analysis.publish.files import atomic_replace

    if arguments.page is not None:
        rule, remedy = "it is the page of one unit", "name the unit with --unit"
        raise refusal("--page", rule, remedy, arguments.page)
    if arguments.out.suffix:
        rule, remedy = "briefings on all units go into a folder", "name one, or a unit with --unit"
        raise refusal(arguments.out, rule, remedy)
    refuse_nonempty_folder(arguments.out)
    refuse_foreign_folder(arguments)
    with shown_progress() as progress:
        progress("study")
        results = measured(arguments, progress)
        units = results.study["units"]["unit_id"]
        count = len(units)
        with atomic_replace(arguments.out, progress) as folder:
            briefings = Briefings(results)
            for number, unit in enumerate(units, start=1):
                progress(f"briefings: {number} of {count}")
                (folder / f"{unit}.pdf").write_bytes(briefings.pdf(unit))
    print_checks_before_sending(results.study)
    print_not_shown(results.study)
    print(f"Briefings: {count}; they are in {arguments.out}")
    return 0
