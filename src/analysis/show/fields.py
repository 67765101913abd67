"""Descriptions of the columns of published tables, for machines and for people."""

from dataclasses import dataclass
from functools import partial

NUMBER, INTEGER, TEXT, DAY = "number", "integer", "string", "date"


@dataclass(frozen=True)
class Field:
    """A column: its description, its type in the Data Package standard, and its permitted values."""

    description: str
    type: str = TEXT
    required: bool = False
    values: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    def as_dict(self, name: str) -> dict:
        """Return the column as a field of a Table Schema."""
        limits = {
            "required": self.required or None,
            "enum": list(self.values) or None,
            "minimum": self.lowest,
            "maximum": self.highest,
        }
        constraints = {key: value for key, value in limits.items() if value is not None}
        about = {"name": name, "type": self.type, "description": self.description}
        return about | ({"constraints": constraints} if constraints else {})


# Constructors for common kinds of column; each takes the description of the column.
identifier = partial(Field, required=True)
score = partial(Field, type=NUMBER, lowest=0, highest=100)
share = partial(Field, type=NUMBER, lowest=0, highest=1)
count = partial(Field, type=INTEGER, lowest=0)
yes_or_no = partial(Field, required=True, values=("yes", "no"))


def one_of(description: str, *values: str) -> Field:
    """Return a required text column with these permitted values, listed in its description."""
    return Field(f"{description}: {', '.join(values)}", required=True, values=values)
