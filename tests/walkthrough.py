"""The walkthrough of docs/fieldwork.md: people code, settle and reply, on an invented study.

The end-to-end test goes through it step by step; tests/fieldwork_pictures.py draws its workbooks.

Everyone works through LibreOffice and the command line alone. Places on a sheet are found as a
person finds them: by the row that is named in the first column, and by the heading.
"""

import functools
import shutil
from collections.abc import Iterable
from pathlib import Path
from subprocess import CompletedProcess

import openpyxl
from helpers import edit_descriptor, read_rows, run, write_rows
from office import Office
from openpyxl.utils import get_column_letter

HERE = Path(__file__).parent
FEWEST_EVIDENCE = {"V01", "V05", "V11"}
"""With the searches of the others, every library has been looked for once."""

# Criterion, level, date as somebody types it, confidence.
OF_ONE = [
    ("hours-published", "points_2", "20/5/2021", "high"),
    ("evening", "points_4", "20 May 2021", "high"),
    ("weekend", "points_2", "2021", "medium"),
    ("holiday", "points_1", "2022-02-03", "medium"),
    ("step-free", "yes", "20/5/2021", "high"),
    ("lighting", "Points 3", "June 2022", "medium"),
    ("return-box", "points_4", "Apr 2021", "medium"),
    ("late-fees", "points_1", "2021-03-01", "high"),
    ("window", "points_0", "2021-07-07", "medium"),
    ("reading-group", "points_2", "2021", "medium"),
]
OF_TWO = [
    ("hours-published", "points_3"),
    ("evening", "points_4"),
    ("weekend", "points_1"),
    ("holiday", "points_4"),
    ("step-free", "yes"),
    ("lighting", "points_3"),
    ("return-box", "points_2"),
    ("late-fees", "points_2"),
    ("window", "points_0"),
    ("reading-group", "points_1"),
]
CONTESTED = "late-fees"
# A second date of a cell that is coded above: typed into an empty row at the end.
EARLIER = ["", "Made-up Library One", "Evening hours", "points_1", "Oct 2020", "", ""]
EARLIER += ["4 March 2024", "medium", "V01", "", "", "", "Then open on one evening a week."]


def begin(folder: Path) -> Path:
    """Return an invented study of six libraries in which nobody has coded anything yet."""
    study = Path(shutil.copytree(HERE / "studies/library-hours", folder / "study"))
    for table in (
        *("codings", "codings_history", "assessments", "assessments_history", "set_aside"),
        *("requests", "replies", "published_totals"),
    ):
        write_rows(study, table, read_rows(study, table)[:1])
    header, *rows = read_rows(study, "evidence")
    write_rows(study, "evidence", [header, *(one for one in rows if one[0] in FEWEST_EVIDENCE)])
    edit_descriptor(study, _let_codings_be_empty)
    return study


def _let_codings_be_empty(descriptor: dict) -> None:
    """As in a study that ``policygap new`` writes; this one was first made with codings."""
    for table in descriptor["resources"]:
        if table["name"] in ("codings", "assessments"):
            table["minimumRows"] = 0


