"""The file of every named figure, for checking the figures in the text."""

from pathlib import Path

from analysis.publish.build_context import BuildContext
from analysis.publish.files import write_json


def write(context: BuildContext, folder: Path) -> None:
    """Write the named figures, each with the rows that it counts."""
    write_json(folder / "statements.json", [figure.as_dict() for figure in context.named.values()])
