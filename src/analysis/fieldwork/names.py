"""Find what a person meant by a name: a unit, a criterion, a level, an evidence id."""

import re
from collections.abc import Iterable, Mapping

from analysis.study import Study


class Names:
    """Identifiers by what people write for them: the id itself, a name, other case or signs."""

    def __init__(self, names: Mapping[str, Iterable[str]]):
        """Take the names of each identifier."""
        self._exact: dict[str, set[str]] = {}
        self._loose: dict[str, set[str]] = {}
        for identifier, spellings in names.items():
            for spelling in (identifier, *spellings):
                self._exact.setdefault(_exact(spelling), set()).add(identifier)
                if _loose(spelling):
                    self._loose.setdefault(_loose(spelling), set()).add(identifier)

    def meant(self, text: str) -> set[str]:
        """Return the identifiers that a text can mean; none or several: it cannot be told."""
        return self._exact.get(_exact(text)) or self._loose.get(_loose(text), set())


def unit_names(study: Study) -> Names:
    """Return the units by id, name and short name."""
    units = study["units"]
    return Names(
        dict(
            zip(units["unit_id"], zip(units["name"], units["short_name"], strict=True), strict=True)
        )
    )


def criterion_names(study: Study) -> Names:
    """Return the criteria by id and label."""
    criteria = study["criteria"]
    return Names({one.criterion_id: [one.label] for one in criteria.itertuples()})


def code_names(codes: Iterable[str]) -> Names:
    """Return codes by themselves: ``not_met`` is also "Not met"."""
    return Names({code: [] for code in codes})


def _exact(text: str) -> str:
    return " ".join(text.split())


def _loose(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
