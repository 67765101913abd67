"""A briefing on each unit: two pages, to be sent to it, on what is known, what is not, and what to ask.

What does not fit is told in a shorter form that points to the report; the type stays as it is.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import jinja2

from analysis.measure.results import Results
from analysis.measure.statements import spoken
from analysis.publish import view
from analysis.publish.blocks import Block, blocks
from analysis.publish.markup import link, mark_of, template_text
from analysis.publish.typeset import Typesetter, page_count
from analysis.show.notes import draft_line
from analysis.show.words import word
from analysis.study import vocabulary as v

FORMS = (
    (900, 30), (500, 30), (320, 30), (220, 30), (150, 30), (110, 20), (80, 14), (60, 10), (50, 7),
    (40, 5), (30, 3), (20, 2),
)  # fmt: skip
"""Forms of a page, from the fullest: the letters that a text may have, the rows of a table."""
WHOLE = {"notices": 1200, "contact": 200, "least": 200}
"""Letters to which what must stand is whole in every form; ``least`` is for a notice on a cell."""
CITED = 3
"""Sources named beside a question; the report names all."""
PARTS = ("known", "asked")
"""The parts of a briefing, each on a page of its own."""


def briefings(results: Results, units: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Give each unit's id and its briefing as a tagged PDF (PDF/UA-1) of two pages.

    Args:
        results: the study's results.
        units: these units only, by id; none named: all, in the study's order.
    """
    setter, template = Typesetter(results), _environment(results).get_template("briefing.html.j2")
    held = _held(results)
    footing = f"{_shortened(results.study.descriptor.title, 70)}. State as of {held['as_of']}"
    for unit, said in _said(results, units):
        title = f"Briefing: {_shortened(said['unit']['name'], 200)}"
        forms = [_forms(template, {**held, **said, "part": part}) for part in PARTS]
        yield unit, _on_a_page_each(lambda parts: setter.pdf(title, footing, parts), forms)  # noqa: B023


def _on_a_page_each(
    make: Callable[[list[list[Block]]], bytes], forms: list[Iterator[list[Block]]]
) -> bytes:
    """Return the document of which each part is in the fullest form that one page holds."""
    parts = [next(one) for one in forms]
    whole = make(parts)
    if page_count(whole) == len(parts):
        return whole
    for place, shorter in enumerate(forms):
        while page_count(make([parts[place]])) > 1:
            following = next(shorter, None)
            if following is None:
                # Rather a page too many than no briefing.
                break
            parts[place] = following
    return make(parts)


def _forms(template: jinja2.Template, said: dict) -> Iterator[list[Block]]:
    """Give the forms of a page, from the fullest; those that say the same, once."""
    last = ""
    for letters, rows in FORMS:
        page = template.render(**said, letters=letters, rows=rows)
        if page != last:
            yield blocks(page)
        last = page


def _environment(results: Results) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(template_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(word=word, link=link, mark=mark_of(results.study), short=_short)
    return environment


@jinja2.pass_context
def _short(context: jinja2.runtime.Context, text: str, least: int = 0) -> str:
    """Return a text in the length that the form of the page allows."""
    return _shortened(text, max(context["letters"], least))


def _shortened(text: str, letters: int) -> str:
    """Return a text cut between words to so many letters, with a sign that it goes on."""
    if len(text) <= letters:
        return text
    cut = text[: letters - 1]
    whole = cut.rpartition(" ")[0]
    return f"{(whole if len(whole) > letters / 2 else cut).rstrip(' ,;:.')} …"


def _held(results: Results) -> dict:
    """Return what every briefing says."""
    study = results.study
    notices = study["notices"]
    return {
        "descriptor": study.descriptor,
        "settings": study.settings,
        "draft": draft_line(study),
        "as_of": spoken(results.matrix.as_of),
        "known_by": spoken(results.matrix.known_by),
        "notices": _shortened(
            " ".join(notices.loc[notices["scope"] == "study", "text"]), WHOLE["notices"]
        ),
        "contact": _shortened(study.settings.contact, WHOLE["contact"]),
        "least": WHOLE["least"],
        "cited": CITED,
        "meaning": v.MEANING,
    }


def _said(results: Results, units: Sequence[str]) -> Iterator[tuple[str, dict]]:
    """Give each unit's id with what its briefing says, from the records of the report."""
    study = results.study
    recommendations = view.recommendations(results)
    questions, gaps = view.questions(results)["of"], view.by_unit(results.gaps)
    asks = study.lookup("criteria", "question")
    sources = study["sources"].set_index("source_id", drop=False).to_dict("index")
    from_source = study.lookup("evidence", "source_id")
    for unit in view.unit_sections(results):
        name = unit["unit_id"]
        if units and name not in units:
            continue
        for cell in unit["cells"]:
            ids = dict.fromkeys(from_source[one] for one in cell["evidence"])
            cell["sources"] = [sources[one] for one in ids]
        standing = {row["recommendation_id"]: row["state"] for row in gaps.get(name, [])}
        open_ = [cell for cell in unit["cells"] if cell["state"] in v.MEANING]
        yield (
            name,
            {
                "unit": unit,
                "settled": [cell for cell in unit["cells"] if cell not in open_],
                "open": open_,
                "open_states": list(dict.fromkeys(cell["state"] for cell in open_)),
                "asked": [
                    {**one, "standing": standing.get(one["recommendation_id"], "")}
                    for one in recommendations
                    if one["scored"]
                ],
                "context": [
                    one["label"] for one in recommendations if one["asks"] and not one["scored"]
                ],
                "unread": [
                    one["label"] for one in recommendations if not (one["asks"] or one["scored"])
                ],
                "questions": [
                    {**one, "question": asks[one["criterion_id"]]}
                    for one in questions.get(name, [])
                ],
                "replies": list(
                    chain(unit["replies"], *(cell["replies"] for cell in unit["cells"]))
                ),
            },
        )
