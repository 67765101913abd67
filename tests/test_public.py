"""What may leave the house while a study is a draft: counts, and nothing under the name of a unit."""

import dataclasses
import html
import io
import re
import zipfile
from pathlib import Path

import pytest
from made import LIBRARY, REAL, read_rows, real, replaced
from pdfs import opened, text_of

from analysis.cli import main
from analysis.measure.results import measure
from analysis.measure.unnamed import unnamed
from analysis.publish.parts import in_order
from analysis.study import StudyError


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
    pages = [path for path in files if path.suffix == ".html" and "site" in path.parts]
    links = {
        (path.parent / place).resolve()
        for path in pages
        for place in re.findall(r'(?:href|src)="([^"#:]+)["#]', path.read_text("utf-8"))
    }
    assert [place for place in links if not place.exists()] == []


def test_a_draft_names_no_unit_and_a_checked_study_needs_nothing():
    study = real()
    results = measure(study)
    public = unnamed(results)
    assert public.study["units"].empty and public.gaps.empty and public.scores.empty
    assert public.national.equals(results.national)
    assert public.national_gaps.equals(results.national_gaps)
    settings = study.settings.model_copy(update={"status": "checked"})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    checked = measure(dataclasses.replace(study, descriptor=descriptor))
    assert unnamed(checked) is checked


def test_a_question_that_names_a_unit_is_refused_at_its_place():
    study = real()
    criteria = study["criteria"].copy()
    criteria.loc[0, "question"] = "Does Kent Police do so?"
    with pytest.raises(StudyError) as caught:
        unnamed(measure(replaced(study, criteria=criteria)))
    (problem,) = caught.value.problems
    place = problem.file, problem.row, problem.column
    assert place == ("criteria.csv", 2, "question") and "it names Kent" in problem.rule


def test_a_part_about_units_is_refused():
    with pytest.raises(StudyError, match="names none while this is a draft"):
        in_order(["briefings"], public=True)
    assert {"briefings", "requests"}.isdisjoint(in_order([], public=True))
