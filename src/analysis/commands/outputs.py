"""Commands that build what is published."""

from __future__ import annotations

import argparse
import datetime as dt

from analysis.commands.shared import (
    loaded,
    measured,
    possible_details,
    print_not_shown,
    print_placeholders,
    print_what_leaves_cells_open,
    refuse_a_folder_in_use,
    refuse_to_replace_others,
    shown_progress,
    unit_meant,
)
from analysis.problems import Problem, StudyError

MANIFEST = "manifest.json"


def report(asked: argparse.Namespace) -> int:
    """Build the report and all that goes with it."""
    from analysis.publish.parts import IN_BACKGROUND, in_order

    parts = in_order(asked.only)
    refuse_to_replace_others(asked)
    held = None if asked.again else _standing(asked)
    if held is not None:
        since = dt.datetime.fromtimestamp((asked.out / MANIFEST).stat().st_mtime)
        print_placeholders(held.placeholders)
        print(f"Nothing has changed since {since:%Y-%m-%d %H:%M}: {asked.out} is as it was.")
        return 0
    from analysis.background import background

    with shown_progress() as progress, background(*IN_BACKGROUND) as executor:
        from analysis.publish.manifest import input_hashes

        progress("study")
        inputs = input_hashes(asked.study)
        results = measured(asked, progress)
        progress("statements")
        from analysis.publish.tasks import Tasks

        tasks = Tasks(results, executor, parts)
        # Only now, since both take a while: the background is at work meanwhile.
        to_look_at = possible_details(results.study)
        from analysis.publish.build import build

        path = build(results, asked.out, progress, inputs, tasks, parts)
    print_placeholders(results.study.descriptor.placeholders)
    if to_look_at:
        print(f"Texts for a person to look at first: {to_look_at} (policygap validate names them).")
    print_what_leaves_cells_open(results.study)
    print_not_shown(results.study)
    built = "The report is" if "report" in parts else f"Built {', '.join(parts)} into"
    print(f"{built} {path}")
    return 0


def notebooks(asked: argparse.Namespace) -> int:
    """Run the notebooks on a study."""
    study = loaded(asked.study)
    from analysis.publish.run_notebooks import run_notebooks
    from analysis.study import check_someone_exists

    if asked.as_of:
        check_someone_exists(study, asked.as_of)
    day = asked.as_of and asked.as_of.isoformat()
    with shown_progress() as progress:
        made = run_notebooks(asked.study, asked.out, day, progress)
    print_placeholders(study.descriptor.placeholders)
    print(f"Notebooks: {len(made)}; they are in {asked.out}")
    return 0


def _standing(asked: argparse.Namespace):
    if not (asked.out / MANIFEST).exists():
        return None
    from analysis.publish.verify import unchanged

    return unchanged(asked.out, asked.study, asked.as_of, asked.known_by, asked.only)


def verify(asked: argparse.Namespace) -> int:
    """Check an output against its manifest and its study."""
    from analysis.verification import run

    return run(asked.output, asked.study, shown_progress)


def score(asked: argparse.Namespace) -> int:
    """Write the tables of results alone."""
    refuse_to_replace_others(asked)
    from analysis.publish.build import build_data

    with shown_progress() as progress:
        progress("study")
        results = measured(asked, progress)
        build_data(results, asked.out)
    print_what_leaves_cells_open(results.study)
    print(f"The tables are in {asked.out}")
    return 0


def brief(asked: argparse.Namespace) -> int:
    """Write the briefing on one unit, or on all."""
    if asked.unit is None:
        return _brief_all(asked)
    from analysis.fieldwork.workbook_writer import save_new
    from analysis.publish.briefings import Briefings

    results = measured(asked)
    unit = unit_meant(results.study, asked.unit)
    content = Briefings(results).pdf(unit)
    save_new(asked.out, content, results.study, ".pdf")
    print_placeholders(results.study.descriptor.placeholders)
    print_not_shown(results.study)
    print(f"The briefing on {unit} is {asked.out}")
    return 0


def _brief_all(asked: argparse.Namespace) -> int:
    from analysis.publish.briefings import Briefings
    from analysis.publish.swapping import swapped_in

    if asked.out.suffix:
        rule, remedy = "briefings on all units go into a folder", "name one, or a unit with --unit"
        raise StudyError([Problem(str(asked.out), None, "", "", rule, remedy)])
    refuse_a_folder_in_use(asked.out)
    refuse_to_replace_others(asked)
    with shown_progress() as progress:
        progress("study")
        results = measured(asked, progress)
        units = results.study["units"]["unit_id"]
        count = len(units)
        with swapped_in(asked.out, progress) as folder:
            briefings = Briefings(results)
            for number, unit in enumerate(units, start=1):
                progress(f"briefings: {number} of {count}")
                (folder / f"{unit}.pdf").write_bytes(briefings.pdf(unit))
    print_placeholders(results.study.descriptor.placeholders)
    print_not_shown(results.study)
    print(f"Briefings: {count}; they are in {asked.out}")
    return 0
