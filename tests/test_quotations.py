"""Quotations, by known answers, and by sentences drawn from documents that programs printed."""

import random
import re
import subprocess
import unicodedata

import browser
import docx
import office
import pytest
import typst
from helpers import ROOT

from analysis.documents.quotations import ABSENT, FOUND, NEAR, OTHER_PAGE, QuotableText
from analysis.documents.text import read_text

NARROW = '#set page(width: 9cm, height: 8cm, header: [A policy of Nowhere Town], numbering: "1")\n'
NARROW += '#set text(hyphenate: true, lang: "en")\n#set par(justify: true)\n'


def typeset(source: str, head: str = NARROW) -> QuotableText:
    return QuotableText(read_text(typst.compile((head + source).encode())).pages)


@pytest.fixture(scope="module")
def policy() -> QuotableText:
    return typeset(
        "Staff must not pass on what a witness says about immigration unless the decision is "
        "well-considered; the confidentiality of everyone’s “safe report” is guaranteed. The "
        "office’s efficient offline affluent staff file 52 reports within 28 days.\n\n"
        f"#lorem(25)\n\n{'Nobody is turned away at the town gate of Nowhere. ' * 6}\n\n"
        "#table(columns: 2, [Question], [Answer], [Who decides], [A superintendent decides])"
    )


@pytest.mark.parametrize(
    "quote",
    [
        "Staff must not pass on what a witness says",
        "what a witness says about immigration unless",  # set with a hyphen at a line’s end
        "the decision is well-considered",  # a hyphen of its own
        'everyone\'s "safe report" is guaranteed',  # straight for curly
        "efficient offline affluent staff",  # ligatures
        "effi-\ncient offline",  # as it is copied from a page
        "A superintendent decides",  # in a table
        "28 days. Lorem ipsum dolor",
    ],
)
def test_what_typesetting_adds_makes_no_difference(policy, quote):
    found = policy.check(quote)
    assert (found.status, found.differences) == (FOUND, ())
    assert found.passage


def test_a_quotation_over_the_end_of_a_page(policy):
    pages = read_text(typst.compile((NARROW + "#lorem(250)").encode())).pages
    heads = [page.split("\n")[1:-1] for page in pages]
    before, after = heads[0][-1].split()[-3:], heads[1][0].split()[:3]
    assert len(pages) > 2 and pages[0].startswith("A policy of Nowhere Town")
    quote = re.sub(r"- ", "-\n", " ".join([*before, *after]))
    assert QuotableText(pages).check(quote).status == FOUND
    # The running head is no part of what the pages say.
    assert QuotableText(pages).check("A policy of Nowhere Town").status != FOUND


@pytest.mark.parametrize(
    ("quote", "quoted", "printed"),
    [
        ("Staff must pass on what a witness says", "", "not"),
        ("Staff must not pass on what a suspect says about", "suspect", "witness"),
        ("affluent staff file 53 reports within 28 days", "53", "52"),
        ("affluent staff file 5 reports within 28 days", "5", "52"),
        ("unless the decision is well considered", "well considered", "well-considered"),
        ("unless the de-cision is well-considered", "de-cision", "decision"),
    ],
)
def test_one_word_or_figure_that_differs_is_named(policy, quote, quoted, printed):
    found = policy.check(quote)
    assert found.status == NEAR
    assert [(one.quoted, one.printed) for one in found.differences] == [(quoted, printed)]


def test_the_page_of_a_quotation():
    text = QuotableText(["Nobody is turned away.", "It is so. Nobody is turned away.", "Another."])
    assert text.check("Nobody is turned away").pages == (1, 2)
    second = text.check("Nobody is turned away", page=2)
    assert (second.status, second.start) == (FOUND, len("Nobody is turned away.\fIt is so. "))
    assert text.check("Nobody is turned away", page=3).status == OTHER_PAGE
    assert text.check("Whoever comes is sent home at once").status == ABSENT


