"""A study is changed whole or not at all, whatever stops the change, and wherever."""

import copy
import errno
import functools
import itertools
import os
import resource
import shutil
import signal
import stat
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filled import Filled
from made import LIBRARY
from stopped import FAILED, as_nobody, in_child, left_by_kills, open_folder

from analysis.cli import main
from analysis.fieldwork import intake
from analysis.fieldwork.coding_workbook import coding_workbook
from analysis.fieldwork.intake import take_in
from analysis.fieldwork.read_workbook import read_workbook
from analysis.problems import UnfinishedChangeError
from analysis.study import StudyError, journal, load, validate
from analysis.study.journal import DECLARED, DRAFTED, LOCK

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="it needs processes that fork")

load_module = sys.modules[load.__module__]
CHANGED = {
    name: f"{name}.csv"
    for name in ("codings", "codings_history", "evidence", "sources", "searches")
}
Files = dict[str, bytes]


# --- how a change is stopped ----------------------------------------------------------------


def killed_everywhere(
    start: Path, aside: Path, action: Callable[[Path], object]
) -> Iterator[tuple[int, Path]]:
    """Yield what each kill leaves of a folder: a copy that may be spoiled; each state once."""
    folder, seen = shutil.copytree(start, aside / "whole"), set()
    left = left_by_kills(folder, aside / "killed", lambda: action(folder))
    for number, folder in enumerate(left, start=1):
        state = tuple(sorted(everything(folder).items()))
        if state not in seen:
            seen.add(state)
            yield number, folder


def everything(folder: Path) -> Files:
    """Return every file and folder below a folder, but the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
        if path.name != LOCK
    }


# --- the change -----------------------------------------------------------------------------


class Case:
    """A study, a workbook that changes five of its tables, and the study before and after."""

    def __init__(self, folder: Path):
        self.start, self.workbook = folder / "start", folder / "filled.xlsx"
        shutil.copytree(LIBRARY, self.start)
        filled = Filled(coding_workbook(load(self.start), "coder-a"))
        coding, source = filled.form("coding"), filled.form("sources")
        coding.put(coding.find("library-one/evening"), rationale="Read again: it is otherwise.")
        read = {"extent_read": "whole", "read_on": "2022-07-05"}
        source.put(3, publisher="=1+1, a made-up publisher", **read)
        about = {"unit_id": "library-two", "source_id": source.texts(3)["source_id"]}
        statement = {"states": "@Made-up statement", "extent_read": "whole"}
        filled.form("evidence").put(3, **about, **statement)
        search = {"searched_on": "2022-07-05", "where": "a made-up shelf", "queries": "one|two"}
        filled.form("searches").put(3, unit_id="library-two", **search)
        filled.save(self.workbook)
        self._returned = read_workbook(self.workbook)
        self.old = everything(self.start)
        done = folder / "done"
        shutil.copytree(self.start, done)
        written = self.take_in(done)
        self.new = everything(done)
        assert written == sorted(CHANGED.values())
        assert {name for name in self.new if self.new[name] != self.old.get(name)} == set(written)

    def take_in(self, folder: Path) -> list[str]:
        """Take the workbook in. It is read once, and not each time: reading it changes nothing."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(intake, "read_workbook", lambda _: copy.deepcopy(self._returned))
            return take_in(self.workbook, folder, "Read again").written

    @functools.cached_property
    def killed(self) -> dict[int, Path]:
        """What a kill before each step of the intake leaves, where it differs from the last."""
        return dict(killed_everywhere(self.start, self.workbook.parent, self.take_in))

    def declared(self, target: Path) -> Path:
        """Return a study in which the change is declared, and no table replaced."""
        return self._left(target, lambda left: left == self.old)

    def half_done(self, target: Path) -> Path:
        """Return a study in which the change is declared, and some tables are replaced."""
        return self._left(target, lambda left: self.old != left != self.new)

    def _left(self, target: Path, wanted: Callable[[Files], bool]) -> Path:
        for folder in self.killed.values():
            if (folder / DECLARED).exists() and wanted(tables(folder)):
                return shutil.copytree(folder, target / "left")
        raise LookupError("no kill leaves it so")


