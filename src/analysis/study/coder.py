"""A study as one coder sees it: that coder's codings in place of the assessments."""

import dataclasses

from analysis.study.load import Study


def coders(study: Study) -> list[str]:
    """Return the names of the coders, in order."""
    return sorted(study["codings"]["coder"].unique())


def readers(study: Study) -> list[str]:
    """Return the names of the coders, and of those whose batch came back without a coding."""
    given = study["assignments"]
    back = given.loc[given["returned_on"] != "", "coder"]
    return sorted({*study["codings"]["coder"], *back})


def as_coded(study: Study, coder: str) -> Study:
    """Return the study with one coder's codings for its assessments.

    A coder's own row may be at a level that an assessment could not have (from before the
    criterion applies, say): it counts here as that coder wrote it.
    """
    codings = study.tables["codings"]
    own = codings[codings["coder"] == coder].drop(columns="coder").reset_index(drop=True)
    rows = own.reindex(columns=study["assessments"].columns, fill_value="")
    return dataclasses.replace(study, tables={**study.tables, "assessments": rows})
