"""Check the text of a cell against its column: readability, length, form and allowed values."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from analysis.problems import shorten
from analysis.study import signs
from analysis.study.descriptor import Column, Constraints

Fault = tuple[str, str]
"""The rule that a text breaks, and the remedy."""
# Control characters except tab and line feed, and characters that XML (so a workbook) cannot hold.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER = {
    "integer": re.compile(r"[+-]?\d+", re.ASCII),
    "number": re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?", re.ASCII),
}
MOST_DIGITS = {"integer": 18, "number": 40}
"""The most digits of a number; for one with decimals, also the largest exponent."""
_HOW = {
    "integer": "write digits only",
    "number": "write digits, with a point before decimals, such as 0.25 or 2.5e-05",
}
_ID = "letters from A to Z, digits, &, _ and -, with a letter or a digit first"
_NUMBER_IN_WORDS = "digits, at most 18 before the point and 18 after it"
FORMS = {
    "^[A-Za-z0-9][A-Za-z0-9&_-]*$": f"an id: {_ID}",
    "^[A-Za-z0-9][A-Za-z0-9&_-]*(;[A-Za-z0-9][A-Za-z0-9&_-]*)*$": (
        f"ids joined by ; without blanks, each of {_ID}"
    ),
    r"^\d{4}-\d{2}-\d{2}$": "a day: YYYY-MM-DD, such as 2021-12-03",
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "a date: 2021, 2021-12 or 2021-12-03",
    "^([A-Za-z_][A-Za-z0-9_]*=.+|[A-Za-z0-9][A-Za-z0-9&_-]*(;[A-Za-z0-9][A-Za-z0-9&_-]*)*)$": (
        "a group of units: a column of units.csv and its value, such as country=Wales, or unit_ids "
        "joined by ;"
    ),
    "^[0-9a-f]{64}$": "a SHA-256 hash: 64 digits from 0 to 9 and a to f",
    "^[0-9a-f]{10}$": "a mark of the rules: 10 digits from 0 to 9 and a to f",
    "^[a-z0-9_]+$": "a name of small letters a to z, digits and _ alone, such as made_up_body",
    "^[a-z]+/[a-z0-9.+-]+$": "a media type, such as application/pdf",
    r"^https?://\S+$": "an address of the web, such as https://example.org/page",
    "^(unit|all-[a-z-]+)$": "a scope: unit, or all- and a word in small letters, such as all-units",
    r"^[A-Za-z0-9][A-Za-z0-9&_-]*=(\d{1,18}(\.\d{1,18})?|\.\d{1,18})"
    r"(;[A-Za-z0-9][A-Za-z0-9&_-]*=(\d{1,18}(\.\d{1,18})?|\.\d{1,18}))*$": (
        f"weights: an id, = and its weight, joined by ; without blanks; a weight is {_NUMBER_IN_WORDS}"
    ),
}
"""The patterns of an empty study, in words."""
_VISIBLE = re.compile("[!-~]")
_NO_DOCUMENT = r"(?:mailto|file|javascript|vbscript|data|blob|about|tel|sms|callto|skype|cid):"
_ADDRESS = re.compile(
    rf"https?://[^\s/]\S*|(?!https?:|{_NO_DOCUMENT})[A-Za-z][A-Za-z0-9+.-]+:\S+", re.IGNORECASE
)
"""A single letter before the colon is a drive, not a scheme; mail and local files are excluded."""
_ON_THE_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
NO_ADDRESS = "it is not an address: one begins with https://, http:// or another kind (such as doi:), then goes on without a blank. It leads to a document that others can find; mailto:, file: and the like do not"
WHOLE = "write it whole, such as https://example.org/page; leave it empty if there is none"


def faults(field: Column, texts: Sequence[str]) -> dict[str, Fault]:
    """Return the faulty texts among the distinct texts of a column, each with its fault."""
    is_usual = _fast_test(field)
    suspects = {text: fault(field, text) for text in texts if not is_usual(text)}
    return {text: result for text, result in suspects.items() if result}


def _fast_test(field: Column) -> Callable[[str], bool]:
    """Return a fast test that accepts only texts without a fault, and nearly all of them."""
    limits = field.constraints
    if field.type != "string":
        return lambda text: False
    least, most = max(limits.minLength, 1), limits.maxLength
    is_plain = _is_plain_prose if signs.is_prose(field) else _is_plain
    has_form = re.compile(limits.pattern or "(?s:.*)", re.ASCII).fullmatch

    def is_usual(text: str) -> bool:
        is_allowed = limits.enum is None or text in limits.enum
        return is_allowed and least <= len(text) <= most and is_plain(text) and bool(has_form(text))

    return is_usual


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and text.strip() == text and "  " not in text


def _is_plain_prose(text: str) -> bool:
    return text.replace("\n", " ").isprintable() and _VISIBLE.search(text) is not None


def fault(field: Column, text: str) -> Fault | None:
    """Return the rule that the text breaks and the remedy, or ``None``."""
    limits = field.constraints
    if text == "":
        return ("a value is required", "fill the cell") if limits.required else None
    return _unreadable(limits, text) or _wrong_length(limits, text) or _wrong_form(field, text)


def _unreadable(limits: Constraints, text: str) -> Fault | None:
    if not signs.shows_something(text):
        need = "a value is required, and " if limits.required else ""
        return f"{need}the cell holds nothing but blanks", "fill the cell, or empty it"
    if control := _UNWRITABLE.search(text):
        character = f"U+{ord(control.group()):04X}"
        rule = f"it holds the character {character}, which no table may hold"
        return rule, "remove it; only tab and line feed may stand"
    return None


def _wrong_length(limits: Constraints, text: str) -> Fault | None:
    if len(text) > limits.maxLength:
        return f"it is longer than {limits.maxLength} characters", "shorten it"
    if len(text) < limits.minLength:
        return f"it is shorter than {limits.minLength} characters", "lengthen it"
    return None


def _wrong_form(field: Column, text: str) -> Fault | None:
    limits = field.constraints
    invisible = "" if signs.is_prose(field) else signs.unseen(text)
    misspelling = (
        (invisible, f"write it as “{shorten(signs.one_line(text))}”") if invisible else None
    )
    if misspelling and limits.pattern is None:
        return signs.spoilt_rule(text) or misspelling
    if field.type != "string":
        return _no_number(field, text) or _out_of_range(limits, text)
    if limits.enum is not None and text not in limits.enum:
        return "it is not an allowed value", f"use one of: {', '.join(limits.enum)}"
    if limits.pattern is not None and not re.fullmatch(limits.pattern, text, re.ASCII):
        form = FORMS.get(limits.pattern, f"the pattern {limits.pattern}")
        why = f"{invisible}: " if invisible else ""
        return f"{why}it does not have the form of {form}", "write it in that form"
    return misspelling


def _no_number(field: Column, text: str) -> Fault | None:
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return "it has a comma", "write decimals with a point (0.5), and thousands without a sign"
    if not _NUMBER[field.type].fullmatch(text):
        whole = "a whole" if field.type == "integer" else "a"
        return f"it is not {whole} number", _HOW[field.type]
    most = MOST_DIGITS[field.type]
    mantissa, _, exponent = text.lower().partition("e")
    if sum(map(str.isdigit, mantissa)) > most or abs(int(exponent or 0)) > most:
        size = "" if field.type == "integer" else f", or an exponent beyond {most}"
        return f"it has more than {most} digits{size}", "round the number"
    return None


def _out_of_range(limits: Constraints, text: str) -> Fault | None:
    if limits.minimum is not None and Fraction(text) < limits.minimum:
        return f"it is below {limits.minimum:g}", "correct the number"
    if limits.maximum is not None and Fraction(text) > limits.maximum:
        return f"it is above {limits.maximum:g}", "correct the number"
    return None


def is_address(text: str) -> bool:
    """Return whether a text is an address: of the web, or of another kind (``doi:10.1000/1``)."""
    return bool(_ADDRESS.fullmatch(text))


def is_on_the_web(text: str) -> bool:
    """Return whether a text is an address from which a document can be fetched."""
    return bool(_ON_THE_WEB.fullmatch(text))