def tables(folder: Path) -> Files:
    return {name: held for name, held in everything(folder).items() if not name.startswith(".")}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("case"))


# --- killed ---------------------------------------------------------------------------------

NEXT = {
    "load": load,
    "validate": lambda folder: validate(folder) == [] or pytest.fail("the study is not valid"),
    "agreement": lambda folder: main(["agreement", str(folder)]) == 0 or pytest.fail("agreement"),
}


def test_a_kill_at_any_step_leaves_the_study_as_before_or_as_after(case, tmp_path):
    outcomes, turn = set(), itertools.cycle(NEXT.items())
    for steps, folder in case.killed.items():
        left = tables(folder)
        for name, content in left.items():
            assert content in (case.old[name], case.new[name]), f"{name} is torn at {steps}"
        # What comes next takes time: after each third kill, and in continuous integration after each.
        if steps % 3 and "CI" not in os.environ:
            continue
        # Each command in turn: what a kill leaves differs little from what the next one does.
        name, command = next(turn)
        again = shutil.copytree(folder, tmp_path / name)
        assert in_child(lambda again=again, command=command: command(again)) == 0, name
        held = everything(again)
        assert held in (case.old, case.new), f"{name} after a kill before step {steps}"
        outcomes.add((name, held == case.new))
        # The same workbook once more: whatever the kill left, the change is there, and once.
        case.take_in(again)
        assert everything(again) == case.new
        shutil.rmtree(again)
    every = {(name, whole) for name in NEXT for whole in (False, True)}
    assert (
        outcomes == every if "CI" in os.environ else {one for _, one in outcomes} == {False, True}
    )
    assert len(case.killed) > 20


