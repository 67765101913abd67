"""What may leave the house while a study is a draft: counts, and nothing under the name of a unit."""

import dataclasses
import html
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from helpers import ROOT
from made import LIBRARY, REAL, read_rows, real, replaced
from pdfs import opened, text_of

from analysis.cli import main
from analysis.measure.figures import interval_sensitivity, named_figures
from analysis.measure.results import measure
from analysis.measure.shown import unnamed
from analysis.publish.parts import in_order
from analysis.publish.site import site_files
from analysis.study import StudyError, load


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


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Callable[[Path], Path]:
    """Give a function that builds what may go out of a study, once, to be read only."""

    @cache
    def build(study: Path) -> Path:
        out = tmp_path_factory.mktemp("public") / "output"
        assert main(["report", str(study), "--public", "--out", str(out)]) == 0
        return out

    return build


@pytest.mark.parametrize("study", [REAL, LIBRARY], ids=lambda study: study.name)
def test_no_file_of_a_public_draft_names_a_unit(study, built):
    out = built(study)
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


def test_what_went_out_is_verified_as_such(built, tmp_path, capsys):
    out = Path(shutil.copytree(built(LIBRARY), tmp_path / "output"))
    capsys.readouterr()
    assert main(["verify", str(out), str(LIBRARY)]) == 0
    said = capsys.readouterr().out
    assert "is what the study gives" in said and "different" not in said
    # A page on a unit that is put among them is no part of what may go out.
    (out / "site" / "libraries").mkdir()
    (out / "site" / "libraries" / "library-one.html").write_text("Made-up Library One")
    assert main(["verify", str(out), str(LIBRARY)]) == 1
    assert re.search(r"extra +site/libraries/library-one.html", capsys.readouterr().out)


def test_what_may_go_out_may_be_found_and_a_draft_may_not(built, published_library):
    for out, asks in ((built(LIBRARY), False), (published_library, True)):
        pages = [path.read_text("utf-8") for path in (out / "site").rglob("*.html")]
        assert pages and {'name="robots" content="noindex"' in page for page in pages} == {asks}


@pytest.mark.parametrize("public", [False, True])
def test_a_site_map_lists_only_what_may_be_found(public):
    study = real()
    settings = study.settings.model_copy(update={"site_address": "https://example.org/site/"})
    descriptor = study.descriptor.model_copy(update={"settings": settings})
    results = measure(dataclasses.replace(study, descriptor=descriptor))
    files = files_of_site(unnamed(results) if public else results)
    assert ("sitemap.xml" in files) == public and "cards/index.png" in files


def test_no_notebook_goes_out_even_if_it_says_that_it_is_of_what_goes_out(tmp_path):
    """A stored notebook names units; that it says something else than the pages is no guard."""
    folder = Path(shutil.copytree(REAL, tmp_path / "data" / REAL.name))
    name = "05-agreement.ipynb"
    notebook = json.loads((ROOT / "notebooks" / name).read_text("utf-8"))
    results = measure(load(folder))
    public = unnamed(results)
    said = {"output_type": "stream", "name": "stdout", "text": [public.study.mark, " Kent Police"]}
    next(one for one in notebook["cells"] if one["cell_type"] == "code")["outputs"].append(said)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / name).write_text(json.dumps(notebook), "utf-8")
    page = f"notebooks/{name.replace('ipynb', 'html')}"
    assert page in files_of_site(results)
    files = files_of_site(public)
    assert page not in files and not any(b"05-agreement" in text for text in files.values())


def files_of_site(results) -> dict[str, bytes]:
    return site_files(results, named_figures(results) | interval_sensitivity(results), [])


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
