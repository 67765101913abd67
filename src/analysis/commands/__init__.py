"""The commands of ``policygap``: each one is asked for in ``options``, and done in another file."""
