"""What a score owes to the coder, by known answers."""

from made import READ_ON, day, one_cell, real, row, with_rows

from analysis.measure.score_basis import differing_units, known_units, scores_by_reading

TODAY = day(READ_ON)
CODING = {
    "unit_id": "u",
    "criterion_id": "c",
    "observed_on": "2022-03",
    "read_on": READ_ON,
    "evidence_ids": "E1",
    "confidence": "low",
    "rationale": "-",
}


def test_each_reading_has_its_interval():
    # Coder "one" of the usual study says inconclusive and nothing else; "two" says partly (half
    # of the scale); settled is met.
    study = with_rows(
        one_cell(row("met", "2022-03")), "codings", [CODING | {"coder": "two", "level": "partly"}]
    )
    table = scores_by_reading(study, TODAY, TODAY)
    held = {one.reading: (one.low, one.high, one.known) for one in table.itertuples()}
    assert held == {"one": (0, 100, 0), "two": (50, 50, 1), "settled": (100, 100, 1)}
    assert list(table["reading"]) == ["one", "two", "settled"]
    assert differing_units(table) == known_units(table) == ["u"]


def test_readings_that_agree_do_not_differ():
    study = with_rows(
        one_cell(row("met", "2022-03"), legal=False),
        "codings",
        [CODING | {"coder": "one", "level": "met"}, CODING | {"coder": "two", "level": "met"}],
    )
    table = scores_by_reading(study, TODAY, TODAY)
    assert differing_units(table) == []


def test_the_real_readings_differ_where_the_third_reading_corrected_what_both_agreed_on():
    # data/README: the third reading turned agreed levels into inconclusive, and settled the rest.
    table = scores_by_reading(real(), TODAY, TODAY)
    assert set(differing_units(table)) <= set(known_units(table))
    cambridgeshire = table[table["unit_id"] == "cambridgeshire"].set_index("reading")
    # Both readings gave one level of four equal groups; the settled code is inconclusive.
    assert list(cambridgeshire["known"]) == [0.25, 0.25, 0]
