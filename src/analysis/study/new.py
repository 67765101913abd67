"""Write an empty study, ready to fill."""

import csv
import io
from importlib.resources import files
from pathlib import Path

from analysis.problems import refusal
from analysis.study.descriptor import FILE
from analysis.study.example import ROWS
from analysis.study.profile import as_json, profile, template

README = "README.md"


def create(folder: str | Path, example: bool = False) -> list[Path]:
    """Write an empty study: its descriptor, every table with its header, and how to fill them.

    Args:
        folder: a new or an empty folder.
        example: whether each table gets rows that show what belongs there
            (:mod:`analysis.study.example`).

    Returns:
        The files written.

    Raises:
        StudyError: the folder exists and is not empty, or cannot be written.
    """
    folder = Path(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise refusal(folder, "something is there already", "name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        texts = {folder / name: text for name, text in _files(example).items()}
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8", newline="\n")
        return [*texts]
    except OSError as error:
        rule = f"the folder cannot be written ({error.strerror})"
        raise refusal(folder, rule, "name another place") from error


def _files(example: bool) -> dict[str, str]:
    resources = profile()["resources"]
    texts = {FILE: as_json(template())}
    for resource in resources:
        names = [field["name"] for field in resource["schema"]["fields"]]
        text = io.StringIO()
        table = csv.DictWriter(text, names, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(ROWS[resource["name"]] if example else ())
        texts[resource["path"]] = text.getvalue()
    titles = ((entry["path"], entry["title"]) for entry in resources)
    tables = "".join(f"- `{path}`: {title[0].lower()}{title[1:]}\n" for path, title in titles)
    texts[README] = files("analysis.study").joinpath("new_readme.md").read_text("utf-8") + tables
    return texts
