"""Keeps one LibreOffice running and works workbooks in it, for tests/office.py.

Run by a Python that has ``uno``, often an older one: nothing but ``uno`` and the standard library.
A line of JSON comes in on the standard input for each workbook: what to open, the operations, and
what to save it as. A line goes out: what the operations answered, or the error. At the end of the
input LibreOffice ends too.
"""

import json
import re
import subprocess
import sys
import time
import uuid
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet import TableFilterField2
from com.sun.star.sheet.CellDeleteMode import COLUMNS as DELETE_COLUMNS
from com.sun.star.sheet.CellDeleteMode import ROWS as DELETE_ROWS
from com.sun.star.sheet.CellInsertMode import COLUMNS as INSERT_COLUMNS
from com.sun.star.sheet.CellInsertMode import ROWS as INSERT_ROWS
from com.sun.star.sheet.FilterOperator2 import EQUAL
from com.sun.star.table import TableSortField
from com.sun.star.uno import RuntimeException

# Numbers, dates, texts and formulas: com.sun.star.sheet.CellFlags.
CONTENT = 1 | 2 | 4 | 16

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "pdf": "calc_pdf_Export"}

# The locale decides what a typed 03/12/2021 is: day first.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>en-GB</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="DefaultLocale"
oor:op="fuse"><value>en-GB</value></prop></item>
</oor:items>
"""


# --- what a person does ------------------------------------------------------------------------


class View:
    """One open workbook as a person has it on the screen."""

    def __init__(self, context, document):
        self.document = document
        self.sheets = document.Sheets
        self.controller = document.CurrentController
        self.helper = context.ServiceManager.createInstance("com.sun.star.frame.DispatchHelper")

    def sheet(self, name):
        if not self.sheets.hasByName(name):
            raise ValueError(f"there is no sheet {name!r}, only {list(self.sheets.ElementNames)}")
        return self.sheets.getByName(name)

    def range(self, sheet, address):
        try:
            return self.sheet(sheet).getCellRangeByName(address)
        except RuntimeException:
            raise ValueError(f"{address!r} is not a cell or range") from None

    def choose(self, command, sheet, address, **arguments):
        """Choose a command of the menus with these cells marked."""
        if not self.sheet(sheet).IsVisible:
            raise ValueError(f"{sheet!r} is hidden: show it first")
        self.controller.setActiveSheet(self.sheet(sheet))
        self.controller.select(self.range(sheet, address))
        self.helper.executeDispatch(
            self.controller.Frame, f".uno:{command}", "", 0, properties(**arguments)
        )


def unlocked(view, sheet, cells):
    """Return cells that a person may change; LibreOffice passes over locked ones in silence."""
    found = view.range(sheet, cells)
    # A range of both kinds has no protection to tell.
    if view.sheet(sheet).isProtected() and getattr(found.CellProtection, "IsLocked", True):
        raise ValueError(f"{cells} is locked")
    return found


def typed(view, sheet, cell, text):
    unlocked(view, sheet, cell)
    view.choose("EnterString", sheet, cell, StringName=text)


def as_text(view, sheet, cell, text):
    unlocked(view, sheet, cell).setString(text)


def number(view, sheet, cell, value):
    unlocked(view, sheet, cell).setValue(value)


def append(view, sheet, texts):
    used = view.sheet(sheet).queryContentCells(CONTENT).RangeAddresses
    row = 1 + max((one.EndRow for one in used), default=-1)
    for column, text in enumerate(texts):
        if text:
            name = view.sheet(sheet).getCellByPosition(column, row).AbsoluteName
            typed(view, sheet, name.rpartition(".")[2].replace("$", ""), text)


def clear(view, sheet, cells):
    unlocked(view, sheet, cells).clearContents(CONTENT)


def paste(view, sheet, cells, onto):
    target = unlocked(view, sheet, onto).CellAddress
    view.sheet(sheet).copyRange(target, view.range(sheet, cells).RangeAddress)


def lines(view, sheet, which):
    """Return whole columns ("C", "C:D") or rows ("3", "3:5"), and whether they are columns."""
    first, _, last = which.partition(":")
    return view.range(sheet, f"{first}:{last or first}"), not first.isdigit()


def insert(view, sheet, where):
    cells, columns = lines(view, sheet, where)
    mode = INSERT_COLUMNS if columns else INSERT_ROWS
    view.sheet(sheet).insertCells(cells.RangeAddress, mode)


def delete(view, sheet, which):
    cells, columns = lines(view, sheet, which)
    mode = DELETE_COLUMNS if columns else DELETE_ROWS
    view.sheet(sheet).removeRange(cells.RangeAddress, mode)


def move(view, sheet, which, before):
    """Cut whole columns or rows, and insert them before another."""
    here, columns = lines(view, sheet, which)
    there, _ = lines(view, sheet, before)
    start, end = ("StartColumn", "EndColumn") if columns else ("StartRow", "EndRow")
    old, gap = here.RangeAddress, there.RangeAddress
    count = getattr(old, end) - getattr(old, start) + 1
    setattr(gap, end, getattr(gap, start) + count - 1)
    table = view.sheet(sheet)
    table.insertCells(gap, INSERT_COLUMNS if columns else INSERT_ROWS)
    if getattr(old, start) >= getattr(gap, start):
        setattr(old, start, getattr(old, start) + count)
        setattr(old, end, getattr(old, end) + count)
    target = table.getCellByPosition(gap.StartColumn, gap.StartRow).CellAddress
    table.moveRange(target, old)
    table.removeRange(old, DELETE_COLUMNS if columns else DELETE_ROWS)


def hide(view, sheet, which):
    cells, columns = lines(view, sheet, which)
    (cells.Columns if columns else cells.Rows).IsVisible = False


def copy_sheet(view, sheet):
    """Copy to the place behind it, under the name that LibreOffice itself gives."""
    view.choose("DuplicateSheet", sheet, "A1")


def rename_sheet(view, sheet, name):
    view.sheet(sheet).Name = name


def delete_sheet(view, sheet):
    view.sheets.removeByName(view.sheet(sheet).Name)


def autofilter(view, sheet, cells, column=None, value=None):
    """Put filter buttons on; with a column ("B") and a value, show only the rows that have it."""
    view.choose("DataFilterAutoFilter", sheet, cells)
    if column is None:
        return
    found, field = view.range(sheet, cells), TableFilterField2()
    field.Field = place_within(found, view.sheet(sheet), column)
    field.Operator, field.StringValue = EQUAL, value
    wanted = found.createFilterDescriptor(True)
    wanted.ContainsHeader = True
    wanted.setFilterFields2((field,))
    found.filter(wanted)


def place_within(cells, table, column):
    """Return where a column ("B") stands among those of a range, from 0."""
    first = cells.RangeAddress.StartColumn
    return table.Columns.getByName(column).RangeAddress.StartColumn - first


def sort(view, sheet, cells, column, ascending=True):
    """Sort rows that have no header among them by a column ("B")."""
    found, field = view.range(sheet, cells), TableSortField()
    field.Field = place_within(found, view.sheet(sheet), column)
    field.IsAscending = ascending
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    found.sort(properties(SortFields=fields, ContainsHeader=False))


def merge(view, sheet, cells):
    view.range(sheet, cells).merge(True)


def comment(view, sheet, cell, text):
    view.sheet(sheet).Annotations.insertNew(view.range(sheet, cell).CellAddress, text)


def show_sheet(view, sheet):
    view.sheet(sheet).IsVisible = True


def unprotect(view, sheet):
    view.sheet(sheet).unprotect("")


def shown(view, sheet, cell):
    return view.range(sheet, cell).getString()


OPERATIONS = {
    "typed": typed,
    "text": as_text,
    "number": number,
    "append": append,
    "clear": clear,
    "paste": paste,
    "copy sheet": copy_sheet,
    "rename sheet": rename_sheet,
    "delete sheet": delete_sheet,
    "show sheet": show_sheet,
    "unprotect": unprotect,
    "shown": shown,
}

# On a protected sheet a person cannot; LibreOffice's interface can, or does nothing in silence.
OPEN_SHEETS_ONLY = {
    "insert": insert,
    "delete": delete,
    "move": move,
    "hide": hide,
    "autofilter": autofilter,
    "sort": sort,
    "merge": merge,
    "comment": comment,
}


def perform(view, name, sheet, *arguments):
    if name in OPEN_SHEETS_ONLY and view.sheet(sheet).isProtected():
        raise ValueError("the sheet is protected")
    every = {**OPERATIONS, **OPEN_SHEETS_ONLY}
    if name not in every:
        raise ValueError(f"no such operation; there are {', '.join(every)}")
    return every[name](view, sheet, *arguments)


# --- one workbook ------------------------------------------------------------------------------


def properties(**values):
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def url(path):
    return uno.systemPathToFileUrl(str(Path(path).resolve()))


def work(context, path, operations=(), out=None, filter_data=None):
    """Open, operate, recalculate everything, save; return what the operations answered."""
    desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
    # Not "Hidden", which loses frozen panes: without a display nothing is seen anyway.
    document = Path(path).exists() and desktop.loadComponentFromURL(url(path), "_blank", 0, ())
    if not document:
        raise ValueError(f"LibreOffice cannot open {path}")
    try:
        view, answers = View(context, document), []
        for place, operation in enumerate(operations, start=1):
            try:
                answers.append(perform(view, *operation))
            except Exception as error:
                raise ValueError(
                    f"operation {place}, {operation}: {error or type(error)}"
                ) from error
        document.calculateAll()
        if out is not None:
            wanted = {"FilterName": FILTERS[Path(out).suffix[1:]]}
            if filter_data:
                data = properties(**filter_data)
                wanted["FilterData"] = uno.Any("[]com.sun.star.beans.PropertyValue", data)
            document.storeToURL(url(out), properties(**wanted))
        return answers
    finally:
        document.close(True)


# --- the running LibreOffice -------------------------------------------------------------------


def started(soffice, folder):
    """Start LibreOffice with a profile of its own; return the process and its context."""
    profile = Path(folder, "profile")
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
    pipe = f"policygap{uuid.uuid4().hex}"
    options = ["--headless", "--invisible", "--norestore", "--nologo", "--nodefault"]
    process = subprocess.Popen(
        [
            soffice,
            f"-env:UserInstallation={url(profile)}",
            *options,
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    # Whoever asks gives up sooner or later, and ends us.
    while process.poll() is None:
        try:
            return process, resolver.resolve(
                f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
            )
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            time.sleep(0.1)
    raise SystemExit(f"LibreOffice ended while starting, with status {process.returncode}")


def answers(context):
    try:
        return context.ServiceManager is not None
    except Exception:
        return False


def main(soffice, folder):
    process, context = started(soffice, folder)
    for line in sys.stdin:
        try:
            answer = {"answers": work(context, **json.loads(line))}
        except Exception as error:
            if not answers(context):
                raise SystemExit(f"LibreOffice ended, with status {process.wait()}") from error
            answer = {"error": re.sub(r"\s+", " ", str(error)) or type(error).__name__}
        print(json.dumps(answer), flush=True)
    try:
        context.ServiceManager.createInstance("com.sun.star.frame.Desktop").terminate()
    except uno.getClass("com.sun.star.lang.DisposedException"):
        pass  # It was gone before it could answer.
    process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
