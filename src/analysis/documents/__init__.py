"""Documents: bytes that are kept by their hash, their text, and what is quoted from them."""
