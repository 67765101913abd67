"""A made-up study of any size: complete, valid, the same for the same seed, and never real.

It holds every state that a cell can have, and texts that a careless page or workbook would
take for markup, for a formula or for a script.
"""

import copy
import csv
import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.study.descriptor import FILE, PLACEHOLDER
from analysis.study.profile import profile, template

REPORT_DAY, READ_DAY = "2021-03-15", "2026-06-30"
FIRST_DAY, EARLIER_READ_DAY = "2017-01-01", "2023-09-30"
TAKES_EFFECT = ("", "", REPORT_DAY, "2022-04-01")
"""Days from which criteria apply, in turn; an empty one has always applied."""

SCALES = {
    "made-ordinal": {"met": 1, "partly": 0.5, "not_met": 0},
    "made-two-step": {"done": 1, "not_done": 0.25},
}
TYPED = ("inconclusive", "withheld", "not_applicable", "not_assessed")
PLANNED = ("met", "partly", "not_met", "inconclusive", "withheld", "not_applicable", "outdated")
"""What the first criterion of the first units comes to, so that no seed can miss a state."""

AWKWARD = (
    "Nothing in it is real.",
    "<script>alert('made up')</script> is shown as text.",
    "“Curly”, \"straight\" and 'single' quotes & an ampersand, <b>not bold</b>.",
    "A right-to-left mark \u200fstands here, and an override \u202eends here\u202c.",
    "It costs $5 here and $6 there, and 100% of a_b^c is {none}.",
)
FORMULA = '=HYPERLINK("https://example.org/made-up","Made up")'
ADDRESSES = (
    "https://example.org/made-up?a=1&b=%22two%22",
    "javascript:alert(1)",
    "data:text/html,<script>alert(2)</script>",
    "https://[made-up",
    "",
    " JavaScript:alert(3)",
    'https://example.org/"onmouseover="alert(4)',
)


def write_made_study(
    folder: Path,
    units: int = 43,
    criteria: int = 9,
    depth: int = 2,
    seed: int = 7,
    rows_per_cell: float = 1.0,
) -> Path:
    """Write a complete, valid study of invented units.

    Args:
        folder: where to write it; it is made if it is not there.
        units: how many, at least 12.
        criteria: how many, at least 8, context and one not yet in force among them.
        depth: levels of groups above the criteria, at least 1.
        seed: the same seed writes the same bytes.
        rows_per_cell: mean number of assessments of a cell, in units that are partly known.

    Returns:
        The folder.
    """
    if units < 12 or criteria < 8 or depth < 1:
        raise ValueError("every state needs 12 units, 8 criteria and 1 level of groups")
    made = _Made(units, criteria, depth, np.random.default_rng(seed), rows_per_cell)
    tables = _tables(made)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = _descriptor(tables["recommendations"][0][0])
    _write_text(folder / FILE, json.dumps(descriptor, indent=1, ensure_ascii=False) + "\n")
    for resource in profile()["resources"]:
        header = [field["name"] for field in resource["schema"]["fields"]]
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            # Columns at the end that a table leaves out are empty, and so are whole tables.
            rows = tables.get(resource["name"], [])
            writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
    return folder


@dataclass(frozen=True)
class _Made:
    """What every table is made from."""

    units: int
    criteria: int
    depth: int
    random: np.random.Generator
    rows_per_cell: float

    @property
    def unit_ids(self) -> list[str]:
        return _names("made-up-{}", self.units)

    @property
    def criterion_ids(self) -> list[str]:
        return _names("made-criterion-{}", self.criteria)

    @property
    def scored(self) -> int:
        """How many criteria are scored: the first ones; three others are context."""
        return self.criteria - 3

    @property
    def not_in_force(self) -> int:
        """The column of the criterion that applies only after the default date."""
        return self.scored - 1

    @property
    def scale(self) -> np.ndarray:
        """Position of each criterion's scale in :data:`SCALES`; the second is the rarer."""
        return (np.arange(self.criteria) % 4 == 3).astype(int)

    @property
    def applies_from(self) -> list[str]:
        days = [TAKES_EFFECT[column % len(TAKES_EFFECT)] for column in range(self.criteria)]
        days[self.not_in_force] = "2030-01-01"
        return days

    @property
    def kind(self) -> np.ndarray:
        """For each unit: all of it known, silent, unsearched, or partly known."""
        turn = np.arange(self.units) % 12
        kinds = np.full(self.units, "partly", dtype=object)
        kinds[turn == 3] = "known"
        kinds[(turn == 5) | (turn == 8)] = "silent"
        kinds[turn == 10] = "unsearched"
        return kinds

    @property
    def statements_of_each(self) -> int:
        """Statements of evidence on each unit that are cited; one more is not."""
        return max(2, round(self.criteria * self.rows_per_cell / 2))


