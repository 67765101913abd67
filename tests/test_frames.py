"""The rows of a table as Python objects."""

import pandas as pd

from analysis.frames import each_row, records, records_by_key

MIXED = pd.DataFrame(
    {"unit_id": ["a", "b"], "class": [1, 2], "share": [0.5, float("inf")], "known": [True, False]},
    index=[7, -1],
)


def test_rows_are_as_pandas_gives_them():
    for table in (MIXED, MIXED.astype({"unit_id": object}), MIXED.iloc[:0]):
        assert list(map(tuple, each_row(table))) == [
            tuple(row) for row in table.itertuples(index=False)
        ]
        assert records(table) == table.to_dict("records")
        assert records_by_key(table) == table.to_dict("index")


def test_values_are_those_of_python():
    row = next(iter(each_row(MIXED)))
    assert [type(value) for value in row] == [str, int, float, bool]
    assert (row.unit_id, row.share) == ("a", 0.5)
    assert [type(value) for value in records(MIXED)[0].values()] == [str, int, float, bool]
