"""WCAG 2.2 AA on every kind of page that a build gives, in a real browser, without a network.

The pages are found in the build, so a new kind of page is tested from the day that it is there.
Each check is shown to fail, too: a small page that passes all of them is spoiled in one place.
"""

import os
import re
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from browser import Browser, View, axe, needs_browser

pytestmark = needs_browser

WIDTHS = (320, 768, 1440) if "CI" in os.environ else (320, 1440)
WHOLE = 1440
"""The width at which contrast is looked at on every element; elsewhere, on samples."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ADVICE = "best-practice"
COLOUR = ["color-contrast", "link-in-text-block"]


def kinds_of_page(out: Path) -> list[Path]:
    """Return one page of each kind, and more where pages of a kind may differ.

    These are all pages at the top and directly in ``site``, and of each folder below it the first
    page by name, the shortest, the longest, and each that has an element, or a class of one, that
    none of those before it has.
    """
    pages = [*sorted(out.glob("*.html")), *sorted((out / "site").glob("*.html"))]
    for folder in sorted({path.parent for path in (out / "site").glob("*/**/*.html")}):
        within = sorted(folder.glob("*.html"))
        by_size = sorted(within, key=lambda path: path.stat().st_size)
        chosen = dict.fromkeys([within[0], by_size[0], by_size[-1]])
        seen = set().union(*map(parts, chosen))
        # The longest first, since it has the most that is new.
        for page in reversed(by_size):
            if new := parts(page) - seen:
                chosen[page] = None
                seen |= new
        pages.extend(chosen)
    return pages


def parts(page: Path) -> set[tuple[str, str]]:
    """Return the elements of which a page is made, each with its class."""
    return set(re.findall(r'<([a-z][a-z0-9]*)(?: class="([^"]*)")?', page.read_text("utf-8")))


# Each check opens a page and returns its faults, each with the circumstances that show it.


def axe_faults(browser: Browser, path: Path) -> list[str]:
    """All rules of axe-core at each width; those on colour in light and in dark as well."""
    faults = []
    with browser.opened(path) as view:
        view.ask("openAll")
        view.page.evaluate(axe())
        for width in WIDTHS:
            for dark in (False, True):
                view.appear(width, dark=dark)
                place = f"at {width}, {'dark' if dark else 'light'}"
                found = view.ask("axe", {"runOnly": COLOUR}, width != WHOLE)
                if not dark:
                    others = {rule: {"enabled": False} for rule in COLOUR}
                    found += view.ask("axe", {"runOnly": [*RULES, ADVICE], "rules": others})
                for one in found:
                    text = f"{path.name} {place}: {one['rule']}, {one['count']} times, first on {one['html']} — {one['why']}"
                    if ADVICE in one["tags"]:
                        warnings.warn(f"good practice: {text}", stacklevel=2)
                    else:
                        faults.append(text)
    return faults


def width_faults(browser: Browser, path: Path) -> list[str]:
    """No sideways scrolling at 320 pixels, at 200 per cent zoom, or with the reader's spacing.

    As long as the reader leaves the spacing as it is, no word is broken in two, either.
    """
    faults = []

    def look(view: View, place: str) -> None:
        view.ask("openAll")
        found = view.ask("tooWide")
        if "spaced" not in place:
            found += view.ask("brokenWords")
        faults.extend(f"{path.name} {place}: {one}" for one in found)

    for width, zoom, place in ((1280, 2, "at 200 per cent"), (320, 1, "at 320")):
        with browser.opened(path, width, zoom=zoom) as view:
            look(view, place)
            view.ask("spaceText")
            look(view, f"{place}, text spaced")
    return faults


def keyboard_faults(browser: Browser, path: Path) -> list[str]:
    """Tab reaches everything in order and can be seen to; Enter opens; the skip link skips."""
    faults = []
    # On a long page the second walk ends early: its looks repeat.
    for width, dark, most in ((1440, False, 5000), (320, True, 60)):
        with browser.opened(path, width, dark=dark) as view:
            place = f"{path.name} at {width}, {'dark' if dark else 'light'}"
            press = view.page.keyboard.press
            press("Tab")
            skip = view.ask("skipLink")
            if not skip:
                press("Enter")
                press("Tab")
                skip = view.ask("skipped")
            found = [*skip]
            for number in view.ask("disclosures"):
                view.ask("focusDisclosure", number)
                before = view.ask("disclosed", number)
                press("Enter")
                if view.ask("disclosed", number) == before:
                    found.append(f"disclosure {number + 1} does not open with Enter")
            for number in view.ask("controls"):
                name, kind = view.ask("focusControl", number)
                before = view.ask("content")
                press("q" if kind == "input" else "Enter")
                if view.ask("content") == before:
                    found.append(f"nothing comes of a key on {name}")
            # Opened anew, so that the walk begins at its very start.
            view.page.goto(path.as_uri())
            view.ask("openAll")
            tab = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
            keyboard = view.page.context.new_cdp_session(view.page)
            # One press more than there are stops: it notes where the last one led.
            for _ in range(view.ask("beginWalk", most) + 1):
                keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **tab})
            found += view.ask("endWalk")
        faults += [f"{place}: {one}" for one in found]
    return faults


def paper_faults(browser: Browser, path: Path) -> list[str]:
    """On paper all can be read, whatever the screen looks like, within the sheet; no heading stands alone."""
    faults = []
    with browser.opened(path) as view:
        view.ask("openAll")
        for dark in (False, True):
            view.print(dark=dark)
            place = f"{path.name} on paper, {'dark' if dark else 'light'}"
            faults += [f"{place}: {one}" for one in view.ask("onPaper")]
    return faults


def text_faults(browser: Browser, path: Path) -> list[str]:
    """Images have texts that say kind, data and finding; tables have captions and scope."""
    with browser.opened(path) as view:
        return [f"{path.name}: {one}" for one in [*view.ask("images"), *view.ask("tables")]]


def complaints(browser: Browser, path: Path) -> list[str]:
    """Nothing on the console, nothing refused by the page's policy, no request to a network."""
    with browser.opened(path) as view:
        view.ask("openAll")
        return [f"{path.name}: {one}" for one in view.complaints]


