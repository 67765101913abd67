"""The kinds of unknown. They stay distinct from each other, and from every level, everywhere."""

NOT_FOUND = "not_found"
INCONCLUSIVE = "inconclusive"
WITHHELD = "withheld"
OUTDATED = "outdated"
NOT_ASSESSED = "not_assessed"
NOT_IN_FORCE = "not_in_force"
NOT_APPLICABLE = "not_applicable"

UNKNOWNS = (
    INCONCLUSIVE,
    OUTDATED,
    WITHHELD,
    NOT_FOUND,
    NOT_ASSESSED,
    NOT_IN_FORCE,
    NOT_APPLICABLE,
)
"""Every unknown, in the order in which they are shown."""

DERIVED = (NOT_FOUND, OUTDATED, NOT_IN_FORCE)
"""Unknowns that follow from other rows and are never typed into a table."""

TYPED = tuple(code for code in UNKNOWNS if code not in DERIVED)
"""Unknowns that a coder may write in place of a level."""

OUT_OF_SUM = (NOT_IN_FORCE, NOT_APPLICABLE)
"""Unknowns that are left out of the weighted mean; the weights of their siblings scale up."""

OPEN = tuple(code for code in UNKNOWNS if code not in OUT_OF_SUM)
"""Unknowns that count in the mean: the cell has a level, and nobody knows it yet."""

CONFIDENCE = ("low", "medium", "high")
"""Confidence of a row, from least to most."""

REFUSED = ("refused", "neither_confirmed_nor_denied")
"""Outcomes of a request by which the answer is withheld."""

REFUSED_IN_PART = (*REFUSED, "partly_answered")
"""Outcomes of a request by which all or part of it was refused."""

OVERTURNED = ("answered", "partly_answered", "not_held")
"""Outcomes of a review or a complaint that overturn a refusal."""

REQUEST_DAYS = (
    "sent_on",
    "answered_on",
    "review_asked_on",
    "reviewed_on",
    "complained_on",
    "complaint_decided_on",
)
"""Columns with the days of a request, in chronological order."""

UNCHANGED, SAME_TEXT, MOVED = "unchanged", "same_text", "moved"
CHANGED, GONE, NOT_GIVEN = "changed", "gone", "refused"
"""Results of rechecking a document; the last one tells nothing about the document."""

MEANING = {
    INCONCLUSIVE: "a source was seen, but what could be read of it does not settle the level",
    OUTDATED: "a level is known, but only from before the report",
    WITHHELD: "asked for and refused, or neither confirmed nor denied",
    NOT_FOUND: "looked for, and nothing public was found in what was searched",
    NOT_ASSESSED: "nobody has looked yet",
    NOT_IN_FORCE: "the criterion does not apply yet on this date",
    NOT_APPLICABLE: "the criterion cannot apply here",
}
"""The meaning of each unknown, in half a sentence."""

WORD = {
    **{code: code.replace("_", " ") for code in UNKNOWNS},
    NOT_FOUND: "nothing found",
    NOT_ASSESSED: "nobody has looked",
    NOT_IN_FORCE: "not in force yet",
}
"""The label of each unknown wherever it is shown."""

EXTENT = {
    "opening": "only its opening was read",
    "whole_excerpt": "all that the copy holds was read",
    "whole": "read in full",
    "not_read": "not read",
    "": "how much was read is not recorded",
}
"""How far a document was read, in words."""

IMPORTED = "imported table"
"""Value of ``settled_by``, and of the kind of the source, for imported tables."""

COMPLETE_REPLY = "complete_reply"
"""Value of ``needs`` in a rule whose level only evidence that was read whole can support."""
