"""Every named figure, for those who check what the text says."""

from pathlib import Path

from analysis.publish.build_context import BuildContext
from analysis.publish.files import write_json


def write(context: BuildContext, folder: Path) -> None:
    """Write the figures, with the rows behind each."""
    write_json(folder / "statements.json", [figure.as_dict() for figure in context.named.values()])