class Walk:
    """One way through the walkthrough; each step returns what the command line answered.

    Attributes:
        folder: where the workbooks lie.
        study: the study's folder.
        said: all that the command line said so far.
    """

    def __init__(self, folder: Path, office: Office):
        self.folder, self.office = folder, office
        self.study = begin(folder)
        self.said = ""

    def command(self, *arguments: object) -> CompletedProcess:
        """Type a command, as a person does who stands in the folder of the workbooks."""
        answer = run(*arguments, "study", cwd=self.folder)
        self.said += answer.stdout + answer.stderr
        return answer

    def fill(self, name: str, operations: Iterable[tuple], onto: str) -> None:
        """Open a workbook, type into it, and save it under another name."""
        self.office.fill(self.folder / name, operations, self.folder / onto)

    def place(self, name: str, tab: str, row: str, heading: str) -> str:
        """Return a cell, found by its row's first column and by how its heading begins."""
        headings, firsts = _labels(self.folder / name, tab)
        heads = [one.startswith(heading) for one in headings]
        rows = [one == row or one.startswith(f"{row}/") for one in firsts]
        assert heads.count(True) == rows.count(True) == 1, (tab, row, heading)
        return f"{get_column_letter(heads.index(True) + 1)}{rows.index(True) + 1}"

    def typing(self, name: str, tab: str, row: str, texts: dict[str, str]) -> list[tuple]:
        """Return the typing of texts, by the beginnings of their headings, into one row."""
        return [
            ("typed", tab, self.place(name, tab, row, heading), text)
            for heading, text in texts.items()
        ]

    def whole(self) -> None:
        """Go the whole way, up to the assessment that follows from the reply."""
        self.first_workbook()
        self.first_coder_fills()
        self.first_coder_mends()
        self.command("intake", "coder-one-mended.xlsx")
        self.second_workbook()
        self.second_coder_fills()
        self.command("intake", "coder-two-back.xlsx")
        self.adjudication_workbook()
        self.third_reader_settles()
        self.command("intake", "settling-back.xlsx")
        self.reply_form()
        self.library_replies()
        self.reply_is_entered()
        self.command("intake", "reply-entered.xlsx")
        self.adjudication_workbook("settling-again.xlsx")
        self.reply_is_followed()
        self.command("intake", "settling-again-back.xlsx")

    # --- one coder, then another ---------------------------------------------------------------

    def first_workbook(self) -> CompletedProcess:
        return self.command("workbook", "--coder", "Coder One", "--out", "coder-one.xlsx")

    def first_coder_fills(self) -> None:
        """Fill the first workbook, with two slips: a doubtful date, and evidence nobody holds."""
        blank = "coder-one.xlsx"
        operations = [
            *self._codings(blank, "library-one", OF_ONE, "V01"),
            *self._codings(blank, "library-two", _dated("5 May 2022"), "coder-one-e1"),
        ]
        slips = self.typing(
            blank, "Coding", "library-one/evening", {"Date": "3/12/2021", "Evidence 1": "V99"}
        )
        operations += [*slips, ("append", "Coding", EARLIER)]
        operations += self.typing(
            blank,
            "New sources",
            "coder-one-s1",
            {
                "Publisher": "Made-up Library Two",
                "Title": "When we are open",
                "Published": "5 May 2022",
                "Kind": "page",
                "Address": "https://example.org/two/open",
                "How much": "whole",
                "Read": "4 March 2024",
            },
        )
        operations += self.typing(
            blank,
            "New evidence",
            "coder-one-e1",
            {
                "Library": "Made-up Library Two",
                "Source": "coder-one-s1",
                "Published": "5 May 2022",
                "What": "Gives its hours, its lighting, and fees that are halved.",
                "How much": "whole",
            },
        )
        search = ["Made-up Library Four", "4 March 2024", "a made-up shelf of cuttings"]
        search += ["library four hours|four fees", "", "evening;weekend;late-fees"]
        operations.append(("append", "New searches", search))
        self.fill(blank, operations, "coder-one-back.xlsx")

    def first_coder_mends(self) -> None:
        back = "coder-one-back.xlsx"
        mended = self.typing(
            back, "Coding", "library-one/evening", {"Date": "20 May 2021", "Evidence 1": "V01"}
        )
        self.fill(back, mended, "coder-one-mended.xlsx")

    def second_workbook(self) -> CompletedProcess:
        return self.command("workbook", "--coder", "Coder Two", "--out", "coder-two.xlsx")

    def second_coder_fills(self) -> None:
        """Fill the second workbook: all as the first, but for one cell."""
        blank = "coder-two.xlsx"
        contested = {CONTESTED: "points_3"}
        two = _dated("2022-05-05")
        two = [(name, contested.get(name, level), *rest) for name, level, *rest in two]
        operations = [
            *self._codings(blank, "library-one", OF_ONE, "V01"),
            *self._codings(blank, "library-two", two, "coder-one-e1"),
            ("append", "Coding", EARLIER),
        ]
        self.fill(blank, operations, "coder-two-back.xlsx")

    def _codings(self, name: str, unit: str, codings: list[tuple], evidence: str) -> list[tuple]:
        operations = []
        for criterion, level, date, confidence in codings:
            operations += self.typing(
                name,
                "Coding",
                f"{unit}/{criterion}",
                {
                    "Level": level,
                    "Date": date,
                    "Read on": "4 March 2024",
                    "Confidence": confidence,
                    "Evidence 1": evidence,
                    "Why": f"It says so under “{criterion.replace('-', ' ')}”.",
                },
            )
        return operations

    # --- the two settled, and the reply ----------------------------------------------------------

    def adjudication_workbook(self, name: str = "settling.xlsx") -> CompletedProcess:
        return self.command("settle", "--out", name)

    def third_reader_settles(self) -> None:
        blank = "settling.xlsx"
        operations = self.typing(
            blank,
            "Settling",
            f"library-two/{CONTESTED}",
            {
                "Level": "points_2",
                "Date": "5 May 2022",
                "Read on": "6 March 2024",
                "Confidence": "medium",
                "Evidence 1": "coder-one-e1",
                "Why, in": "The page says that the fees are halved.",
                "Settled by": "Third Reader",
                "Why, unless": "Half is what the page says; “most” is read into it.",
            },
        )
        self.fill(blank, operations, "settling-back.xlsx")

    def reply_form(self) -> CompletedProcess:
        return self.command("reply-form", "--unit", "Library Two", "--out", "reply.xlsx")

    def library_replies(self) -> None:
        blank = "reply.xlsx"
        answer = self.typing(
            blank,
            "Your reply",
            f"library-two/{CONTESTED}",
            {
                "Anything else": "We have charged no late fees at all since April 2022.",
                "Document": "Notice on fees, 1 April 2022, https://example.org/two/fees",
            },
        )
        self.fill(blank, answer, "reply-back.xlsx")

    def reply_is_entered(self) -> None:
        """Enter the library's answer in the ledger, with the document that it brings."""
        back, tab = "reply-back.xlsx", "Ledger of replies"
        operations = [
            *(("show sheet", name) for name in (tab, "New sources", "New evidence")),
            *self.typing(
                back,
                tab,
                "library-two-r1",
                {
                    "Received": "15 March 2024",
                    "Criterion": "Late fees",
                    "What it says": "It has charged no late fees since April 2022.",
                    "Evidence 1": "library-two-e1",
                    "Decision": "accepted",
                    "Why": "The notice says so.",
                    "What followed": "The level was raised from half to all of it.",
                },
            ),
            *self.typing(
                back,
                "New sources",
                "library-two-s1",
                {
                    "Publisher": "Made-up Library Two",
                    "Title": "Notice on fees",
                    "Published": "2022-04-01",
                    "Kind": "notice",
                    "Address": "https://example.org/two/fees",
                    "How much": "whole",
                    "Read": "16 March 2024",
                },
            ),
            *self.typing(
                back,
                "New evidence",
                "library-two-e1",
                {
                    "Library": "Made-up Library Two",
                    "Source": "library-two-s1",
                    "Published": "2022-04-01",
                    "What": "No late fees are charged any more.",
                    "How much": "whole",
                },
            ),
        ]
        self.fill(back, operations, "reply-entered.xlsx")

    def reply_is_followed(self) -> None:
        """Settle the cell anew, and name the reply that it follows from."""
        blank = "settling-again.xlsx"
        operations = self.typing(
            blank,
            "Settling",
            f"library-two/{CONTESTED}",
            {
                "Level": "points_4",
                "Date": "2022-04-01",
                "Read on": "16 March 2024",
                "Confidence": "high",
                "Evidence 1": "library-two-e1",
                "Why, in": "The notice says that no late fees are charged.",
                "Settled by": "library-two-r1",
                "Why, unless": "Its reply was accepted: the page of May was out of date.",
            },
        )
        self.fill(blank, operations, "settling-again-back.xlsx")


@functools.cache
def _labels(path: Path, tab: str) -> tuple[list[str], list[str]]:
    """Return the headings of a sheet, and its first column; no workbook is written twice."""
    sheet = openpyxl.load_workbook(path)[tab]
    return [str(one.value) for one in sheet[2]], [str(one.value) for one in sheet["A"]]


def _dated(date: str) -> list[tuple]:
    return [(name, level, date, "medium") for name, level in OF_TWO]
