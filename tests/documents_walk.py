"""The way through docs/working-with-documents.md: its commands, and what people do between them.

Every command is run as it is printed, in the folder of the papers and workbooks, on a made study of
six libraries. In place of ``https://example.org`` a web server on this machine answers. The days are
given: the tool is told what day it is.
"""

import contextlib
import datetime as dt
import importlib
import io
import re
import shlex
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from filled import Filled
from helpers import edit_cell, edit_descriptor, find_row
from local_site import served
from walkthrough import begin

from analysis.cli import main
from analysis.documents import fetch

PAGE = Path(__file__).parents[1] / "docs/working-with-documents.md"
BLOCK = re.compile(r"^ *```(sh|text)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LATE = "library-two/late-fees"
QUOTED = "Staff charge no late fee on a book that comes back within four weeks."
WEEKS = "four weeks"
CHARGES = """#set document(title: "Loans and charges", date: datetime(year: 2022, month: 4, day: 1))
= Loans and charges
Made-up Library Two. This paper is for staff at the desk.

Cards are issued to anyone who asks.
#pagebreak()
= When a book comes back late
Staff charge no late fee on a book that comes back within four weeks. After that the fee is half of
what it was before March 2021. Nobody is sent away because of a fee.
"""
ANSWER = """#set document(title: "Our answer to you", date: datetime(year: 2024, month: 3, day: 20))
Made-up Library Three. The library has been open on two evenings a week since May 2021.
"""
LAW = {
    "name": "Made-up Act on Records",
    "addressee": "records manager",
    "request": "Please treat this as a request under the Made-up Act on Records.",
    "time": "The Act asks you to answer within 20 days.",
    "days": 20,
    "count": "calendar",
}
_TELL_THE_DAY = (
    *("commands.fieldwork", "documents.collect", "documents.recheck", "fieldwork.coding_workbook"),
    *("fieldwork.changeset", "fieldwork.collecting", "fieldwork.intake", "fieldwork.rechecking"),
)


@contextlib.contextmanager
def surroundings(pages: dict) -> Iterator[pytest.MonkeyPatch]:
    """Answer for ``https://example.org`` with pages of this machine, while it lasts."""
    with served(pages) as address, pytest.MonkeyPatch.context() as patch:
        port = int(address.rpartition(":")[2])

        def handle(self, request):
            assert request.url.host == "example.org"
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
            return self._inner.handle_request(request)

        patch.setattr(fetch._CheckedTransport, "handle_request", handle)
        patch.setattr(fetch, "PAUSE", 0)
        yield patch


class DocumentsWalk:
    """One way through the page.

    Attributes:
        folder: where the papers, the workbooks and the study are.
        pages: what the web server gives.
    """

    def __init__(self, folder: Path, pages: dict, patch: pytest.MonkeyPatch):
        """Lay out the study and the papers that the researcher has downloaded."""
        self.folder, self.pages, self._patch = folder, pages, patch
        study = begin(folder)
        for criterion, terms in (("late-fees", "late | fee"), ("evening", "evening")):
            row = find_row(study, "criteria", criterion_id=criterion)
            edit_cell(study, "criteria", row, "search_terms", terms)
        row = find_row(study, "units", unit_id="library-three")
        edit_cell(study, "units", row, "whatdotheyknow_name", "made_up_library_three")
        edit_descriptor(study, lambda held: held["study"]["requests"].update(laws=[LAW]))
        papers = folder / "papers"
        papers.mkdir()
        (papers / "charges.pdf").write_bytes(typst.compile(CHARGES.encode()))
        (papers / "notes.rtf").write_bytes(rb"{\rtf1 made up}")
        (folder / "answer.pdf").write_bytes(typst.compile(ANSWER.encode()))
        self._publish(CHARGES)

    def steps(self) -> Iterator[tuple[str, int, str, str]]:
        """Run each command of the page.

        Yields:
            The command, its status, what it answered, and what the page says that it answers.
        """
        command = ""
        blocks = BLOCK.findall(PAGE.read_text("utf-8"))
        for number, (kind, text) in enumerate(blocks):
            if kind != "sh":
                continue
            after = [*blocks, ("", "")][number + 1]
            lines = [line.strip() for line in text.splitlines()]
            for command in lines:
                printed = after[1] if after[0] == "text" and command == lines[-1] else ""
                self._between(command)
                yield command, *self._run(command), printed

    def _run(self, command: str) -> tuple[int, str]:
        said = io.StringIO()
        _, *arguments = shlex.split(command)
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            status = main(arguments)
        return status, said.getvalue()

    def _between(self, command: str) -> None:
        """Do what a person has done before a command, and let the days pass."""
        acts = {
            "papers": lambda: self._today(2024, 3, 4),
            "coder-one-back.xlsx": lambda: self._pick("three weeks"),
            "coder-one-mended.xlsx": lambda: self._pick(WEEKS),
            "settling-back.xlsx": lambda: self._settle("settling", "points_2", "2022-04"),
            "validate": self._describe_the_source,
            "tracker-sent.xlsx": self._send,
            "answer.pdf": lambda: self._today(2024, 3, 21),
            "recheck": self._change_the_page,
            "again-back.xlsx": self._read_again,
            "settling-again-back.xlsx": lambda: self._settle(
                "settling-again", "points_3", "2024-05"
            ),
        }
        for word in shlex.split(command):
            acts.pop(word, lambda: None)()

    def _today(self, *day: int) -> None:
        class Day(dt.date):
            @classmethod
            def today(cls) -> "Day":
                return cls(*day)

        told = types.SimpleNamespace(**{**vars(dt), "date": Day})
        for name in _TELL_THE_DAY:
            self._patch.setattr(importlib.import_module(f"analysis.{name}"), "dt", told)

    def _publish(self, paper: str) -> None:
        self.pages["/two/charges.pdf"] = (200, {}, typst.compile(paper.encode()))

    def _opened(self, name: str) -> Filled:
        return Filled((self.folder / name).read_bytes())

    # --- the researcher ------------------------------------------------------------------------

    def _pick(self, weeks: str) -> None:
        """Pick the passage, with a slip in the quotation at first, and code the cell."""
        name = "coder-one-back.xlsx" if weeks != WEEKS else "coder-one-mended.xlsx"
        says = "No late fee within four weeks; after that, half of the earlier fee."
        self._code("coder-one.xlsx", name, QUOTED.replace(WEEKS, weeks), says, "points_2", "D0001")

    def _code(
        self, blank: str, onto: str, quote: str, says: str, level: str, document: str
    ) -> None:
        filled = self._opened(blank)
        passages, new, coding = map(filled.form, ("passages", "evidence", "coding"))
        evidence = new.texts(3)["evidence_id"]
        of_document = f"{LATE}/{document}/2/"
        passages.put(passages.find(of_document), evidence_id=evidence, quote=quote)
        new.put(3, unit_id="Made-up Library Two", states=says, extent_read="whole")
        day = "4 March 2024" if level == "points_2" else "7 May 2024"
        published = "April 2022" if level == "points_2" else "May 2024"
        coding.put(
            coding.find(LATE),
            level=level,
            observed_on=published,
            read_on=day,
            confidence="high",
            rationale="The paper for staff says so under “When a book comes back late”.",
            evidence_1=evidence,
        )
        filled.save(self.folder / onto)

    def _settle(self, name: str, level: str, date: str) -> None:
        filled = self._opened(f"{name}.xlsx")
        form = filled.form("settling")
        row = next(one for one in reversed(form.rows()) if LATE in form.texts(one).get("row", ""))
        evidence = re.findall(r"\[(.*?)\]", form.texts(row)["said_1"])[-1]
        form.put(
            row,
            level=level,
            observed_on=date,
            read_on="2024-05-07" if date == "2024-05" else "2024-03-04",
            confidence="high",
            evidence_1=evidence,
            rationale="The paper for staff says so.",
            settled_by="Third Reader",
            settled_why="One coder has read it, and the words are plain.",
        )
        filled.save(self.folder / f"{name}-back.xlsx")

    def _describe_the_source(self) -> None:
        study = self.folder / "study"
        row = find_row(study, "sources", source_id="D0001")
        for column, text in (
            ("publisher", "Made-up Library Two"),
            ("title", "Loans and charges"),
            ("title_kind", "own"),
            ("extent_read", "whole"),
            ("note", ""),
        ):
            edit_cell(study, "sources", row, column, text)

    # --- the campaigner ------------------------------------------------------------------------

    def _send(self) -> None:
        filled = self._opened("requests/tracker.xlsx")
        form = filled.form("requests")
        for criterion in ("evening", "weekend"):
            row = next(
                one
                for one in form.rows()
                if form.texts(one).get("request_id") == f"library-three-{criterion}"
            )
            form.put(row, sent_on="5 March 2024")
        filled.save(self.folder / "tracker-sent.xlsx")
        self._today(2024, 3, 5)

    # --- the page that has changed ---------------------------------------------------------------

    def _change_the_page(self) -> None:
        self._today(2024, 5, 6)
        self._publish(CHARGES.replace(WEEKS, "six weeks").replace("year: 2022", "year: 2024"))

    def _read_again(self) -> None:
        self._today(2024, 5, 7)
        says = "No late fee within six weeks; after that, half of the earlier fee."
        quote = QUOTED.replace(WEEKS, "six weeks")
        self._code("again.xlsx", "again-back.xlsx", quote, says, "points_3", "D0003")


def walked(folder: Path) -> Iterator[tuple[DocumentsWalk, str, int, str, str]]:
    """Go the whole way, and give the walk after each command."""
    pages: dict = {}
    with surroundings(pages) as patch:
        walk = DocumentsWalk(folder, pages, patch)
        for step in walk.steps():
            yield walk, *step
