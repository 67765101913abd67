"""How a row of a table is named."""

from typing import NamedTuple


class RowKey(NamedTuple):
    """A row: its table, and the values of the columns that name it."""

    table: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as files show it: ``matrix/library-one/opening-hours``."""
        return "/".join((self.table, *self.key))