CHECKS = [axe_faults, width_faults, keyboard_faults, paper_faults, text_faults, complaints]


# The pages of all three are of the same templates; those of the islands have the most that is unusual.
@pytest.mark.parametrize(
    "output",
    [
        "published_islands",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("published_library", "published")
        ),
    ],
)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_kind_of_page(check, output, browser, request):
    published = request.getfixturevalue(output)
    pages = kinds_of_page(published)
    if "CI" not in os.environ:
        pages = list({page.parent: page for page in reversed(pages)}.values())
        # Of the pages that begin a site, the first that people see.
        pages.append(published / "site" / "index.html")
    assert pages
    faults = []
    for page in pages:
        begun = time.monotonic()
        faults += check(browser, page)
        if "ACCESSIBILITY_TIMES" in os.environ:
            print(f"{time.monotonic() - begun:6.1f} s {page.relative_to(published)}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", ["recommendations/index.html", "island-councils/index.html"])
def test_the_lists_of_a_site_need_no_scrolling_sideways(page, width, browser, published_islands):
    """However long a name is: on a phone, too, all columns are in sight."""
    with browser.opened(published_islands / "site" / page, width) as view:
        sizes = view.page.evaluate(
            "[...document.querySelectorAll('.scroll:has(table.find)')].map((one) => [one.scrollWidth, one.clientWidth])"
        )
    assert sizes and all(inside <= window for inside, window in sizes)


