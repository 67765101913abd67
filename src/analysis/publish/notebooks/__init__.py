"""The notebooks on a study, and how they are run on any: templates lie beside this module."""
