"""How the objects of the API show themselves: a few lines, the first of them a head."""

from html import escape
from typing import Any

from analysis.wording import nearest


class Named:
    """An object that says which of its names come near to one that it has not."""

    def __getattr__(self, name: str) -> Any:
        """Raise the error that there is no such name, with the nearest."""
        names = [attribute for attribute in dir(self) if not attribute.startswith("_")]
        if name.startswith("_") or name in names:
            return object.__getattribute__(self, name)  # which says its own mistake
        raise AttributeError(f"{type(self).__name__} has no {name!r}{nearest(name, names)}")


class Summary(Named):
    """An object that shows itself by its ``_lines``, as text and as HTML."""

    def _lines(self) -> list[str]:
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return what it is, in a few lines."""
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        head, *lines = map(escape, self._lines())
        return f"<p><strong>{head}</strong><br>{'<br>'.join(lines)}</p>"