def test_two_columns_read_one_after_the_other():
    text = typeset("#columns(2)[#lorem(40) The very last words of it stand here, at the end.]")
    assert text.check("The very last words of it stand here, at the end.").status == FOUND


def test_letters_drawn_twice_are_one():
    text = QuotableText(
        ["SSaaffee rreeppoorrttiinngg iinn 22002211\nMeet the Aaron family of 1122."]
    )
    assert text.check("Safe reporting in 2021").status == FOUND
    assert text.check("the Aaron family of 1122").status == FOUND


def test_a_word_or_number_cut_in_two_is_no_quotation():
    text = QuotableText(["They share information on 120 people."])
    assert text.check("share information on 12").status != FOUND
    assert text.check("hare information on 120").status != FOUND
    assert text.check("").status == ABSENT


@pytest.mark.parametrize(
    "quote",
    ["The officer can", "t share data", "Late fees are £2", "50 a week", "each of the 1",
     "5 degrees in the hall", "degrees or 12", "10 cases"],
)  # fmt: skip
def test_a_cut_that_turns_the_sense_is_no_quotation(quote):
    text = QuotableText(
        ["The officer can’t share data. Late fees are £2.50 a week for each of the 1,000 books. "
         "It is -5 degrees in the hall, 30 degrees or 12:45 o’clock, in <10 cases."]
    )  # fmt: skip
    assert text.check("Late fees are £2.50 a week").status == FOUND
    assert text.check("The officer can't share data").status == FOUND
    assert text.check(quote).status != FOUND


def test_a_quotation_from_another_version():
    text = QuotableText(["From 2022 on, staff may share it only with a superintendent's consent."])
    found = text.check("From 2021 on, staff may share it with a superintendent's consent.")
    assert [(one.quoted, one.printed) for one in found.differences] == [
        ("2021", "2022"),
        ("", "only"),
    ]


# Sentences of real prose, printed by three programs.


def sentences() -> list[str]:
    files = [
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted(ROOT.glob("*.md")),
        ROOT / "data" / "safe-to-share" / "README.md",
    ]
    prose = "\n\n".join(path.read_text("utf-8") for path in files)
    prose = re.sub(r"```.*?```|\]\([^)]*\)|\*\*|(?m:^[-#>|\d][^\n]*$)", " ", prose, flags=re.S)
    found = re.findall(r"[A-Z][^.?!]{40,220}[.?!](?=\s|$)", " ".join(prose.split()))
    return [one for one in dict.fromkeys(found) if not re.search(r"[|#`*<>\[\]_~$@\\/{}]", one)]


def as_typst(words: list[str], columns: int) -> bytes:
    text = "\n\n".join(words)
    return typst.compile(
        (NARROW + f"#columns({columns})[{text}]" if columns > 1 else NARROW + text).encode()
    )


def as_html(words: list[str]) -> str:
    paragraphs = "".join(f"<p>{' '.join(words[at : at + 4])}</p>" for at in range(0, len(words), 4))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>A policy of Nowhere</title>"
        "<style>@page{size:11cm 14cm} p{text-align:justify;hyphens:auto}</style>" + paragraphs
    )


def printed(tmp_path, every: list[list[str]]) -> list[bytes]:
    """Print each document by one of three programs: of five, three by Typst."""
    by_office = iter(by_libreoffice(tmp_path, every[4::5]))
    return [
        as_typst(words, columns=1 + number % 2) if number % 5 < 3
        else by_chromium(tmp_path, words) if number % 5 == 3
        else next(by_office)
        for number, words in enumerate(every)
    ]  # fmt: skip


