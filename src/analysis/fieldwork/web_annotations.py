"""Read W3C Web Annotations: JSON-LD, as this program writes it and as Hypothes.is exports it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.problems import Problem, StudyError, shorten

_HOLDING = ("annotations", "items", "rows", "first", "@graph")
"""Under one of these a collection holds its annotations."""
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class WebAnnotation:
    """What an annotation says.

    Attributes:
        address: the address of what is annotated; empty: none is named.
        sha256: the hash of what is annotated, if one is named.
        exact: the words; empty: it quotes none.
        prefix: the words before them.
        suffix: the words after them.
        tags: its tags.
        comment: what its author says in their own words.
        created_on: the day on which it was made; empty: not said.
    """

    address: str
    sha256: str
    exact: str
    prefix: str
    suffix: str
    tags: tuple[str, ...]
    comment: str
    created_on: str


def read_annotations(path: Path) -> list[WebAnnotation]:
    """Return every annotation of a file, one for each place that it is on.

    Raises:
        StudyError: it is no such file.
    """
    remedy = "give a file of W3C Web Annotations (JSON-LD), such as Hypothes.is exports"
    try:
        content = json.loads(path.read_text("utf-8-sig"))
        return [made for annotation in _annotations(content) for made in _of(annotation)]
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        rule = "it is no JSON" if place or isinstance(error, UnicodeDecodeError) else str(error)
        raise StudyError([Problem(shorten(path, 200), None, place, "", rule, remedy)]) from None


def _annotations(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, list):
        for part in content:
            yield from _annotations(part)
    elif not isinstance(content, dict):
        raise ValueError("it holds something other than annotations")
    elif "target" in content:
        yield content
    else:
        nested = [content[name] for name in _HOLDING if name in content]
        if not nested and not str(content.get("type")).startswith("Annotation"):
            raise ValueError("it holds something other than annotations")
        for part in nested:
            yield from _annotations(part)


def _of(annotation: dict[str, Any]) -> Iterator[WebAnnotation]:
    bodies = [
        {"value": body} if isinstance(body, str) else body for body in _list(annotation.get("body"))
    ]
    bodies = [body for body in bodies if isinstance(body, dict)]
    tagging = [body for body in bodies if "tagging" in _list(body.get("purpose"))]
    comments = [_text(body.get("value")) for body in bodies if body not in tagging]
    comments += [_text(annotation.get("bodyValue")), _text(annotation.get("text"))]
    tags = [*(body.get("value") for body in tagging), *_list(annotation.get("tags"))]
    for target in _list(annotation["target"]) or [{}]:
        target = {"source": target} if isinstance(target, str) else target
        if not isinstance(target, dict):
            raise ValueError("it has an annotation of which the target is not an address")
        source = target.get("source") or target.get("id") or annotation.get("uri")
        source = source.get("id") if isinstance(source, dict) else source
        selector = next(_quoting(target.get("selector")), {})
        yield WebAnnotation(
            address=_text(source),
            sha256=next(_hashes(target), ""),
            **{name: _text(selector.get(name)) for name in ("exact", "prefix", "suffix")},
            tags=tuple(dict.fromkeys(filter(None, map(_text, tags)))),
            comment=" ".join(filter(None, comments)),
            created_on=_text(annotation.get("created"))[:10],
        )


def _quoting(selector: Any) -> Iterator[dict[str, Any]]:
    """Yield the selectors that quote, those within others too."""
    for part in _list(selector):
        if isinstance(part, dict):
            if any(str(name).endswith("TextQuoteSelector") for name in _list(part.get("type"))):
                yield part
            yield from _quoting(part.get("refinedBy"))


def _hashes(target: dict[str, Any]) -> Iterator[str]:
    for part in (target, *_list(target.get("state")), target.get("source")):
        if isinstance(part, dict):
            named = (part.get(name) for name in ("schema:sha256", "sha256"))
            yield from (text for text in map(_text, named) if _HASH.fullmatch(text))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    """Return a text in one line; what is no text says nothing."""
    return " ".join(value.split()) if isinstance(value, str) else ""