def _names(pattern: str, count: int) -> list[str]:
    width = max(2, len(str(count)))
    return [pattern.format(str(number).zfill(width)) for number in range(1, count + 1)]


def _tables(made: _Made) -> dict[str, list]:
    coded = _coded(made)
    tables = {
        "units": _units(made),
        "levels": [
            (scale, level, value, f"Made-up meaning of {level}")
            for scale, levels in SCALES.items()
            for level, value in levels.items()
        ],
        "sources": _sources(made),
        "evidence": _evidence(made),
        "searches": _searches(made),
        "published_totals": _published_totals(made),
        "published_scores": _published_scores(made),
        "figures": _figures(),
        "events": _events(),
        "notices": _notices(made),
        **coded,
    }
    tables["recommendations"], tables["criteria"] = _groups_and_criteria(made)
    tables["rules"] = [
        (name, level, f"A made-up rule for {level}. {AWKWARD[number % len(AWKWARD)]}")
        for number, (name, scale) in enumerate(zip(made.criterion_ids, made.scale, strict=True))
        for level in SCALES[list(SCALES)[scale]]
    ]
    return tables


def _descriptor(top_group: str) -> dict:
    descriptor = _without_placeholders(copy.deepcopy(template()))
    descriptor["name"] = "made-study"
    descriptor["title"] = "A made-up study: nothing in it is real"
    descriptor["description"] = "Invented units, held against an invented report. " + AWKWARD[2]
    descriptor["version"] = "1.0.0"
    settings = descriptor["study"]
    settings["unit_noun"] = {"singular": "made-up force", "plural": "made-up forces"}
    settings["report"] = {
        "title": "A made-up report",
        "date": REPORT_DAY,
        "publisher": "A made-up inspectorate",
        "source_id": "S01",
    }
    settings["compare_dates"] = [
        {"date": "2019-12-31", "label": "Before the made-up report"},
        {"date": REPORT_DAY, "label": "The made-up report’s day"},
        {"date": "2023-12-31", "label": "After the made-up report"},
    ]
    settings["weight_box"]["nodes"] = ["total", top_group]
    return descriptor


