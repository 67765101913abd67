"""Named figures: every number that prose uses, by name."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from analysis.api.given import of_kind
from analysis.measure.figures import NamedFigure, named_figures, sensitivity_figures
from analysis.measure.results import Results
from analysis.wording import capital, nearest


class Figures(Mapping[str, NamedFigure]):
    """The named figures of results: ``figures["cells.settled"].value``.

    Each has an ``id``, its ``value``, the ``text`` that prose shows, a ``definition``, and the
    ``rows`` that it is made of. The error for an unknown name suggests the nearest.
    """

    def __init__(self, results: Results):
        """Take the figures from these results, at their first use."""
        self._results = results

    @cached_property
    def _named(self) -> dict[str, NamedFigure]:
        return named_figures(self._results)

    @cached_property
    def _sensitivity(self) -> dict[str, NamedFigure]:
        # Apart from the others and looked up last, since they take by far the longest to compute.
        return sensitivity_figures(self._results)

    def __getitem__(self, name: str) -> NamedFigure:
        """Return a figure by its name.

        Raises:
            KeyError: no figure has this name; the message has the nearest.
        """
        if name not in self:
            raise KeyError(f"no figure has the name {name!r}{nearest(name, self)}")
        return self._named.get(name) or self._sensitivity[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter([*self._named, *self._sensitivity])

    def __len__(self) -> int:
        """Return the number of figures."""
        return len(self._named) + len(self._sensitivity)

    def __contains__(self, name: object) -> bool:
        """Return whether a figure has the name."""
        return isinstance(name, str) and (name in self._named or name in self._sensitivity)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._named)

    def fill(self, sentence: str) -> str:
        """Return a sentence in which ``{name}`` stands for the text of the figure of that name.

        ``{unit}`` and ``{units}`` stand for the study's own noun, ``{Unit}`` and ``{Units}`` for
        it with a capital.

        Raises:
            KeyError: no figure has one of the names.
        """
        noun = self._results.study.settings.unit_noun
        words = {"unit": noun.singular, "units": noun.plural}
        words |= {capital(name): capital(word) for name, word in words.items()}

        def text(match: re.Match) -> str:
            return words.get(match[1]) or self[match[1]].text

        of_kind("sentence", sentence, str, "a text")
        return re.sub(r"\{([^{}]+)\}", text, sentence)

    def __repr__(self) -> str:
        """Return the number of figures, and how to get one."""
        some = ", ".join([*self._named][:3])
        return f"{len(self._named)} named figures, such as {some}; ask for one by its name."
