"""How the shipped fact tables are made: one module for each theme, one registry, one command.

`python -m detente.evidence.compiling MIRROR` writes the tables from the providers' files in MIRROR (laid out
as the mirror) and from the declarations beside these modules; with `--check` it compares and changes nothing.
"""
