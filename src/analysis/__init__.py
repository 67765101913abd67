"""Comparative policy analysis with typed unknowns, from evidence to a report."""

__version__ = "0.1.0"
