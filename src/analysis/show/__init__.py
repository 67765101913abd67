"""Presentation: the chart style, charts with tables and text alternatives, plain-word labels."""
