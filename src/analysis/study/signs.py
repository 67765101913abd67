"""Signs that nobody sees, and letters that a program has spoilt: one rule for tables and workbooks.

What tells rows apart (ids, names, coders, regions, codes) must be the same text wherever it looks
the same. Validation refuses what intake would tidy.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from analysis.problems import WARNING, Problem, shorten
from analysis.study.descriptor import FILE, Column, Descriptor, Table

PROSE = {
    "asks",
    "assessment",
    "event",
    "meaning",
    "note",
    "question",
    "queries",
    "rationale",
    "reason",
    "replaced_why",
    "rule",
    "says",
    "settled_why",
    "states",
    "text",
    "title",
    "url",
    "what_it_counts",
}
"""Columns of free text: blanks at their ends, and signs that nobody sees, do no harm there.

No column is among them whose text is a key or a heading.
"""

SENTENCES = {"description", "coders", "contact", "about", "request", "refusal", "cost", "time"}
"""Settings of free text, likewise."""

_WIDE_BLANKS = re.compile("[\u00a0\u2007\u202f]")
_PLAIN_BLANKS = " \t\n\r\f\v"
# Joiners belong to the spelling of words in Arabic and Indic scripts, and nowhere else.
_JOINED = (
    "[\u0600-\u061b\u061d-\u109f\u1780-\u17b3\u17b6-\u180a\u1810-\u18af\ua840-\uabff\ufb50-\ufdff]"
)
# Mongolian letters have several forms, and a sign after one says which.
_MONGOLIAN = "[\u1820-\u18aa]"
# The sign first: a search then passes quickly over all other text.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    rf"(?!(?<={_JOINED}[\u200c\u200d]){_JOINED})(?<!{_MONGOLIAN}[\u180b-\u180d\u180f])"
)
"""Signs that show nothing: joiners, soft hyphens, fillers, the marks of a script's direction, and
those that choose a form of the sign before them."""


def is_prose(field: Column) -> bool:
    """Return whether a column holds free text, in which blanks at the ends do no harm."""
    return field.name in PROSE


def one_line(text: str) -> str:
    """Return a short text as it is to stand: one line, no sign unseen, one spelling of accents."""
    text = _UNSEEN.sub("", text)
    parts = re.split(f"[{_PLAIN_BLANKS}]+", text) if _blank_is_half_a_letter(text) else text.split()
    return unicodedata.normalize("NFC", " ".join(filter(None, parts)))


def prose(text: str) -> str:
    """Return a free text without blanks at its ends; of signs that nobody sees alone: none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _blank_is_half_a_letter(text):
        return text.strip(_PLAIN_BLANKS)
    return _WIDE_BLANKS.sub(" ", text).strip() if shows_something(text) else ""


def _blank_is_half_a_letter(text: str) -> bool:
    """Return whether a blank may be the rest of a letter that a program has spoilt: à, say."""
    return bool(_WIDE_BLANKS.search(text)) and spoilt(text) is not None


def shows_something(text: str) -> bool:
    """Return whether a text holds anything that a reader can see."""
    return bool(_UNSEEN.sub("", text).strip())


@lru_cache(maxsize=1024)  # ids and names come again and again
def unseen(text: str) -> str:
    """Say what of a short text a reader does not see; empty: nothing."""
    if match := _UNSEEN.search(text):
        return f"it holds the sign {_named(match[0])}, which nobody sees"
    if text != text.strip():
        end, sign = ("end", text[-1]) if text != text.rstrip() else ("beginning", text[0])
        return f"it has a blank at its {end} ({_named(sign)})"
    if text != " ".join(text.split()):
        wide = next((blank for blank in re.findall(r"\s", text) if blank != " "), "")
        what = f"the blank {_named(wide)}" if wide else "two blanks, one after the other"
        return f"it holds {what}"
    if text != unicodedata.normalize("NFC", text):
        return "an accent stands in it as a sign of its own, and not with its letter"
    return ""


def _named(sign: str) -> str:
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X}{', ' + name if name else ''}"


def unseen_in_settings(descriptor: Descriptor) -> Iterator[Problem]:
    """Yield a problem for each short text of a descriptor that holds what a reader does not see."""
    for place, text in descriptor.texts():
        names = set(re.split(r"[.\[]", place))
        hidden = "" if names & SENTENCES else unseen(text)
        if hidden:
            rule, remedy = spoilt_rule(text) or (hidden, f"write it as “{shorten(one_line(text))}”")
            yield Problem(FILE, None, place, shorten(text), rule, remedy)


# --- letters that a program has spoilt ----------------------------------------------------------

