"""Hostile and broken documents: none stops the others, hangs or leaves half a file behind."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from helpers import read_rows
from hostile import files
from made import LIBRARY

from analysis.cli import main
from analysis.documents.index import INDEX
from analysis.problems import shorten
from analysis.study import validate


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The study into which all were collected at once, what was said, and the status."""
    folder = tmp_path_factory.mktemp("hostile")
    study = Path(shutil.copytree(LIBRARY, folder / "study"))
    papers = folder / "papers"
    papers.mkdir()
    for name, (content, _) in files().items():
        (papers / name).write_bytes(content)
    (papers / "not in utf-8 \udcff.rtf").write_bytes(b"{\\rtf1 }")
    (papers / "nowhere.txt").symlink_to(papers / "nothing")
    (papers / "itself").symlink_to(papers)
    with (papers / "huge.pdf").open("wb") as file:
        file.truncate(300 * 2**20)
    os.mkfifo(folder / "pipe.txt")
    said = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("stdout", "stderr"):
            said[name] = (folder / name).open("w+", encoding="utf-8")
            patch.setattr(sys, name, said[name])
        status = main(["collect", str(study), str(papers), str(folder / "pipe.txt")])
    for file in said.values():
        file.close()
    return study, {name: (folder / name).read_text("utf-8") for name in said}, status


ODD = {"not in utf-8", "huge.pdf", "nowhere.txt", "itself: it is not a file", "pipe.txt"}


def test_each_that_is_refused_gets_one_line_and_the_others_are_collected(collected):
    study, said, status = collected
    refused = {name: why for name, (_, why) in files().items() if why}
    lines = said["stderr"].splitlines()
    for name, why in refused.items():
        ends = shorten(name, 1000)
        found = [line for line in lines if ends in line]
        assert len(found) == 1 and why in found[0], (name, found)
    for name in ODD:
        assert sum(name in line for line in lines) == 1, name
    assert len(lines) == len(refused) + len(ODD) and status == 1
    names = [row[0] for row in read_rows(study, "documents")][1:]
    taken = [line for line in said["stdout"].splitlines() if line.partition(":")[0] in names]
    # What is sound or odd, three e-mails of which no more than an attachment is refused, and
    # six attachments.
    assert len(taken) == len(names) == len(files()) - len(refused) + 3 + 6
    assert validate(study) == []


BESIDE = {".gitignore", "private.csv", "not-archived.txt", "text", INDEX}


def test_no_half_file_stays(collected):
    study, _, _ = collected
    documents = study / "documents"
    kept = {one.name for one in documents.iterdir()} - BESIDE
    assert all(len(name) == 64 for name in kept)
    assert {one.stem for one in (documents / "text").iterdir()} == kept


# --- from the web -----------------------------------------------------------------------------


REFUSED = {
    "http://localhost/policy": "this machine or of a private network",
    "http://127.0.0.1/policy": "this machine or of a private network",
    "http://[::1]/policy": "this machine or of a private network",
    "http://2130706433/policy": "this machine or of a private network",
    "http://0x7f.1/policy": "this machine or of a private network",
    "http://169.254.169.254/latest": "this machine or of a private network",
    "http://10.1.2.3/policy": "this machine or of a private network",
    "http://[fd00::1]/policy": "this machine or of a private network",
    "ftp://example.org/policy.pdf": "not an http or https address",
    "file:///etc/hostname": "not an http or https address",
    "http://user:word@example.org/policy": "user name",
    "http:///policy": "not an http or https address",
    "http://example.org:99999/policy": "not an http or https address",
    "http://[::1/policy": "not an http or https address",
}


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_is_refused_in_one_line(tmp_path, capsys, address):
    study = Path(shutil.copytree(LIBRARY, tmp_path / "study"))
    assert main(["collect", str(study), address]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{address}: ") and REFUSED[address] in line
