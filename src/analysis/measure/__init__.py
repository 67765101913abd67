"""What it amounts to: scores as intervals, counts, gaps, and the statements made of them."""