_ERRORS = re.compile(
    r"#(?:NAME\?|REF!|VALUE!|DIV/0!|N/A|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|BLOCKED!)"
    r"|(?<!\w)Err:5\d\d(?!\w)"
)
_WHOLE_CELL = re.compile(
    r"\s*(?:#{3,}|#(?:NV|WERT!|BEZUG!|ZAHL!|ÜBERLAUF!|NOM\?|VALEUR!|NOMBRE!|NUL!|VALOR!))\s*"
)
"""Columns too narrow for a value, and errors of spreadsheets in other languages."""
_LATIN = "À-ÿœŒŸŵŴŷŶšŠžŽāēīōūĀĒĪŌŪąćęłńśźżĄĆĘŁŃŚŹŻčďěňřťůČĎĚŇŘŤŮğĞşŞıİőűŐŰẁ-ẅỲỳ"
_MEANT = re.compile(
    f"[{_LATIN}\u00a0-\u00bf\u2010-\u2026\u2030\u2039\u203a\u20ac\u2122\u2190-\u22ff\ufeff\uff01-\uff5e]"
)
"""What is meant by spoilt letters, most often: letters of Latin scripts, quotation marks, signs."""


def _spoilt_by(encoding: str) -> tuple[re.Pattern, dict[str, int]]:
    """Return the pattern of letters that an encoding has spoilt, and the byte behind each sign."""
    # A byte for which the encoding has no sign is shown by that of Latin-1.
    shown = {
        byte: bytes([byte]).decode(encoding, errors="ignore") or chr(byte)
        for byte in range(128, 256)
    }

    def group(first: int, last: int) -> str:
        return "[" + "".join(re.escape(shown[byte]) for byte in range(first, last + 1)) + "]"

    more = group(0x80, 0xBF)
    pattern = (
        rf"{group(0xC2, 0xDF)}{more}|{group(0xE0, 0xEF)}{more}{{2}}|{group(0xF0, 0xF4)}{more}{{3}}"
    )
    return re.compile(pattern), {sign: byte for byte, sign in shown.items()}


_SPOILT = [_spoilt_by(encoding) for encoding in ("cp1252", "mac_roman", "cp850", "cp437")]
_QUOTES = "“”‘’„‚«»‹›"
_AFTER_A_WORD = _QUOTES + "\u00a0…–—™®©°¹²³ªº·¡¿"
_LOST = re.compile("\ufffd|ï¿½|â€|‚Ä")


def spoilt(text: str) -> tuple[str, str] | None:
    """Return the first letters that a program has spoilt, and what they were; or ``None``.

    UTF-8 read as another encoding shows two or three signs for each letter. Right words can
    end in such a pair only where a capital stands before a quotation mark.
    """
    if text.isascii():
        return None
    for pattern, byte in _SPOILT:
        run, end = "", -1
        for match in pattern.finditer(text):
            try:
                meant = bytes(byte[sign] for sign in match[0]).decode("utf-8")
            except UnicodeDecodeError:
                continue
            before, after = text[: match.start()][-1:], text[match.end() :][:1]
            run = (run if match.start() == end else "") + meant
            end = match.end()
            if _MEANT.fullmatch(meant) or len(meant.encode()) == 4:
                last = match[0][1] if len(match[0]) == 2 else ""
                quoted = last in _QUOTES and not (before.islower() or after.isalpha())
                shouted = last in _AFTER_A_WORD and before.isupper() and not after.islower()
                if not last or not (quoted or shouted):
                    return match[0], meant
            elif len(run) > 1 and run.isalpha():
                return text[: match.end()][-2 * len(run) :], run
    match = _LOST.search(text)
    return (match[0], "") if match else None


def spoilt_cells(
    tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Yield a warning for each cell in which a spreadsheet has spoilt letters or left an error."""
    for name, frame in frames.items():
        for column in frame.columns:
            texts: Any = frame[column]
            rules = {text: rule for text in texts.unique() if (rule := spoilt_rule(text))}
            for row, text in texts[texts.isin([*rules])].items():
                rule, remedy = rules[text]
                where = tables[name].path, int(row) + 2, column
                yield Problem(*where, shorten(text), rule, remedy, WARNING, of_kind="spoilt")


def spoilt_settings(descriptor: Descriptor) -> Iterator[Problem]:
    """Yield a warning for each text of a descriptor that holds spoilt letters or an error."""
    for place, text in descriptor.texts():
        if fault := spoilt_rule(text):
            yield Problem(FILE, None, place, shorten(text), *fault, WARNING, of_kind="spoilt")


def spoilt_rule(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text that a program has spoilt, and the remedy; or ``None``."""
    if error := _ERRORS.search(text) or _WHOLE_CELL.fullmatch(text):
        rule = f"“{shorten(error[0].strip(), 12)}” is what a spreadsheet shows in place of a value"
        return rule, "put the value back"
    if mistake := spoilt(text):
        shown, meant = mistake
        guess = f", perhaps {meant}" if meant.strip() and meant.isprintable() else ""
        rule = f"“{shown}” stands where another sign was meant{guess}: a program has spoilt letters"
        return rule, "put the letters back; have the program read the file as UTF-8"
    return None
