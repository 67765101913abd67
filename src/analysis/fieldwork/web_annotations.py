"""Read W3C Web Annotations: JSON-LD, as this program writes it and as Hypothes.is exports it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.problems import refusal

Row = dict[str, Any]

_COLLECTION_KEYS = ("annotations", "items", "rows", "first", "@graph")
"""Keys under which a collection of annotations lists its members."""
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class WebAnnotation:
    """The content of one annotation on one target.

    Attributes:
        address: the address of the annotated document; empty if none is given.
        sha256: the SHA-256 hash of the annotated document; empty if none is given.
        exact: the quoted words; empty if it quotes none.
        prefix: the words before the quotation.
        suffix: the words after the quotation.
        tags: its tags.
        comment: the author's comment.
        created_on: the day on which it was made; empty if not given.
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
    """Return the annotations of a file, one for each target of each annotation.

    Raises:
        StudyError: the file does not hold W3C Web Annotations as JSON.
    """
    remedy = "give a file of W3C Web Annotations (JSON-LD), such as Hypothes.is exports"
    try:
        content = json.loads(path.read_text("utf-8-sig"))
        return [
            on_target
            for annotation in _annotations(content)
            for on_target in _on_targets(annotation)
        ]
    except RecursionError:
        raise refusal(path, "its parts are nested too deep", remedy) from None
    except ValueError as error:
        place = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        rule = "it is no JSON" if place or isinstance(error, UnicodeDecodeError) else str(error)
        raise refusal(path, rule, remedy, column=place) from None


def _annotations(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, list):
        for part in content:
            yield from _annotations(part)
    elif not isinstance(content, dict):
        raise ValueError("it holds something other than annotations")
    elif "target" in content:
        yield content
    else:
        nested = [content[name] for name in _COLLECTION_KEYS if name in content]
        if not nested and not str(content.get("type")).startswith("Annotation"):
            raise ValueError("it holds something other than annotations")
        for part in nested:
            yield from _annotations(part)


def _on_targets(annotation: dict[str, Any]) -> Iterator[WebAnnotation]:
    given = _list(annotation.get("body"))
    bodies = [{"value": body} if isinstance(body, str) else body for body in given]
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
        selector = next(_quote_selectors(target.get("selector")), {})
        yield WebAnnotation(
            address=_text(source),
            sha256=next(_hashes(target), ""),
            **{name: _text(selector.get(name)) for name in ("exact", "prefix", "suffix")},
            tags=tuple(dict.fromkeys(filter(None, map(_text, tags)))),
            comment=" ".join(filter(None, comments)),
            created_on=_text(annotation.get("created"))[:10],
        )


def _quote_selectors(selector: Any) -> Iterator[dict[str, Any]]:
    """Yield the text quote selectors, including those nested in other selectors."""
    for part in _list(selector):
        if isinstance(part, dict):
            if any(str(name).endswith("TextQuoteSelector") for name in _list(part.get("type"))):
                yield part
            yield from _quote_selectors(part.get("refinedBy"))


def _hashes(target: dict[str, Any]) -> Iterator[str]:
    for part in (target, *_list(target.get("state")), target.get("source")):
        if isinstance(part, dict):
            named = (part.get(name) for name in ("schema:sha256", "sha256"))
            yield from (text for text in map(_text, named) if _HASH.fullmatch(text))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    """Return a text in one line; a value that is not a text gives an empty one."""
    return " ".join(value.split()) if isinstance(value, str) else ""
