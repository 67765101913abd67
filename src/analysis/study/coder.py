"""A study as one coder sees it: that coder's codings in place of the assessments."""

import dataclasses

from analysis.problems import Problem, StudyError, shorten
from analysis.study.load import Study
from analysis.wording import nearest


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
    tables = {**study.tables, "assessments": rows}
    return dataclasses.replace(study, tables=tables, scope=study.scope.coded_by(coder))


def chosen_coder(study: Study, coder: str) -> str:
    """Return the name of a coder of the study.

    Raises:
        StudyError: nobody of this name has coded.
    """
    names = coders(study)
    if coder not in names:
        rule = f"no coder of the study has this name{nearest(coder, names)}"
        remedy = f"use one of: {', '.join(names) or 'none has coded yet'}"
        raise StudyError([Problem("coder", None, "", shorten(coder), rule, remedy)])
    return coder
