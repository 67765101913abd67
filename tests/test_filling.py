"""The page on filling a study from data says what happens: its files and its commands are tried."""

import json
import re
from pathlib import Path

from helpers import ROOT, edit_descriptor
from test_importing import GIVEN

from analysis.cli import main
from analysis.fieldwork.table_map import TableMap
from analysis.study import load

PAGE = (ROOT / "docs/filling.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", PAGE, re.M | re.S)


def test_the_page_can_be_followed_from_its_first_command_to_its_last(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    study, ran = Path("pools"), []
    for kind, name, text in BLOCKS:
        if kind == "json":
            said, inside = json.loads(text), name == "study"
            edit_descriptor(
                study,
                lambda held, said=said, inside=inside: (held["study"] if inside else held).update(
                    said
                ),
            )
        elif name:
            assert text == (GIVEN / name).read_text("utf-8")
            own = name in ("pools.csv", "map.yml")
            (Path(name) if own else study / name).write_text(text, "utf-8")
        elif kind == "text":
            assert capsys.readouterr().out == text
        for line in text.splitlines() if kind == "sh" else ():
            _, command, *rest = line.split()
            ran.append(command)
            capsys.readouterr()
            assert main([command, *rest]) == 0
    assert ran == ["new", "import", "import", "validate", "report"]
    assert len(load(study)["assessments"]) == 12


def test_every_entry_of_a_map_is_on_the_page():
    listed = PAGE.partition("## Every entry of a map")[2]
    rows = [row.split("|")[1] for row in listed.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall("`(\\w+)`", row)}
    assert named == set(TableMap.model_fields)
