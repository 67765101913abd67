"""How a source is named in prose."""

from collections.abc import Mapping


def titled(source: Mapping[str, str]) -> str:
    """Return a source's title: in quotation marks only where the words are the document's own."""
    title = source["title"]
    if title and source["title_kind"] != "described":
        title = f"“{title}”"
    return " ".join(filter(None, (title, source["note"] and f"({source['note']})")))
