"""Measures of a study: scores as intervals, counts, gaps, and the figures made of them."""
