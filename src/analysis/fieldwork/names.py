"""Match what a person wrote to an id: of a unit, a criterion, a level or evidence."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from analysis.fieldwork.forms import CODE
from analysis.fieldwork.normalise import normalised_text
from analysis.frames import each_row
from analysis.problems import Problem, StudyError, refusal, shorten
from analysis.study import Study
from analysis.study.versions import current_ids
from analysis.wording import nearest


class Names:
    """Looks up identifiers by id or name, in any case and with any punctuation."""

    def __init__(self, names: Mapping[str, Iterable[str]], former: Mapping[str, str] | None = None):
        """Index the names of each identifier; ``former`` maps former ids, which are tried last."""
        self._former = former or {}
        self._exact: dict[str, set[str]] = {}
        self._loose: dict[str, set[str]] = {}
        for identifier, spellings in names.items():
            for spelling in (identifier, *spellings):
                self._exact.setdefault(_exact(spelling), set()).add(identifier)
                if _loose(spelling):
                    self._loose.setdefault(_loose(spelling), set()).add(identifier)

    def meant(self, text: str) -> set[str]:
        """Return the identifiers that a text can mean; none if unknown, several if ambiguous."""
        former = {self._former[text]} if text in self._former else set()
        return self._exact.get(_exact(text)) or self._loose.get(_loose(text)) or former


def unit_names(study: Study) -> Names:
    """Return a lookup of units by id, name and short name."""
    names = {row.unit_id: (row.name, row.short_name) for row in each_row(study["units"])}
    return Names(names, current_ids(study, "units"))


def meant_units(study: Study, texts: Sequence[str]) -> list[str]:
    """Return the units that texts mean, by id or name, in the study's order.

    Raises:
        StudyError: a text means no unit, or more than one.
    """
    names, meant, problems = unit_names(study.at(None)), set(), []
    existing = set(study["units"]["unit_id"])
    for text in texts:
        ids = names.meant(text)
        meant |= ids
        if ids and not ids & existing:
            rule, remedy = f"it does not exist on {study.day}", "see its days in units.csv"
            problems.append(Problem("units", None, "", shorten(text), rule, remedy))
        elif len(ids) != 1:
            rule = f"the study has no such {study.settings.unit_noun.singular}"
            rule = f"it can mean {listed_or(sorted(ids))}" if ids else rule
            near = difflib.get_close_matches(text.lower(), list(study["units"]["unit_id"]))
            remedy = "see units.csv for the names"
            remedy = f"did you mean {listed_or(sorted(near))}?" if near else remedy
            problems.append(Problem("units", None, "", shorten(text), rule, remedy))
    if problems:
        raise StudyError(problems)
    return [unit for unit in study["units"]["unit_id"] if unit in meant]


def near_units(study: Study, text: str, most: int = 3) -> list[str]:
    """Return the names of at most ``most`` units whose name or id is close to a misspelt text."""
    spellings = {
        spelling.casefold(): row.name
        for row in each_row(study["units"][["unit_id", "name"]])
        for spelling in (row.unit_id, row.name)
    }
    # Ask for twice as many: a unit may match by its name and by its id.
    near = difflib.get_close_matches(text.casefold(), list(spellings), 2 * most)
    return list(dict.fromkeys(spellings[spelling] for spelling in near))[:most]


def listed_or(names: Iterable[str]) -> str:
    """Return names as a choice, in their order: "a", "a or b", "a, b or c"."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def criterion_names(study: Study) -> Names:
    """Return a lookup of criteria by id and label."""
    names = {row.criterion_id: [row.label] for row in each_row(study["criteria"])}
    return Names(names, current_ids(study, "criteria"))


def meant_criterion(study: Study, text: str) -> str:
    """Return the criterion that a text means, by id or label.

    Raises:
        StudyError: it means none, or more than one.
    """
    meant = criterion_names(study).meant(text)
    if len(meant) != 1:
        rule = f"it names no single criterion{nearest(text, study['criteria']['criterion_id'])}"
        remedy = "see criteria.csv for the ids"
        raise refusal("criterion", rule, remedy, text)
    return next(iter(meant))


def code_names(codes: Iterable[str]) -> Names:
    """Return a lookup of codes in any spelling: "Not met" is ``not_met``."""
    return Names({code: [] for code in codes})


def _exact(text: str) -> str:
    # Normalise as a returned cell is, which also removes invisible characters.
    return normalised_text(text, CODE)


def _loose(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
