"""The words of what goes out: short sentences, and none of the phrases that readers stumbled over."""

import ast
import functools
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import jinja2
import prose
import pytest
from helpers import REAL, ROOT
from made import LIBRARY

from analysis.cli import main
from analysis.measure.results import measure
from analysis.publish.briefings import Briefings
from analysis.publish.document_model import Block
from analysis.publish.typeset import Typesetter
from analysis.study import load

SOURCE = ROOT / "src" / "analysis"
TEMPLATES = SOURCE / "publish" / "templates"
MOST_WORDS = 25

# What a reader took for a riddle, or for more than is known; the lower case of both is compared.
RIDDLES = [
    "settles none",
    "public record that could be read",
    "score can be anything",
    "it is sure which",
    "open cells",
    "names none of them",
    "each figure leads to",
    "state as of",
    "nothing scored is known",
    "makes the range",
    "a search is logged",
    "cannot be told",
    "held against the evidence",
    "binds the cells",
    "narrows its",
    "has put down",
    "is read here as",
    "the same questions are asked",
    "cannot be ranked",
    "held are",
]
PAGES = [
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if path.name != "codebook.md"),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(folder / "README.md" for folder in (REAL, LIBRARY)),
    SOURCE / "study" / "new_readme.md",
]
"""What is written by hand; the codebook's rules and required statements are not ours to shorten."""


SAY_NOTHING = {"one", "many", "said", "held", "told"}
"""Names that tell a newcomer nothing."""


def assert_plain(texts: Iterable[str]) -> None:
    """Fail with every sentence that is too long, and every text with a riddle in it."""
    texts = list(texts)
    faults = prose.long_sentences(texts, MOST_WORDS)
    flat = (" ".join(text.split()) for text in texts)
    faults += [text for text in flat if any(riddle in text.lower() for riddle in RIDDLES)]
    assert not faults, "\n".join(faults)