GOOD = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Six libraries</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { margin: 1rem; font: 1rem/1.6 sans-serif; color: #222; background: #fff; }
a { color: #12436d; } .skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; }
:focus-visible { outline: 3px solid #b34700; }
table { border-collapse: collapse; } img { max-width: 100%; } .scroll { overflow-x: auto; }
@media print { caption { break-after: avoid; } }
@media screen and (prefers-color-scheme: dark) {
  body { color: #eee; background: #111; } a { color: #9cf; } :focus-visible { outline-color: #fc6; }
}
</style></head><body>
<a class="skip" href="#main">Skip to the text</a>
<header><h1>Six libraries</h1><nav aria-label="Site"><a href="#hours">Hours</a></nav></header>
<main id="main">
<p>Three of six open on a Sunday, says <a href="#hours">the table</a>.</p>
<table id="hours"><caption>Hours</caption><tr><th scope="col">Day</th></tr><tr><td>Sunday</td></tr></table>
<figure id="bars"><img width="40" height="20" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="
 alt="Bars: hours of six invented libraries on a Sunday. Three of the six open for four hours each."></figure>
<details><summary>More</summary><p>See <a href="#main">above</a>.</p></details>
<div class="scroll" tabindex="0" role="region" aria-label="Wide table"><div>Monday</div></div>
</main></body></html>
"""

# What is spoiled: the text in the good page, what takes its place, and what the check then says.
FAULTS: dict[str, tuple[Callable, str, str, str]] = {
    "a broken contrast": (axe_faults, "color: #222", "color: #999", "320, light: color-contrast"),
    "a broken contrast in the dark": (
        axe_faults,
        "color: #eee",
        "color: #555",
        "1440, dark: color-contrast",
    ),
    "a contrast broken by what lies behind": (
        # Three texts of the same look come first, so that only a whole run finds the fourth.
        axe_faults,
        "</main>",
        '<p style="position:relative">Closed</p>' * 3
        + '<div style="position:relative"><div style="position:absolute;inset:0;background:#333"></div>'
        '<p style="position:relative">Closed</p></div></main>',
        "1440, light: color-contrast",
    ),
    "no alt attribute": (axe_faults, " alt=", " data-alt=", "image-alt"),
    "no language": (axe_faults, ' lang="en-GB"', "", "html-has-lang"),
    "targets too small and too close": (
        axe_faults,
        "<p>Three",
        '<button style="height:9px;padding:0">a</button><button style="height:9px">b</button><p>Three',
        "target-size",
    ),
    "an element too wide": (width_faults, "table {", "table { width: 400px;", "of 320 pixels"),
    "an element too wide when zoomed": (
        width_faults,
        "</style>",
        "@media (min-width: 500px) { table { width: 700px; } }</style>",
        "at 200 per cent: the page is",
    ),
    "a word broken in two": (
        width_faults,
        "<p>Three",
        '<p style="width:60px;overflow-wrap:anywhere">Neighbourhood</p><p>Three',
        "at 320: the word “Neighbourhood” is broken",
    ),
    "a caption wider than what can be seen of its table": (
        width_faults,
        "<div>Monday</div>",
        '<table style="width:50rem"><caption>Days</caption><tr><th scope="col">Monday</th></tr></table>',
        "at 320: <caption> “Days” is wider",
    ),
    "a line that cannot be broken": (
        width_faults,
        "Three of",
        "Donaudampfschifffahrtsgesellschaft" * 2,
        "the page is",
    ),
    "text cut off when spaced": (
        width_faults,
        "<p>Three of six open on a Sunday",
        '<p style="width:190px;overflow:hidden;white-space:nowrap">Sunday: three are open',
        "text spaced: <p> “Sunday",
    ),
    "text cut off below when spaced": (
        width_faults,
        "<p>Three of six open on a Sunday",
        '<p style="width:230px;height:28px;overflow:hidden">Sunday: three are open',
        "text spaced: <p> “Sunday: three are open, says the table.” is cut off at its foot",
    ),
    "a lost outline": (
        keyboard_faults,
        ":focus-visible {",
        "a:focus-visible { outline: none !important; } :focus-visible {",
        "no focus can be seen on <a>",
    ),
    "an outline too faint": (keyboard_faults, "#b34700", "#ffe0c0", "1440, light: no focus"),
    "an outline too faint in the dark": (keyboard_faults, "#fc6", "#222", "320, dark: no focus"),
    "a link out of the order": (
        keyboard_faults,
        '<a href="#hours">the',
        '<a tabindex="-1" href="#hours">the',
        "Tab does not reach <a> “the table”",
    ),
    "a link before its turn": (
        keyboard_faults,
        '<a href="#hours">the',
        '<a tabindex="1" href="#hours">the',
        "where <a",
    ),
    "a focus that is covered": (
        keyboard_faults,
        "</main>",
        '</main><div style="position:fixed;inset:0;background:#fff"></div>',
        "out of sight or covered",
    ),
    "a disclosure that takes no key": (
        keyboard_faults,
        "</main>",
        '</main><script>addEventListener("keydown", e => e.key === "Enter" && e.preventDefault())</script>',
        "does not open with Enter",
    ),
    "a button that takes no key": (
        keyboard_faults,
        "</main>",
        "<button>Sort</button></main>",
        "nothing comes of a key on <button> “Sort”",
    ),
    "no skip link": (keyboard_faults, '<a class="skip" href="#main">Skip to the text</a>', "", "no link to the main"),
    "a skip link to nowhere": (keyboard_faults, 'id="main"', 'id="other"', "no link to the main"),
    "a skip link that cannot be seen": (
        keyboard_faults,
        ".skip:focus { left: 1rem; }",
        "",
        "out of sight",
    ),
    "white letters on paper": (
        paper_faults,
        "<p>Three",
        '<p style="background:#222;color:#fff">Three',
        "has a contrast of 1.0 on paper",
    ),
    "the dark kept on paper": (paper_faults, "screen and ", "", "paper, dark: "),
    "a table too wide for paper": (
        paper_faults,
        "@media print {",
        "@media print { table { width: 60rem; }",
        "pixels wide on a sheet of 718",
    ),
    "a caption at a page's foot": (paper_faults, "caption { break-after: avoid; }", "", "stand alone"),
    "a button in a head that is repeated": (
        paper_faults,
        '<tr><th scope="col">Day</th></tr>',
        '<thead><tr><th scope="col"><button>Day</button></th></tr></thead>',
        "would be missing where the head",
    ),
    "a text alternative too short": (
        text_faults,
        "Bars: hours of six invented libraries on a Sunday. Three of the six open for four hours each.",
        "Bars.",
        "too short",
    ),
    "a text alternative that breaks off": (text_faults, "four hours each.", "four", "end in a"),
    "a text alternative without its kind": (text_faults, "Bars: hours", "Hours", "kind of picture"),
    "a text alternative without a finding": (text_faults, "Sunday. Three", "Sunday, three", "no finding"),
    "no text alternative": (text_faults, " alt=", " data-alt=", "no text alternative"),
    "no caption": (text_faults, "<caption>Hours</caption>", "", "no caption"),
    "no scope": (text_faults, ' scope="col"', "", "neither row nor column"),
    "a policy broken": (
        complaints,
        '<meta charset="utf-8">',
        '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'">',
        "Content Security Policy",
    ),
    "a request to a network": (
        complaints,
        "</main>",
        '</main><img alt="" src="http://127.0.0.1:9/x.png">',
        "asks for http://127.0.0.1:9/x.png",
    ),
    "a script that fails": (complaints, "</main>", "</main><script>oops()</script>", "oops is not"),
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_good_page_passes(check, browser, tmp_path):
    (tmp_path / "good.html").write_text(GOOD, encoding="utf-8")
    assert check(browser, tmp_path / "good.html") == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault, browser, tmp_path):
    check, old, new, says = FAULTS[fault]
    assert old in GOOD
    (tmp_path / "bad.html").write_text(GOOD.replace(old, new), encoding="utf-8")
    faults = check(browser, tmp_path / "bad.html")
    assert any(says in one for one in faults), faults


def test_a_fault_deep_in_a_long_page_is_found(browser, published):
    """Contrast is looked at on samples of each look: one cell that looks otherwise is among them."""
    with browser.opened(published / "report.html") as view:
        view.page.evaluate("[...document.querySelectorAll('td')].at(-9).style.color = '#999'")
        view.ask("openAll")
        view.page.evaluate(axe())
        found = view.ask("axe", {"runOnly": COLOUR}, True)
    assert [one["rule"] for one in found] == ["color-contrast"]


def test_pages_of_each_folder_are_chosen(tmp_path):
    sizes = {"report.html": 1, "site/index.html": 1, "site/method.html": 1,
             "site/forces/a.html": 2, "site/forces/b.html": 9, "site/forces/c.html": 1,
             "site/forces/d.html": 3, "site/forces/table.html": 5, "site/evidence/E1.html": 1}  # fmt: skip
    for name, size in sizes.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x" * size)
    # Of middling length, and alone in what it holds.
    (tmp_path / "site/forces/table.html").write_text('<table class="a"><br>')
    (tmp_path / "site/forces/b.html").write_text("<br>" * 9)
    chosen = [path.relative_to(tmp_path).as_posix() for path in kinds_of_page(tmp_path)]
    assert set(sizes) - set(chosen) == {"site/forces/d.html"} and len(chosen) == len(set(chosen))


def test_the_report_is_at_most_forty_five_screens_of_a_phone(browser, published):
    with browser.opened(published / "report.html", 390) as view:
        height = view.page.evaluate("document.documentElement.scrollHeight")
    assert height <= 45 * 844
