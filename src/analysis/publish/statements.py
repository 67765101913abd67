"""Every named figure, for those who check what the text says."""

from pathlib import Path

from analysis.publish.files import write_json
from analysis.publish.material import Material


def write(material: Material, folder: Path) -> None:
    """Write the figures, with the rows behind each."""
    write_json(folder / "statements.json", [figure.as_dict() for figure in material.named.values()])
