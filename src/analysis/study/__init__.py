"""Studies: each is a folder of tables and one descriptor.

Read one with :func:`load`, check it with :func:`validate`, and ask for the state of every
cell at a date with :func:`states`. This package imports nothing from the packages built on it.
"""

from analysis.problems import WARNING, Problem, StudyError
from analysis.study.asof import Matrix, check_someone_exists, states
from analysis.study.known import data_read_on, first_day, known
from analysis.study.load import Study, load, validate
from analysis.study.new import create
from analysis.study.scope import as_coded, chosen_coder, coders, readers
from analysis.study.warnings import problems_and_warnings

__all__ = [
    "WARNING",
    "Matrix",
    "Problem",
    "Study",
    "StudyError",
    "as_coded",
    "check_someone_exists",
    "chosen_coder",
    "coders",
    "create",
    "data_read_on",
    "first_day",
    "known",
    "load",
    "problems_and_warnings",
    "readers",
    "states",
    "validate",
]
