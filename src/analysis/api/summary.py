"""How the objects of the API show themselves: a few lines, the first of them a head."""

from html import escape


class Summary:
    """An object that shows itself by its ``_lines``, as text and as HTML."""

    def _lines(self) -> list[str]:
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return what it is, in a few lines."""
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        head, *lines = map(escape, self._lines())
        return f"<p><strong>{head}</strong><br>{'<br>'.join(lines)}</p>"