def of_template(template: str) -> str:
    """Return the words of a template as a reader meets them, with a word for each value put in."""
    text = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    text = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.S)
    # Of two wordings of a sentence each is read by itself.
    text = re.sub(r"\{%-?\s*(else|elif)\b.*?%\}", " \n ", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", " ", text, flags=re.S)
    text = re.sub(r"\{\{.*?\}\}", " X ", text, flags=re.S)
    text = re.sub(r"</(p|li|dd|dt|h\d|td|th|caption|summary|title|figcaption)>|<br>", "\n", text)
    return re.sub(r"<[^>]*>", " ", text)


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.j2"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_templates_are_plain(path):
    text = of_template(path.read_text("utf-8"))
    assert_plain([text])


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_values_of_a_template_are_named_for_what_they_are(path):
    tree = jinja2.Environment().parse(path.read_text("utf-8"))
    assert {name.name for name in tree.find_all(jinja2.nodes.Name)}.isdisjoint(SAY_NOTHING)


def of_build(output: Path) -> Iterator[str]:
    """Yield the texts of a build; its PDFs have the text of report.html and of the briefings."""
    for path in sorted(output.rglob("*.html")):
        yield from prose.of_page(path.read_text("utf-8"))
    yield from prose.of_workbook(output / "gap-tables.xlsx")
    for path in sorted(output.rglob("*.docx")):
        yield from prose.of_document(path)
    yield from prose.strings(json.loads((output / "statements.json").read_text("utf-8")))


def of_briefings(study: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts of all briefings in their fullest form, footings included."""
    texts: list[str] = []

    def read(_: Typesetter, title: str, footing: str, parts: list[list[Block]]) -> bytes:
        texts.extend((title, footing, *(text for part in parts for text in prose.of_blocks(part))))
        return f"/Type/Pages/Count {len(parts)}".encode()

    monkeypatch.setattr(Typesetter, "pdf", read)
    results = measure(load(study))
    briefings = Briefings(results)
    for unit in results.study["units"]["unit_id"]:
        briefings.pdf(unit)
    return texts


def of_forms(study: Path, folder: Path) -> Iterator[str]:
    """Yield the texts of the workbooks that people fill in."""
    unit = next(prose.rows(study / "units.csv"))["unit_id"]
    orders = {
        "coding": ["workbook", str(study), "--coder", "Somebody"],
        "settling": ["settle", str(study)],
        "reply": ["reply-form", str(study), "--unit", unit],
    }
    if list(prose.rows(study / "documents.csv")):
        orders["passages"] = ["passages", str(study)]
    for name, order in orders.items():
        path = folder / f"{name}.xlsx"
        assert main([*order, "--out", str(path)]) == 0
        yield from prose.of_workbook(path)
    assert main(["requests", str(study), "--out", str(folder / "requests")]) == 0
    yield from prose.of_workbook(folder / "requests" / "tracker.xlsx")


@pytest.fixture(params=["real", "library", "made"])
def built(request) -> tuple[Path, Path]:
    """The folder of a study, and what was built of it."""
    if request.param == "made":
        study = request.getfixturevalue("made_folder")
        return study, request.getfixturevalue("published_made")
    name = {"real": "published", "library": "published_library"}[request.param]
    return {"real": REAL, "library": LIBRARY}[request.param], request.getfixturevalue(name)


def test_what_is_generated_is_plain(built, tmp_path, monkeypatch):
    study, output = built
    filled_in = list(of_forms(Path(shutil.copytree(study, tmp_path / "study")), tmp_path))
    texts = [*of_build(output), *of_briefings(study, monkeypatch), *filled_in]
    own = prose.StudyTexts(study)
    texts = [own.taken_out(text) for text in dict.fromkeys(texts)]
    assert_plain(texts)


def messages(path: Path) -> Iterator[str]:
    """Yield the texts in a module's code, apart from docstrings, with a mark for each value put in."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = list(ast.walk(tree))
    apart = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    apart |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if id(node) in apart:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (
                part.value if isinstance(part, ast.Constant) else prose.OWN for part in node.values
            )
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


IN_NO_LANGUAGE = re.compile(r"\(\?|\\[bsw]|\b(?:SELECT|CREATE TABLE)\b|<!DOCTYPE")
"""A pattern, a query, a page: what is no message."""


@functools.cache
def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_messages_are_plain(path):
    texts = [text for text in messages(path) if not IN_NO_LANGUAGE.search(text)]
    assert_plain(map(prose.even, texts))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_written_by_hand_are_plain(path):
    texts = [" ".join(text.split()) for text in prose.of_markdown(path.read_text("utf-8"))]
    texts = [prose.QUOTATION.sub(prose.OWN, text) for text in texts]
    assert_plain(texts)


LONG = "word " * 26 + "end."


def test_a_long_sentence_is_noticed_wherever_it_stands():
    for text in (
        f"<p>{LONG}</p><p>A short one.</p>",
        f"<img alt='{LONG}'>",
        f"<li>A: b. {LONG}</li>",
    ):
        assert prose.long_sentences(prose.of_page(text), MOST_WORDS) == [LONG]
    assert prose.long_sentences(prose.of_markdown(f"Short.\n\n- {LONG}\n"), MOST_WORDS)


def test_names_and_quotations_are_not_counted():
    own = prose.StudyTexts(LIBRARY)
    names = [row["name"] for row in prose.rows(LIBRARY / "units.csv")]
    (question, *_) = (row["question"] for row in prose.rows(LIBRARY / "criteria.csv"))
    text = own.taken_out(
        f"Shown: {', '.join(names[:5])} and {names[5]}. “{LONG}” was said. {question}"
    )
    assert [prose.words(sentence) for sentence in prose.sentences(text)] == [2, 3, 1]


def test_a_list_is_read_item_by_item_only_where_each_has_a_label():
    assert prose.sentences("Moved by weights: 4; by the date: 2.") == [
        "Moved by weights: 4",
        "by the date: 2.",
    ]
    assert len(prose.sentences("It moved; and then it stood.")) == 1
