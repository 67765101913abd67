"""Pages of the notebooks that were run on the study, with their stored outputs."""

import base64
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import html
from markupsafe import Markup, escape

from analysis.problems import refusal
from analysis.publish.markup import isolated, plain
from analysis.publish.stored_notebooks import stored_notebooks
from analysis.wording import spoken

if TYPE_CHECKING:
    from analysis.publish.site.page_maker import PageMaker

FOLDER = "notebooks"
_KEPT = {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "strong", "em", "br", "code"}
"""HTML elements of outputs that are kept; other elements are replaced by their content."""
_DROPPED = {"style", "script", "head", "title"}
_SPANS = ("colspan", "rowspan")

Cell = dict[str, Any]


def notebooks(maker: "PageMaker") -> list[tuple[str, str]]:
    """Make a page for each current notebook, and return their paths and titles.

    A notebook is current if it was run on this version of the study at its own dates, so that its
    outputs agree with the other pages. If no unit may be named, there are no notebook pages.

    Raises:
        StudyError: a notebook cannot be read as one.
    """
    if maker.study.scope.public:
        return []
    made = []
    for source in stored_notebooks(maker.study.folder):
        title, cells = _read(source, maker)
        if not cells:
            continue
        path, trail = f"{FOLDER}/{source.stem}.html", [("Method", "method.html")]
        maker.page(path, "notebook", title, trail, cells=cells, file=source.name)
        made.append((path, title))
    return made


def _read(source: Path, maker: "PageMaker") -> tuple[str, list[dict[str, Any]]]:
    """Return the title and the parts of a notebook; a notebook that is not current has no parts."""
    try:
        cells = json.loads(source.read_text("utf-8"))["cells"]
        parts = _Parts(maker, source)
        shown = [parts.of(cell) for cell in cells] if _is_current(cells, maker) else []
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        rule = "it cannot be read as a notebook that was run"
        remedy = "run it again (policygap notebooks), or take it out of its folder"
        raise refusal(source, rule, remedy) from error
    # Parts are numbered by their place in the notebook, including text cells.
    numbered = enumerate(shown, start=1)
    return parts.title, [{**part, "number": number} for number, part in numbered if part]


def _is_current(cells: list[Cell], maker: "PageMaker") -> bool:
    """Return whether the outputs are of this version of the study, its dates and its own weights."""
    printed = "".join(
        "".join(output.get("text", [])) + "".join(output.get("data", {}).get("text/plain", []))
        for cell in cells
        for output in cell.get("outputs", [])
    )
    code = "".join("".join(cell["source"]) for cell in cells)
    matrix = maker.results.matrix
    dates = spoken(matrix.as_of), spoken(matrix.known_by)
    wanted = f"(version {maker.study.descriptor.version})", *dates, maker.study.mark
    return "weights = {}" in code and all(text in printed for text in wanted)


class _Parts:
    """Converts the cells of one notebook for its page; pictures become files of the site."""

    def __init__(self, maker: "PageMaker", source: Path):
        self._maker, self._stem, self.title = maker, source.stem, source.stem
        self._pictures = self._tables = 0

    def of(self, cell: Cell) -> dict[str, Any] | None:
        """Return the text, or the code and its outputs; ``None`` for an empty cell."""
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            first, _, rest = text.partition("\n")
            if first.startswith("# "):
                self.title, text = first[2:].strip(), rest
            return {"prose": Markup(_markdown().render(text))} if text.strip() else None
        outputs = [part for output in cell.get("outputs", []) for part in self._shown(output)]
        for number, part in enumerate(outputs, start=1):
            part["number"] = number
        return {"code": text, "outputs": outputs} if text.strip() else None

    def _shown(self, output: Cell) -> Iterator[dict[str, Any]]:
        data = output.get("data", {})
        if output["output_type"] == "stream":
            yield _printed("".join(output["text"]))
        elif "image/png" in data:
            yield {"picture": self._picture(output)}
        elif "text/html" in data:
            yield from self._marked_up("".join(data["text/html"]))
        elif "text/plain" in data:
            yield _printed("".join(data["text/plain"]))

    def _picture(self, output: Cell) -> Markup:
        data, self._pictures = output["data"], self._pictures + 1
        about = output.get("metadata", {}).get("image/png", {}).get("alt")
        alt = about or "".join(data.get("text/plain", []))
        # A chart that was not drawn has a text alternative that begins so.
        alt = f"Chart. {alt}" if alt.startswith("Not drawn") else alt
        name = f"{self._stem}-{self._pictures}.png"
        self._maker.files[f"{FOLDER}/{name}"] = base64.b64decode("".join(data["image/png"]))
        return Markup('<img src="{}" alt="{}">').format(name, plain(alt))

    def _marked_up(self, text: str) -> Iterator[dict[str, Any]]:
        root = html.fragment_fromstring(text, create_parent=True)
        self._tables += 1
        caption = root.find(".//caption")
        label = f"Output {self._tables}"
        if caption is not None:
            label = f"{label}: {caption.text_content()}"
        for table in root.iter("table"):
            if table.find("caption") is None:
                table.insert(0, html.fragment_fromstring(f"<caption>{plain(label)}</caption>"))
        # A table scrolls by itself in a narrow window.
        kind = "prose" if root.find(".//table") is None else "table"
        # Styles, scripts and other attributes of the output are removed.
        yield {kind: Markup("".join(_inside(root))), "label": label}


def _printed(text: str) -> dict[str, Any]:
    """Return printed text: sentences as a paragraph, text aligned in columns as preformatted."""
    lines = text.rstrip("\n").split("\n")
    if any("  " in line for line in lines):
        return {"text": text}
    inside = Markup("<br>").join(map(_text, lines))
    return {"prose": Markup("<p>{}</p>").format(inside)}


def _inside(element: html.HtmlElement) -> Iterator[str]:
    yield _text(element.text)
    for child in element:
        # The tag of a comment is not a string.
        if isinstance(child.tag, str) and child.tag not in _DROPPED:
            yield from _element(child)
        yield _text(child.tail)


def _element(element: html.HtmlElement) -> Iterator[str]:
    name = str(element.tag)
    if name not in _KEPT:
        yield from _inside(element)
    elif name == "br":
        yield "<br>"
    else:
        kept = [f' {key}="{escape(element.get(key))}"' for key in _SPANS if element.get(key)]
        if name == "th":
            in_head = element.getparent().getparent().tag == "thead"
            kept.append(f' scope="{"col" if in_head else "row"}"')
        yield f"<{name}{''.join(kept)}>"
        yield from _inside(element)
        yield f"</{name}>"


def _text(text: str | None) -> Markup:
    return escape(isolated(text or ""))


@cache
def _markdown():
    from markdown_it import MarkdownIt  # imported late, since many studies have no notebooks

    return MarkdownIt("commonmark", {"html": False})
