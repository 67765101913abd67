"""Put a fault into a copy of the project, and show that the tests catch it: run by hand.

``python tests/faults.py`` takes some minutes; docs/faults.md tells what it said. The tests
themselves spoil small pages and files at every run; this spoils the project.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PUBLISH = Path("src/analysis/publish")
TEMPLATES = PUBLISH / "templates"
SHOWN = 4
"""Lines of what a test says that are shown."""


@dataclass(frozen=True)
class Fault:
    """One fault: in which file, what is written in place of what, and the test to catch it."""

    name: str
    path: Path
    old: str
    new: str
    test: str


FAULTS = [
    Fault(
        "A broken contrast",
        TEMPLATES / "site/site.css",
        "--quiet: #525252",
        "--quiet: #a8a8a8",
        "tests/test_accessibility.py::test_every_kind_of_page[axe_faults]",
    ),
    Fault(
        "A missing text alternative",
        PUBLISH / "site/page_maker.py",
        """<img src="{}charts/{}.svg" alt="{}">').format(*named)""",
        """<img src="{}charts/{}.svg">').format(*named[:2])""",
        "tests/test_accessibility.py::test_every_kind_of_page[axe_faults]",
    ),
    Fault(
        "A loose digit",
        TEMPLATES / "site/index.html.j2",
        "<h2>Every cell in one picture</h2>",
        "<h2>Every cell in one picture</h2><p>Nothing is known of 39 forces.</p>",
        "tests/test_report.py::test_a_template_holds_no_figure_of_its_own",
    ),
    Fault(
        "A named figure that no longer matches",
        PUBLISH / "site/page_maker.py",
        "escape(self.named[name].text)",
        'escape(self.named[name].text.replace("11", "12"))',
        "tests/test_site.py::test_every_figure_is_the_named_one",
    ),
    Fault(
        "An unescaped tag",
        TEMPLATES / "site/evidence.html.j2",
        "{{ row.source.publisher }}",
        "{{ row.source.publisher|safe }}",
        "tests/test_text_stays_text.py::test_html_holds_no_element_address_or_handler_from_the_data",
    ),
]


def main() -> int:
    """Show every fault; return 1 if one of them was not caught."""
    with tempfile.TemporaryDirectory() as folder:
        caught = [show(fault, Path(folder) / str(n)) for n, fault in enumerate(FAULTS)]
        caught.append(show_flipped_byte(Path(folder)))
    return 0 if all(caught) else 1


def show(fault: Fault, copy: Path) -> bool:
    """Run the test on a copy with the fault, and say what it said."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in tracked.stdout.decode().split("\0")[:-1]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    held = (copy / fault.path).read_text("utf-8")
    if fault.old not in held:
        raise SystemExit(f"{fault.path} no longer holds {fault.old!r}: the fault must be another")
    (copy / fault.path).write_text(held.replace(fault.old, fault.new), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", fault.test]
    done = subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
    )
    said = [line[1:].strip() for line in done.stdout.splitlines() if line.startswith("E  ")]
    print(f"\n{fault.name}: {fault.path}: {fault.new!r} in place of {fault.old!r}")
    print(f"{fault.test}: {done.stdout.splitlines()[-1]}")
    print(*(f"  {line[:200]}" for line in said[:SHOWN]), sep="\n")
    return done.returncode == 1 and bool(re.search(r"\b1 failed", done.stdout))


def show_flipped_byte(folder: Path) -> bool:
    """Build, flip one bit of the workbook, and say what ``verify`` says."""
    output = folder / "output"
    policygap = [sys.executable, "-m", "analysis"]
    subprocess.run(
        [*policygap, "report", "--out", output], cwd=ROOT, check=True, capture_output=True
    )
    path = output / "gap-tables.xlsx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = subprocess.run([*policygap, "verify", output], cwd=ROOT, capture_output=True, text=True)
    print(f"\nA flipped byte: {path.name}, one bit in the middle; policygap verify output")
    for line in done.stdout.splitlines():
        if "gap-tables" in line or " differ " in line:
            print(f"  {line.replace(str(folder) + os.sep, '')}")
    print(f"  exit status {done.returncode}")
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