def test_a_kill_while_a_file_is_written_leaves_it_as_before(case, tmp_path):
    sizes = sorted({len(case.new[name]) // 2 for name in CHANGED.values()})
    for size in sizes:
        folder = tmp_path / str(size)
        shutil.copytree(case.start, folder)

        def write_no_more_than(size=size, folder=folder):
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            case.take_in(folder)

        assert in_child(write_no_more_than) == -signal.SIGXFSZ
        assert tables(folder) == case.old
        load(folder)
        assert everything(folder) == case.old


@pytest.mark.parametrize("left", ["declared", "half_done"])
def test_a_recovery_that_is_killed_is_taken_up_again(case, tmp_path, left):
    start = getattr(case, left)(tmp_path / "first")
    states = 0
    for _, folder in killed_everywhere(start, tmp_path / "second", load):
        for name, content in tables(folder).items():
            assert content in (case.old[name], case.new[name])
        load(folder)
        assert everything(folder) == case.new
        states += 1
    assert states > 5


def test_a_rollback_that_is_killed_is_taken_up_again(case, tmp_path):
    start = tmp_path / "start"
    shutil.copytree(case.start, start)
    (start / DRAFTED).mkdir()
    for name in CHANGED.values():
        (start / DRAFTED / name).write_bytes(b"half of it")
    states = 0
    for _, folder in killed_everywhere(start, tmp_path, load):
        assert tables(folder) == case.old
        load(folder)
        assert everything(folder) == case.old
        states += 1
    assert states > 5


def test_what_was_drafted_and_never_declared_is_cleared_away(case, tmp_path, caplog):
    folder = tmp_path / "study"
    shutil.copytree(case.start, folder)
    (folder / DRAFTED).mkdir()
    (folder / DRAFTED / "codings.csv").write_bytes(b"half of it")
    case.take_in(folder)
    assert everything(folder) == case.new
    assert "rolled back" in caplog.text


# --- a table that is a link ---------------------------------------------------------------------


def linked(folder: Path, name: str) -> Path:
    """Move a table elsewhere, and leave a link to it; return where it is."""
    target = folder.parent / f"elsewhere-{name}"
    (folder / name).rename(target)
    (folder / name).symlink_to(target)
    return target


def put_back(folder: Path, name: str, target: Path) -> None:
    """Do what the message says: put the table itself in the place of the link."""
    (folder / name).unlink()
    target.rename(folder / name)


@pytest.mark.parametrize("name", ["codings.csv", "sources.csv"])
def test_a_table_that_is_a_link_is_not_replaced_by_a_file(case, tmp_path, name, capfd):
    folder = shutil.copytree(case.start, tmp_path / "study")
    target = linked(folder, name)
    assert main(["intake", str(case.workbook), str(folder), "--reason", "Read again"]) == 1
    said = capfd.readouterr().err
    assert f"{name} is a symbolic link" in said
    assert "Nothing was written" in said
    assert (folder / name).is_symlink()
    assert everything(folder) == case.old
    put_back(folder, name, target)
    case.take_in(folder)
    assert everything(folder) == case.new


@pytest.mark.parametrize("name", sorted(CHANGED.values()))
def test_a_table_that_became_a_link_since_is_not_replaced_either(case, tmp_path, name):
    folder = case.declared(tmp_path)
    target = linked(folder, name)
    with pytest.raises(StudyError) as caught:
        load(folder)
    (problem,) = caught.value.problems
    assert f"{name} is a symbolic link" in problem.rule
    assert tables(folder) == case.old
    assert (folder / name).is_symlink()
    put_back(folder, name, target)
    load(folder)
    assert everything(folder) == case.new


# --- changed by hand in between -------------------------------------------------------------


@pytest.mark.parametrize("left", ["declared", "half_done"])
@pytest.mark.parametrize("name", sorted(CHANGED.values()))
def test_a_table_changed_by_hand_since_is_not_overwritten(case, tmp_path, left, name):
    folder = getattr(case, left)(tmp_path)
    mine = (folder / name).read_bytes() + b"mine"
    (folder / name).write_bytes(mine)
    others = {one: held for one, held in tables(folder).items() if one != name}
    with pytest.raises(StudyError) as caught:
        load(folder)
    (problem,) = caught.value.problems
    assert f"{name} was changed by hand since" in problem.rule
    assert f"move {name} out of the folder" in problem.remedy
    assert "\n" not in str(problem)
    assert [str(one) for one in validate(folder)] == [str(problem)]
    assert tables(folder) == others | {name: mine}
    # The remedy is one.
    (folder / name).rename(tmp_path / "mine.csv")
    load(folder)
    assert everything(folder) == case.new


def test_a_table_put_back_by_hand_is_replaced_again_with_the_others(case, tmp_path):
    folder = case.half_done(tmp_path)
    for name in CHANGED.values():
        (folder / name).write_bytes(case.old[name])
    load(folder)
    assert everything(folder) == case.new


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"{")])
@pytest.mark.parametrize("name", ["codings.csv", journal.PLAN])
def test_a_spoiled_journal_changes_nothing(case, tmp_path, name, spoil):
    folder = case.declared(tmp_path)
    spoil(folder / DECLARED / name)
    if name == journal.PLAN and spoil is Path.unlink:
        load(folder)  # without a plan, a change is done or was never begun
        assert everything(folder) == case.old
        return
    with pytest.raises(StudyError, match=f"{name} in it was changed or removed"):
        load(folder)
    assert tables(folder) == case.old


# --- a folder that cannot be written --------------------------------------------------------