def _without_placeholders(part):
    """Return a part of the template with every text that waits to be set set to invented text."""
    if isinstance(part, dict):
        return {name: _without_placeholders(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_without_placeholders(inner) for inner in part]
    is_placeholder = isinstance(part, str) and part.startswith(PLACEHOLDER)
    return "Made up, by nobody & <b>for nobody</b>" if is_placeholder else part


def _units(made: _Made) -> list[tuple]:
    columns = round((made.units * 1.5) ** 0.5)
    names = _names("Made-up Force {}", made.units)
    short = _names("Made-up {}", made.units)
    codes = _names("MADE{}", made.units)
    names[1] += ' <script>alert("name")</script> & Co'
    short[1] += " <b>&</b>"
    short[2] += " ($5 or $6)"
    short[4] = "=1+2, made up"
    return [
        (
            one,
            names[number],
            short[number],
            codes[number],
            f"Made-up Region {number % 5 + 1}",
            "Made-up Land",
            number % columns + 1,
            number // columns + 1,
        )
        for number, one in enumerate(made.unit_ids)
    ]


def _groups_and_criteria(made: _Made) -> tuple[list[tuple], list[tuple]]:
    """Return the groups, parents first, and the criteria, spread evenly over the lowest ones."""
    branches = max(2, round(made.scored ** (1 / (made.depth + 1))))
    layers = [[""]]
    groups = []
    for layer in range(1, made.depth + 1):
        count = min(branches**layer, made.scored)
        names = [f"made-{layer}-{number + 1}" for number in range(count)]
        parents = [layers[-1][number * len(layers[-1]) // count] for number in range(count)]
        for number, (name, parent) in enumerate(zip(names, parents, strict=True)):
            lowest = layer == made.depth
            groups.append(
                (
                    name,
                    f"Made-up {'recommendation' if lowest else 'group'} {layer}.{number + 1}",
                    parent,
                    "recommendation" if lowest else "group",
                    number + 1 if lowest else "",
                    "Made-up forces",
                    f"An invented request. {AWKWARD[number % len(AWKWARD)]}",
                    "",
                    "full" if number % 2 else "summary",
                    1 + number % 3 / 2,
                    "S01",
                    "",
                )
            )
        layers.append(names)
    unread = ("made-unread", "Made-up recommendation, not read", "", "recommendation", 98, "", "")
    groups.append((*unread, "", "not_read", 0, "S01", "Made up, and its text was not read"))
    elsewhere = ("made-elsewhere", "Made-up recommendation to another body", "", "finding", 99)
    asks = "An invented request of a body that is no unit here."
    groups.append((*elsewhere, "Another made-up body", asks, "", "full", 0, "S01", ""))

    lowest = layers[-1]
    criteria = []
    for column, name in enumerate(made.criterion_ids):
        scored = column < made.scored
        behind = lowest[column * len(lowest) // made.scored] if scored else ""
        criteria.append(
            (
                name,
                "made-unread" if column == made.scored else behind,
                f"Made-up question {column + 1}" + (" <i>& “more”</i>" if column == 1 else ""),
                f"Is this invented? {AWKWARD[column % len(AWKWARD)]}",
                list(SCALES)[made.scale[column]],
                1 + column % 3 if scored else 0,
                "yes" if scored else "no",
                made.applies_from[column],
            )
        )
    return groups, criteria


def _sources(made: _Made) -> list[tuple]:
    kinds = ("report", "news", "letter", "")
    dates = ("2021-03-15", "", "2022", "2020-11", "2020-02-29")
    extents = ("opening", "whole_excerpt", "whole", "not_read", "")
    titles = ("Made-up title", *AWKWARD[1:], FORMULA, "", "Another made-up title")
    return [
        (
            name,
            "=1+1, a made-up publisher" if number == 3 else f"Made-up publisher {number % 7}",
            titles[number % len(titles)],
            dates[number % len(dates)],
            kinds[number % len(kinds)],
            ADDRESSES[number] if number < len(ADDRESSES) else f"https://example.org/made-up/{name}",
            extents[number % len(extents)],
            READ_DAY if number % 3 else EARLIER_READ_DAY,
        )
        for number, name in enumerate(_source_ids(made))
    ]


def _source_ids(made: _Made) -> list[str]:
    return [f"S{number:02}" for number in range(1, made.units + 13)]


def _evidence(made: _Made) -> list[tuple]:
    """Return each unit's statements in the order in which its rows cite them, then one uncited."""
    sources = _source_ids(made)
    extents = ("opening", "whole_excerpt", "whole", "not_read")
    rows = []
    each = made.statements_of_each + 1
    for number, unit in enumerate(made.unit_ids):
        for statement in range(each):
            turn = number * each + statement
            said = f"An invented statement. {AWKWARD[turn % len(AWKWARD)]}"
            rows.append(
                (
                    f"{unit}-E{statement + 1}",
                    "unit",
                    unit,
                    sources[turn % len(sources)],
                    "",
                    "",
                    "",
                    FORMULA if turn % 11 == 0 else said,
                    extents[turn % len(extents)],
                    "",
                )
            )
    for number in (1, 2):
        said = f"An invented statement on all made-up forces. {AWKWARD[number]}"
        rows.append((f"made-all-E{number}", "all-forces", "", "S02", "", "", "", said, "whole", ""))
    return rows


def _searches(made: _Made) -> list[tuple]:
    where = "shelves that do not exist <script>alert('shelf')</script>"
    every = ";".join(made.criterion_ids)
    return [
        (unit, READ_DAY, where, f"invented query | {FORMULA}", 1 + number % 5, "Made up", every)
        for number, (unit, kind) in enumerate(zip(made.unit_ids, made.kind, strict=True))
        if kind != "unsearched"
    ]


def _coded(made: _Made) -> dict[str, list]:
    """Return the assessments and all that goes with them: codings, history, requests, replies."""
    rows = _rows(made)
    random, count = made.random, len(rows["unit"])
    units = np.array(made.unit_ids, dtype=object)[rows["unit"]]
    criteria = np.array(made.criterion_ids, dtype=object)[rows["criterion"]]
    dates = [rows[name] for name in ("observed_on", "not_before", "not_after", "read_on")]
    evidence = _cited(made, units, rows["criterion"])
    said = np.array([f"Invented reason. {text}" for text in AWKWARD], dtype=object)
    said = said[np.arange(count) % len(said)]
    level, confidence = rows["level"], rows["confidence"]
    # Where a third reading settled it, the second coder had said something else.
    differs = random.random(count) < 0.15
    second = np.where(differs & (level != "inconclusive"), "inconclusive", level)
    second = np.where(differs & (level == "inconclusive"), "withheld", second)
    settled_by = np.where(differs, "adjudicator", "agreement")
    settled_why = np.where(differs, "The invented text leaves no room", "")
    blank = [""] * count
    common = (evidence, confidence, said)
    assessments = zip(
        *(units, criteria, *dates, level, *common, settled_by, settled_why, blank, blank),
        strict=True,
    )
    codings = itertools.chain.from_iterable(
        zip(*(units, criteria, [coder] * count, *dates, coded, *common), strict=True)
        for coder, coded in (("coder-1", level), ("coder-2", second))
    )
    assessments, codings = list(assessments), list(codings)
    one = made.unit_ids[3]
    replaced = (EARLIER_READ_DAY, "The invented text was read again")
    request = (one, made.criterion_ids[0], "2025-01-06", "2025-02-03", "2025-02-01", "answered")
    says = f"An invented reply. {AWKWARD[1]}"
    cited, came = f"{one}-E1", "2025-03-01"
    followed = _following_from("A01", assessments, one, made.criterion_ids[0])
    # Coded by one, and left without an assessment.
    silent, last = made.unit_ids[list(made.kind).index("silent")], made.criterion_ids[-1]
    unread = (silent, last, "coder-1", "", "", "", READ_DAY, "not_assessed", "", "low", FORMULA)
    codings.append(unread)
    return {
        "assessments": assessments,
        "codings": codings,
        "codings_history": [(*codings[0], *replaced)],
        "requests": [
            ("Q01", *request, f"{one}-E1", AWKWARD[1]),
            ("Q02", made.unit_ids[5], "", "2026-06-01", "2026-06-29", "", "", "", "Made up"),
        ],
        "replies": [
            ("A01", one, came, made.criterion_ids[0], says, cited, "partly", "Made up", FORMULA),
            ("A02", one, came, "", f"{FORMULA} {AWKWARD[3]}", "", "open", "", ""),
            ("A03", one, came, made.criterion_ids[1], says, "", "declined", AWKWARD[2], ""),
        ],
        "assessments_history": [(*followed, READ_DAY, "A01", AWKWARD[4])],
        "set_aside": [(silent, last, "adjudicator", f"Made up. {AWKWARD[1]}")],
    }


def _following_from(reply: str, assessments: list[tuple], unit: str, criterion: str) -> tuple:
    """Have the cell's rows follow from a reply; return one of them as it stood before."""
    places = [n for n, row in enumerate(assessments) if row[:2] == (unit, criterion)]
    before = assessments[places[0]]
    for place in places:
        row = assessments[place]
        assessments[place] = (*row[:10], reply, "Made up, after the reply", *row[12:])
    return (*before[:6], "inconclusive", *before[7:])


def _cited(made: _Made, units: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return what each row cites: one of its unit's statements, every fifth row two of them."""
    each = made.statements_of_each
    first, second = column // 2 % each + 1, (column // 2 + 1) % each + 1
    cited = units + np.array([f"-E{number}" for number in range(each + 1)], dtype=object)[first]
    two = column % 5 == 4
    other = np.array([f"-E{number}" for number in range(each + 1)], dtype=object)[second]
    return np.where(two, cited + ";" + units + other, cited)


def _rows(made: _Made) -> dict[str, np.ndarray]:
    """Return the rows on cells: positions of unit and criterion, level, dates and confidence."""
    unit, criterion, planned = _rows_of_cells(made)
    level = _levels(made, unit, criterion, planned)
    at_level = ~np.isin(level, TYPED)
    known = (made.kind == "known")[unit]
    now = known | ((planned >= 0) & at_level & (planned != PLANNED.index("outdated")))
    first, last = _day(FIRST_DAY), _day(READ_DAY)
    start = np.array([_day(day) if day else first for day in made.applies_from])[criterion]
    earliest = np.where(at_level, start, first)
    earliest = np.where(now, np.maximum(earliest, _day(REPORT_DAY)), earliest)
    latest = np.where(planned == PLANNED.index("outdated"), _day("2019-12-31"), last - 31)
    day = earliest + (made.random.random(len(unit)) * (latest - earliest + 1)).astype(int)
    rows = {"unit": unit, "criterion": criterion, "level": level}
    rows |= _dates(made.random, day, earliest, at_level, is_open=~now & (planned < 0))
    confidence = np.array(["low", "medium", "high"], dtype=object)
    rows["confidence"] = confidence[made.random.integers(0, 3, len(unit))]
    # A tie needs two rows of one cell with one first possible day: the later of them goes.
    cell = unit.astype(np.int64) * made.criteria + criterion
    key = cell * 1_000_000 + rows.pop("first")
    _, kept = np.unique(key, return_index=True)
    return {name: column[np.sort(kept)] for name, column in rows.items()}


def _rows_of_cells(made: _Made) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cell of each row, and its position in the plan (-1: left to chance)."""
    kind = made.kind
    counts = made.random.poisson(made.rows_per_cell, (made.units, made.criteria))
    counts[kind == "known"] = 1
    counts[kind == "silent"] = 0
    counts[kind == "unsearched", 0] = 1
    counts[kind == "unsearched", 1::2] = 0
    counts[:, made.not_in_force] = 0
    plan = np.full(counts.shape, -1)
    partly = np.flatnonzero(kind == "partly")[: len(PLANNED)]
    plan[partly, 0] = np.arange(len(PLANNED))
    # The two-step scale first stands in the fourth column: one unit at each of its levels.
    plan[partly[:2], 3] = 0, 1
    counts[plan >= 0] = 1
    unit, criterion = np.nonzero(counts)
    repeats = counts[unit, criterion]
    unit, criterion = np.repeat(unit, repeats), np.repeat(criterion, repeats)
    return unit, criterion, plan[unit, criterion]


def _levels(made: _Made, unit: np.ndarray, criterion: np.ndarray, planned: np.ndarray):
    random = made.random
    chance = random.random(len(unit))
    level = np.empty(len(unit), dtype=object)
    for number, levels in enumerate(SCALES.values()):
        names = np.array(list(levels), dtype=object)
        here = made.scale[criterion] == number
        drawn = np.where(planned >= 0, planned, random.integers(0, len(names), len(unit)))
        level[here] = names[drawn % len(names)][here]
    unknown = (chance > 0.7) & (made.kind != "known")[unit] & (planned < 0)
    level[unknown] = np.array(TYPED, dtype=object)[random.choice(4, unknown.sum(), p=_SHARES)]
    for number, code in enumerate(PLANNED):
        if code in TYPED:
            level[planned == number] = code
    return level


_SHARES = (0.6, 0.15, 0.15, 0.1)
"""How often each of :data:`TYPED` stands among the unknowns left to chance."""


def _dates(
    random: np.random.Generator,
    day: np.ndarray,
    earliest: np.ndarray,
    at_level: np.ndarray,
    is_open: np.ndarray,
) -> dict[str, np.ndarray]:
    """Write days as a whole date, a month, a year, or as the bounds of an undated row.

    Only rows that are open may be vague, and only where the first possible day stays at or
    after the earliest that the row may have.
    """
    days = day.astype("datetime64[D]")
    month, year = days.astype("datetime64[M]"), days.astype("datetime64[Y]")
    form = np.where(is_open, random.choice(4, len(day), p=(0.55, 0.2, 0.15, 0.1)), 0)
    as_day = {
        1: month.astype("datetime64[D]").astype(int),
        2: year.astype("datetime64[D]").astype(int),
    }
    for vague, its_first in as_day.items():
        form = np.where((form == vague) & (its_first < earliest), 0, form)
    written = [days.astype(str), month.astype(str), year.astype(str)]
    undated = form == 3
    observed_on = np.select([form == 0, form == 1, form == 2], written, "")
    # A level may have to be no older than its criterion; an unknown needs no first day at all.
    bounded = undated & at_level
    first = np.select([form == 1, form == 2, undated & ~bounded], [as_day[1], as_day[2], 0], day)
    read_on = np.where((day < _day("2022-12-31")) & (day % 2 == 0), EARLIER_READ_DAY, READ_DAY)
    written = {
        "observed_on": observed_on,
        "not_before": np.where(bounded, written[0], ""),
        "not_after": np.where(undated & (day % 3 > 0), read_on, ""),
        "read_on": read_on,
    }
    return {"first": first, **{name: texts.astype(object) for name, texts in written.items()}}


def _day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(int))


def _published_totals(made: _Made) -> list[tuple]:
    name, note = made.criterion_ids[0], f"An invented count. {AWKWARD[1]}"
    count, of, some = made.units // 3, made.units, ";".join(made.unit_ids[:5])
    region = sum(number % 5 == 0 for number in range(made.units))
    rows = (
        ("met", "", count, of, "", REPORT_DAY, "low", "no", "S02", note),
        ("partly", "", count, of, "", "2016-12-31", "high", "yes", "S03", "Invented"),
        ("met;partly", "at_least", 1, 5, some, "2016-12-31", "high", "yes", "S03", ""),
        (
            "not_met",
            "at_most",
            2,
            region,
            "region=Made-up Region 1",
            REPORT_DAY,
            "low",
            "no",
            "S02",
            "",
        ),
        # Nobody can be at any level before the criterion applies: the one row that cannot be.
        ("met", "exactly", 1, of, "", REPORT_DAY, "low", "no", "S02", "Invented, and impossible"),
    )
    late = made.criterion_ids[made.not_in_force]
    return [
        (f"P{number}", late if number == len(rows) else name, *row)
        for number, row in enumerate(rows, start=1)
    ]


def _published_scores(made: _Made) -> list[tuple]:
    unit, name = made.unit_ids[5], made.criterion_ids[0]
    return [
        ("G1", unit, "total", 50, 1, f"{name}=2", REPORT_DAY, "yes", "S02", AWKWARD[1]),
        ("G2", unit, "total", 40, 10, "", REPORT_DAY, "no", "S03", "Invented"),
    ]


def _figures() -> list[tuple]:
    same, other = "Made-up things counted", f"Made-up things, dear ones. {AWKWARD[4]}"
    rows = (
        # The first lies within the second and is larger: the one pair that cannot be.
        ("Made-up count, one year", 500, "2021", "2021", "", same),
        ("Made-up count, three years", 400, "2020", "2022", "", same),
        ("Made-up count, at least", 100, "2019", "2023", "at_least", same),
        ("Made-up estimate", 900, "2021-01", "2021-06-30", "estimate", same),
        ("Made-up count, dear ones", 30, "2021-01-01", "2021-12-31", "", other),
        ("Made-up count, dear ones, longer", 45, "2020-04", "2022-03", "", other),
        ("Made-up share", 12.5, "", "2021", "", ""),
        ("Made-up zero", 0, "", "", "", ""),
        (f"Made-up thousands. {AWKWARD[1]}", 1234567, "2022", "", "more_than", ""),
    )
    return [
        (f"F{number}", what, value, "things", start, end, scope, counts, source, how, group)
        for number, (what, value, start, end, how, group) in enumerate(rows, start=1)
        for scope, counts, source in [("Made-up Land", f"Invented. {AWKWARD[2]}", f"S0{number}")]
    ]


def _events() -> list[tuple]:
    dates = ("", "2018", "2019-05", REPORT_DAY, "2021-03-15", "2021-04-01", "", "2024", "2022-12")
    return [
        (
            f"T{number + 1:02}",
            dates[number] if number < len(dates) else f"20{17 + number % 8}-0{number % 9 + 1}-15",
            "Made-up actor <b>&</b>" if number == 2 else f"Made-up actor {number % 4}",
            f"An invented event. {AWKWARD[number % len(AWKWARD)]}",
            f"S{number % 9 + 1:02}",
        )
        for number in range(20)
    ]


def _notices(made: _Made) -> list[tuple]:
    unit, criterion = made.unit_ids, made.criterion_ids
    return [
        ("N1", "study", "", "", "Nothing in this study is real: every unit is made up."),
        ("N2", "study", "", "", f"=1+1 is no formula here. {AWKWARD[1]} {AWKWARD[2]}"),
        ("N3", "criterion", "", criterion[0], "This made-up criterion rests on nothing."),
        ("N4", "criterion", "", criterion[-1], f"Invented context. {AWKWARD[3]}"),
        ("N5", "unit", unit[1], "", f"Invented, for this unit alone. {AWKWARD[4]}"),
    ]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
