"""Flag what may be a personal detail of one of the persons concerned, for a person to check.

A study says no more about them than that there was a case; its settings say who they are. The
check is a short list of words: it finds plain wordings and misses others. What it flags may be
harmless, so a flag is never an error.

A detail is flagged if a word for one person is in the same sentence or the one before or after.
Words for many ("women") count only beside an age, since a statement about all is not personal.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache

import pandas as pd

from analysis.problems import WARNING, Problem, shorten
from analysis.study.descriptor import Descriptor
from analysis.study.settings import PersonSettings

TEXTS = {
    "sources": ("title",),
    "evidence": ("states", "note"),
    "searches": ("queries", "note"),
    "codings": ("rationale",),
    "codings_history": ("rationale", "replaced_why"),
    "assessments": ("rationale", "settled_why"),
    "assessments_history": ("rationale", "settled_why", "replaced_why"),
    "set_aside": ("settled_why",),
    "findings": ("text",),
    "events": ("event",),
    "requests": ("note",),
    "replies": ("says", "reason", "assessment"),
}
"""The columns of text that are searched, by table."""
QUOTED = ("prefix", "quote", "suffix")
"""Columns of evidence that are read as one text: a quotation with the words around it."""

_ANYONE = ("woman", "man", "girl", "boy", "mother", "wife")
_MANY = ("women", "men", "she", "he", "her", "his")
_SERVICES = ("support", "service", "care", "personal", "hub")
"""Words that, after a word for a person, make it the name of a service."""
# The same for other phrases, and for manual pages ("man unbound.conf", "man 5 hosts").
_NO_PERSON = r"council|week|action|pages?|made|hours|scouts?|guides?|tongue|board|\d|\w+_\w|[\w-]+\.\w|[\w-]+\(\d"
_RELATIVE = (
    r"(?:ex-)?(?:husband|wife|spouse|partner|boyfriend|girlfriend|fianc[eé]e?|mother|father|"
    r"parents|son|sons|daughter|daughters|sister|brother|child|children|baby|uncle|aunt|cousin|"
    r"in-laws|grandmother|grandfather)"
)
_PLACE = (
    r"(?:Street|Road|Lane|Avenue|Close|Drive|Terrace|Crescent|Estate|Hospital|School|College|"
    r"Hotel|Hostel|Refuge|Mosque|Church|Prison)"
)
_HAPPENED = r"s(?:eek(?:s|ing)?|ought)\s+help|report(?:s|ed|ing)(?:\s+it)?|liv(?:es?|ed|ing)|stay(?:s|ed|ing)|hous(?:ed|ing)|work(?:s|ed|ing)"

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)

_NO_PLACE = r"(?:Parliament|Court|Crown|Hansard|Commons|Lords|Home|English|Welsh|British)\b"
_NAMED_PLACE = (
    rf"(?P<place>(?!{_MONTH}|{_NO_PLACE})(?-i:[A-Z][a-z])[\w’'-]*(?:\s+(?-i:[A-Z])[\w’'-]+)*)"
)
_FEW_WORDS = r"(?:,?\s+(?-i:[a-z][\w’'-]*)){0,4}"

DETAILS = {
    "an age": (
        r"\baged?\s+(?:of\s+)?\d{1,2}\b",
        r"\b\d{1,2}[\s-]years?[\s-]old\b",
        r"\bin\s+(?:her|his|their)\s+(?:early\s+|mid-?\s*|late\s+)?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|\d0s)\b",
        r"\bteenage[rd]?\b",
        r"\belderly\b",
    ),
    "a health condition": (
        r"\bpregnan(?:t|cy)\b",
        r"\bmiscarri(?:ed|age)\b",
        r"\bdepress(?:ed|ion)\b",
        r"\bsuicid(?:e|al)\b",
        r"\bself-harm\w*",
        r"\bPTSD\b",
        r"\bHIV\b",
        r"\bcancer\b",
        r"\bdiagnos(?:ed|is)\b",
        r"\b(?:disabled|disability)\b",
        r"\bmental(?:ly)?\s+(?:ill(?:ness)?|health)\b",
        r"\blearning\s+(?:difficult|disabilit)\w+",
        r"\b(?:injur(?:y|ies|ed)|hospitali[sz]ed|in\s+hospital)\b",
    ),
    "a family relation": (
        rf"\b(?:her|his|whose|<person>[’']s)\s+(?:\w+\s+)?{_RELATIVE}\b",
        rf"\b{_RELATIVE}\s+of\s+(?:a|the|one)\s+<person>\b",
        r"\b(?:mother|father)\s+of\s+(?:one|two|three|four|five|six|\d)\b",
        r"\b(?:married|engaged)\s+to\b",
    ),
    "a nationality": (
        r"\b(?-i:[A-Z])[a-z]+(?:ian|ean|ish|ese|ani|aqi|ghan|ban)\s+(?:<person>|national|student|worker)\b",
    ),
    "a narrow place": (
        # Not a body's name in capitals, nor after an article: "ABC College", "The College".
        rf"\b(?!(?-i:The|This|That|Our|Its|Their|Each|Every|And|Of|For|In|At|By|A|An)\s)"
        rf"(?-i:[A-Z][\w’'-]*[a-z][\w’'-]*)\s+(?-i:{_PLACE})\b(?!\s+of\b)",
        r"\b(?-i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b",
        rf"\b(?:<happened>)\s+(?:in|at|near|on)\s+{_NAMED_PLACE}",
        rf"<alone>{_FEW_WORDS},?\s+(?:in|near|from)\s+{_NAMED_PLACE}",
        rf"\b(?:in|near|from)\s+{_NAMED_PLACE},?{_FEW_WORDS}\s+(?:<alone>)",
    ),
}
"""Patterns of personal details by kind; capitals do not matter.

