"""Templates: compiled once and kept, and compiled anew where what was kept is of no use."""

import sys
from pathlib import Path

import pytest

import analysis
from analysis.publish import markup

TEMPLATE = "briefing.html.j2"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The folder in which compiled templates are kept, empty."""
    monkeypatch.setattr(markup, "__file__", str(tmp_path / "markup.py"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").mkdir()
    return tmp_path / "__pycache__"


def compiled(monkeypatch) -> list[str]:
    """Get a template, and return the names of those that had to be compiled."""
    names = []
    environment = markup.environment()
    environment.filters.update(dict.fromkeys(("mark", "notice", "short", "stopped"), str))
    compile_ = environment.compile
    monkeypatch.setattr(
        environment,
        "compile",
        lambda source, name, file: names.append(name) or compile_(source, name, file),
    )
    environment.get_template(TEMPLATE)
    return names


def test_a_template_is_compiled_once(kept, monkeypatch):
    assert compiled(monkeypatch) == [TEMPLATE]
    assert compiled(monkeypatch) == []


@pytest.mark.parametrize(
    "spoil", [lambda held: held[:60], lambda held: b"", lambda held: b"?" * 99]
)
def test_what_is_of_no_use_is_compiled_anew(kept, monkeypatch, spoil):
    compiled(monkeypatch)
    for path in kept.iterdir():
        path.write_bytes(spoil(path.read_bytes()))
    assert compiled(monkeypatch) == [TEMPLATE]
    assert compiled(monkeypatch) == []


def test_where_nothing_can_be_kept_it_is_compiled_each_time(kept, monkeypatch):
    kept.rmdir()
    kept.write_text("no folder")
    assert compiled(monkeypatch) == compiled(monkeypatch) == [TEMPLATE]


def test_a_capital_at_the_start_leaves_names_as_they_are():
    made = markup.environment().from_string("{{ text|capital }}")
    assert made.render(text="ask the ABC of Upper Plot") == "Ask the ABC of Upper Plot"


def test_nothing_puts_the_rest_of_a_text_in_small_letters():
    # What Python and the template language call "capitalize" takes the capitals from names.
    source = Path(analysis.__file__).parent
    files = [*source.rglob("*.py"), *source.rglob("*.j2")]
    assert not [one.name for one in files if "capitalize" in one.read_text("utf-8")]
