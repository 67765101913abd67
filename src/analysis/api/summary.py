"""How the objects of the API are displayed: in a few lines, of which the first is a heading."""

from html import escape
from typing import Any

from analysis.wording import nearest


class Named:
    """An object whose error for an unknown attribute suggests the nearest names."""

    def __getattr__(self, name: str) -> Any:
        """Raise the error for an unknown attribute, with the nearest names."""
        names = [attribute for attribute in dir(self) if not attribute.startswith("_")]
        if name.startswith("_") or name in names:
            return object.__getattribute__(self, name)  # which raises its own error
        raise AttributeError(f"{type(self).__name__} has no {name!r}{nearest(name, names)}")


class Summary(Named):
    """An object that is displayed by its ``_lines``, as text and as HTML."""

    def _lines(self) -> list[str]:
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return the lines as text."""
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        heading, *lines = map(escape, self._lines())
        return f"<p><strong>{heading}</strong><br>{'<br>'.join(lines)}</p>"