``<person>`` stands for any word for one person, ``<alone>`` for such a word that is not part of the
name of a service, and ``<happened>`` for verbs of what happens to persons.
"""

RULE = "it may give {kind} ({detail}) of {called} ({person})"
REMEDY = "look at it: of {called} say no more than that there was a case"
_AREA_COLUMNS = ("name", "short_name", "region", "country")


def _any_of(words: Iterable[str], end: str = "") -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") + end for word in words)


@cache
def _patterns(
    persons: PersonSettings,
) -> tuple[re.Pattern, re.Pattern, dict[str, list[re.Pattern]]]:
    """Return patterns of words for one person, of words for any number, and of details by kind."""
    singular = _any_of((*persons.words, *_ANYONE))
    services = _any_of((*_SERVICES, *persons.services))
    some = f"{singular}|{_any_of((*persons.words, 'girl', 'boy'), '(?:e?s)')}"
    happened = "|".join(filter(None, (_HAPPENED, _any_of(persons.events))))

    def by_itself(words: str) -> str:
        return rf"(?<!isle of )\b(?:{words})\b(?!\s+(?:{services}|{_NO_PERSON}))(?![-./_]\w|\()"

    alone = by_itself(singular)

    def compiled(text: str) -> re.Pattern:
        text = text.replace("<person>", f"(?:{singular})").replace("<alone>", alone)
        return re.compile(text.replace("<happened>", happened), re.IGNORECASE)

    details = {kind: [compiled(text) for text in texts] for kind, texts in DETAILS.items()}
    return compiled(alone), compiled(rf"{by_itself(some)}|\b(?:{_any_of(_MANY)})\b"), details


def personal_details(
    descriptor: Descriptor, frames: Mapping[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Yield a warning for each text that may give a personal detail of a person concerned.

    Args:
        descriptor: the study's descriptor, whose settings say who is concerned.
        frames: the tables that could be read.
    """
    persons = descriptor.settings.persons
    areas = wide_areas(frames.get("units", pd.DataFrame()))
    for name, columns in TEXTS.items():
        if name not in frames:
            continue
        together: list[tuple[str, ...]] = [(column,) for column in columns]
        together += [QUOTED] * (name == "evidence")
        for row, texts in _texts(frames[name], together):
            for kind, detail, person in details(
                " ".join(filter(None, texts.values())), persons, areas
            ):
                parts = {"kind": kind, "detail": detail, "person": person}
                rule = RULE.format(**parts, called=persons.called)
                remedy = REMEDY.format(called=persons.called)
                # Of columns read as one text, name the one that holds the detail, else the last.
                column = next((text for text in texts if detail in texts[text]), [*texts][-1])
                where = descriptor.tables[name].path, row + 2, column, shorten(texts[column])
                yield Problem(*where, rule, remedy, WARNING, of_kind=kind)


def _texts(
    frame: pd.DataFrame, together: list[tuple[str, ...]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row with its texts; columns given together are one text."""
    for columns in together:
        rows = zip(*(frame[name] for name in columns), strict=True)
        for row, texts in zip(frame.index, rows, strict=True):
            yield int(row), dict(zip(columns, texts, strict=True))


def wide_areas(units: pd.DataFrame) -> set[str]:
    """Return the names of areas that are too wide to be a personal detail, in small letters."""
    columns = [units[name] for name in _AREA_COLUMNS if name in units]
    return {text.casefold() for column in columns for text in column} - {""}


def details(
    text: str, persons: PersonSettings, areas: Set[str] = frozenset()
) -> list[tuple[str, str, str]]:
    """Return possible personal details in a text, as (kind, detail, word for the person).

    There is at most one of each kind. Each query of a search (``a | b``) is read as a sentence.

    Args:
        text: any text.
        persons: the study's words for the persons concerned.
        areas: names of areas that are too wide to be a personal detail, in small letters.
    """
    # Frozen settings have a hash.
    one_person, persons_named, kinds = _patterns(persons)  # pyright: ignore[reportArgumentType]
    if not persons_named.search(text):
        return []
    by_kind = {}
    sentences = re.split(r"(?<=[.!?;])\s+|\n+|\s\|\s", text)
    for number, sentence in enumerate(sentences):
        around = " ".join(sentences[max(number - 1, 0) : number + 2])
        singular, any_number = one_person.search(around), persons_named.search(around)
        for kind, patterns in kinds.items() if any_number else ():
            person = any_number if kind == "an age" else singular
            # A nationality is flagged beside words for many too, if they are in its own sentence.
            if not person and kind == "a nationality":
                person = persons_named.search(sentence)
            detail = person and _first(patterns, sentence, areas)
            if person and detail:
                by_kind.setdefault(kind, (kind, detail, person.group()))
    return list(by_kind.values())


def _first(patterns: list[re.Pattern], sentence: str, areas: Set[str]) -> str | None:
    for pattern in patterns:
        for match in pattern.finditer(sentence):
            place = match.groupdict().get("place")
            if place is None or place.casefold() not in areas:
                return match.group()
    return None
