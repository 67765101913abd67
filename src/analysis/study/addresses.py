"""Say what is an address, and where a study has something else in its place."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.problems import WARNING, Problem
from analysis.study.descriptor import Table
from analysis.study.schema import Breach, row_problems

_NO_DOCUMENT = r"(?:mailto|file|javascript|vbscript|data|blob|about|tel|sms|callto|skype|cid):"
_ADDRESS = re.compile(
    rf"https?://[^\s/]\S*|(?!https?:|{_NO_DOCUMENT})[A-Za-z][A-Za-z0-9+.-]+:\S+", re.IGNORECASE
)
"""A single letter before the colon is a drive; and a mail or a file of one's own is no document."""
_ON_THE_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
NO_ADDRESS = "it is not an address: one begins with https://, http:// or another kind (such as doi:), then goes on without a blank. It leads to a document that others can find; mailto:, file: and the like do not"
WHOLE = "write it whole, such as https://example.org/page; leave it empty if there is none"


def is_address(text: str) -> bool:
    """Return whether a text is an address: of the web, or of another kind (``doi:10.1000/1``)."""
    return bool(_ADDRESS.fullmatch(text))


def is_on_the_web(text: str) -> bool:
    """Return whether a text is an address from which a document can be fetched."""
    return bool(_ON_THE_WEB.fullmatch(text))


def address_warnings(
    tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Yield a warning for each source whose address is none.

    Args:
        tables: the descriptor's tables.
        frames: those that could be read.
    """
    if "sources" in frames:
        sources = frames["sources"]
        where = ~sources["url"].map(lambda text: text == "" or is_address(str(text)))
        breach = Breach("url", NO_ADDRESS, WHOLE, WARNING)
        yield from row_problems(tables["sources"], sources, where.to_numpy(dtype=bool), breach)
