"""Cells that rest on an imported table, and the caveat on them."""

from collections.abc import Collection

import pandas as pd

from analysis.measure.results import Results
from analysis.study import vocabulary as v

_NAMED_AT_MOST = 3


def imported_cells(results: Results) -> pd.DataFrame:
    """Return the cells whose level or unknown is taken from an imported table."""
    rows = results.study["assessments"]
    return results.matrix.cells[
        results.matrix.cells["row"].isin(rows.index[rows["settled_by"] == v.IMPORTED])
    ]


def import_notices(results: Results, units: Collection[str] = ()) -> list[str]:
    """Return the caveat that must accompany imported cells, if there are any.

    Args:
        results: the study's results.
        units: ids of the units that it is about; empty: all.
    """
    cells, all_cells = imported_cells(results), results.matrix.cells
    if units:
        cells, all_cells = (part[part["unit_id"].isin(units)] for part in (cells, all_cells))
    if cells.empty:
        return []
    study = results.study
    cited = {part for ids in cells["evidence_ids"] for part in ids.split(";")}
    evidence, sources = study["evidence"], study["sources"]
    behind = evidence.loc[evidence["evidence_id"].isin(cited), "source_id"]
    tables = sources[sources["source_id"].isin(behind) & (sources["kind"] == v.IMPORTED)]
    names = list(dict.fromkeys(tables["title"]))
    named = ", ".join(names[:_NAMED_AT_MOST])
    named += f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    subject = study.settings.unit_noun.plural
    if len(units) == 1:
        subject = study.lookup("units", "short_name")[next(iter(units))]
    what = "an imported table" if len(names) < 2 else "imported tables"
    return [
        f"For {len(cells)} of {len(all_cells)} questions on {subject}, what is shown is taken from {what} ({named}), as it stands there. We did not read the documents behind it."
    ]
