"""Write an empty study, ready to fill."""

import csv
import io
import json
from pathlib import Path

from analysis.problems import Problem, StudyError, shorten
from analysis.study.descriptor import FILE, template


def create(folder: str | Path) -> list[Path]:
    """Write an empty study: its descriptor, and every table with its header.

    Returns:
        The files written.

    Raises:
        StudyError: the folder exists and is not empty, or cannot be written.
    """
    folder = Path(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise _refusal(folder, "something is there already", "name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / name, text) for name, text in _files().items()]
    except OSError as error:
        rule = f"the folder cannot be written ({error.strerror})"
        raise _refusal(folder, rule, "name another place") from error


def _files() -> dict[str, str]:
    files = {FILE: json.dumps(template(), indent=1, ensure_ascii=False) + "\n"}
    for resource in template()["resources"]:
        header = io.StringIO()
        names = [field["name"] for field in resource["schema"]["fields"]]
        csv.writer(header, lineterminator="\n").writerow(names)
        files[resource["path"]] = header.getvalue()
    return files


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _refusal(folder: Path, rule: str, remedy: str) -> StudyError:
    return StudyError([Problem(shorten(folder, 200), None, "", "", rule, remedy)])
