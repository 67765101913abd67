"""How it looks: one style, charts with their tables and text alternatives, and plain words."""
