"""What a study quotes, in a notebook: the words marked, in what stands around them."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from analysis.publish.markup import isolating
from analysis.study.evidence import Quotation
from analysis.wording import counted


class Quotations:
    """Quotations, as a list, that a notebook shows; of private documents there are none."""

    def __init__(self, quoted: Sequence[Quotation], lines: Sequence[str] = ()):
        """Hold them.

        Args:
            quoted: the quotations.
            lines: what must stand with them.
        """
        self._quoted, self._lines = [*quoted], [*lines]

    def __iter__(self) -> Iterator[Quotation]:
        """Give each quotation."""
        return iter(self._quoted)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._quoted)

    def __repr__(self) -> str:
        """Return them as text: the words in quotation marks, in what stands around them."""
        return "\n".join([*self._head, *map(_as_text, self)])

    def _repr_html_(self) -> str:
        head = Markup("<br>").join(map(escape, self._head))
        template = isolating().get_template("quotation.html.j2")
        quotation = template.make_module().quotation  # pyright: ignore[reportAttributeAccessIssue] # of the template
        shown = (Markup("<p>{}</p>{}").format(item.evidence_id, quotation(item)) for item in self)
        return Markup("<p>{}</p>").format(head) + Markup("").join(shown)

    @property
    def _head(self) -> list[str]:
        count = counted(len(self), "quotation", "quotations") if self._quoted else "No quotations"
        return [f"{count} from public documents.", *self._lines]


def _as_text(quotation: Quotation) -> str:
    page = f"page {quotation.page} of {quotation.pages}" if quotation.page else "page not given"
    archived = f"archived at {quotation.archived}, " if quotation.archived else ""
    text = f"{quotation.evidence_id}: {quotation.before}“{quotation.exact}”{quotation.after}"
    return f"{text}\n  ({page}, as retrieved on {quotation.retrieved_on}, {archived}SHA-256 {quotation.sha256})"
