"""Comparative policy analysis with typed unknowns, from evidence to a report.

In a notebook or a script::

    import analysis as pg

    study = pg.read_study("data/safe-to-share")
    results = study.measure(as_of="2021", units="region == 'Wales'")
    results.matrix
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.api.comparison import Comparison, compare
    from analysis.api.results import Results
    from analysis.api.study import Study, read_study
    from analysis.problems import StudyError

__version__ = "0.1.0"

__all__ = ["Comparison", "Results", "Study", "StudyError", "compare", "read_study"]

_HOMES = {
    "Comparison": "analysis.api.comparison",
    "Results": "analysis.api.results",
    "Study": "analysis.api.study",
    "StudyError": "analysis.problems",
    "compare": "analysis.api.comparison",
    "read_study": "analysis.api.study",
}


def __getattr__(name: str) -> object:
    """Return a name of the public API, loaded when it is first used."""
    if name not in _HOMES:
        from analysis.wording import nearest

        hint = nearest(name, __all__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the names of the public API."""
    return sorted([*__all__, "__version__"])
