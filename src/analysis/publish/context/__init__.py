"""Results as plain lists and dictionaries: what the templates of pages and documents take."""

MOST_ROWS = 3_000
"""Rows that a table of a page has at most: what has more is said to be in the tables beside it."""
MOST_COLUMNS = 20
"""States side by side in a table: more of them stand one below another."""
