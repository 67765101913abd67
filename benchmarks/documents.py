"""Collecting, indexing, searching and quoting many made documents, beside bare extraction.

``python -m benchmarks documents [COUNT]`` measures this alone, with so many documents.
"""

import concurrent.futures
import math
import multiprocessing
import random
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.large import ROOT, measured, write_large_study

COUNT, PAGES, LINES, WORDS = 1_000, 20, 45, 11
COLLECT_GOAL = 1.3  # times the bare extraction of the text by pypdfium2, in a loop as it is used
AGAIN_GOAL = 1.0  # seconds beyond start-up
SEARCH_GOAL = 50.0  # ms, in process
QUOTES, QUOTES_GOAL = 10_000, 20.0  # seconds
MEMORY_GOAL = 1.0  # GB, all processes together
GROWTH_GOAL = 1.1  # exponent of the time in the number of documents
QUERIES = ("{0}", "{0} {1}", '"{0} {1}"', "{0} OR {1} OR {2}", "{0}* -{1}")


def measure_documents(
    line: Callable[..., None], verdict: Callable[..., None], count: int = COUNT
) -> None:
    """Measure a quarter, a half and all of so many documents; the last with all that follows."""
    with tempfile.TemporaryDirectory(prefix="policygap-documents-") as name:
        folder = Path(name)
        counts, seconds = [max(count // 4, 1), max(count // 2, 1), count], []
        for many in counts:
            made = folder / f"made-{many}"
            write_documents(made, many)
            line(f"{many:,} made PDFs of {PAGES} pages")
            seconds.append(_measure_collecting(line, verdict, folder / f"study-{many}", made))
        verdict("  exponent of growth in documents", _exponent(counts, seconds), GROWTH_GOAL)
        _measure_again(line, verdict, folder / f"study-{count}", folder)
        _measure_use(line, verdict, folder / f"study-{count}", QUOTES * count // COUNT)


def _measure_collecting(line: Callable, verdict: Callable, study: Path, made: Path) -> float:
    """Compare collecting and indexing with bare extraction; return the seconds that it took."""
    write_large_study(study, units=10, criteria=10)
    one, two = (_seconds_of_bare(made, processes) for processes in (1, 2))
    collected = measured(ROOT, "collect", str(study), str(made))
    # The first search makes the index.
    indexed = measured(ROOT, "search", vocabulary()[1_000], str(study))
    taken = collected["wall"] + indexed["wall"]
    line("  bare extraction, one process; two", f"{one:.1f}; {two:.1f} s")
    line("  collect, the whole process", f"{collected['wall']:.1f} s")
    line("  first search, which makes the index", f"{indexed['wall']:.1f} s")
    verdict("  collected and indexed ÷ bare, one process", taken / one, COLLECT_GOAL)
    line("  collected and indexed ÷ bare, two processes", f"{taken / two:.2f}")
    most = max(collected["memory"], indexed["memory"])
    verdict("  most memory, all processes", most, MEMORY_GOAL, " GB")
    return taken


def _measure_again(line: Callable, verdict: Callable, study: Path, folder: Path) -> None:
    """Compare a second run, which collects nothing new, with start-up."""
    (folder / "empty").mkdir()
    made = folder / study.name.replace("study", "made")
    runs = [("collect", str(study), str(place)) for place in (folder / "empty", made)]
    start, again = (min(measured(ROOT, *run)["wall"] for _ in range(3)) for run in runs)
    line("  start-up: collect from an empty folder", f"{start:.2f} s")
    verdict("  a second run, beyond start-up", again - start, AGAIN_GOAL, " s")


def _measure_use(line: Callable, verdict: Callable, study: Path, quotes: int) -> None:
    """Time searches and the check of quotations in a fresh process."""
    with _processes(1) as pool:
        first, slowest = pool.submit(_search, study).result()
        line("  first search in a process, which reads all texts", f"{first:.2f} s")
        verdict("  a search in process, the slowest of several", slowest * 1000, SEARCH_GOAL, " ms")
    with _processes(1) as pool:
        seconds, near, memory = pool.submit(_check_quotes, study, quotes).result()
        verdict(f"  {quotes:,} quotations, {near:,} near", seconds, QUOTES_GOAL, " s")
        verdict("  most memory meanwhile", memory, MEMORY_GOAL, " GB")


def write_documents(folder: Path, count: int) -> None:
    """Write PDFs of made words; the same count gives the same bytes."""
    folder.mkdir()
    drawn, words = random.Random(7), vocabulary()
    # The more common a word, the shorter, about as in any language.
    weights = [1 / (place + 3) for place in range(len(words))]
    for number in range(count):
        text = iter(drawn.choices(words, weights, k=PAGES * LINES * WORDS))
        pages = [
            [" ".join(next(text) for _ in range(WORDS)) for _ in range(LINES)] for _ in range(PAGES)
        ]
        (folder / f"{number:04}.pdf").write_bytes(_pdf(pages))


def vocabulary() -> list[str]:
    """Return 8,000 made words, the shorter ones first."""
    drawn, parts = random.Random(7), [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    words = ("".join(drawn.choices(parts, k=drawn.randint(1, 5))) for _ in range(40_000))
    return sorted(dict.fromkeys(words), key=len)[:8_000]


def _pdf(pages: list[list[str]]) -> bytes:
    """Return a PDF of lines of plain words, with the objects that one must have."""
    kids = " ".join(f"{place} 0 R" for place in range(4, 4 + 2 * len(pages), 2))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = zlib.compress(f"BT /F1 9 Tf 14 TL 40 790 Td {shown} ET".encode())
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (len(objects) + 2)
        )
        head = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(content)
        objects.append(head + content + b"\nendstream")
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, b"".join(places))
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + table + end


def _seconds_of_bare(folder: Path, processes: int) -> float:
    """Return the seconds of the whole extraction, the start of the processes included."""
    start = time.perf_counter()
    with _processes(processes) as pool:
        list(pool.map(_extract, sorted(folder.iterdir()), chunksize=5))
    return time.perf_counter() - start


def _extract(path: Path) -> int:
    """Extract the text of a document as the README of pypdfium2 does; return its length."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    length = sum(len(page.get_textpage().get_text_range()) for page in document)
    document.close()
    return length


def _search(study: Path) -> tuple[float, float]:
    """Return the seconds of the first search, and of the slowest of others on the same library."""
    from analysis.documents.library import Library
    from analysis.study import load

    library, words = Library(load(study)), vocabulary()
    start = time.perf_counter()
    library.search([words[0]])
    first, taken = time.perf_counter() - start, []
    for at in (300, 1_000, 3_000):
        for query in QUERIES:
            start = time.perf_counter()
            library.search([query.format(*words[at : at + 3])])
            taken.append(time.perf_counter() - start)
    return first, max(taken)


def _check_quotes(study: Path, count: int) -> tuple[float, int, float]:
    """Return the seconds of the check of quotations, how many are near, and the memory in GB."""
    import resource

    import pandas as pd

    from analysis.documents.quotations import quotation_problems
    from analysis.study import load

    made = load(study)
    columns = made.tables["evidence"].columns
    evidence = pd.DataFrame(_quotes(made, count), columns=columns).fillna("")
    quoting = replace(made, tables={**made.tables, "evidence": evidence})
    start = time.perf_counter()
    found = quotation_problems(quoting)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return seconds, len(found), memory


def _quotes(study, count: int) -> Iterator[dict[str, str]]:
    """Yield rows that quote 30 words, of each tenth with another word among them."""
    from analysis.documents.library import Library

    drawn, texts = random.Random(7), Library(study).texts
    names = sorted(texts)
    for number in range(count):
        name = names[number % len(names)]
        page = drawn.randrange(PAGES)
        words = texts[name][page].split()
        first = drawn.randrange(len(words) - 30)
        quote = words[first : first + 30]
        if number % 10 == 0:
            quote[15] = "elephant"
        yield {"evidence_id": f"q{number}", "document_id": name, "page": str(page + 1), "quote": " ".join(quote)}  # fmt: skip


def _processes(many: int) -> concurrent.futures.ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return concurrent.futures.ProcessPoolExecutor(many, mp_context=context)


def _exponent(sizes: list[int], seconds: list[float]) -> float:
    x, y = ([math.log(one) for one in values] for values in (sizes, seconds))
    return statistics.linear_regression(x, y).slope
