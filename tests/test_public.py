"""What may leave the house while a study is a draft: counts, and nothing under the name of a unit."""

import html
import io
import re
import zipfile
from pathlib import Path

import pytest
from made import LIBRARY, REAL, read_rows
from pdfs import opened, text_of

from analysis.cli import main


def words_of(path: Path) -> str:
    """Return all that a file says, opened, with its path."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        text = " ".join(text_of(opened(content)).split())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            text = "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    else:
        text = content.decode("utf-8", "replace")
    return f"{path}\n{html.unescape(text)}"


@pytest.mark.parametrize("study", [REAL, LIBRARY], ids=lambda study: study.name)
def test_no_file_of_a_public_draft_names_a_unit(study, tmp_path):
    out = tmp_path / "public"
    assert main(["report", str(study), "--public", "--out", str(out)]) == 0
    units = read_rows(study, "units")
    names = {unit[column] for unit in units for column in ("unit_id", "name", "short_name")}
    naming = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".pdf", ".docx", ".xlsx", ".csv", ".json"}
    found = {str(path.relative_to(out)): naming.findall(words_of(path)) for path in files}
    assert {path: names for path, names in found.items() if names} == {}
