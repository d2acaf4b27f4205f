"""Studies of camps: longer than a benchmark, run by hand."""
