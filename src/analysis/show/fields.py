"""How a column of a published table is described, for machines and for people."""

from dataclasses import dataclass

NUMBER, INTEGER, TEXT, DAY = "number", "integer", "string", "date"


@dataclass(frozen=True)
class Field:
    """A column: what it says, its type in the Data Package standard, and what it can hold."""

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


def identifier(description: str) -> Field:
    """Return a column that names a row."""
    return Field(description, required=True)


def score(description: str) -> Field:
    """Return a column of scores."""
    return Field(description, NUMBER, lowest=0, highest=100)


def share(description: str) -> Field:
    """Return a column of shares."""
    return Field(description, NUMBER, lowest=0, highest=1)


def count(description: str) -> Field:
    """Return a column of counts."""
    return Field(description, INTEGER, lowest=0)


def yes_or_no(description: str) -> Field:
    """Return a column that says yes or no."""
    return Field(description, required=True, values=("yes", "no"))


def one_of(description: str, *values: str) -> Field:
    """Return a column of a few values."""
    return Field(f"{description}: {', '.join(values)}", required=True, values=values)
