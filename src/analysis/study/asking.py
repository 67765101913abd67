"""Who is asked for an answer, under which law, and what a request has asked already."""

from collections.abc import Iterator

import pandas as pd

from analysis.study.descriptor import Law
from analysis.study.load import Study


class Asking:
    """Who is asked what in a study."""

    def __init__(self, study: Study):
        """Take the holders of answers, and the laws, from the study."""
        self._settings = study.settings.requests
        self._names = study.lookup("units", "name")
        self._countries = study.lookup("units", "country")
        self._holders = study.lookup("criteria", "ask_of")
        self.holders = list(dict.fromkeys(["", *self._holders.values()]))
        """Who holds answers, as in criteria.csv; first, empty, the unit itself."""

    def body(self, unit: str, criterion: str) -> str:
        """Return the body that holds an answer, in words; empty: the unit itself."""
        return self.named(self._holders[criterion], unit)

    def named(self, holder: str, unit: str) -> str:
        """Return who holds answers about a unit, with the unit's name in its place."""
        return holder.replace("{unit}", self._names[unit])

    def law(self, unit: str) -> Law | None:
        """Return the law by which a unit, or a body about it, is asked; ``None``: none is named."""
        return self._settings.law(self._countries[unit])

    def cells(self, requests: pd.DataFrame) -> Iterator[tuple[str, str]]:
        """Yield the unit and criterion of each question that some requests have put.

        A request that names no criterion asks about all that the body holds which was asked. What
        a unit was asked, nobody has asked of the other body that holds the answer, and the
        other way round.
        """
        for one in requests.itertuples():
            unit, named = one.unit_id, one.criterion_id
            if named:
                asked = [named] if bool(one.asked_of) == bool(self._holders[named]) else []
            else:
                asked = [name for name in self._holders if one.asked_of == self.body(unit, name)]
            yield from ((unit, criterion) for criterion in asked)
