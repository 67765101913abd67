"""HTML helpers for every page: template environments, safe links, and the symbols of states."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from analysis.direction import set_apart, turns, without_direction
from analysis.show.labels import level_word, word
from analysis.show.symbols import UNKNOWN_MARK, level_marks
from analysis.study import Study
from analysis.study.evidence import quotations, titled
from analysis.study.requests import came_to
from analysis.wording import capital, exact, with_article


def template_text(name: str) -> str:
    """Return the text of a file below ``templates/``."""
    return files("analysis.publish").joinpath("templates", name).read_text("utf-8")


def quotation_rules(study: Study) -> str:
    """Return the stylesheet rules for quotations, if the study has any."""
    return template_text("quotation.css") if quotations(study) else ""


def environment(finalize: Callable | None = None) -> jinja2.Environment:
    """Return a template environment that escapes all text and raises an error for a missing name."""
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(template_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
        optimized=False,  # constant folding takes longer than it saves
    )
    made.globals.update(untold=untold)
    made.filters.update(word=word, level=level_word, link=link, titled=titled, came_to=came_to)
    made.filters.update(capital=capital, exact=exact, with_article=with_article)
    return made


def isolating() -> jinja2.Environment:
    """Return an environment that also isolates every text that changes the writing direction.

    It does so with elements. An attribute or a title cannot hold elements, so templates use the
    filter ``plain`` there.
    """
    made = environment(finalize=isolated)
    made.filters.update(plain=plain)
    return made


def isolated(text: object) -> object:
    """Return a text with ``bdi`` elements around parts that could change the direction."""
    if not isinstance(text, str) or isinstance(text, Markup) or not turns(text):
        return text
    return set_apart(text, keep=_apart, join=Markup().join)


def _apart(text: str, right_to_left: bool) -> Markup:
    return Markup('<bdi dir="{}">{}</bdi>').format("rtl" if right_to_left else "ltr", text)


def untold(recommendation: dict) -> str:
    """Return the sentence shown if the study does not say what a recommendation asks."""
    if recommendation["text_read"] == "not_read":
        return "Its text was not read: nothing is said of it here."
    return "What it asks is not put in words here."


def plain(text: str) -> Markup:
    """Return a text for an attribute or a title: escaped, without marks of direction."""
    return Markup.escape(without_direction(text))


def link(url: str, text: str = "") -> Markup:
    """Return an http or https address as a link; any other address stays text."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        return Markup.escape(isolated(f"{text} {url}".strip()))
    shown = isolated(text or url)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, shown)


def mark_of(study: Study) -> Callable[[str, str], Markup]:
    """Return the function from a state and its scale to its symbol on a page, as an element.

    A level's disc shows its value; an unknown has the same symbol as in the charts.
    """
    marks = level_marks(study)

    @cache
    def mark(state: str, scale: str) -> Markup:
        level_mark = marks.get((scale, state))
        if level_mark is None:
            sign, kind = UNKNOWN_MARK.get(state, ""), "unknown"
        else:
            sign, kind = level_mark.sign, f"level {level_mark.look}"
        return Markup('<span class="mark {}" aria-hidden="true">{}</span>').format(kind, sign)

    return mark
