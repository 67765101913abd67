"""What we hold: a study is a folder of tables and one descriptor.

Read it with :func:`load`, check it with :func:`validate`, and ask for the state of every
cell at a date with :func:`states`. Nothing here imports from the packages above.
"""

from analysis.problems import WARNING, Problem, StudyError
from analysis.study.asof import Matrix, check_someone_exists, states
from analysis.study.known import data_read_on, first_day, known
from analysis.study.load import Study, load, validate
from analysis.study.new import create
from analysis.study.scope import as_coded, chosen_coder, coders, readers
from analysis.study.warnings import look_over

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
    "look_over",
    "readers",
    "states",
    "validate",
]
