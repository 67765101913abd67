"""Documents: stored by the hash of their bytes, with their text and the quotations from them."""
