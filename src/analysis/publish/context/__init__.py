"""Template context: results as plain lists and dictionaries, for pages and documents."""

MOST_ROWS = 3_000
"""The most rows of a table on a page; a longer table is left to the published tables."""
MOST_FINDINGS = 150
"""The most findings that the report describes unit by unit; with more, it gives only the states."""
MOST_CHANGES = 40
"""The most changed answers that the report lists with their earlier states."""