def read_only(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    for path in (*target.rglob("*"), target):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return target


def test_a_study_that_cannot_be_written_can_be_read(case, tmp_path):
    drafted = tmp_path / "drafted"
    shutil.copytree(case.start, drafted)
    (drafted / DRAFTED).mkdir()
    with open_folder() as open_one:
        for number, source in enumerate((case.start, drafted)):
            folder = read_only(source, open_one / str(number))
            before = everything(folder)
            assert as_nobody(lambda folder=folder: load(folder)) == 0
            assert everything(folder) == before
            assert not (folder / LOCK).exists()


def test_a_change_that_waits_in_a_folder_that_cannot_be_written_is_said(case, tmp_path, capfd):
    with open_folder() as open_one:
        folder = read_only(case.half_done(tmp_path), open_one / "study")
        before = everything(folder)
        assert as_nobody(lambda: os._exit(main(["validate", str(folder)]))) == FAILED
        said = " ".join(capfd.readouterr().err.split())
        assert "a change of the study waits in .journal" in said
        assert "Permission denied" in said
        assert "Nothing was written" not in said
        assert everything(folder) == before


def test_intake_into_a_folder_that_cannot_be_written_changes_nothing(case, capfd):
    with open_folder() as open_one:
        folder = read_only(case.start, open_one / "study")
        workbook = shutil.copy(case.workbook, open_one)
        asked = ["intake", str(workbook), str(folder), "--reason", "Read again"]
        assert as_nobody(lambda: os._exit(main(asked))) == FAILED
        said = capfd.readouterr().err
        assert "Permission denied. Nothing was written." in said
        assert everything(folder) == case.old


@pytest.mark.parametrize("name", ["nothing-here", "no-study"])
def test_no_lock_is_laid_down_where_there_is_no_study(case, tmp_path, name):
    (tmp_path / "no-study").mkdir()
    with pytest.raises(StudyError):
        case.take_in(tmp_path / name)
    assert [path.name for path in tmp_path.rglob("*")] == ["no-study"]


# --- a full disk ----------------------------------------------------------------------------


def test_a_full_disk_leaves_the_study_as_before_or_a_change_that_waits(case, tmp_path, monkeypatch):
    real, outcomes = os.fsync, set()
    for number in range(1, 100):
        folder, count = tmp_path / str(number), 0
        shutil.copytree(case.start, folder)

        def full(handle: int, number=number) -> None:
            nonlocal count
            count += 1
            # A folder that cannot be flushed is passed over: some systems cannot do it.
            if count >= number and not stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(handle)

        monkeypatch.setattr(os, "fsync", full)
        try:
            case.take_in(folder)
            outcomes.add("done")
        except UnfinishedChangeError as error:
            assert "No space left" in str(error)
            outcomes.add("waits")
            with pytest.raises(UnfinishedChangeError):
                load(folder)
            monkeypatch.setattr(os, "fsync", real)
            load(folder)
        except OSError as error:
            assert error.errno == errno.ENOSPC
            assert everything(folder) == case.old  # nothing of the journal is left either
            outcomes.add("undone")
            shutil.rmtree(folder)
            continue
        assert everything(folder) == case.new
        shutil.rmtree(folder)
        if count < number:
            break
    assert outcomes == {"undone", "waits", "done"}


def test_a_change_that_could_not_be_completed_is_not_said_to_be_nothing(
    case, tmp_path, monkeypatch, capsys
):
    folder, real = tmp_path / "study", Path.replace
    shutil.copytree(case.start, folder)

    def held_open(self: Path, target: Path) -> Path:
        if target.name == "sources.csv":  # as where a spreadsheet program holds it open
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held_open)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    asked = ["intake", str(case.workbook), str(folder), "--reason", "Read again"]
    assert main(asked) == 1
    said = capsys.readouterr().err
    assert "a change of the study waits" in said
    assert "Nothing was written" not in said
    with pytest.raises(UnfinishedChangeError, match=r"sources\.csv cannot be written \(Permission"):
        load(folder)
    monkeypatch.undo()
    load(folder)
    assert everything(folder) == case.new


# --- several at once ------------------------------------------------------------------------


