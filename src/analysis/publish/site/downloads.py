"""What lies beside the site, said in plain words."""

from pathlib import PurePosixPath

_SAID = {
    "report.html": "The report on one page, which needs no network",
    "report.pdf": "The report as PDF",
    "report.docx": "The report as a document to edit",
    "gap-tables.xlsx": "The gap tables, and all behind them, as a spreadsheet",
    "statements.json": "Every figure that prose uses, with its definition and the rows behind it",
    "manifest.json": "Hashes of all that went in and came out, for those who rebuild",
}
_TABLES = {
    "matrix": "Every cell: its state, and the evidence behind it",
    "scores": "Worst and best score of each, and the share known",
    "national": "Counts at every state of every criterion",
    "gaps": "What is met, missing and unknown on every recommendation",
    "national-gaps": "How many meet each recommendation, how many fall short, and for how many we could not tell",
    "published-totals": "Each published count compared with the evidence",
    "published-scores": "Each published score compared with the evidence",
    "bounds": "What remains possible for every open cell",
    "national-bounds": "What published counts imply for national figures",
    "ranks": "Outer limits of every rank",
    "pairs": "Which is surely above which, and nothing beside",
    "next": "What to ask next, and where",
    "changes": "What differs between two dates, and why",
    "scores-by-reading": "Scores under each coder, and as settled",
    "replies": "The replies, and what was decided",
    "reply-effects": "What an accepted reply changed",
    "notices": "The sentences that must stand with these tables",
}
_FOLDERS = {
    "briefings": "Briefings",
    "requests": "Requests for information",
    "data": "Tables",
    "data/charts": "Tables behind the pictures",
}


_ONE = {"briefings": "Briefing", "requests": "Request for information"}


def downloads(beside: list[str], units: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the files beside the site by section: heading, then path and what each is.

    Args:
        beside: their paths.
        units: the units' names by id; a file about one unit bears its id.
    """
    # The manifest is written last of all, and so is not there yet.
    files = sorted({*beside, "manifest.json"})
    sections: dict[str, list[tuple[str, str]]] = {}
    for path in files:
        folder = str(PurePosixPath(path).parent)
        sections.setdefault(folder, []).append((path, _said(path, units)))
    order = [".", *_FOLDERS]
    known = sorted(sections, key=lambda one: order.index(one) if one in order else len(order))
    return [
        ("Reports and records" if one == "." else _FOLDERS.get(one, one), sections[one])
        for one in known
    ]


def of_unit(name: str, beside: list[str]) -> list[tuple[str, str]]:
    """Return the files that are about one unit, by their name: path and what each is."""
    return [
        (path, f"{_ONE.get(parts.parent.name, parts.parent.name)}{_to(parts)} ({parts.suffix[1:]})")
        for path in beside
        if _unit(parts := PurePosixPath(path)) == name
    ]


def letters(name: str, beside: list[str]) -> list[tuple[str, int]]:
    """Return the requests about one unit: the path of each, and the number of who is asked."""
    return [
        (path, int(parts.stem.partition(".")[2] or 1))
        for path in beside
        if _unit(parts := PurePosixPath(path)) == name and parts.parent.name == "requests"
    ]


def _unit(path: PurePosixPath) -> str:
    """Return the unit that a file is about; no id holds a point."""
    return path.stem.partition(".")[0]


def _to(path: PurePosixPath) -> str:
    return " to another body" if "." in path.stem else ""


def _said(path: str, units: dict[str, str]) -> str:
    parts = PurePosixPath(path)
    if path in _SAID:
        return _SAID[path]
    if str(parts.parent) in _ONE and _unit(parts) in units:
        return f"{_ONE[str(parts.parent)]}{_to(parts)}: {units[_unit(parts)]}"
    if str(parts.parent) == "data":
        return _TABLES.get(parts.stem, parts.stem.replace("-", " "))
    return parts.stem.replace("-", " ")
