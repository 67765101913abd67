"""The public API, for notebooks and scripts: what ``import analysis`` gives, loaded when used."""