def by_chromium(tmp_path, words: list[str]) -> bytes:
    page = tmp_path / "page.html"
    page.write_text(as_html(words), encoding="utf-8")
    out = tmp_path / "page.pdf"
    command = [browser.program(), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={out}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return out.read_bytes()


def by_libreoffice(tmp_path, every: list[list[str]]) -> list[bytes]:
    files = [tmp_path / f"text-{number}.docx" for number in range(len(every))]
    for file, words in zip(files, every, strict=True):
        document = docx.Document()
        for at in range(0, len(words), 4):
            document.add_paragraph(" ".join(words[at : at + 4]))
        document.save(str(file))
    soffice = office.programs()[0]
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [file.with_suffix(".pdf").read_bytes() for file in files]


@pytest.mark.browser
@pytest.mark.office
@pytest.mark.parametrize("count", [10, pytest.param(50, marks=pytest.mark.slow)])
def test_sentences_of_printed_documents(tmp_path, count):
    draw = random.Random(13)
    every = sentences()
    assert len(every) > 150
    exact, many, absent, wrong = 0, 0, 0, []
    documents = [draw.sample(every, 60) for _ in range(count)]
    for words, content in zip(documents, printed(tmp_path, documents), strict=True):
        text, pages = QuotableText(read_text(content).pages), pages_by_poppler(tmp_path, content)
        for sentence in draw.sample(words, 20):
            many += 1
            found = text.check(sentence)
            exact += found.status == FOUND and begins_on(found.pages, sentence, pages)
        others = [one for one in every if one not in words]
        for sentence in draw.sample(others, 20):
            absent += text.check(sentence).status == FOUND
        wrong += [one for one in draw.sample(words, 20) if not differs_in_a_not(text, one, draw)]
        with_figures = [one for one in words if re.search(r"\b\d+\b", one)]
        wrong += [one for one in with_figures if not differs_in_a_number(text, one)]
    assert (many, absent) == (20 * count, 0)
    assert exact >= 0.97 * many, exact
    assert not wrong, wrong


def pages_by_poppler(tmp_path, content: bytes) -> list[str]:
    """Return the letters and figures of each page, as another program reads them."""
    (tmp_path / "printed.pdf").write_bytes(content)
    command = ["pdftotext", str(tmp_path / "printed.pdf"), "-"]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60)
    return [bare(page) for page in said.stdout.decode().split("\f")]


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


def begins_on(pages: tuple[int, ...], sentence: str, printed: list[str]) -> bool:
    return any(bare(sentence)[:12] in printed[page - 1] for page in pages)


def differs_in_a_not(text: QuotableText, sentence: str, draw: random.Random) -> bool:
    """Return whether a sentence with one more word is said to differ in just that."""
    words = sentence.split()
    at = draw.randrange(1, len(words))
    return differs(text, sentence, " ".join([*words[:at], "not", *words[at:]]), "not")


def differs_in_a_number(text: QuotableText, sentence: str) -> bool:
    """Return whether a sentence with another number is said to differ in just that."""
    other = re.sub(r"\b\d+\b", lambda number: str(int(number[0]) + 1), sentence, count=1)
    number = re.search(r"\b\d+\b", other)
    return number is not None and differs(text, sentence, other, number[0])


def differs(text: QuotableText, sentence: str, other: str, word: str) -> bool:
    if text.check(sentence).status != FOUND:
        return True
    found = text.check(other)
    # A number may be a part of a word: SHA-257.
    quoted = [one.quoted for one in found.differences]
    return found.status == NEAR and len(quoted) == 1 and word in quoted[0]


def test_the_words_around_a_quotation_are_those_of_its_page():
    def page(name, number):
        middle = f"Before it one two\n{name} here it is over con-\nfidence end\n"
        return f"Policy of Nowhere {number}\n{name} begins\n{middle}of the {name}\nthe {name} ends"

    text = QuotableText([page(name, n) for n, name in enumerate(("ape", "bee", "cat", "dog"))])
    found = text.check("bee here it is", 2)
    assert text.context(found, 5) == ("begins Before it one two", "over confidence end of the")
    assert text.context(found)[0] == "bee begins Before it one two"
    found = text.check("bee ends cat begins", 2)
    assert text.context(found, 4) == ("of the bee the", "Before it one two")


def test_nothing_is_near_in_a_text_of_blanks():
    assert QuotableText([" \n "] * 3).check("A rule").status == ABSENT
