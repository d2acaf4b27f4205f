"""Ensembles of futures: positions, what moves them, decisions and their consequences, drawn many times."""
