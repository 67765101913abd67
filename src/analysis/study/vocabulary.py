"""The typed unknowns. They stay apart from each other, and from every level, to the page."""

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
"""Unknowns that leave the weighted mean; the weights of their siblings scale up."""

OPEN = tuple(code for code in UNKNOWNS if code not in OUT_OF_SUM)
"""Unknowns in the sum: there is a level to be known, and it cannot be told."""

CONFIDENCE = ("low", "medium", "high")
"""Confidence of a row, from least to most."""

REFUSED = ("refused", "neither_confirmed_nor_denied")
"""Outcomes of a request after which what was asked for is withheld."""

REFUSED_IN_PART = (*REFUSED, "partly_answered")
"""Outcomes of a request by which at least a part of it was refused."""

OVERTURNED = ("answered", "partly_answered", "not_held")
"""Outcomes of a review or a complaint after which a refusal no longer stands."""

REQUEST_DAYS = (
    "sent_on",
    "answered_on",
    "review_asked_on",
    "reviewed_on",
    "complained_on",
    "complaint_decided_on",
)
"""Columns of the days of a request, in the order in which they come."""

UNCHANGED, SAME_TEXT, MOVED = "unchanged", "same_text", "moved"
CHANGED, GONE, NOT_GIVEN = "changed", "gone", "refused"
"""What a later look at a document found; the last one is no finding on the document."""

MEANING = {
    INCONCLUSIVE: "a source was seen, but what could be read of it does not settle the level",
    OUTDATED: "a level is known, but only from before the report",
    WITHHELD: "asked for and refused, or neither confirmed nor denied",
    NOT_FOUND: "looked for, and nothing public was found in what was searched",
    NOT_ASSESSED: "nobody has looked yet",
    NOT_IN_FORCE: "the criterion does not apply yet on this date",
    NOT_APPLICABLE: "the criterion cannot apply here",
}
"""What each unknown means, in half a sentence."""

WORD = {
    **{code: code.replace("_", " ") for code in UNKNOWNS},
    NOT_FOUND: "nothing found",
    NOT_ASSESSED: "nobody has looked",
    NOT_IN_FORCE: "not in force yet",
}
"""Each unknown in the words that stand for it wherever it is shown."""

EXTENT = {
    "opening": "only its opening was read",
    "whole_excerpt": "all that the copy holds was read",
    "whole": "read in full",
    "not_read": "not read",
    "": "how much was read is not recorded",
}
"""How far a document was read, in words."""

IMPORTED = "imported table"
"""What stands in ``settled_by``, and as the kind of the source, where a table was brought in."""

COMPLETE_REPLY = "complete_reply"
"""What a rule needs under which only evidence that was read whole carries the level."""
