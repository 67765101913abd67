"""Headless Chromium, to see and use pages as a person would: from disk, without a network.

``Browser.opened`` gives a ``View``: Playwright's page, what the page complained of so far, and the
questions of ``in_page.js``, which are asked from within the page.
"""

import contextlib
import functools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Self

import pytest
from playwright.sync_api import Page, sync_playwright

QUESTIONS = Path(__file__).with_name("in_page.js")
MISSING = "Chromium is missing: install chromium (apt-get), or Chromium or Chrome elsewhere"
# Playwright gives each launch a new empty profile; these keep the browser from calling home.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@functools.cache
def program() -> str | None:
    """Return the path of Chromium or Chrome, or ``None``."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    for name in ("Chromium", "Google Chrome"):
        inside = Path(f"/Applications/{name}.app/Contents/MacOS/{name}")
        if inside.exists():
            return str(inside)
    return None


def available() -> bool:
    """Whether there is a browser."""
    return program() is not None


needs_browser = pytest.mark.browser


@functools.cache
def axe() -> str:
    """Return axe-core as text. A page with a strict policy refuses it as a script element."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@dataclass
class View:
    """A page that is open in the browser.

    Attributes:
        page: Playwright's page.
        complaints: errors of the console, of scripts and of the page's policy, and every request
            that is not for a file on disk.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str, *arguments: object) -> list[str]:
        """Ask a question of ``in_page.js``; return its answer, most often a list of faults."""
        call = "([name, given]) => globalThis.questions[name](...given)"
        return self.page.evaluate(call, [question, arguments])

    def print(self, *, dark: bool = False) -> None:
        """Show the page as a printer gets it, on A4 (210 by 297 mm with margins of 10 mm)."""
        self.page.set_viewport_size({"width": 718, "height": 1047})
        self.page.emulate_media(media="print", color_scheme="dark" if dark else "light")

    def appear(self, width: int, *, dark: bool = False, height: int = 900) -> None:
        """Give the window a size, in CSS pixels, and the reader a preference, light or dark."""
        self.page.set_viewport_size({"width": width, "height": height})
        scheme = "dark" if dark else "light"
        self.page.emulate_media(media="screen", color_scheme=scheme, reduced_motion="reduce")


class Browser:
    """One Chromium for many pages; it ends with the context.

    While it runs, no other event loop can run in its thread: so it is for one module of tests.
    There is one tab for each zoom, since a new tab takes longer to open than a page to load.
    """

    def __enter__(self) -> Self:
        if not available():
            raise RuntimeError(MISSING)
        self._views: dict[float, View] = {}
        self._playwright = sync_playwright().start()
        try:
            self._chromium = self._playwright.chromium.launch(
                executable_path=program(), headless=True, chromium_sandbox=False, args=FLAGS
            )
        except BaseException:
            self._playwright.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._chromium.close()
        self._playwright.stop()

    @contextlib.contextmanager
    def opened(
        self, path: Path, width: int = 1440, *, dark: bool = False, zoom: float = 1
    ) -> Iterator[View]:
        """Open a page of the disk, in a window so wide; the last one at this zoom is closed.

        The pages that we test store nothing in the browser, so nothing passes from one to the next.

        Args:
            path: the page's file.
            width: the window's width at no zoom, in CSS pixels.
            dark: whether the reader prefers dark.
            zoom: 2 for 200 per cent: half the CSS pixels, each of twice the dots.
        """
        view = self._views.get(zoom) or self._views.setdefault(zoom, self._tab(zoom))
        view.complaints.clear()
        view.appear(round(width / zoom), dark=dark, height=round(900 / zoom))
        view.page.goto(path.resolve().as_uri())
        yield view

    def _tab(self, zoom: float) -> View:
        context = self._chromium.new_context(device_scale_factor=zoom)
        context.add_init_script(path=QUESTIONS)
        view = View(context.new_page())
        _listen(view)
        return view


def _listen(view: View) -> None:
    said = view.complaints

    def console(message) -> None:
        if message.type in ("error", "warning"):
            said.append(f"console: {message.text}")

    def request(request) -> None:
        if not request.url.startswith(("file:", "data:")):
            said.append(f"asks for {request.url}")

    view.page.on("console", console)
    view.page.on("pageerror", lambda error: said.append(f"script: {error}"))
    view.page.on("request", request)
