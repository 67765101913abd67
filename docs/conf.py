"""How `make docs` builds the site of docs/: no page is fetched, no notebook is run."""

import ast
import re
import shutil
from pathlib import Path

from myst_nb.core.render import NbElementRenderer
from pygments.lexers.special import TextLexer
from sphinx.errors import ExtensionError

import analysis

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# Each page of the reference documents the public functions and classes of one package.
PACKAGES = ("study", "measure", "publish")

project = "policygap"
author = copyright = "The policygap team"
version = release = analysis.__version__
language = "en-GB"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb"]
# A bare name in an annotation may stand for classes of several modules.
suppress_warnings = ["ref.python"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"policygap {release}"
html_copy_source = html_show_sourcelink = False
# A link to a file that `policygap report` builds; see _lead_to_output.
_output = "{{path}}{{'#' if fragment}}{{fragment}}"
myst_url_schemes = {"http": None, "https": None, "mailto": None, "output": _output}
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_merge_streams = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_use_ivar = True
python_display_short_literal_types = True


def _is_public(path: Path) -> bool:
    """Say whether a module defines a function or a class for others."""
    kinds = ast.FunctionDef, ast.ClassDef
    body = ast.parse(path.read_text("utf-8")).body
    return any(isinstance(one, kinds) and not one.name.startswith("_") for one in body)


def _automodule(module: str, *options: str) -> str:
    lines = [f".. automodule:: {module}", "   :members:", *(f"   :{one}:" for one in options)]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


def _reference(package: str) -> str:
    """Return the page of a package: each module that has something public, in order of name."""
    folder = ROOT / "src/analysis" / package
    paths = [path for path in sorted(folder.rglob("*.py")) if _is_public(path)]
    names = [".".join(path.relative_to(folder.parent).with_suffix("").parts) for path in paths]
    names = [name.removesuffix(".__init__") for name in names]
    parts = [f"## {name}\n\n{_automodule(f'analysis.{name}')}" for name in names]
    return "\n".join([f"# analysis.{package}\n", *parts])


def _write_pages() -> None:
    """Write the pages that git does not hold: copies of the notebooks, and the reference."""
    shutil.rmtree(DOCS / "generated", ignore_errors=True)
    shutil.copytree(
        ROOT / "notebooks", DOCS / "generated/notebooks", ignore=shutil.ignore_patterns(".*")
    )
    pages = {f"{package}.md": _reference(package) for package in PACKAGES}
    if hasattr(analysis, "__all__"):
        pages["analysis.md"] = "# analysis\n\n" + _automodule("analysis", "imported-members")
    (DOCS / "generated/api").mkdir()
    for name, text in pages.items():
        (DOCS / "generated/api" / name).write_text(text, "utf-8")


_write_pages()


def _lead_to_output(app, name, source) -> None:
    """Let links to output/ be followed from docs/_build/html, though nothing may be built yet."""
    up = "../" * (name.count("/") + 3)
    source[0] = source[0].replace("](../output/", f"](output:{up}output/")


def _image_with_words(self, data, render=NbElementRenderer.render_image) -> list:
    """Render a stored chart with the text alternative that the notebook holds beside it."""
    images = render(self, data)
    words = data.output_metadata.get(data.mime_type, {}).get("alt")
    images[0]["alt"] = words or "A picture whose figures are in the table after it."
    return images


NbElementRenderer.render_image = _image_with_words


def _refuse_what_is_fetched(app, exception) -> None:
    """Fail where a page would fetch something from elsewhere when it is viewed."""
    elsewhere = re.compile(r'<(script|link|img|iframe)\b[^>]*(src|href)="(https?:)?//[^>]*>')
    for path in Path(app.outdir).rglob("*.html"):
        if found := elsewhere.search(path.read_text("utf-8")):
            raise ExtensionError(f"{path} would fetch {found.group()}: put a copy into the site")


def setup(app) -> None:
    """Register what is changed in pages as they are read, and what is checked in the end."""
    app.connect("source-read", _lead_to_output)
    app.connect("build-finished", _refuse_what_is_fetched)
    app.add_lexer("csv", TextLexer)
