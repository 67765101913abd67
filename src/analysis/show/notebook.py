"""What the notebooks share: one way to open a study, say figures and show tables."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.measure.results import Results, measure
from analysis.measure.statements import Statement, statements
from analysis.show.notes import notes
from analysis.show.words import gap_words, word
from analysis.study import Study, load
from analysis.study.rounding import rounded

_STATES = ["state", "before", "after", "level", "last_level"]


@dataclass(frozen=True)
class Opened:
    """A study opened in a notebook: its results and its named statements."""

    results: Results
    named: dict[str, Statement]

    @property
    def study(self) -> Study:
        """The study."""
        return self.results.study

    def say(self, *sentences: str) -> None:
        """Print sentences in which ``{name}`` stands for the named statement's text.

        Raises:
            KeyError: there is no statement of that name.
        """
        for sentence in sentences:
            print(re.sub(r"\{([^{}]+)\}", lambda found: self.named[found[1]].text, sentence))

    def stand(self, criteria: list[str] = (), units: list[str] = ()) -> None:
        """Print what must stand with the results shown next: draft mark, dates, notices."""
        print(*notes(self.results, criteria, units), sep="\n")

    def names(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table for reading: names for identifiers, words for states, no row numbers."""
        study = self.study
        labels = study.lookup("criteria", "label")
        held = {
            "unit_id": study.lookup("units", "short_name"),
            "criterion_id": labels,
            "recommendation_id": study.lookup("recommendations", "label"),
        }
        table = table.copy()
        for column in table.columns.intersection(list(held)):
            table[column] = [held[column].get(one, one) for one in table[column]]
        for column in table.columns.intersection(_STATES):
            table[column] = table[column].map(word)
        for column, empty in (("missing", "none shown"), ("unknown", "none")):
            if column in table:
                table[column] = [gap_words(text, labels, empty) for text in table[column]]
        table = table.rename(columns={"unit_id": study.settings.unit_noun.singular})
        table = table.rename(columns=lambda name: str(name).removesuffix("_id").replace("_", " "))
        table.index = [""] * len(table)
        table.columns.name = None
        return table

    def rounded(self, table: pd.DataFrame, decimals: int) -> pd.DataFrame:
        """Return a table with its numbers rounded for show; 0 and 100 only where exact."""
        table, rounding = table.astype(object), self.study.settings.display.rounding
        return table.map(
            lambda cell: rounded(cell, decimals, rounding) if isinstance(cell, float) else cell,
            na_action="ignore",
        )


def open_study(folder: str | Path, *also: Callable[[Results], dict[str, Statement]]) -> Opened:
    """Load a study, measure it at the day its data were read, and set tables to show whole.

    Args:
        folder: the study's.
        also: functions that give more named statements than every reader needs.
    """
    pd.set_option("display.max_rows", None, "display.max_columns", None)
    pd.set_option("display.max_colwidth", None, "display.width", 200)
    results = measure(load(folder))
    named = statements(results)
    for more in also:
        named |= more(results)
    return Opened(results, named)


def fingerprints(study: Study) -> pd.DataFrame:
    """Return, for every table, its rows and the start of the SHA-256 hash of its file.

    A notebook that shows this no longer matches its stored output once any cell of the data
    has changed.
    """
    return pd.DataFrame(
        [
            (
                table.path,
                len(study[name]),
                hashlib.sha256((study.folder / table.path).read_bytes()).hexdigest()[:16],
            )
            for name, table in study.descriptor.tables.items()
        ],
        columns=["table", "rows", "fingerprint"],
    )