def test_two_intakes_at_once_go_one_after_the_other(case, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(case.start, folder)
    filled = Filled(coding_workbook(load(folder), "coder-b"))
    coding = filled.form("coding")
    coding.put(coding.find("library-two/evening"), rationale="The second coder, read again.")
    other = filled.save(tmp_path / "other.xlsx")

    def slowly(workbook: Path) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            take_in(workbook, folder, "Read again", preview=lambda _: time.sleep(0.5))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(FAILED)

    pids = [slowly(workbook) for workbook in (case.workbook, other, case.workbook)]
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0, 0, 0]
    held = everything(folder)
    assert {name for name in held if held[name] != case.new[name]} == {
        "codings.csv",
        "codings_history.csv",
    }
    codings = held["codings.csv"].decode()
    assert codings.count("The second coder, read again.") == 1
    assert codings.count("Read again: it is otherwise.") == 1
    assert len(load(folder)["codings_history"]) == len(load(LIBRARY)["codings_history"]) + 2


def test_a_study_held_by_another_command_is_said(case, tmp_path, monkeypatch):
    folder = tmp_path / "study"
    shutil.copytree(case.start, folder)
    monkeypatch.setattr(journal, "PATIENCE", 0.1)
    ready, done = os.pipe()
    pid = os.fork()
    if not pid:
        with journal.changing(folder):
            os.write(done, b"held")
            time.sleep(30)
        os._exit(0)
    try:
        os.read(ready, 4)
        with pytest.raises(StudyError, match="another command is changing the study"):
            case.take_in(folder)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    case.take_in(folder)  # a lock goes with its process
    assert everything(folder) == case.new


@pytest.mark.parametrize("tries", [1, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("reading_anew")
def test_a_reader_never_sees_a_mixture(case, tmp_path, monkeypatch, tries):
    """Another process changes the study before the reader comes to a table, whichever it is."""
    versions = [{name: held[name] for name in CHANGED.values()} for held in (case.old, case.new)]
    last = len(load(case.start).tables) - 1
    for number in range(0, last + 1, 3) if tries > 1 else (0, last // 2, last):
        folder = shutil.copytree(case.start, tmp_path / str(number))
        with monkeypatch.context() as patch:
            _change_while_read(patch, folder, number, itertools.cycle(reversed(versions)), tries)
            study = load(folder)
        # An odd number of changes, and each of them whole.
        assert everything(folder) == case.new
        for table, frame in load(folder).tables.items():
            assert study[table].equals(frame), f"{table}, changed before table {number}"


@pytest.mark.usefixtures("reading_anew")
def test_a_study_that_changes_all_the_time_is_said(case, tmp_path, monkeypatch):
    folder = shutil.copytree(case.start, tmp_path / "study")
    versions = [{"codings.csv": held["codings.csv"]} for held in (case.new, case.old)]
    _change_while_read(monkeypatch, folder, 3, itertools.cycle(versions), tries=100)
    with pytest.raises(StudyError, match="the study is being changed all the time"):
        load(folder)


def _change_while_read(
    patch: pytest.MonkeyPatch, folder: Path, number: int, versions: Iterator[Files], tries: int
) -> None:
    """Have the study changed each time that a table is to be read, so many times."""
    real, count = load_module.read_table, itertools.count()
    tables, left = len(load(folder).tables), [tries]

    def change(files: Files) -> None:
        with journal.changing(folder):
            journal.commit(folder, files)

    def read_table(*arguments):
        if next(count) % tables == number and left[0]:
            left[0] -= 1
            files = next(versions)
            assert in_child(lambda: change(files)) == 0
        return real(*arguments)

    patch.setattr(load_module, "read_table", read_table)


def test_a_change_that_was_declared_as_a_reader_began_is_completed_first(
    case, tmp_path, monkeypatch
):
    folder, real = case.half_done(tmp_path), journal.settle
    calls = []

    def none_yet(where: Path) -> None:
        calls.append(where)
        if len(calls) > 1:
            real(where)

    monkeypatch.setattr(journal, "settle", none_yet)
    load(folder)
    assert everything(folder) == case.new
