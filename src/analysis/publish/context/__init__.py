"""Results as plain lists and dictionaries: what the templates of pages and documents take."""

MOST_ROWS = 3_000
"""Rows that a table of a page has at most: what has more is said to be in the tables beside it."""
MOST_FINDINGS = 150
"""Questions of which the report says what was found, unit by unit; of more it gives states alone."""
MOST_CHANGES = 40
"""Answers that differ from an earlier date, of which the report says what they were."""
