"""Invisible characters, and garbled letters (mojibake): one rule for tables and workbooks.

Texts that identify rows (ids, names, coders, regions, codes) must be equal wherever they look
equal. Validation refuses what intake would normalise.
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
"""Columns of free text, where spaces at the ends and invisible characters do no harm.

They include no column whose text is a key or a heading.
"""

SENTENCES = {"description", "coders", "contact", "about", "request", "refusal", "cost", "time"}
"""Settings of free text, for which the same holds."""

_WIDE_BLANKS = re.compile("[\u00a0\u2007\u202f]")
_PLAIN_BLANKS = " \t\n\r\f\v"
# Joiners belong to the spelling of words in Arabic and Indic scripts, and nowhere else.
_JOINED = (
    "[\u0600-\u061b\u061d-\u109f\u1780-\u17b3\u17b6-\u180a\u1810-\u18af\ua840-\uabff\ufb50-\ufdff]"
)
# Mongolian letters have several forms; a character after a letter selects one.
_MONGOLIAN = "[\u1820-\u18aa]"
# The invisible character comes first in the pattern, so that a search skips other text quickly.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    rf"(?!(?<={_JOINED}[\u200c\u200d]){_JOINED})(?<!{_MONGOLIAN}[\u180b-\u180d\u180f])"
)
"""Invisible characters: joiners, soft hyphens, fillers, marks of a script's direction, and
selectors of a form of the character before them."""


def is_prose(field: Column) -> bool:
    """Return whether a column holds free text, in which spaces at the ends do no harm."""
    return field.name in PROSE


def one_line(text: str) -> str:
    """Normalise a short text: one line, no invisible characters, accents composed (NFC)."""
    text = _UNSEEN.sub("", text)
    parts = re.split(f"[{_PLAIN_BLANKS}]+", text) if _space_is_half_a_letter(text) else text.split()
    return unicodedata.normalize("NFC", " ".join(filter(None, parts)))


def prose(text: str) -> str:
    """Strip a free text; if it has only invisible characters, return an empty text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _space_is_half_a_letter(text):
        return text.strip(_PLAIN_BLANKS)
    return _WIDE_BLANKS.sub(" ", text).strip() if shows_something(text) else ""


def _space_is_half_a_letter(text: str) -> bool:
    """Return whether a no-break space may be half of a garbled letter, such as à."""
    return bool(_WIDE_BLANKS.search(text)) and spoilt(text) is not None


def shows_something(text: str) -> bool:
    """Return whether a text holds any visible character."""
    return bool(_UNSEEN.sub("", text).strip())


@lru_cache(maxsize=1024)  # ids and names repeat
def unseen(text: str) -> str:
    """Describe the first invisible flaw of a short text; empty: there is none."""
    if match := _UNSEEN.search(text):
        return f"it holds the sign {_code_and_name(match[0])}, which nobody sees"
    if text != text.strip():
        end, sign = ("end", text[-1]) if text != text.rstrip() else ("beginning", text[0])
        return f"it has a blank at its {end} ({_code_and_name(sign)})"
    if text != " ".join(text.split()):
        wide = next((blank for blank in re.findall(r"\s", text) if blank != " "), "")
        what = f"the blank {_code_and_name(wide)}" if wide else "two blanks, one after the other"
        return f"it holds {what}"
    if text != unicodedata.normalize("NFC", text):
        return "an accent stands in it as a sign of its own, and not with its letter"
    return ""


def _code_and_name(sign: str) -> str:
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X}{', ' + name if name else ''}"


def unseen_in_settings(descriptor: Descriptor) -> Iterator[Problem]:
    """Yield a problem for each short text of a descriptor that has an invisible flaw."""
    for place, text in descriptor.texts():
        names = set(re.split(r"[.\[]", place))
        hidden = "" if names & SENTENCES else unseen(text)
        if hidden:
            rule, remedy = spoilt_rule(text) or (hidden, f"write it as “{shorten(one_line(text))}”")
            yield Problem(FILE, None, place, shorten(text), rule, remedy)


# --- garbled letters ----------------------------------------------------------------------------

_ERRORS = re.compile(
    r"#(?:NAME\?|REF!|VALUE!|DIV/0!|N/A|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|BLOCKED!)"
    r"|(?<!\w)Err:5\d\d(?!\w)"
)
_WHOLE_CELL = re.compile(
    r"\s*(?:#{3,}|#(?:NV|WERT!|BEZUG!|ZAHL!|ÜBERLAUF!|NOM\?|VALEUR!|NOMBRE!|NUL!|VALOR!))\s*"
)
"""What spreadsheets show for too narrow a column, and for errors in other languages."""
_LATIN = "À-ÿœŒŸŵŴŷŶšŠžŽāēīōūĀĒĪŌŪąćęłńśźżĄĆĘŁŃŚŹŻčďěňřťůČĎĚŇŘŤŮğĞşŞıİőűŐŰẁ-ẅỲỳ"
_MEANT = re.compile(
    f"[{_LATIN}\u00a0-\u00bf\u2010-\u2026\u2030\u2039\u203a\u20ac\u2122\u2190-\u22ff\ufeff\uff01-\uff5e]"
)
"""What garbled letters most often stood for: Latin letters, quotation marks, symbols."""


def _misread_in(encoding: str) -> tuple[re.Pattern, dict[str, int]]:
    """Return the pattern of UTF-8 misread in an encoding, and the byte behind each character."""
    # A byte that the encoding does not define is shown as its Latin-1 character.
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


_SPOILT = [_misread_in(encoding) for encoding in ("cp1252", "mac_roman", "cp850", "cp437")]
_QUOTES = "“”‘’„‚«»‹›"
_AFTER_A_WORD = _QUOTES + "\u00a0…–—™®©°¹²³ªº·¡¿"
_LOST = re.compile("\ufffd|ï¿½|â€|‚Ä")


def spoilt(text: str) -> tuple[str, str] | None:
    """Return the first garbled letters, and what they stood for; or ``None``.

    UTF-8 misread in another encoding shows two to four characters for each letter. In correct text
    such a pair can occur only as a capital before a quotation mark or the like.
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
    """Yield a warning for each cell with garbled letters or a spreadsheet's error."""
    for name, frame in frames.items():
        for column in frame.columns:
            texts: Any = frame[column]
            rules = {text: rule for text in texts.unique() if (rule := spoilt_rule(text))}
            for row, text in texts[texts.isin([*rules])].items():
                rule, remedy = rules[text]
                where = tables[name].path, int(row) + 2, column
                yield Problem(*where, shorten(text), rule, remedy, WARNING, of_kind="spoilt")


def spoilt_settings(descriptor: Descriptor) -> Iterator[Problem]:
    """Yield a warning for each text of a descriptor with garbled letters or an error."""
    for place, text in descriptor.texts():
        if fault := spoilt_rule(text):
            yield Problem(FILE, None, place, shorten(text), *fault, WARNING, of_kind="spoilt")


def spoilt_rule(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a garbled text, and the remedy; or ``None``."""
    if error := _ERRORS.search(text) or _WHOLE_CELL.fullmatch(text):
        rule = f"“{shorten(error[0].strip(), 12)}” is what a spreadsheet shows in place of a value"
        return rule, "put the value back"
    if mistake := spoilt(text):
        shown, meant = mistake
        guess = f", perhaps {meant}" if meant.strip() and meant.isprintable() else ""
        rule = f"“{shown}” stands where another sign was meant{guess}: a program has spoilt letters"
        return rule, "put the letters back; have the program read the file as UTF-8"
    return None
